//! A BMC that answers anything, to any verb: no panic, no verb that asks without end.
//!
//! The input is a command line up to its line's end, and answers: for each request a byte of how (FFh: none at all;
//! below F0h: completion code 00h, else the next byte is the code), one of length, and the data.

use std::io;

use ipmi_rs::connection::{IpmiConnection, Message, Request, Response};
use steadysol::cli::Context;
use steadysol::commands::output::Output;
use steadysol::commands::{self, Desk, Parsed};
use steadysol::transport::{BmcConnection, TransportError};

use super::Bytes;

/// Runs one verb.
pub fn run(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n');
    let (line, answers) = input.split_at(end.unwrap_or(input.len()));
    let line = String::from_utf8_lossy(line).into_owned();
    let mut words: Vec<&str> = line.split(' ').collect();
    let mut context = Context::default();
    // As getopt would have had it.
    words.retain(|word| match *word {
        "-c" => {
            context.csv = true;
            false
        }
        "-v" => {
            context.verbose = context.verbose.saturating_add(1);
            false
        }
        _ => true,
    });
    if words.iter().any(|word| touches_the_world(word)) {
        return;
    }
    if let Ok(Parsed::Job(job)) = commands::parse(&words, &context) {
        let mut bmc = Liar {
            answers: Bytes(answers.get(1..).unwrap_or(&[])),
            asked: 0,
            pending: None,
        };
        let mut output = Output::new(Box::new(io::sink()), Box::new(io::sink()), false);
        job.run(&mut Desk {
            context: &context,
            bmc: &mut bmc,
            output: &mut output,
        });
    }
}

/// Files are not written and nothing is waited for, whatever a fuzzer types.
fn touches_the_world(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "exec",
        "shell",
        "activate",
        "capture",
        "looptest",
        "log",
        "dump",
        "fill",
        "save",
        "read",
        "write",
        "readraw",
        "writeraw",
        "file",
        "edit",
        "interpret",
        "test",
        "password",
        "selftest",
        "upgEkey",
        "time",
    ];
    word.contains(['/', '.']) || WORDS.contains(&word)
}

/// A BMC that tells what the fuzzer says.
struct Liar<'a> {
    answers: Bytes<'a>,
    asked: usize,
    pending: Option<(u8, u8)>,
}

impl IpmiConnection for Liar<'_> {
    type SendError = TransportError;
    type RecvError = TransportError;
    type Error = TransportError;

    fn send(&mut self, request: &mut Request) -> Result<(), TransportError> {
        self.asked += 1;
        assert!(self.asked < MOST_REQUESTS, "a verb that asks without end");
        self.pending = Some((request.netfn_raw(), request.cmd()));
        Ok(())
    }

    fn recv(&mut self) -> Result<Response, TransportError> {
        let (netfn, cmd) = self.pending.take().ok_or(TransportError::Closed)?;
        let code = match self.answers.byte() {
            None | Some(0xff) => return Err(TransportError::NoAnswer),
            Some(0..0xf0) => 0,
            Some(_) => self.answers.byte().unwrap_or(0xc1),
        };
        let length = self.answers.byte().unwrap_or(0);
        let mut data = vec![code];
        data.extend_from_slice(self.answers.take(length.into()));
        Response::new(Message::new_raw(netfn, cmd, data), 0).ok_or(TransportError::NoAnswer)
    }

    fn send_recv(&mut self, request: &mut Request) -> Result<Response, TransportError> {
        self.send(request)?;
        self.recv()
    }
}

impl BmcConnection for Liar<'_> {}

/// More than any verb asks of a BMC that says nothing new: a repository of 65,535 records in pieces aside, which takes
/// more answers than an input holds.
const MOST_REQUESTS: usize = 100_000;
