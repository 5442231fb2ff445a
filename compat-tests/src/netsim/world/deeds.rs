//! What happens in a history: its beginnings, its ends, and the host that prints.

use std::time::Duration;

use steadysol::bmc::command::{Command, Privilege};
use steadysol::bmc::endpoint::{Fate, LAN_CHANNEL};

use super::{Turn, World};
use crate::netsim::books::CELL;
use crate::netsim::history::{Deed, What};

impl World {
    pub(super) fn turn(&mut self, turn: Turn) -> Result<(), String> {
        let now = self.instant();
        match turn {
            Turn::Begin(deed) => self.begin(deed),
            Turn::End(deed) => {
                self.end(deed);
                Ok(())
            }
            Turn::Rest => self.check_rest(),
            Turn::ShutDown => {
                self.shutting_down = true;
                match self.client.console() {
                    Some(console) => console.shut_down(now),
                    None => return Err("there is neither a console nor a reason why".into()),
                }
                Ok(())
            }
        }
    }

    fn begin(&mut self, deed: Deed) -> Result<(), String> {
        let now = self.instant();
        if deed.what.cuts_off() {
            self.cut_off += 1;
        }
        match deed.what {
            What::Print(cells) => self.to_print += u64::from(cells),
            What::Type(count) => {
                let keys = self.books.type_more(count as usize);
                let taken = self
                    .client
                    .console()
                    .map_or(0, |console| console.type_bytes(now, &keys));
                self.books.untype(keys.len() - taken);
            }
            What::Break => {
                if let Some(console) = self.client.console() {
                    console.send_break(now);
                    self.breaks_sent += 1;
                }
            }
            What::PauseOutput => {
                self.paused += 1;
                self.pause();
            }
            What::HostStalls => self.host_stalled += 1,
            What::Busy => self.bmc.core.set_busy(now + deed.lasts),
            What::Freeze => self.bmc.frozen += 1,
            What::Reboot => self.bmc.core.reboot(now + deed.lasts, false),
            What::Mute(cmd, times) => {
                let hooks = self.bmc.core.hooks_mut();
                hooks.set((6, cmd), Fate::NoAnswer, Some(times));
            }
            What::HostReset => {
                let command = Command {
                    netfn: 0,
                    lun: 0,
                    cmd: 2,
                    data: &[3],
                    channel: LAN_CHANNEL,
                    privilege: Privilege::Administrator,
                    user: 2,
                    now,
                    wall_ms: self.wall(),
                };
                self.bmc.core.machine_mut().handle(&command);
            }
            What::Overrun => self.bmc.core.overrun_sol(now, 0),
            What::Deactivate => {
                self.ended = true;
                self.bmc.core.deactivate_sol(now, 0);
            }
            What::Steal => {
                self.ended = true;
                self.bmc.core.steal_sol(0, THIEF);
            }
            What::Jitter(late) | What::Reorder(_, late) => {
                self.delays.push(late);
                self.slowest = self.slowest.max(late);
                self.network.begin(self.now, deed.what);
            }
            What::Loss(_, rate) | What::Corrupt(rate) => {
                self.lossy += rate;
                self.network.begin(self.now, deed.what);
            }
            what => self.network.begin(self.now, what),
        }
        Ok(())
    }

    fn end(&mut self, deed: Deed) {
        if deed.what.cuts_off() {
            self.cut_off -= 1;
            self.reachable_since = self.now;
        }
        match deed.what {
            What::PauseOutput => {
                self.paused -= 1;
                self.pause();
            }
            What::HostStalls => self.host_stalled -= 1,
            What::Freeze => {
                self.bmc.frozen -= 1;
                if self.bmc.frozen == 0 {
                    for packet in std::mem::take(&mut self.bmc.door) {
                        self.carry_to_bmc(&packet);
                    }
                }
            }
            What::Jitter(late) | What::Reorder(_, late) => {
                if let Some(at) = self.delays.iter().position(|delay| *delay == late) {
                    self.delays.remove(at);
                }
                self.network.end(self.now, deed.what);
            }
            What::Loss(_, rate) | What::Corrupt(rate) => {
                self.lossy -= rate;
                self.lossy_until = self.now;
                self.network.end(self.now, deed.what);
            }
            what => self.network.end(self.now, what),
        }
    }

    fn pause(&mut self) {
        let (now, paused) = (self.instant(), self.paused > 0);
        if let Some(console) = self.client.console() {
            console.pause_output(now, paused);
        }
    }

    /// The host prints what the port takes, at the speed of its line.
    pub(super) fn print_on(&mut self) {
        if self.print_at.is_some_and(|at| at > self.now) {
            return;
        }
        self.print_at = None;
        if self.to_print == 0 {
            return;
        }
        let room = (self.bmc.core.serial_room(0) / CELL) as u64;
        let cells = room.min(self.to_print).min(BURST);
        if cells > 0 && self.bmc.frozen == 0 {
            self.to_print -= cells;
            let bytes = self.books.print(cells);
            let (now, wall) = (self.instant(), self.wall());
            self.bmc.core.serial_input(now, wall, 0, &bytes);
        }
        if self.to_print > 0 {
            self.print_at = Some(self.now + BURST_TIME);
        }
    }
}

/// Cells printed at once, and how long a line of 115,200 bit/s takes for them.
const BURST: u64 = 32;
const BURST_TIME: Duration = Duration::from_millis(22);

/// Who takes the console away.
const THIEF: u32 = 0x7417_0f7e;
