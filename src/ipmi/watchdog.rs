//! The BMC's watchdog timer, IPMI v2.0 chapter 27.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::{AnswerError, at_least};

/// Reset Watchdog Timer, section 27.5: starts it again.
#[derive(Clone, Copy, Debug)]
pub struct ResetWatchdog;

impl From<ResetWatchdog> for Message {
    fn from(_: ResetWatchdog) -> Self {
        Self::new_request(NetFn::App, 0x22, Vec::new())
    }
}

impl IpmiCommand for ResetWatchdog {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Set Watchdog Timer, section 27.6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetWatchdog {
    /// What it is for, 0 to 5: one of the [`USES`].
    pub use_: u8,
    /// Whether its expiry is kept out of the event log.
    pub no_log: bool,
    /// Whether a running timer goes on.
    pub dont_stop: bool,
    /// What happens when it expires, 0 to 3: one of the [`ACTIONS`].
    pub action: u8,
    /// What happens before, 0 to 3: one of the [`INTERRUPTS`].
    pub interrupt: u8,
    /// How long before, in seconds.
    pub pretimeout: u8,
    /// Which uses' expiration flags are cleared, a bit each.
    pub clear: u8,
    /// What it counts down from, in units of 100 ms.
    pub countdown: u16,
}

impl SetWatchdog {
    /// The six bytes of the request.
    pub fn bytes(&self) -> [u8; 6] {
        let [low, high] = self.countdown.to_le_bytes();
        [
            u8::from(self.no_log) << 7 | u8::from(self.dont_stop) << 6 | self.use_ & 7,
            (self.interrupt & 7) << 4 | self.action & 7,
            self.pretimeout,
            self.clear,
            low,
            high,
        ]
    }
}

impl From<SetWatchdog> for Message {
    fn from(command: SetWatchdog) -> Self {
        Self::new_request(NetFn::App, 0x24, command.bytes().to_vec())
    }
}

impl IpmiCommand for SetWatchdog {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Get Watchdog Timer, section 27.7.
#[derive(Clone, Copy, Debug)]
pub struct GetWatchdog;

impl From<GetWatchdog> for Message {
    fn from(_: GetWatchdog) -> Self {
        Self::new_request(NetFn::App, 0x25, Vec::new())
    }
}

impl IpmiCommand for GetWatchdog {
    type Output = Watchdog;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<Watchdog, AnswerError> {
        let [use_, actions, pretimeout, expired, i0, i1, p0, p1] = at_least::<8>(data)?;
        Ok(Watchdog {
            use_,
            actions,
            pretimeout,
            expired,
            initial: u16::from_le_bytes([i0, i1]),
            present: u16::from_le_bytes([p0, p1]),
        })
    }
}

/// The timer as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watchdog {
    /// Bit 7: its expiry is not logged; bit 6: it runs; bits 2:0: one of the [`USES`].
    pub use_: u8,
    /// Bits 6:4: one of the [`INTERRUPTS`]; bits 2:0: one of the [`ACTIONS`].
    pub actions: u8,
    /// How long before its expiry the interrupt comes, in seconds.
    pub pretimeout: u8,
    /// Which uses have expired, a bit for each of the [`USES`].
    pub expired: u8,
    /// What it counts down from, in units of 100 ms.
    pub initial: u16,
    /// Where it is, in units of 100 ms.
    pub present: u16,
}

/// A value: how it is shown, and how it is asked for, if it can be.
pub type Value = (&'static str, Option<&'static str>);

/// What the timer is for.
pub const USES: [Value; 8] = [
    ("Reserved", Some("none")),
    ("BIOS FRB2", Some("frb2")),
    ("BIOS/POST", Some("post")),
    ("OS Load", Some("osload")),
    ("SMS/OS", Some("sms")),
    ("OEM", Some("oem")),
    RESERVED,
    RESERVED,
];

/// What happens before its expiry.
pub const INTERRUPTS: [Value; 8] = [
    ("None", Some("none")),
    ("SMI", Some("smi")),
    ("NMI/Diagnostic", Some("nmi")),
    ("Messaging", Some("msg")),
    RESERVED,
    RESERVED,
    RESERVED,
    RESERVED,
];

/// What happens at its expiry.
pub const ACTIONS: [Value; 8] = [
    ("No action", Some("none")),
    ("Hard Reset", Some("reset")),
    ("Power Down", Some("poweroff")),
    ("Power Cycle", Some("cycle")),
    RESERVED,
    RESERVED,
    RESERVED,
    RESERVED,
];

const RESERVED: Value = ("Reserved", None);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timer_that_stock_switches_off_is_that_of_the_operating_system() {
        let off = SetWatchdog {
            use_: 4,
            clear: 0x10,
            countdown: 3000,
            ..SetWatchdog::default()
        };
        assert_eq!(off.bytes(), [4, 0, 0, 0x10, 0xb8, 0x0b]);
        let all = SetWatchdog {
            use_: 5,
            no_log: true,
            dont_stop: true,
            action: 3,
            interrupt: 2,
            ..off
        };
        assert_eq!(all.bytes()[..2], [0xc5, 0x23]);
    }
}
