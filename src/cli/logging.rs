//! Messages about what goes on, on standard error, without times: bare lines, because scripts parse them.
//!
//! | given | shown | stock's name |
//! | --- | --- | --- |
//! | nothing | `error!`, `warn!` | NOTICE |
//! | `-v` | and `info!` | INFO |
//! | `-vv` | and `debug!` | DEBUG |
//! | `-vvv` and more | and `trace!` | |
//! | `-vvvvv` and more | and the packets in hexadecimal | |
//!
//! On a terminal they steer nothing: sensors' names and texts of the BMC's stand in some of them.
//!
//! `IPMITOOL_LOG`, else `RUST_LOG`, replaces the count by an env_logger filter such as `steadysol::proto=trace`.

use std::env;
use std::fmt::Arguments;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use env_logger::{Builder, Target};
use log::LevelFilter;
use nix::sys::termios::{OutputFlags, tcgetattr};

use super::visible::Visible;
use crate::console::terminal::raw_lines;
use crate::transport::network::commentary::PACKETS;

/// Sets the program's logger up; a second call changes nothing.
pub fn init(verbose: u8) {
    let mut builder = Builder::new();
    builder.target(Target::Stderr);
    match FILTERS
        .iter()
        .find_map(|name| env::var(name).ok().filter(|filter| !filter.is_empty()))
    {
        Some(filter) => {
            builder
                .format(|out, record| say(out, *record.args(), Screen::now()))
                .parse_filters(&filter);
        }
        // Libraries keep silent: what they have to say is in nobody's parser.
        None => {
            builder
                .format(|out, record| match is_shown(record.target()) {
                    true => say(out, *record.args(), Screen::now()),
                    false => Ok(()),
                })
                .filter_level(LevelFilter::Error)
                .filter_module("steadysol", LevelFilter::Trace);
            CHANGEABLE.store(true, Ordering::Relaxed);
        }
    }
    // The only failure is a logger that stands already.
    let _ = builder.try_init();
    set_verbosity(verbose);
}

/// Shows from here on what so many `-v` show, unless an environment variable says what is shown.
pub fn set_verbosity(verbose: u8) {
    if CHANGEABLE.load(Ordering::Relaxed) {
        SHOWS_PACKETS.store(verbose >= 5, Ordering::Relaxed);
        log::set_max_level(level(verbose));
    }
}

/// One message and its line's end.
fn say(out: &mut impl Write, text: Arguments<'_>, on: Screen) -> io::Result<()> {
    if on == Screen::None {
        return writeln!(out, "{text}");
    }
    let mut line = Vec::new();
    let mut visible = Visible::on(&mut line);
    writeln!(visible, "{text}")?;
    visible.flush()?;
    if on == Screen::Raw {
        line = raw_lines(&line);
    }
    out.write_all(&line)
}

/// What standard error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Screen {
    /// No terminal.
    None,
    /// A terminal that makes a line's end of a line feed.
    Cooked,
    /// A terminal that does not.
    Raw,
}

impl Screen {
    /// What it is now: a console makes it raw for a while.
    fn now() -> Self {
        match tcgetattr(io::stderr()) {
            Err(_) => Self::None,
            Ok(modes) if modes.output_flags.contains(OutputFlags::OPOST) => Self::Cooked,
            Ok(_) => Self::Raw,
        }
    }
}

fn is_shown(target: &str) -> bool {
    !target.starts_with(PACKETS) || SHOWS_PACKETS.load(Ordering::Relaxed)
}

/// What a count of `-v` shows.
pub fn level(verbose: u8) -> LevelFilter {
    match verbose {
        0 => LevelFilter::Warn,
        1 => LevelFilter::Info,
        2 => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    }
}

/// Whether the count of `-v` decides what is shown.
static CHANGEABLE: AtomicBool = AtomicBool::new(false);

/// Whether the packets are shown in hexadecimal.
static SHOWS_PACKETS: AtomicBool = AtomicBool::new(false);

/// Environment variables that hold a filter, the first one set wins.
pub const FILTERS: [&str; 2] = ["IPMITOOL_LOG", "RUST_LOG"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bmc_says_steers_a_terminal_in_no_message_and_reaches_a_pipe_as_it_is() {
        for (on, said) in [
            (Screen::Cooked, "sensor ?[2J?\n"),
            (Screen::None, "sensor \u{1b}[2J\r\n"),
        ] {
            let mut out = Vec::new();
            say(&mut out, format_args!("sensor {}", "\u{1b}[2J\r"), on).unwrap();
            assert_eq!(out, said.as_bytes());
        }
    }

    #[test]
    fn a_message_on_a_raw_terminal_makes_no_stairs() {
        let mut out = Vec::new();
        say(&mut out, format_args!("a\nb"), Screen::Raw).unwrap();
        assert_eq!(out, b"a\r\nb\r\n");
    }

    #[test]
    fn each_v_shows_more_up_to_the_third() {
        let shown: Vec<_> = (0..5).map(level).collect();
        assert!(shown.is_sorted());
        assert_eq!(shown[3], shown[4]);
    }
}
