//! The console without a terminal: input from pipes, files, nothing at all; output to pipes.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::accounting;
use compat_tests::client::{Input, Piped};
use compat_tests::rig::{BANNER, ENVIRONMENT, Rig, Who, arguments};

#[test]
fn the_end_of_piped_input_ends_the_session_after_everything_was_sent() {
    let rig = Rig::start();
    let mut client = rig.console(Who::Ours, &[]);
    must_be_up(&client);
    let keys: String = (0..50).map(accounting::token).collect();
    client.type_in(keys.as_bytes());
    client.end_input();
    must_end_well(&mut client);
    let typed = rig
        .bmc
        .serial()
        .wait_typed(SOON, |typed| typed.len() >= keys.len());
    let report = accounting::tokens(&typed, 50);
    assert!(report.is_perfect(), "{report}");
}

#[test]
fn a_file_is_typed_to_its_end() {
    let rig = Rig::start();
    let file = tempfile::NamedTempFile::new().unwrap();
    let keys: String = (0..200).map(accounting::token).collect();
    std::fs::write(file.path(), &keys).unwrap();
    let mut client = start(&rig, &[], Input::File(file.path().to_path_buf()));
    must_end_well(&mut client);
    let typed = rig
        .bmc
        .serial()
        .wait_typed(SOON, |typed| typed.len() >= keys.len());
    let report = accounting::tokens(&typed, 200);
    assert!(report.is_perfect(), "{report}");
}

#[test]
fn dev_null_ends_the_session_at_once_without_noise() {
    let rig = Rig::start();
    must_end_well(&mut start(&rig, &[], Input::Null));
}

#[test]
fn closed_input_ends_the_session_at_once_without_noise() {
    let rig = Rig::start();
    must_end_well(&mut start(&rig, &[], Input::Closed));
}

#[test]
fn without_input_the_console_is_watched_until_it_is_told_to_end() {
    let mut rig = Rig::start();
    let mut client = start(&rig, &["noinput"], Input::Null);
    must_be_up(&client);
    std::thread::sleep(Duration::from_secs(2));
    rig.say_lines(5, Duration::from_millis(100));
    let last = accounting::line(4);
    assert!(
        client.stdout.wait_for(last.trim_end(), SOON),
        "{}{}",
        client.stdout.text(),
        client.stderr.text()
    );
    client.signal(nix::sys::signal::Signal::SIGTERM);
    let status = client.wait(SOON).expect("it ends");
    // a true death by the signal, not an exit status that looks like one
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(15),
        "{status:?}"
    );
    assert!(accounting::lines(&client.stdout.bytes(), 5).is_perfect());
}

#[test]
fn an_escape_works_on_a_pipe() {
    let rig = Rig::start();
    let mut client = rig.console(Who::Ours, &[]);
    must_be_up(&client);
    client.type_in(b"~.");
    must_end_well(&mut client);
}

#[test]
fn output_comes_as_it_is_said_not_when_a_buffer_is_full() {
    let mut rig = Rig::start();
    let client = rig.console(Who::Ours, &[]);
    must_be_up(&client);
    rig.say_lines(1, Duration::ZERO);
    let line = accounting::line(0);
    assert!(
        client
            .stdout
            .wait_for(line.trim_end(), Duration::from_secs(5)),
        "{}",
        client.stdout.text()
    );
}

/// 100 kB, faster than any serial line: the BMC's resends and the client's window are at work.
#[test]
fn a_flood_of_output_arrives_whole() {
    let mut rig = Rig::start();
    let mut client = rig.console(Who::Ours, &[]);
    must_be_up(&client);
    rig.say_lines(1400, Duration::from_millis(2));
    let last = accounting::line(1399);
    assert!(
        client
            .stdout
            .wait_for(last.trim_end(), Duration::from_secs(30)),
        "{} bytes",
        client.stdout.bytes().len()
    );
    client.end_input();
    must_end_well(&mut client);
    let report = accounting::lines(&client.stdout.bytes(), 1400);
    assert!(report.is_perfect(), "{report}");
}

#[test]
fn a_second_console_is_refused_in_stocks_words() {
    let rig = Rig::start();
    let first = rig.console(Who::Ours, &[]);
    must_be_up(&first);
    let [stock, ours] = [Who::Stock, Who::Ours].map(|who| rig.run(who, &["sol", "activate"]));
    assert_eq!(
        (ours.code, ours.stdout, &ours.stderr),
        (stock.code, stock.stdout, &stock.stderr)
    );
    assert!(
        ours.stderr
            .contains("Info: SOL payload already active on another session"),
        "{}",
        ours.stderr
    );
}

/// `ipmi_sim` tells the first client nothing; it finds out with its next keepalive, which is due after 15 s.
#[test]
fn force_takes_the_console_over_and_the_first_client_learns_it_within_20_seconds() {
    let mut rig = Rig::start();
    let mut first = rig.console(Who::Ours, &[]);
    must_be_up(&first);
    let second = rig.console(Who::Ours, &["force"]);
    must_be_up(&second);
    rig.say_lines(2, Duration::from_millis(100));
    let last = accounting::line(1);
    assert!(
        second.stdout.wait_for(last.trim_end(), SOON),
        "{}{}",
        second.stdout.text(),
        second.stderr.text()
    );
    let status = first.wait(Duration::from_secs(20));
    assert_eq!(
        status.and_then(|status| status.code()),
        Some(1),
        "{}",
        first.stderr.text()
    );
    let told = "Another session has taken the console over\nSOL session closed by BMC\n";
    assert!(
        first.stderr.text().ends_with(told),
        "{}",
        first.stderr.text()
    );
}

#[test]
fn events_and_console_share_one_file_without_overwriting_each_other() {
    let rig = Rig::start();
    let file = tempfile::NamedTempFile::new().unwrap();
    let words = ["sol", "activate", "noinput", "events=fd:1", "for=2"];
    let status = std::process::Command::new(Who::Ours.program())
        .args(arguments(rig.relay.address(), &words))
        .envs(ENVIRONMENT)
        .stdin(std::process::Stdio::null())
        .stdout(std::fs::File::create(file.path()).unwrap())
        .status()
        .unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(status.success(), "{text}");
    for part in [BANNER, "{\"event\":\"connected\"", "{\"event\":\"closed\""] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}

#[test]
fn each_line_of_a_pipe_is_run_as_it_comes() {
    let rig = Rig::start();
    let words = arguments(rig.relay.address(), &["exec", "/dev/stdin"]);
    let program = Who::Ours.program();
    let mut client = Piped::start(&program, &words, &ENVIRONMENT, Input::Pipe);
    for answer in ["first", "second"] {
        client.type_in(format!("echo {answer}\n").as_bytes());
        assert!(
            client.stdout.wait_for(answer, SOON),
            "{}",
            client.stderr.text()
        );
    }
    client.type_in(b"echo unfinished");
    client.end_input();
    let status = client.wait(SOON);
    assert_eq!(status.and_then(|status| status.code()), Some(0));
    assert_eq!(client.stdout.text(), "first \nsecond \nunfinished \n");
}

fn start(rig: &Rig, words: &[&str], input: Input) -> Piped {
    let words: Vec<&str> = ["sol", "activate"].iter().chain(words).copied().collect();
    Piped::start(
        &Who::Ours.program(),
        &arguments(rig.relay.address(), &words),
        &ENVIRONMENT,
        input,
    )
}

fn must_be_up(client: &Piped) {
    assert!(
        client.stdout.wait_for(BANNER, SOON),
        "{}{}",
        client.stdout.text(),
        client.stderr.text()
    );
}

fn must_end_well(client: &mut Piped) {
    let status = client.wait(SOON);
    let (stdout, stderr) = (client.stdout.text(), client.stderr.text());
    assert_eq!(
        status.and_then(|status| status.code()),
        Some(0),
        "{stdout}{stderr}"
    );
    assert_eq!(stderr, "", "noise");
    assert!(stdout.contains(BANNER), "{stdout}");
}

const SOON: Duration = Duration::from_secs(20);
