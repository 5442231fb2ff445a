//! `pef status`: what is on, and how far the event log is processed.

use ipmi_rs::connection::{IpmiCommand, Message};

use crate::cli::dates::Dates;
use crate::commands::Desk;
use crate::ipmi;
use crate::ipmi::pef::{GetLastProcessed, GetPefParameter, Selector};

use super::destination::{fetch, retrieving};
use super::sheet::Sheet;
use super::words::{ACTIONS, CONTROL, Kind};

pub(super) fn run(desk: &mut Desk<'_>) -> bool {
    let [control, actions] = [Selector::Control, Selector::Actions]
        .map(|selector| Message::from(GetPefParameter::<1> { selector, set: 0 }));
    let wanted = [GetLastProcessed.into(), control.clone(), actions.clone()];
    ipmi::hint(desk.bmc, wanted);
    let name = "Last S/W processed ID";
    let last = fetch(desk, GetLastProcessed.into(), name, 10);
    let Some(last) = last.and_then(|data| GetLastProcessed::parse_success_response(&data).ok())
    else {
        return retrieving(desk, name);
    };
    let mut sheet = Sheet::new(desk);
    let dates = Dates::from_environment(desk.context.utc);
    sheet.bytes("Last SEL addition", &dates.numeric(last.stamp), desk);
    for (label, record) in [
        ("Last SEL record ID", last.added),
        ("Last S/W processed ID", last.software),
        ("Last BMC processed ID", last.bmc),
    ] {
        sheet.field(label, format_args!("{record:#06x}"), desk);
    }
    for (message, name, table, kind) in [
        (control, "PEF control", CONTROL, Kind::Enabled),
        (actions, "PEF action", ACTIONS, Kind::Active),
    ] {
        match fetch(desk, message, name, 2).as_deref() {
            Some([_, bits, ..]) => sheet.flags(table, kind, *bits, desk),
            _ => return retrieving(desk, name),
        }
    }
    sheet.end(desk);
    true
}
