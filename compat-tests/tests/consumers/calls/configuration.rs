//! Networks, users, channels, and what consoles are set to.

use crate::table::{Call, call, local};

/// In order: what one sets the next one sees.
pub const CALLS: &[Call] = &[
    local("BMC's address", "ipmitool lan print | grep 'IP Address' | grep -v Source | awk '{print $4}'", "192.0.2.10\n"),
    local("BMC's address, by awk", "ipmitool lan print | awk -F: '/^IP Address/&&!/Source/ {print $2}'; ipmitool lan print | awk -F ':' '/IP Address.*[1-9]/ {print $2}'", " 192.0.2.10\n"),
    local("BMC's address, by column", "ipmitool lan print 1 |grep \"IP Address  \"| cut -c 27-46; ipmitool lan print | awk 'NR>7 && NR <15'", "192.0.2.10\n"),
    local("BMC's MAC", "ipmitool lan print 1 | grep 'MAC Address' | awk '{ print $4 }'; ipmitool lan print | awk -F': ' '/^MAC Address/ {print $2}'", "02:00:5e:00:53:01\n02:00:5e:00:53:01"),
    local("Puppet, which source", "test $(ipmitool lan print 1 | grep 'IP Address Source' | cut -f 2 -d : | grep -c DHCP) -eq 0 && echo static", "static\n"),
    local("xcp-ng", "ipmitool lan print | grep -E 'IP Address|Subnet Mask|MAC Address|BMC ARP Control|Default Gateway IP|802.1q VLAN|RMCP\\+ Cipher Suites'", "RMCP+ Cipher Suites     : 0,1,2,3,6,7,8,11,12,15,16,17\n"),
    local(
        "puppet-ipmi",
        "for c in 1 0 2 3 15; do ipmitool channel info $c 2>&1 | grep -i medium; done; ipmitool sol info 1 -c | cut -d, -f1-12
         ipmitool channel getaccess 1; ipmitool lan print 1; ipmitool sol payload status 1 2",
        "Channel Medium Type   : 802.3 LAN\n",
    ),
    local("puppet-ipmi, labels", "ipmitool channel getaccess 1 2 | perl -ne '($k, $v) = split /\\s*:\\s*/, $_, 2; print lc($k), \"=$v\" if $k =~ /\\S/'", "privilege level=ADMINISTRATOR\n"),
    local(
        "puppet-ipmi, settings",
        "ipmitool lan set 1 ipsrc static; ipmitool lan set 1 ipaddr 192.0.2.44; ipmitool lan set 1 netmask 255.255.0.0
         ipmitool lan set 1 defgw ipaddr 192.0.2.1; ipmitool lan set 1 snmp puppets; ipmitool lan set 1 arp respond on
         ipmitool lan set 1 arp generate off; ipmitool lan set 1 auth ADMIN MD5
         ipmitool lan set 1 cipher_privs XXXaXXaaaaaaaaa; ipmitool sol set enabled true 1; ipmitool sol set force-encryption true 1
         ipmitool user set name 3 puppet; ipmitool user set password 3 puppetspuppets 16; ipmitool user test 3 16 puppetspuppets
         ipmitool channel setaccess 1 3 ipmi=on; ipmitool channel setaccess 1 3 link=on callin=on privilege=4
         ipmitool user enable 3; ipmitool sol payload enable 1 3; ipmitool sol payload status 1 3; ipmitool user list 1",
        "User 3 on channel 1 is enabled",
    ),
    local(
        "xCAT bmcsetup, channel",
        "for c in 1 2 3 4 5 6 7; do if ipmitool channel info $c 2> /dev/null | grep 802.3 > /dev/null 2>&1 &&
            ipmitool raw 0xc 2 $c 5 0 0 > /dev/null 2>&1; then echo $c; break; fi; echo -n .; done",
        "1\n",
    ),
    local(
        "xCAT bmcsetup, network",
        "ipmitool -d 0 lan set 1 ipsrc static; ipmitool -d 0 lan set 1 ipaddr 192.0.2.45; ipmitool -d 0 lan set 1 netmask 255.255.255.0
         ipmitool -d 0 lan set 1 defgw ipaddr 192.0.2.2; ipmitool -d 0 lan set 1 vlan id off; echo $?
         ipmitool -d 0 raw 0xc 1 1 0xc0 1 >/dev/null; ipmitool -d 0 raw 0xc 2 1 0xc0 0 0 | awk '{print $2}'",
        "0\n",
    ),
    local(
        "xCAT bmcsetup, user",
        "ipmitool -d 0 user list 1 |grep -v ^ID|awk '{print $1 \" \" $2}'|grep -w admin|awk '{print $1}'
         ipmitool -d 0 user list 1|grep ^2|awk '{print $2}'; ipmitool -d 0 user list 1|grep ^2|awk '{print $6}'
         ipmitool -d 0 user disable 4; ipmitool -d 0 user enable 4; ipmitool -d 0 user priv 4 4 1
         ipmitool -d 0 channel setaccess 1 4 link=on; ipmitool -d 0 user set name 4 xcat; ipmitool -d 0 user set password 4 cluster
         ipmitool -d 0 user list 1; ipmitool -d 0 raw 0x6 0x40 1 0x42 0x44 > /dev/null && ipmitool -d 0 raw 0x6 0x40 1 0x82 0x84 >/dev/null; echo $?",
        "2\nadmin\nADMINISTRATOR\n",
    ),
    local("xCAT bmcsetup, access", "ipmitool -d 0 lan set 1 arp respond on >/dev/null; echo $?; ipmitool -d 0 lan set 1 auth admin md5 >/dev/null; echo $?", "0\n"),
    local(
        "xCAT bmcsetup, suites",
        "ipmitool lan print 1|grep ^RMCP+|cut -d: -f 2|sed -e 's/ //' -e 's/,/\\n/g'|grep -n '^3$'|sed -e 's/:.*//'
         ipmitool lan print 1|grep 'Cipher Suite Priv Max'|cut -d: -f 2|sed -e 's/ //g' -e 's/\\(.\\)/\\1\\n/g'|grep -v '^$' | tr -d '\\n'
         ipmitool lan set 1 cipher_privs XXaaXXaaXXaaXXX > /dev/null; echo $?",
        "4\n",
    ),
    local("xCAT bmcsetup, console", "ipmitool -d 0 raw 0xc 0x21 1 0x1 0x1 >/dev/null; ipmitool -d 0 raw 6 0x4c 1 2 2 0 0 0 > /dev/null; echo $?; ipmitool chassis identify 300; echo $?", "0\n")
        ,
    local("xCAT, console's channel", "ipmitool sol info | awk '/Payload Channel/{print $4}'; ipmitool sol info 1 | awk '/Volatile Bit Rate/{print $NF}'", "1\n"),
    call(
        "xCAT bmcdiscover, source",
        "ipmitool -vv -I lanplus -U $NAME -P $SECRET -H $BMC lan print  2>&1 | grep 'IP Address Source'",
        "IP Address Source       : Static Address\n",
    ),
    call(
        "bmclib, users",
        "env -i IPMITOOL_PASSWORD=$SECRET $(command -v ipmitool) -I lanplus -U $NAME -E -N 5 -H $BMC -C 3 user list 2>&1 |
            awk 'NR==1 {n=NF; next} $2 != \"true\" {print $1, $2, $3, $4, $5}'; \
         env -i IPMITOOL_PASSWORD=$SECRET $(command -v ipmitool) -I lanplus -U $NAME -E -N 5 -H $BMC -C 3 channel getciphers ipmi 2>&1",
        "2 admin true true true\n",
    ),
    call(
        "bmclib, ciphers",
        "IPMITOOL_PASSWORD=$SECRET ipmitool -I lanplus -U $NAME -E -N 5 -H $BMC -C 17 channel getciphers sol 2>&1 | head -1",
        "ID   IANA",
    ),
    call(
        "spicerack, password",
        "export IPMITOOL_PASSWORD=$SECRET; t='ipmitool -I lanplus -H '$BMC' -U '$NAME' -E'
         id=$($t user list 1 | awk '$2 == \"admin\" {print $1}'); $t user set password $id aaaaaaaaaaaaaaaa 16
         IPMITOOL_PASSWORD=aaaaaaaaaaaaaaaa $t chassis power status
         IPMITOOL_PASSWORD=aaaaaaaaaaaaaaaa $t user set password $id aaaaaaaaaaaaaaaab 20
         IPMITOOL_PASSWORD=aaaaaaaaaaaaaaaab $t chassis power status
         IPMITOOL_PASSWORD=aaaaaaaaaaaaaaaab $t user set password $id $SECRET; $t chassis power status",
        "Set User Password command successful (user 2)\nChassis Power is on\nSet User Password command successful (user 2)\n",
    ),
    local("user names that are long", "ipmitool user set name 5 sixteen-letters0; ipmitool user set name 5 seventeen-letters 2>&1; echo $?; ipmitool user list 1 | grep ^5", "sixteen-letters0"),
    local("sites, users", "ipmitool channel setaccess 1 5 callin=on ipmi=on link=on privilege=4; ipmitool user priv 5 3; ipmitool user summary 1; ipmitool -c user summary; ipmitool -c user list 1", "Maximum IDs"),
    local("Crowbar", "ipmitool lan set 1 ipsrc dhcp; ipmitool lan print > lan.print; grep 'Default Gateway IP ' lan.print | awk -F' ' '{ print $5 }'; grep 'Subnet Mask' lan.print | awk -F' ' '{ print $4 }'; grep 'IP Address Source' lan.print", "DHCP Address"),
    local("sites, VLANs", "ipmitool lan set 1 vlan id 42; ipmitool lan print 1 | grep 802; ipmitool lan set 1 access on; ipmitool lan set 1 ipaddr 300.1.1.1; echo $?", "802.1q VLAN ID          : 42\n"),
    local("Ansible roles", "ipmitool lan print 1 | grep -q 'IP Address Source *: DHCP' && echo dhcp; ipmitool lan set 1 user; ipmitool lan set 1 password sesame; ipmitool channel authcap 1 4; ipmitool channel info", "dhcp\n"),
    local("OpenBMC's tests", "ipmitool mc getsysinfo system_name; ipmitool mc setsysinfo system_name blade7; ipmitool mc getsysinfo system_name; ipmitool mc watchdog off; ipmitool mc watchdog get; ipmitool mc getenables", "blade7"),
    local("sol set, every rate", "for r in 9.6 19.2 38.4 57.6 115.2; do ipmitool sol set volatile-bit-rate $r 1; ipmitool sol set non-volatile-bit-rate $r 1; ipmitool sol info 1 | grep Bit; done; ipmitool sol set privilege-level admin 1; ipmitool sol set nonsense 1 1; echo $?", "115.2"),
    local("puppet-ipmi, without", "ipmitool channel setaccess 1 3 callin=off; ipmitool user list 1 | grep puppet", "3   puppet           false")
        .unlike_stock("channel setaccess: off is off"),
    local("sites, alerts", "ipmitool lan set 1 alert on 2>&1; ipmitool channel info 1 | grep Alerting | head -1", "Alerting            : enabled")
        .unlike_stock("lan set alert: on is on"),
    local("puppet-ipmi, kinds", "ipmitool lan set 1 auth ADMIN MD2,MD5; ipmitool lan print 1 | grep 'Admin '", "Admin    : MD2 MD5")
        .unlike_stock("lan set auth: every word of a list counts"),
];
