//! The BMC's own list of cipher suites (IPMI 2.0 section 22.15), and the order in which they are tried.

use crate::crypto::suite::Suite;
use crate::wire::lan;

/// Get Channel Cipher Suites for the channel in use: the `page`th 16 bytes of the list for IPMI payloads, by suite.
pub(super) fn request(page: u8, seq: u8) -> Vec<u8> {
    lan::Message::request(
        NETFN_APP,
        0,
        seq,
        GET_CHANNEL_CIPHER_SUITES,
        &[0x0e, 0x00, 0x80 | page & 0x3f],
    )
    .to_bytes()
}

/// The record bytes in an answer to [`request`]; `None` if it is not one, or a refusal.
pub(super) fn records(payload: &[u8], seq: u8) -> Option<Vec<u8>> {
    let message = lan::Message::parse(payload).ok()?;
    let ours = message.netfn == NETFN_APP | 1
        && message.cmd == GET_CHANNEL_CIPHER_SUITES
        && message.seq == seq;
    match message.data {
        [0, _channel, records @ ..] if ours && records.len() <= PAGE => Some(records.to_vec()),
        _ => None,
    }
}

/// What is tried without a list: 17, then 3.
pub(super) fn unasked() -> Vec<Suite> {
    [17, 3].into_iter().filter_map(Suite::by_id).collect()
}

/// What is tried with a list: 17 if it is there, then 3; then 3 all the same, as ipmitool does, since some lists lie.
pub(super) fn preferred(list: &[u8]) -> Vec<Suite> {
    let offered = ids(list);
    let mut out = Vec::new();
    if offered.contains(&17) {
        out.extend(Suite::by_id(17));
    }
    out.extend(Suite::by_id(3));
    if offered.contains(&8) && !offered.contains(&3) {
        out.extend(Suite::by_id(8));
    }
    out
}

/// Bytes of a full page; a shorter one is the last.
pub(super) const PAGE: usize = 16;

/// Pages there can be (a six-bit index).
pub(super) const PAGES: u8 = 64;

/// Suite ids in the record list: `C0h id`, or `C1h id IANA`, then algorithms, whose bytes are below C0h.
fn ids(list: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = list;
    while let [start, id, tail @ ..] = rest {
        rest = match start {
            0xc0 => {
                out.push(*id);
                tail
            }
            0xc1 => tail.get(3..).unwrap_or_default(),
            _ => &rest[1..],
        };
    }
    out
}

const NETFN_APP: u8 = 0x06;
const GET_CHANNEL_CIPHER_SUITES: u8 = 0x54;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_the_one_that_ipmitool_sends() {
        assert_eq!(
            request(0, 0),
            [0x20, 0x18, 0xc8, 0x81, 0x00, 0x54, 0x0e, 0x00, 0x80, 0x9d]
        );
    }

    #[test]
    fn seventeen_is_preferred_where_offered_and_three_follows() {
        let list = |ids: &[u8]| {
            ids.iter()
                .flat_map(|id| [0xc0, *id, 0x01, 0x41, 0x81])
                .collect::<Vec<_>>()
        };
        let chosen = |ids: &[u8]| {
            preferred(&list(ids))
                .iter()
                .map(|s| s.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[0, 3, 17]), [17, 3]);
        assert_eq!(chosen(&[1, 2, 3]), [3]);
        assert_eq!(chosen(&[]), [3]);
        assert_eq!(chosen(&[8]), [3, 8]);
    }

    #[test]
    fn a_cut_or_nonsensical_list_yields_what_can_be_read() {
        assert_eq!(ids(&[0xc0]), [0u8; 0]);
        assert_eq!(ids(&[0xc1, 0x80, 1, 2]), [0u8; 0]);
        assert_eq!(ids(&[0xc1, 0x80, 1, 2, 3, 0x01, 0xc0, 17]), [17]);
        assert_eq!(ids(&[0x01, 0x41, 0xc0, 3, 0x01]), [3]);
    }
}
