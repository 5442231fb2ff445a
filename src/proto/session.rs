//! An established session: it numbers and seals what goes out, and lets in what is authentic and new.

use thiserror::Error;

use super::replay::Window;
use super::v15::type_name;
use crate::crypto::Key16;
use crate::crypto::auth_code;
use crate::crypto::seal::{Reject, SessionKeys};
use crate::crypto::suite::Suite;
use crate::wire::session::{PayloadType, V15, V20};

/// One side's view of an established session.
#[derive(Debug)]
pub struct Session {
    guard: Guard,
    console: u32,
    bmc: u32,
    sequence: u32,
    window: Window,
}

/// What keeps strangers out.
#[derive(Debug)]
enum Guard {
    Rmcpp(SessionKeys),
    V15(Codes),
}

/// How the packets of an IPMI 1.5 session are authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// Authentication type ([`auth_code`]).
    pub auth_type: u8,
    /// The user's password, or what stands for it.
    pub key: Key16,
    /// Whether every packet has a code; otherwise those from the BMC may have one.
    pub per_message: bool,
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
    /// An RMCP+ session whose console calls it `console` and whose BMC calls it `bmc`.
    pub fn new(keys: SessionKeys, console: u32, bmc: u32) -> Self {
        Self {
            guard: Guard::Rmcpp(keys),
            console,
            bmc,
            sequence: 0,
            window: Window::default(),
        }
    }

    /// An IPMI 1.5 session. `first` is the number of the first packet that goes out.
    pub fn v15(codes: Codes, id: u32, first: u32) -> Self {
        Self {
            guard: Guard::V15(codes),
            console: id,
            bmc: id,
            sequence: first.wrapping_sub(1),
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

    /// The cipher suite in use; an IPMI 1.5 session has none.
    pub fn suite(&self) -> Option<Suite> {
        match &self.guard {
            Guard::Rmcpp(keys) => Some(keys.suite()),
            Guard::V15(_) => None,
        }
    }

    /// What the session does not protect, in words, behind what it is; `None`: all that a session can.
    pub fn weakness(&self) -> Option<String> {
        match &self.guard {
            Guard::Rmcpp(keys) => {
                let suite = keys.suite();
                let weakness = suite.weakness()?;
                Some(format!("cipher suite {}: {weakness}", suite.id))
            }
            Guard::V15(codes) => {
                let name = type_name(codes.auth_type);
                let weakness = codes.weakness();
                Some(format!("IPMI 1.5, authentication {name}: {weakness}"))
            }
        }
    }

    /// The next datagram to the BMC, with `payload` in it. `iv` must be fresh random bytes. An IPMI 1.5 session knows
    /// IPMI messages only, of up to 255 bytes.
    pub fn seal(&mut self, payload_type: PayloadType, payload: &[u8], iv: [u8; 16]) -> Vec<u8> {
        // Session sequence numbers never are 0 (section 6.12.8); those of RMCP+ start at 1.
        self.sequence = self.sequence.checked_add(1).unwrap_or(1);
        match &self.guard {
            Guard::Rmcpp(keys) => keys.seal(payload_type, self.bmc, self.sequence, payload, iv),
            Guard::V15(codes) => codes.seal(self.bmc, self.sequence, payload),
        }
    }

    /// The payload of a packet from the BMC, once it is known to be authentic and new.
    pub fn open(&mut self, packet: &V20<'_>) -> Result<Vec<u8>, Refused> {
        let Guard::Rmcpp(keys) = &self.guard else {
            return Err(Refused::OtherSession);
        };
        if packet.session != self.console {
            return Err(Refused::OtherSession);
        }
        let payload = keys.open(packet)?;
        self.admit(packet.sequence, payload)
    }

    /// The same for an IPMI 1.5 session.
    pub fn open_v15(&mut self, packet: &V15<'_>) -> Result<Vec<u8>, Refused> {
        let Guard::V15(codes) = &self.guard else {
            return Err(Refused::OtherSession);
        };
        let authenticated = codes.verify(packet)?;
        // Some boards (Tyan S2882) leave the id out; what the code vouches for is taken all the same.
        let vouched = authenticated && codes.auth_type != auth_code::OEM;
        if packet.session != self.console && !(vouched && packet.session == 0) {
            return Err(Refused::OtherSession);
        }
        self.admit(packet.sequence, packet.payload.to_vec())
    }

    fn admit(&mut self, sequence: u32, payload: Vec<u8>) -> Result<Vec<u8>, Refused> {
        // Some BMCs do not number their packets. One that does never sends 0 (section 6.12.8), and the code covers the
        // number: nothing of its can be sent again as that.
        if sequence == 0 || self.window.admit(sequence) {
            Ok(payload)
        } else {
            Err(Refused::Replayed)
        }
    }
}

impl Codes {
    /// What they leave open: IPMI 1.5 has no secrecy in any case.
    fn weakness(&self) -> &'static str {
        match (self.auth_type, self.per_message) {
            (auth_code::NONE, _) => "nobody is authenticated and nothing is protected",
            (auth_code::PASSWORD, _) => {
                "the password and all packets can be read, and packets forged, on the way"
            }
            (_, false) => "packets can be read and forged on the way",
            (_, true) => "packets can be read on the way",
        }
    }

    /// The datagram with `payload` in it.
    pub(super) fn seal(&self, session: u32, sequence: u32, payload: &[u8]) -> Vec<u8> {
        let auth_type = match self.per_message {
            true => self.auth_type,
            false => auth_code::NONE,
        };
        V15 {
            auth_type,
            sequence,
            session,
            auth_code: auth_code::code(auth_type, self.key.bytes(), session, sequence, payload),
            payload,
        }
        .to_datagram()
    }

    /// Whether a packet that may be let in has a code.
    pub(super) fn verify(&self, packet: &V15<'_>) -> Result<bool, Reject> {
        // The upper half is reserved.
        match packet.auth_type & 0x0f {
            auth_code::NONE if !self.per_message || self.auth_type == auth_code::NONE => Ok(false),
            auth_code::NONE => Err(Reject::Unauthenticated),
            // What a maker puts into its answers is its own affair.
            auth_code::OEM if self.auth_type == auth_code::OEM => Ok(true),
            auth_type if auth_type == self.auth_type => {
                let want = auth_code::code(
                    auth_type,
                    self.key.bytes(),
                    packet.session,
                    packet.sequence,
                    packet.payload,
                );
                match auth_code::matches(want, packet.auth_code) {
                    true => Ok(true),
                    false => Err(Reject::BadTag),
                }
            }
            _ => Err(Reject::BadTag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::rakp::tests::exchange;
    use crate::wire::session::Packet;

    const ID: u32 = 0x0102_0304;

    fn codes(auth_type: u8, per_message: bool) -> Codes {
        Codes {
            auth_type,
            key: Key16::new(b"secret").unwrap(),
            per_message,
        }
    }

    fn admitted(session: &mut Session, datagram: &[u8]) -> Result<Vec<u8>, Refused> {
        match Packet::parse(datagram) {
            Ok(Packet::V15(packet)) => session.open_v15(&packet),
            Ok(Packet::V20(packet)) => session.open(&packet),
            Err(_) => Err(Refused::OtherSession),
        }
    }

    #[test]
    fn a_session_of_ipmi_1_5_always_leaves_something_open_and_says_what() {
        for (auth_type, per_message, words) in [
            (auth_code::NONE, true, "NONE: nobody is authenticated"),
            (auth_code::PASSWORD, true, "PASSWORD: the password"),
            (auth_code::MD5, false, "MD5: packets can be read and forged"),
            (auth_code::MD2, true, "MD2: packets can be read on the way"),
        ] {
            let weakness = Session::v15(codes(auth_type, per_message), ID, 9).weakness();
            let weakness = weakness.unwrap();
            assert!(weakness.contains(words), "{weakness}");
        }
    }

    #[test]
    fn a_packet_of_every_type_is_let_in_once() {
        for auth_type in [
            auth_code::NONE,
            auth_code::MD2,
            auth_code::MD5,
            auth_code::PASSWORD,
            auth_code::OEM,
        ] {
            let mut session = Session::v15(codes(auth_type, true), ID, 9);
            let datagram = codes(auth_type, true).seal(ID, 77, b"payload");
            assert_eq!(admitted(&mut session, &datagram), Ok(b"payload".to_vec()));
            assert_eq!(admitted(&mut session, &datagram), Err(Refused::Replayed));
            assert_eq!(session.suite(), None);
        }
    }

    #[test]
    fn authentic_packets_of_a_bmc_that_does_not_count_are_let_in() {
        let keys = exchange(3).session_keys();
        let datagram = keys.seal(PayloadType::Ipmi, ID, 0, b"payload", [7; 16]);
        let mut session = Session::new(exchange(3).session_keys(), ID, 9);
        assert_eq!(admitted(&mut session, &datagram), Ok(b"payload".to_vec()));
        let counted = keys.seal(PayloadType::Ipmi, ID, 1, b"payload", [7; 16]);
        assert_eq!(admitted(&mut session, &counted), Ok(b"payload".to_vec()));
        assert_eq!(admitted(&mut session, &counted), Err(Refused::Replayed));
        let datagram = codes(auth_code::MD5, true).seal(ID, 0, b"payload");
        let mut session = Session::v15(codes(auth_code::MD5, true), ID, 9);
        assert_eq!(admitted(&mut session, &datagram), Ok(b"payload".to_vec()));
    }

    #[test]
    fn no_truncated_and_no_altered_packet_is_let_in() {
        for auth_type in [auth_code::MD2, auth_code::MD5] {
            let datagram = codes(auth_type, true).seal(ID, 77, b"payload");
            for length in 0..datagram.len() {
                let mut session = Session::v15(codes(auth_type, true), ID, 9);
                assert!(
                    admitted(&mut session, &datagram[..length]).is_err(),
                    "{length}"
                );
            }
            // From the session header on; the upper half of the authentication type is reserved.
            for bit in (32..datagram.len() * 8).filter(|bit| !(36..40).contains(bit)) {
                let mut session = Session::v15(codes(auth_type, true), ID, 9);
                let mut bad = datagram.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                assert!(admitted(&mut session, &bad).is_err(), "bit {bit}");
            }
        }
    }

    #[test]
    fn packets_without_a_code_are_let_in_only_where_that_was_agreed() {
        let bare = codes(auth_code::NONE, true).seal(ID, 77, b"payload");
        let mut strict = Session::v15(codes(auth_code::MD5, true), ID, 9);
        assert_eq!(
            admitted(&mut strict, &bare),
            Err(Refused::Reject(Reject::Unauthenticated))
        );
        let mut agreed = Session::v15(codes(auth_code::MD5, false), ID, 9);
        assert!(admitted(&mut agreed, &bare).is_ok());
        let sealed = codes(auth_code::MD5, true).seal(ID, 78, b"payload");
        assert!(admitted(&mut agreed, &sealed).is_ok());
        let unnumbered = codes(auth_code::NONE, true).seal(ID, 0, b"payload");
        assert!(admitted(&mut agreed, &unnumbered).is_ok());
        let mut none = Session::v15(codes(auth_code::NONE, true), ID, 9);
        assert!(admitted(&mut none, &sealed).is_err());
    }

    #[test]
    fn a_wrong_code_and_another_session_are_refused_and_a_missing_id_is_not() {
        let mut session = Session::v15(codes(auth_code::MD5, true), ID, 9);
        let forged = Codes {
            key: Key16::new(b"guess").unwrap(),
            ..codes(auth_code::MD5, true)
        };
        assert_eq!(
            admitted(&mut session, &forged.seal(ID, 77, b"x")),
            Err(Refused::Reject(Reject::BadTag))
        );
        let right = codes(auth_code::MD5, true);
        assert_eq!(
            admitted(&mut session, &right.seal(ID + 1, 77, b"x")),
            Err(Refused::OtherSession)
        );
        assert!(admitted(&mut session, &right.seal(0, 77, b"x")).is_ok());
    }

    #[test]
    fn numbers_begin_with_the_first_one_and_never_are_zero() {
        let mut session = Session::v15(codes(auth_code::MD5, true), ID, u32::MAX);
        let mut next = || {
            let datagram = session.seal(PayloadType::Ipmi, b"x", [0; 16]);
            let Ok(Packet::V15(packet)) = Packet::parse(&datagram) else {
                panic!("not IPMI 1.5")
            };
            (packet.sequence, packet.session, packet.auth_type)
        };
        assert_eq!(next(), (u32::MAX, ID, auth_code::MD5));
        assert_eq!(next(), (1, ID, auth_code::MD5));
        let mut bare = Session::v15(codes(auth_code::MD5, false), ID, 0);
        let datagram = bare.seal(PayloadType::Ipmi, b"x", [0; 16]);
        assert!(matches!(
            Packet::parse(&datagram),
            Ok(Packet::V15(V15 {
                auth_type: 0,
                sequence: 1,
                auth_code: None,
                ..
            }))
        ));
    }
}
