//! An inventory as text.

use crate::cli::dates::Dates;
use crate::commands::sdr::books::Books;
use crate::fru::area::{self, Info};
use crate::fru::blocks::show;
use crate::fru::device::{Device, Unread, VERSION, announce, prefetch, prefetch_start};
use crate::fru::header::{Area, Header};
use crate::fru::multi::{Head, Oem, PowerSupply, Supply, kind};
use crate::fru::picmg;
use crate::ipmi::{Failure, vendors};

use super::target::{BMC_ITSELF, limits};

/// Prints one of the BMC's own inventories.
pub(super) fn one(books: &mut Books<'_, '_>, id: u8) -> bool {
    let limits = limits(books.desk.context, BMC_ITSELF);
    announce(books.desk.bmc, [(id, BMC_ITSELF, limits)].into_iter());
    let opened = Device::open(books.desk.bmc, id, BMC_ITSELF, limits);
    let mut found = Found::new(opened);
    found.prefetch(books);
    found.print(books)
}

/// An inventory that was looked for.
pub(super) struct Found(Result<Device, Failure>);

impl Found {
    pub(super) fn new(opened: Result<Device, Failure>) -> Self {
        Self(opened)
    }

    fn prefetch(&mut self, books: &mut Books<'_, '_>) {
        if books.asks_ahead()
            && let Ok(device) = &mut self.0
        {
            prefetch_start(books.desk.bmc, device);
            prefetch(books.desk.bmc, &mut [device], books.verbose);
        }
    }

    /// The device, if there is one.
    pub(super) fn device(&mut self) -> Option<&mut Device> {
        self.0.as_mut().ok()
    }

    /// Prints it, or why it is not there. Whether it is.
    pub(super) fn print(self, books: &mut Books<'_, '_>) -> bool {
        match self.0 {
            Ok(mut device) => inventory(books, &mut device),
            Err(failure) => absent(books, &failure),
        }
    }
}

impl Books<'_, '_> {
    /// Whether several requests may be under way at a time.
    pub(super) fn asks_ahead(&self) -> bool {
        crate::commands::sdr::books::is_networked(self.desk.context)
    }
}

/// Says that a device is not there; false.
pub(super) fn absent(books: &mut Books<'_, '_>, failure: &Failure) -> bool {
    match failure {
        Failure::Transport(error) => {
            books.desk.output.explain(error);
            books.put(format_args!(" Device not present (No Response)\n"));
        }
        Failure::Completion(_) => books.put(format_args!(" Device not present ({failure})\n")),
        Failure::Answer(_) => {
            let output = &mut books.desk.output;
            output.complain(format_args!(" Device not present ({failure})"));
        }
    }
    false
}

/// Whether a device has any bytes; if not, that was said.
pub(super) fn has_size(device: &Device) -> bool {
    log::debug!(
        "fru.size = {} bytes (accessed by {})",
        device.size,
        if device.words { "words" } else { "bytes" }
    );
    if device.size == 0 {
        log::error!(" Invalid FRU size 0");
    }
    device.size != 0
}

/// A device's header, if it has one; else why not was said.
pub(super) fn header(books: &mut Books<'_, '_>, device: &mut Device) -> Option<Header> {
    if !has_size(device) {
        return None;
    }
    let (header, answer) = match device.header(books.desk.bmc) {
        Ok(read) => read,
        Err(failure) => {
            absent(books, &failure);
            return None;
        }
    };
    show(&answer);
    if header.version != VERSION {
        log::error!(" Unknown FRU header version 0x{:02x}", header.version);
        return None;
    }
    log::debug!("fru.header.version:         0x{:x}", header.version);
    for (name, area) in [
        ("internal: ", Area::Internal),
        ("chassis:  ", Area::Chassis),
        ("board:    ", Area::Board),
        ("product:  ", Area::Product),
        ("multi:    ", Area::Multi),
    ] {
        log::debug!("fru.header.offset.{name}0x{:x}", header.offset(area));
    }
    Some(header)
}

fn inventory(books: &mut Books<'_, '_>, device: &mut Device) -> bool {
    let Some(header) = header(books, device) else {
        return false;
    };
    for area in [Area::Chassis, Area::Board, Area::Product] {
        let at = header.offset(area);
        if at != 0
            && let Some(bytes) = read_area(books, device, at)
        {
            put_area(books, area, &area::parse(area, &bytes));
        }
    }
    let multi = header.offset(Area::Multi);
    if books.desk.context.verbose > 0 && multi != 0 {
        multi_records(books, device, multi);
    }
    true
}

/// An area's bytes; why there are none was said.
fn read_area(books: &mut Books<'_, '_>, device: &mut Device, at: usize) -> Option<Vec<u8>> {
    let start = read(books, device, at, 2)?;
    match area::length(&start) {
        0 => None,
        length => read(books, device, at, length),
    }
}

/// Bytes of a device.
fn read(
    books: &mut Books<'_, '_>,
    device: &mut Device,
    at: usize,
    length: usize,
) -> Option<Vec<u8>> {
    match device.read(books.desk.bmc, at, length) {
        Ok(part) => Some(part.bytes),
        Err(why) => {
            garbled(books, why);
            None
        }
    }
}

/// Stock's words on standard output where a device says one thing and gives another.
pub(super) fn garbled(books: &mut Books<'_, '_>, why: Unread) {
    if why == Unread::Garbled {
        books.put(format_args!(" Not enough buffer size"));
    }
}

fn put_area(books: &mut Books<'_, '_>, area: Area, info: &Info) {
    let name = match area {
        Area::Chassis => {
            let kind = area::chassis_type(info.chassis);
            books.put(format_args!(" Chassis Type          : {kind}\n"));
            "Chassis"
        }
        Area::Board => {
            let made = info.made.unwrap_or(u32::MAX);
            let date = Dates::from_environment(books.desk.context.utc).words(made);
            put_field(books, "Board Mfg Date", &date);
            "Board"
        }
        _ => "Product",
    };
    let names = area::names(area).iter().copied();
    let names = names.chain(std::iter::repeat("Extra"));
    for (label, field) in names.zip(&info.fields) {
        let hidden = label == area::FRU_ID && books.desk.context.verbose == 0;
        if !field.text.is_empty() && !hidden {
            put_field(books, &format!("{name} {label}"), &field.text);
        }
    }
}

fn put_field(books: &mut Books<'_, '_>, label: &str, text: &[u8]) {
    books.put(format_args!(" {label:<21} : "));
    books.bytes(text);
    books.put(format_args!("\n"));
}

fn multi_records(books: &mut Books<'_, '_>, device: &mut Device, begin: usize) {
    let mut at = begin;
    while let Some(bytes) = read(books, device, at, Head::LENGTH) {
        let Some(head) = bytes.first_chunk().map(Head::parse) else {
            break;
        };
        let mut data = Vec::new();
        if head.length != 0 {
            match read(books, device, at + Head::LENGTH, head.length.into()) {
                Some(read) => data = read,
                None => break,
            }
        }
        at += Head::LENGTH + usize::from(head.length);
        match head.kind {
            kind::POWER_SUPPLY => put_power_supply(books, &PowerSupply::parse(&data)),
            kind::DC_OUTPUT => put_supply(books, &Supply::parse(&data), &OUTPUT),
            kind::DC_LOAD => put_supply(books, &Supply::parse(&data), &LOAD),
            kind::OEM => put_oem(books, &data),
            _ => {}
        }
        if head.last {
            break;
        }
    }
    log::debug!("Multi-Record area ends at: {at} ({at:x}h)");
}

fn put_power_supply(books: &mut Books<'_, '_>, supply: &PowerSupply) {
    let mut put = |label: &str, value: std::fmt::Arguments<'_>| put_item(books, label, value);
    let flag = |bit: u8, text: &'static str| {
        if supply.flags & bit != 0 { text } else { "" }
    };
    let fails = supply.flags & 0x01 != 0;
    let tachometer = supply.flags & 0x10 != 0;
    let signal = match (fails, supply.fan_threshold != 0, tachometer) {
        (false, ..) => "",
        (_, true, true) => "'Two pulses per rotation'",
        (_, true, false) => "'One pulse per rotation'",
        (_, false, true) => "'Failure on pin de-assertion'",
        (_, false, false) => "'Failure on pin assertion'",
    };
    put("", format_args!(" Power Supply Record"));
    put("Capacity", format_args!("{} W", supply.capacity));
    put("Peak VA", format_args!("{} VA", supply.peak_va));
    put("Inrush Current", format_args!("{} A", supply.inrush));
    put(
        "Inrush Interval",
        format_args!("{} ms", supply.inrush_interval),
    );
    let [first, second] = supply.input.map(|range| range.map(|volts| volts / 100));
    put(
        "Input Voltage Range 1",
        format_args!("{}-{} V", first[0], first[1]),
    );
    put(
        "Input Voltage Range 2",
        format_args!("{}-{} V", second[0], second[1]),
    );
    let [low, high] = supply.frequency;
    put("Input Frequency Range", format_args!("{low}-{high} Hz"));
    put(
        "A/C Dropout Tolerance",
        format_args!("{} ms", supply.dropout),
    );
    put(
        "Flags",
        format_args!(
            "{}{}{}{}{signal}",
            flag(0x01, "'Predictive fail' "),
            flag(0x02, "'Power factor correction' "),
            flag(0x04, "'Autoswitch voltage' "),
            flag(0x08, "'Hot swap' "),
        ),
    );
    put("Peak capacity", format_args!("{} W", supply.peak & 0x0fff));
    put(
        "Peak capacity holdup",
        format_args!("{} s", supply.peak >> 12),
    );
    if supply.combined_capacity == 0 {
        put("Combined capacity", format_args!("not specified"));
    } else {
        let voltage = |code: u8| {
            VOLTAGES
                .get(usize::from(code))
                .copied()
                .unwrap_or("Unknown")
        };
        let (first, second) = (
            voltage(supply.combined >> 4),
            voltage(supply.combined & 0x0f),
        );
        let watts = supply.combined_capacity;
        put(
            "Combined capacity",
            format_args!("{watts} W ({first} and {second})"),
        );
    }
    if fails {
        put(
            "Fan lower threshold",
            format_args!("{} RPS", supply.fan_threshold),
        );
    }
}

/// What the texts of outputs and of loads differ in: the title, two voltages, two currents.
struct Words {
    title: &'static str,
    volts: [&'static str; 2],
    current: &'static str,
}

const OUTPUT: Words = Words {
    title: " DC Output Record",
    volts: ["Max negative deviation", "Max positive deviation"],
    current: "draw",
};

const LOAD: Words = Words {
    title: " DC Load Record",
    volts: ["Min voltage allowed", "Max voltage allowed"],
    current: "load",
};

fn put_supply(books: &mut Books<'_, '_>, supply: &Supply, words: &Words) {
    put_item(books, "", format_args!("{}", words.title));
    put_item(books, "Output Number", format_args!("{}", supply.number));
    if words.title == OUTPUT.title {
        let standby = if supply.standby { "Yes" } else { "No" };
        put_item(books, "Standby power", format_args!("{standby}"));
    }
    let labels = ["Nominal voltage", words.volts[0], words.volts[1]];
    for (label, volts) in labels.into_iter().zip(supply.volts) {
        put_number(books, label, f64::from(volts) / 100.0, 2, "V");
    }
    put_item(
        books,
        "Ripple and noise pk-pk",
        format_args!("{} mV", supply.ripple),
    );
    for (label, current) in ["Minimum", "Maximum"].into_iter().zip(supply.current) {
        let label = format!("{label} current {}", words.current);
        put_number(books, &label, f64::from(current) / 1000.0, 3, "A");
    }
}

fn put_number(books: &mut Books<'_, '_>, label: &str, value: f64, places: usize, unit: &str) {
    let number = books.number(value, places);
    books.put(format_args!("  {label:<26} : "));
    books.bytes(&number);
    books.put(format_args!(" {unit}\n"));
}

/// A line of a record; without a label its title.
fn put_item(books: &mut Books<'_, '_>, label: &str, value: std::fmt::Arguments<'_>) {
    if label.is_empty() {
        books.put(format_args!("{value}\n"));
    } else {
        books.put(format_args!("  {label:<26} : {value}\n"));
    }
}

fn put_oem(books: &mut Books<'_, '_>, data: &[u8]) {
    let maker = Oem::parse(data).maker;
    if maker == picmg::MAKER {
        let point = String::from_utf8_lossy(&books.point).into_owned();
        let text = picmg::text(data, books.desk.context.verbose > 0, &point);
        books.put(format_args!("  PICMG Extension Record\n{text}"));
    } else {
        let name = vendors::manufacturer(maker);
        books.put(format_args!("  OEM ({name}) Record\n"));
    }
}

/// What a power supply combines.
const VOLTAGES: [&str; 4] = ["12 V", "-12 V", "5 V", "3.3 V"];
