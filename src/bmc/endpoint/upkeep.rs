//! What ends by itself: sessions, payloads, and what the machine's events do to both.

use std::time::Duration;

use super::{Bmc, Event, HALF_OPEN_LIFE, LAN_CHANNEL, SEQUENCE_JUMP, push_event};
use crate::bmc::command::MachineEvent;
use crate::bmc::moment::Moment;

impl Bmc {
    pub(super) fn expire(&mut self, at: Moment) {
        if let Some(limit) = at.now.checked_sub(HALF_OPEN_LIFE) {
            self.sessions.expire_half_open(limit);
        }
        let idle = self.idle_limit();
        let over: Vec<u32> = self
            .sessions
            .iter()
            .filter(|s| at.now >= s.last_command + idle)
            .map(|s| s.id)
            .collect();
        for id in over {
            self.end_session(id, "no command for too long");
        }
    }

    /// How long a session lives without a command. Where there are too many, some boards shorten it.
    pub(super) fn idle_limit(&self) -> Duration {
        let p = &self.config.personality;
        let excess = self
            .sessions
            .len()
            .saturating_sub(p.comfortable_sessions.unwrap_or(usize::MAX));
        p.idle / 2u32.saturating_pow(excess.min(8) as u32 * 3).max(1)
    }

    pub(super) fn end_session(&mut self, id: u32, why: &'static str) {
        for port in 0..self.ports.len() {
            if self.ports[port].sol.session() == Some(id) {
                self.end_sol(port, true);
            }
        }
        if self.sessions.remove(id).is_some() {
            log::info!("session {id:#010x} ended: {why}");
            push_event(&mut self.events, Event::Closed { session: id, why });
            self.count_sessions();
        }
    }

    pub(super) fn end_sol(&mut self, port: usize, notice: bool) {
        let Some(serial) = self.ports.get_mut(port) else {
            return;
        };
        let Some(session) = serial.sol.session() else {
            return;
        };
        let packet = serial.sol.deactivate();
        serial.sol_start = None;
        push_event(
            &mut self.events,
            Event::Sol {
                port,
                session: None,
            },
        );
        if let (true, Some(packet)) = (notice, packet) {
            self.send_sol_end(session, &packet);
        }
    }

    pub(super) fn count_sessions(&mut self) {
        let n = self.sessions.len().min(63) as u8;
        self.machine.set_session_count(LAN_CHANNEL, n);
    }

    pub(super) fn collect_machine_events(&mut self, at: Moment) {
        while let Some(event) = self.machine.poll_event() {
            match &event {
                MachineEvent::ColdReset | MachineEvent::WarmReset => {
                    self.reboot(at.now + self.config.personality.boot_time, false);
                }
                MachineEvent::UserChanged(user) => self.user_changed(*user),
                MachineEvent::PowerCycle | MachineEvent::HardReset | MachineEvent::PowerOn => {
                    self.host_reset()
                }
                _ => {}
            }
            push_event(&mut self.events, Event::Machine(event));
        }
    }

    /// A user who may not log in any more is logged out; one whose limit sank loses the levels above it.
    pub(super) fn user_changed(&mut self, user: u8) {
        let mine: Vec<(u32, u8)> = self
            .sessions
            .iter()
            .filter(|s| s.user == user)
            .map(|s| (s.id, s.channel))
            .collect();
        for (id, channel) in mine {
            match self
                .machine
                .users()
                .get(user)
                .and_then(|u| u.limit(channel))
            {
                None => self.end_session(id, "the user was disabled"),
                Some(limit) => {
                    if let Some(session) = self.sessions.get_mut(id) {
                        session.limit = session.limit.min(limit);
                        session.privilege = session.privilege.min(session.limit);
                    }
                }
            }
        }
    }

    /// Quirks of boards whose BMC suffers when the host restarts.
    pub(super) fn host_reset(&mut self) {
        if self.config.personality.sequence_jump_at_reset {
            let ids: Vec<u32> = self.sessions.iter().map(|s| s.id).collect();
            for id in ids {
                if let Some(session) = self.sessions.get_mut(id) {
                    session.outbound = session.outbound.wrapping_add(SEQUENCE_JUMP);
                }
            }
        }
        if self.config.personality.serial_dies_at_reset {
            for serial in self.ports.iter_mut().filter(|s| s.sol.session().is_some()) {
                serial.dead = true;
            }
        }
    }
}
