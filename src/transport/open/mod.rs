//! `-I open`: the BMC of this very machine, through the kernel's driver ([`ipmi_rs::File`]).
//!
//! The driver carries a request to a controller behind the BMC by itself; only for one with another controller in
//! between is Send Message made here, as in stock. Nothing in this module panics.

mod own_address;

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ipmi_rs::File;
use ipmi_rs::connection::{
    Address, Channel, IpmiConnection, LogicalUnit, Message, Request, RequestTargetAddress, Response,
};

use super::{Addressing, BmcConnection, TransportError, system_text};
use crate::proto::bridge::{Hop, Route};
use crate::wire::lan::checksum;

/// An open device.
pub struct Device {
    file: File,
    path: PathBuf,
    addressing: Addressing,
    /// Why no request can be sent.
    refusal: Option<String>,
    /// The request that is not yet answered.
    pending: Option<Pending>,
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    netfn: u8,
    cmd: u8,
    /// Whether its answer comes inside one to Send Message.
    wrapped: bool,
    since: Instant,
}

impl Device {
    /// Opens device number `number`, wherever the system has put it.
    ///
    /// # Errors
    ///
    /// [`TransportError::Open`] with stock's line, and the reason that says most: that a device may not be opened,
    /// rather than that another does not exist.
    pub fn at(number: u32) -> Result<Self, TransportError> {
        log::debug!("Using ipmi device {number}");
        let paths = PLACES.map(|place| PathBuf::from(format!("{place}{number}")));
        let mut reason: Option<io::Error> = None;
        for path in &paths {
            match File::new(path, PATIENCE) {
                Ok(file) => {
                    return Ok(Self {
                        file,
                        path: path.clone(),
                        addressing: Addressing::default(),
                        refusal: None,
                        pending: None,
                    });
                }
                Err(error) => {
                    if reason
                        .as_ref()
                        .is_none_or(|known| known.kind() == ErrorKind::NotFound)
                    {
                        reason = Some(error);
                    }
                }
            }
        }
        let names = paths.map(|path| path.display().to_string()).join(" or ");
        let reason = reason.map_or_else(String::new, |error| system_text(&error));
        Err(TransportError::Open(format!(
            "Could not open device at {names}: {reason}"
        )))
    }

    /// Tells the driver our own address, and opens it again: the connection looks at it when it begins.
    fn take_address(&mut self, address: u8) -> io::Result<()> {
        own_address::set(&fs::File::open(&self.path)?, address)?;
        self.file = File::new(&self.path, PATIENCE)?;
        log::debug!("Set IPMB address to 0x{address:x}");
        Ok(())
    }
}

impl IpmiConnection for Device {
    type SendError = TransportError;
    type RecvError = TransportError;
    type Error = TransportError;

    fn send(&mut self, request: &mut Request) -> Result<(), TransportError> {
        if let Some(refusal) = &self.refusal {
            return Err(TransportError::Medium(refusal.clone()));
        }
        let mut outer = outer(&self.addressing, request)?;
        self.pending = Some(Pending {
            netfn: request.netfn_raw(),
            cmd: request.cmd(),
            wrapped: self
                .addressing
                .route(request.target())
                .is_some_and(|route| route.transit.is_some()),
            since: Instant::now(),
        });
        self.file.send(&mut outer).map_err(|error| {
            TransportError::Medium(format!("Unable to send command: {}", system_text(&error)))
        })
    }

    fn recv(&mut self) -> Result<Response, TransportError> {
        let pending = self.pending.take().ok_or(TransportError::Closed)?;
        loop {
            let response = match self.file.recv() {
                Ok(response) => response,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Err(TransportError::Medium("No data available".to_owned()));
                }
                // Without a system's number it is an answer to something else: one that came too late, say.
                Err(error) if error.raw_os_error().is_none() => {
                    log::debug!("{error}");
                    if pending.since.elapsed() > PATIENCE {
                        return Err(TransportError::NoAnswer);
                    }
                    continue;
                }
                Err(error) => {
                    return Err(TransportError::Medium(format!(
                        "Error receiving message: {}",
                        system_text(&error)
                    )));
                }
            };
            let (netfn, cmd) = match pending.wrapped {
                true => (NETFN_APP, SEND_MESSAGE),
                false => (pending.netfn, pending.cmd),
            };
            if (response.netfn_raw(), response.cmd()) != (netfn | 1, cmd) {
                return Err(TransportError::Malformed("it belongs to another request"));
            }
            return inner(&pending, &response);
        }
    }

    fn send_recv(&mut self, request: &mut Request) -> Result<Response, TransportError> {
        self.send(request)?;
        self.recv()
    }
}

/// One request at a time, and the driver's own patience.
impl BmcConnection for Device {
    fn set_addressing(&mut self, addressing: Addressing) {
        self.addressing = addressing;
        // As in stock, the address that others have left in the driver is not kept.
        if addressing.target.is_some()
            && let Err(error) = self.take_address(addressing.own)
        {
            self.refusal = Some(format!(
                "Could not set IPMB address: {}",
                system_text(&error)
            ));
        }
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device")
            .field("path", &self.path)
            .field("addressing", &self.addressing)
            .finish_non_exhaustive()
    }
}

/// The request as the driver gets it.
fn outer(addressing: &Addressing, request: &Request) -> Result<Request, TransportError> {
    let lun = request.target().lun();
    let message = Message::new_raw(request.netfn_raw(), request.cmd(), request.data().to_vec());
    if message.data().len() > MAX_DATA {
        // The driver's own word for it.
        return Err(TransportError::Medium(
            "Unable to send command: Message too long".to_owned(),
        ));
    }
    let Some(route) = addressing.route(request.target()) else {
        return Ok(Request::new(message, RequestTargetAddress::Bmc(lun)));
    };
    let (hop, message) = match route.transit {
        None => (route.target, message),
        Some(transit) => (transit, wrap(&route, lun, &message)),
    };
    Ok(Request::new(message, address(hop, lun)?))
}

fn address(hop: Hop, lun: LogicalUnit) -> Result<RequestTargetAddress, TransportError> {
    let channel = Channel::new(hop.channel).ok_or_else(|| {
        TransportError::Medium("Unable to send command: Invalid argument".to_owned())
    })?;
    Ok(RequestTargetAddress::BmcOrIpmb(
        Address(hop.address),
        channel,
        lun,
    ))
}

/// Send Message to the controller in between, with tracking. It puts its own address where FFh stands.
fn wrap(route: &Route, lun: LogicalUnit, message: &Message) -> Message {
    let target = [route.target.address, message.netfn_raw() << 2 | lun.value()];
    let body = [&[0xff, 0, message.cmd()], message.data()].concat();
    let data = [
        &[TRACK | route.target.channel],
        &target[..],
        &[checksum(&target)],
        &body,
        &[checksum(&body)],
    ]
    .concat();
    Message::new_raw(NETFN_APP, SEND_MESSAGE, data)
}

/// The answer to the request itself, out of its wrapping where it has one.
fn inner(pending: &Pending, response: &Response) -> Result<Response, TransportError> {
    let mut data = vec![response.cc()];
    data.extend_from_slice(response.data());
    if pending.wrapped && response.cc() == 0 {
        data = match data.get(WRAPPING..data.len().saturating_sub(1)) {
            Some(inside) if !inside.is_empty() => inside.to_vec(),
            _ => return Err(TransportError::Malformed("no answer inside Send Message")),
        };
    }
    Response::new(
        Message::new_raw(pending.netfn, pending.cmd, data),
        response.seq(),
    )
    .ok_or(TransportError::Malformed("no completion code"))
}

/// Where systems put the device, before its number.
const PLACES: [&str; 3] = ["/dev/ipmi", "/dev/ipmi/", "/dev/ipmidev/"];

/// How long stock waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

const NETFN_APP: u8 = 0x06;
const SEND_MESSAGE: u8 = 0x34;

/// The BMC remembers who asked.
const TRACK: u8 = 0x40;

/// Bytes before the completion code of an answer inside Send Message's: its own code, and a message's head.
const WRAPPING: usize = 7;

/// The driver takes no more.
const MAX_DATA: usize = 272;

#[cfg(test)]
mod tests {
    use super::*;

    fn request(data: &[u8]) -> Request {
        Request::new(
            Message::new_raw(0x2c, 0x3e, data.to_vec()),
            RequestTargetAddress::Bmc(LogicalUnit::Two),
        )
    }

    fn addressing(target: Option<(u8, u8)>, transit: Option<(u8, u8)>) -> Addressing {
        let hop = |(channel, address)| Hop { channel, address };
        Addressing {
            target: target.map(hop),
            transit: transit.map(hop),
            ..Addressing::default()
        }
    }

    #[test]
    fn a_missing_device_is_reported_in_stocks_words() {
        let error = Device::at(4711).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Could not open device at /dev/ipmi4711 or /dev/ipmi/4711 or /dev/ipmidev/4711: \
             No such file or directory"
        );
    }

    #[test]
    fn the_driver_bridges_to_one_bus_and_send_message_to_the_next() {
        let plain = outer(&addressing(None, None), &request(&[7])).unwrap();
        assert_eq!(plain.target(), RequestTargetAddress::Bmc(LogicalUnit::Two));
        let ourselves = outer(&addressing(Some((0, 0x20)), None), &request(&[7])).unwrap();
        assert_eq!(
            ourselves.target(),
            RequestTargetAddress::Bmc(LogicalUnit::Two)
        );

        let once = outer(&addressing(Some((7, 0x82)), None), &request(&[7])).unwrap();
        let seven = Channel::new(7).unwrap();
        assert_eq!(
            once.target(),
            RequestTargetAddress::BmcOrIpmb(Address(0x82), seven, LogicalUnit::Two)
        );
        assert_eq!(
            (once.netfn_raw(), once.cmd(), once.data()),
            (0x2c, 0x3e, &[7][..])
        );

        let far = addressing(Some((7, 0x72)), Some((0, 0x82)));
        let twice = outer(&far, &request(&[7])).unwrap();
        assert_eq!(
            twice.target(),
            RequestTargetAddress::BmcOrIpmb(Address(0x82), Channel::Primary, LogicalUnit::Two)
        );
        assert_eq!((twice.netfn_raw(), twice.cmd()), (0x06, 0x34));
        assert_eq!(
            twice.data(),
            [0x47, 0x72, 0xb2, 0xdc, 0xff, 0x00, 0x3e, 0x07, 0xbc]
        );
    }

    #[test]
    fn what_the_driver_cannot_carry_is_refused_in_its_words() {
        let far = addressing(Some((0x0c, 0x82)), None);
        let error = outer(&far, &request(&[])).err().unwrap();
        assert_eq!(
            error.to_string(),
            "Unable to send command: Invalid argument"
        );
        let error = outer(&addressing(None, None), &request(&[0; 273]));
        assert_eq!(
            error.err().unwrap().to_string(),
            "Unable to send command: Message too long"
        );
    }

    #[test]
    fn an_answer_is_taken_out_of_its_wrapping_whatever_its_length() {
        let pending = Pending {
            netfn: 0x2c,
            cmd: 0x3e,
            wrapped: true,
            since: Instant::now(),
        };
        let whole = [0, 0x20, 0xb6, 0x2a, 0x72, 0, 0x3e, 0xc1, 5, 6, 0x99];
        for length in 1..=whole.len() {
            let message = Message::new_raw(7, SEND_MESSAGE, whole[..length].to_vec());
            let got = inner(&pending, &Response::new(message, 0).unwrap());
            match length {
                ..9 => assert!(matches!(got, Err(TransportError::Malformed(_))), "{length}"),
                _ => {
                    let got = got.unwrap();
                    assert_eq!((got.netfn_raw(), got.cmd(), got.cc()), (0x2c, 0x3e, 0xc1));
                    assert_eq!(got.data(), &whole[8..length - 1]);
                }
            }
        }
        let refused = Message::new_raw(7, SEND_MESSAGE, vec![0x83]);
        let refused = inner(&pending, &Response::new(refused, 0).unwrap()).unwrap();
        assert_eq!((refused.cc(), refused.data()), (0x83, &[][..]));
    }
}
