//! `mc getsysinfo <argument>` and `mc setsysinfo <argument> <string>`.

use crate::commands::output::Output;
use crate::commands::{Desk, Job, Refusal};
use crate::ipmi::system_info::{GetSystemInfo, PARAMETERS, Parameter, SetSystemInfo};
use crate::ipmi::{Failure, exchange};
use crate::wire::text::up_to_nul;

/// Reads a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Get(Parameter);

/// Writes a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    parameter: Parameter,
    text: Vec<u8>,
}

/// Parses what follows `getsysinfo`.
///
/// # Errors
///
/// Help, or an unknown argument.
pub fn parse_get(words: &[&str]) -> Result<Get, Refusal> {
    match words {
        [] => Err(missing()),
        ["help"] => Err(Refusal::help(usage())),
        [name, ..] => parameter("getsysinfo", name).map(Get),
    }
}

/// Parses what follows `setsysinfo`.
///
/// # Errors
///
/// Help, an unknown argument, or a text that is too long.
pub fn parse_set(words: &[&str]) -> Result<Set, Refusal> {
    match words {
        ["help"] => Err(Refusal::help(usage())),
        [] | [_] => Err(missing()),
        [name, text, ..] => {
            let parameter = parameter("setsysinfo", name)?;
            let most = BLOCK * usize::from(parameter.blocks) - HEADER;
            if text.len() > most {
                return Err(Refusal::error(format!(
                    "setsysinfo {name}: the string has {} bytes, at most {most} fit",
                    text.len()
                )));
            }
            Ok(Set {
                parameter,
                text: text.as_bytes().to_vec(),
            })
        }
    }
}

fn parameter(verb: &str, name: &str) -> Result<Parameter, Refusal> {
    PARAMETERS
        .into_iter()
        .find(|parameter| parameter.name == name)
        .ok_or_else(|| {
            Refusal::error(format!(
                "Invalid mc/bmc {verb} command: {name}\n{}",
                usage()
            ))
        })
}

fn missing() -> Refusal {
    Refusal::error(format!("Not enough parameters given.\n{}", usage()))
}

impl Job for Get {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Self(Parameter {
            name,
            number,
            mut blocks,
        }) = *self;
        let mut text = Vec::new();
        let mut block = 0;
        let mut failed = None;
        while block < blocks {
            if desk.context.verbose > 1 {
                desk.output
                    .line(format_args!("getsysinfo: {number:02x}/{block:02x}/00"));
            }
            let command = GetSystemInfo {
                parameter: number,
                block,
            };
            match exchange(desk.bmc, command) {
                Ok(answer) if block == 0 => {
                    // As in stock: a length of Latin-1 says how many blocks there are, and none is above 127.
                    if answer.encoding() == 0 {
                        blocks = match answer.length() {
                            length @ 0..=127 => (length + HEADER_AND_ROUND) / BLOCK_8,
                            _ => 1,
                        };
                    }
                    text.extend_from_slice(answer.first());
                }
                Ok(answer) => text.extend_from_slice(answer.other()),
                Err(failure) => {
                    failed = Some(failure);
                    break;
                }
            }
            block += 1;
        }
        desk.output.bytes(up_to_nul(&text));
        desk.output.line(format_args!(""));
        match failed {
            None => true,
            Some(failure) => fail("getsysinfo", name, block, &failure, desk.output),
        }
    }
}

impl Job for Set {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Parameter { name, number, .. } = self.parameter;
        // Encoding 0 (Latin-1) and the length; at most 62.
        let length = u8::try_from(self.text.len()).unwrap_or(u8::MAX);
        let bytes = [&[0, length], &self.text[..]].concat();
        for (chunk, block) in bytes.chunks(BLOCK).zip(0..) {
            let mut data = [0; BLOCK];
            for (byte, given) in data.iter_mut().zip(chunk) {
                *byte = *given;
            }
            let command = SetSystemInfo {
                parameter: number,
                block,
                data,
            };
            if let Err(failure) = exchange(desk.bmc, command) {
                fail("setsysinfo", name, block, &failure, desk.output);
                if block > 0 {
                    desk.output.complain(format_args!(
                        "Only the first {block} blocks of the string are written"
                    ));
                }
                return false;
            }
        }
        true
    }
}

fn fail(verb: &str, name: &str, block: u8, failure: &Failure, output: &mut Output) -> bool {
    match failure {
        Failure::Transport(error) => {
            output.explain(error);
            output.complain(format_args!("{verb} {name} set {block} command failed"));
        }
        Failure::Completion(UNSUPPORTED) => {
            output.complain(format_args!("{verb} {name} parameter not supported"));
        }
        failure => output.complain(format_args!("{verb} command failed: {failure}")),
    }
    false
}

fn usage() -> String {
    format!("{USAGE}{ARGUMENTS}")
}

/// Bytes of a block.
const BLOCK: usize = 16;
const BLOCK_8: u8 = 16;

/// Encoding and length stand before the text of the first block.
const HEADER: usize = 2;

/// The same, and what rounds up to whole blocks.
const HEADER_AND_ROUND: u8 = 17;

/// The BMC does not know the parameter.
const UNSUPPORTED: u8 = 0x80;

const USAGE: &str = "usage:
  getsysinfo <argument>
    Retrieves system info from BMC for given argument
  setsysinfo <argument> <string>
    Stores system info string for given argument to BMC

  Valid arguments are:
";

/// The arguments' names, and an empty line.
pub const ARGUMENTS: &str = "    system_fw_version   System firmware (e.g. BIOS) version
    primary_os_name     Primary operating system name
    os_name             Operating system name
    system_name         System Name of server(vendor dependent)
    delloem_os_version  Running version of operating system
    delloem_url         URL of BMC webserver
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_does_not_fit_is_not_cut_off() {
        let text = "x".repeat(63);
        assert!(parse_set(&["os_name", &text[..62]]).is_ok());
        assert!(parse_set(&["os_name", &text]).is_err());
        assert!(parse_set(&["delloem_url", &text[..30]]).is_ok());
        assert!(parse_set(&["delloem_url", &text[..31]]).is_err());
    }
}
