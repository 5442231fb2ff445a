#!/usr/bin/env bash
# Brings the Linux guest that the tests run under QEMU: Debian's cloud kernel and static busybox, fetched and unpacked
# below target/peers/guest, never installed, and an initramfs made of them. Quick when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."
home=target/peers/guest
init=compat-tests/peers/guest-init

main() {
    if [ -s "$home/vmlinuz" ] && [ -s "$home/initrd.img" ] && cmp -s "$init" "$home/root/init"; then
        return
    fi
    rm -rf "$home"
    mkdir -p "$home"/{packages,root/{bin,dev,proc}}
    echo "fetching a Linux guest below $home"
    unpack "$(newest_kernel)"
    unpack busybox-static
    mv "$home"/unpacked/boot/vmlinuz-* "$home/vmlinuz"
    # Debian moves /bin below /usr by and by
    local busybox
    busybox=$(find "$home/unpacked" -path '*bin/busybox' -type f)
    cp "$busybox" "$home/root/bin/busybox"
    cp "$init" "$home/root/init"
    (cd "$home/root" && find . | cpio --quiet -o -H newc -R 0:0 | gzip) >"$home/initrd.new"
    mv "$home/initrd.new" "$home/initrd.img"
    rm -rf "$home/unpacked" "$home/packages"
}

# prints the package that the kernel's name without a version stands for
newest_kernel() {
    local found
    found=$(LC_ALL=C apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: *//p' | head -n 1)
    [ -n "$found" ] || give_up "apt knows no linux-image-cloud-amd64: is this an amd64 Debian after apt-get update?"
    echo "$found"
}

# unpack PACKAGE: below $home/unpacked
unpack() {
    # as root apt-get would rather fetch as another user, who may not write here
    (cd "$home/packages" && apt-get -qq -o APT::Sandbox::User=root download "$1") || give_up "apt-get could not fetch $1"
    dpkg-deb -x "$home/packages/${1}"_*.deb "$home/unpacked"
}

give_up() {
    echo "setup-guest: $1. The tests want $home/vmlinuz and $home/initrd.img (see this script)." >&2
    exit 1
}

main
