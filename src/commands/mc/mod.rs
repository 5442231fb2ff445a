//! `mc …` and `bmc …`.

use std::time::Duration;

use crate::cli::Context;
use crate::ipmi::app::{GLOBAL_ENABLES, Reset};
use crate::ipmi::guid::Encoding;
use crate::ipmi::{Failure, exchange};
use crate::transport::TransportError;

use super::{Desk, Job, Parsed, Refusal};

mod enables;
mod guid;
mod info;
mod selftest;
mod sysinfo;
mod watchdog;

/// Parses what follows `mc`. Words too many are ignored, as in stock.
///
/// # Errors
///
/// Help, an unknown word, or a bad value.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    match words {
        [] => Err(Refusal::error(format!(
            "Not enough parameters given.\n{}",
            usage()
        ))),
        ["help", ..] => Err(Refusal::help(usage())),
        ["info", ..] => Ok(Parsed::job(info::Info)),
        ["reset", rest @ ..] => reset(rest).map(Parsed::job),
        ["guid", rest @ ..] => Ok(Parsed::job(guid_mode(rest))),
        ["getenables", ..] => Ok(Parsed::job(enables::Show)),
        ["setenables", rest @ ..] => enables::parse(rest).map(Parsed::job),
        ["selftest", ..] => Ok(Parsed::job(selftest::SelfTestJob)),
        ["watchdog", rest @ ..] => watchdog::parse(rest),
        ["getsysinfo", rest @ ..] => sysinfo::parse_get(rest).map(Parsed::job),
        ["setsysinfo", rest @ ..] => sysinfo::parse_set(rest).map(Parsed::job),
        [word, ..] => Err(Refusal::error(format!(
            "Invalid mc/bmc command: {word}\n{}",
            usage()
        ))),
    }
}

/// What stock takes for no encoding asks for the one that is detected.
fn guid_mode(words: &[&str]) -> guid::Show {
    match words {
        ["rfc" | "rfc4122", ..] => guid::Show::As(Encoding::Rfc4122),
        ["smbios", ..] => guid::Show::As(Encoding::Smbios),
        ["ipmi", ..] => guid::Show::As(Encoding::Ipmi),
        ["dump", ..] => guid::Show::Dump,
        _ => guid::Show::Detected,
    }
}

fn reset(words: &[&str]) -> Result<Reset, Refusal> {
    match words {
        [] => Err(Refusal::error(format!(
            "Not enough parameters given.\n{RESET_USAGE}"
        ))),
        ["help", ..] => Err(Refusal::help(RESET_USAGE)),
        ["cold", ..] => Ok(Reset::Cold),
        ["warm", ..] => Ok(Reset::Warm),
        [word, ..] => Err(Refusal::error(format!(
            "Invalid mc/bmc reset command: {word}\n{RESET_USAGE}"
        ))),
    }
}

impl Job for Reset {
    /// A cold reset is asked for once: a BMC that restarts does not answer, and must not be told to restart again.
    fn patience(&self) -> Option<(Duration, u32)> {
        (*self == Self::Cold).then_some((COLD_TIMEOUT, 1))
    }

    fn ends_sessions(&self) -> bool {
        *self == Self::Cold
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let name = match self {
            Self::Cold => "cold",
            Self::Warm => "warm",
        };
        match exchange(desk.bmc, *self) {
            Ok(()) => {}
            Err(Failure::Transport(TransportError::NoAnswer | TransportError::Closed))
                if *self == Self::Cold => {}
            Err(failure) => {
                return desk.output.fail_or_refuse(
                    format_args!("MC reset command failed."),
                    format_args!("MC reset command failed"),
                    &failure,
                );
            }
        }
        desk.output
            .line(format_args!("Sent {name} reset command to MC"));
        true
    }
}

fn usage() -> String {
    let mut text = String::from(USAGE);
    for (_, name, description) in GLOBAL_ENABLES {
        text += &format!("    {name:<20}  {description}\n");
    }
    text + "  getsysinfo <argument>\n  setsysinfo <argument> <string>\n" + sysinfo::ARGUMENTS
}

/// How long a cold reset's answer is waited for.
const COLD_TIMEOUT: Duration = Duration::from_secs(1);

const RESET_USAGE: &str = "usage: mc reset <warm|cold>";

const USAGE: &str = "MC Commands:
  reset <warm|cold>
  guid [auto|smbios|ipmi|rfc4122|dump]
  info
  watchdog <get|reset|off>
  selftest
  getenables
  setenables <option=on|off> ...
";
