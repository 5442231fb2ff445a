//! Configurations and inventories, as FreeIPMI and pyghmi read all of them from `bmcsim`, and write them back.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::path::PathBuf;
use std::time::Duration;

use compat_tests::binaries;
use compat_tests::bmcsim::BmcSim;
use compat_tests::ipmi_sim::{PASSWORD, USER};
use compat_tests::rig::{Finished, run};

#[test]
fn freeipmi_finds_no_difference_to_what_it_read_and_writes_it_back() {
    let bmc = BmcSim::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    for category in ["core", "chassis", "dcmi", "pef"] {
        let file = folder.path().join(category).display().to_string();
        let config = |words: &[&str]| ipmi_config(&bmc, &[&["-g", category][..], words].concat());
        let read = config(&["--checkout"]);
        assert!(read.stdout.contains("EndSection"), "{}", read.stderr);
        // Its files quote no spaces, and it reads the first word of such a value only.
        let kept: Vec<&str> = read
            .stdout
            .lines()
            .filter(|line| !line.contains("check the log"))
            .collect();
        std::fs::write(&file, kept.join("\n") + "\n").unwrap();
        for action in ["--diff", "--commit", "--diff"] {
            let done = config(&[action, "-n", &file]);
            assert_eq!(done.code, Some(0), "{category} {action}: {}", done.stderr);
            assert_eq!(done.stdout, "", "{category} {action}");
        }
    }
}

#[test]
fn freeipmi_misses_only_what_the_machine_has_not() {
    let bmc = BmcSim::start(&[]);
    for (category, code) in [
        ("core", 1),
        ("chassis", 0),
        ("dcmi", 0),
        ("pef", 0),
        ("sensors", 0),
    ] {
        // Where anything is missing it exits with 1: as over any BMC without a serial port, K_R, the suites with xRC4,
        // or (in Lan_Conf_Auth, where it names nothing) OEM authentication.
        let done = ipmi_config(&bmc, &["-g", category, "--checkout", "-v", "-v"]);
        assert_eq!(done.code, Some(code), "{category}: {}", done.stderr);
        let missing = done
            .stdout
            .lines()
            .filter_map(|line| line.split_once("Unable to checkout "));
        for (_, key) in missing {
            let (section, name) = key.split_once(':').expect("a section and a key");
            let suite = name.strip_prefix("Maximum_Privilege_Cipher_Suite_Id_");
            let known = section.starts_with("Serial_")
                || name.starts_with("Serial_")
                || name == "K_R"
                || suite.is_some_and(|id| ["4", "5", "9", "10", "13", "14"].contains(&id));
            assert!(known, "{category}: {key}");
        }
    }
}

#[test]
fn pyghmi_reads_every_sensor_and_says_that_all_is_well() {
    let bmc = BmcSim::start(&[]);
    let script = "import sys
from pyghmi.ipmi import command
c = command.Command(bmc='127.0.0.1', userid=sys.argv[2], password=sys.argv[3], port=int(sys.argv[1]))
readings = {r.name: r.value for r in c.get_sensor_data()}
print(c.get_health()['health'], len(readings), readings['Thermistor'] > 20)
";
    let port = bmc.address().port().to_string();
    let words = ["-c", script, &port, USER, PASSWORD].map(str::to_owned);
    let done = run(&binaries::pyghmi_python(), &words, &[], PATIENCE);
    let said: Vec<&str> = done.stdout.split_whitespace().collect();
    let [health, count, warm] = said[..] else {
        panic!("{}{}", done.stdout, done.stderr);
    };
    assert_eq!((health, warm), ("0", "True"));
    assert!(count.parse::<u32>().unwrap() >= 50, "{count}");
}

fn ipmi_config(bmc: &BmcSim, words: &[&str]) -> Finished {
    let host = bmc.address().to_string();
    let cache = tempfile::tempdir().unwrap();
    let place = format!("--sdr-cache-directory={}", cache.path().display());
    let fixed = [
        "-h", &host, "-u", USER, "-p", PASSWORD, "-D", "LAN_2_0", "-l", "ADMIN", &place,
    ];
    let words: Vec<String> = fixed.iter().chain(words).map(|w| w.to_string()).collect();
    run(
        &PathBuf::from("/usr/sbin/ipmi-config"),
        &words,
        &[],
        PATIENCE,
    )
}

const PATIENCE: Duration = Duration::from_secs(60);
