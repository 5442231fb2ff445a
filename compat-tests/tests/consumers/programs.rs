//! The real callers, as Debian and PyPI have them.

use std::path::Path;
use std::thread;
use std::time::Duration;

use compat_tests::binaries;
use compat_tests::client::OnTerminal;
use compat_tests::ipmi_sim::{PASSWORD, USER};
use compat_tests::rig::{Finished, Who};

use crate::stage::{Place, Stage};

#[test]
fn fence_ipmilan_fences_as_with_stock() {
    agree(&[], |stage| {
        let agent = binaries::caller("fence-agents", "usr/sbin/fence_ipmilan");
        let library = binaries::caller("fence-agents", "usr/share/fence");
        // It loads this library for other agents' sake.
        stage.write("pycurl.py", "error = OSError\n");
        let modules = format!("{}:{}", library.display(), stage.path("").display());
        let tool = stage.path("remote/ipmitool").display().to_string();
        let port = stage.bmc.address().port().to_string();
        FENCING
            .iter()
            .map(|words| {
                let fixed = [
                    "-tt",
                    "-W",
                    "ignore",
                    &agent.display().to_string(),
                    "--ip",
                    "127.0.0.1",
                    "--ipport",
                    &port,
                    "--ipmitool-path",
                    &tool,
                    "--username",
                    USER,
                ]
                .map(str::to_owned);
                let words = words
                    .split(' ')
                    .map(|word| word.replace("$SECRET", PASSWORD));
                stage.run(
                    Place::Remote,
                    &binaries::pyghmi_python(),
                    &fixed.into_iter().chain(words).collect::<Vec<_>>(),
                    &[("PYTHONPATH", &modules)],
                    LONG,
                )
            })
            .collect()
    });
}

#[test]
fn external_ipmi_shoots_as_with_stock() {
    agree(&[], |stage| {
        let plugin = binaries::caller("cluster-glue", "usr/lib/stonith/plugins/external/ipmi");
        stage.write("remote/ha_log.sh", "#!/bin/sh\necho \"$@\"\n");
        let mut all = Vec::new();
        for (interface, method, secret) in [
            ("lan", "param", PASSWORD),
            ("lanplus", "env", PASSWORD),
            ("lanplus", "param", "wrong"),
        ] {
            let settings = [
                ("hostname", "node1"),
                ("ipaddr", "127.0.0.1"),
                ("userid", USER),
                ("passwd", secret),
                ("passwd_method", method),
                ("interface", interface),
            ];
            for action in ["status", "off", "status", "on", "reset", "gethosts"] {
                let words = [plugin.display().to_string(), action.to_owned()];
                let mut done =
                    stage.run(Place::Remote, Path::new("/bin/sh"), &words, &settings, LONG);
                if secret == "wrong" {
                    done.stdout.clear(); // ours says why, too
                }
                all.push(done);
            }
        }
        all
    });
}

#[test]
fn the_textfile_collector_of_prometheus_makes_the_same_metrics() {
    let [stock, ours] = agree(&[], |stage| {
        let collector = binaries::caller(
            "prometheus-node-exporter-collectors",
            "usr/share/prometheus-node-exporter-collectors/ipmitool",
        );
        let script = format!("ipmitool sensor | awk -f '{}' | sort", collector.display());
        vec![stage.shell(Place::Local, &script, LONG)]
    });
    assert!(
        stock[0]
            .stdout
            .contains("node_ipmi_temperature_celsius{sensor=\"CPU1 Temp\"} 46.000000")
    );
    assert!(ours[0].stdout.lines().count() > 40, "{}", ours[0].stdout);
}

#[test]
fn munin_draws_the_same_graphs() {
    let [_, ours] = agree(&[], |stage| {
        let plugin = binaries::caller("munin-plugins-core", "usr/share/munin/plugins/ipmi_");
        // Any awk will do.
        let text = std::fs::read_to_string(plugin)
            .expect("a plugin")
            .replace("gawk", "awk");
        let mut all = Vec::new();
        for what in ["temp", "fans", "power", "volts"] {
            stage.write(&format!("ipmi_{what}"), &text);
            for word in ["", "config", "autoconf", "suggest"] {
                let words = [format!("./ipmi_{what}"), word.to_owned()];
                let script = words.join(" ");
                all.push(stage.shell(Place::Local, &script, LONG));
            }
        }
        all
    });
    assert!(
        ours[0].stdout.contains("CPU1Temp.value 46.000"),
        "{}",
        ours[0].stdout
    );
}

#[test]
fn ironic_manages_as_with_stock() {
    let [_, ours] = agree(&[], |stage| {
        let driver = binaries::caller(
            "python3-ironic",
            "usr/lib/python3/dist-packages/ironic/drivers/modules/ipmitool.py",
        );
        vec![python(
            stage,
            "ironic_calls.py",
            &[&driver.display().to_string()],
        )]
    });
    assert!(!ours[0].stdout.contains("never"), "{}", ours[0].stdout);
    assert!(
        ours[0]
            .stdout
            .contains("boots from: {\"boot_device\": \"safe\", \"persistent\": true}")
    );
}

#[test]
fn python_ipmi_understands_as_with_stock() {
    let [_, ours] = agree(&[], |stage| vec![python(stage, "pyipmi_calls.py", &[])]);
    assert!(ours[0].stdout.contains("bad raw: c1"), "{}", ours[0].stdout);
}

#[test]
fn the_expect_script_of_conman_gets_a_console_with_ours() {
    for who in [Who::Stock, Who::Ours] {
        let stage = Stage::set_with(who, &["--serial", SHELL]);
        let script =
            std::fs::read_to_string("/usr/lib/conman/exec/ipmitool.exp").expect("conman's script");
        let path = format!(
            "set env(PATH) \"{}:/usr/bin:/bin\"",
            stage.path("remote").display()
        );
        assert!(
            script.contains("set env(PATH) \"/usr/bin:/bin\"") && script.contains("set timeout 5")
        );
        let script = script
            .replace("set env(PATH) \"/usr/bin:/bin\"", &path)
            .replace("set timeout 5", "set timeout 40"); // a busy machine's
        stage.write("ipmitool.exp", &script);
        let start = |password: &str| {
            let file = stage.path("ipmitool.exp").display().to_string();
            let words = [
                file,
                "127.0.0.1".to_owned(),
                USER.to_owned(),
                password.to_owned(),
            ];
            OnTerminal::start(Path::new("/usr/bin/expect"), &words, &[])
        };
        let console = start(PASSWORD);
        let up = console
            .screen
            .wait_for("Connection established via ipmitool", LONG);
        assert!(up, "{who:?}: {}", console.screen.text());
        console.type_in(b"\recho all is $((6*7)) well\r");
        assert!(
            console.screen.wait_for("all is 42 well", LONG),
            "{who:?}: {}",
            console.screen.text()
        );
        console.type_in(b"\r");
        thread::sleep(Duration::from_millis(300));
        console.type_in(b"&.");
        assert_eq!(
            console.wait(LONG),
            Some(0),
            "{who:?}: {}",
            console.screen.text()
        );
        let console = start("wrong");
        let told = console
            .screen
            .wait_for("Error: Unable to establish IPMI v2 / RMCP+ session", LONG);
        assert!(told, "{who:?}: {}", console.screen.text());
        assert_eq!(console.wait(LONG), Some(1));
    }
}

/// Does the same with stock and with ours, each on a BMC of its own, and returns the same of both.
fn agree(options: &'static [&str], perform: fn(&Stage) -> Vec<Finished>) -> [Vec<Finished>; 2] {
    let runs = [Who::Stock, Who::Ours]
        .map(|who| thread::spawn(move || perform(&Stage::set_with(who, options))));
    let [stock, ours] = runs.map(|run| run.join().expect("a run"));
    for (index, (stock, ours)) in stock.iter().zip(&ours).enumerate() {
        assert_eq!(stock.code, ours.code, "step {index}: {stock:?} {ours:?}");
        for (theirs, mine) in stock.stdout.split('\n').zip(ours.stdout.split('\n')) {
            assert_eq!(theirs, mine, "step {index}: {}", ours.stderr);
        }
        assert_eq!(
            stock.stdout.len(),
            ours.stdout.len(),
            "step {index}: {}",
            ours.stderr
        );
    }
    assert_eq!(stock.len(), ours.len());
    [stock, ours]
}

fn python(stage: &Stage, script: &str, words: &[&str]) -> Finished {
    let script = binaries::workspace()
        .join("compat-tests/peers")
        .join(script);
    let port = stage.bmc.address().port().to_string();
    let all = ["-W", "ignore", &script.display().to_string()]
        .into_iter()
        .chain(words.iter().copied())
        .chain(["127.0.0.1", &port, USER, PASSWORD])
        .map(str::to_owned)
        .collect::<Vec<_>>();
    let done = stage.run(Place::Remote, &binaries::pyghmi_python(), &all, &[], LONG);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    done
}

/// What fence_ipmilan is told beside the address.
const FENCING: &[&str] = &[
    "--password $SECRET --action status",
    "--password $SECRET --action monitor",
    "--password $SECRET --lanplus --action status",
    "--password $SECRET --lanplus --action reboot --method cycle",
    "--password $SECRET --lanplus --cipher 3 --action on",
    "--password $SECRET --lanplus --cipher 17 --privlvl operator --action status -v",
    "--password $SECRET --auth md5 --action off",
    "--password $SECRET --lanplus --action status",
    "--password $SECRET --lanplus --action reboot",
    "--password $SECRET --lanplus --action diag",
    "--password wrong --lanplus --action status --login-timeout 2 --shell-timeout 3",
    "--lanplus --action status",
];
/// A shell that says nothing but what it is asked.
const SHELL: &str = "exec:PS1='$ ' bash --norc --noprofile --noediting";
const LONG: Duration = Duration::from_secs(170);
