//! `lan …`: configuration of LAN channels.

use ipmi_rs::connection::Message;

use crate::cli::Context;
use crate::cli::number;
use crate::ipmi::channel::GetChannelInfo;

use super::{Desk, Job, Parsed, Refusal, medium};

pub(super) mod address;
mod alert;
mod apply;
mod print;
mod read;
mod set;
mod stats;
mod usage;
mod write;

/// Parses what follows `lan`.
///
/// # Errors
///
/// Help, or a mistake.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    match words {
        [] => Err(Refusal::error(usage::LAN)),
        ["help", ..] => Err(Refusal::help(usage::LAN)),
        ["print" | "printconf", rest @ ..] => print(rest),
        ["set", rest @ ..] => set::parse(rest),
        ["alert", rest @ ..] => alert::parse(rest),
        ["stats", rest @ ..] => stats(rest),
        [word, ..] => Err(Refusal::error(format!("Invalid LAN command: {word}"))),
    }
}

/// What is shown or counted anew, and of which channel: of the first LAN channel if none is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Channel {
    number: Option<u8>,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Configuration,
    Statistics,
    ClearStatistics,
}

fn print(words: &[&str]) -> Result<Parsed, Refusal> {
    let number = match words {
        [] => None,
        [word] => Some(lan_channel(word)?),
        _ => return Err(Refusal::error(usage::LAN)),
    };
    Ok(Parsed::job(Channel {
        number,
        what: What::Configuration,
    }))
}

/// As in stock, a channel counts only where nothing follows it.
fn stats(words: &[&str]) -> Result<Parsed, Refusal> {
    let number = match words {
        [_, word] => Some(lan_channel(word)?),
        _ => None,
    };
    let what = match words {
        ["get", ..] => What::Statistics,
        ["clear", ..] => What::ClearStatistics,
        _ => return Err(Refusal::error(usage::LAN)),
    };
    Ok(Parsed::job(Channel { number, what }))
}

impl Job for Channel {
    /// Most have their first LAN channel at number 1.
    fn first(&self) -> Vec<Message> {
        let channel = self.number.unwrap_or(1);
        vec![GetChannelInfo { channel }.into()]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Some(channel) = self.number.or_else(|| medium::find_lan(desk)) else {
            desk.output.complain(format_args!("Invalid channel: 0"));
            return false;
        };
        if !medium::is_lan(channel, desk) {
            desk.output
                .complain(format_args!("Invalid channel: {channel}"));
            return false;
        }
        match self.what {
            What::Configuration => print::run(channel, desk),
            What::Statistics => stats::get(channel, desk),
            What::ClearStatistics => stats::clear(channel, desk),
        }
    }
}

/// A channel's number that a LAN channel may have.
fn lan_channel(word: &str) -> Result<u8, Refusal> {
    match number::uchar(word.as_bytes()) {
        Ok(channel) if medium::is_possible(channel) => Ok(channel),
        Ok(channel) => Err(Refusal::error(format!("Invalid channel: {channel}"))),
        Err(_) => Err(Refusal::error(format!("Invalid channel: {word}"))),
    }
}
