//! What signals mean to `bmcsim` and to the processes that it starts.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use compat_tests::binaries;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::wait_until;
use compat_tests::peer::{Peer, free_port};
use compat_tests::rig::{ENVIRONMENT, run};
use nix::sys::signal::Signal;

const SOON: Duration = Duration::from_secs(20);

#[test]
fn each_signal_that_ends_it_ends_its_machine_first() {
    for signal in [
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGTERM,
        Signal::SIGHUP,
    ] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let pid = directory.path().join("pid");
        let bmc = BmcSim::start(&["--vm", &machine(&pid)]);
        assert!(wait_until(SOON, || runs(&pid)), "{signal}");
        bmc.peer().signal(signal);
        assert!(wait_until(SOON, || !runs(&pid)), "{signal}");
    }
}

#[test]
fn power_diag_reaches_the_machine_of_a_program_that_a_script_put_in_the_background() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let pid = directory.path().join("pid");
    let machine = machine(&pid);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    // What a script starts with & ignores SIGINT and SIGQUIT.
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' INT QUIT; exec \"$@\"", "sh"])
        .arg(binaries::bmcsim())
        .args(["--listen", &address.to_string(), "--vm", &machine]);
    let mut bmc = Peer::start(command, directory);
    assert!(bmc.answers_at(address), "{}", bmc.words());
    assert!(wait_until(SOON, || runs(&pid)));
    let port = address.port().to_string();
    let words = "-I lanplus -H 127.0.0.1 -U admin -P admin power diag -p";
    let words = words.split(' ').chain([port.as_str()]).map(str::to_owned);
    let done = run(
        &binaries::stock(),
        &words.collect::<Vec<_>>(),
        &ENVIRONMENT,
        SOON,
    );
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(wait_until(SOON, || !runs(&pid)));
    bmc.signal(Signal::SIGTERM);
}

/// A machine that dies of SIGQUIT, as any program does, and says in a file which process it is.
fn machine(pid: &Path) -> String {
    format!("echo $$ > '{}'; exec sleep 600", pid.display())
}

/// Whether there is a process of this number.
fn runs(pid: &Path) -> bool {
    let number = std::fs::read_to_string(pid).unwrap_or_default();
    !number.trim().is_empty() && Path::new("/proc").join(number.trim()).exists()
}
