//! When to ask whether the BMC lives, when to tell the user that it is silent, and when to believe that it is dead.
//!
//! A missing answer means nothing by itself. Any authentic packet proves life; but only an answered *command* counts
//! as activity with BMCs that close idle sessions (`ipmi_sim` after 30 s, others after 60 s, however much console
//! data flows), so that the clock of the next keepalive runs from the last answered one.

use std::time::{Duration, Instant};

/// What a keepalive is made of, and its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What is sent.
    pub probe: Probe,
    /// How long after the last answered command a keepalive is sent.
    pub interval: Duration,
    /// How long a silence may last.
    pub dead_after: Duration,
}

/// What a keepalive is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Get Device ID.
    DeviceId,
    /// An empty SOL packet (`usesolkeepalive`).
    Sol,
    /// There are none (`nokeepalive`).
    None,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            probe: Probe::DeviceId,
            interval: INTERVAL,
            dead_after: DEAD_AFTER,
        }
    }
}

impl Policy {
    /// After how long an unanswered keepalive is a miss, and the next one is sent.
    pub fn retry(&self) -> Duration {
        self.interval.min(RETRY)
    }

    /// How many misses a death takes, beside the silence: as many as fit into it, behind the first keepalive.
    fn misses(&self) -> u32 {
        let asking = self.dead_after.saturating_sub(self.interval);
        let fit = asking.as_millis() / self.retry().as_millis().max(1);
        u32::try_from(fit)
            .unwrap_or(MISSES)
            .clamp(LEAST_MISSES, MISSES)
    }
}

/// What there is to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Wait,
    /// Send a keepalive.
    Send,
    /// Tell the user that nothing has been heard for so long.
    Silent(Duration),
    /// The BMC counts as dead, after so long a silence.
    Dead(Duration),
}

/// The state of the BMC's health, as far as it can be known.
#[derive(Debug)]
pub struct Keepalive {
    policy: Policy,
    heard: Instant,
    answered: Instant,
    /// The last keepalive sent, while no keepalive is answered.
    last_sent: Option<Instant>,
    /// The first keepalive sent since the BMC was heard, and how many since then.
    unheard_since: Option<Instant>,
    unheard: u32,
    announced: bool,
    spared: bool,
}

impl Keepalive {
    /// The BMC was heard, and answered a command, just `now`.
    pub fn new(policy: Policy, now: Instant) -> Self {
        Self {
            policy,
            heard: now,
            answered: now,
            last_sent: None,
            unheard_since: None,
            unheard: 0,
            announced: false,
            spared: false,
        }
    }

    /// When the BMC was heard last.
    pub fn heard_at(&self) -> Instant {
        self.heard
    }

    /// How many keepalives have gone unanswered for long enough to be misses, with nothing else heard.
    pub fn misses(&self, now: Instant) -> u32 {
        let fresh = self
            .last_sent
            .is_some_and(|sent| now < sent + self.policy.retry());
        self.unheard.saturating_sub(u32::from(fresh))
    }

    /// An authentic packet came. Returns how long the silence was that the user had been told of.
    pub fn heard(&mut self, now: Instant) -> Option<Duration> {
        let silence = now.saturating_duration_since(self.heard);
        self.heard = now;
        self.unheard_since = None;
        self.unheard = 0;
        std::mem::take(&mut self.announced).then_some(silence)
    }

    /// A command, or a keepalive of whatever kind, was answered.
    pub fn answered(&mut self, now: Instant) {
        self.answered = now;
        self.last_sent = None;
    }

    /// A keepalive has been sent.
    pub fn sent(&mut self, now: Instant) {
        self.last_sent = Some(now);
        self.unheard_since.get_or_insert(now);
        self.unheard += 1;
    }

    /// Whether the BMC does not count as dead yet, however long the silence.
    pub fn spare(&mut self, spared: bool) {
        self.spared = spared;
    }

    /// What there is to do. `typed_since` is since when typed characters wait for their acknowledgement.
    pub fn verdict(&mut self, now: Instant, typed_since: Option<Instant>) -> Verdict {
        let silence = now.saturating_duration_since(self.heard);
        let waiting = self.waiting_since(typed_since);
        let waited = waiting.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        let dead = match self.policy.probe {
            // Without keepalives only what was typed can show that nobody is there.
            Probe::None => waited >= self.policy.dead_after,
            _ => silence >= self.policy.dead_after && self.misses(now) >= self.policy.misses(),
        };
        if dead && !self.spared {
            return Verdict::Dead(silence);
        }
        if self.due(typed_since).is_some_and(|due| now >= due) {
            return Verdict::Send;
        }
        if waited >= ANNOUNCE && !self.announced {
            self.announced = true;
            return Verdict::Silent(silence);
        }
        Verdict::Wait
    }

    /// When there may be something to do next.
    pub fn poll_timeout(&self, typed_since: Option<Instant>) -> Option<Instant> {
        let waiting = self.waiting_since(typed_since);
        let announce = waiting
            .filter(|_| !self.announced)
            .map(|since| since + ANNOUNCE);
        let dead = match self.policy.probe {
            _ if self.spared => None,
            Probe::None => waiting.map(|since| since + self.policy.dead_after),
            // Before that there are not enough misses; each of them is a wake-up of its own.
            _ if self.unheard < self.policy.misses() => None,
            _ => {
                let missed = self.last_sent.map(|sent| sent + self.policy.retry());
                let dead = self.heard + self.policy.dead_after;
                let enough = self.unheard > self.policy.misses();
                Some(if enough {
                    dead
                } else {
                    missed.map_or(dead, |missed| missed.max(dead))
                })
            }
        };
        [self.due(typed_since), announce, dead]
            .into_iter()
            .flatten()
            .min()
    }

    /// Since when something that was sent has waited for any sign of life.
    fn waiting_since(&self, typed_since: Option<Instant>) -> Option<Instant> {
        let typed = typed_since.map(|since| since.max(self.heard));
        [self.unheard_since, typed].into_iter().flatten().min()
    }

    fn due(&self, typed_since: Option<Instant>) -> Option<Instant> {
        if self.policy.probe == Probe::None {
            return None;
        }
        let regular = match self.last_sent {
            Some(sent) => sent + self.policy.retry(),
            None => self.answered + self.policy.interval,
        };
        // What is typed and not acknowledged raises the question early.
        let early = typed_since
            .filter(|_| self.last_sent.is_none() && self.policy.probe == Probe::DeviceId)
            .map(|since| (since + NUDGE).max(self.answered + self.policy.retry()));
        Some(early.map_or(regular, |early| early.min(regular)))
    }
}

/// Stock's interval.
const INTERVAL: Duration = Duration::from_secs(15);

/// The interval after a miss (libipmiconsole's).
const RETRY: Duration = Duration::from_secs(5);

/// Stock gives up 89.6 s after a BMC froze.
const DEAD_AFTER: Duration = Duration::from_secs(90);

/// Keepalives that must go unanswered, where the silence may last long enough for so many.
const MISSES: u32 = 8;

/// The same, however short it may last.
const LEAST_MISSES: u32 = 2;

/// After how long the user is told (mosh's figure).
const ANNOUNCE: Duration = Duration::from_millis(6500);

/// How long typed characters wait before a keepalive asks what is the matter.
const NUDGE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    /// Runs against a BMC that never answers, and logs what is to be done when.
    fn silent(policy: Policy, typed: bool) -> Vec<(Verdict, Duration)> {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(policy, start);
        let typed_since = typed.then_some(start);
        let (mut now, mut log) = (start, Vec::new());
        while let Some(at) = keepalive.poll_timeout(typed_since) {
            assert!(
                at > now || log.is_empty(),
                "spins at {:?}: {log:?}",
                at - start
            );
            now = at;
            loop {
                let verdict = keepalive.verdict(now, typed_since);
                match verdict {
                    Verdict::Wait => break,
                    Verdict::Send => keepalive.sent(now),
                    Verdict::Silent(_) => {}
                    Verdict::Dead(_) => {
                        log.push((verdict, now - start));
                        return log;
                    }
                }
                log.push((verdict, now - start));
            }
        }
        log
    }

    #[test]
    fn a_quiet_console_asks_after_15_s_then_every_5_s_and_gives_up_after_90_s() {
        let log = silent(Policy::default(), false);
        let sent: Vec<_> = log
            .iter()
            .filter(|(v, _)| *v == Verdict::Send)
            .map(|(_, at)| at.as_secs())
            .collect();
        assert_eq!(sent[..4], [15, 20, 25, 30]);
        assert_eq!(log.last(), Some(&(Verdict::Dead(90 * S), 90 * S)));
        assert!(
            log.contains(&(Verdict::Silent(S * 43 / 2), S * 43 / 2)),
            "told 6.5 s after the first one: {log:?}"
        );
    }

    #[test]
    fn typing_into_silence_is_noticed_at_once_and_asks_early() {
        let log = silent(Policy::default(), true);
        assert!(
            log.contains(&(Verdict::Silent(S * 13 / 2), S * 13 / 2)),
            "{log:?}"
        );
        assert_eq!(log[0], (Verdict::Send, 5 * S));
        assert_eq!(log.last(), Some(&(Verdict::Dead(90 * S), 90 * S)));
    }

    #[test]
    fn shorter_times_are_kept_and_longer_ones_too() {
        let end = |interval, dead_after| {
            let policy = Policy {
                interval: interval * S,
                dead_after: dead_after * S,
                ..Policy::default()
            };
            silent(policy, false).last().unwrap().1.as_secs()
        };
        for limit in 6..=100 {
            assert_eq!(
                end(2, limit),
                u64::from(limit),
                "asked often enough for any limit"
            );
        }
        assert_eq!(end(2, 5), 6, "two misses have to be seen first");
        assert_eq!(end(15, 10), 25);
        assert_eq!(end(15, 60), 60);
        assert_eq!(end(15, 600), 600);
        assert_eq!(end(120, 90), 130);
        assert_eq!(end(1, 1), 3);
    }

    #[test]
    fn without_keepalives_a_quiet_console_is_never_given_up_and_nothing_wakes_it() {
        let policy = Policy {
            probe: Probe::None,
            ..Policy::default()
        };
        assert_eq!(silent(policy, false), []);
        assert_eq!(
            silent(policy, true).last(),
            Some(&(Verdict::Dead(90 * S), 90 * S))
        );
    }

    #[test]
    fn console_traffic_proves_life_but_does_not_put_off_the_next_command() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(Policy::default(), start);
        for second in 1..15 {
            keepalive.heard(start + second * S);
            assert_eq!(keepalive.verdict(start + second * S, None), Verdict::Wait);
        }
        assert_eq!(keepalive.verdict(start + 15 * S, None), Verdict::Send);
        keepalive.sent(start + 15 * S);
        for second in 16..400 {
            keepalive.heard(start + second * S);
            if keepalive.verdict(start + second * S, None) == Verdict::Send {
                assert_eq!(second % 5, 0);
                keepalive.sent(start + second * S);
            }
        }
        keepalive.answered(start + 400 * S);
        assert_eq!(keepalive.poll_timeout(None), Some(start + 415 * S));
    }

    #[test]
    fn the_user_is_told_when_it_is_back_only_if_told_before() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(Policy::default(), start);
        assert_eq!(keepalive.heard(start + S), None);
        keepalive.sent(start + 15 * S);
        assert_eq!(keepalive.verdict(start + 20 * S, None), Verdict::Send);
        keepalive.sent(start + 20 * S);
        assert_eq!(
            keepalive.verdict(start + 22 * S, None),
            Verdict::Silent(21 * S)
        );
        assert_eq!(keepalive.heard(start + 24 * S), Some(23 * S));
        assert_eq!(keepalive.heard(start + 25 * S), None);
    }
}
