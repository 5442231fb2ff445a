//! Lines of a Pigeon Point shelf manager's log, such as
//!
//! ```text
//! 0x001F: Event: at Mar 27 06:41:10 2007;from:(0x9a,0,7); sensor:(0xc3,119); event:0x6f(asserted): 0xA3 0x00 0x88
//! 0x0020: Event: at Mar 27 06:41:12 2007;from:(0x9a,0,7); sensor:(0xf0,0); event:0x6f(asserted): HotSwap: FRU 0 M4->M5, Cause=0x3
//! ```

use super::record::SYSTEM_EVENT;
use super::{Body, Event, Record};

/// A line as a record, without its time.
///
/// # Errors
///
/// What is not understood.
pub fn parse(line: &str) -> Result<Record, &'static str> {
    let id = leading(line, 16).ok_or("Invalid record ID.")?;
    let rest = after(line, ';').and_then(|rest| after(rest, ';'));
    let sensor = rest.and_then(|rest| after(rest, '('));
    let sensor = sensor.ok_or("Invalid Sensor Type.")?;
    let sensor_type = leading(sensor, 16).ok_or("Invalid Sensor Type.")?;
    let number = after(sensor, ',').ok_or("Invalid Sensor Number.")?;
    let sensor_number = leading(number, 10).ok_or("Invalid Sensor Number.")?;
    let kind = after(number, ':').ok_or("Invalid Event Type.")?;
    let event_type = leading(kind, 16).ok_or("Invalid Event Type.")?;
    let direction = after(kind, '(').ok_or("Invalid Event Type.")?;
    let data = after(direction, ' ').ok_or("Invalid Event Data#0.")?;
    let event = Event {
        timestamp: 0,
        generator: 0x0020,
        revision: 4,
        sensor_type: byte(sensor_type),
        sensor_number: byte(sensor_number),
        event_type: byte(event_type) & 0x7f,
        deasserted: !direction.starts_with('a'),
        data: if byte(sensor_type) == HOT_SWAP {
            hot_swap(data)?
        } else {
            bytes(data)?
        },
    };
    Ok(Record {
        id: id as u16,
        kind: SYSTEM_EVENT,
        body: Body::Event(event),
    })
}

/// The time of a line, as text.
pub fn time(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(" at ")?;
    rest.split_once(';').map(|(time, _)| time.trim())
}

/// Three numbers.
fn bytes(data: &str) -> Result<[u8; 3], &'static str> {
    if !data.starts_with('0') {
        return Err("ipmitool: can't guess format.");
    }
    let second = after(data, ' ').ok_or("Invalid Event Data#1.")?;
    let third = after(second, ' ').ok_or("Invalid Event Data#2.")?;
    Ok([
        byte(leading(data, 16).ok_or("Invalid Event Data#0.")?),
        byte(leading(second, 16).ok_or("Invalid Event Data#1.")?),
        byte(leading(third, 16).ok_or("Invalid Event Data#2.")?),
    ])
}

/// A FRU's number, its state before and after, and why.
fn hot_swap(data: &str) -> Result<[u8; 3], &'static str> {
    let fru = data
        .find(|sign: char| sign.is_ascii_digit())
        .and_then(|at| data.get(at..))
        .ok_or("Invalid Event Data#2.")?;
    let before = after(fru, 'M').ok_or("Invalid Event Data#1.")?;
    let now = after(before, 'M').ok_or("Invalid Event Data#0.")?;
    let cause = after(now, '=').ok_or("Invalid Event Data#1.")?;
    let value = |text, base, error| leading(text, base).map(byte).ok_or(error);
    Ok([
        0xa0 | value(now, 10, "Invalid Event Data#0.")?,
        value(before, 10, "Invalid Event Data#1.")?
            | value(cause, 16, "Invalid Event Data#1.")? << 4,
        value(fru, 10, "Invalid Event Data#2.")?,
    ])
}

/// What follows a sign.
fn after(text: &str, sign: char) -> Option<&str> {
    text.split_once(sign).map(|(_, rest)| rest)
}

/// The number that a text begins with, in C's manner.
fn leading(text: &str, base: u32) -> Option<u32> {
    let text = text.trim_start();
    let text = match base {
        16 => text
            .strip_prefix("0x")
            .or_else(|| text.strip_prefix("0X"))
            .unwrap_or(text),
        _ => text,
    };
    let end = text.find(|sign: char| !sign.is_digit(base));
    u32::from_str_radix(&text[..end.unwrap_or(text.len())], base).ok()
}

fn byte(value: u32) -> u8 {
    value as u8
}

/// PICMG's FRU hot swap sensors, whose events the log interprets.
const HOT_SWAP: u8 = 0xf0;

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "0x001F: Event: at Mar 27 06:41:10 2007;from:(0x9a,0,7); sensor:(0xc3,119); event:0x6f(asserted): 0xA3 0x00 0x88";
    const SWAP: &str = "0x0020: Event: at Mar 27 06:41:12 2007;from:(0x9a,0,7); sensor:(0xf0,3); event:0x6f(deasserted): HotSwap: FRU 5 M4->M6, Cause=0x3";

    #[test]
    fn a_line_is_a_record() {
        let record = parse(PLAIN).unwrap();
        assert_eq!(record.id, 0x1f);
        let event = record.as_event();
        assert_eq!(event.message(), [4, 0xc3, 119, 0x6f, 0xa3, 0, 0x88]);
        assert_eq!(time(PLAIN), Some("Mar 27 06:41:10 2007"));
        let event = parse(SWAP).unwrap().as_event();
        assert_eq!(event.message(), [4, 0xf0, 3, 0xef, 0xa6, 0x34, 5]);
    }

    #[test]
    fn a_cut_line_is_refused_not_fatal() {
        for line in [PLAIN, SWAP] {
            for length in 0..line.len() {
                let _ = (parse(&line[..length]), time(&line[..length]));
            }
        }
        assert_eq!(parse(""), Err("Invalid record ID."));
        assert_eq!(parse("1;2;(x"), Err("Invalid Sensor Type."));
    }
}
