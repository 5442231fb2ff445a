//! What kind of board it is: every known quirk as a switch, and boards as sets of switches.

use std::time::Duration;

use super::sol::Ways;
use crate::crypto::rakp::Quirk;

/// The switches. The default is `plain`: none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personality {
    /// The set's name.
    pub name: &'static str,
    /// No RMCP+: IPMI 1.5 sessions only.
    pub v15_only: bool,
    /// The UDP port that *Activate Payload* names.
    pub port: NamedPort,
    /// The payload sizes that *Activate Payload* names, where they are wrong.
    pub payload_size: Option<u16>,
    /// Most characters in a SOL packet to the console, 1 to 255.
    pub sol_characters: u8,
    /// How often a SOL packet is sent again, where the configuration does not say.
    pub sol_retries: Option<u32>,
    /// How long it waits before that.
    pub sol_retry_interval: Option<Duration>,
    /// The SOL payload's own ways.
    pub sol: Ways,
    /// Commands it does not know, as network function and command.
    pub unknown_commands: &'static [(u8, u8)],
    /// Commands it never answers.
    pub mute_commands: &'static [(u8, u8)],
    /// What *Deactivate Payload* does.
    pub deactivation: Deactivation,
    /// A console that loses the payload is not told.
    pub silent_deactivation: bool,
    /// A console that loses the payload gets a packet too short to understand.
    pub short_deactivation: bool,
    /// A console that loses the payload gets a request, network function 0Ch command 20h.
    pub deactivation_request: bool,
    /// The session's sequence numbers jump when the host restarts.
    pub sequence_jump_at_reset: bool,
    /// When the host restarts, the session lives on but no character passes any more.
    pub serial_dies_at_reset: bool,
    /// A request with the same number and command as the one before is answered CFh.
    pub duplicate_code: bool,
    /// RAKP message 2 has tag 0.
    pub rakp2_tag_zero: bool,
    /// Users are looked up by name only; name and level together find nobody.
    pub name_only: bool,
    /// Deviations in the key exchange.
    pub rakp: Quirk,
    /// Most sessions at once, where it is fewer than configured.
    pub session_limit: Option<usize>,
    /// How long a session lives without a command.
    pub idle: Duration,
    /// With more sessions than this, `idle` is divided by 8 for each.
    pub comfortable_sessions: Option<usize>,
    /// How far ahead of the highest a session sequence number may be.
    pub window_ahead: u32,
    /// Session sequence numbers are taken twice.
    pub replays_taken: bool,
    /// SOL characters may go out before the answer to *Activate Payload*.
    pub early_sol: bool,
    /// Alerts must be deferred: *Activate Payload* without these bits in its first auxiliary byte is refused.
    pub aux_bits: u8,
    /// How long a restart of the BMC takes.
    pub boot_time: Duration,
}

/// The UDP port that *Activate Payload* names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedPort {
    /// The one it listens on.
    True,
    /// 623 with its bytes swapped: 28418.
    Swapped,
    /// Whatever this is.
    Bogus(u16),
}

/// What *Deactivate Payload* does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deactivation {
    /// What it should.
    Honest,
    /// Says yes and does nothing.
    Idle,
    /// Does it, and says that it was not active.
    Denies,
    /// Takes away every other instance too.
    Kills,
}

impl Default for Personality {
    fn default() -> Self {
        Self {
            name: "plain",
            v15_only: false,
            port: NamedPort::True,
            payload_size: None,
            sol_characters: 248,
            sol_retries: None,
            sol_retry_interval: None,
            sol: Ways::default(),
            unknown_commands: &[],
            mute_commands: &[],
            deactivation: Deactivation::Honest,
            silent_deactivation: false,
            short_deactivation: false,
            deactivation_request: false,
            sequence_jump_at_reset: false,
            serial_dies_at_reset: false,
            duplicate_code: false,
            rakp2_tag_zero: false,
            name_only: false,
            rakp: Quirk::Standard,
            session_limit: None,
            idle: Duration::from_secs(60),
            comfortable_sessions: None,
            window_ahead: i32::MAX as u32,
            replays_taken: false,
            early_sol: false,
            aux_bits: 0,
            boot_time: Duration::from_secs(3),
        }
    }
}

impl Personality {
    /// The set called `name`.
    pub fn named(name: &str) -> Option<Self> {
        let plain = Self::default();
        Some(match name {
            "plain" => plain,
            "openbmc" => Self {
                name: "openbmc",
                sol: Ways {
                    strict_sequence: true,
                    all_or_nothing: true,
                    renumber: true,
                    empty_after_late_ack: true,
                    ..Ways::default()
                },
                sol_retries: Some(7),
                rakp2_tag_zero: true,
                silent_deactivation: true,
                deactivation_request: true,
                early_sol: true,
                comfortable_sessions: Some(15),
                ..plain
            },
            "supermicro" => Self {
                name: "supermicro",
                payload_size: Some(0xffff),
                port: NamedPort::Swapped,
                unknown_commands: &[(0x06, 0x4a)],
                sol: Ways {
                    resend_on_nack: true,
                    ..Ways::default()
                },
                sequence_jump_at_reset: true,
                ..plain
            },
            "idrac" => Self {
                name: "idrac",
                silent_deactivation: true,
                deactivation: Deactivation::Kills,
                session_limit: Some(4),
                unknown_commands: &[(0x06, 0x4e)],
                ..plain
            },
            "ilo" => Self {
                name: "ilo",
                short_deactivation: true,
                deactivation: Deactivation::Denies,
                duplicate_code: true,
                name_only: true,
                unknown_commands: &[(0x06, 0x4a), (0x06, 0x4b)],
                ..plain
            },
            "ipmi_sim" => Self {
                name: "ipmi_sim",
                idle: Duration::from_secs(30),
                sol: Ways {
                    drop_all: true,
                    keep_numbers: true,
                    ..Ways::default()
                },
                sol_retries: Some(5),
                sol_retry_interval: Some(Duration::from_secs(1)),
                window_ahead: 15,
                replays_taken: true,
                mute_commands: &[(0x06, 0x54)],
                ..plain
            },
            "old" => Self {
                name: "old",
                v15_only: true,
                ..plain
            },
            "intelplus" => Self {
                name: "intelplus",
                rakp: Quirk::IntelPlus,
                sol: Ways {
                    ack_zero: true,
                    wants_cts: true,
                    ..Ways::default()
                },
                serial_dies_at_reset: true,
                payload_size: Some(0),
                aux_bits: 0x04,
                ..plain
            },
            _ => return None,
        })
    }

    /// The sets' names.
    pub const NAMES: [&'static str; 8] = [
        "plain",
        "openbmc",
        "supermicro",
        "idrac",
        "ilo",
        "ipmi_sim",
        "intelplus",
        "old",
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_names_its_set_and_none_equals_another() {
        let sets: Vec<Personality> = Personality::NAMES
            .iter()
            .map(|name| Personality::named(name).unwrap())
            .collect();
        for (i, set) in sets.iter().enumerate() {
            assert_eq!(set.name, Personality::NAMES[i]);
            assert!(sets[..i].iter().all(|other| other != set));
        }
        assert_eq!(Personality::named("Plain"), None);
    }
}
