//! `event …`: sends events to the BMC (Platform Event Message, IPMI v2.0 section 29.3).

use std::path::PathBuf;

use ipmi_rs::connection::Message;

use super::sdr::books::Books;
use super::sel;
use super::{Desk, Job, Parsed, Refusal};
use crate::cli::Context;
use crate::ipmi::channel::{CURRENT, GetChannelInfo};

mod digital;
mod send;
mod sensor;
mod threshold;

use send::Sender;

/// What is to be sent.
#[derive(Debug)]
enum Action {
    /// One of [`SAMPLES`].
    Sample(&'static Sample),
    /// The events of a file, of which there is at least one.
    All(Vec<[u8; 7]>),
    /// A state of a sensor.
    Sensor(sensor::Wanted),
}

/// Parses what follows `event`.
///
/// # Errors
///
/// Help, a word that is no direction, or a file that holds something else than events.
pub fn parse(words: &[&str], context: &Context) -> Result<Parsed, Refusal> {
    let action = match *words {
        [] | ["help", ..] | ["file"] => return Err(Refusal::help(USAGE)),
        ["file", file, ..] => {
            // The words may have lost bytes that are no UTF-8.
            let path = context
                .args
                .get(2)
                .map_or_else(|| file.into(), PathBuf::from);
            Action::All(sel::events(&path)?)
        }
        [name, ref rest @ ..] => match SAMPLES.iter().find(|sample| sample.name == name) {
            Some(sample) => Action::Sample(sample),
            None => Action::Sensor(sensor::parse(name, rest)?),
        },
    };
    Ok(Parsed::job(action))
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        match self {
            Self::Sample(_) | Self::All(_) => vec![GetChannelInfo { channel: CURRENT }.into()],
            Self::Sensor(_) => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let books = &mut Books::new(desk, false);
        let sender = &mut Sender::new(books.desk);
        match self {
            Self::Sample(sample) => {
                let what = sample.what;
                books.put(format_args!("Sending SAMPLE event: {what}\n"));
                sender.send(books, sample.message)
            }
            Self::All(messages) => all(books, sender, messages),
            Self::Sensor(wanted) => wanted.send(books, sender),
        }
    }
}

/// Sends events until one is refused.
fn all(books: &mut Books<'_, '_>, sender: &mut Sender, messages: &[[u8; 7]]) -> bool {
    for (done, message) in messages.iter().enumerate() {
        if !sender.send(books, *message) {
            if done > 0 {
                let total = messages.len();
                books
                    .desk
                    .output
                    .complain(format_args!("{done} of {total} events were sent before"));
            }
            return false;
        }
    }
    true
}

/// An event to try things out.
#[derive(Debug)]
struct Sample {
    name: &'static str,
    what: &'static str,
    message: [u8; 7],
}

const SAMPLES: &[Sample] = &[
    Sample {
        name: "1",
        what: "Temperature - Upper Critical - Going High",
        message: [REVISION, 0x01, 0x30, 0x01, 0x09, 0xff, 0xff],
    },
    Sample {
        name: "2",
        what: "Voltage Threshold - Lower Critical - Going Low",
        message: [REVISION, 0x02, 0x60, 0x01, 0x02, 0xff, 0xff],
    },
    Sample {
        name: "3",
        what: "Memory - Correctable ECC",
        message: [REVISION, 0x0c, 0x53, 0x6f, 0x00, 0xff, 0xff],
    },
];

/// Of the event message's format: that of IPMI 1.5 and 2.0.
const REVISION: u8 = 0x04;

const USAGE: &str = "
usage: event <num>
   Send generic test events
   1 : Temperature - Upper Critical - Going High
   2 : Voltage Threshold - Lower Critical - Going Low
   3 : Memory - Correctable ECC

usage: event file <filename>
   Read and generate events from file
   Use the 'sel save' command to generate from SEL

usage: event <sensorid> <state> [event_dir]
   sensorid  : Sensor ID string to use for event data
   state     : Sensor state, use 'list' to see possible states for sensor
   event_dir : assert, deassert [default=assert]
";
