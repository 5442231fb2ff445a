"""Runs ironic's own ipmitool driver, unchanged, without the rest of ironic: what that would bring stands in below.

usage: ironic_calls.py DRIVER ADDRESS PORT USER PASSWORD
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
import types
from unittest import mock

DRIVER, ADDRESS, PORT, USER, PASSWORD = sys.argv[1:]


class ProcessExecutionError(Exception):
    def __init__(self, stdout='', stderr='', exit_code=None, cmd=None):
        super().__init__(f'Exit code: {exit_code}\nStdout: {stdout!r}\nStderr: {stderr!r}')
        self.stdout, self.stderr, self.exit_code, self.cmd = stdout, stderr, exit_code, cmd


class Exceptions:
    def __getattr__(self, name):
        kind = type(name, (Exception,), {'__init__': lambda self, *words, **fields: Exception.__init__(self, words, fields)})
        setattr(self, name, kind)
        return kind


class KeptException:
    def __init__(self):
        self.reraise = True

    def __enter__(self):
        self.exception = sys.exc_info()[1]
        return self

    def __exit__(self, kind, *_):
        if kind is None and self.reraise:
            raise self.exception


def execute(*command, timeout=None, check_exit_code=(0,)):
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    if done.returncode not in check_exit_code:
        raise ProcessExecutionError(done.stdout, done.stderr, done.returncode, command)
    return done.stdout, done.stderr


def as_it_is(function):
    return function


def pretend():
    names = types.SimpleNamespace
    for name in ('eventlet', 'eventlet.green', 'ironic_lib', 'oslo_concurrency', 'oslo_log', 'oslo_utils', 'ironic',
                 'ironic.common', 'ironic.common.i18n', 'ironic.conductor', 'ironic.conf', 'ironic.drivers',
                 'ironic.drivers.modules'):
        sys.modules[name] = mock.MagicMock()
    modules = sys.modules
    modules['eventlet.green'].subprocess = subprocess
    modules['ironic_lib'].metrics_utils.get_metrics_logger.return_value.timer = lambda name: as_it_is
    modules['oslo_concurrency'].processutils = names(ProcessExecutionError=ProcessExecutionError)
    modules['oslo_utils'].excutils.save_and_reraise_exception = KeptException
    modules['oslo_utils'].strutils.bool_from_string = lambda value: str(value).lower() == 'true'
    common = modules['ironic.common']
    common.boot_devices = names(PXE='pxe', DISK='disk', CDROM='cdrom', BIOS='bios', SAFE='safe')
    common.exception = Exceptions()
    common.states = names(POWER_ON='power on', POWER_OFF='power off', REBOOT='rebooting', ERROR='error',
                          SOFT_REBOOT='soft rebooting', SOFT_POWER_OFF='soft power off')
    common.utils = names(execute=execute, check_dir=lambda: None, validate_network_port=lambda port, name: int(port))
    modules['ironic.common.i18n']._ = str
    modules['ironic.conductor'].task_manager.require_exclusive_lock = as_it_is
    modules['ironic.conductor'].utils.node_wait_for_power_state = wait_for_power
    modules['ironic.conf'].CONF = names(
        tempdir=tempfile.mkdtemp(),
        conductor=names(soft_power_off_timeout=60),
        ipmi=names(debug=False, cipher_suite_versions=[], command_retry_timeout=10, min_command_interval=1,
                   use_ipmitool_retries=True, kill_on_timeout=True, additional_retryable_ipmi_errors=[],
                   disable_boot_timeout=True))
    base = names(passthru=lambda *words, **fields: as_it_is)
    for interface in ('ConsoleInterface', 'ManagementInterface', 'PowerInterface', 'VendorInterface'):
        setattr(base, interface, object)
    modules['ironic.drivers'].base = base
    modules['ironic.drivers.modules'].boot_mode_utils.get_boot_mode = lambda node: node.boot_mode


def wait_for_power(task, wanted, timeout=None):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        state = driver._power_status(driver._parse_driver_info(task.node))
        if state == wanted:
            return state
        time.sleep(0.2)
    return 'never ' + wanted


class Never(dict):
    """When the last command was sent: a simulated BMC needs no pause."""

    def get(self, *_):
        return 0


def tell(what, answer):
    print(f'{what}: {json.dumps(answer, sort_keys=True)}', flush=True)


def attempt(what, call):
    try:
        tell(what, call())
    except Exception as error:
        tell(what, f'{type(error).__name__} {error.args}')


pretend()
spec = importlib.util.spec_from_file_location('ipmitool_driver', DRIVER)
driver = importlib.util.module_from_spec(spec)
spec.loader.exec_module(driver)
driver.LAST_CMD_TIME = Never()
info = {'ipmi_address': ADDRESS, 'ipmi_port': PORT, 'ipmi_username': USER, 'ipmi_password': PASSWORD}
node = types.SimpleNamespace(uuid='node', driver_info=info, driver_internal_info={}, properties={}, boot_mode='bios')
task = types.SimpleNamespace(node=node)

power, management = driver.IPMIPower(), driver.IPMIManagement()
tell('supported', [driver.TIMING_SUPPORT, driver.SINGLE_BRIDGE_SUPPORT, driver.DUAL_BRIDGE_SUPPORT])
attempt('power', lambda: power.get_power_state(task))
for state in ('power off', 'power on', 'soft power off', 'power on'):
    attempt(state, lambda: power.set_power_state(task, state))
    attempt('power', lambda: power.get_power_state(task))
for device in ('pxe', 'disk', 'cdrom', 'bios', 'safe'):
    for persistent in (False, True):
        for node.boot_mode in ('bios', 'uefi'):
            attempt(f'boot from {device}', lambda: management.set_boot_device(task, device, persistent))
            attempt('boots from', lambda: management.get_boot_device(task))
attempt('vendor', lambda: management.detect_vendor(task))
attempt('sensors', lambda: management.get_sensors_data(task))
attempt('interrupt', lambda: management.inject_nmi(task))
attempt('raw', lambda: driver.send_raw(task, '0x06 0x01'))
attempt('bad raw', lambda: driver.send_raw(task, '0x06 0xff'))
attempt('records', lambda: driver.dump_sdr(task, tempfile.mkstemp()[1]))
attempt('console', lambda: driver.IPMISocatConsole()._exec_stop_console(driver._parse_driver_info(node)))
for fields in ({'ipmi_protocol_version': '1.5'}, {'ipmi_cipher_suite': '3'}, {'ipmi_cipher_suite': '99'},
               {'ipmi_priv_level': 'OPERATOR'}, {'ipmi_password': ''}, {'ipmi_password': 'wrong'}):
    node.driver_info = {**info, **fields}
    attempt(str(fields), lambda: power.get_power_state(task))
