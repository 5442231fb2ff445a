#!/usr/bin/env bash
# A Linux virtual machine whose serial console and power button are behind bmcsim: QEMU makes the socket of the serial
# port and waits there for bmcsim, which starts QEMU. Opens the console; ~. at a line's beginning leaves it, and ends
# both programs.
#
# usage: examples/qemu-vm.sh [KERNEL INITRD]     (default: the guest of the tests, Debian's kernel with busybox)
#
# PORT   where bmcsim listens on 127.0.0.1 (default 6231)
# BIN    where bmcsim and ipmitool are (default: target/debug, which is built first)
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
port=${PORT:-6231}

if [ -z "${BIN:-}" ]; then
    (cd "$top" && cargo build -q)
    BIN=${CARGO_TARGET_DIR:-$top/target}/debug
fi
if [ $# -eq 2 ]; then
    kernel=$1 initrd=$2
else
    "$top/compat-tests/setup-guest.sh"
    kernel=$top/target/peers/guest/vmlinuz initrd=$top/target/peers/guest/initrd.img
fi

place=$(mktemp -d)
export IPMITOOL_PASSWORD=vm-example VM_SERIAL=$place/serial VM_KERNEL=$kernel VM_INITRD=$initrd
# setpriv: QEMU ends with bmcsim, however that ends. With wait=off it would not wait, and its first words could be lost.
# shellcheck disable=SC2016  # bmcsim's shell expands it
machine='exec setpriv --pdeathsig KILL qemu-system-x86_64 -m 256 -nodefaults -display none -no-reboot
    -serial "unix:$VM_SERIAL,server=on" -kernel "$VM_KERNEL" -initrd "$VM_INITRD" -append console=ttyS0'
"$BIN/bmcsim" --listen "127.0.0.1:$port" --user "me:$IPMITOOL_PASSWORD" --serial "unix:$VM_SERIAL" \
    --vm "${machine//$'\n'/ }" &
bmc=$!
trap 'kill "$bmc" 2>/dev/null; wait "$bmc" 2>/dev/null || true; rm -rf "$place"' EXIT

bmc() {
    "$BIN/ipmitool" -I lanplus -H 127.0.0.1 -p "$port" -U me -E "$@"
}

cat <<END
From another terminal:
    export IPMITOOL_PASSWORD=$IPMITOOL_PASSWORD
    $BIN/ipmitool -I lanplus -H 127.0.0.1 -p $port -U me -E power off|on|cycle|status
END
until bmc power status >/dev/null 2>&1; do
    kill -0 "$bmc" || exit 1
    sleep 0.2
done
bmc sol activate
