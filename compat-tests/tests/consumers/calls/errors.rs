//! What goes wrong, and who tells it from the words.

use crate::table::{Call, call, local};

/// The BMC is told to refuse on the way; at the end it is well again.
pub const CALLS: &[Call] = &[
    call(
        "xCAT, all is well",
        "ipmitool -vv -I lanplus -U $NAME -P $SECRET -H $BMC chassis status  2>&1 |
            grep -oE 'Set Session Privilege Level to ADMINISTRATOR|BMC Session ID' | sort -u",
        "BMC Session ID\nSet Session Privilege Level to ADMINISTRATOR\n",
    ),
    call(
        "xCAT, a wrong name",
        "ipmitool -vv -I lanplus -U nobody -P $SECRET -H $BMC chassis status 2>&1 | tee log |
            perl -0ne 'print \"$1 / $2\\n\" if /RAKP \\d+ message indicates an error : (.+)\\nError: (.+)/'
         grep -c 'RAKP 2 message indicates an error : unauthorized name' log; grep -o 'BMC Session ID' log",
        "unauthorized name / Unable to establish IPMI v2 / RMCP+ session\n1\n",
    ),
    call(
        "xCAT, a wrong password",
        "ipmitool -vv -I lanplus -U $NAME -P wrong -H $BMC chassis status 2>&1 | tee log | grep -o 'RAKP 2 HMAC is invalid'
         grep -o 'BMC Session ID' log | sort -u
         grep -A1 'RAKP 2 HMAC is invalid' log | tail -1",
        "RAKP 2 HMAC is invalid\nBMC Session ID\nError: Unable to establish IPMI v2 / RMCP+ session\n",
    ),
    call(
        "xCAT, no BMC",
        "ipmitool -vv -I lanplus -U $NAME -P $SECRET -H $BMC -p 9 -N 1 -R 1 chassis status 2>&1 | grep -c 'BMC Session ID'",
        "0\n",
    ),
    call(
        "ironic, suites",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -C 99 power status 2>&1 | grep .; echo ${PIPESTATUS[0]}
         ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -C 18 power status 2>&1 | grep -o 'Unsupported cipher suite ID'",
        "Unsupported cipher suite ID : 99",
    ),
    call(
        "ironic, a suite that the BMC has not",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -C 0 power status 2>&1 | grep .; echo ${PIPESTATUS[0]}",
        "Error in open session response message : ",
    ),
    call(
        "ironic, busy",
        "ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -P $SECRET -R 1 -N 1 power status 2>&1; echo $?",
        "Get Chassis Power Status failed: Node busy\n1\n",
    )
    .after("fault completion 00:01 c0"),
    call(
        "ironic, slow",
        "ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 1 -N 1 -P $SECRET power status 2>&1; echo $?",
        "Timeout\n1\n",
    )
    .after("fault completion 00:01 c3"),
    call(
        "ironic, full",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status 2>&1; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET raw 0 1 2>&1",
        "Out of space\n",
    )
    .after("fault completion 00:01 c4"),
    call(
        "ironic, booting",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status 2>&1; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET chassis status 2>&1",
        "BMC initialization in progress\n",
    )
    .after("fault completion 00:01 d2"),
    call(
        "external/ipmi, refused",
        "out=`ipmitool -I lan -H $BMC -U $NAME -P $SECRET power status 2>&1`; rc=$?
         case $out in *on) echo is on;; *off) echo is off;; *) echo neither;; esac; echo $rc",
        "neither\n1\n",
    ),
    call(
        "fence_ipmilan, refused",
        "ipmitool -I lanplus -H $BMC -p $PORT -U $NAME -P $SECRET -L administrator -N 2 chassis power off 2>&1; echo $?",
        "1\n",
    )
    .after("fault completion 00:02 d4"),
    call(
        "bmclib, refused",
        "for v in on off cycle reset diag soft; do ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET chassis power $v 2>&1; echo = $?; done",
        "= 1\n",
    ),
    call(
        "python-ipmi, completion code",
        "ipmitool -I lanplus -H $BMC -p $PORT -U \"$NAME\" -P \"$SECRET\" -t 0x20 -l 0 raw 0x06 0xff 2>&1 |
            perl -0ne 'print $1 if /\\AUnable to send RAW command \\(.*rsp=(0x[0-9a-f]+)\\)/'",
        "0xc1",
    )
    .after("fault clear"),
    call(
        "python-ipmi, data",
        "ipmitool -I lanplus -H $BMC -p $PORT -U \"$NAME\" -P \"$SECRET\" -l 0 raw 0x06 0x01 2>&1
         ipmitool -I lan -H $BMC -p $PORT -U \"$NAME\" -P \"$SECRET\" -t 0x20 -b 0 -l 0 raw 0x06 0x01 2>&1",
        " 20 ",
    ),
    call(
        "python-ipmi, nobody there",
        "ipmitool -I lanplus -H $BMC -p $PORT -U \"$NAME\" -P \"$SECRET\" -t 0x52 -b 7 -l 0 raw 0x06 0x01 2>&1; echo $?",
        "Unable to send RAW command (",
    ),
    call(
        "python-ipmi, ping",
        "ipmitool -I lanplus -H $BMC -p $PORT -U \"$NAME\" -P \"$SECRET\" session info all >/dev/null; echo $?
         ipmitool -I lanplus -H $BMC -p 9 -N 1 -R 1 -U \"$NAME\" -P \"$SECRET\" session info all 2>/dev/null; echo $?",
        "0\n1\n",
    ),
    local("raw, columns", "ipmitool raw 0x06 0x01 | tr -d '\\n' | wc -c; ipmitool raw 0x0a 0x20 | xxd -r -p | wc -c; ipmitool raw 6 1 | cat -A | head -1", "\n"),
    local("raw, mistakes", "ipmitool raw; ipmitool raw 6; echo $?; ipmitool raw 0x100 1; echo $?; ipmitool raw zz 1; echo $?", "1\n"),
    call(
        "operators, no BMC",
        "ipmitool -I lanplus -H $BMC -p 9 -N 1 -R 1 -U $NAME -P $SECRET power status 2>&1 | tail -1; echo ${PIPESTATUS[0]}
         ipmitool -I lan -H $BMC -p 9 -N 1 -R 1 -U $NAME -P $SECRET power status 2>&1 | tail -1",
        "Error: Unable to establish IPMI v2 / RMCP+ session\n1\nError: Unable to establish IPMI v1.5 / RMCP session\n",
    ),
    call("operators, no host", "ipmitool -I lanplus -H no.such.host.invalid -U $NAME -P $SECRET power status 2>&1; echo $?", "Address lookup for no.such.host.invalid failed"),
    call("operators, wrong password", "ipmitool -I lanplus -H $BMC -U $NAME -P wrong power status; echo $?; ipmitool -I lanplus -4 -H $BMC -U $NAME -P wrong power status 2>&1 | tail -1", "1\nError: Unable to establish IPMI v2 / RMCP+ session\n")
        .unlike_stock("why a session cannot be opened is said on the line before"),
    call("wrong password, 1.5", "ipmitool -I lan -H $BMC -U $NAME -P wrong power status 2>&1 | tail -1; ipmitool -I lan -H $BMC -U nobody -P wrong power status 2>&1 | tail -1", "Error: Unable to establish IPMI v1.5 / RMCP session\n"),
    local("xcp-ng, no device", "ipmitool -I open chassis status 2>&1 >/dev/null | grep -c . ; PATH=/usr/bin:$PATH; true", ""),
    call("scripts, unknown verbs", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET nonsense 2>&1 | head -1; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET chassis power nonsense 2>&1 | head -1", "Invalid command: nonsense\n"),
    call("scripts, help", "for v in help '-h' 'chassis help' 'sel help' 'sdr help' 'lan help' 'user help' 'power help' 'sol help'; do ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET $v >/dev/null 2>&1; echo $?; done", "0\n"),
    call("scripts, --version and nothing", "ipmitool --version >/dev/null 2>&1; echo $?; ipmitool >/dev/null 2>&1; echo $?; ipmitool -I nonsense power status 2>&1; echo $?", "1\n"),
    call("scripts, an unreadable password file", "ipmitool -I lanplus -H $BMC -U $NAME -f /nonexistent power status </dev/null 2>&1 | head -3", "nonexistent"),
    call("scripts, options after the verb", "ipmitool power status -I lanplus -H $BMC -U $NAME -P $SECRET -N 2 -R 2; ipmitool mc info -I lanplus -H $BMC -U $NAME -P wrong -P $SECRET | head -1", "Chassis Power is on\nDevice ID                 : 32\n"),
    call("scripts, a privilege that is too much", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -L USER power on 2>&1; echo $?; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -L OPERATOR user list 1 2>&1 | head -3", "Insufficient privilege level\n1\n"),
    call("scripts, a reader that has enough", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sel list | head -1; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sdr | grep -m1 CPU1; echo ${PIPESTATUS[0]} | grep -cE '^(0|141)$'", "Pre-Init"),
];
