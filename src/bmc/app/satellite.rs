//! Controllers behind the BMC: enough of them to be asked over bridges, one or two busses away.
//!
//! What a satellite answers comes inside the answer to Send Message.

use serde::Deserialize;

use crate::bmc::command::{Outcome, Reply, cc};
use crate::wire::lan::Message;

/// A controller on a bus.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Satellite {
    /// The slave address of the controller whose bus it is on, where that is not the BMC.
    #[serde(default)]
    pub behind: Option<u8>,
    /// That bus's channel, 0 to 15.
    pub channel: u8,
    /// Its own slave address, as 8 bits.
    pub address: u8,
    /// Its device ID.
    pub id: u8,
}

/// What comes of sending `message` into `channel` of the controller at `from` (`None`: the BMC): the answer as a whole
/// message.
pub fn send(all: &[Satellite], from: Option<u8>, channel: u8, message: &[u8]) -> Outcome {
    let Ok(request) = Message::parse(message) else {
        return Err(cc::LENGTH);
    };
    let to = (from, channel & 0x0f, request.to);
    let there = all
        .iter()
        .find(|one| (one.behind, one.channel, one.address) == to)
        .filter(|_| !request.is_response());
    match there {
        Some(satellite) => {
            let reply = Reply::from(satellite.answer(all, &request));
            let data = [&[reply.code][..], &reply.data].concat();
            Ok(request.answer(&data).to_bytes())
        }
        // Nobody acknowledges the address.
        None => Err(NAK_ON_WRITE),
    }
}

impl Satellite {
    fn answer(&self, all: &[Self], request: &Message<'_>) -> Outcome {
        match (request.netfn, request.cmd, request.data) {
            (NETFN_APP, GET_DEVICE_ID, []) => Ok(vec![
                self.id,
                0x01,
                0x01,
                0x02,
                0x51,
                0x20,
                0xf2,
                0x1b,
                0x00,
                self.address,
                request.to_lun,
            ]),
            (NETFN_APP, GET_SELF_TEST_RESULTS, []) => Ok(vec![0x55, 0x00]),
            // Nothing on a bus behind this one is behind the BMC's other busses too: the way ends after two.
            (NETFN_APP, SEND_MESSAGE, [channel, message @ ..]) if self.behind.is_none() => {
                send(all, Some(self.address), *channel, message)
            }
            _ => Err(cc::INVALID_COMMAND),
        }
    }
}

const NETFN_APP: u8 = 0x06;
const GET_DEVICE_ID: u8 = 0x01;
const GET_SELF_TEST_RESULTS: u8 = 0x04;
const SEND_MESSAGE: u8 = 0x34;

/// Nobody acknowledges (83h).
pub const NAK_ON_WRITE: u8 = 0x83;

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> Vec<Satellite> {
        let at = |behind, channel, address, id| Satellite {
            behind,
            channel,
            address,
            id,
        };
        vec![at(None, 0, 0x82, 0x11), at(Some(0x82), 7, 0x72, 0x12)]
    }

    fn to<'a>(address: u8, cmd: u8, data: &'a [u8]) -> Message<'a> {
        Message {
            to: address,
            ..Message::request(6, 0, 5, cmd, data)
        }
    }

    #[test]
    fn a_satellite_is_reached_on_its_own_bus_only() {
        let ask = to(0x82, 1, &[]).to_bytes();
        let answer = send(&shelf(), None, 0x40, &ask).unwrap();
        let answer = Message::parse(&answer).unwrap();
        assert_eq!((answer.netfn, answer.seq, answer.from), (7, 5, 0x82));
        assert_eq!(answer.data[..2], [0, 0x11]);
        assert_eq!(send(&shelf(), None, 0x47, &ask), Err(NAK_ON_WRITE));
        assert_eq!(
            send(&shelf(), None, 0, &to(0x72, 1, &[]).to_bytes()),
            Err(NAK_ON_WRITE)
        );
        assert_eq!(send(&shelf(), None, 0, &ask[..5]), Err(cc::LENGTH));
    }

    #[test]
    fn one_behind_another_is_reached_through_it() {
        let inner = to(0x72, 1, &[]).to_bytes();
        let through = |channel: u8| {
            let outer = to(0x82, 0x34, &[&[channel][..], &inner].concat()).to_bytes();
            let answer = send(&shelf(), None, 0, &outer).unwrap();
            Message::parse(&answer).unwrap().data.to_vec()
        };
        let data = through(0x47);
        assert_eq!(data[0], 0);
        assert_eq!(Message::parse(&data[1..]).unwrap().data[..2], [0, 0x12]);
        assert_eq!(through(0x40), [NAK_ON_WRITE]);
    }
}
