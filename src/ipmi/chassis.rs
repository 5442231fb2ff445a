//! The chassis, IPMI v2.0 chapter 28.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::{AnswerError, at_least};

/// Get Chassis Status, section 28.2.
#[derive(Clone, Copy, Debug)]
pub struct GetChassisStatus;

impl From<GetChassisStatus> for Message {
    fn from(_: GetChassisStatus) -> Self {
        Self::new_request(NetFn::Chassis, 0x01, Vec::new())
    }
}

impl IpmiCommand for GetChassisStatus {
    type Output = ChassisStatus;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<ChassisStatus, AnswerError> {
        // The specification wants three bytes; stock's power status is content with the first, and so are scripts.
        let [power] = at_least::<1>(data)?;
        Ok(ChassisStatus {
            power_on: power & 1 != 0,
        })
    }
}

/// What a chassis says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChassisStatus {
    /// Whether the system is powered.
    pub power_on: bool,
}

/// Chassis Control, section 28.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChassisControl {
    /// Hard power off, without a shutdown of the system.
    PowerDown,
    /// Power on.
    PowerUp,
    /// Off, and on again after a while.
    PowerCycle,
    /// A pulse on the system's reset.
    HardReset,
    /// A diagnostic interrupt (usually an NMI).
    DiagnosticInterrupt,
    /// A shutdown asked of the system by an emulated fatal overtemperature.
    SoftShutdown,
}

impl ChassisControl {
    /// The value on the wire.
    pub fn value(self) -> u8 {
        match self {
            Self::PowerDown => 0,
            Self::PowerUp => 1,
            Self::PowerCycle => 2,
            Self::HardReset => 3,
            Self::DiagnosticInterrupt => 4,
            Self::SoftShutdown => 5,
        }
    }

    /// Stock's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PowerDown => "Down/Off",
            Self::PowerUp => "Up/On",
            Self::PowerCycle => "Cycle",
            Self::HardReset => "Reset",
            Self::DiagnosticInterrupt => "Diag",
            Self::SoftShutdown => "Soft",
        }
    }
}

impl From<ChassisControl> for Message {
    fn from(control: ChassisControl) -> Self {
        Self::new_request(NetFn::Chassis, 0x02, vec![control.value()])
    }
}

impl IpmiCommand for ChassisControl {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_status_is_an_error_and_not_off() {
        assert!(GetChassisStatus::parse_success_response(&[]).is_err());
        assert!(
            GetChassisStatus::parse_success_response(&[0x61])
                .unwrap()
                .power_on
        );
        assert!(
            !GetChassisStatus::parse_success_response(&[0x60, 0, 0, 0])
                .unwrap()
                .power_on
        );
    }
}
