//! The BMC's commands: any request, in any order, at any privilege level.

use std::time::{Duration, Instant};

use steadysol::bmc::command::{Command, Privilege};
use steadysol::bmc::inventory::Inventory;
use steadysol::bmc::machine::Machine;

use super::Bytes;

/// A sequence of requests: netfn, command, LUN and level, length, data; time passes between them.
pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let mut now = Instant::now();
    let mut wall_ms = 1_700_000_000_000;
    let mut machine = Machine::new(Inventory::builtin(), 1, now, wall_ms);
    while let Some(netfn) = bytes.byte() {
        let cmd = bytes.byte().unwrap_or(0);
        let how = bytes.byte().unwrap_or(0);
        let length = usize::from(bytes.byte().unwrap_or(0) & 0x3f);
        let request = Command {
            netfn: netfn & 0x3e,
            lun: how & 3,
            cmd,
            data: bytes.take(length),
            channel: if how & 4 == 0 { 1 } else { 15 },
            privilege: match how >> 6 {
                0 => Privilege::None,
                1 => Privilege::User,
                2 => Privilege::Operator,
                _ => Privilege::Administrator,
            },
            user: 2,
            now,
            wall_ms,
        };
        if let Some(reply) = machine.handle(&request) {
            assert!(
                reply.code == 0 || reply.data.len() < 64,
                "a refusal with much to say"
            );
            assert!(reply.data.len() < 1024, "an answer no datagram holds");
        }
        while machine.poll_event().is_some() {}
        let pause = Duration::from_millis(u64::from(how >> 3 & 7) * 700);
        now += pause;
        wall_ms += u64::try_from(pause.as_millis()).unwrap_or(0);
        machine.handle_timeout(now, wall_ms);
        assert!(
            machine.poll_timeout().is_none_or(|next| next > now),
            "a deadline in the past, again and again"
        );
    }
}
