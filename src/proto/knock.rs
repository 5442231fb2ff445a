//! A question outside any session, which every BMC answers to everybody.

use crate::wire::lan;
use crate::wire::session::V15;

/// Get Channel Authentication Capabilities in IPMI 1.5 framing, for the channel in use and administrators (IPMI 2.0
/// section 22.13), with this sequence number (six bits).
pub(super) fn knock(seq: u8) -> Vec<u8> {
    let message =
        lan::Message::request(NETFN_APP, 0, seq, GET_CHANNEL_AUTHENTICATION, &[0x8e, 4]).to_bytes();
    V15 {
        auth_type: 0,
        sequence: 0,
        session: 0,
        auth_code: None,
        payload: &message,
    }
    .to_datagram()
}

/// NetFn of applications.
pub(super) const NETFN_APP: u8 = 0x06;
/// Get Channel Authentication Capabilities.
pub(super) const GET_CHANNEL_AUTHENTICATION: u8 = 0x38;
