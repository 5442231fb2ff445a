//! Passwords and keys given on the command line vanish from what `ps` shows.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

use compat_tests::client::{Input, Piped, wait_until};
use compat_tests::ipmi_sim::USER;
use compat_tests::rig::{Who, without_password};

#[test]
fn separate_words() {
    secret_is_hidden(&["-P", SECRET, "-k", KEY]);
}

#[test]
fn joined_words() {
    secret_is_hidden(&[&format!("-P{SECRET}"), &format!("-k{KEY}")]);
}

#[test]
fn behind_other_flags_in_one_word() {
    secret_is_hidden(&[&format!("-vP{SECRET}"), "-k", KEY]);
}

#[test]
fn after_the_command() {
    let (_silent, before) = for_a_silent_host();
    must_hide(&[before, words(&["mc", "info", "-U", USER, "-P", SECRET])].concat());
}

#[test]
fn key_in_hexadecimal() {
    secret_is_hidden(&["-P", SECRET, "-y", HEX_KEY]);
}

/// The test itself can fail: what is no secret can be seen.
#[test]
fn other_words_stay_visible() {
    let (silent, before) = for_a_silent_host();
    let port = silent.local_addr().unwrap().port().to_string();
    let all = [before, words(&["-P", SECRET, "mc", "info"])].concat();
    let client = Piped::start(&Who::Ours.program(), &all, &[], Input::Null);
    let visible = || {
        let seen = seen(client.pid());
        seen.contains("127.0.0.1") && seen.contains(&port) && seen.contains("mc")
    };
    assert!(wait_until(LONG, visible), "{}", seen(client.pid()));
}

fn secret_is_hidden(secrets: &[&str]) {
    let (_silent, before) = for_a_silent_host();
    must_hide(&[before, words(secrets), words(&["mc", "info"])].concat());
}

/// The options for a host that never answers, which keeps the client at work; the host is there while the socket is.
fn for_a_silent_host() -> (UdpSocket, Vec<String>) {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let options = without_password(silent.local_addr().unwrap(), &["-N", "10"]);
    (silent, options)
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn must_hide(words: &[String]) {
    let mut client = Piped::start(&Who::Ours.program(), words, &NO_FALLBACK, Input::Null);
    let bare = |pid| {
        let seen = seen(pid);
        ![SECRET, KEY, HEX_KEY]
            .iter()
            .any(|secret| seen.contains(secret))
    };
    // a busy machine may take long to start a program; that one waits longer still for its dead host
    let hidden = wait_until(LONG, || bare(client.pid()));
    assert!(hidden, "{}", seen(client.pid()));
    std::thread::sleep(Duration::from_millis(300));
    assert!(bare(client.pid()), "{}", seen(client.pid()));
    assert!(
        client.ended().is_none(),
        "ended too early to tell: {}",
        client.stderr.text()
    );
}

/// Everything that other users can see of a process.
fn seen(pid: u32) -> String {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let ps = Command::new("ps")
        .args(["-ww", "-o", "args=", "-p", &pid.to_string()])
        .output()
        .expect("ps is there");
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    format!(
        "{} {} {name}",
        String::from_utf8_lossy(&line),
        String::from_utf8_lossy(&ps.stdout)
    )
}

const SECRET: &str = "hush-Qz81";
const KEY: &str = "kg-of-Vx92";
const HEX_KEY: &str = "5a5b5c5d5e5f60616263";
/// How soon after its start the words must be gone.
const LONG: Duration = Duration::from_secs(25);
/// The process that is looked at is ours from beginning to end.
const NO_FALLBACK: [(&str, &str); 1] = [("IPMITOOL_FALLBACK", "/bin/false")];
