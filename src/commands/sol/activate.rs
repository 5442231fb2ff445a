//! `sol activate`: a session, and the console over it.

use std::io::{self, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::cli::context::{Context, Oem};
use crate::cli::exit::Exit;
use crate::commands::connect;
use crate::console;
use crate::console::signals::SignalQueue;
use crate::ipmi::payload::ActivateSol;
use crate::proto::Entropy;
use crate::proto::console::{Console, Settings};
use crate::proto::keepalive::{Policy, Probe};
use crate::proto::link::Patience;
use crate::transport::interrupt::Interrupt;
use crate::transport::lanplus::{Parts, System};

use crate::wire::console_log::DEFAULT_IANA;

use super::words::{ActivateWords, Keepalive};

/// Runs the console until it ends. Until it begins, `interrupt` ends the run.
pub fn run(context: &Context, words: ActivateWords, interrupt: Option<&Interrupt>) -> Exit {
    let lanplus = match connect::lanplus(context, interrupt) {
        Ok(lanplus) => lanplus,
        Err(error) => {
            // Where standard error is gone nobody is left to tell.
            let _ = writeln!(io::stderr(), "{error}");
            return Exit::Failure;
        }
    };
    // The console's signals are caught before the others are let go: none falls between.
    let signals = match SignalQueue::start() {
        Ok(signals) => signals,
        Err(error) => {
            lanplus.close();
            return console::cannot_start(&error).into();
        }
    };
    let Parts {
        socket,
        link,
        config,
    } = lanplus.into_parts();
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
        wall: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
            }),
        extension: DEFAULT_IANA,
        cycle: CYCLE,
        make_entropy,
    };
    let core = Console::new(Instant::now(), link, config, settings);
    let edge = console::Settings {
        escape: context.escape,
        read_input: !words.noinput,
        ..console::Settings::default()
    };
    console::run(core, socket, signals, edge).into()
}

fn make_entropy() -> Box<dyn Entropy> {
    Box::new(System::default())
}

fn policy(words: ActivateWords) -> Policy {
    let default = Policy::default();
    Policy {
        probe: match words.keepalive {
            Keepalive::DeviceId => Probe::DeviceId,
            Keepalive::SolPacket => Probe::Sol,
            Keepalive::Off => Probe::None,
        },
        interval: words.keepalive_after.unwrap_or(default.interval),
        dead_after: words.dead_after.unwrap_or(default.dead_after),
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

/// Heartbeats of which one account is given.
const CYCLE: u32 = 4;
