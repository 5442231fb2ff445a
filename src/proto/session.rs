//! An established RMCP+ session: it numbers and seals what goes out, and lets in what is authentic and new.

use thiserror::Error;

use super::replay::Window;
use crate::crypto::seal::{Reject, SessionKeys};
use crate::crypto::suite::Suite;
use crate::wire::session::{PayloadType, V20};

/// One side's view of an established session.
#[derive(Debug)]
pub struct Session {
    keys: SessionKeys,
    console: u32,
    bmc: u32,
    sequence: u32,
    window: Window,
}

/// Why a packet was not let in. None of these is ever more than counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// It names another session.
    #[error("the packet is for another session")]
    OtherSession,
    /// It is not authentic or cannot be decrypted.
    #[error(transparent)]
    Reject(#[from] Reject),
    /// Its sequence number was there before or is too old.
    #[error("the packet's session sequence number was there before, or is too old")]
    Replayed,
}

impl Session {
    /// A session whose console calls it `console` and whose BMC calls it `bmc`.
    pub fn new(keys: SessionKeys, console: u32, bmc: u32) -> Self {
        Self {
            keys,
            console,
            bmc,
            sequence: 0,
            window: Window::default(),
        }
    }

    /// The remote console's session id: the one in packets from the BMC.
    pub fn console_id(&self) -> u32 {
        self.console
    }

    /// The managed system's session id: the one in packets to the BMC.
    pub fn bmc_id(&self) -> u32 {
        self.bmc
    }

    /// The cipher suite in use.
    pub fn suite(&self) -> Suite {
        self.keys.suite()
    }

    /// The next datagram to the BMC, with `payload` in it. `iv` must be fresh random bytes.
    pub fn seal(&mut self, payload_type: PayloadType, payload: &[u8], iv: [u8; 16]) -> Vec<u8> {
        // Session sequence numbers start at 1 and never are 0 (section 6.12.8).
        self.sequence = self.sequence.checked_add(1).unwrap_or(1);
        self.keys
            .seal(payload_type, self.bmc, self.sequence, payload, iv)
    }

    /// The payload of a packet from the BMC, once it is known to be authentic and new.
    pub fn open(&mut self, packet: &V20<'_>) -> Result<Vec<u8>, Refused> {
        if packet.session != self.console {
            return Err(Refused::OtherSession);
        }
        let payload = self.keys.open(packet)?;
        // Some BMCs do not number the packets of sessions without integrity; nothing is lost by not counting there.
        let unnumbered = packet.sequence == 0 && !self.keys.authenticates();
        if unnumbered || self.window.admit(packet.sequence) {
            Ok(payload)
        } else {
            Err(Refused::Replayed)
        }
    }
}
