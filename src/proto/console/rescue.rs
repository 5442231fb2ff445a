//! A BMC that is back but has forgotten the session, after a restart or a black-out longer than its own limit, is
//! silent within the session for ever, but answers outside it.
//!
//! So after a miss it is asked outside: Get Channel Authentication Capabilities, which needs no session. The answer
//! is not authenticated, and so is only a hint: it makes us try to open a second session beside the first, which a
//! forger cannot do for the BMC. Only when that session exists is the first one given up. Anything authentic on the
//! first session meanwhile ends the attempt: it was not forgotten, only late.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::activation::{Activated, Activation, close_session};
use super::{Refusal, Settings};
use crate::proto::Entropy;
use crate::proto::handshake::{Config, Failure, Handshake};
use crate::proto::link::{Link, Patience, Received};
use crate::wire::lan;
use crate::wire::session::{Packet, V15};

/// The attempt to make another session.
pub(super) struct Rescue {
    stage: Stage,
    /// What the BMC called the sessions that were made so far: one of them may have the payload.
    made: Vec<u32>,
    /// The first session is over for certain.
    lost: bool,
    /// When the BMC was heard last over another session.
    heard: Option<Instant>,
    outbox: VecDeque<Vec<u8>>,
    make_entropy: fn() -> Box<dyn Entropy>,
}

enum Stage {
    /// Asks outside the session, every so often.
    Knock {
        next: Instant,
        seq: u8,
    },
    /// The BMC answers outside; the session gets a last chance until then.
    Answered {
        until: Instant,
    },
    Shake(Box<Handshake>),
    Activate(Box<(Link, Activation)>),
}

/// What the attempt has led to.
pub(super) enum Outcome {
    /// Another session, with the payload active.
    Renewed(Box<Link>, Activated),
    /// The BMC lives and refuses for good.
    Refused(Refusal),
}

impl Rescue {
    pub(super) fn new(now: Instant, make_entropy: fn() -> Box<dyn Entropy>) -> Self {
        Self {
            stage: Stage::Knock { next: now, seq: 0 },
            made: Vec::new(),
            lost: false,
            heard: None,
            outbox: VecDeque::new(),
            make_entropy,
        }
    }

    /// There is no first session any more to go back to.
    pub(super) fn lose_first(&mut self) {
        self.lost = true;
    }

    /// What the BMC called the sessions that were made.
    pub(super) fn made(&self) -> &[u32] {
        &self.made
    }

    /// Whether another session exists or is being made, or one that came to nothing has shown within `limit` that the
    /// BMC lives: not to be cut short by the clock.
    pub(super) fn is_under_way(&self, now: Instant, limit: Duration) -> bool {
        let lives = self.heard.is_some_and(|heard| now < heard + limit);
        lives || !matches!(self.stage, Stage::Knock { .. })
    }

    /// Whether another session has been made, and may have taken the payload.
    pub(super) fn is_committed(&self) -> bool {
        self.lost || !self.made.is_empty()
    }

    /// Takes in a packet that does not belong to the first session.
    pub(super) fn handle_packet(&mut self, now: Instant, packet: &Packet<'_>) {
        match (&mut self.stage, packet) {
            (Stage::Knock { seq, .. }, Packet::V15(packet)) if is_answer(packet, *seq) => {
                self.stage = Stage::Answered {
                    until: now + LAST_CHANCE,
                };
            }
            (Stage::Shake(handshake), Packet::V20(packet)) => handshake.handle_packet(now, packet),
            (Stage::Activate(both), Packet::V20(packet)) => {
                let received = both.0.handle_packet(now, packet);
                let authentic = !matches!(received, Received::Refused(_));
                self.heard = if authentic { Some(now) } else { self.heard };
            }
            _ => {}
        }
    }

    /// Goes on where something has come or time has passed. `ours`: what the BMC called the sessions so far.
    pub(super) fn advance(
        &mut self,
        now: Instant,
        config: &Config,
        settings: &Settings,
        ours: &[u32],
    ) -> Option<Outcome> {
        match &mut self.stage {
            Stage::Knock { next, seq } => {
                if now >= *next {
                    *seq = (*seq + 1) & 0x3f;
                    *next = now + KNOCK_AGAIN;
                    let knock = knock(*seq);
                    self.outbox.push_back(knock);
                }
                None
            }
            Stage::Answered { until } => {
                if now >= *until {
                    let handshake = Handshake::new(now, config.clone(), (self.make_entropy)());
                    self.stage = Stage::Shake(Box::new(handshake));
                    return self.advance(now, config, settings, ours);
                }
                None
            }
            Stage::Shake(handshake) => {
                handshake.handle_timeout(now);
                self.outbox
                    .extend(std::iter::from_fn(|| handshake.poll_transmit()));
                match handshake.poll_outcome()? {
                    Ok(established) => {
                        let mut link = Link::new(established.session, (self.make_entropy)());
                        if self.made.len() >= MADE {
                            self.made.remove(0);
                        }
                        self.made.push(link.session().bmc_id());
                        let all = self.made.iter().chain(ours).copied().collect();
                        let activation = Activation::start_again(now, &mut link, settings, all);
                        self.stage = Stage::Activate(Box::new((link, activation)));
                        self.advance(now, config, settings, ours)
                    }
                    Err(failure) => {
                        // No refusal outside a session is authenticated: it is not believed at once, nor for ever.
                        log::debug!("no other session yet: {failure}");
                        let again = if matches!(failure, Failure::Dead { .. }) {
                            KNOCK_AGAIN
                        } else {
                            REFUSED_AGAIN
                        };
                        self.stage = Stage::Knock {
                            next: now + again,
                            seq: 0,
                        };
                        None
                    }
                }
            }
            Stage::Activate(both) => {
                let (link, activation) = &mut **both;
                link.handle_timeout(now);
                let mut outcome = None;
                while let Some(done) = link.poll_done() {
                    outcome = outcome.or(activation.handle(now, link, &done));
                }
                self.outbox
                    .extend(std::iter::from_fn(|| link.poll_transmit()));
                let refusal = match outcome? {
                    Ok(activated) => {
                        let fresh = Self::new(now, self.make_entropy);
                        let Stage::Activate(both) = std::mem::replace(&mut self.stage, fresh.stage)
                        else {
                            return None;
                        };
                        return Some(Outcome::Renewed(Box::new(both.0), activated));
                    }
                    Err(refusal) => refusal,
                };
                let is_final = activation.is_final(refusal);
                self.close(now);
                if is_final {
                    return Some(Outcome::Refused(refusal));
                }
                log::debug!("no payload yet: {refusal:?}");
                None
            }
        }
    }

    /// Ends the attempt; a session that it has made already is closed, as far as one packet does.
    pub(super) fn close(&mut self, now: Instant) {
        if let Stage::Activate(both) = &mut self.stage {
            let link = &mut both.0;
            close_session(
                now,
                link,
                Patience {
                    timeout: Duration::ZERO,
                    step: Duration::ZERO,
                    tries: 1,
                },
            );
            self.outbox
                .extend(std::iter::from_fn(|| link.poll_transmit()));
        }
        self.stage = Stage::Knock {
            next: now + KNOCK_AGAIN,
            seq: 0,
        };
    }

    pub(super) fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Knock { next, .. } => Some(*next),
            Stage::Answered { until } => Some(*until),
            Stage::Shake(handshake) => handshake.poll_timeout(),
            Stage::Activate(both) => both.0.poll_timeout(),
        }
    }
}

impl std::fmt::Debug for Rescue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.stage {
            Stage::Knock { .. } => "Rescue(knock)",
            Stage::Answered { .. } => "Rescue(answered)",
            Stage::Shake(_) => "Rescue(shake)",
            Stage::Activate(_) => "Rescue(activate)",
        })
    }
}

/// Get Channel Authentication Capabilities in IPMI 1.5 framing, which every BMC answers to everybody.
fn knock(seq: u8) -> Vec<u8> {
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

fn is_answer(packet: &V15<'_>, seq: u8) -> bool {
    lan::Message::parse(packet.payload).is_ok_and(|m| {
        m.netfn == NETFN_APP | 1 && m.cmd == GET_CHANNEL_AUTHENTICATION && m.seq == seq
    })
}

const NETFN_APP: u8 = 0x06;
const GET_CHANNEL_AUTHENTICATION: u8 = 0x38;

/// How long the first session may still prove that it was not forgotten.
const LAST_CHANCE: Duration = Duration::from_secs(3);

/// How long after an unanswered attempt the next one follows.
const KNOCK_AGAIN: Duration = Duration::from_secs(5);

/// How many sessions of our own are remembered.
const MADE: usize = 8;

/// How long after a refused attempt the next one follows: each may cost the BMC a session slot.
const REFUSED_AGAIN: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Key20;
    use crate::crypto::rakp::Quirk;
    use crate::proto::keepalive::Policy;
    use crate::proto::link::tests::pair;
    use crate::proto::session::Session;
    use crate::proto::testing::Counter;
    use crate::wire::session::PayloadType;

    const S: Duration = Duration::from_secs(1);

    fn config() -> Config {
        Config {
            username: b"admin".to_vec(),
            password: Key20::new(b"secret").unwrap(),
            kg: None,
            suite: None,
            privilege: 4,
            name_only: true,
            quirk: Quirk::Standard,
            timeout: S,
            tries: 4,
        }
    }

    fn settings() -> Settings {
        Settings {
            instance: 1,
            auxiliary: 0xc6,
            force: false,
            privilege: 4,
            keepalive: Policy::default(),
            patience: Patience {
                timeout: S,
                step: S,
                tries: 4,
            },
            port: 623,
            wall: 1_000_000,
            extension: 32473,
            cycle: 4,
            resume: None,
            former: None,
            make_entropy: || Box::new(Counter(7)),
        }
    }

    /// An attempt whose second session has just been made, and the BMC's side of that session.
    fn activating(now: Instant) -> (Rescue, Session) {
        let (mut link, session) = pair();
        let activation = Activation::start_again(now, &mut link, &settings(), vec![OURS]);
        let mut rescue = Rescue::new(now, || Box::new(Counter(7)));
        rescue.stage = Stage::Activate(Box::new((link, activation)));
        (rescue, session)
    }

    /// Answers each command as `answer` says, until the attempt is over or back where it began; tells which commands
    /// there were.
    fn run(
        rescue: &mut Rescue,
        bmc: &mut Session,
        now: Instant,
        answer: impl Fn(u8) -> Vec<u8>,
    ) -> (Option<Outcome>, Vec<u8>) {
        let mut commands = Vec::new();
        let mut outcome = None;
        for _ in 0..20 {
            outcome = outcome.or(rescue.advance(now, &config(), &settings(), &[OURS]));
            let Some(datagram) = rescue.poll_transmit() else {
                break;
            };
            let Ok(Packet::V20(packet)) = Packet::parse(&datagram) else {
                break;
            };
            let payload = bmc.open(&packet).unwrap();
            let request = lan::Message::parse(&payload).unwrap();
            commands.push(request.cmd);
            let answer = request.answer(&answer(request.cmd)).to_bytes();
            let datagram = bmc.seal(PayloadType::Ipmi, &answer, [1; 16]);
            rescue.handle_packet(now, &Packet::parse(&datagram).unwrap());
        }
        (outcome, commands)
    }

    #[test]
    fn a_bmc_that_is_not_ready_yet_is_asked_again_later() {
        let now = Instant::now();
        for code in [
            0x82, 0xc0, 0xc1, 0xc3, 0xc4, 0xce, 0xd0, 0xd1, 0xd2, 0xd4, 0xd5, 0xff,
        ] {
            let (mut rescue, mut bmc) = activating(now);
            let (outcome, commands) = run(&mut rescue, &mut bmc, now, |cmd| {
                if cmd == 0x48 { vec![code] } else { vec![0, 4] }
            });
            assert!(outcome.is_none(), "{code:02x}");
            assert_eq!(commands, [0x3b, 0x48, 0x3c], "the session is closed");
            assert_eq!(rescue.poll_timeout(), Some(now + KNOCK_AGAIN));
        }
    }

    #[test]
    fn a_refused_privilege_level_makes_no_refusal_of_the_payload_final() {
        let now = Instant::now();
        for code in [0x81, 0xd4] {
            let (mut rescue, mut bmc) = activating(now);
            let (outcome, _) = run(&mut rescue, &mut bmc, now, |cmd| match cmd {
                0x3b => vec![0xc0],
                0x48 => vec![code],
                _ => vec![0],
            });
            assert!(outcome.is_none(), "{code:02x}");
            assert!(rescue.poll_timeout().is_some());
        }
    }

    #[test]
    fn a_payload_that_is_switched_off_or_another_user_s_is_given_up() {
        let now = Instant::now();
        let owned_by = |id: u32| [&[0][..], &id.to_le_bytes(), &[0; 8]].concat();
        for (code, owner, ends) in [
            (0x81, vec![0xc1], true),
            (0x80, owned_by(4711), true),
            // Whose it is, nobody knows: it may be our own, from before the restart.
            (0x80, vec![0xc1], false),
            (0x80, owned_by(0), false),
        ] {
            let (mut rescue, mut bmc) = activating(now);
            let (outcome, commands) = run(&mut rescue, &mut bmc, now, |cmd| match cmd {
                0x48 => vec![code],
                0x4b => owner.clone(),
                _ => vec![0, 4],
            });
            let refused = matches!(outcome, Some(Outcome::Refused(Refusal::Code(c))) if c == code);
            assert_eq!(refused, ends, "{code:02x} {owner:?}");
            assert_eq!(commands.last(), Some(&0x3c));
        }
    }

    #[test]
    fn a_bmc_that_was_heard_over_a_session_that_came_to_nothing_is_not_dead() {
        let (now, limit) = (Instant::now(), 90 * S);
        assert!(!Rescue::new(now, || Box::new(Counter(7))).is_under_way(now, limit));
        let (mut rescue, mut bmc) = activating(now);
        let bytes = bmc.seal(PayloadType::Sol, &[0; 4], [1; 16]);
        rescue.handle_packet(now, &Packet::parse(&bytes).unwrap());
        rescue.close(now);
        assert!(rescue.is_under_way(now + limit - S, limit));
        assert!(!rescue.is_under_way(now + limit, limit));
    }

    const OURS: u32 = 0x0102_0304;
}
