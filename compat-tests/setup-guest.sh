#!/usr/bin/env bash
# Brings the Linux guests that the tests run under QEMU: Debian's kernels and static busybox, fetched and unpacked below
# target/peers, never installed, and an initramfs made of them. Quick when all is there.
#
# guest       the small cloud kernel, and a shell on the serial console
# open-guest  the usual kernel with the IPMI driver, for programs that a test adds
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
    guest target/peers/guest linux-image-cloud-amd64 compat-tests/peers/guest-init
    guest target/peers/open-guest linux-image-amd64 compat-tests/peers/open-guest-init \
        ipmi_msghandler ipmi_devintf ipmi_si
}

# guest HOME KERNEL INIT [MODULE...]
guest() {
    local home=$1 kernel=$2 init=$3 module busybox
    shift 3
    if [ -s "$home/vmlinuz" ] && [ -s "$home/initrd.img" ] && cmp -s "$init" "$home/root/init"; then
        return
    fi
    rm -rf "$home"
    mkdir -p "$home"/{packages,root/{bin,dev,proc,sys,tmp,modules}}
    echo "fetching a Linux guest below $home"
    unpack "$home" "$(newest "$kernel")"
    unpack "$home" busybox-static
    mv "$home"/unpacked/boot/vmlinuz-* "$home/vmlinuz"
    for module in "$@"; do
        find "$home/unpacked" -name "$module.ko" -exec cp {} "$home/root/modules/" \;
        [ -s "$home/root/modules/$module.ko" ] || give_up "$kernel has no module $module"
    done
    # Debian moves /bin below /usr by and by
    busybox=$(find "$home/unpacked" -path '*bin/busybox' -type f)
    cp "$busybox" "$home/root/bin/busybox"
    cp "$init" "$home/root/init"
    (cd "$home/root" && find . | cpio --quiet -o -H newc -R 0:0 | gzip) >"$home/initrd.new"
    mv "$home/initrd.new" "$home/initrd.img"
    rm -rf "$home/unpacked" "$home/packages"
}

# prints the package that a kernel's name without a version stands for
newest() {
    local found
    found=$(LC_ALL=C apt-cache depends "$1" | sed -n 's/^ *Depends: *//p' | head -n 1)
    [ -n "$found" ] || give_up "apt knows no $1: is this an amd64 Debian after apt-get update?"
    echo "$found"
}

# unpack HOME PACKAGE: below HOME/unpacked
unpack() {
    # as root apt-get would rather fetch as another user, who may not write here
    (cd "$1/packages" && apt-get -qq -o APT::Sandbox::User=root download "$2") || give_up "apt-get could not fetch $2"
    dpkg-deb -x "$1/packages/${2}"_*.deb "$1/unpacked"
}

give_up() {
    echo "setup-guest: $1. The tests want vmlinuz and initrd.img below target/peers/guest and open-guest." >&2
    exit 1
}

main
