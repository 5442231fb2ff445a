//! Payloads, IPMI v2.0 chapter 24: the SOL payload is activated, deactivated, and permitted to users.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::complaint::Complaint;
use super::{AnswerError, Failure, at_least, completion, exactly};

/// Payload type of serial over LAN, table 13-16.
pub const SOL: u8 = 0x01;

/// Activate Payload, section 24.1, for the SOL payload.
///
/// Completion codes of its own: 80h already active on another session, 81h disabled, 82h limit reached, 83h not with
/// encryption, 84h not without encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivateSol {
    /// Payload instance, 1 to 15.
    pub instance: u8,
    /// The first byte of auxiliary data (table 24-2); [`ActivateSol::AUXILIARY`] unless an OEM variant says otherwise.
    pub auxiliary: u8,
}

impl ActivateSol {
    /// Encrypted (80h) and authenticated (40h), serial alerts deferred (04h), CTS, DCD and DSR deasserted (02h).
    pub const AUXILIARY: u8 = 0xc6;
}

impl From<ActivateSol> for Message {
    fn from(command: ActivateSol) -> Self {
        Self::new_request(
            NetFn::App,
            0x48,
            vec![SOL, command.instance, command.auxiliary, 0, 0, 0],
        )
    }
}

impl IpmiCommand for ActivateSol {
    type Output = ActivatedSol;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<ActivatedSol, AnswerError> {
        let bytes = exactly::<12>(data)?;
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Ok(ActivatedSol {
            inbound: word(4),
            outbound: word(6),
            port: word(8),
            vlan: word(10),
        })
    }
}

/// What the BMC says when SOL starts. Every value is the BMC's word, unchecked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivatedSol {
    /// The largest payload that the BMC accepts, in bytes, SOL header included.
    pub inbound: u16,
    /// The largest payload that the BMC sends, in bytes, SOL header included.
    pub outbound: u16,
    /// The UDP port for the payload. Some BMCs swap its bytes.
    pub port: u16,
    /// The VLAN, FFFFh for none.
    pub vlan: u16,
}

/// Why SOL was not activated, in stock's words.
pub fn refusal(failure: &Failure) -> Complaint {
    match failure {
        Failure::Completion(0x80) => {
            Complaint::info("SOL payload already active on another session")
        }
        Failure::Completion(0x81) => Complaint::info("SOL payload disabled"),
        Failure::Completion(0x82) => Complaint::info("SOL payload activation limit reached"),
        Failure::Completion(0x83) => Complaint::info("cannot activate SOL payload with encryption"),
        Failure::Completion(0x84) => {
            Complaint::info("cannot activate SOL payload without encryption")
        }
        Failure::Completion(code) => Complaint::plain(format!(
            "Error activating SOL payload: {}",
            completion::text(*code)
        )),
        Failure::Transport(_) => Complaint::error("No response activating SOL payload"),
        Failure::Answer(AnswerError { got, .. }) => Complaint::error(format!(
            "Unexpected data length ({got}) received in payload activation response"
        )),
    }
}

/// Deactivate Payload, section 24.2, for the SOL payload.
///
/// Completion codes of its own: 80h already deactivated, 81h disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeactivateSol {
    /// Payload instance, 1 to 15.
    pub instance: u8,
}

impl From<DeactivateSol> for Message {
    fn from(command: DeactivateSol) -> Self {
        Self::new_request(NetFn::App, 0x49, vec![SOL, command.instance, 0, 0, 0, 0])
    }
}

impl IpmiCommand for DeactivateSol {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Get Payload Activation Status, section 24.4, for the SOL payload.
#[derive(Clone, Copy, Debug)]
pub struct GetSolActivationStatus;

impl From<GetSolActivationStatus> for Message {
    fn from(_: GetSolActivationStatus) -> Self {
        Self::new_request(NetFn::App, 0x4a, vec![SOL])
    }
}

impl IpmiCommand for GetSolActivationStatus {
    type Output = ActivationStatus;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<ActivationStatus, AnswerError> {
        let [capacity, low, high] = at_least::<3>(data)?;
        Ok(ActivationStatus {
            capacity: capacity & 0x0f,
            active: u16::from_le_bytes([low, high]),
        })
    }
}

/// Which instances of a payload are active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivationStatus {
    /// How many instances may be active at once, 0 to 15.
    pub capacity: u8,
    /// Bit 0 is instance 1.
    active: u16,
}

impl ActivationStatus {
    /// Whether `instance` (1 to 16; any other is not) is active.
    pub fn is_active(self, instance: u8) -> bool {
        instance
            .checked_sub(1)
            .and_then(|bit| self.active.checked_shr(u32::from(bit)))
            .is_some_and(|bits| bits & 1 != 0)
    }
}

/// Get Payload Instance Info, section 24.5, for the SOL payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSolInstanceInfo {
    /// Payload instance, 1 to 15.
    pub instance: u8,
}

impl From<GetSolInstanceInfo> for Message {
    fn from(command: GetSolInstanceInfo) -> Self {
        Self::new_request(NetFn::App, 0x4b, vec![SOL, command.instance])
    }
}

impl IpmiCommand for GetSolInstanceInfo {
    type Output = Option<u32>;
    type Error = AnswerError;

    /// The managed system's id of the session that holds the instance; `None` if no session does.
    fn parse_success_response(data: &[u8]) -> Result<Option<u32>, AnswerError> {
        let session = u32::from_le_bytes(at_least::<4>(data)?);
        Ok((session != 0).then_some(session))
    }
}

/// Set User Payload Access, section 24.6, for the SOL payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSolUserAccess {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// User, 1 to 63.
    pub user: u8,
    /// Whether access is given or taken away.
    pub enable: bool,
}

impl From<SetSolUserAccess> for Message {
    fn from(command: SetSolUserAccess) -> Self {
        let operation = if command.enable { 0 } else { 0x40 };
        let data = vec![
            command.channel & 0x0f,
            (command.user & 0x3f) | operation,
            1 << SOL,
            0,
            0,
            0,
        ];
        Self::new_request(NetFn::App, 0x4c, data)
    }
}

impl IpmiCommand for SetSolUserAccess {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Get User Payload Access, section 24.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetUserPayloadAccess {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// User, 1 to 63.
    pub user: u8,
}

impl From<GetUserPayloadAccess> for Message {
    fn from(command: GetUserPayloadAccess) -> Self {
        Self::new_request(
            NetFn::App,
            0x4d,
            vec![command.channel & 0x0f, command.user & 0x3f],
        )
    }
}

impl IpmiCommand for GetUserPayloadAccess {
    type Output = bool;
    type Error = AnswerError;

    /// Whether the user may activate SOL.
    fn parse_success_response(data: &[u8]) -> Result<bool, AnswerError> {
        Ok(exactly::<4>(data)?[0] & (1 << SOL) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activation_is_read_only_at_its_full_length() {
        let data = [0, 0, 0, 0, 0x02, 0x01, 0x04, 0x03, 0x6f, 0x02, 0xff, 0xff];
        let expected = ActivatedSol {
            inbound: 0x102,
            outbound: 0x304,
            port: 623,
            vlan: 0xffff,
        };
        assert_eq!(ActivateSol::parse_success_response(&data), Ok(expected));
        assert!(
            (0..12).all(|length| ActivateSol::parse_success_response(&data[..length]).is_err())
        );
    }

    #[test]
    fn activation_status_counts_instances_from_one() {
        let status = GetSolActivationStatus::parse_success_response(&[0xf1, 0x01, 0x40]).unwrap();
        assert_eq!(status.capacity, 1);
        let active: Vec<u8> = (0..=255)
            .filter(|instance| status.is_active(*instance))
            .collect();
        assert_eq!(active, [1, 15]);
    }

    #[test]
    fn disabling_is_bit_six_of_the_user() {
        let message = Message::from(SetSolUserAccess {
            channel: 14,
            user: 3,
            enable: false,
        });
        assert_eq!(message.data(), [14, 0x43, 2, 0, 0, 0]);
    }
}
