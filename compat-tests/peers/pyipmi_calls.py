"""Runs python-ipmi over its ipmitool interface.

usage: pyipmi_calls.py ADDRESS PORT USER PASSWORD
"""

import itertools
import sys

import pyipmi
import pyipmi.interfaces

ADDRESS, PORT, USER, PASSWORD = sys.argv[1:]


def connection(kind, password=PASSWORD, **options):
    interface = pyipmi.interfaces.create_interface('ipmitool', interface_type=kind, **options)
    ipmi = pyipmi.create_connection(interface)
    ipmi.session.set_session_type_rmcp(ADDRESS, int(PORT))
    ipmi.session.set_auth_type_user(USER, password)
    ipmi.target = pyipmi.Target(ipmb_address=0x20)
    ipmi.session.establish()
    return ipmi


def attempt(what, call):
    try:
        answer = call()
    except Exception as error:
        # the words may name the reason better than stock's: the kind is what programs act upon
        answer = f'raises {type(error).__name__} {getattr(error, "cc", "")}'
    print(f'{what}: {answer}', flush=True)


def fields(thing):
    return sorted((name, str(value)) for name, value in vars(thing).items() if isinstance(value, (int, str, bool)))


for kind, options in (('lan', {}), ('lanplus', {}), ('lanplus', {'cipher': 3}), ('lanplus', {'cipher': 17})):
    ipmi = connection(kind, **options)
    attempt(f'{kind} {options} device', lambda: fields(ipmi.get_device_id()))
ipmi = connection('lanplus')
attempt('ping', ipmi.interface.rmcp_ping)
attempt('guid', lambda: ipmi.get_device_guid().device_guid_string)
attempt('chassis', lambda: fields(ipmi.get_chassis_status()))
for action in ('power_down', 'power_up', 'diagnostic_interrupt', 'power_cycle'):
    attempt(action, getattr(ipmi, f'chassis_control_{action}'))
attempt('users', lambda: [ipmi.get_username(user) for user in (1, 2, 3)])
attempt('channel', lambda: fields(ipmi.get_channel_info(1)))
attempt('watchdog', lambda: fields(ipmi.get_watchdog_timer()))
attempt('log', lambda: ipmi.get_sel_entries_count())
attempt('entries', lambda: [str(entry) for entry in itertools.islice(ipmi.sel_entries(), 3)])
attempt('records', lambda: [str(record) for record in itertools.islice(ipmi.sdr_repository_entries(), 3)])
attempt('reading', lambda: ipmi.get_sensor_reading(0x50))
attempt('fru', lambda: ipmi.get_fru_inventory(0).board_info_area.serial_number)
attempt('raw', lambda: bytes(ipmi.send_raw(0, 6, bytes([1]))).hex())
attempt('long raw', lambda: bytes(ipmi.send_raw(0, 0x0a, bytes([0x11, 0, 0, 0, 0x10]))).hex())
attempt('bad raw', lambda: bytes(ipmi.send_raw(0, 6, bytes([0xff]))).hex())
attempt('bad boot device', lambda: bytes(ipmi.send_raw(0, 0, bytes([9, 0x7f, 0, 0]))).hex())
attempt('wrong password', connection('lanplus', 'wrong', retries=1, timeout=1).get_device_id)
attempt('long password', connection('lanplus', 'x' * 21).get_device_id)
attempt('long password of 1.5', connection('lan', 'x' * 17).get_device_id)
attempt('accessible', lambda: ipmi.interface.is_target_accessible(ipmi.target))
