//! SOL configuration parameters of a channel (specification table 26-5).

use std::time::Duration;

use crate::bmc::command::Privilege;
use crate::bmc::params::{Access, Params, Spec, anything};

/// SOL configuration of one LAN channel.
#[derive(Debug, Clone)]
pub struct SolConfig {
    params: Params,
}

impl SolConfig {
    /// Enabled, encryption and authentication not forced, 60 ms accumulation, threshold 96 bytes, 7 retries of
    /// 500 ms, 115200 bit/s, on `channel`, port 623.
    pub fn new(channel: u8) -> Self {
        let mut params = Params::new(SPECS);
        params.put(ENABLE, 0, &[1]);
        params.put(AUTHENTICATION, 0, &[Privilege::User.bits()]);
        params.put(ACCUMULATE, 0, &[12, 96]);
        params.put(RETRY, 0, &[7, 50]);
        params.put(STORED_BIT_RATE, 0, &[BAUD_115200]);
        params.put(BIT_RATE, 0, &[BAUD_115200]);
        params.put(CHANNEL, 0, &[channel]);
        params.put(PORT, 0, &623u16.to_le_bytes());
        Self { params }
    }

    /// Whether SOL may be activated at all.
    pub fn enabled(&self) -> bool {
        self.params.byte(ENABLE, 0) & 1 == 1
    }

    /// Whether the payload must be encrypted.
    pub fn force_encryption(&self) -> bool {
        self.params.byte(AUTHENTICATION, 0) & 0x80 != 0
    }

    /// Whether the payload must be authenticated.
    pub fn force_authentication(&self) -> bool {
        self.params.byte(AUTHENTICATION, 0) & 0x40 != 0
    }

    /// Least privilege level to activate SOL.
    pub fn privilege(&self) -> Privilege {
        Privilege::from_bits(self.params.byte(AUTHENTICATION, 0))
            .unwrap_or(Privilege::Administrator)
    }

    /// How long the BMC waits for more characters before it sends what it has, 5 ms to 1.275 s.
    pub fn accumulate(&self) -> Duration {
        Duration::from_millis(5 * u64::from(self.params.byte(ACCUMULATE, 0).max(1)))
    }

    /// Number of characters that are sent without waiting, 1..=255.
    pub fn threshold(&self) -> u8 {
        self.params.byte(ACCUMULATE, 1).max(1)
    }

    /// Number of times a packet is sent again, 0..=7.
    pub fn retries(&self) -> u8 {
        self.params.byte(RETRY, 0) & 0x07
    }

    /// Time between tries, 0 to 2.55 s; zero: at once when the previous try failed.
    pub fn retry_interval(&self) -> Duration {
        Duration::from_millis(10 * u64::from(self.params.byte(RETRY, 1)))
    }

    /// The bit rate in force, in bit/s.
    pub fn bit_rate(&self) -> u32 {
        match self.params.byte(BIT_RATE, 0) & 0x0f {
            6 => 9_600,
            7 => 19_200,
            8 => 38_400,
            9 => 57_600,
            _ => 115_200,
        }
    }

    /// The UDP port that Activate Payload names.
    pub fn port(&self) -> u16 {
        u16::from_le_bytes([self.params.byte(PORT, 0), self.params.byte(PORT, 1)])
    }

    /// Tells which UDP port the BMC really listens on.
    pub fn set_port(&mut self, port: u16) {
        self.params.put(PORT, 0, &port.to_le_bytes());
    }

    /// The parameters as the wire shows them.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Executes Set SOL Configuration Parameters.
    ///
    /// # Errors
    /// The completion code to answer.
    pub fn write(&mut self, id: u8, data: &[u8]) -> Result<(), u8> {
        self.params.write(id, data)?;
        if id == STORED_BIT_RATE {
            self.params.put(BIT_RATE, 0, data);
        }
        Ok(())
    }

    pub(in crate::bmc) fn restore_stored(&mut self) {
        let stored = self.params.value(STORED_BIT_RATE, 0).to_vec();
        self.params.put(BIT_RATE, 0, &stored);
        self.params.release();
    }
}

fn bit_rate(value: &[u8]) -> bool {
    matches!(value[0] & 0x0f, 0 | 6..=10)
}

fn privilege(value: &[u8]) -> bool {
    matches!(value[0] & 0x0f, 1..=5)
}

const SPECS: &[Spec] = &[
    Spec::plain(ENABLE, Access::ReadWrite, 1, anything),
    Spec::plain(AUTHENTICATION, Access::ReadWrite, 1, privilege),
    Spec::plain(ACCUMULATE, Access::ReadWrite, 2, |v| v[0] != 0),
    Spec::plain(RETRY, Access::ReadWrite, 2, anything),
    Spec::plain(STORED_BIT_RATE, Access::ReadWrite, 1, bit_rate),
    Spec::plain(BIT_RATE, Access::ReadWrite, 1, bit_rate),
    Spec::plain(CHANNEL, Access::ReadOnly, 1, anything),
    Spec::plain(PORT, Access::ReadOnly, 2, anything),
];

const ENABLE: u8 = 1;
const AUTHENTICATION: u8 = 2;
const ACCUMULATE: u8 = 3;
const RETRY: u8 = 4;
const STORED_BIT_RATE: u8 = 5;
const BIT_RATE: u8 = 6;
const CHANNEL: u8 = 7;
const PORT: u8 = 8;
const BAUD_115200: u8 = 10;
