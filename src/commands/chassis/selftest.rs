//! `chassis selftest`.

use ipmi_rs::connection::Message;

use crate::commands::{Desk, Job};
use crate::ipmi::app::{GetSelfTest, SelfTest};
use crate::ipmi::exchange;

/// Prints how the BMC's self test ended. A failed test is no failure of the command, as in stock.
#[derive(Clone, Copy, Debug)]
pub struct SelfTestJob;

impl Job for SelfTestJob {
    fn first(&self) -> Vec<Message> {
        vec![GetSelfTest.into()]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let SelfTest { result, detail } = match exchange(desk.bmc, GetSelfTest) {
            Ok(test) => test,
            Err(failure) => {
                return desk.output.fail(
                    format_args!("Error sending Get Self Test command"),
                    &failure,
                );
            }
        };
        let output = &mut *desk.output;
        output.print(format_args!("Self Test Results    : "));
        match result {
            SelfTest::PASSED => output.line(format_args!("passed")),
            SelfTest::NOT_IMPLEMENTED => output.line(format_args!("not implemented")),
            SelfTest::CORRUPTED => {
                output.line(format_args!("device error"));
                for (bit, name) in BROKEN.iter().enumerate() {
                    if detail & (1 << bit) != 0 {
                        output.line(format_args!("{:23}[{name}]", ""));
                    }
                }
            }
            SelfTest::FATAL => output.line(format_args!("Fatal hardware error: {detail:02x}h")),
            _ => output.line(format_args!(
                "Device-specific failure {result:02x}h:{detail:02x}h"
            )),
        }
        true
    }
}

/// What does not work, from bit 0.
const BROKEN: [&str; 8] = [
    "firmware corrupted",
    "boot block corrupted",
    "FRU Internal Use Area corrupted",
    "SDR Repository empty",
    "IPMB not responding",
    "cannot access BMC FRU",
    "cannot access SDR Repository",
    "cannot access SEL Device",
];
