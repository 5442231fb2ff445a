//! `mc selftest`.

use ipmi_rs::connection::Message;

use crate::commands::{Desk, Job};
use crate::ipmi::app::{GetSelfTest, SelfTest};
use crate::ipmi::{Failure, exchange};

/// Prints how the BMC's self test ended; a test that failed, or that there is none, fails the command.
#[derive(Clone, Copy, Debug)]
pub struct SelfTestJob;

impl Job for SelfTestJob {
    fn first(&self) -> Vec<Message> {
        vec![GetSelfTest.into()]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let output = &mut *desk.output;
        let SelfTest { result, detail } = match exchange(desk.bmc, GetSelfTest) {
            Ok(test) => test,
            Err(Failure::Transport(error)) => {
                output.explain(&error);
                output.complain(format_args!("No response from devices\n"));
                return false;
            }
            Err(failure) => {
                output.complain(format_args!("Bad response: ({failure})"));
                return false;
            }
        };
        match result {
            SelfTest::PASSED => output.line(format_args!("Selftest: passed")),
            SelfTest::NOT_IMPLEMENTED => output.line(format_args!("Selftest: not implemented")),
            SelfTest::CORRUPTED => {
                output.line(format_args!("Selftest: device corrupted"));
                for (bit, text) in BROKEN {
                    if detail & bit != 0 {
                        output.line(format_args!("{text}"));
                    }
                }
            }
            SelfTest::FATAL => {
                output.line(format_args!("Selftest     : fatal error"));
                output.line(format_args!("Failure code : {detail:02x}"));
            }
            // Stock ends no line here.
            SelfTest::RESERVED => output.print(format_args!("Selftest: N/A")),
            _ => {
                output.line(format_args!(
                    "Selftest     : device specific ({result:02X}h)"
                ));
                output.line(format_args!("Failure code : {detail:02X}h"));
            }
        }
        !matches!(
            result,
            SelfTest::NOT_IMPLEMENTED | SelfTest::CORRUPTED | SelfTest::FATAL | SelfTest::RESERVED
        )
    }
}

const BROKEN: [(u8, &str); 8] = [
    (0x80, " -> SEL device not accessible"),
    (0x40, " -> SDR repository not accessible"),
    (0x20, "FRU device not accessible"),
    (0x10, "IPMB signal lines do not respond"),
    (0x08, "SDR repository empty"),
    (0x04, "Internal Use Area corrupted"),
    (0x02, "Controller update boot block corrupted"),
    (0x01, "controller operational firmware corrupted"),
];
