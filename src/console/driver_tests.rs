//! The loop with a scripted core, and pipes for input and output.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Write};
use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, unbounded};
use nix::pty::openpty;
use signal_hook::consts::SIGTERM;

use super::*;
use crate::console::bell::{Bell, Line};
use crate::console::input::Input;
use crate::console::network::Network;
use crate::console::output::Output;
use crate::console::screen::{Notices, Screen};
use crate::console::sinks::{self, Sinks};

/// What the loop did to the core, and what the core is to say next.
#[derive(Default)]
struct Script {
    events: VecDeque<Event>,
    transmits: VecDeque<Vec<u8>>,
    datagrams: Vec<Vec<u8>>,
    typed: Vec<u8>,
    room: usize,
    breaks: usize,
    pauses: Vec<bool>,
    ended: Option<Why>,
    stubborn: bool,
    due: Option<Instant>,
    timeouts: usize,
}

struct FakeCore(Arc<Mutex<Script>>);

impl FakeCore {
    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }
}

impl Core for FakeCore {
    fn handle_datagram(&mut self, _: Instant, datagram: &Datagram) {
        let datagram = &*datagram.bytes;
        let mut script = self.script();
        script.datagrams.push(datagram.to_vec());
        match datagram {
            b"open" => script.events.push_back(Event::Opened),
            b"room" => script.room = 100,
            b"close" => {
                let message = Some(Complaint::plain("SOL session closed by BMC"));
                script.events.push_back(Event::Closed {
                    message,
                    failed: true,
                });
            }
            b"notice" => script.events.push_back(Event::Notice("quiet".to_owned())),
            b"other notice" => script.events.push_back(Event::Notice("back".to_owned())),
            b"ping" => script.transmits.push_back(b"pong".to_vec()),
            b"wake" => {}
            data => script.events.push_back(Event::Data(data.to_vec().into())),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        let mut script = self.script();
        script.timeouts += 1;
        script.due = Some(now + Duration::from_secs(3600));
    }

    fn poll_transmit(&mut self) -> Option<Datagram> {
        self.script().transmits.pop_front().map(Datagram::from)
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.script().events.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.script().due
    }

    fn type_bytes(&mut self, _: Instant, bytes: &[u8]) -> usize {
        let mut script = self.script();
        let taken = bytes.len().min(script.room);
        script.typed.extend_from_slice(&bytes[..taken]);
        script.room -= taken;
        taken
    }

    fn input_room(&self) -> usize {
        self.script().room
    }

    fn send_break(&mut self, _: Instant) {
        self.script().breaks += 1;
    }

    fn pause_output(&mut self, _: Instant, paused: bool) {
        self.script().pauses.push(paused);
    }

    fn shut_down(&mut self, _: Instant, why: Why) {
        let mut script = self.script();
        script.ended = Some(why);
        script.transmits.push_back(b"farewell".to_vec());
        if !script.stubborn {
            script.events.push_back(Event::Closed {
                message: None,
                failed: false,
            });
        }
    }
}

/// A console under test: its far ends.
struct Bench {
    script: Arc<Mutex<Script>>,
    bmc: UdpSocket,
    /// How many datagrams it has sent.
    given: Cell<usize>,
    keyboard: Option<File>,
    screen: Option<File>,
    signal: Sender<i32>,
    run: Option<JoinHandle<Ended>>,
}

impl Bench {
    fn new() -> Self {
        let (stdin, keyboard) = nix::unistd::pipe().unwrap();
        Self::with_input(stdin, keyboard, None)
    }

    fn with_input(stdin: OwnedFd, keyboard: OwnedFd, terminal: Option<Terminal>) -> Self {
        Self::with_sinks(stdin, keyboard, terminal, sinks::Settings::default(), false)
    }

    fn with_sinks(
        stdin: OwnedFd,
        keyboard: OwnedFd,
        terminal: Option<Terminal>,
        settings: sinks::Settings,
        hup_reopens: bool,
    ) -> Self {
        let bench = Self::start(stdin, keyboard, terminal, settings, hup_reopens, false);
        bench.bmc(b"open");
        bench
    }

    fn start(
        stdin: OwnedFd,
        keyboard: OwnedFd,
        terminal: Option<Terminal>,
        settings: sinks::Settings,
        hup_reopens: bool,
        again: bool,
    ) -> Self {
        let (screen, stdout) = nix::unistd::pipe().unwrap();
        let bmc = UdpSocket::bind("127.0.0.1:0").unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        bmc.connect(socket.local_addr().unwrap()).unwrap();
        socket.connect(bmc.local_addr().unwrap()).unwrap();
        let (signal, signalled) = unbounded();
        let script = Arc::new(Mutex::new(Script {
            room: 100,
            ..Script::default()
        }));
        let core = FakeCore(Arc::clone(&script));
        let run = std::thread::spawn(move || {
            let bell = Bell::new().unwrap();
            let ringer = bell.ringer();
            let mut sinks = Sinks::open(settings, Instant::now(), bell.ringer()).unwrap();
            let (own, signals) = unbounded();
            let line = Line::new(own, bell.ringer());
            std::thread::spawn(move || signalled.iter().all(|number| line.send(number).is_ok()));
            let mut input = Input::start(stdin, bell.ringer()).unwrap();
            let edge = Edge {
                network: Network::new(socket).unwrap(),
                bell: &bell,
                input: &mut input,
                screen: Screen::new(
                    Output::start(stdout.try_clone().unwrap(), stdout, ringer).unwrap(),
                    Notices::BesideOutput,
                ),
                sinks: &mut sinks,
                hup_reopens,
                signals,
                terminal: terminal.as_ref(),
                again,
                on_terminal: false,
                escape: b'~',
                output_limit: 100_000,
            };
            Driver::new(core, edge).run()
        });
        Self {
            script,
            bmc,
            given: Cell::new(1),
            keyboard: Some(keyboard.into()),
            screen: Some(screen.into()),
            signal,
            run: Some(run),
        }
    }

    fn bmc(&self, datagram: &[u8]) {
        // A socket that is full would drop it.
        self.until("room", |script| {
            self.given.get() < script.datagrams.len() + 50
        });
        self.given.set(self.given.get() + 1);
        self.bmc.send(datagram).unwrap();
    }

    /// What the loop sends next.
    fn sent(&self) -> Vec<u8> {
        let mut buffer = [0; 100];
        self.bmc
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let got = self.bmc.recv(&mut buffer).unwrap();
        buffer[..got].to_vec()
    }

    fn type_text(&mut self, text: &[u8]) {
        self.keyboard.as_mut().unwrap().write_all(text).unwrap();
    }

    fn until(&self, what: &str, mut test: impl FnMut(&Script) -> bool) {
        let start = Instant::now();
        while !test(&self.script.lock().unwrap()) {
            assert!(start.elapsed() < Duration::from_secs(10), "no {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn opened(&mut self) {
        self.read(BANNER.len());
    }

    fn read(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.screen
            .as_mut()
            .unwrap()
            .read_exact(&mut bytes)
            .unwrap();
        bytes
    }

    /// How it ended, and the rest of what it printed.
    fn end(mut self) -> (Outcome, String) {
        let Ended {
            outcome, message, ..
        } = self.run.take().unwrap().join().unwrap();
        assert_eq!(message.is_some(), outcome == Outcome::Failed);
        let mut text = Vec::new();
        self.screen.take().unwrap().read_to_end(&mut text).unwrap();
        (outcome, String::from_utf8(text).unwrap())
    }
}

/// The banner comes first. What is typed before raw mode is a line of the terminal's, which keeps 4095 bytes of it.
fn until_raw(terminal: &OwnedFd, before: &termios::Termios) {
    let start = Instant::now();
    while termios::Termios::from_fd(std::os::fd::AsRawFd::as_raw_fd(terminal)).unwrap() == *before {
        assert!(start.elapsed() < Duration::from_secs(10), "no raw mode");
        std::thread::sleep(Duration::from_millis(1));
    }
}

const BANNER: &str = "[SOL Session operational.  Use ~? for help]\n";

#[test]
fn an_escape_sends_what_stood_before_it_and_ends_in_order() {
    let mut bench = Bench::new();
    bench.opened();
    bench.type_text(b"halt\r~Bx\r~.ignored");
    bench.until("text", |script| script.typed == b"halt\rx\r");
    bench.until("break", |script| script.breaks == 1);
    bench.bmc(b"room");
    bench.until("end", |script| script.ended == Some(Why::Escape));
    assert_eq!(
        bench.end(),
        (
            Outcome::Done,
            "~B [send break]\n~. [terminated ipmitool]\n".to_owned()
        )
    );
}

#[test]
fn the_end_of_input_waits_until_everything_typed_was_taken() {
    let mut bench = Bench::new();
    bench.opened();
    bench.type_text(&[b'x'; 150]);
    bench.keyboard = None;
    bench.until("text", |script| script.room < 2);
    assert_eq!(bench.script.lock().unwrap().ended, None);
    bench.bmc(b"room");
    bench.until("text", |script| script.typed.len() == 150);
    assert_eq!(bench.script.lock().unwrap().ended, None);
    bench.bmc(b"room");
    bench.until("end", |script| script.ended == Some(Why::EndOfInput));
    assert_eq!(bench.end(), (Outcome::Done, String::new()));
}

#[test]
fn what_the_bmc_has_not_acknowledged_when_it_ends_the_session_is_counted_for_the_user() {
    for (typed, taken, told) in [
        (
            18,
            false,
            "[18 typed characters were not acknowledged by the BMC and are dropped]\r\n",
        ),
        (
            1,
            false,
            "[1 typed character was not acknowledged by the BMC and is dropped]\r\n",
        ),
        (7, true, ""),
    ] {
        let mut bench = Bench::new();
        bench.opened();
        bench.type_text(&vec![b'x'; typed]);
        bench.until("text", |script| script.typed.len() == typed);
        if taken {
            bench.bmc(b"room");
        }
        bench.bmc(b"close");
        assert_eq!(bench.end(), (Outcome::Failed, told.to_owned()));
    }
}

#[test]
fn an_empty_input_ends_the_session_at_once() {
    let mut bench = Bench::new();
    bench.keyboard = None;
    assert_eq!(bench.end(), (Outcome::Done, BANNER.to_owned()));
}

#[test]
fn nothing_is_read_from_a_pipe_that_the_core_has_no_room_for() {
    let mut bench = Bench::new();
    bench.script.lock().unwrap().room = 0;
    bench.opened();
    bench.type_text(b"wait");
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(bench.script.lock().unwrap().typed, b"");
    bench.bmc(b"room");
    bench.until("text", |script| script.typed == b"wait");
    bench.signal.send(SIGTERM).unwrap();
    assert_eq!(bench.end().0, Outcome::Signal(SIGTERM));
}

#[test]
fn on_a_terminal_an_escape_works_though_the_core_takes_nothing() {
    let pty = openpty(None, None).unwrap();
    let before = termios::Termios::from_fd(std::os::fd::AsRawFd::as_raw_fd(&pty.slave)).unwrap();
    let terminal = Terminal::on(pty.slave.try_clone().unwrap());
    let mut bench = Bench::with_input(pty.slave.try_clone().unwrap(), pty.master, terminal);
    bench.opened();
    until_raw(&pty.slave, &before);
    bench.script.lock().unwrap().room = 0;
    bench.type_text(&[b"y".repeat(3000), b"\r~.".to_vec()].concat());
    bench.until("end", |script| script.ended == Some(Why::Escape));
    assert_eq!(
        bench.run.take().unwrap().join().unwrap().outcome,
        Outcome::Done
    );
    let after = termios::Termios::from_fd(std::os::fd::AsRawFd::as_raw_fd(&pty.slave)).unwrap();
    assert_eq!(after, before);
}

#[test]
fn nothing_typed_before_a_later_session_is_open_reaches_the_host_and_escapes_work() {
    let pty = openpty(None, None).unwrap();
    let terminal = Terminal::on(pty.slave.try_clone().unwrap());
    let keyboard = pty.master.try_clone().unwrap();
    let slave = pty.slave.try_clone().unwrap();
    let before = termios::Termios::from_fd(std::os::fd::AsRawFd::as_raw_fd(&slave)).unwrap();
    let settings = sinks::Settings::default();
    let mut bench = Bench::start(slave, keyboard, terminal, settings, false, true);
    until_raw(&pty.slave, &before);
    bench.type_text(b"reboot\r~l");
    let notice = format!("[{NOT_KEPT}]\r\n~l [log]\n");
    assert_eq!(String::from_utf8(bench.read(notice.len())).unwrap(), notice);
    bench.bmc(b"open");
    bench.opened();
    bench.type_text(b"ls\r~.");
    bench.until("end", |script| script.ended == Some(Why::Escape));
    assert_eq!(bench.script.lock().unwrap().typed, b"ls\r");
}

#[test]
fn a_signal_closes_the_session_and_is_the_outcome() {
    let mut bench = Bench::new();
    bench.opened();
    bench.signal.send(SIGTERM).unwrap();
    bench.until("end", |script| script.ended == Some(Why::Signal(SIGTERM)));
    assert_eq!(bench.sent(), b"farewell");
    assert_eq!(bench.end(), (Outcome::Signal(SIGTERM), String::new()));
}

#[test]
fn sigint_says_what_stock_says() {
    let mut bench = Bench::new();
    bench.opened();
    bench.signal.send(SIGINT).unwrap();
    let said = "\nSIGN INT: Close Interface IPMI v2.0 RMCP+ LAN Interface\n";
    assert_eq!(bench.end(), (Outcome::Interrupted, said.to_owned()));
}

#[test]
fn a_second_signal_does_not_wait_for_a_stubborn_bmc_but_an_echo_of_the_first_does() {
    let mut bench = Bench::new();
    bench.script.lock().unwrap().stubborn = true;
    bench.opened();
    for number in [SIGTERM, SIGTERM, SIGHUP] {
        bench.signal.send(number).unwrap();
    }
    std::thread::sleep(SAME_WISH + Duration::from_millis(50));
    bench.signal.send(SIGHUP).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    assert!(!bench.run.as_ref().unwrap().is_finished());
    bench.signal.send(SIGTERM).unwrap();
    assert_eq!(bench.end().0, Outcome::Signal(SIGTERM));
}

#[test]
fn a_stalled_reader_pauses_the_core_only_when_the_buffer_is_full_and_loses_nothing() {
    let mut bench = Bench::new();
    bench.opened();
    let page = [b'p'; 1000];
    for _ in 0..90 {
        bench.bmc(&page);
    }
    bench.until("data", |script| script.datagrams.len() == 91);
    assert!(bench.script.lock().unwrap().pauses.is_empty());
    for _ in 0..160 {
        bench.bmc(&page);
    }
    bench.until("pause", |script| script.pauses.last() == Some(&true));
    bench.bmc(b"ping");
    assert_eq!(bench.sent(), b"pong");
    assert_eq!(bench.read(250_000), b"p".repeat(250_000));
    bench.until("resumption", |script| script.pauses.last() == Some(&false));
    bench.bmc(b"close");
    assert_eq!(bench.end(), (Outcome::Failed, String::new()));
}

#[test]
fn a_reader_that_went_away_ends_the_session_in_order_and_by_sigpipe() {
    let mut bench = Bench::new();
    bench.opened();
    bench.screen = None;
    bench.bmc(b"some output");
    bench.until("end", |script| script.ended == Some(Why::Signal(SIGPIPE)));
    assert_eq!(bench.sent(), b"farewell");
    let ended = bench.run.take().unwrap().join().unwrap();
    assert_eq!(
        (ended.outcome, ended.message),
        (Outcome::Signal(SIGPIPE), None)
    );
}

#[test]
fn deadlines_are_met_however_busy_the_network_is() {
    let mut bench = Bench::new();
    bench.opened();
    bench.script.lock().unwrap().due = Some(Instant::now() + Duration::from_millis(30));
    let start = Instant::now();
    while bench.script.lock().unwrap().timeouts == 0 {
        assert!(start.elapsed() < Duration::from_secs(10));
        (0..50).for_each(|_| bench.bmc(b"wake"));
        std::thread::yield_now();
    }
    bench.bmc(b"close");
    assert_eq!(bench.end().0, Outcome::Failed);
}

#[test]
fn a_notice_stands_on_its_own_line_between_the_output_and_not_twice_in_a_row() {
    let mut bench = Bench::new();
    bench.opened();
    for datagram in [
        b"login: ".as_slice(),
        b"notice",
        b"more\n",
        b"notice",
        b"other notice",
        b"close",
    ] {
        bench.bmc(datagram);
    }
    assert_eq!(bench.end().1, "login: \r\n[quiet]\r\nmore\n[back]\r\n");
}

#[test]
fn the_user_is_told_once_when_no_more_typing_can_be_kept_and_none_of_it_is_lost() {
    let pty = openpty(None, None).unwrap();
    let before = termios::Termios::from_fd(std::os::fd::AsRawFd::as_raw_fd(&pty.slave)).unwrap();
    let terminal = Terminal::on(pty.slave.try_clone().unwrap());
    let mut bench = Bench::with_input(pty.slave.try_clone().unwrap(), pty.master, terminal);
    bench.opened();
    until_raw(&pty.slave, &before);
    bench.script.lock().unwrap().room = 0;
    let text = b"t".repeat(67_000);
    bench.type_text(&text);
    let told = notice::on_screen(INPUT_FULL, false);
    assert_eq!(bench.read(told.len()), told);
    bench.script.lock().unwrap().room = 100_000;
    bench.bmc(b"wake");
    bench.until("text", |script| script.typed == text);
    bench.bmc(b"close");
    assert_eq!(bench.end(), (Outcome::Failed, String::new()));
}

#[test]
fn whoever_types_as_soon_as_the_banner_is_there_finds_a_raw_terminal() {
    for _ in 0..20 {
        let pty = openpty(None, None).unwrap();
        let modes =
            || termios::Termios::from_fd(std::os::fd::AsRawFd::as_raw_fd(&pty.slave)).unwrap();
        let mut raw = modes();
        termios::cfmakeraw(&mut raw);
        let terminal = Terminal::on(pty.slave.try_clone().unwrap());
        let keyboard = pty.master.try_clone().unwrap();
        let mut bench = Bench::with_input(pty.slave.try_clone().unwrap(), keyboard, terminal);
        bench.opened();
        assert!(modes() == raw);
        bench.bmc(b"close");
        bench.end();
    }
}

#[test]
fn a_notice_that_found_the_output_full_is_shown_once_there_is_room() {
    let mut bench = Bench::new();
    bench.opened();
    for _ in 0..260 {
        bench.bmc(&[b'p'; 1000]);
    }
    // By then there is no room left in the pipe.
    let all = 261;
    bench.until("pages", |script| script.datagrams.len() == all);
    bench.until("pause", |script| script.pauses.last() == Some(&true));
    bench.bmc(b"notice");
    bench.bmc(b"notice");
    bench.until("notices", |script| script.datagrams.len() == all + 2);
    assert_eq!(bench.read(260_000), b"p".repeat(260_000));
    let told = notice::on_screen("quiet", true);
    assert_eq!(bench.read(told.len()), told);
    bench.bmc(b"close");
    assert_eq!(bench.end(), (Outcome::Failed, String::new()));
}

fn with_log(file: &std::path::Path, hup_reopens: bool) -> Bench {
    let (stdin, keyboard) = nix::unistd::pipe().unwrap();
    let settings = sinks::Settings {
        log: Some(crate::console::log::Settings {
            file: file.display().to_string(),
            host: String::new(),
            timestamps: None,
            strip: false,
            rotate: None,
        }),
        ..sinks::Settings::default()
    };
    Bench::with_sinks(stdin, keyboard, None, settings, hup_reopens)
}

#[test]
fn the_log_holds_what_the_host_printed_and_nothing_else() {
    let folder = nix::unistd::mkdtemp(&std::env::temp_dir().join("steadysol-loop-XXXXXX")).unwrap();
    let file = folder.join("x");
    let mut bench = with_log(&file, false);
    bench.opened();
    bench.bmc(b"one\r\n");
    bench.bmc(b"notice");
    bench.bmc(b"two\r\n");
    let shown = b"one\r\n[quiet]\r\ntwo\r\n";
    assert_eq!(bench.read(shown.len()), shown);
    bench.type_text(b"~s");
    let begin = b"~s [status]\n[up 0:00:0";
    assert_eq!(bench.read(begin.len()), begin);
    bench.bmc(b"close");
    let (outcome, _) = bench.end();
    assert_eq!(outcome, Outcome::Failed);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\r\ntwo\r\n");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_hang_up_ends_the_console_unless_it_is_meant_for_the_log() {
    let folder = nix::unistd::mkdtemp(&std::env::temp_dir().join("steadysol-loop-XXXXXX")).unwrap();
    let file = folder.join("x");
    let mut bench = with_log(&file, true);
    bench.opened();
    bench.bmc(b"one\n");
    bench.read(4);
    std::fs::rename(&file, folder.join("old")).unwrap();
    bench.signal.send(SIGHUP).unwrap();
    let begun = Instant::now();
    while !file.exists() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::yield_now();
    }
    bench.bmc(b"two\n");
    bench.read(4);
    bench.bmc(b"close");
    bench.end();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "two\n");
    let mut bench = with_log(&file, false);
    bench.opened();
    bench.signal.send(SIGHUP).unwrap();
    bench.until("end", |script| script.ended == Some(Why::Signal(SIGHUP)));
    assert_eq!(bench.end().0, Outcome::Signal(SIGHUP));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_time_that_was_set_ends_the_console_in_order() {
    let (stdin, keyboard) = nix::unistd::pipe().unwrap();
    let settings = sinks::Settings {
        ends: Some(Instant::now() + Duration::from_millis(200)),
        ..sinks::Settings::default()
    };
    let mut bench = Bench::with_sinks(stdin, keyboard, None, settings, false);
    bench.opened();
    bench.until("end", |script| script.ended == Some(Why::TimeUp));
    assert_eq!(bench.end().0, Outcome::Done);
}
