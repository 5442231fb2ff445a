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
        let details = at_least::<3>(data).map(|[_, last_event, state]| Details {
            last_event,
            state,
            front_panel: data.get(3).copied(),
        });
        Ok(ChassisStatus { power, details })
    }
}

/// What a chassis says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChassisStatus {
    /// Byte 1: bit 0 power is on, 1 overload, 2 interlock, 3 power fault, 4 control fault, 6:5 the [`RESTORE_POLICIES`].
    pub power: u8,
    /// The other bytes; an error where one of them is missing.
    pub details: Result<Details, AnswerError>,
}

impl ChassisStatus {
    /// Whether the system is powered.
    pub fn is_on(&self) -> bool {
        self.power & 1 != 0
    }
}

/// What a chassis says beyond its power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Details {
    /// Byte 2, why power changed last: bit 0 AC failed, 1 overload, 2 interlock, 3 fault, 4 a command.
    pub last_event: u8,
    /// Byte 3: bit 0 intrusion, 1 front panel lock-out, 2 drive fault, 3 cooling or fan fault.
    pub state: u8,
    /// Byte 4, the front panel's buttons: bits 7:4 what may be disabled, 3:0 what is.
    pub front_panel: Option<u8>,
}

/// What happens when AC power comes back: bits 6:5 of [`ChassisStatus::power`].
pub const RESTORE_POLICIES: [&str; 4] = ["always-off", "previous", "always-on", "unknown"];

/// Chassis Identify, section 28.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChassisIdentify {
    /// For 15 seconds.
    Default,
    /// For so many seconds; 0 ends it.
    Seconds(u8),
    /// Until it is ended. An optional byte, which old BMCs refuse.
    Indefinitely,
}

impl From<ChassisIdentify> for Message {
    fn from(identify: ChassisIdentify) -> Self {
        let data = match identify {
            ChassisIdentify::Default => Vec::new(),
            ChassisIdentify::Seconds(seconds) => vec![seconds],
            ChassisIdentify::Indefinitely => vec![0, 1],
        };
        Self::new_request(NetFn::Chassis, 0x04, data)
    }
}

impl IpmiCommand for ChassisIdentify {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Set Power Restore Policy, section 28.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerRestorePolicy {
    /// The system stays off.
    AlwaysOff,
    /// As it was before.
    Previous,
    /// The system is switched on.
    AlwaysOn,
    /// Nothing changes: only the answer is wanted.
    NoChange,
}

impl From<PowerRestorePolicy> for Message {
    fn from(policy: PowerRestorePolicy) -> Self {
        let value = match policy {
            PowerRestorePolicy::AlwaysOff => 0,
            PowerRestorePolicy::Previous => 1,
            PowerRestorePolicy::AlwaysOn => 2,
            PowerRestorePolicy::NoChange => 3,
        };
        Self::new_request(NetFn::Chassis, 0x06, vec![value])
    }
}

impl IpmiCommand for PowerRestorePolicy {
    /// What the chassis supports, a bit each: 0 always-off, 1 previous, 2 always-on. `None`: it did not say.
    type Output = Option<u8>;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<Option<u8>, AnswerError> {
        Ok(data.first().copied())
    }
}

/// Get System Restart Cause, section 28.11.
#[derive(Clone, Copy, Debug)]
pub struct GetRestartCause;

impl From<GetRestartCause> for Message {
    fn from(_: GetRestartCause) -> Self {
        Self::new_request(NetFn::Chassis, 0x07, Vec::new())
    }
}

impl IpmiCommand for GetRestartCause {
    /// One of [`names::RESTART_CAUSES`](super::names::RESTART_CAUSES), 0 to 15.
    type Output = u8;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<u8, AnswerError> {
        let [cause] = at_least::<1>(data)?;
        Ok(cause & 0x0f)
    }
}

/// Get POH Counter, section 28.14.
#[derive(Clone, Copy, Debug)]
pub struct GetPowerOnHours;

impl From<GetPowerOnHours> for Message {
    fn from(_: GetPowerOnHours) -> Self {
        Self::new_request(NetFn::Chassis, 0x0f, Vec::new())
    }
}

impl IpmiCommand for GetPowerOnHours {
    type Output = PowerOnHours;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<PowerOnHours, AnswerError> {
        let [minutes_per_count, counter @ ..] = at_least::<5>(data)?;
        Ok(PowerOnHours {
            minutes_per_count,
            count: u32::from_le_bytes(counter),
        })
    }
}

/// How long a system has been powered, over all its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerOnHours {
    /// What a count is worth.
    pub minutes_per_count: u8,
    /// How many there were.
    pub count: u32,
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
                .is_on()
        );
        assert!(
            !GetChassisStatus::parse_success_response(&[0x60, 0, 0, 0])
                .unwrap()
                .is_on()
        );
    }

    #[test]
    fn a_status_that_is_too_short_still_tells_of_power() {
        let status = GetChassisStatus::parse_success_response(&[1, 2]).unwrap();
        assert!(status.is_on() && status.details.is_err());
        let status = GetChassisStatus::parse_success_response(&[0, 2, 3, 4]).unwrap();
        assert_eq!(status.details.unwrap().front_panel, Some(4));
    }
}
