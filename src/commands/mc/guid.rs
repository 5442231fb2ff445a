//! `mc guid [encoding]`.

use ipmi_rs::connection::Message;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::dates::Dates;
use crate::commands::output::Output;
use crate::commands::{Desk, Job};
use crate::ipmi::guid::{Encoding, GetSystemGuid, Guid, detect};
use crate::ipmi::{Failure, exchange};

/// How the GUID is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// In the encoding that is detected; its bytes where none is.
    Detected,
    /// In this encoding.
    As(Encoding),
    /// Its bytes.
    Dump,
}

impl Job for Show {
    fn first(&self) -> Vec<Message> {
        vec![GetSystemGuid.into()]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let bytes = match exchange(desk.bmc, GetSystemGuid) {
            Ok(bytes) => bytes,
            Err(failure) => return fail(&failure, desk.output),
        };
        let encoding = match self {
            Self::Detected => detect(bytes, is_past),
            Self::As(encoding) => Some(*encoding),
            Self::Dump => None,
        };
        let Some(encoding) = encoding else {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            desk.output.line(format_args!("System GUID   : {digits}"));
            return true;
        };
        let guid = Guid::decode(bytes, encoding);
        print(&guid, desk.output);
        if *self == Self::Detected {
            print_encoding(encoding, desk.output);
        }
        print_version(&guid, desk.context.utc, desk.output);
        true
    }
}

fn fail(failure: &Failure, output: &mut Output) -> bool {
    match failure {
        Failure::Transport(error) => {
            output.explain(error);
            output.complain(format_args!("IPMI response is NULL."));
        }
        Failure::Answer(_) => output.complain(format_args!("Unexpected data length received.")),
        Failure::Completion(_) => output.complain(format_args!("IPMI command failed: {failure}")),
    }
    false
}

/// Whether a time lies between 1970 and the end of this year.
fn is_past(seconds: i64) -> bool {
    let this_year = Timestamp::now().to_zoned(TimeZone::UTC).year();
    Timestamp::from_second(seconds).is_ok_and(|time| {
        let year = time.to_zoned(TimeZone::UTC).year();
        (1970..=this_year).contains(&year)
    })
}

fn print(guid: &Guid, output: &mut Output) {
    let node = guid.node.map(|byte| format!("{byte:02x}")).concat();
    output.line(format_args!(
        "System GUID   : {:08x}-{:04x}-{:04x}-{:04x}-{node}",
        guid.time_low, guid.time_mid, guid.time_hi_and_version, guid.clock_seq
    ));
}

fn print_encoding(encoding: Encoding, output: &mut Output) {
    let name = match encoding {
        Encoding::Ipmi => "IPMI",
        Encoding::Rfc4122 => "RFC4122 (WARNING: IPMI Specification violation!)",
        Encoding::Smbios => "SMBIOS (WARNING: IPMI Specification violation!)",
    };
    output.line(format_args!("GUID Encoding : {name}"));
}

fn print_version(guid: &Guid, utc: bool, output: &mut Output) {
    let version = guid.version();
    let name = match version {
        1 => "Time-based",
        2 => "DCE Security with POSIX UIDs (not for IPMI)",
        3 => "Name-based using MD5",
        4 => "Random or pseudo-random",
        5 => "Name-based using SHA-1",
        _ => {
            output.line(format_args!(
                "GUID Version  : Unknown/unsupported ({version})"
            ));
            return;
        }
    };
    output.line(format_args!("GUID Version  : {name}"));
    if version == 1 {
        // As in stock, only the low 32 bits count.
        let [b0, b1, b2, b3, ..] = guid.seconds().to_le_bytes();
        let stamp = u32::from_le_bytes([b0, b1, b2, b3]);
        output.print(format_args!("Timestamp     : "));
        output.bytes(&Dates::from_environment(utc).numeric(stamp));
        output.print(format_args!("\n"));
    }
}
