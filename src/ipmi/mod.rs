//! Typed IPMI commands ([`IpmiCommand`]), one file per chapter of the IPMI v2.0 specification, and the names of values.
//!
//! Parsers are total: an answer of the wrong length is an [`AnswerError`], never a panic.

use std::fmt;

use ipmi_rs::connection::{
    Address, Channel, IpmiCommand, LogicalUnit, Message, Request, RequestTargetAddress, Response,
};

use crate::transport::{BmcConnection, MOST_HINTS, TransportError};

pub mod app;
pub mod boot;
pub mod channel;
pub mod chassis;
pub mod complaint;
pub mod completion;
pub mod entities;
pub mod events;
pub mod guid;
pub mod ipmb;
pub mod lan;
pub mod names;
pub mod payload;
pub mod pef;
pub mod sensor_types;
pub mod serial;
pub mod session;
pub mod sol;
pub mod system_info;
pub mod units;
pub mod user;
pub mod vendors;
pub mod watchdog;

/// Any connection, as the floors above see it.
pub type Bmc<'a> = dyn BmcConnection + 'a;

/// Sends `command` to the BMC's LUN 0 and parses its answer.
///
/// `ipmi_rs::Ipmi::send_recv` does the same, but its error no longer has the completion code's byte, which users are
/// shown.
///
/// # Errors
///
/// [`Failure`], by whose fault it is.
pub fn exchange<C>(bmc: &mut Bmc<'_>, command: C) -> Result<C::Output, Failure>
where
    C: IpmiCommand<Error = AnswerError>,
{
    let mut request = Request::new(command.into(), RequestTargetAddress::Bmc(LogicalUnit::Zero));
    let response = succeed(bmc.send_recv(&mut request)?)?;
    Ok(C::parse_success_response(response.data())?)
}

/// Sends any request to the BMC's LUN 0; the data of an answer with completion code 00h.
///
/// # Errors
///
/// [`Failure::Transport`] where no answer came, [`Failure::Completion`] where the BMC refused.
pub fn ask(bmc: &mut Bmc<'_>, netfn: u8, cmd: u8, data: &[u8]) -> Result<Vec<u8>, Failure> {
    let target = RequestTargetAddress::Bmc(LogicalUnit::Zero);
    ask_at(bmc, target, netfn, cmd, data)
}

/// The same, of any unit of any controller, such as a sensor's owner ([`at`]).
///
/// # Errors
///
/// As [`ask`].
pub fn ask_at(
    bmc: &mut Bmc<'_>,
    target: RequestTargetAddress,
    netfn: u8,
    cmd: u8,
    data: &[u8],
) -> Result<Vec<u8>, Failure> {
    let mut request = Request::new(Message::new_raw(netfn, cmd, data.to_vec()), target);
    Ok(succeed(bmc.send_recv(&mut request)?)?.data().to_vec())
}

/// Unit `lun` of the controller with this slave address (8 bits) on a channel, both as a sensor data record names them:
/// the request goes over the BMC, or straight to it where the address is its own. `None` where there can be no such
/// channel.
pub fn at(address: u8, channel: u8, lun: u8) -> Option<RequestTargetAddress> {
    let channel = Channel::new(channel)?;
    let lun = LogicalUnit::from_low_bits(lun);
    Some(RequestTargetAddress::BmcOrIpmb(
        Address(address),
        channel,
        lun,
    ))
}

/// Names commands to the BMC's LUN 0 that may be asked for soon, in this order, and that change nothing: over a network
/// they are asked ahead ([`BmcConnection::hint`]). [`exchange`] of an equal one then returns what was fetched.
pub fn hint<C: Into<Message>>(bmc: &mut Bmc<'_>, commands: impl IntoIterator<Item = C>) {
    let target = RequestTargetAddress::Bmc(LogicalUnit::Zero);
    let commands = commands.into_iter().take(MOST_HINTS);
    let requests = commands.map(|command| Request::new(command.into(), target));
    bmc.hint(requests.collect());
}

/// Passes a response with completion code 00h on.
///
/// # Errors
///
/// [`Failure::Completion`] with any other code.
pub fn succeed(response: Response) -> Result<Response, Failure> {
    match response.cc() {
        0 => Ok(response),
        code => Err(Failure::Completion(code)),
    }
}

/// Why a command has no result.
#[derive(Debug)]
pub enum Failure {
    /// No answer came.
    Transport(TransportError),
    /// The BMC refused with this completion code, which is not 00h.
    Completion(u8),
    /// The BMC agreed, but its answer cannot be understood.
    Answer(AnswerError),
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl From<AnswerError> for Failure {
    fn from(error: AnswerError) -> Self {
        Self::Answer(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::Completion(code) => f.write_str(&completion::text(*code)),
            Self::Answer(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

/// A successful answer whose data has the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer has {got} bytes of data, expected {expected}")]
pub struct AnswerError {
    /// How many bytes came after the completion code.
    pub got: usize,
    /// How many bytes the specification says.
    pub expected: Length,
}

/// How long an answer should be, in bytes after the completion code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Exactly this many.
    Exactly(usize),
    /// This many or more.
    AtLeast(usize),
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(length) => write!(f, "{length}"),
            Self::AtLeast(length) => write!(f, "at least {length}"),
        }
    }
}

/// The first `N` bytes of an answer that must have at least as many.
///
/// # Errors
///
/// Where it has fewer.
pub fn at_least<const N: usize>(data: &[u8]) -> Result<[u8; N], AnswerError> {
    data.first_chunk().copied().ok_or(AnswerError {
        got: data.len(),
        expected: Length::AtLeast(N),
    })
}

/// An answer that must have exactly `N` bytes.
fn exactly<const N: usize>(data: &[u8]) -> Result<[u8; N], AnswerError> {
    data.try_into().map_err(|_| AnswerError {
        got: data.len(),
        expected: Length::Exactly(N),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensors_owner_is_named_as_its_record_names_it() {
        let owner = at(0x82, 7, 2).unwrap();
        assert_eq!(owner.lun().value(), 2);
        assert!(matches!(
            owner,
            RequestTargetAddress::BmcOrIpmb(Address(0x82), channel, _) if channel.value() == 7
        ));
        assert_eq!(at(0x82, 0x0c, 0), None);
    }

    #[test]
    fn a_wrong_length_says_got_and_expected() {
        let error = at_least::<3>(&[1, 2]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the answer has 2 bytes of data, expected at least 3"
        );
        assert_eq!(at_least::<2>(&[1, 2, 3]), Ok([1, 2]));
        let error = exactly::<2>(&[1, 2, 3]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the answer has 3 bytes of data, expected 2"
        );
    }
}
