//! Records as text: a line each, comma separated with `-c`, or a block each with `-v`.

use std::io::Write;

use super::describe::describe;
use super::maker::Maker;
use super::sensors::Sensors;
use crate::cli::dates::Dates;
use crate::cli::locale::Locale;
use crate::commands::Desk;
use crate::commands::sdr::books::Books;
use crate::ipmi::events::{SENSOR_SPECIFIC, THRESHOLD};
use crate::sdr;
use crate::sel::oem_file::Descriptions;
use crate::sel::record::LINUX_PANIC;
use crate::sel::vendor::Vendor;
use crate::sel::{Body, Event, Record, event_file};
use crate::wire::text::{hex, up_to_nul};

/// Shows records.
#[derive(Debug)]
pub(in crate::commands) struct Show {
    pub(super) dates: Dates,
    descriptions: Descriptions,
    maker: Maker,
    point: Vec<u8>,
}

impl Show {
    pub(in crate::commands) fn new(desk: &Desk<'_>, descriptions: Descriptions) -> Self {
        Self {
            dates: Dates::from_environment(desk.context.utc),
            descriptions,
            maker: Maker::new(desk.context),
            point: Locale::from_environment().decimal_point().to_vec(),
        }
    }

    /// A record in the form that `-v` decides on; on a line with the name of its sensor, if `sensors` are wanted.
    pub(super) fn record(
        &mut self,
        books: &mut Books<'_, '_>,
        record: &Record,
        sensors: Option<&mut Sensors>,
    ) {
        if books.desk.context.verbose > 0 {
            self.block(books.desk, record);
        } else {
            self.brief(books, record, sensors);
        }
    }

    /// A record on a line.
    pub(in crate::commands) fn brief(
        &mut self,
        books: &mut Books<'_, '_>,
        record: &Record,
        sensors: Option<&mut Sensors>,
    ) {
        let sensor = match (&record.body, sensors) {
            (Body::Event(event), Some(sensors)) => sensors.of(books, event),
            _ => None,
        };
        let line = self.line(books.desk, record, sensor.as_ref());
        books.desk.output.bytes(&line);
    }

    fn line(
        &mut self,
        desk: &mut Desk<'_>,
        record: &Record,
        sensor: Option<&sdr::Record>,
    ) -> Vec<u8> {
        let csv = desk.context.csv;
        let next = if csv { "," } else { " | " };
        let mut line = Text::default();
        if csv {
            line.add(format_args!("{:x},", record.id));
        } else {
            line.add(format_args!("{:4x} | ", record.id));
        }
        if record.kind == LINUX_PANIC {
            line.add(format_args!(
                "{}Linux kernel panic: ",
                if csv { ",," } else { "" }
            ));
            line.bytes(panic_text(&record.to_file()));
            return line.end();
        }
        match &record.body {
            Body::Event(event) => {
                self.stamp(&mut line, event.timestamp, csv);
                self.event(desk, record, event, sensor, &mut line);
            }
            Body::Stamped(stamped) => {
                self.stamp(&mut line, stamped.timestamp, csv);
                line.add(format_args!("OEM record {:02x}{next}", record.kind));
                line.hexadecimal(&stamped.manufacturer);
                line.add(format_args!("{next}"));
                line.hexadecimal(&stamped.data);
                self.describe_oem(record, csv, &mut line);
            }
            Body::Plain(data) => {
                let empty = if csv { ",," } else { "" };
                line.add(format_args!("{empty}OEM record {:02x}{next}", record.kind));
                line.hexadecimal(data);
                self.describe_oem(record, csv, &mut line);
            }
        }
        line.end()
    }

    /// Date and time, two columns.
    fn stamp(&self, line: &mut Text, stamp: u32, csv: bool) {
        if stamp < INITIALIZED {
            let (date, time) = if csv { (",", ",") } else { (" |", "| ") };
            line.add(format_args!(" Pre-Init {date}{stamp:010}{time}"));
            return;
        }
        let next = if csv { "," } else { " | " };
        for column in [self.dates.date(stamp), self.dates.time(stamp)] {
            line.bytes(&column);
            line.add(format_args!("{next}"));
        }
    }

    fn event(
        &mut self,
        desk: &mut Desk<'_>,
        record: &Record,
        event: &Event,
        sensor: Option<&sdr::Record>,
        line: &mut Text,
    ) {
        let next = if desk.context.csv { "," } else { " | " };
        let kind = self.maker.sensor_type(desk, event.sensor_type);
        line.add(format_args!("{kind}"));
        match sensor {
            Some(sensor) => {
                line.add(format_args!(" "));
                line.bytes(&sensor.long_name());
            }
            None if event.sensor_number != 0 => {
                line.add(format_args!(" #0x{:02x}", event.sensor_number));
            }
            None => {}
        }
        line.add(format_args!("{next}"));
        if let Some(text) = describe(desk, &mut self.maker, record, event) {
            line.bytes(&text);
        }
        line.add(format_args!("{next}{}", direction(event)));
        match (sensor, event.event_type) {
            (Some(sensor), THRESHOLD) => {
                line.add(format_args!("{next}"));
                self.crossing(event, sensor, line);
            }
            (_, SENSOR_SPECIFIC) => {
                let vendor = self.maker.vendor(desk);
                let own_words = matches!(vendor, Some(Vendor::Supermicro | Vendor::Quanta));
                if let Some(dimm) = dimm(event).filter(|_| !own_words) {
                    line.add(format_args!("{next}{dimm}"));
                }
            }
            _ => {}
        }
    }

    /// A reading and the threshold that it crossed.
    fn crossing(&self, event: &Event, sensor: &sdr::Record, line: &mut Text) {
        let [first, reading, threshold] = event.data;
        let sensor = sensor.sensor();
        let analog = sensor.filter(|sensor| sensor.is_full());
        let value = |raw| analog.map_or(0.0, |sensor| sensor.factors().reading(raw));
        let reading = if first >> 6 == SPECIFIED {
            value(reading)
        } else {
            0.0
        };
        line.add(format_args!("Reading "));
        line.bytes(&self.short_number(reading));
        if first >> 4 & 3 == SPECIFIED {
            let rising = (first & 1 != 0) != event.deasserted;
            let sign = if rising { '>' } else { '<' };
            line.add(format_args!(" {sign} Threshold "));
            line.bytes(&self.short_number(value(threshold)));
            let units = sensor.map(|sensor| sensor.units().text());
            line.add(format_args!(" {}", units.unwrap_or_default()));
        }
    }

    /// A number as C's `float`, without decimal places where it has none.
    fn short_number(&self, value: f64) -> Vec<u8> {
        let value = f64::from(value as f32);
        let is_integer = value == f64::from(value as i32);
        self.number(value, if is_integer { 0 } else { 2 })
    }

    fn number(&self, value: f64, places: usize) -> Vec<u8> {
        let text = format!("{value:.places$}");
        match text.split_once('.') {
            Some((integer, fraction)) => {
                [integer.as_bytes(), &self.point, fraction.as_bytes()].concat()
            }
            None => text.into_bytes(),
        }
    }

    /// What `-O`'s file says.
    fn describe_oem(&self, record: &Record, csv: bool, line: &mut Text) {
        for description in self.descriptions.of(record) {
            let (before, after) = if csv { (",\"", "\"") } else { (" | ", "") };
            line.add(format_args!("{before}"));
            line.bytes(description.text);
            line.add(format_args!("{after}"));
            for (name, byte) in description.named {
                let (before, between) = if csv { (",", "=") } else { (" ", " = ") };
                line.add(format_args!("{before}"));
                line.bytes(name);
                line.add(format_args!("{between}{byte:#x}"));
            }
        }
    }

    /// A record in lines of its own.
    pub(in crate::commands) fn block(&mut self, desk: &mut Desk<'_>, record: &Record) {
        let mut text = Text::default();
        text.add(format_args!("SEL Record ID          : {:04x}\n", record.id));
        if record.kind == LINUX_PANIC {
            text.add(format_args!(
                " Record Type           : Linux kernel panic (OEM record {:02x})\n",
                record.kind
            ));
            text.add(format_args!(" Panic string          : "));
            text.bytes(panic_text(&record.to_file()));
            text.add(format_args!("\n\n"));
            desk.output.bytes(&text.0);
            return;
        }
        text.add(format_args!(" Record Type           : {:02x}", record.kind));
        match &record.body {
            Body::Event(event) => {
                text.add(format_args!("\n"));
                self.event_block(desk, record, event, &mut text);
            }
            Body::Stamped(stamped) => {
                text.add(format_args!("  (OEM timestamped)\n"));
                self.full_stamp(stamped.timestamp, &mut text);
                text.add(format_args!(" Manufactacturer ID    : "));
                text.hexadecimal(&stamped.manufacturer);
                text.add(format_args!("\n OEM Defined           : "));
                text.defined(&stamped.data);
            }
            Body::Plain(data) => {
                text.add(format_args!(
                    "  (OEM non-timestamped)\n OEM Defined           : "
                ));
                text.defined(data);
                self.describe_oem(record, desk.context.csv, &mut text);
            }
        }
        desk.output.bytes(&text.0);
    }

    /// Stock 1.8.19 shows the date twice, and no time: readers have that layout.
    fn full_stamp(&self, stamp: u32, text: &mut Text) {
        let date = self.dates.date(stamp);
        text.add(format_args!(" Timestamp             : "));
        text.bytes(&date);
        text.add(format_args!(" "));
        text.bytes(&date);
        text.add(format_args!("\n"));
    }

    fn event_block(
        &mut self,
        desk: &mut Desk<'_>,
        record: &Record,
        event: &Event,
        text: &mut Text,
    ) {
        self.full_stamp(event.timestamp, text);
        self.event_fields(desk, event, "Event Data            ", text);
        let description = describe(desk, &mut self.maker, record, event);
        text.add(format_args!(" Description           : "));
        text.bytes(&description.unwrap_or_default());
        text.add(format_args!("\n\n"));
    }

    /// A record's lines with what its sensor's record tells of the event.
    pub(in crate::commands) fn block_of_sensor(
        &mut self,
        desk: &mut Desk<'_>,
        record: &Record,
        sensor: &sdr::Record,
    ) {
        let Body::Event(event) = &record.body else {
            // Stock takes a vendor's bytes for an event where a sensor happens to fit them.
            self.block(desk, record);
            return;
        };
        let mut text = Text::default();
        text.add(format_args!(
            "SEL Record ID          : {:04x}\n Record Type           : {:02x}\n",
            record.id, record.kind
        ));
        self.full_stamp(event.timestamp, &mut text);
        self.event_fields(desk, event, "Event Data (RAW)      ", &mut text);
        self.interpretation(event, sensor, &mut text);
        let description = describe(desk, &mut self.maker, record, event);
        text.add(format_args!(" Description           : "));
        text.bytes(&description.unwrap_or_default());
        text.add(format_args!("\n\n"));
        desk.output.bytes(&text.0);
    }

    /// What the bytes of an event are, table 29-6.
    fn interpretation(&self, event: &Event, sensor: &sdr::Record, text: &mut Text) {
        let [first, second, third] = event.data;
        let full = sensor.sensor().filter(|sensor| sensor.is_full());
        match (event.event_type, full) {
            (THRESHOLD, Some(sensor)) => {
                for (means, byte, label) in [
                    (first >> 6, second, "Trigger Reading      "),
                    (first >> 4 & 3, third, "Trigger Threshold    "),
                ] {
                    match means {
                        SPECIFIED => {
                            text.add(format_args!(" {label} : "));
                            text.bytes(&self.number(sensor.factors().reading(byte), 3));
                            text.add(format_args!("{}\n", sensor.units().text()));
                        }
                        2 => text.add(format_args!(" OEM Data              : {byte:02x}\n")),
                        3 => text.add(format_args!(" Sensor Extension Code : {byte:02x}\n")),
                        _ => {}
                    }
                }
            }
            (2..=0x0c | 0x70..=0x7f, _) => {}
            (SENSOR_SPECIFIC, _) => match dimm(event) {
                Some(dimm) => text.add(format_args!(" Event Data            : {dimm}\n")),
                None if event.sensor_type == VERSION_CHANGE && first == 0xc1 => {}
                None => text.add(format_args!(" Event Interpretation  : Missing\n")),
            },
            _ => {
                text.add(format_args!(" Event Data            : "));
                text.hexadecimal(&event.data);
                text.add(format_args!("\n"));
            }
        }
    }

    fn event_fields(
        &mut self,
        desk: &mut Desk<'_>,
        event: &Event,
        data_label: &str,
        text: &mut Text,
    ) {
        text.add(format_args!(
            " Generator ID          : {:04x}\n EvM Revision          : {:02x}\n",
            event.generator, event.revision
        ));
        let sensor = self.maker.sensor_type(desk, event.sensor_type);
        text.add(format_args!(
            " Sensor Type           : {sensor}\n Sensor Number         : {:02x}\n \
             Event Type            : {}\n Event Direction       : {} Event\n {data_label}: ",
            event.sensor_number,
            class(event.event_type),
            if event.deasserted {
                "Deassertion"
            } else {
                "Assertion"
            },
        ));
        text.hexadecimal(&event.data);
        text.add(format_args!("\n"));
    }

    /// A record as a line of a file of events. A vendor's record is none: it is only a comment there.
    pub(super) fn file_line(&mut self, desk: &mut Desk<'_>, record: &Record) -> Vec<u8> {
        let mut line = Text::default();
        let Body::Event(event) = &record.body else {
            line.add(format_args!("# OEM record {:02x} ", record.kind));
            line.hexadecimal(&record.to_wire()[3..]);
            return line.end();
        };
        let description = describe(desk, &mut self.maker, record, event);
        let sensor = self.maker.sensor_type(desk, event.sensor_type);
        line.add(format_args!(
            "{} # {sensor} #0x{:02x} ",
            event_file::line(event),
            event.sensor_number
        ));
        line.bytes(description.as_deref().unwrap_or(b"Unknown"));
        line.end()
    }
}

/// A text that is being put together; it need not be UTF-8.
#[derive(Default)]
struct Text(Vec<u8>);

impl Text {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a vector cannot fail.
        let _ = self.0.write_fmt(text);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn hexadecimal(&mut self, bytes: &[u8]) {
        self.bytes(hex(bytes).as_bytes());
    }

    /// A vendor's bytes, also as letters, and an empty line.
    fn defined(&mut self, bytes: &[u8]) {
        self.hexadecimal(bytes);
        self.add(format_args!(" ["));
        self.0.extend(
            bytes
                .iter()
                .map(|byte| if LETTERS.contains(byte) { *byte } else { b'.' }),
        );
        self.add(format_args!("]\n\n"));
    }

    fn end(mut self) -> Vec<u8> {
        self.0.push(b'\n');
        self.0
    }
}

fn direction(event: &Event) -> &'static str {
    if event.deasserted {
        "Deasserted"
    } else {
        "Asserted"
    }
}

/// The DIMM of a memory event, on BMCs that number them in the third byte.
fn dimm(event: &Event) -> Option<String> {
    let place = event.data[2];
    let counted =
        event.sensor_type == MEMORY && event.sensor_number == 0 && event.data[0] & 0x30 == 0x20;
    counted.then(|| format!("CPU {} DIMM {}", place & 0x0f, place >> 4))
}

/// The kernel's last words, up to eleven bytes.
fn panic_text(file: &[u8; 16]) -> &[u8] {
    up_to_nul(&file[5..])
}

/// What kind of event an event/reading type stands for.
fn class(event_type: u8) -> &'static str {
    match event_type {
        0 => "Unspecified",
        1 => "Threshold",
        2..=0x0b => "Generic Discrete",
        SENSOR_SPECIFIC => "Sensor-specific Discrete",
        0x70..=0x7f => "OEM",
        _ => "Reserved",
    }
}

/// Stamps below this one count from the BMC's start.
const INITIALIZED: u32 = 0x2000_0000;
/// The bytes that stock takes for letters.
const LETTERS: std::ops::RangeInclusive<u8> = 0x40..=0x7e;
const MEMORY: u8 = 0x0c;
const VERSION_CHANGE: u8 = 0x2b;
/// A byte of the event data is a reading or a threshold.
const SPECIFIED: u8 = 1;
