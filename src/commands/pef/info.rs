//! `pef info`: what the BMC's filters can do.

use ipmi_rs::connection::Message;

use crate::commands::Desk;
use crate::ipmi::guid::GetSystemGuid;
use crate::ipmi::pef::{GetPefCapabilities, GetPefParameter, Selector};
use crate::ipmi::{self, Failure, exchange};

use super::sheet::Sheet;
use super::words::{ACTIONS, Kind};

pub(super) fn run(desk: &mut Desk<'_>) -> bool {
    let count = GetPefParameter::<1> {
        selector: Selector::PolicyCount,
        set: 0,
    };
    let guid = GetPefParameter::<17> {
        selector: Selector::Guid,
        set: 0,
    };
    let wanted = [
        Message::from(count),
        GetPefCapabilities.into(),
        guid.into(),
        GetSystemGuid.into(),
    ];
    ipmi::hint(desk.bmc, wanted);
    let policies = exchange(desk.bmc, count).unwrap_or_else(|failure| {
        desk.output.evaluate(&failure);
        desk.output
            .complain(format_args!("Failed to get size of PEF Policy Table."));
        [0]
    });
    let capabilities = match exchange(desk.bmc, GetPefCapabilities) {
        Ok(capabilities) => capabilities,
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output
                .complain(format_args!("Failed to get PEF Capabilities."));
            return false;
        }
    };
    let mut sheet = Sheet::new(desk);
    let version = format_args!("{:#04x}", capabilities.version);
    sheet.field("Version", version, desk);
    sheet.field("PEF Event Filter count", capabilities.filters, desk);
    let size = policies[0] & 0x7f;
    sheet.field("PEF Alert Policy Table size", size, desk);
    let guid = match exchange(desk.bmc, guid) {
        Ok([used, guid @ ..]) if used & 1 == 1 => Some(guid),
        Ok(_) | Err(Failure::Completion(0x80)) => exchange(desk.bmc, GetSystemGuid).ok(),
        Err(failure) => {
            desk.output.evaluate(&failure);
            let reason = match failure {
                Failure::Transport(_) => -1,
                Failure::Answer(_) => -2,
                Failure::Completion(code) => i32::from(code),
            };
            desk.output
                .complain(format_args!("Failed to get PEF System GUID. {reason}"));
            return false;
        }
    };
    if let Some(guid) = guid {
        sheet.field("System GUID", spelt(&guid), desk);
    }
    sheet.flags(ACTIONS, Kind::Supported, capabilities.actions, desk);
    sheet.end(desk);
    true
}

/// The bytes in their order, with hyphens.
fn spelt(guid: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in guid.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
