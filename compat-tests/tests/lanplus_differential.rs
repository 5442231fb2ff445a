//! The built-in verbs over a real session, stock's and ours side by side, on BMCs that neither of us wrote, and on ours.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::fakebmc::FakeBmc;
use compat_tests::ipmi_sim::IpmiSim;
use compat_tests::rig::{ENVIRONMENT, Who, arguments, run};

#[test]
fn verbs_say_the_same_on_ipmi_sim() {
    let bmc = IpmiSim::start();
    compare(bmc.address(), COMMANDS);
    compare(
        bmc.address(),
        &[
            "sol looptest 3 1",
            "-e ! sol looptest 2 0",
            "sol looptest 1 1 16",
            "sol looptest 2 1 2",
        ],
    );
}

#[test]
fn verbs_say_the_same_on_bmcsim() {
    let bmc = BmcSim::start(&[]);
    compare(bmc.address(), COMMANDS);
    compare(bmc.address(), DATA_CENTRE);
    compare(bmc.address(), INVENTORIES);
}

#[test]
fn verbs_say_the_same_on_pyghmis_bmc() {
    let bmc = FakeBmc::start(None);
    compare(bmc.address(), COMMANDS);
}

/// pyghmi's BMC takes what comes from the port of an old session for that session's, and drops it.
#[test]
fn a_client_s_port_may_have_been_an_old_session_s() {
    let bmc = FakeBmc::start(None);
    let address = through_one_port(bmc.address());
    for who in [Who::Stock, Who::Ours, Who::Ours] {
        let words = arguments(address, &["power", "status"]);
        let done = run(&who.program(), &words, &ENVIRONMENT, PATIENCE);
        assert_eq!(
            done.stdout, "Chassis Power is on\n",
            "{who:?} {}",
            done.stderr
        );
    }
}

/// Where a client can reach the BMC, which sees all clients come from the same port.
fn through_one_port(bmc: SocketAddr) -> SocketAddr {
    let bind = || UdpSocket::bind((bmc.ip(), 0)).expect("a port");
    let (front, back) = (bind(), bind());
    back.connect(bmc).expect("the BMC's address");
    let address = front.local_addr().expect("a bound socket has an address");
    std::thread::spawn(move || {
        let pause = Some(Duration::from_millis(1));
        front.set_read_timeout(pause).expect("a pause");
        back.set_read_timeout(pause).expect("a pause");
        let (mut bytes, mut client) = ([0; 2048], None);
        let begun = std::time::Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Ok((count, from)) = front.recv_from(&mut bytes) {
                client = Some(from);
                let _ = back.send(&bytes[..count]);
            }
            if let (Ok(count), Some(client)) = (back.recv(&mut bytes), client) {
                let _ = front.send_to(&bytes[..count], client);
            }
        }
    });
    address
}

/// Settings that are written, read back, and shown: two simulators alike, one for each client.
#[test]
fn networks_users_and_channels_are_set_alike_on_bmcsim() {
    let bmcs = [Who::Stock, Who::Ours].map(|who| (who, BmcSim::start(&[])));
    let mut differences = Vec::new();
    for words in SETTINGS {
        let words: Vec<&str> = words.split(' ').collect();
        let [stock, ours] = bmcs.each_ref().map(|(who, bmc)| {
            let done = run(
                &who.program(),
                &arguments(bmc.address(), &words),
                &ENVIRONMENT,
                PATIENCE,
            );
            (done.code, done.stdout, done.stderr)
        });
        if stock != ours {
            differences.push(format!("{words:?}\n  stock {stock:?}\n  ours  {ours:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn compare(bmc: SocketAddr, commands: &[&str]) {
    let mut differences = Vec::new();
    for words in commands {
        let words: Vec<&str> = words.split(' ').collect();
        let ask = |who: Who| {
            let done = run(
                &who.program(),
                &arguments(bmc, &words),
                &ENVIRONMENT,
                PATIENCE,
            );
            (done.code, steady(&done.stdout), done.stderr)
        };
        let (mut stock, ours) = (ask(Who::Stock), ask(Who::Ours));
        // A deviation: stock ends well, or with the completion code, of which nothing is left.
        let refused = [
            "Set Chassis Boot Parameter 5 failed",
            "sysinfo command failed",
            "Set Watchdog Timer command failed",
            "Failed to get PEF Event Filter Entry",
            "Cannot access internal use area",
        ];
        if refused.iter().any(|words| stock.2.contains(words)) {
            stock.0 = Some(1);
        }
        if stock != ours {
            differences.push(format!("{words:?}\n  stock {stock:?}\n  ours  {ours:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Without what differs from session to session: its handle and the client's port.
fn steady(text: &str) -> String {
    let changing = [
        "session handle",
        "console port",
        "    IPMI timestamp",
        "    Average power",
        "    Instantaneous power",
        "    Minimum during",
        "    Maximum during",
        "Record ID 0x",
        "Baseboard temperature",
        "CPU temperature",
        "Inlet air",
    ];
    text.lines()
        .filter(|line| !changing.iter().any(|label| line.starts_with(label)))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// What reads the sensor data records: stock erases those of `ipmi_sim`.
const INVENTORIES: &[&str] = &[
    "fru",
    "fru print",
    "fru list",
    "-Z fru print",
    "-c fru print",
    "sel get 1",
    "sel get 2 3",
    "sel get 999",
];

/// Each shows in what follows.
const SETTINGS: &[&str] = &[
    "fru edit 0 field p 1 another-name1",
    "fru edit 0 field b 0 other-one",
    "fru print 0",
    "fru internaluse 0 print",
    "lan print",
    "lan print 1",
    "lan print 2",
    "lan print 14",
    "lan set 1 ipsrc dhcp",
    "lan set 1 ipsrc static",
    "lan set 1 ipaddr 192.0.2.77",
    "lan set 1 netmask 255.255.0.0",
    "lan set 1 defgw ipaddr 192.0.2.254",
    "lan set 1 bakgw macaddr 1:2:3:4:5:6",
    "lan set 1 snmp private",
    "lan set 1 vlan id 12",
    "lan set 1 vlan priority 5",
    "lan print 1",
    "lan set 1 vlan id off",
    "lan set 1 arp respond on",
    "lan set 1 arp generate off",
    "lan set 1 arp interval 5",
    "lan set 1 auth ADMIN MD5",
    "lan set 1 cipher_privs XXXaaaaaaaaaaaa",
    "lan set 1 bad_pass_thresh 5 1 6 30",
    "lan set 1 user",
    "lan alert print 1 1",
    "lan alert set 1 1 ipaddr 192.0.2.9",
    "lan alert set 1 1 time 7",
    "lan alert print 1",
    "lan print 1",
    "lan6 print 1",
    "lan6 set 1 enables both",
    "lan6 set 1 static_addr 0 enable 2001:db8::7 64",
    "lan6 print 1",
    "lan6 lock 1",
    "lan6 discard 1",
    "user list 1",
    "-c user list",
    "user summary",
    "user set name 5 operator",
    "user set password 5 operators",
    "user enable 5",
    "user priv 5 3 1",
    "user test 5 16 operators",
    "user test 5 16 others",
    "user test 5 20 operators",
    "channel getaccess 1 5",
    "channel setaccess 1 5 link=on ipmi=on callin=on privilege=4",
    "channel getaccess 1",
    "user disable 5",
    "user list 1",
    "channel info",
    "channel info 1",
    "channel info 15",
    "channel authcap 14 4",
    "channel getciphers ipmi",
    "channel getciphers sol 1",
    "lan set 1 access on",
    "channel info 1",
    "pef policy disable 1",
    "pef policy enable 2",
    "pef policy list",
    "pef policy enable 1",
    "pef policy disable 5",
    "pef policy list",
];

const COMMANDS: &[&str] = &[
    "fru print 0",
    "fru print 1",
    "fru print 77",
    "fru internaluse 0 info",
    "fru internaluse 0 print",
    "fru edit 0 field c 9 abc",
    "lan print",
    "lan print 1",
    "user list",
    "user list 1",
    "user summary 1",
    "channel info",
    "channel info 1",
    "channel authcap 14 4",
    "channel getaccess 1",
    "mc info",
    "bmc info",
    "mc guid",
    "mc guid dump",
    "mc guid smbios",
    "mc selftest",
    "mc getenables",
    "mc setenables event_msg off",
    "mc watchdog set timeout=60 use=sms action=none",
    "mc watchdog reset",
    "mc watchdog off",
    "mc getsysinfo system_name",
    "mc setsysinfo os_name something",
    "mc getsysinfo os_name",
    "mc bogus",
    "power status",
    "chassis power status",
    "power on",
    "power off",
    "power status",
    "power cycle",
    "power bogus",
    "chassis status",
    "chassis selftest",
    "chassis poh",
    "chassis restart_cause",
    "chassis policy list",
    "chassis policy always-on",
    "chassis identify",
    "chassis identify force",
    "chassis bootdev pxe",
    "chassis bootdev disk options=persistent,efiboot",
    "chassis bootparam get 5",
    "chassis bootparam get 0",
    "chassis bootparam get 3",
    "chassis bootparam get 9",
    "chassis bootparam set bootflag force_cdrom options=timeout",
    "chassis bootmbox get",
    "chassis bogus",
    "dcmi discover",
    "dcmi power reading",
    "event help",
    "nm discover",
    "-c nm statistics power",
    "nm power min 1 max 2",
    "sdr info",
    "pef info",
    "pef status",
    "pef filter list",
    "pef policy list",
    "pef filter enable 200",
    "pef policy enable 100",
    "pef bogus",
    "raw 6 1",
    "raw 6 0x38 0x0e 4",
    "raw 6 0x99",
    "raw 0x2c 1 0xdc",
    "raw 6 1 x",
    "-l 1 raw 6 1",
    "session info active",
    "session info all",
    "session info handle 1",
    "session info id 0x12345678",
    "sol info",
    "-c sol info",
    "sol info 1",
    "sol info 15",
    "sol set enabled true",
    "sol set enabled true 1 noguard",
    "sol set volatile-bit-rate 115.2 1",
    "sol info 1",
    "sol payload status 1 2",
    "sol payload enable 1 2",
    "sol payload status 1 99",
    "sol deactivate",
    "sol deactivate instance=2",
    "sol deactivate instance=16",
];

/// What only bmcsim has.
const DATA_CENTRE: &[&str] = &[
    "lan alert print",
    "event 1",
    "-c event 2",
    "event 3",
    "event NoSuchSensor list",
    "sel list last 3",
    "event 12V",
    "event 12V ucr",
    "event 12V lnr deassert",
    "event 5V bogus",
    "dcmi discover",
    "dcmi power reading",
    "dcmi power reading 1_min",
    "dcmi power activate",
    "dcmi power get_limit",
    "dcmi power set_limit limit 300",
    "dcmi power set_limit action sel_logging",
    "dcmi power set_limit action power_off limit 400 correction 3000 sample 5",
    "dcmi power get_limit",
    "dcmi power activate",
    "dcmi power get_limit",
    "dcmi power deactivate",
    "dcmi sensors",
    "dcmi asset_tag",
    "dcmi set_asset_tag 0123456789abcdefghij",
    "dcmi asset_tag",
    "dcmi get_mc_id_string",
    "dcmi set_mc_id_string a-name-of-more-than-16-bytes",
    "dcmi get_mc_id_string",
    "dcmi thermalpolicy get 64 1",
    "dcmi thermalpolicy set 64 1 volatile poweroff nosel 60 600",
    "dcmi thermalpolicy get 64 1",
    "dcmi thermalpolicy get 64 99",
    "dcmi get_temp_reading",
    "dcmi get_conf_param",
    "dcmi set_conf_param init 7",
    "dcmi set_conf_param retry 99",
    "dcmi set_conf_param activate_dhcp",
    "dcmi get_conf_param",
    "dcmi oob_discover",
];

const PATIENCE: Duration = Duration::from_secs(30);
