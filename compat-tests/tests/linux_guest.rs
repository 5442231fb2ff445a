//! A real Linux under QEMU, its serial console and power button behind `bmcsim`.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use compat_tests::binaries;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{OnTerminal, wait_until};
use compat_tests::ipmi_sim::USER;
use compat_tests::peer::free_port;
use compat_tests::rig::{BANNER, ENVIRONMENT, Who, run};

#[test]
fn a_linux_guest_boots_under_our_console_and_obeys_the_power_button() {
    let guest = Guest::start();
    assert!(wait_until(SOON, || guest.process().is_some()));
    let first = guest.process();

    guest.power("off", "Chassis Power Control: Down/Off");
    assert!(
        wait_until(SOON, || guest.process().is_none()),
        "QEMU still runs"
    );
    guest.power("status", "Chassis Power is off");

    // The console is there before the machine: it sees all of the boot.
    let words = guest.arguments(&["sol", "activate"]);
    let console = OnTerminal::start(&binaries::ours(), &words, &ENVIRONMENT);
    let screen = &console.screen;
    assert!(screen.wait_for(BANNER, SOON), "{}", screen.text());
    assert!(wait_until(SOON, || console.is_raw()));
    guest.power("on", "Chassis Power Control: Up/On");
    assert!(screen.wait_for(UP, BOOT), "{}", screen.text());
    assert!(screen.wait_for(PROMPT, BOOT), "{}", screen.text());
    let second = guest.process();
    assert!(second.is_some() && second != first, "{first:?}, {second:?}");

    // What comes back is not what was typed: the quotes are gone.
    console.type_in(b"echo out''put of $((6 * 7))\r");
    assert!(screen.wait_for("output of 42", SOON), "{}", screen.text());
    console.type_in(b"dmesg; echo END OF''LOG\r");
    assert!(screen.wait_for("END OFLOG", SOON), "{}", screen.text());
    let text = screen.text();
    let (boot, rest) = text.split_once(UP).expect("it was waited for");
    let (_, kept) = rest.split_once("OF''LOG").expect("the shell echoes");
    let (boot, kept) = (messages(boot), messages(kept));
    assert!(kept.len() > 100, "{kept:?}");
    let missing: Vec<_> = kept.iter().filter(|line| !boot.contains(line)).collect();
    assert!(missing.is_empty(), "{missing:?} of {boot:?}");

    // The guest can switch itself off; the BMC notices, and its button brings it back.
    console.type_in(b"poweroff -f\r");
    assert!(
        wait_until(BOOT, || guest.process().is_none()),
        "{}",
        screen.text()
    );
    assert!(wait_until(SOON, || guest
        .ask(&["power", "status"])
        .contains("off")));
    guest.power("on", "Chassis Power Control: Up/On");
    let twice = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches(UP).count() == 2;
    assert!(screen.wait_until(BOOT, twice), "{}", screen.text());
    assert!(guest.process().is_some() && guest.process() != second);

    guest.power("off", "Chassis Power Control: Down/Off");
    assert!(
        wait_until(SOON, || guest.process().is_none()),
        "QEMU still runs"
    );
    console.type_in(b"\r~.");
    assert_eq!(console.wait(SOON), Some(0), "{}", screen.text());
}

/// The kernel's lines, up to its handing over to the first process.
fn messages(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| line.starts_with('[') && line.contains("] "))
        .collect();
    let last = lines.iter().position(|line| line.contains("] Run /init"));
    lines.truncate(last.map_or(0, |last| last + 1));
    lines
}

/// A `bmcsim` and the machine that it starts.
struct Guest {
    bmc: BmcSim,
    pid_file: PathBuf,
    _directory: tempfile::TempDir,
}

impl Guest {
    fn start() -> Guest {
        let directory = tempfile::tempdir().expect("a temporary directory");
        // A Unix socket would be full after some three hundred of QEMU's one-byte writes, and on a busy host QEMU then
        // drops characters; TCP joins them.
        let serial = format!("127.0.0.1:{}", free_port());
        let pid_file = directory.path().join("pid");
        let (kernel, initrd) = binaries::guest();
        // It ends with bmcsim however that ends. QEMU waits until its serial port is connected, so nothing is lost.
        let machine = format!(
            "exec setpriv --pdeathsig KILL {} -m 256 -nodefaults -display none -no-reboot -pidfile {} \
             -serial tcp:{serial},server=on -kernel {} -initrd {} \
             -append 'console=ttyS0 loglevel=8 panic=-1'",
            quoted(&binaries::qemu()),
            quoted(&pid_file),
            quoted(&kernel),
            quoted(&initrd),
        );
        let port = format!("tcp:{serial}");
        let bmc = BmcSim::start(&["--serial", &port, "--vm", &machine]);
        Guest {
            bmc,
            pid_file,
            _directory: directory,
        }
    }

    /// QEMU's process id, while it runs.
    fn process(&self) -> Option<u32> {
        let pid = std::fs::read_to_string(&self.pid_file)
            .ok()?
            .trim()
            .parse()
            .ok()?;
        let there = Path::new("/proc").join(u32::to_string(&pid)).exists();
        there.then_some(pid)
    }

    fn power(&self, word: &str, wanted: &str) {
        let said = self.ask(&["power", word]);
        assert!(said.contains(wanted), "power {word}: {said}");
    }

    /// What our own program says to `words`.
    fn ask(&self, words: &[&str]) -> String {
        let done = run(
            &Who::Ours.program(),
            &self.arguments(words),
            &ENVIRONMENT,
            SOON,
        );
        assert_eq!(done.code, Some(0), "{words:?}: {}", done.stderr);
        done.stdout
    }

    fn arguments(&self, words: &[&str]) -> Vec<String> {
        let (host, port) = (
            self.bmc.address().ip().to_string(),
            self.bmc.address().port().to_string(),
        );
        let fixed = [
            "-I", "lanplus", "-C", "17", "-H", &host, "-p", &port, "-U", USER, "-E",
        ];
        fixed
            .iter()
            .chain(words)
            .map(|word| word.to_string())
            .collect()
    }
}

/// For a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

/// The guest's first process says so; `compat-tests/peers/guest-init`.
const UP: &str = "the guest is up";
const PROMPT: &str = "guest# ";
const SOON: Duration = Duration::from_secs(60);
/// Every instruction of it in software, on a machine that has other things to do.
const BOOT: Duration = Duration::from_secs(240);
