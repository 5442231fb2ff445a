//! What is asked over a session before its console begins: where the window of `since` and `until` lies in the BMC's
//! log, how the BMC knows this session, and whether it still has an earlier one of ours.

use std::sync::{Arc, OnceLock};

use super::log::source::{Source, Trouble};
use crate::cli::time::{self, Moment};
use crate::commands::connect::Refused;
use crate::console::clock;
use crate::console::log::{Former, Position};
use crate::console::window::Bounds;
use crate::ipmi::complaint::Complaint;
use crate::ipmi::exchange;
use crate::ipmi::session::GetSessionInfo;
use crate::transport::network::Lanplus;

/// What is to be asked. Clones share the window's times, which the first answer settles.
#[derive(Debug, Clone)]
pub(super) struct Questions {
    /// SOL payload instance, 1 to 15.
    pub instance: u8,
    /// The enterprise number of the console-log extension.
    pub extension: u32,
    /// From when on output counts.
    pub since: Option<Moment>,
    /// Until when.
    pub until: Option<Moment>,
    /// Whether another session may follow this one, which would have to know it.
    pub sessions: bool,
    /// The window by the BMC's clock: `-10m` is ten minutes before the first session, not before each.
    pub settled: Arc<OnceLock<(Option<u64>, Option<u64>)>>,
}

/// The answers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    /// Where the window lies, if one was asked for.
    pub bounds: Option<Bounds>,
    /// From when to when output of the window is kept no longer, in milliseconds by the BMC's clock.
    pub gone: Option<(u64, u64)>,
    /// From when on output of the window was stored nowhere, in milliseconds by our clock.
    pub unstored: Option<u64>,
    /// For the user.
    pub note: Option<String>,
    /// How the BMC knows this session.
    pub session: Option<Former>,
    /// The earlier session whose payload may be taken back.
    pub former: Option<u32>,
}

/// Asks. `former`: the session before this one.
///
/// # Errors
///
/// A BMC that does not answer any more; the session is closed.
pub(super) fn ask(
    mut session: Lanplus,
    questions: &Questions,
    former: Option<Former>,
) -> Result<(Lanplus, Answers), Refused> {
    let mut answers = Answers::default();
    if questions.sessions {
        let id = session.id();
        let seen = seen(&mut session, GetSessionInfo::Current);
        answers.session = Some(Former { id, seen });
        answers.former = former
            .filter(|former| is_still_ours(&mut session, *former))
            .map(|former| former.id);
    }
    if questions.since.is_none() && questions.until.is_none() {
        return Ok((session, answers));
    }
    let mut source = Source::new(session, questions.instance, questions.extension);
    let found = find(&mut source, questions, &mut answers);
    let session = source.into_session();
    match found {
        Ok(()) => {}
        Err(trouble @ Trouble::Silent(_)) => {
            session.close();
            return Err(Refused {
                complaint: Complaint::error(trouble.to_string()),
                lasting: false,
            });
        }
        Err(trouble) => without_log(questions, &trouble, &mut answers),
    }
    Ok((session, answers))
}

/// Whether the BMC still has that session, and not another one under its id. One of which the BMC tells nothing is
/// taken for ours only within a run, where no time has passed in which its id could have been given to another.
fn is_still_ours(session: &mut Lanplus, former: Former) -> bool {
    match former.seen {
        None => true,
        told => seen(session, GetSessionInfo::Id(former.id)) == told,
    }
}

/// What a BMC tells of a session: user, channel, address and port; nothing where it does not tell all of it.
fn seen(session: &mut Lanplus, which: GetSessionInfo) -> Option<[u8; 14]> {
    let data = exchange(session, which).ok()?;
    let told: [u8; 18] = data.get(..18)?.try_into().ok()?;
    let mut seen = [0; 14];
    let (user, rest) = seen.split_first_mut()?;
    *user = told[USER] & 0x3f;
    rest.copy_from_slice(told.get(CHANNEL..)?);
    Some(seen)
}

/// Finds the window in the BMC's log.
fn find(source: &mut Source, wanted: &Questions, answers: &mut Answers) -> Result<(), Trouble> {
    let mut tries = 0;
    loop {
        tries += 1;
        match find_once(source, wanted, answers) {
            // Cleared in between.
            Err(Trouble::EpochGone(_)) if tries < TRIES => {}
            result => return result,
        }
    }
}

fn find_once(
    source: &mut Source,
    wanted: &Questions,
    answers: &mut Answers,
) -> Result<(), Trouble> {
    let info = source.info()?;
    let ours = clock::wall_clock();
    let (since, until) = *wanted.settled.get_or_init(|| {
        let by = |moment: Option<Moment>| moment.map(|moment| moment.by(info.now));
        (by(wanted.since), by(wanted.until))
    });
    let mut place = |time: Option<u64>| {
        time.filter(|time| *time <= info.now)
            .map(|time| source.find(info.epoch, time))
            .transpose()
    };
    let (from, to) = (place(since)?, place(until)?);
    if let (Some(since), Some(found)) = (since, &from)
        && found.offset == info.start
        && info.start > 0
        && found.time > since
    {
        // The oldest byte that is kept lies in the window: older ones may have, too.
        answers.gone = Some((since, found.time));
    }
    if !info.clock_is_set {
        answers.note =
            Some("the BMC's clock is not set; all times are by it nevertheless".to_owned());
    }
    let position = |offset| Position {
        epoch: info.epoch,
        offset,
    };
    answers.bounds = Some(Bounds {
        since,
        until,
        ahead: i64::try_from(i128::from(info.now) - i128::from(ours)).unwrap_or(0),
        from: from.map(|found| position(found.offset)),
        to: to.map(|found| position(found.offset)),
    });
    Ok(())
}

/// The BMC has no log: the window is by our clock, and its past is lost.
fn without_log(wanted: &Questions, trouble: &Trouble, answers: &mut Answers) {
    let now = clock::wall_clock();
    let (since, until) = *wanted.settled.get_or_init(|| {
        let by = |moment: Option<Moment>| moment.map(|moment| moment.by(now));
        (by(wanted.since), by(wanted.until))
    });
    answers.bounds = Some(Bounds {
        since,
        until,
        ..Bounds::default()
    });
    answers.unstored = since.filter(|since| *since < now);
    answers.note = answers.unstored.map(|since| {
        format!(
            "{trouble}; what the host printed since {} and before now cannot be shown",
            time::shown(since)
        )
    });
}

/// Where the user stands in the answer to Get Session Info (table 22-25).
const USER: usize = 3;

/// Where the channel stands there; address and port follow.
const CHANNEL: usize = 5;

/// How often a log that is cleared while it is looked at is looked at again.
const TRIES: u32 = 3;
