//! Event logs, inventories, and who the BMC is.

use crate::table::{Call, call, local};

/// In order: the last ones change the log.
pub const CALLS: &[Call] = &[
    call(
        "xCAT bmcdiscover",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET mc info -N 1 -R 1 |
            perl -0ne 'print \"$1 $2\" if /Manufacturer ID\\s*:\\s*(\\d+)\\s*Manufacturer Name.+\\s*Product ID\\s*:\\s*(\\d+)/'",
        "7154 21331",
    ),
    local(
        "xCAT bmcsetup",
        "ipmitool mc info|grep ^IPMI|awk  '{print $4}'; ipmitool mc info|grep '^Manufacturer ID'|awk  '{print $4}'
         ipmitool mc info|grep '^Product ID'|awk '{print $4}'",
        "2.0\n7154\n21331\n",
    ),
    local("xCAT bmcsetup, no answer to an OEM's", "ret=`ipmitool raw 0x3a 0x0a 2> /dev/null`; echo \"<$ret>\"", "<>"),
    call(
        "rubyipmi",
        "printf %s $SECRET >pw; ipmitool -H $BMC -U $NAME -I lanplus -f pw bmc info |
            perl -ne '($k, $v) = split /:/, $_, 2; s/^\\s+|\\s+$//g for $k, $v; print \"$k=$v\\n\"'",
        "IPMI Version=2.0\n",
    ),
    call(
        "rubyipmi, fru",
        "ipmitool -H $BMC -U $NAME -I lanplus -f pw fru | perl -ne '($k, $v) = split /:/, $_, 2;
            if ($k =~ /^FRU\\s+Device/) { print \"[\", lc($1), \"]\\n\" if $v =~ /([\\w\\s]*)\\(.*\\)/ }
            elsif (defined $v) { s/^\\s+|\\s+$//g for $k, $v; print \"$k=$v\\n\" }'",
        "Board Serial=B0000001\n",
    ),
    call(
        "rubyipmi, the rest",
        "for verb in sensor 'lan print' 'bmc guid' 'chassis identify 10' 'chassis status' 'power status'; do
            ipmitool -H $BMC -U $NAME -I lanplus -f pw $verb 2>&1; echo = $?
         done | grep -v Timestamp",
        "Chassis identify interval: 10 seconds\n= 0\n",
    ),
    call("rubyipmi, version", "ipmitool -V | grep -oP '\\d\\.\\d.\\d' | head -1; ipmitool -V | awk '{print $3}'", "1.8.1\n1.8.19\n")
        ,
    call("scripts, version", "ipmitool -V | cut -b 18-23; ipmitool -V | grep -q 'version 1.8.19' && echo it is", "1.8.19\nit is\n"),
    call("xCAT, version", "ipmitool -V | perl -ne 'print +(split)[2]'", "1.8.19"),
    local("serial number", "ipmitool fru | grep 'Board Serial' | awk '{print $4}' | head -1; ipmitool fru |grep -m1 'Product Serial' |cut -d ': ' -f 2", "B0000001\n")
        ,
    local("asset tag", "ipmitool fru print 0 >tmp; grep 'Product Asset Tag' tmp | awk '{print $5, $6}'", "asset 42\n"),
    local(
        "model",
        "ipmitool fru print 0 | awk -F: '$1 ~ \"Product Name\" { key = toupper($2); sub(/[[:space:]]+/, \"\", key); print key; exit }'",
        "BMCSIM SERVER\n",
    ),
    local("vendor", "ipmitool fru | grep -i 'board mfg' | tail -n 1 | cut -d ':' -f2 | tr -d ' '; ipmitool fru list | wc -l", "steadysol\n"),
    local("fru of a number", "ipmitool fru print 2; ipmitool fru print 99; echo $?; ipmitool fru print 0 2>/dev/null | grep -c Board", "PSU 800W"),
    local("fru, CSV", "ipmitool -c fru; ipmitool -v fru print 1 2>/dev/null", "steadysol"),
    local("fru, saved", "ipmitool fru read 0 fru.bin; cksum <fru.bin", "Fru Size"),
    local("firmware", "ipmitool mc info | awk '/Firmware Revision/ {print $4}'; ipmitool mc info | grep -A 1 'Aux Firmware Rev Info' | sed -n 2p | awk '{print $1}'", "1.19\n0x00\n"),
    local("firmware, parts", "ipmitool mc info | grep -E 'Manufacturer Name|Device ID|Firmware Revision'; ipmitool mc info 2>/dev/null | grep 'Firmware Revision' | cut -d ':' -f 2 | sed -e 's/ //g;s/\\.//g'", "119\n"),
    local("facter", "ipmitool mc info 2>/dev/null; ipmitool fru print 0 2>/dev/null", "Product ID                : 21331"),
    local("guid", "ipmitool mc guid | grep 'System GUID'; ipmitool bmc guid auto | wc -l", "System GUID   : "),
    local("sosreport", "for v in 'sel info' 'sel list' 'sensor list' 'chassis status' 'fru print' 'mc info' 'sdr info'; do ipmitool $v | grep -vE '^(Timestamp|Last Add Time|Most recent Addition)' || echo failed; done", "SEL Information\n"),
    call("RackHD, sel", "ipmitool -U $NAME -H $BMC -P $SECRET sel | grep -v '^Last Add Time'; ipmitool -U $NAME -H $BMC -P $SECRET -c sel list last 25", "SEL Information\n"),
    call(
        "RackHD, sel entries",
        "ipmitool -U $NAME -H $BMC -P $SECRET -c sel list | awk -F, 'NF == 6 {print $1, $4, $5}'",
        "7 Temperature #0x02",
    ),
    call("RackHD, sel in words", "ipmitool -U $NAME -H $BMC -P $SECRET -vv sel list 2>/dev/null | grep -E '^ *(SEL Record|Sensor Type|Event Direction)' | head -40", "SEL Record ID"),
    local("TrueNAS", "ipmitool -c sel elist", "Temperature CPU1 Temp,Lower Non-critical going low"),
    local("sel, newest", "ipmitool sel list | tail -20; ipmitool sel elist last 30; ipmitool sel list first 5; ipmitool sel elist first 3", "Pre-Init"),
    local("sel, grep", "ipmitool sel list | grep -ci 'Asserted'; ipmitool sel elist | grep -i 'power supply' | head -5; ipmitool sel list | grep ECC | cut -f1 -d : | sort -u", "Power Supply"),
    local("sel, columns", "ipmitool sel elist | awk -F'|' '{print $4 \"/\" $5}' | head -30", "Temperature CPU1 Temp"),
    local("sel, one", "ipmitool sel get 0x7; ipmitool sel get 1 | grep -E 'Record ID|Description'", "Lower Non-critical going low"),
    local("sel, how full", "ipmitool sel info | grep -E 'Entries|Percent Used|Overflow'; n=$(ipmitool sel info | awk -F': *' '/^Entries/ {print $2}'); echo ${n:-0}", "Percent Used"),
    local("sel, time", "ipmitool sel time get | grep -cE '^[0-9/]+ [0-9:]+ UTC$'; ipmitool sel time set now >/dev/null 2>&1; echo $?", "0\n"),
    local("sel, saved", "ipmitool sel save sel.txt >/dev/null; ipmitool sel writeraw sel.raw; head -3 sel.txt; cksum <sel.raw", "0x"),
    local("sdr info", "ipmitool sdr info | grep -E '^(SDR Version|Record Count|Sensor)'; ipmitool sel info >/dev/null 2>&1 && echo there", "Record Count"),
    local("event", "ipmitool event 1 2>&1; ipmitool sel list last 1 | cut -d'|' -f4-6", "Temperature"),
    local("Charon and other testers", "ipmitool sel add ev 2>&1; printf '0x04 0x01 0x30 0x01 0x59 0x00 0x00\\n' >ev; ipmitool sel add ev; echo $?; ipmitool sel list last 1 | cut -d'|' -f4-6", "Temperature #0x30"),
    call(
        "op-test, clear",
        "ipmitool -H $BMC -I lanplus -U $NAME -P $SECRET sel clear 2>&1; sleep 1
         ipmitool -H $BMC -I lanplus -U $NAME -P $SECRET sel elist 2>&1; ipmitool -H $BMC -I lanplus -U $NAME -P $SECRET sel list -v",
        "Clearing SEL.  Please allow a few seconds to erase.\n",
    ),
    call("op-test, empty", "ipmitool -H $BMC -I lanplus -U $NAME -P $SECRET sel elist 2>&1; echo $?", "no entries"),
];
