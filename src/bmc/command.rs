//! The seam between packets and commands: a decoded request, its answer, and what the machine tells the world.
//!
//! The session layer decodes a packet, handles the commands that concern sessions and payloads itself (Get Channel
//! Authentication Capabilities, Get Channel Cipher Suites, the session commands, Activate Payload and its kin) and
//! passes everything else as a [`Command`] to [`Machine::handle`](super::machine::Machine::handle).

use std::time::Instant;

/// A decoded request as the command handlers see it.
#[derive(Debug, Clone, Copy)]
pub struct Command<'a> {
    /// Network function, request (even) value, 0..=3Fh.
    pub netfn: u8,
    /// Responder's logical unit, 0..=3.
    pub lun: u8,
    /// Command byte.
    pub cmd: u8,
    /// Request data after the command byte, without checksum.
    pub data: &'a [u8],
    /// Number of the channel it came over; [`SYSTEM_INTERFACE`] for a local one.
    pub channel: u8,
    /// The session's present privilege level; [`Privilege::None`] outside a session.
    pub privilege: Privilege,
    /// The session's user ID; 0 outside a session.
    pub user: u8,
    /// Monotonic time of execution.
    pub now: Instant,
    /// Wall clock at `now`, milliseconds since 1970-01-01 UTC.
    pub wall_ms: u64,
}

/// The answer to a [`Command`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Completion code (specification table 5-2, or the command's own).
    pub code: u8,
    /// Response data after the completion code.
    pub data: Vec<u8>,
}

/// What a handler returns: response data, or a completion code that is not 00h and no data.
pub type Outcome = Result<Vec<u8>, u8>;

impl From<Outcome> for Reply {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Ok(data) => Self { code: cc::OK, data },
            Err(code) => Self {
                code,
                data: Vec::new(),
            },
        }
    }
}

/// Privilege level (specification section 6.8), ordered from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Privilege {
    /// No session: only what may be asked by anybody.
    None = 0,
    /// Callback (1).
    Callback = 1,
    /// User (2).
    User = 2,
    /// Operator (3).
    Operator = 3,
    /// Administrator (4).
    Administrator = 4,
    /// OEM proprietary (5).
    Oem = 5,
}

impl Privilege {
    /// The level for a four-bit value from the wire, 1..=5; `None` for reserved values and Fh ("no access").
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits & 0x0f {
            1 => Some(Self::Callback),
            2 => Some(Self::User),
            3 => Some(Self::Operator),
            4 => Some(Self::Administrator),
            5 => Some(Self::Oem),
            _ => None,
        }
    }

    /// The value on the wire.
    pub const fn bits(self) -> u8 {
        self as u8
    }
}

/// What the machine asks of the program around it, or of the session layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MachineEvent {
    /// The chassis was powered up.
    PowerOn,
    /// The chassis was powered down at once.
    PowerOff,
    /// Off and on again.
    PowerCycle,
    /// Hard reset of the host.
    HardReset,
    /// Diagnostic interrupt (NMI) to the host.
    Diagnostic,
    /// Orderly shutdown by an emulated thermal overtemperature (ACPI button).
    SoftShutdown,
    /// The BMC restarts: every session is gone, volatile settings are back at their stored values.
    ColdReset,
    /// The BMC restarts its firmware; sessions are gone, settings stay.
    WarmReset,
    /// The identify light: `Some(seconds)` (0 = off) or `None` for "on until told otherwise".
    Identify(Option<u8>),
    /// A user's name, password, access or enable state changed: sessions of that user ID may have to end.
    UserChanged(u8),
    /// A channel's access settings changed.
    ChannelChanged(u8),
    /// An address, port or other LAN parameter of this channel changed.
    LanChanged(u8),
    /// A SOL configuration parameter of this channel changed.
    SolChanged(u8),
    /// An entry was added to the system event log; its record ID.
    Logged(u16),
}

/// Channel number of the system interface (the host's own KCS, SMIC, BT or SSIF).
pub const SYSTEM_INTERFACE: u8 = 0x0f;

/// Channel number that means "the channel this request came over".
pub const PRESENT_CHANNEL: u8 = 0x0e;

/// Completion codes (specification table 5-2).
pub mod cc {
    /// Completed normally.
    pub const OK: u8 = 0x00;
    /// Command's own: parameter not supported (and other meanings).
    pub const PARAMETER_NOT_SUPPORTED: u8 = 0x80;
    /// Command's own: set-in-progress is set already (and other meanings).
    pub const SET_IN_PROGRESS: u8 = 0x81;
    /// Command's own: attempt to write a read-only parameter (and other meanings).
    pub const READ_ONLY: u8 = 0x82;
    /// Node busy.
    pub const BUSY: u8 = 0xc0;
    /// Invalid command.
    pub const INVALID_COMMAND: u8 = 0xc1;
    /// Command invalid for the given LUN.
    pub const INVALID_FOR_LUN: u8 = 0xc2;
    /// Out of space.
    pub const OUT_OF_SPACE: u8 = 0xc4;
    /// Reservation cancelled or invalid reservation ID.
    pub const RESERVATION_CANCELLED: u8 = 0xc5;
    /// Request data truncated.
    pub const TRUNCATED: u8 = 0xc6;
    /// Request data length invalid.
    pub const LENGTH: u8 = 0xc7;
    /// Request data field length limit exceeded.
    pub const FIELD_LENGTH: u8 = 0xc8;
    /// Parameter out of range.
    pub const OUT_OF_RANGE: u8 = 0xc9;
    /// Cannot return the number of requested data bytes.
    pub const CANNOT_RETURN: u8 = 0xca;
    /// Requested sensor, data or record not present.
    pub const NOT_PRESENT: u8 = 0xcb;
    /// Invalid data field in request.
    pub const INVALID_FIELD: u8 = 0xcc;
    /// Command illegal for this sensor or record type.
    pub const ILLEGAL_FOR_TYPE: u8 = 0xcd;
    /// Insufficient privilege level.
    pub const PRIVILEGE: u8 = 0xd4;
    /// Not supported in the present state.
    pub const STATE: u8 = 0xd5;
    /// Unspecified error.
    pub const UNSPECIFIED: u8 = 0xff;
}
