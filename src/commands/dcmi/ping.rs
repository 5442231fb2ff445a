//! `dcmi oob_discover`: whether anything that speaks IPMI answers a presence ping.

use std::time::Duration;

use crate::cli::context::Interface;
use crate::cli::{Context, Exit};
use crate::commands::output::Output;
use crate::commands::{Errand, Parsed};
use crate::transport::interrupt::Interrupt;
use crate::transport::network::{Target, ping};

/// Pings; unlike stock, without a session.
#[derive(Debug)]
struct Ping;

pub(super) fn parse() -> Parsed {
    Parsed::errand(Ping)
}

impl Errand for Ping {
    fn run(self: Box<Self>, context: &Context, _: Option<&Interrupt>, output: &mut Output) -> Exit {
        let default = match context.interface {
            Interface::Lan => LAN_TIMEOUT,
            Interface::Lanplus => LANPLUS_TIMEOUT,
            _ => {
                output.complain(format_args!(
                    "\nOOB discovery is available only via RMCP interface."
                ));
                return Exit::Failure;
            }
        };
        let Some(host) = context.host.clone().filter(|host| !host.is_empty()) else {
            output.complain(format_args!("No hostname specified!\n{FAILED}"));
            return Exit::Failure;
        };
        let target = Target {
            host,
            port: context.port,
            family: context.family,
        };
        let timeout = Duration::from_secs(context.timeout.unwrap_or(default).into());
        let tries = context.retries.unwrap_or(TRIES);
        log::debug!("Sending IPMI/RMCP presence ping packet");
        match ping::ping(&target, timeout, tries) {
            Ok(pong) => told(output, context.verbose, pong),
            Err(error) => {
                output.complain(format_args!("{error}\n{FAILED}"));
                Exit::Failure
            }
        }
    }
}

fn told(output: &mut Output, verbose: u8, pong: ping::Pong) -> Exit {
    let supported = pong.entities & IPMI != 0;
    let not = if supported { "" } else { " NOT" };
    if verbose > 0 {
        output.line(format_args!(
            "Received IPMI/RMCP response packet: IPMI{not} Supported"
        ));
    }
    if verbose > 1 {
        let version = if pong.entities & 1 != 0 {
            "1.0"
        } else {
            "unknown"
        };
        output.line(format_args!(
            "  ASF Version {version}\n  RMCP Version 1.0\n  RMCP Sequence {}\n  IANA Enterprise 4542\n",
            pong.sequence
        ));
    }
    if !supported {
        output.complain(format_args!("IPMI is not supported\n{FAILED}"));
        return Exit::Failure;
    }
    output.line(format_args!(""));
    Exit::Success
}

const FAILED: &str = "\nOOB discovering capabilities failed.";

/// The bit of the supported entities.
const IPMI: u8 = 0x80;

/// Stock's `-N` and `-R`.
const LAN_TIMEOUT: u32 = 2;
const LANPLUS_TIMEOUT: u32 = 1;
const TRIES: u32 = 4;
