//! `sol activate` and `sol capture`: a session, and the console over it.

use std::fs::File;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::cli::context::{Context, Oem};
use crate::cli::exit::Exit;
use crate::commands::connect;
use crate::console::log::Position;
use crate::console::{self, sinks};
use crate::ipmi::payload::ActivateSol;
use crate::proto::Entropy;
use crate::proto::console::{Console, Settings};
use crate::proto::handshake::Config;
use crate::proto::keepalive::{Policy, Probe};
use crate::proto::link::Patience;
use crate::transport::interrupt::Interrupt;
use crate::transport::network::{Parts, System};

use super::attend::{self, Opening, Session};
use super::prelude::{self, Questions};
use super::words::{ActivateWords, Keepalive, Reconnect};

/// A console to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What was typed.
    pub words: ActivateWords,
    /// Whether nobody attends it (`sol capture`): nothing is typed, every loss is made good, SIGHUP is for the log.
    pub capture: bool,
}

/// Runs the console until it ends. Until it begins, `interrupt` ends the run.
pub fn run(context: &Context, run: Run, interrupt: Option<&Interrupt>) -> Exit {
    let Run { mut words, capture } = run;
    if capture {
        words.noinput = true;
        words.reconnect.get_or_insert(Reconnect { tries: None });
    }
    let wanted = attend::Wanted {
        sinks: sink_settings(context, &words, capture),
        edge: console::Settings {
            escape: context.escape,
            read_input: !words.noinput,
            hup_reopens: capture || (words.log.is_some() && !has_terminal()),
            ..console::Settings::default()
        },
        reconnect: words.reconnect,
        dead_after: policy(&words).dead_after,
        capture,
    };
    let questions = Questions {
        instance: words.instance,
        extension: words.extension,
        since: words.since,
        until: words.until,
        sessions: words.log.is_some() || words.reconnect.is_some(),
        settled: Arc::new(OnceLock::new()),
    };
    let open = {
        let context = context.clone();
        // Whoever makes several sessions minds the signals from the beginning.
        let interrupt = interrupt.filter(|_| words.reconnect.is_none()).cloned();
        move |former| {
            let session = connect::again(&context, interrupt.as_ref())?;
            let (session, answers) = prelude::ask(session, &questions, former)?;
            Ok(Opening { session, answers })
        }
    };
    attend::run(wanted, interrupt, open, |lanplus, resume, former| {
        session(context, &words, lanplus.into_parts(), resume, former)
    })
}

/// The console over an open session.
fn session(
    context: &Context,
    words: &ActivateWords,
    parts: Parts<Config>,
    resume: Option<Position>,
    former: Option<u32>,
) -> Session<Console> {
    let Parts {
        socket,
        link,
        config,
    } = parts;
    let settings = Settings {
        instance: words.instance,
        auxiliary: auxiliary(context.oem),
        force: words.force,
        privilege: config.privilege,
        keepalive: policy(words),
        patience: Patience {
            timeout: config.timeout,
            step: Duration::from_secs(1),
            tries: config.tries,
        },
        port: context.port,
        wall: console::clock::wall_clock(),
        extension: words.extension,
        cycle: words.cycle.into(),
        resume: resume.map(|position| (position.epoch, position.offset)),
        former,
        make_entropy,
    };
    Session {
        core: Console::new(Instant::now(), link, config, settings),
        socket,
    }
}

fn sink_settings(context: &Context, words: &ActivateWords, capture: bool) -> sinks::Settings {
    let host = context.host.clone().unwrap_or_default();
    let now = console::clock::wall_clock();
    sinks::Settings {
        log: words.log.as_ref().map(|file| console::log::Settings {
            file: file.clone(),
            host: host.clone(),
            timestamps: words.timestamps,
            strip: words.strip,
            rotate: words.rotate,
        }),
        stamp_screen: words.timestamps.filter(|_| words.timestamps_on_both),
        format: words.timestamps,
        events: words.events.clone(),
        on_alarm: words.on_alarm.clone(),
        since: words.since.map(|moment| moment.by(now)),
        until: words.until.map(|moment| moment.by(now)),
        ends: words
            .run_for
            .and_then(|duration| Instant::now().checked_add(duration)),
        notify: capture,
        host,
    }
}

/// Whether a hang-up could be meant: only a process with a controlling terminal loses one.
fn has_terminal() -> bool {
    File::open("/dev/tty").is_ok()
}

fn make_entropy() -> Box<dyn Entropy> {
    Box::new(System::default())
}

fn policy(words: &ActivateWords) -> Policy {
    let default = Policy::default();
    let dead_after = words.dead_after.unwrap_or(default.dead_after);
    Policy {
        probe: match words.keepalive {
            Keepalive::DeviceId => Probe::DeviceId,
            Keepalive::SolPacket => Probe::Sol,
            Keepalive::Off => Probe::None,
        },
        // A silence is only noticed by asking into it.
        interval: words
            .keepalive_after
            .unwrap_or(default.interval.min(dead_after / 3)),
        dead_after,
    }
}

/// The first byte of Activate Payload's auxiliary data; two boards want another one (field notes).
fn auxiliary(oem: Option<Oem>) -> u8 {
    match oem {
        Some(Oem::IntelPlus) => 0xc4,
        Some(Oem::I82571Spt) => 0x08,
        _ => ActivateSol::AUXILIARY,
    }
}
