//! How RMCP+ sessions come about: Open Session and RAKP messages 1 to 4 (IPMI 2.0 sections 13.15 to 13.24).
//!
//! A message that comes again is answered as it was the first time, so that a lost answer costs nothing.

use super::{Bmc, Event, LAN_CHANNEL, push_event};
use crate::bmc::command::Privilege;
use crate::bmc::moment::{Moment, Peer};
use crate::bmc::session::{HalfOpen, Rakp, Security, Session, Stage, Window};
use crate::crypto::Key20;
use crate::crypto::rakp::Exchange;
use crate::crypto::suite::{Authentication, Confidentiality, Integrity, Suite};
use crate::wire::session::{PayloadType, V20};
use crate::wire::setup::{
    AlgorithmNumbers, OpenAccepted, OpenRequest, OpenResponse, Rakp1, Rakp2, Rakp2Body, Rakp3,
    Rakp4, Status,
};

impl Bmc {
    pub(super) fn open_session(&mut self, at: Moment, from: Peer, payload: &[u8], asked: usize) {
        let Ok(request) = OpenRequest::parse(payload) else {
            self.statistics.strangers += 1;
            return;
        };
        let known = self.sessions.all_half_open().find_map(|h| match &h.stage {
            Stage::Opened {
                request, response, ..
            } if h.peer == from && request == payload => Some(response.clone()),
            _ => None,
        });
        let response = known.unwrap_or_else(|| self.opened(at, from, payload, &request));
        self.send_to_stranger(
            from,
            V20::sessionless(PayloadType::OpenResponse, &response),
            asked,
        );
    }

    fn opened(&mut self, at: Moment, from: Peer, payload: &[u8], request: &OpenRequest) -> Vec<u8> {
        let (suite, limit) = match self.choose(request) {
            Ok(chosen) => chosen,
            Err(status) => {
                return OpenResponse {
                    tag: request.tag,
                    status,
                    privilege: 0,
                    console_session: request.console_session,
                    accepted: None,
                }
                .to_bytes();
            }
        };
        let id = self.fresh_session_id();
        let response = OpenResponse {
            tag: request.tag,
            status: Status::NoErrors,
            privilege: limit.bits(),
            console_session: request.console_session,
            accepted: Some(OpenAccepted {
                bmc_session: id,
                algorithms: suite.numbers(),
            }),
        }
        .to_bytes();
        let stage = Stage::Opened {
            request: payload.to_vec(),
            response: response.clone(),
            suite,
            limit,
            console_session: request.console_session,
            rakp: None,
        };
        self.sessions.begin(
            HalfOpen {
                id,
                peer: from,
                since: at.now,
                stage,
            },
            HALF_OPEN_LIMIT,
        );
        response
    }

    /// The suite and the greatest level for an Open Session Request, or why there is none.
    fn choose(&self, request: &OpenRequest) -> Result<(Suite, Privilege), Status> {
        if self.sessions.len() >= self.most_sessions() {
            return Err(Status::InsufficientResources);
        }
        let wanted = match request.privilege & 0x0f {
            0 => Privilege::Administrator,
            bits => Privilege::from_bits(bits).ok_or(Status::InvalidRole)?,
        };
        let n = request.algorithms;
        if n.authentication != DEFAULT
            && !Suite::all().any(|s| s.authentication as u8 == n.authentication)
        {
            return Err(Status::InvalidAuthentication);
        }
        if n.integrity != DEFAULT && !Suite::all().any(|s| s.integrity as u8 == n.integrity) {
            return Err(Status::InvalidIntegrity);
        }
        if n.confidentiality != DEFAULT
            && !Suite::all().any(|s| s.confidentiality as u8 == n.confidentiality)
        {
            return Err(Status::InvalidConfidentiality);
        }
        let (suite, limit) = self
            .suites()
            .filter(|(suite, _)| asked_for(suite, n))
            .max_by_key(|(suite, _)| strength(suite))
            .ok_or(Status::NoMatchingCipherSuite)?;
        let channel = self.channel_limit().ok_or(Status::InsufficientResources)?;
        Ok((suite, wanted.min(limit).min(channel)))
    }

    /// The suites that may be used, each with its greatest level.
    pub(super) fn suites(&self) -> impl Iterator<Item = (Suite, Privilege)> {
        Suite::all()
            .filter(|suite| suite.id != 0 || self.config.suite_zero)
            .filter_map(|suite| {
                let limit = match self.machine.lan(LAN_CHANNEL) {
                    // Suite 0 stands in no list of a careful BMC: its switch is enough.
                    Some(lan) => lan
                        .cipher_suite_limit(suite.id)
                        .or((suite.id == 0).then_some(Privilege::Administrator)),
                    None => None,
                }?;
                Some((suite, limit))
            })
    }

    pub(super) fn most_sessions(&self) -> usize {
        self.config
            .personality
            .session_limit
            .unwrap_or(usize::MAX)
            .min(self.config.session_limit)
    }

    pub(super) fn rakp1(&mut self, _at: Moment, from: Peer, payload: &[u8], asked: usize) {
        let Ok(request) = Rakp1::parse(payload) else {
            self.refuse_long_name(from, payload, asked);
            return;
        };
        let response = self.rakp2(payload, &request);
        self.send_to_stranger(from, V20::sessionless(PayloadType::Rakp2, &response), asked);
    }

    fn rakp2(&mut self, payload: &[u8], request: &Rakp1<'_>) -> Vec<u8> {
        let tag = if self.config.personality.rakp2_tag_zero {
            0
        } else {
            request.tag
        };
        let refusal = |status, console_session| {
            Rakp2 {
                tag,
                status,
                console_session,
                body: None,
            }
            .to_bytes()
        };
        let bmc_random = self.fresh();
        let Some(HalfOpen { stage, .. }) = self.sessions.half_open(request.bmc_session) else {
            return refusal(Status::InvalidSessionId, 0);
        };
        let Stage::Opened {
            suite,
            limit,
            console_session,
            rakp,
            ..
        } = stage
        else {
            return refusal(Status::InvalidSessionId, 0);
        };
        if let Some(known) = rakp.as_ref().filter(|known| known.request == payload) {
            return known.response.clone();
        }
        let (suite, limit, console_session) = (*suite, *limit, *console_session);
        let (user, level) = match self.log_in(request, limit) {
            Ok(found) => found,
            Err(status) => {
                self.statistics.logins_failed += 1;
                return refusal(status, console_session);
            }
        };
        let Some(password) = self
            .machine
            .users()
            .get(user)
            .and_then(|u| Key20::new(u.password()))
        else {
            return refusal(Status::UnauthorizedName, console_session);
        };
        let kg = self
            .machine
            .channels()
            .get(LAN_CHANNEL)
            .and_then(|c| Key20::new(&c.kg));
        let exchange = Exchange {
            suite,
            password,
            kg,
            console_session,
            bmc_session: request.bmc_session,
            console_random: request.console_random,
            bmc_random,
            guid: self.machine.info().system_guid,
            role: request.role,
            username: request.username.to_vec(),
            quirk: self.config.personality.rakp,
        };
        let body = Rakp2Body {
            bmc_random,
            guid: exchange.guid,
            auth_code: exchange.rakp2_code(),
        };
        let response = Rakp2 {
            tag,
            status: Status::NoErrors,
            console_session,
            body: Some(body),
        }
        .to_bytes();
        let settled = Rakp {
            request: payload.to_vec(),
            response: response.clone(),
            exchange,
            user,
            level,
            failures: 0,
        };
        if let Some(HalfOpen {
            stage: Stage::Opened { rakp, .. },
            ..
        }) = self.sessions.half_open(request.bmc_session)
        {
            *rakp = Some(Box::new(settled));
        }
        response
    }

    /// The user and level that RAKP message 1 names.
    fn log_in(&self, request: &Rakp1<'_>, limit: Privilege) -> Result<(u8, Privilege), Status> {
        let level = match request.role & 0x0f {
            // 'The highest there is': what the opened session allows.
            0 => limit,
            bits => Privilege::from_bits(bits).ok_or(Status::InvalidRole)?,
        };
        let name_only = request.role & NAME_ONLY != 0;
        if !name_only && self.config.personality.name_only {
            return Err(Status::UnauthorizedName);
        }
        let users = self.machine.users();
        let lookup = (!name_only).then_some(level);
        let user = users
            .find(LAN_CHANNEL, request.username, lookup)
            .ok_or(Status::UnauthorizedName)?;
        let access = users.get(user).ok_or(Status::UnauthorizedName)?;
        let allowed = access.limit(LAN_CHANNEL).ok_or(Status::UnauthorizedName)?;
        if level > allowed || level > limit {
            return Err(Status::UnauthorizedRole);
        }
        let most = usize::from(access.access(LAN_CHANNEL).sessions);
        if most != 0 && self.sessions.iter().filter(|s| s.user == user).count() >= most {
            return Err(Status::InsufficientResourcesForRole);
        }
        Ok((user, level))
    }

    /// A name longer than 16 bytes has a status of its own.
    fn refuse_long_name(&mut self, from: Peer, payload: &[u8], asked: usize) {
        let (Some(&tag), Some(&length)) = (payload.first(), payload.get(27)) else {
            self.statistics.strangers += 1;
            return;
        };
        if length > 16 {
            let refusal = Rakp2 {
                tag,
                status: Status::InvalidNameLength,
                console_session: 0,
                body: None,
            };
            self.send_to_stranger(
                from,
                V20::sessionless(PayloadType::Rakp2, &refusal.to_bytes()),
                asked,
            );
        }
    }

    pub(super) fn rakp3(&mut self, at: Moment, from: Peer, payload: &[u8], asked: usize) {
        let Ok(request) = Rakp3::parse(payload) else {
            self.statistics.strangers += 1;
            return;
        };
        let response = self.rakp4(at, from, payload, &request);
        if let Some(response) = response {
            self.send_to_stranger(from, V20::sessionless(PayloadType::Rakp4, &response), asked);
        }
    }

    fn rakp4(
        &mut self,
        at: Moment,
        from: Peer,
        payload: &[u8],
        request: &Rakp3,
    ) -> Option<Vec<u8>> {
        let tag = request.tag;
        let refusal = |status, console_session| {
            Some(
                Rakp4 {
                    tag,
                    status,
                    console_session,
                    check: Vec::new(),
                }
                .to_bytes(),
            )
        };
        if let Some(session) = self.sessions.get(request.bmc_session) {
            return match &session.security {
                Security::V20 {
                    last_rakp: (asked, answer),
                    ..
                } if asked == payload => Some(answer.clone()),
                _ => refusal(Status::InvalidSessionId, 0),
            };
        }
        let most = self.most_sessions();
        let active = self.sessions.len();
        let Some(HalfOpen {
            stage:
                Stage::Opened {
                    console_session,
                    rakp: Some(rakp),
                    ..
                },
            ..
        }) = self.sessions.half_open(request.bmc_session)
        else {
            return refusal(Status::InvalidSessionId, 0);
        };
        let console_session = *console_session;
        if request.status != Status::NoErrors {
            // The console does not like RAKP message 2: most often a wrong password.
            self.statistics.logins_failed += 1;
            self.sessions.end_half_open(request.bmc_session);
            return None;
        }
        if !rakp.exchange.rakp3_matches(&request.auth_code) {
            rakp.failures += 1;
            if rakp.failures >= MOST_FAILURES {
                self.sessions.end_half_open(request.bmc_session);
            }
            self.statistics.logins_failed += 1;
            return refusal(Status::InvalidCheckValue, console_session);
        }
        if active >= most {
            self.sessions.end_half_open(request.bmc_session);
            return refusal(Status::InsufficientResources, console_session);
        }
        let check = rakp.exchange.rakp4_check();
        let answer = Rakp4 {
            tag,
            status: Status::NoErrors,
            console_session,
            check,
        }
        .to_bytes();
        let session = Session {
            id: request.bmc_session,
            handle: 0,
            peer: from,
            channel: LAN_CHANNEL,
            user: rakp.user,
            limit: rakp.level,
            privilege: rakp.level.min(Privilege::User),
            security: Security::V20 {
                console_session,
                keys: rakp.exchange.session_keys(),
                last_rakp: (payload.to_vec(), answer.clone()),
            },
            inbound: Window::new(
                1,
                16,
                self.config.personality.window_ahead,
                self.config.personality.replays_taken,
            ),
            outbound: 0,
            last_command: at.now,
            last_request: None,
        };
        self.sessions.end_half_open(request.bmc_session);
        self.open(session);
        Some(answer)
    }

    /// Adds a session that was just activated.
    pub(super) fn open(&mut self, session: Session) {
        let (user, id) = (session.user, session.id);
        log::info!(
            "user {user} opened session {id:#010x} from {}",
            session.peer.address
        );
        self.sessions.add(session);
        self.statistics.sessions_opened += 1;
        push_event(&mut self.events, Event::Opened { user, session: id });
        self.count_sessions();
    }
}

fn asked_for(suite: &Suite, numbers: AlgorithmNumbers) -> bool {
    let fits = |asked, has| asked == DEFAULT || asked == has;
    let has = suite.numbers();
    fits(numbers.authentication, has.authentication)
        && fits(numbers.integrity, has.integrity)
        && fits(numbers.confidentiality, has.confidentiality)
}

/// Orders suites when the console leaves the choice to the BMC.
fn strength(suite: &Suite) -> (u8, u8, u8) {
    let authentication = match suite.authentication {
        Authentication::None => 0,
        Authentication::HmacMd5 => 1,
        Authentication::HmacSha1 => 2,
        Authentication::HmacSha256 => 3,
    };
    (
        authentication,
        u8::from(suite.confidentiality != Confidentiality::None),
        u8::from(suite.integrity != Integrity::None),
    )
}

/// 'You choose', in an algorithm record.
const DEFAULT: u8 = 0xff;
/// In RAKP message 1: look the user up by name alone.
const NAME_ONLY: u8 = 0x10;
/// Sessions in the making at most.
pub(super) const HALF_OPEN_LIMIT: usize = 256;
/// Wrong passwords until a session in the making is given up.
const MOST_FAILURES: u8 = 3;
