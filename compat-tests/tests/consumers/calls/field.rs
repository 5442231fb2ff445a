//! Provisioning, burn-in, expect scripts, collectors and facts, as public repositories call them: option styles, streams
//! that are closed, pipes, terminals, and mistakes.

use crate::table::{Call, call, local};

/// In order: what one sets the next one sees; the log is cleared at the end.
pub const CALLS: &[Call] = &[
    local("inventory into an array", r#"mapfile -t arr < <( ipmitool fru | grep Board | awk -F ': ' '{print $2}' ); echo "mfgdat: ${arr[0]}"; echo "mfgvdr: ${arr[1]}"; echo "mboard: ${arr[2]}"; echo "serial: ${arr[3]}""#, "mboard: bmcsim mainboard\n"),
    local("Fedora's smoke test", "for i in $(ipmitool sdr elist | cut -c 31-36 | sort | uniq); do ipmitool sdr entity $i; echo $?; done", "CPU1 Temp"),
    local("Fedora's smoke test, verbs alone", r#"for c in 'sensor' '-v sensor' fru sel 'sel time' sol isol session sunoem 'kontronoem nextboot' picmg 'fwum status' firewall 'firewall info'; do echo "[$c]"; ipmitool $c; echo $?; done | grep -v 'Last Add Time'"#, "SEL Information"),
    local("IBM's LTP, bytes of the version", r#"ipmitool bmc info | grep "IPMI Version" | cut -b 29; ipmitool -V | cut -b 22; ipmitool -V | cut -b 18-23; ipmitool -V | cut -d' ' -f3; ipmitool -V 2>/dev/null | awk '{print $3}' | cut -d. -f1-2; ipmitool -V 2>&1 | tail -c 7 | head -c0; ipmitool -V | head -1 | sed 's/^ipmitool version //;s/ .*//'"#, "2\n1\n1.8.19\n"),
    local("IBM's LTP, channels", r#"for c in "channel info 0" "channel info 1" "channel info 2" "channel info 14" "channel info 15" "channel authcap 1 1" "channel authcap 1 2" "channel authcap 1 3" "channel authcap 1 4" "channel getaccess 0x1" "channel getaccess 0x2" "channel getaccess 0x1 3" "channel getciphers ipmi 1" "channel getciphers sol 1" "user summary 0x1" "user summary 0x2" "user list 0x1" "user list 0x2"; do echo "[$c]"; ipmitool $c; echo $?; done"#, "802.3 LAN"),
    local("exec, comments and mistakes", r#"printf '# a comment\n\nmc info\n  chassis status\nbogus\nsensor reading "Fan 1"\nsdr get '"'"'CPU1 Temp'"'"'\n' > e; ipmitool exec e; echo $?"#, "System Power"),
    local("exec, exit in the middle", r#"printf 'power status\nexit\nmc info\n' > e; ipmitool exec e; echo $?; printf 'power status\nquit\nmc info\n' > e; ipmitool exec e; echo $?"#, "Chassis Power is on\n"),
    local("exec, from Windows", r#"printf 'power status\r\nmc guid\r\n' > e; ipmitool exec e; echo $?"#, "Chassis Power is on\n"),
    call("a shell's here-document", r#"ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET shell <<EOF
mc info
chassis power status
raw 0x06 0x01
bogus
exit
EOF
echo $?"#, "Chassis Power is on\n"),
    call("a shell's help", r#"printf 'help\nsdr help\nhelp sel\n\nquit\n' | ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET shell; echo $?"#, "ipmitool> "),
    call("a shell's settings", r#"printf 'set\nset csv 1\nsdr type fan\nset csv 0\nset verbose 0\necho hello\nexit\n' | ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET shell; echo $?"#, "Fan 1,"),
    call("Compass, options in one word", "ipmitool -vI lanplus -U $NAME -P $SECRET -H $BMC power status", "Chassis Power is on\n"),
    call("a strict environment", "POSIXLY_CORRECT=1 ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sdr type Fan -c; echo $?", "Fan 1"),
    call("two dashes", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -- power status; echo $?; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power -- status; echo $?", "Chassis Power is on\n"),
    call("-O for -I", r#"ipmitool -O open chassis status 2>&1 | grep -E "Drive\ Fault" | awk -F': ' '{print $2}'; ipmitool -O open chassis status; echo $?"#, "1\n"),
    call("no device here", "ipmitool -I open local; echo $?; ipmitool sdr; echo $?; ipmitool -d 1 mc info; echo $?; ipmitool -I imb mc info; echo $?; ipmitool -I usb mc info; echo $?; ipmitool -I free mc info; echo $?", "1\n"),
    local("Foreman's facts, every channel", "for i in $(seq 0 11); do ipmitool lan print $i 2>/dev/null | grep -E '^(IP Address|MAC Address|Subnet Mask)'; done", "IP Address Source"),
    local("levels that are closed", "ipmitool lan set 1 auth callback ''; echo $?; ipmitool lan set 1 auth user md5; ipmitool lan set 1 auth operator ''; ipmitool lan set 1 auth admin ''; ipmitool lan print 1 | grep -A5 'Auth Type Enable'", "Callback : \n")
        .unlike_stock("lan set auth: '' is a list of no types, without a warning"),
    local("EPFL's Puppet", "ipmitool lan set 1 auth ADMIN MD5 && ipmitool lan set 1 access on && ipmitool user set name 3 root3 && ipmitool channel setaccess 1 3 link=zoinx ipmi=zoinx callin=on privilege=4 && ipmitool user enable 3 && ipmitool user set password 3 abc123; echo $?; ipmitool user list 1", "root3"),
    local("misspelt settings", "ipmitool lan set 1 isprc static; echo $?; ipmitool lan set; echo $?; ipmitool lan set 1; echo $?; ipmitool lan set 99 ipsrc static; echo $?; ipmitool lan print 99; echo $?", "1\n"),
    local("ARP, every way", "for a in 'respond on' 'respond off' 'generate on' 'generate off' 'interval 4'; do ipmitool lan set 1 arp $a; echo $?; done; ipmitool lan print 1 | grep -i -E 'arp'", "0\n"),
    local("the ME behind the BMC", "ipmitool -b 0x06 -t 0x2c raw 0x2E 0xC0 0x57 0x01 0x00 0x00 0x00 0x01; echo $?; ipmitool -t 0x2c -b 6 raw 0x6 0x01; echo $?; ipmitool -b 6 -t 0x2c mc info; echo $?", "1\n"),
    local("looking for an ME", r#"for c in 0 6; do for t in 0x2c 0x88; do r=`ipmitool -b $c -t $t mc info 2>&1`; echo "$? $r"; done; done"#, "1 "),
    local("SONiC, a digit of an answer", "ipmitool raw 0x04 0x2d 0x02 | awk '{print substr($0,9,1)}'; ipmitool raw 0x04 0x2d 0x50 | awk '{print substr($0,9,1)}'; ipmitool raw 0x04 0x2b 0x50; ipmitool raw 0x04 0x27 0x02", "\n"),
    local("Open Network Linux", "ipmitool sdr get 'PS1 Status' |grep 'Sensor Reading'| awk -F':' '{print $2}'| awk -F' ' '{ print $1}'; ipmitool sdr get 'Fan 1' | grep 'Sensor Reading'|awk -F':' '{print $2}'|awk -F' ' '{print $1}'", "5400\n"),
    local("Dell, hottest of all", "ipmitool sdr type temperature | grep -oE '[[:digit:]]{1,2}h'; ipmitool sdr type temperature | grep -oE '[[:digit:]]+ degrees C$' | cut -d' ' -f1; ipmitool sdr type Temperature -I lanplus | grep -v -i -E 'inlet|exhaust' | awk -F'|' '{print $5}' | tr -d ' a-zA-Z'", "02h\n"),
    local("thresholds, line by line", r#"for w in 'Upper non-recoverable' 'Upper critical' 'Upper non-critical' 'Lower non-recoverable' 'Lower critical' 'Lower non-critical'; do ipmitool sdr get 'CPU1 Temp' | grep "$w"; done"#, "Upper critical        : 95.000\n"),
    local("records, kind by kind", "for t in full compact event mcloc fru generic; do ipmitool -v sdr list $t; echo $?; done", "Sensor ID"),
    local("every entry by its number", "ipmitool sel get 0x1 0x2 0x7; echo $?; for i in $(ipmitool sel list | awk '{print $1}' | tail -4); do ipmitool sel get 0x$i; done; ipmitool -c sel get 7; ipmitool -v sel get 7", "SEL Record ID"),
    local("boot options, all of them", "for d in 'pxe options=efiboot,persistent' 'disk options=efiboot' 'cdrom options=' 'bios options=persistent' 'none options=no-timeout' 'pxe options=valid' 'pxe options=help' 'pxe options=bogus' 'floppy' 'pxe extra' 'pxe clear-cmos=no'; do ipmitool chassis bootdev $d; echo $?; ipmitool chassis bootparam get 5 | tail -7; done", "Set Boot Device to pxe\n"),
    local("user, every mistake", r#"for c in user 'user bogus' 'user set' 'user set name' 'user set name 3' 'user set password' 'user set password 99 x' 'user enable' 'user enable 99' 'user priv' 'user priv 3' 'user test' 'user test 2 16 bad' 'user list 99' 'user summary 99' 'user list x'; do echo "[$c]"; ipmitool $c </dev/null; echo $?; done"#, "1\n"),
    local("passwords through a pipe", r#"printf 'sesame1\nsesame1\n' | ipmitool user set password 3; echo $?; printf 'sesame1\n' | ipmitool user test 3 16; echo $?; ipmitool user set password 3 '' ; echo $?; ipmitool user set password 3 'a b$c"d'; echo $?; ipmitool user test 3 16 'a b$c"d'"#, "Success\n"),
    call("closed input", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status <&-; echo $?; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sdr list <&- | tail -1; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET mc guid <&- 2>&1 | tail -1", "Chassis Power is on\n0\n"),
    call("closed and full output", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status 2>&- ; echo $?; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power on >/dev/full; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET bogus 2>&-; echo $?", "0\n"),
    call("a password and no terminal", "echo $SECRET | setsid ipmitool -I lanplus -H $BMC -U $NAME power status; echo $?; echo | setsid ipmitool -I lanplus -H $BMC -U $NAME power status 2>&1 | tail -1; setsid ipmitool -I lanplus -H $BMC -U $NAME -a power status </dev/null 2>&1 | tail -1", "Chassis Power is on\n")
        .unlike_stock("why there is no session is said on the line before"),
    call("keys that are none", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -y 0000000000000000000000000000000000000000 power status; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -k '' power status; IPMI_KGKEY= ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -K power status; env -u IPMI_KGKEY ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -K power status; echo | setsid ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -Y power status", "Chassis Power is on\n"),
    call("time zones", "for z in UTC Asia/Tokyo America/New_York EST5EDT bogus; do TZ=$z ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sel list last 2; TZ=$z ipmitool -Z -I lanplus -H $BMC -U $NAME -P $SECRET sel elist last 1;TZ=$z ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sel get 7 | grep Time; done", "Timestamp             : 05/31/24"),
    call("a loop that reads its list", r#"printf 'a\nb\nc\n' | while read -r c; do echo $c; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status; done"#, "c\nChassis Power is on\n"),
    call("readers that have enough", "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sdr elist all | head -1; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sel elist | true; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET sensor | grep -q CPU1; echo $?", "23 degrees C\n"),
    call("the last three characters", r#"m="$(ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status)"; case ${m: -3} in ' on') echo on;; 'off') echo off;; esac; [[ $m == "Chassis Power is on" ]] && echo exactly; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status | od -c | tail -2"#, "on\nexactly\n"),
    call("six at once", "for i in 1 2 3 4 5 6; do ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET power status & done | sort | uniq -c; wait", "6 Chassis Power is on\n"),
    local("collectd", r#"ipmitool sensor | awk -v host=h -F'|' 'tolower($3) ~ /(volt|rpm|watt|degree)/ && $2 !~ /na/ { if (tolower($3) ~ /volt/) type="voltage"; if (tolower($3) ~ /rpm/) type="fanspeed"; if (tolower($3) ~ /watt/) type="power"; if (tolower($3) ~ /degree/) type="temperature"; gsub(/[ \t]*$/,"",$1) gsub(/[ \t.]+/,"_",$1); print "PUTVAL "host"/ipmitool-" type "/" type "-" $1 " N:" sprintf("%.4f",$2) }'"#, "PUTVAL h/ipmitool-temperature/temperature-CPU1_Temp N:46.0000\n"),
    local("Inmanta, columns", r#"ipmitool -c sdr | awk -F, '$4 != "ns" && $4 != "0.0" {print "hardware.ipmi." $1, $2+0, $3, $4}'"#, "hardware.ipmi.CPU1 Temp 46 degrees C ok\n"),
    local("power supplies over PMBus", r#"for a in "0x78 0x01 0x97" "0x7a 0x01 0x97"; do ipmitool raw 0x06 0x52 0x07 $a; echo $?; done; ipmitool raw 0x06 0x52 0x07 0x78 0x01 0x0c >/dev/null 2>&1 && echo ps1; ipmitool raw 0x06 0x52 0x05 0xae 1 0x10 |sed 's/ //'"#, "1\n"),
    local("smfc", "ipmitool raw 0x30 0x45 0x00; echo $?; ipmitool raw 0x30 0x45 0x01 0x01; echo $?; ipmitool raw 0x30 0x70 0x66 0x01 0x00 0x64; echo $?; ipmitool sensor thresh 'Fan 1' lower 0 100 200 ; ipmitool sensor thresh 'Fan 1' upper 1600 1700 1800; ipmitool sdr list full | grep -i fan; ipmitool raw 0x30 0x70 0x66 0x00 0x01 2>&1 >/dev/null | cut -c1-30", "Fan 1"),
    local("hysteresis", "ipmitool sensor get 'CPU1 Temp' | grep -i 'Positive Hysteresis' | tr -cd '0-9.'; ipmitool sensor get 'CPU1 Temp' | grep -i 'Negative Hysteresis'; ipmitool -v sensor get 'Fan 1' | grep -iE 'hyst|Assert|Deassert|Settable|Readable'", "Negative Hysteresis"),
    local("UfiSpace, entries by pattern", r#"ids=$(ipmitool sel elist | grep -P -i '(Temperature|OEM)' | awk '{printf("0x%s ",$1)}'); ipmitool sel get $ids 2>&1 | grep -E 'Record ID|Description'"#, "SEL Record ID"),
    local("records from a cache", r#"ipmitool sdr dump cache.sdr >/dev/null 2>&1; ipmitool -S cache.sdr sdr type temperature 2>/dev/null; ipmitool -S cache.sdr sdr entity "CPU"; ipmitool -S cache.sdr sdr entity "Power Supply"; ipmitool sdr -S cache.sdr type Fan; ipmitool -S cache.sdr sdr elist | md5sum; ipmitool -S cache.sdr sensor list | md5sum"#, "Inlet Temp"),
    local("BMC's address, six ways", r#"ipmitool lan print 1 | grep "IP Address   " |  awk -F: '{print $2}'| sed "s/^ *//"; ipmitool lan print 1 | grep -w 'IP Address' | awk '{print $NF}'; ipmitool lan print | sed -n 's/^IP Address  *: //p'; ipmitool lan print 1 | awk '/IP Address  /{print $4}'; ipmitool lan print | grep -oE '([0-9]{1,3}\.){3}[0-9]{1,3}' | head -1; ipmitool lan print 1 | grep -Ei '^MAC Address' | cut -d: -f2- | xargs"#, "192.0.2."),
    local("a new user's whole setup", r#"id=5; ipmitool user set name $id foreman && ipmitool user set password $id 'pa ss"1' && ipmitool user priv $id 4 1 && ipmitool user enable $id && ipmitool channel setaccess 1 $id callin=on ipmi=on link=on privilege=4; echo $?; ipmitool user list 1 | grep foreman; ipmitool user test $id 16 'pa ss"1'; ipmitool user set name $id ''; echo $?; ipmitool user list 1 | grep "^$id""#, "foreman"),
    local("setaccess, mistaken", "ipmitool channel setaccess 1 2 callin=true ipmi=on link=on privilege=4; echo $?; ipmitool channel setaccess 1 2; echo $?; ipmitool channel setaccess 1; echo $?; ipmitool channel setaccess 1 99 ipmi=on; echo $?; ipmitool channel setaccess 1 2 bogus=on; echo $?; ipmitool channel getaccess 1 99; echo $?", "1\n"),
    local("a watchdog in bytes", "ipmitool raw 0x06 0x24 0x44 0x01 0x00 0x10 0xB8 0x0B; ipmitool mc watchdog get; ipmitool mc watchdog reset; ipmitool mc watchdog get | awk -F: '/Present Countdown/{print $2}' | tr -d '0-9 '; ipmitool mc watchdog off; ipmitool mc watchdog get | grep -i 'Timer Is'", "Timer Is:"),
    local("event filters", r#"ipmitool pef filter list | grep -E "(inactive|disabled)" | head -3; ipmitool pef list | grep ' active' | head -3; ipmitool pef policy list; ipmitool pef filter list; ipmitool pef; echo $?; ipmitool pef bogus; echo $?; ipmitool raw 0x04 0x10; ipmitool raw 04 0x14 01 1 0"#, "disabled, pre-configured"),
    local("by column", "ipmitool sdr elist | cut -c1-17 | head -3; ipmitool sdr elist | cut -c19-21 | sort -u | head; ipmitool sdr elist | cut -c 31-36 | sort -u | head -5; ipmitool sensor | cut -c20-30 | head -4; ipmitool sel list | cut -c1-5 | head -2", "Inlet Temp"),
    local("entries deleted by a word", r#"ipmitool sel elist | grep -a Temperature | while read -r line; do id=$(echo "$line" | awk '{print $1}'); ipmitool sel delete "0x$id"; echo "Deleted $id $?"; done; ipmitool sel delete 0xffe; echo $?; ipmitool sel delete; echo $?; ipmitool sel delete 0; echo $?"#, "Deleted"),
    local("cheat sheets that err", r#"for c in 'time get' 'certificate list' 'log show' 'sel add' 'lan set 1 gateway 192.0.2.1' 'mc info bogus' 'fru info' 'sdr sensor' 'power reboot' 'chassis power reboot' 'chassis reboot' 'mc cold reset' 'reset' 'user add x' 'event list' 'chassis bootdev hdd' 'chassis bootdev usb' 'chassis identify on' 'dcmi power' 'sel clear all' 'lan' 'lan print help' 'raw'; do echo "[$c]"; ipmitool $c; echo $?; done"#, "1\n"),
    call("Warewulf", r#"ipmitool -I lanplus -H $BMC -p $PORT -U "$NAME" -P "$SECRET" -e '~' chassis power status; ipmitool -I lanplus -H $BMC -p $PORT -U "$NAME" -P "$SECRET" -e '' sdr list | head -1"#, "Chassis Power is on\n"),
    call("containers without a home", r#"env -i PATH=$PATH /bin/sh -c "ipmitool -I lanplus -H 127.0.0.1 -U $NAME -P $SECRET power status"; env -i PATH=$PATH HOME=/nonexistent /bin/sh -c "ipmitool -I lanplus -H 127.0.0.1 -U $NAME -P $SECRET sdr list | tail -1"; env -i PATH=$PATH XDG_CACHE_HOME=/proc /bin/sh -c "ipmitool -I lanplus -H 127.0.0.1 -U $NAME -P $SECRET sdr list | tail -1""#, "Chassis Power is on\n"),
    call("expect, password", r#"cat > y.exp <<'X'
set timeout 8
spawn -noecho ipmitool -I lanplus -H $env(BMC) -U $env(NAME) -a power status
expect "Password:"
send "$env(SECRET)\r"
expect eof
lassign [wait] a b c d
puts "rc $d"
X
expect y.exp | tr -d '\r'"#, "Chassis Power is on\nrc 0\n"),
    call("expect, a user's password", r#"cat > z.exp <<'X'
set timeout 8
spawn -noecho ipmitool -I lanplus -H $env(BMC) -U $env(NAME) -P $env(SECRET) user set password 4
expect "Password for user 4:"
send "abcdef\r"
expect "Password for user 4:"
send "abcdef\r"
expect eof
lassign [wait] a b c d
puts "rc $d"
X
expect z.exp | tr -d '\r'"#, "rc 0\n"),
    call("expect, shell", r#"cat > w.exp <<'X'
set timeout 8
log_user 0
spawn ipmitool -I lanplus -H $env(BMC) -U $env(NAME) -P $env(SECRET) shell
expect "ipmitool>"
send "chassis power status\r"
expect -re {Chassis Power is (on|off)} { puts "is $expect_out(1,string)" }
expect "ipmitool>"
send "sol info 1\r"
expect -re {Payload Channel *: (\d+)} { puts "ch $expect_out(1,string)" }
expect "ipmitool>"
send "exit\r"
expect eof
lassign [wait] a b c d
puts "rc $d"
X
expect w.exp"#, "is on\n"),
    local("op-test, an empty log", "ipmitool sel clear; sleep 1; ipmitool sel info | grep Entries; ipmitool sel elist; ipmitool sel list | grep -c 'SEL has no entries'; ipmitool sel get 1; echo $?; ipmitool -c sel list; ipmitool -v sel list; ipmitool sel save t; echo $?; ipmitool sel writeraw r; echo $?; wc -c < r", "Entries          : 0\n"),
];
