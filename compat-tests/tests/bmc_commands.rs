//! Stock `ipmitool` understands what the simulated machine answers, chapter by chapter.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use compat_tests::binaries;
use compat_tests::dummy_bmc::DummyBmc;
use steadysol::bmc::inventory::Inventory;

#[test]
fn stock_reads_every_repository_of_the_builtin_machine() {
    let bmc = DummyBmc::start(Inventory::builtin());
    for (arguments, expected) in READS {
        let output = bmc.run(&binaries::stock(), arguments);
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments}: {text}{errors}");
        for line in *expected {
            assert!(
                text.contains(line),
                "{arguments}: no {line:?} in\n{text}{errors}"
            );
        }
    }
}

#[test]
fn a_sensor_whose_every_value_has_factors_of_its_own_is_read_as_stock_reads_it() {
    let inventory = Inventory::parse(NONLINEAR).expect("an inventory");
    let bmc = DummyBmc::start(inventory);
    for arguments in [
        "sensor get Thermistor",
        "-v sdr list",
        "sensor",
        "sdr elist",
    ] {
        let [stock, ours] = [binaries::stock(), binaries::ours()].map(|program| {
            let output = bmc.run(&program, arguments);
            String::from_utf8_lossy(&output.stdout).into_owned()
        });
        assert!(stock.contains("degrees C"), "{arguments}: {stock}");
        assert_eq!(ours, stock, "{arguments}");
    }
}

#[test]
fn stock_sees_every_sensor_and_every_log_entry() {
    let bmc = DummyBmc::start(Inventory::builtin());
    let lines = |arguments| {
        let output = bmc.run(&binaries::stock(), arguments);
        assert!(output.status.success(), "{arguments}");
        String::from_utf8_lossy(&output.stdout).lines().count()
    };
    assert!(lines("sensor list") >= 50);
    assert!(lines("sdr elist all") >= 60);
    assert!(lines("sel list") >= 200);
}

#[test]
fn what_stock_sets_is_what_it_reads_afterwards() {
    let bmc = DummyBmc::start(Inventory::builtin());
    for (set, read, expected) in WRITES {
        let output = bmc.run(&binaries::stock(), set);
        assert!(output.status.success(), "{set}: {output:?}");
        let output = bmc.run(&binaries::stock(), read);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(expected), "{set}: no {expected:?} in\n{text}");
    }
}

/// Get Sensor Reading Factors tells the factors of each raw value.
const NONLINEAR: &str = r#"
[[sensor]]
number = 0x4b
name = "Thermistor"
entity = "7.3"
type = "Temperature"
unit = "degrees C"
linear = "nonlinear"
segments = [{ from = 0, m = 1, b = -40 }, { from = 64, m = 2, b = -104 }, { from = 160, m = 1, b = 56 }]
value = 40.0
swing = 0.0
thresholds = { unc = 120.0, uc = 150.0 }
"#;

const READS: &[(&str, &[&str])] = &[
    (
        "mc info",
        &[
            "Device ID                 : 32",
            "Firmware Revision         : 1.19",
            "Chassis Device",
        ],
    ),
    ("mc selftest", &["passed"]),
    ("mc watchdog get", &["Watchdog Timer Is:      Stopped"]),
    (
        "mc getenables",
        &["System Event Logging                     : enabled"],
    ),
    (
        "chassis status",
        &[
            "System Power         : on",
            "Power Restore Policy : previous",
        ],
    ),
    ("chassis poh", &["51 days, 10 hours"]),
    ("sdr type Temperature", &["CPU1 Temp"]),
    (
        "sensor get Thermistor",
        &["Thermistor", "degrees C", "Upper Critical        : 150.000"],
    ),
    (
        "sel info",
        &["Entries          : 300", "Overflow         : false"],
    ),
    (
        "fru print",
        &[
            "Rack Mount Chassis",
            "bmcsim server",
            "SIX-BIT",
            "0123-45.6",
            "PSU 2 (ID 3)",
        ],
    ),
    (
        "lan print 1",
        &[
            "192.0.2.10",
            "02:00:5e:00:53:01",
            "Cipher Suite Priv Max   : aaaaaaaaaaaa",
        ],
    ),
    ("lan6 print 1", &["fe80::5eff:fe00:5301"]),
    ("lan stats get 1", &["IP Rx Packet"]),
    ("user list 1", &["admin", "ADMINISTRATOR", "guest"]),
    ("channel info 1", &["802.3 LAN", "multi-session"]),
    (
        "channel getaccess 1 2",
        &[
            "User Name            : admin",
            "Privilege Level      : ADMINISTRATOR",
        ],
    ),
    (
        "dcmi discover",
        &[
            "1024 SEL entries",
            "Primary LAN channel number: 1 is available",
        ],
    ),
    (
        "dcmi power reading",
        &["Power reading state is:                   activated"],
    ),
    (
        "dcmi power get_limit",
        &["No Active Power Limit", "1600 Watts"],
    ),
    (
        "dcmi sensors",
        &[
            "Inlet: 1 temperature sensor",
            "CPU: 2 temperature sensors found",
        ],
    ),
    ("dcmi get_mc_id_string", &["bmcsim"]),
    ("pef info", &["0x51"]),
    ("pef filter list", &["Temperature"]),
    ("sol info 1", &["Enabled                         : true"]),
    ("i2c bus=0 0xa0 4 0x00", &["23 11 0c 02"]),
];

const WRITES: &[(&str, &str, &str)] = &[
    ("lan set 1 ipaddr 192.0.2.77", "lan print 1", "192.0.2.77"),
    ("user set name 5 bob", "user list 1", "bob"),
    ("user set password 5 pw", "user test 5 16 pw", "Success"),
    (
        "chassis bootdev pxe",
        "chassis bootparam get 5",
        "Force PXE",
    ),
    ("chassis policy always-off", "chassis status", "always-off"),
    ("dcmi set_asset_tag rack7", "dcmi asset_tag", "rack7"),
    ("dcmi set_mc_id_string ab", "dcmi get_mc_id_string", "ab"),
    (
        "sol set privilege-level admin 1",
        "sol info 1",
        "ADMINISTRATOR",
    ),
    ("event 1", "sel list last 1", "Upper Critical going high"),
    ("sel clear", "sel info", "Entries          : 0"),
    ("power off", "power status", "Chassis Power is off"),
];
