//! `pef filter list`.

use crate::commands::Desk;
use crate::ipmi::pef::{Filter, GetPefCapabilities, GetPefParameter, Selector};
use crate::ipmi::{self, exchange};

use super::sheet::Sheet;
use super::words::{self, ACTIONS, OFFSETS, SENSOR_TYPES, SEVERITIES};

/// Prints every filter. Whether all could be read.
pub(super) fn list(desk: &mut Desk<'_>) -> bool {
    let count = match exchange(desk.bmc, GetPefCapabilities) {
        Ok(capabilities) => capabilities.filters,
        Err(failure) => {
            desk.output.evaluate(&failure);
            return false;
        }
    };
    if count == 0 {
        desk.output
            .complain(format_args!("PEF Event Filtering isn't supported."));
        return false;
    }
    let entry = |set| GetPefParameter::<21> {
        selector: Selector::Filter,
        set,
    };
    ipmi::hint(desk.bmc, (1..=count).map(entry));
    let mut complete = true;
    for set in 1..=count {
        match exchange(desk.bmc, entry(set)) {
            Ok(value) => print(&Filter::decode(&value), desk),
            Err(failure) => {
                desk.output.evaluate(&failure);
                desk.output
                    .complain(format_args!("Failed to get PEF Event Filter Entry {set}."));
                complete = false;
            }
        }
    }
    complete
}

fn print(filter: &Filter, desk: &mut Desk<'_>) {
    let mut sheet = Sheet::new(desk);
    sheet.field("PEF Filter Table entry", filter.number, desk);
    let state = if filter.enabled() { "en" } else { "dis" };
    let origin = match filter.configuration & 0x60 {
        0x40 => "pre-configured",
        0x00 => "configurable",
        _ => "reserved",
    };
    sheet.field("Status", format_args!("{state}abled, {origin}"), desk);
    if filter.enabled() {
        print_rule(filter, &mut sheet, desk);
    }
    sheet.end(desk);
}

/// What an enabled filter matches and does.
fn print_rule(filter: &Filter, sheet: &mut Sheet, desk: &mut Desk<'_>) {
    let sensor_type = words::name(filter.sensor_type, SENSOR_TYPES);
    sheet.field("Sensor type", sensor_type, desk);
    match filter.sensor {
        ANY => sheet.field("Sensor number", "Any", desk),
        number => sheet.field("Sensor number", number, desk),
    }
    let severity = words::first(filter.severity, SEVERITIES);
    sheet.field("Event severity", severity, desk);
    let class = match filter.trigger {
        0x01 => "Threshold",
        ..=SENSOR_SPECIFIC => "Discrete",
        _ => "OEM",
    };
    sheet.field("Event class", class, desk);
    sheet.field("Event trigger(s)", triggers(filter), desk);
    sheet.field("Action", words::all(filter.actions, ACTIONS), desk);
    if filter.actions & 1 != 0 {
        sheet.field("Policy set", filter.policies, desk);
    }
}

fn triggers(filter: &Filter) -> String {
    match (filter.trigger, filter.offsets) {
        (ANY, _) | (_, 0xffff) => "Any".to_owned(),
        (0, _) => "Unspecified".to_owned(),
        (SENSOR_SPECIFIC, _) => "Sensor-specific".to_owned(),
        (trigger, _) if trigger > SENSOR_SPECIFIC => "OEM".to_owned(),
        (trigger, offsets) => {
            let names = OFFSETS.get(usize::from(trigger) - 1);
            let mut text = format!("({trigger:#04x}/{offsets:#06x})");
            // As in stock, the offsets above 11 have no names.
            for offset in (0..OFFSETS.len()).filter(|offset| offsets >> offset & 1 == 1) {
                match names {
                    Some(names) => {
                        text.push(',');
                        text.push_str(names.get(offset).unwrap_or(&"None"));
                    }
                    None => text.push_str(", Unrecognized event trigger"),
                }
            }
            text
        }
    }
}

/// Sensor number or trigger.
const ANY: u8 = 0xff;

/// The event/reading type whose offsets depend on the sensor's type.
const SENSOR_SPECIFIC: u8 = 0x6f;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_has_words_with_any_offsets() {
        let mut filter = Filter::decode(&[0; 21]);
        for trigger in 0..=0xff {
            for offsets in [0, 1, 0x0fff, 0x5555, 0xfffe, 0xffff] {
                (filter.trigger, filter.offsets) = (trigger, offsets);
                assert!(!triggers(&filter).is_empty());
            }
        }
        (filter.trigger, filter.offsets) = (0x02, 0x000e);
        let text = "(0x02/0x000e),transition to active,transition to busy,None";
        assert_eq!(triggers(&filter), text);
    }
}
