//! Power, boot devices, identification, resets.

use crate::table::{Call, call, local};

/// In order: what one switches the next one sees.
pub const CALLS: &[Call] = &[
    call(
        "fence_ipmilan",
        "ipmitool -I lan -H $BMC -p $PORT -U $NAME -P $SECRET -L administrator -N 2 chassis power status |
            grep -oP '[Cc]hassis [Pp]ower is [\\s]*([a-zA-Z]{2,3})'",
        "Chassis Power is on",
    ),
    call(
        "fence_ipmilan, md5",
        "ipmitool -I lan -H $BMC -p $PORT -U $NAME -A md5 -P $SECRET -L administrator -N 2 chassis power status",
        "Chassis Power is on",
    ),
    call(
        "fence_ipmilan, verbose",
        "ipmitool -I lanplus -H $BMC -p $PORT -U $NAME -P $SECRET -C 3 -L administrator -N 2 chassis power status -v \
            2>/dev/null",
        "Chassis Power is on",
    ),
    call(
        "fence_ipmilan, very verbose",
        "ipmitool -I lanplus -H $BMC -p $PORT -U $NAME -P $SECRET -L administrator -N 2 chassis power status -vv \
            2>&1 | grep -oE '[Cc]hassis [Pp]ower is [a-zA-Z]{2,3}'",
        "Chassis Power is on",
    ),
    call(
        "fence_ipmilan, cycle",
        "ipmitool -I lanplus -H $BMC -p $PORT -U $NAME -P $SECRET -L administrator -N 2 chassis power cycle |
            tr A-Z a-z",
        "chassis power control: cycle",
    ),
    call(
        "fence_ipmilan, diag",
        "ipmitool -I lanplus -H $BMC -p $PORT -U $NAME -P $SECRET -L administrator -N 2 chassis power diag |
            tr A-Z a-z; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power diag",
        "chassis power control: diag",
    )
    .after("power on"),
    call(
        "fence_ipmilan, operator",
        "ipmitool -I lanplus -H $BMC -p $PORT -U $NAME -P $SECRET -L operator -N 2 chassis power off; echo $?",
        "0\n",
    )
    .after("power on"),
    call(
        "fence_ipmilan, off",
        "ipmitool -I lanplus -H $BMC -p $PORT -U $NAME -P $SECRET -L administrator -N 2 chassis power status |
            grep -oE '[Cc]hassis [Pp]ower is [a-zA-Z]{2,3}'",
        "Chassis Power is off",
    ),
    call(
        "fence_ipmilan, no password",
        "ipmitool -I lanplus -H $BMC -p $PORT -U $NAME -P '' -L administrator -N 1 chassis power status 2>&1; echo $?",
        "1\n",
    )
    .unlike_stock("why there is no session is said on the line before"),
    call(
        "external/ipmi",
        "out=`ipmitool -I lan -H $BMC -U $NAME -P $SECRET power status 2>&1`
         case $out in *on) echo is on;; *off) echo is off;; *) echo \"is what? $out\";; esac",
        "is off",
    ),
    call(
        "external/ipmi, env",
        "out=`IPMI_PASSWORD=$SECRET ipmitool -I lanplus -H $BMC -L OPERATOR -U $NAME -E power on 2>&1`; echo $out",
        "Chassis Power Control: Up/On",
    ),
    call(
        "external/ipmi, file",
        "echo $SECRET >pw; out=`ipmitool -I lanplus -H $BMC -U $NAME -f pw power status 2>&1`
         case $out in *on) echo is on;; *off) echo is off;; *) echo \"is what? $out\";; esac",
        "is on",
    ),
    call(
        "ironic, what the options are",
        "ipmitool -N 0 -R 0 -h >/dev/null 2>&1; echo $?
         ipmitool -m 0 -b 0 -t 0 -h >/dev/null 2>&1; echo $?
         ipmitool -m 0 -b 0 -t 0 -B 0 -T 0 -h >/dev/null 2>&1; echo $?",
        "0\n0\n0\n",
    ),
    call(
        "ironic, power",
        "printf %s $SECRET >pw; ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -p $PORT -U $NAME -R 12 -N 5 -f pw \
            power status",
        "Chassis Power is on\n",
    ),
    call(
        "ironic, debug",
        "ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -p $PORT -U $NAME -v -R 1 -N 5 -f pw power status 2>/dev/null",
        "Chassis Power is on\n",
    ),
    call(
        "ironic, no password",
        "printf '\\0' >none; ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -p $PORT -U nobody -R 1 -N 1 -f none \
            power status 2>&1; echo $?",
        "Error: Unable to establish IPMI v2 / RMCP+ session\n1\n",
    )
    .unlike_stock("why there is no session is said on the line before"),
    call(
        "ironic, boot device",
        "ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 12 -N 5 -f pw raw 0x00 0x08 0x03 0x08 &&
         ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 12 -N 5 -f pw chassis bootdev pxe \
            options=persistent &&
         ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 12 -N 5 -f pw chassis bootparam get 5 |
            perl -0ne 'print \"$1 \" if /Boot Device Selector : (.+)?\\n/; print \"stays\" if /Options apply to all future boots/'",
        "Force PXE stays",
    ),
    call(
        "ironic, UEFI",
        "ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 12 -N 5 -f pw \
            raw 0x00 0x08 0x05 0xa0 0x08 0x00 0x00 0x00; ipmitool -I lanplus -H $BMC -U $NAME -f pw \
            chassis bootparam get 5 | grep -E 'Selector|apply'",
        "Force Boot from default Hard-Drive",
    ),
    call(
        "ironic, manufacturer",
        "ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 12 -N 5 -f pw mc info |
            perl -ne 'print $1 if /^Manufacturer Name *: (.+)/'",
        "Intelligent Platform Management Interface forum",
    ),
    call(
        "ironic, identify",
        "for how in 15 0 force; do ipmitool -I lanplus -H $BMC -U $NAME -f pw chassis identify $how || exit 1; done",
        "Chassis identify interval: indefinite\n",
    ),
    call(
        "spicerack",
        "export IPMITOOL_PASSWORD=$SECRET; ipmitool -I lanplus -H $BMC -U $NAME -E chassis bootdev pxe
         ipmitool -I lanplus -H $BMC -U $NAME -E chassis bootparam get 5 | awk -F: '/^Boot parameter data/ {print $2}'",
        " 8004000000\n",
    ),
    call(
        "bmclib",
        "tool=$(command -v ipmitool)
         for verb in 'chassis power status' 'chassis power on' 'chassis power reset' \
                     'chassis bootdev pxe options=efiboot' \
                     'chassis bootdev disk options=persistent,efiboot' 'chassis bootdev bios' 'sol deactivate' \
                     'chassis power soft'; do
            env -i IPMITOOL_PASSWORD=$SECRET $tool -I lanplus -U $NAME -E -N 5 -H $BMC -p $PORT -C 3 $verb 2>&1
            echo = $?
         done
         until ipmitool -I lanplus -U $NAME -P $SECRET -H $BMC power status | grep -q off; do sleep 0.3; done",
        "Chassis Power is on\n= 0\nChassis Power Control: Up/On\n= 0\n\
         Chassis Power Control: Reset\n= 0\nSet Boot Device to pxe\n= 0\n\
         Set Boot Device to disk\n= 0\nSet Boot Device to bios\n= 0\nInfo: SOL payload already de-activated\n= 1\nChassis Power Control: Soft\n= 0\n",
    )
    .after("power on"),
    call(
        "bmclib, cycle",
        "ipmitool -I lanplus -U $NAME -P $SECRET -N 5 -H $BMC -p $PORT -C 3 chassis power cycle 2>&1 | cut -c 1-28",
        "Chassis Power Control: Cycle",
    )
    .after("power on"),
    call(
        "bmclib, resets",
        "for how in warm cold; do ipmitool -I lanplus -U $NAME -P $SECRET -N 5 -H $BMC -p $PORT -C 3 mc reset $how; \
            done 2>/dev/null",
        "Sent warm reset command to MC\nSent cold reset command to MC\n",
    ),
    call(
        "bmclib, no password in the environment",
        "env -i $(command -v ipmitool) -I lanplus -U $NAME -E -N 1 -H $BMC -p $PORT -C 3 chassis power status 2>&1",
        "Unable to establish IPMI v2 / RMCP+ session",
    )
    .unlike_stock("why there is no session is said on the line before"),
    call(
        "MAAS, moonshot",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -L ADMINISTRATOR power on
         ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -L ADMINISTRATOR power status |
            perl -ne 'print $1 if /\\b(on|off)\\b$/'
         ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -L ADMINISTRATOR chassis bootdev pxe",
        "Up/On\nonSet Boot Device to pxe",
    )
    .after("power on"),
    local("MAAS, bmc-config", "ipmitool raw 06 01 | awk 'NR==1 {print $1; exit}'", "20"),
    call(
        "op-test",
        "do_() { ipmitool -H $BMC -I lanplus -U $NAME -P $SECRET $* 2>&1; }
         do_ chassis power off; do_ chassis power status; do_ chassis power on; do_ chassis power reset; do_ chassis power soft
 do_ chassis policy always-off
         do_ chassis policy list; do_ chassis poh; do_ chassis restart_cause; do_ chassis bootdev bios
         do_ chassis bootparam get 0x05 | grep -c 'Force Boot into BIOS Setup'
         until do_ power status | grep -q off; do sleep 0.3; done",
        "Chassis Power Control: Down/Off\nChassis Power is off\nChassis Power Control: Up/On\n\
         Chassis Power Control: Reset\nChassis Power Control: Soft\n",
    )
    .after("power on"),
    call(
        "os-autoinst",
        "for verb in 'mc guid' 'mc info' 'mc selftest' 'chassis power status' 'chassis power off' 'chassis power on'; do
            ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET $verb || echo failed
         done | grep -vE '^(System GUID|Timestamp)'",
        "Selftest: passed",
    )
    .after("power on"),
    call(
        "LAVA, cobbler and others",
        "ipmitool -H $BMC -U $NAME -P $SECRET chassis power off
         ipmitool -I lan -H $BMC -U $NAME -P $SECRET power status
         ipmitool -H $BMC -U $NAME -P $SECRET chassis bootdev pxe
         ipmitool -H $BMC -U $NAME -P $SECRET chassis power on",
        "Down/Off\nChassis Power is off\nSet Boot Device to pxe\nChassis Power Control: Up/On\n",
    )
    .after("power on"),
    call(
        "labgrid",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -p $PORT power cycle -C 17; sleep 7; ipmitool power status -I lanplus \
            -P $SECRET -H $BMC -U $NAME | grep -o 'is .*$'",
        "Cycle\n",
    )
    .after("power on"),
    call(
        "kube-bmc and other operators",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -N 1 -R 3 chassis status |
            sed -n 's/^System Power *: *//p; s/^Power Restore Policy : //p; s/^Last Power Event *: *//p'",
        "\nalways-off\n",
    )
    .after("power on"),
    call(
        "RackHD",
        "ipmitool -U $NAME -H $BMC -P $SECRET raw 0x00 0x01; ipmitool -U $NAME -H $BMC -P $SECRET chassis identify off; \
         ipmitool -U $NAME -H $BMC -P $SECRET chassis identify on; echo $?",
        "\n1\n",
    ),
    call(
        "Icinga, on and off in one",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET chassis power on && sleep 0 && ipmitool -I lanplus -H $BMC \
            -U $NAME -P $SECRET chassis power status | cut -d' ' -f4",
        "on\n",
    )
    .after("power on"),
    call(
        "home automation",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status | awk '{print $NF}'; ipmitool -I lanplus -H $BMC \
            -U $NAME -P $SECRET power soft | grep -q Soft && echo went
         until ipmitool -I lanplus -U $NAME -P $SECRET -H $BMC power status | grep -q off; do sleep 0.3; done",
        "on\nwent\n",
    )
    .after("power on"),
    call(
        "a password with blanks and quotes that is wrong",
        "ipmitool -I lanplus -H $BMC -U $NAME -P 'p w\"$!' power status; echo $?",
        "1\n",
    )
    .unlike_stock("why there is no session is said on the line before"),
];
