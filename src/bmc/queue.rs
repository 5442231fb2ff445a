//! The BMC's task queue: strictly first in, first out. While the BMC is busy nothing leaves it.

use std::collections::VecDeque;
use std::time::Duration;

use super::moment::{Moment, Peer};

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Who wants it.
    pub from: Peer,
    /// When it came.
    pub received: Moment,
    /// What it is.
    pub work: Work,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// An IPMI request of a session, opened and verified; the message as bytes.
    Request {
        /// The BMC's id of the session.
        session: u32,
        /// The IPMI message.
        message: Vec<u8>,
    },
    /// A datagram outside any session.
    Datagram(Vec<u8>),
}

/// The queue.
#[derive(Debug, Default)]
pub struct Queue {
    tasks: VecDeque<Task>,
    outsiders: usize,
    /// Tasks that found no room.
    pub refused: u64,
    /// The longest it ever was.
    pub longest: usize,
}

impl Queue {
    /// Puts a task at the end. Work from outside sessions has a smaller share, so that strangers cannot push
    /// out those who have a session.
    pub fn push(&mut self, task: Task) {
        let outsider = matches!(task.work, Work::Datagram(_));
        if self.tasks.len() >= CAPACITY || outsider && self.outsiders >= OUTSIDERS {
            self.refused += 1;
            return;
        }
        self.outsiders += usize::from(outsider);
        self.tasks.push_back(task);
        self.longest = self.longest.max(self.tasks.len());
    }

    /// Takes the task that has waited longest.
    pub fn pop(&mut self) -> Option<Task> {
        let task = self.tasks.pop_front()?;
        self.outsiders -= usize::from(matches!(task.work, Work::Datagram(_)));
        Some(task)
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.tasks.clear();
        self.outsiders = 0;
    }
}

/// How a task fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// Processed when it came.
    No,
    /// Had to wait.
    Yes,
    /// Longer than the overdue limit.
    TooLong,
}

impl Waited {
    /// How long a task received at `received` and processed at `processed` waited.
    pub fn between(received: Moment, processed: Moment, overdue: Duration) -> Self {
        match processed.now.saturating_duration_since(received.now) {
            Duration::ZERO => Self::No,
            waited if waited > overdue => Self::TooLong,
            _ => Self::Yes,
        }
    }
}

const CAPACITY: usize = 512;
const OUTSIDERS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Instant;

    fn task(n: u8, session: bool) -> Task {
        let from = SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into();
        let received = Moment {
            now: Instant::now(),
            wall_ms: 0,
        };
        let message = vec![n];
        let work = if session {
            Work::Request {
                session: 1,
                message,
            }
        } else {
            Work::Datagram(message)
        };
        Task {
            from,
            received,
            work,
        }
    }

    #[test]
    fn tasks_leave_in_the_order_they_came() {
        let mut queue = Queue::default();
        (0..10).for_each(|n| queue.push(task(n, n % 2 == 0)));
        for n in 0..10 {
            assert_eq!(queue.pop().unwrap().work, task(n, n % 2 == 0).work);
        }
        assert!(queue.is_empty());
    }

    #[test]
    fn strangers_cannot_push_out_sessions_and_nothing_grows_without_bound() {
        let mut queue = Queue::default();
        (0..5000).for_each(|_| queue.push(task(0, false)));
        assert_eq!(queue.len(), OUTSIDERS);
        (0..5000).for_each(|_| queue.push(task(0, true)));
        assert_eq!(queue.len(), CAPACITY);
        assert_eq!(queue.refused as usize, 10_000 - CAPACITY);
    }

    #[test]
    fn a_task_is_overdue_only_beyond_the_limit() {
        let start = Moment {
            now: Instant::now(),
            wall_ms: 0,
        };
        let limit = Duration::from_secs(60);
        assert_eq!(Waited::between(start, start, limit), Waited::No);
        assert_eq!(
            Waited::between(start, start.after(limit), limit),
            Waited::Yes
        );
        assert_eq!(
            Waited::between(start, start.after(limit + Duration::from_millis(1)), limit),
            Waited::TooLong
        );
    }
}
