#!/usr/bin/env bash
# Brings the peers that the tests need: Debian's ipmitool, OpenIPMI, FreeIPMI, expect and QEMU, pyghmi from PyPI in a
# virtual environment below target/, the programs of a few Debian packages that call ipmitool (unpacked there, not
# installed), and a Linux guest there too (setup-guest.sh). Quick when all is there; says what is missing, and fails, where it cannot help.
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
    debian_packages
    pyghmi
    callers
    compat-tests/setup-guest.sh
}

debian_packages() {
    local missing=()
    need ipmitool ipmitool
    need ipmi_sim openipmi
    need conserver conserver-server
    need conmand conman
    need ipmiconsole freeipmi-tools
    need systemd-analyze systemd
    need expect expect
    need qemu-system-x86_64 qemu-system-x86
    need cpio cpio
    need setsid util-linux
    need perl perl-base
    need zsh zsh
    need fish fish
    need ps procps
    # a Python of one's own may stand before Debian's; what counts is that one of them can make environments
    if ! able_python >/dev/null; then missing+=(python3 python3-venv); fi
    [ ${#missing[@]} -eq 0 ] && return

    local become=()
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || give_up "not root, and no sudo without a password"
        become=(sudo -n)
    fi
    command -v apt-get >/dev/null || give_up "this is no Debian: there is no apt-get"
    echo "installing ${missing[*]}"
    if ! apt_install; then
        "${become[@]}" apt-get -q update || true
        apt_install || give_up "apt-get failed"
    fi
}

# need COMMAND PACKAGE: notes the package as missing when the command is
need() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || missing+=("$2")
}

apt_install() {
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "${missing[@]}"
}

pyghmi() {
    local home=target/peers/python wanted=compat-tests/peers/requirements.txt
    if cmp -s "$wanted" "$home/requirements.txt" && "$home/bin/python3" -c 'import pyghmi.ipmi.bmc, pyipmi, pexpect' 2>/dev/null; then
        return
    fi
    local python
    python=$(able_python) || give_up "no python3 with venv"
    echo "installing pyghmi below $home"
    rm -rf "$home"
    mkdir -p "$(dirname "$home")"
    "$python" -m venv "$home" || give_up "$python -m venv failed"
    "$home/bin/python3" -m pip -q --disable-pip-version-check install -r "$wanted" ||
        give_up "pip could not install pyghmi: is PyPI reachable?"
    cp "$wanted" "$home/requirements.txt"
}

# Programs that call ipmitool, as Debian has them: together 2 MB, without what they depend on, of which these uses need none.
callers() {
    local home=target/peers/callers package
    mkdir -p "$home/packages"
    for package in fence-agents cluster-glue prometheus-node-exporter-collectors munin-plugins-core python3-ironic; do
        [ -e "$home/$package" ] && continue
        echo "fetching $package below $home"
        rm -f "$home/packages/${package}"_*.deb
        (cd "$home/packages" && apt-get -q -y download "$package" 2>&1) || give_up "apt-get could not download $package"
        rm -rf "$home/partial"
        dpkg-deb -x "$home/packages/${package}"_*.deb "$home/partial" || give_up "$package cannot be unpacked"
        rm -f "$home/packages/${package}"_*.deb
        mv "$home/partial" "$home/$package"
    done
}

# prints the first Python that can make virtual environments with pip
able_python() {
    local python
    for python in /usr/bin/python3 python3; do
        if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}

give_up() {
    cat >&2 <<END
setup-peers: $1.
The tests run against real peers. Please install them yourself and try again:
    apt-get install ipmitool openipmi conserver-server conman freeipmi-tools expect qemu-system-x86 cpio util-linux procps \\
        zsh fish python3 python3-venv
    python3 -m venv target/peers/python
    target/peers/python/bin/pip install -r compat-tests/peers/requirements.txt
    cp compat-tests/peers/requirements.txt target/peers/python/
    for p in fence-agents cluster-glue prometheus-node-exporter-collectors munin-plugins-core python3-ironic; do
        apt-get download "\$p" && dpkg-deb -x "\$p"_*.deb "target/peers/callers/\$p"; done
    compat-tests/setup-guest.sh
END
    exit 1
}

main
