//! Every codec of the wire: a parse never panics, and what was parsed is written as it was read.

use std::fmt::Debug;

use steadysol::wire::{asf, console_log, lan, rmcp, session, setup, sol};

/// One input to every parser.
pub fn run(input: &[u8]) {
    let _ = session::Packet::parse(input);
    let _ = session::Packet::parse_body(input);
    if let Ok((_, _, body)) = rmcp::parse(input) {
        let _ = asf::parse(body);
        let _ = session::Packet::parse_body(body);
    }
    let _ = asf::parse(input);
    if let Ok(message) = lan::Message::parse(input) {
        assert_eq!(
            lan::Message::parse(&message.to_bytes()).as_ref(),
            Ok(&message)
        );
    }
    let _ = console_log::parse_info(input);
    let _ = console_log::present_epoch(input);
    again(input, sol::ToBmc::parse, sol::ToBmc::to_bytes);
    again(input, sol::FromBmc::parse, sol::FromBmc::to_bytes);
    again(
        input,
        setup::OpenRequest::parse,
        setup::OpenRequest::to_bytes,
    );
    again(
        input,
        setup::OpenResponse::parse,
        setup::OpenResponse::to_bytes,
    );
    again(input, setup::Rakp2::parse, setup::Rakp2::to_bytes);
    again(input, setup::Rakp3::parse, setup::Rakp3::to_bytes);
    again(input, setup::Rakp4::parse, setup::Rakp4::to_bytes);
    let _ = setup::Rakp1::parse(input);
    again(input, console_log::Info::parse, console_log::Info::to_bytes);
    again(
        input,
        console_log::Heartbeat::parse,
        console_log::Heartbeat::to_bytes,
    );
    again(input, console_log::Beat::parse, console_log::Beat::to_bytes);
    again(input, console_log::Read::parse, console_log::Read::to_bytes);
    again(input, console_log::Log::parse, console_log::Log::to_bytes);
    again(input, console_log::Find::parse, console_log::Find::to_bytes);
    again(
        input,
        console_log::Found::parse,
        console_log::Found::to_bytes,
    );
}

/// Whatever is parsed must, written and parsed again, be the same.
fn again<T: PartialEq + Debug, E: PartialEq + Debug>(
    input: &[u8],
    parse: fn(&[u8]) -> Result<T, E>,
    write: fn(&T) -> Vec<u8>,
) {
    if let Ok(parsed) = parse(input) {
        assert_eq!(parse(&write(&parsed)).as_ref(), Ok(&parsed));
    }
}
