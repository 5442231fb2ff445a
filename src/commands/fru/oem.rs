//! `fru edit <id> [oem …]` and `fru get <id> oem …`: records of PICMG and Kontron among the multi-records.
//!
//! Stock's own code for them reads no record at all, or the wrong bytes; here they do what their help says.

use std::io::{self, BufRead};

use crate::commands::sdr::books::Books;
use crate::fru::Device;
use crate::fru::header::Area;
use crate::fru::kontron::{self, components};
use crate::fru::multi::{Head, Oem, kind, seal};
use crate::fru::picmg;
use crate::ipmi::vendors;

use super::files::open;
use super::print::{absent, garbled, header};
use super::store::store;

/// What is to be done with a maker's records.
#[derive(Debug)]
pub(super) enum Task {
    /// PICMG's currents: asked on standard input.
    EditCurrents,
    /// A component in Kontron's information record.
    EditComponent(Component),
    /// Kontron's information record is shown.
    Show,
    /// The records of this maker, of which nothing is known.
    Unknown(u32),
}

/// A component and what is to be written into it.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) format: u8,
    pub(super) name: Vec<u8>,
    pub(super) instance: u8,
    /// Version, build date, update date, checksum.
    pub(super) fields: [Vec<u8>; 4],
}

impl Task {
    fn maker(&self) -> u32 {
        match self {
            Self::EditCurrents => picmg::MAKER,
            Self::EditComponent(_) | Self::Show => kontron::MAKER,
            Self::Unknown(maker) => *maker,
        }
    }

    /// Does it. `not`: stock's word for what it cannot do.
    pub(super) fn run(&self, books: &mut Books<'_, '_>, id: u8, not: &str) -> bool {
        if books.desk.context.verbose > 0 {
            books.put(format_args!("FRU ID           : {id}\n"));
        }
        let mut device = match open(books, id) {
            Ok(device) => device,
            Err(failure) => return absent(books, &failure),
        };
        let Some(header) = header(books, &mut device) else {
            return false;
        };
        let mut at = header.offset(Area::Multi);
        if at == 0 {
            books
                .desk
                .output
                .complain(format_args!("FRU {id} has no multi-records"));
            return false;
        }
        loop {
            let Some((head, mut record)) = read(books, &mut device, at) else {
                return false;
            };
            let data = record.get(Head::LENGTH..).unwrap_or(&[]);
            if head.kind == kind::OEM && Oem::parse(data).maker == self.maker() {
                log::debug!("Matching record found");
                match self.apply(books, &mut record, not) {
                    Outcome::Seen => {}
                    Outcome::Failed => return false,
                    Outcome::Changed => {
                        seal(&mut record);
                        if !store(books, &mut device, at, &record) {
                            return false;
                        }
                    }
                }
            }
            if head.last {
                return true;
            }
            at += Head::LENGTH + usize::from(head.length);
        }
    }

    fn apply(&self, books: &mut Books<'_, '_>, record: &mut [u8], not: &str) -> Outcome {
        let Some((_, data)) = record.split_first_chunk_mut::<{ Head::LENGTH }>() else {
            return Outcome::Failed;
        };
        match self {
            Self::EditCurrents => edit_currents(books, data),
            Self::EditComponent(component) => component.write(books, data),
            Self::Show => {
                show(books, data);
                Outcome::Seen
            }
            Self::Unknown(maker) => {
                let name = vendors::manufacturer(*maker);
                books.put(format_args!(
                    "  OEM IANA ({name}) Record {not} in this mode\n"
                ));
                Outcome::Failed
            }
        }
    }
}

/// What came of a record.
enum Outcome {
    Seen,
    Changed,
    Failed,
}

/// A whole record; why it cannot be read was said.
fn read(books: &mut Books<'_, '_>, device: &mut Device, at: usize) -> Option<(Head, Vec<u8>)> {
    let mut get = |at: usize, length: usize| match device.read(books.desk.bmc, at, length) {
        Ok(part) if part.given == length => Some(part.bytes),
        Ok(_) => None,
        Err(why) => {
            garbled(books, why);
            None
        }
    };
    let head = get(at, Head::LENGTH);
    let record = head.and_then(|mut record| {
        let head = Head::parse(record.first_chunk()?);
        if head.length != 0 {
            record.extend(get(at + Head::LENGTH, head.length.into())?);
        }
        Some((head, record))
    });
    if record.is_none() {
        let output = &mut books.desk.output;
        output.complain(format_args!("The record at offset {at} cannot be read"));
    }
    record
}

fn edit_currents(books: &mut Books<'_, '_>, data: &mut [u8]) -> Outcome {
    let at = Oem::LENGTH;
    let (title, label, length) = match Oem::parse(data).id {
        picmg::AMC_ACTIVATION => ("FRU_AMC_ACTIVATION", "Maximum Internal Current", 2),
        picmg::AMC_CURRENT => ("FRU_AMC_CURRENT", "Current draw", 1),
        _ => return Outcome::Seen,
    };
    books.put(format_args!("    {title}\n"));
    put_current(books, "", label, data.get(at..at + length));
    let changed = match data.get_mut(at..at + length) {
        Some(bytes) => ask(books, bytes),
        None => false,
    };
    if changed {
        put_current(books, "New ", label, data.get(at..at + length));
    }
    if length == 2 {
        let byte = |index: usize| data.get(index).copied().unwrap_or(0);
        books.put(format_args!(
            "      Module Activation Readiness:       {} sec.\n",
            byte(at + 2)
        ));
        books.put(format_args!("      Descriptor Count: {}\n\n", byte(at + 3)));
        for module in data.get(at + 4..).unwrap_or(&[]).chunks(3) {
            let byte = |index: usize| module.get(index).copied().unwrap_or(0);
            let (current, _) = picmg::amperes(byte(1).into());
            let current = decimal(books, current);
            books.put(format_args!(
                "        IPMB-Address:         0x{:x}\n",
                byte(0)
            ));
            books.put(format_args!(
                "        Max. Module Current:  {current} A\n\n"
            ));
        }
    }
    if changed {
        Outcome::Changed
    } else {
        Outcome::Seen
    }
}

fn put_current(books: &mut Books<'_, '_>, word: &str, label: &str, bytes: Option<&[u8]>) {
    let tenths = match bytes {
        Some([low, high, ..]) => u16::from_le_bytes([*low, *high]),
        Some([only]) => u16::from(*only),
        _ => 0,
    };
    let current = decimal(books, picmg::amperes(tenths).0);
    books.put(format_args!(
        "      {word}{label}(@12V): {current} A (0x{tenths:02x})\n"
    ));
}

fn decimal(books: &Books<'_, '_>, value: f32) -> String {
    picmg::decimal(value, &String::from_utf8_lossy(&books.point))
}

/// Asks on standard input for other bytes. Whether there are any.
fn ask(books: &mut Books<'_, '_>, bytes: &mut [u8]) -> bool {
    books.put(format_args!("Would you like to change this value <y/n> ? "));
    books.desk.output.flush();
    let mut lines = io::stdin().lock().lines();
    let mut next = || lines.next().and_then(Result::ok);
    let Some(answer) = next() else {
        return false;
    };
    let answer = answer.chars().next().unwrap_or('\n');
    if !matches!(answer, 'y' | 'Y') {
        books.put(format_args!("Entered {answer}\n"));
        return false;
    }
    books.put(format_args!(
        "Enter hex values for each of the {} entries (lsb first), hit <enter> between entries\n",
        bytes.len()
    ));
    books.desk.output.flush();
    let mut entered = Vec::new();
    while entered.len() < bytes.len() {
        let Some(line) = next() else {
            return false;
        };
        for word in line.split_whitespace() {
            let digits = word.trim_start_matches("0x");
            match u8::from_str_radix(digits, 16) {
                Ok(byte) => entered.push(byte),
                Err(_) => {
                    let output = &mut books.desk.output;
                    output.complain(format_args!("'{word}' is no byte: nothing is changed"));
                    return false;
                }
            }
        }
    }
    for (byte, value) in bytes.iter_mut().zip(entered) {
        *byte = value;
    }
    true
}

impl Component {
    fn write(&self, books: &mut Books<'_, '_>, data: &mut [u8]) -> Outcome {
        let oem = Oem::parse(data);
        if oem.id != kontron::INFORMATION {
            return Outcome::Seen;
        }
        books.put(format_args!("   Kontron OEM Information Record\n"));
        if oem.version != self.format {
            books.put(format_args!("   Version: {}\n", oem.version));
            return Outcome::Seen;
        }
        books.put(format_args!("   blockCount: {}\n", kontron::count(data)));
        if oem.version > 1 {
            books.put(format_args!("  Unsupported version {}\n", oem.version));
            return Outcome::Seen;
        }
        let mut places = None;
        let mut instance = 0u8;
        for component in components(data) {
            if component.name != self.name {
                continue;
            }
            if instance == self.instance {
                books.put(format_args!("Found : "));
                books.bytes(&self.name);
                books.put(format_args!("\n"));
                places = Some(component.fields);
            } else {
                books.put(format_args!("Skipped : "));
                books.bytes(&self.name);
                books.put(format_args!("  [instance {instance}]\n"));
            }
            instance = instance.saturating_add(1);
        }
        let Some(places) = places else {
            return Outcome::Seen;
        };
        for ((at, length), text) in places.into_iter().zip(&self.fields) {
            if let Some(room) = data.get_mut(at..at + length) {
                room.fill(b' ');
                for (byte, value) in room.iter_mut().zip(text) {
                    *byte = *value;
                }
            }
        }
        Outcome::Changed
    }
}

fn show(books: &mut Books<'_, '_>, data: &[u8]) {
    let oem = Oem::parse(data);
    if oem.id != kontron::INFORMATION {
        return;
    }
    books.put(format_args!("Kontron OEM Information Record\n"));
    let version = oem.version;
    if version > 1 {
        books.put(format_args!("  Unsupported version {version}\n"));
    }
    for component in components(data) {
        books.put(format_args!("  Name: "));
        books.bytes(component.name);
        books.put(format_args!("\n  Record Version: {version}\n"));
        for (index, label) in kontron::LABELS.iter().enumerate() {
            books.put(format_args!("  {label}: "));
            books.bytes(component.field(data, index));
            books.put(format_args!("\n"));
        }
        books.put(format_args!("\n"));
    }
}
