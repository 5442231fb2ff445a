//! Fan scripts, burn-in tests, switches' platform services, fact gatherers and cheat sheets, as they stand in public
//! repositories: each row is what one kind of script calls, mistakes that people make among it.

use crate::table::{Call, call, local};

/// In order: what one sets the next one sees.
pub const CALLS: &[Call] = &[
    local("switch platform services", "timeout 30 ipmitool mc watchdog off; timeout 50 ipmitool sel time set now > /dev/null 2>&1; echo $?; ipmitool mc watchdog get", "0\nWatchdog Timer Use:"),
    local(
        "switch syshealth",
        "for c in 'channel info 0xf' 'channel info 0x1' 'i2c bus=2 0x80 0x1 0x45' 'mc watchdog get' 'mc info' 'sel info' 'fru -v' 'power status'
            do echo \"[Command]: $c \"; ipmitool $c; echo $?; done",
        "[Command]: power status \nChassis Power is on\n0\n",
    ),
    local("PDDF fans", "ipmitool raw 0x3a 0x26 0x00; echo $?; ipmitool raw 0x3e 0x07 0x00 0x4c 0xa5 0x07 0x03 1 9 2>&1", "rsp=0xc1): Invalid command\n"),
    local("NixOS, into the BIOS", "ipmitool chassis bootparam set bootflag force_bios && ipmitool chassis bootparam get 5 | grep -o 'Force.*'", "Force Boot into BIOS Setup"),
    local(
        "boot flags",
        "for how in force_pxe force_disk force_cdrom force_diag none 'force_pxe options=timeout' 'force_disk options=PEF,watchdog'; do
            ipmitool chassis bootparam set bootflag $how; done; ipmitool raw 0x00 0x08 0x05 0x80 0x18 0x00 0x00 0x00; ipmitool chassis bootparam get 0x05 | tail -n +3",
        "Set Boot Device to force_disk\n",
    ),
    local("boot devices", "for d in none 'cdrom options=efiboot,persistent' 'floppy clear-cmos=yes' safe diag usb; do ipmitool chassis bootdev $d; echo $?; done", "Set Boot Device to cdrom\n"),
    local("where is it", "for t in 255 3 0 '' 256 force; do ipmitool chassis identify $t; echo $?; done", "Chassis identify interval: 255 seconds\n"),
    local("ZStack", "ipmitool chassis policy list; ipmitool chassis policy previous; ipmitool chassis poh; ipmitool chassis restart_cause; ipmitool chassis selftest", "POH Counter"),
    local("OpenCompute test, FRU", "ipmitool fru print 0 | awk -F: '$1 ~ \"Product Name\" {print toupper($2)}'; ipmitool fru print 0 | grep 'Product Serial' | awk '{print $4}'; ipmitool fru print 9", " BMCSIM SERVER\n"),
    local("FRU, written and read", "ipmitool fru read 0 fru.bin; od -An -tx1 fru.bin | head -2; ipmitool fru write 0 fru.bin; ipmitool fru print 0", "Product Serial"),
    local("power supplies", "ipmitool sdr type 'Power Supply' 2>/dev/null; ipmitool sdr type 0x8; ipmitool sdr entity 'Power Supply'; ipmitool sdr type 0x01; ipmitool sdr type 0x02", "PS1 Status"),
    local("fan curves", "ipmitool -c sdr type temperature | sed 's/ /_/g' | awk -F, '{print $1, $2}'; ipmitool -c sdr -N 1 -R 1 2>/dev/null | cut -d, -f1-3", "Inlet_Temp"),
    local("Unraid and Webmin", "ipmitool -c sdr list full; ipmitool sdr list compact; ipmitool sdr list event; ipmitool sdr list mcloc; ipmitool sdr list fru; ipmitool sdr list generic", "Fan 1,"),
    local("burn-in, all of it", "ipmitool sdr elist all; ipmitool sdr elist fru; ipmitool sdr elist mcloc; ipmitool sdr entity 3; ipmitool sdr entity 3.1; ipmitool sdr info", "SDR Version"),
    local("records in a file", "ipmitool sdr dump sdr.bin; ls -l sdr.bin | awk '{print $5}'; ipmitool -S sdr.bin sdr elist; ipmitool sdr -S sdr.bin type Temperature", "Inlet Temp"),
    local("a sensor's names", "ipmitool sensor get 'CPU1 Temp' 12V Nonesuch; echo $?; ipmitool -v sensor get 'CPU1 Temp'; ipmitool -v sdr get 'Inlet Temp'", "Sensor ID              : CPU1 Temp"),
    local("thresholds of quiet fans", "ipmitool sensor thresh 'Fan 1' lower 0 100 200 2>/dev/null || true; ipmitool sensor thresh 'Fan 1' lcr 100; ipmitool sensor thresh 'CPU1 Temp' upper 100 100 100", "Lower Critical threshold to 100.000"),
    local("thresholds, mistaken", "for how in 'lnr 0' 'upper 80' 'bogus 80'; do ipmitool sensor thresh 'CPU1 Temp' $how; echo $?; done; ipmitool sensor thresh Nonesuch lower 300 300 400; ipmitool sensor thresh", ""),
    local("event log, all ways", "for how in list elist '' 'list 3' 'list first 3' 'list last 3' 'elist last 30' 'vlist last 2'; do ipmitool sel $how; done; ipmitool -c sel elist", "Memory initialization"),
    local("one event", "ipmitool sel get 0x1 | grep 'Generator ID'; ipmitool sel get 1 2; ipmitool sel get 0xfff; echo $?; ipmitool sel writeraw sel.raw; ipmitool sel readraw sel.raw | tail -3; ipmitool sel delete 1", "Generator ID"),
    local("fan fault, resolved", "ipmitool event 'Fan 1' lcr deassert; ipmitool event 'CPU1 Temp' unc assert; ipmitool event 'PS1 Status' list; ipmitool event 'CPU1 Temp' ucr asserted; echo $?", "Finding sensor Fan 1... ok\n"),
    local("raw events from a file", "printf '0x4 0x1F 0x0 0x6f 0x05 0x0 0x0\\n' > ev; ipmitool event file ev; echo $?; ipmitool sel add ev; echo $?", "0\n"),
    local("event log, cleared", "ipmitool sel clear; sleep 1; ipmitool sel elist; ipmitool sel list | wc -l; ipmitool sel erase; echo $?", "Clearing SEL"),
    local(
        "a monitoring user",
        "ipmitool user set name 4 moni; ipmitool user set password 4 'N0t-secret' 20; ipmitool user priv 4 0x4 1; ipmitool user enable 4
         ipmitool channel setaccess 1 4 link=on ipmi=on callin=on privilege=2; ipmitool user list 1 | awk '/moni/{print $1}'
         ipmitool user test 4 20 N0t-secret; ipmitool user test 4 16 wrong; ipmitool user disable 4; ipmitool user bogus; ipmitool user set",
        "4\nSuccess\n",
    ),
    local("access", "ipmitool channel; ipmitool channel getaccess 1; ipmitool channel authcap 1 4; ipmitool channel getciphers ipmi 1; ipmitool lan set 1 access on; ipmitool lan set 1 auth admin md5; ipmitool lan set 1 ipsrc bogus; ipmitool lan set 1 ipaddr 300.1.1.1; echo $?", "1\n"),
    local(
        "serial over LAN, set up",
        "for s in 'volatile-bit-rate 115.2 1' 'non-volatile-bit-rate 57.6 1' 'enabled true' 'force-encryption false' 'force-authentication true 1' \
            'character-accumulate-level 10 1' 'character-send-threshold 60 1' 'retry-count 7 1' 'retry-interval 50 1' 'privilege-level admin' \
            'timeout 15' 'baud-rate 115200 1'; do ipmitool sol set $s; echo $?; done; ipmitool sol payload enable; ipmitool sol payload enable 1 4; ipmitool sol payload status 1 4",
        "User 4 on channel 1 is enabled",
    ),
    local("OpenBMC tests, DCMI", "ipmitool dcmi power get_limit; ipmitool dcmi power set_limit limit 400; ipmitool dcmi power activate; ipmitool dcmi power deactivate; ipmitool dcmi power; ipmitool dcmi get_temp_reading", "Power Limit"),
    local("Azure's runread list", "for c in pef 'pef status' 'mc guid' 'mc getenables' 'mc selftest' 'mc getsysinfo' 'lan alert print' 'session info' 'nm suspend get' 'sdr info' 'mc bootparam get 5'; do ipmitool $c | grep -v -e 0x0001 -e Pre-Init; echo ${PIPESTATUS[0]}; done", "Version"),
    local("system information", "ipmitool mc setsysinfo system_name node1; ipmitool mc getsysinfo system_name; ipmitool mc getsysinfo system_fw_version 2>/dev/null | tr -d ' '; ipmitool mc setsysinfo primary_os_name Linux; ipmitool mc getsysinfo primary_os_name", "node1"),
    local("IPv6", "for c in 'print 1 static_addr' 'print 1 dynamic_addr' print 'print 8' 'set 1 static_addr 2001:db8::1' 'set 1 enables ipv6' 'set 1 static_addr 0 enable 2001:db8::10 64' 'set 1 rtr_cfg static' 'print 1 static_addr'; do ipmitool lan6 $c; echo $?; done", "2001:db8::10"),
    local("sessions and alerts", "ipmitool session activate; ipmitool session close 1; ipmitool lan alert print 1 1; ipmitool lan alert set 1 1 ipaddr 192.0.2.7 type pet; ipmitool lan alert set 1 1 bogus 3; ipmitool lan", "Alert"),
    call("a cartridge chassis", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sdr list mcloc; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sdr list all | wc -l", ""),
    call("words stuck to options", "ipmitool -c -U\"$NAME\" -P\"$SECRET\" -H\"$BMC\" -Ilanplus sdr; ipmitool -c -Ilanplus -U$NAME -P$SECRET -H$BMC sel list", "Fan 1,"),
    call("OpenHPC", "IPMI_PASSWORD=wrong ipmitool -E -I lanplus -H $BMC -U $NAME -P $SECRET chassis power reset", "Chassis Power Control: Reset\n"),
    call("Checkmk's piggyback", "IPMITOOL_PASSWORD=$SECRET ipmitool -H $BMC -U $NAME -E dcmi power reading | awk '/Power reading state is/ {print $5}'", "activated"),
    call("a database's failover", "ipmitool -L OPERATOR -H $BMC -U $NAME -P $SECRET power reset", "Reset\n"),
    call("authentication types", "for a in PASSWORD MD5 md5 NONE; do ipmitool -A $a -I lan -U $NAME -P $SECRET -H $BMC raw 6 1; echo $?; done; ipmitool -A md5 -I lanplus -H $BMC -U $NAME -P $SECRET raw 6 1", " 20 81"),
    call("suites", "for c in 1 2 3 8 17 x; do ipmitool -C $c -H $BMC -p $PORT -I lanplus -U $NAME -P $SECRET mc guid; done", "System GUID"),
    call("numbers out of range", "for o in '-N x' '-N 0' '-R 300' '-p 99999' '-I bogus' '-I LANPLUS' '-o bogus' '-y 123' '-C 99'; do ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET $o power status 2>&1 | tail -1; done", "Chassis Power is on"),
    call("passwords from files and pipes", "printf \"$SECRET\\r\\nsecond\\n\" > pw; ipmitool -I lanplus -H $BMC -U $NAME -f pw power status; echo $SECRET | ipmitool -I lanplus -H $BMC -U $NAME -a power status; echo $SECRET | ipmitool -I lanplus -H $BMC -U $NAME power status", "Chassis Power is on\n"),
    call("wrong verbs", "ipmitool -H $BMC -U $NAME -P $SECRET -I lan sendors list; echo $?; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET; echo $?; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET help; echo $?; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET mc chassis status; echo $?", "1\n"),
    call("a batch of raw commands", "printf 'raw 0x3a 0x52 0x09 0xb0\\nraw 6 1\\nsdr list full\\n' > b; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET exec b; echo $?; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET exec /dev/stdin <<< 'power status' 2>&1", "Chassis Power is on\n"),
    call("a shell, driven", "printf 'mc info\\npower status\\nexit\\n' | ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET shell", "ipmitool> "),
    call("verbose", "for c in 'sdr list full' 'user list 1' 'chassis status' 'mc info' 'lan print 1' 'fru print 0' 'raw 6 4' 'power status'; do ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -v $c; done", "Sensor ID"),
    call("comma separated", "for c in 'user summary' 'mc info' 'chassis status' 'fru print 0' 'sel get 1' 'sensor reading Fan' 'sdr elist compact' 'sdr entity 7.1' 'lan print 1'; do ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -c $c; echo $?; done", "Device ID"),
    call("verbs that are handed over", "for c in 'isol info' tsol 'hpm check' 'picmg properties' 'delloem lan get' 'firewall info channel 1 lun 0' kontronoem ekanalyzer 'fwum info' 'vita properties'; do ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET $c; echo $?; done", "1\n"),
];
