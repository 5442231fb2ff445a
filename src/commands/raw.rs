//! `raw <netfn> <cmd> [data]`.

use std::fmt::Write;
use std::time::Duration;

use ipmi_rs::connection::{LogicalUnit, Message, Request, RequestTargetAddress};

use crate::cli::Context;
use crate::cli::number;
use crate::ipmi::{Bmc, completion, names};

use super::output::Output;
use super::{Desk, Job, Parsed, Refusal};

/// A raw request.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Raw {
    /// The channel as it is shown: the bridging target's, or 0.
    channel: u8,
    /// 0 to 3Fh.
    netfn: u8,
    lun: LogicalUnitNumber,
    cmd: u8,
    data: Vec<u8>,
}

/// A LUN, 0 to 3.
type LogicalUnitNumber = u8;

/// Parses what follows `raw`.
///
/// # Errors
///
/// Help, too few or too many words, or something that is no byte.
pub fn parse(words: &[&str], context: &Context) -> Result<Parsed, Refusal> {
    if words == ["help"] {
        return Err(Refusal::help(usage()));
    }
    let [netfn, cmd, data @ ..] = words else {
        return Err(Refusal::error(format!(
            "Not enough parameters given.\n{}",
            usage()
        )));
    };
    if words.len() > MAX_WORDS {
        return Err(Refusal::error(
            "Raw command input limit (256 bytes) exceeded",
        ));
    }
    let netfn = match names::value(netfn, names::NETFNS) {
        Some(netfn) => netfn,
        None => byte("netfn", netfn)?,
    };
    let bridging = context.bridging;
    let bridged = bridging.target_address != 0 || bridging.transit_address != 0;
    Ok(Parsed::job(Raw {
        channel: if bridged {
            bridging.target_channel & 0x0f
        } else {
            0
        },
        netfn: netfn & 0x3f,
        lun: bridging.target_lun & 3,
        cmd: byte("command", cmd)?,
        data: data
            .iter()
            .map(|word| byte("data", word))
            .collect::<Result<_, _>>()?,
    }))
}

impl Job for Raw {
    /// Whatever `-N` and `-R` say.
    fn patience(&self) -> Option<(Duration, u32)> {
        Some((TIMEOUT, TRIES))
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        send(self, desk.context.verbose, desk.bmc, desk.output)
    }
}

/// Sends it and prints the answer. Whether there was a good one.
fn send(raw: &Raw, verbose: u8, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    let Raw {
        channel,
        netfn,
        lun,
        cmd,
        data,
    } = raw;
    let address = format!("channel=0x{channel:x} netfn=0x{netfn:x} lun=0x{lun:x} cmd=0x{cmd:x}");
    if verbose > 0 {
        output.complain(format_args!("RAW REQ ({address} data_len={})", data.len()));
        if !data.is_empty() {
            output.complain(format_args!(
                "RAW REQUEST ({} bytes)\n{}",
                data.len(),
                dump(data)
            ));
        }
    }
    let target = RequestTargetAddress::Bmc(LogicalUnit::from_low_bits(*lun));
    let mut request = Request::new(Message::new_raw(*netfn, *cmd, data.clone()), target);
    let response = match bmc.send_recv(&mut request) {
        Ok(response) => response,
        Err(error) => {
            output.explain(&error);
            output.complain(format_args!("Unable to send RAW command ({address})"));
            return false;
        }
    };
    let code = response.cc();
    if code != 0 {
        let text = completion::text(code);
        output.complain(format_args!(
            "Unable to send RAW command ({address} rsp=0x{code:x}): {text}"
        ));
        return false;
    }
    if verbose > 0 {
        output.complain(format_args!("RAW RSP ({} bytes)", response.data().len()));
    }
    output.line(format_args!("{}", dump(response.data())));
    true
}

fn byte(label: &str, word: &str) -> Result<u8, Refusal> {
    number::uchar(word.as_bytes())
        .map_err(|_| Refusal::error(format!("Given {label} \"{word}\" is invalid.")))
}

/// Sixteen bytes a line, a space before each.
pub fn dump(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3 + bytes.len() / 16);
    for (index, byte) in bytes.iter().enumerate() {
        if index % 16 == 0 && index != 0 {
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, " {byte:02x}");
    }
    text
}

fn usage() -> String {
    let mut text = String::from(
        "RAW Commands:  raw <netfn> <cmd> [data]\n\nNetwork Function Codes:\n\n  VAL\tHEX\tSTRING\n\
         ==============================================\n",
    );
    for (value, name) in names::NETFNS {
        let _ = writeln!(text, "  {value}\t0x{value:02x}\t{name}");
    }
    text.push_str("\n(can also use raw hex values)");
    text
}

/// How long a raw command's answer is waited for, and how often it is sent.
const TIMEOUT: Duration = Duration::from_secs(15);
const TRIES: u32 = 1;

/// Netfn, command and 254 bytes: stock's buffer of 256.
const MAX_WORDS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_sixteen_a_line() {
        assert_eq!(dump(&[]), "");
        let lines: Vec<usize> = dump(&[0xab; 33]).lines().map(str::len).collect();
        assert_eq!(lines, [48, 48, 3]);
    }
}
