//! `pef policy list`.

use ipmi_rs::connection::Message;

use crate::commands::Desk;
use crate::ipmi::channel::GetChannelInfo;
use crate::ipmi::pef::{GetPefParameter, Policy, Selector};
use crate::ipmi::{self, exchange};

use super::destination::{self, LAN, SERIAL};
use super::sheet::Sheet;
use super::words::{self, MEDIA, RULES};

/// Prints every policy and where it sends alerts to. Whether all could be read.
pub(super) fn list(desk: &mut Desk<'_>) -> bool {
    let size = GetPefParameter::<1> {
        selector: Selector::PolicyCount,
        set: 0,
    };
    let count = match exchange(desk.bmc, size) {
        Ok([count]) => count & 0x7f,
        Err(failure) => {
            desk.output.evaluate(&failure);
            return false;
        }
    };
    if count == 0 {
        desk.output
            .complain(format_args!("PEF Alert Policy isn't supported."));
        return false;
    }
    let entry = |set| GetPefParameter::<4> {
        selector: Selector::Policy,
        set,
    };
    ipmi::hint(desk.bmc, (1..=count).map(entry));
    let mut complete = true;
    for set in 1..=count {
        match exchange(desk.bmc, entry(set)) {
            Ok(value) => complete &= print(&Policy::decode(&value), desk),
            Err(failure) => {
                desk.output.evaluate(&failure);
                complete = false;
            }
        }
    }
    complete
}

/// Prints a policy. Whether all of it could be read.
fn print(policy: &Policy, desk: &mut Desk<'_>) -> bool {
    let channel = GetChannelInfo {
        channel: policy.channel,
    };
    ipmi::hint(desk.bmc, [Message::from(channel)]);
    // Most destinations are on a LAN; channel 0 is the primary IPMB, which unused policies name.
    if policy.channel != 0 {
        destination::hint_lan(policy, desk);
    }
    let mut sheet = Sheet::new(desk);
    sheet.field("Alert policy table entry", policy.number, desk);
    sheet.field("Policy set", policy.set, desk);
    let state = if policy.enabled {
        "enabled"
    } else {
        "disabled"
    };
    sheet.field("State", state, desk);
    sheet.field("Policy entry rule", words::name(policy.rule, RULES), desk);
    if policy.event_specific {
        sheet.field("Event-specific", "true", desk);
    }
    let complete = match exchange(desk.bmc, channel) {
        Ok(info) => {
            sheet.field("Channel number", info.channel, desk);
            let medium = words::name(info.medium, MEDIA);
            sheet.field("Channel medium", medium, desk);
            let (channel, number) = (info.channel, policy.destination);
            match info.medium {
                LAN => destination::print_lan(channel, number, &mut sheet, desk),
                SERIAL => destination::print_serial(channel, number, &mut sheet, desk),
                _ => {
                    sheet.field("Destination ID", number, desk);
                    true
                }
            }
        }
        Err(failure) => {
            desk.output.evaluate(&failure);
            false
        }
    };
    sheet.end(desk);
    complete
}
