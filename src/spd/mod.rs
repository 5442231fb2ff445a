//! Serial presence detect: what the small memory on a memory module says of the module, in stock ipmitool's words.
//!
//! JEDEC standard 21-C, annexes D (DDR), J (DDR2), K (DDR3) and L (DDR4). Total on any bytes of any number.

use crate::ipmi::names::{self, Table};
use crate::wire::text::up_to_nul;

mod makers;

/// What an image says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Labels and values, in stock's order. Values are bytes of the module and need not be UTF-8.
    pub lines: Vec<(&'static str, Vec<u8>)>,
    /// Whether the image had all that its kind of memory needs; else the lines break off.
    pub whole: bool,
}

impl Description {
    /// What stock prints of an image; nothing of one below 92 bytes.
    pub fn of(image: &[u8]) -> Self {
        let mut description = Self::default();
        if image.len() < LEAST {
            return description;
        }
        let image = Image(image);
        description.name("Memory Type", image.at(2), MEMORY_TYPES);
        let (least, describe): (usize, fn(&mut Self, Image<'_>)) = match image.at(2) {
            DDR3 => (148, Self::ddr3),
            DDR4 => (348, Self::ddr4),
            _ => (100, Self::older),
        };
        description.whole = image.0.len() >= least;
        if description.whole {
            describe(&mut description, image);
        }
        description
    }

    /// SDRAM, DDR and DDR2, annexes D and J; whatever is unknown is taken for one of them.
    fn older(&mut self, image: Image<'_>) {
        let size = u32::from(image.at(3) & 0x0f) + u32::from(image.at(4) & 0x0f);
        let count = (u32::from(image.at(5) & 7) + 1) * u32::from(image.at(17));
        match size {
            18..=29 if count > 0 => {
                self.line("Memory Size", format!("{} MB", count << (size - 17)))
            }
            _ => {
                let [rows, columns, ranks, banks] = [3, 4, 5, 17].map(|index| image.at(index));
                let values = format!("{rows}, {columns}, {ranks}, {banks}");
                self.line("Memory Size    INVALID", values);
            }
        }
        self.name("Voltage Intf", image.at(8), VOLTAGES);
        self.name("Error Detect/Cor", image.at(11), CORRECTIONS);
        // A byte 7Fh for each bank before the maker's own; the last bank's byte is not looked at for one.
        let continued = (64..64 + makers::BANKS - 1).take_while(|index| image.at(*index) == 0x7f);
        let bank = continued.count();
        self.line("Manufacturer", makers::name(bank, image.at(64 + bank)));
        if image.at(73) != 0 {
            let part = image.bytes::<18>(73);
            self.lines.push(("Part Number", up_to_nul(&part).to_vec()));
        }
        self.serial_number(image, 95);
    }

    /// Annex K.
    fn ddr3(&mut self, image: Image<'_>) {
        let sizes = Sizes {
            capacity: 256 << (image.at(4) & 15),
            bus: 8 << (image.at(8) & 7),
            device: 4 << (image.at(7) & 7),
            ranks: 1 << ((image.at(7) & 0x3f) >> 3),
        };
        self.line("SDRAM Capacity", format!("{} MB", sizes.capacity));
        self.name("Memory Banks", image.at(4) >> 4, DDR3_BANKS);
        self.widths(&sizes);
        self.line("Number of Ranks", sizes.ranks);
        self.line("Memory size", format!("{} MB", sizes.total()));
        for (label, bit) in [
            ("1.5 V Nominal Op", 1),
            ("1.35 V Nominal Op", 2),
            ("1.2X V Nominal Op", 4),
        ] {
            self.yes(label, image.at(6) & bit == 0);
        }
        self.name("Error Detect/Cor", image.at(8) >> 3, DDR3_CORRECTIONS);
        self.maker(image, 117);
        let [year, week] = [120, 121].map(|index| image.decimal(index));
        self.line("Manufacture Date", format!("year {year} week {week}"));
        self.serial_number(image, 122);
        self.lines
            .push(("Part Number", image.bytes::<18>(128).to_vec()));
    }

    /// Annex L.
    fn ddr4(&mut self, image: Image<'_>) {
        let dies = (image.at(6) >> 4 & 3) + 1;
        let stacked = image.at(6) & 3 == 2;
        let ranks = ((image.at(12) >> 3 & 3) + 1) * if stacked { dies } else { 1 };
        let sizes = Sizes {
            capacity: 256 << (image.at(4) & 15),
            bus: 8 << (image.at(13) & 7),
            device: 4 << (image.at(12) & 7),
            ranks: i32::from(ranks),
        };
        self.name("SDRAM Package Type", image.at(6) >> 7, DDR4_PACKAGES);
        self.name("Technology", image.at(3) & 15, DDR4_MODULES);
        self.line("SDRAM Die Count", dies);
        self.line("SDRAM Capacity", format!("{} Mb", sizes.capacity));
        self.name("Memory Bank Group", image.at(4) >> 6, DDR4_BANK_GROUPS);
        self.name("Memory Banks", image.at(4) >> 4 & 3, DDR4_BANKS);
        self.widths(&sizes);
        self.line("Logical Rank per DIMM", sizes.ranks);
        self.line("Memory size", format!("{} MB", sizes.total()));
        self.name("Memory Density", image.at(4) & 15, DDR4_DENSITIES);
        for (label, shift) in [
            ("1.2 V Nominal Op", 0),
            ("TBD1 V Nominal Op", 2),
            ("TBD2 V Nominal Op", 4),
        ] {
            self.yes(label, image.at(11) >> shift & 3 == 3);
        }
        self.name("Error Detect/Cor", image.at(13) >> 3, DDR3_CORRECTIONS);
        self.maker(image, 320);
        let [year, week] = [323, 324].map(|index| {
            let byte = u32::from(image.at(index));
            (byte >> 4) * 10 + (byte & 15)
        });
        let date = format!("year {:4} week {week:2}", 2000 + year);
        self.line("Manufacture Date", date);
        self.serial_number(image, 325);
        self.lines
            .push(("Part Number", image.bytes::<20>(329).to_vec()));
    }

    fn widths(&mut self, sizes: &Sizes) {
        self.line("Primary Bus Width", format!("{} bits", sizes.bus));
        self.line("SDRAM Device Width", format!("{} bits", sizes.device));
    }

    /// The maker by its bank and its code within, in two bytes.
    fn maker(&mut self, image: Image<'_>, index: usize) {
        let bank = usize::from(image.at(index) & 0x7f);
        let name = if bank < makers::BANKS {
            makers::name(bank, image.at(index + 1))
        } else {
            "JEDEC JEP106 update required".to_owned()
        };
        self.line("Manufacturer", name);
    }

    fn serial_number(&mut self, image: Image<'_>, index: usize) {
        let [a, b, c, d] = image.bytes::<4>(index);
        self.line("Serial Number", format!("{a:02x}{b:02x}{c:02x}{d:02x}"));
    }

    fn name(&mut self, label: &'static str, value: u8, table: Table) {
        self.line(label, names::name(value, table));
    }

    fn yes(&mut self, label: &'static str, yes: bool) {
        self.line(label, if yes { "Yes" } else { "No" });
    }

    fn line(&mut self, label: &'static str, value: impl ToString) {
        self.lines.push((label, value.to_string().into_bytes()));
    }
}

/// The module's memory; zeros after its end.
#[derive(Clone, Copy)]
struct Image<'a>(&'a [u8]);

impl Image<'_> {
    fn at(self, index: usize) -> u8 {
        self.0.get(index).copied().unwrap_or(0)
    }

    fn bytes<const N: usize>(self, from: usize) -> [u8; N] {
        std::array::from_fn(|index| self.at(from + index))
    }

    /// Two decimal digits; those above 9 are shown as C does, by what follows 9 in ASCII.
    fn decimal(self, index: usize) -> String {
        let byte = self.at(index);
        [byte >> 4, byte & 15]
            .map(|digit| char::from(b'0' + digit))
            .iter()
            .collect()
    }
}

/// What a module's size comes from.
struct Sizes {
    /// Of a device, in megabits.
    capacity: i32,
    /// Of the module, in bits.
    bus: i32,
    /// Of a device, in bits.
    device: i32,
    ranks: i32,
}

impl Sizes {
    /// In megabytes; nonsense in an image leads to any number, as in stock.
    fn total(&self) -> i32 {
        (self.capacity / 8)
            .wrapping_mul(self.bus / self.device)
            .wrapping_mul(self.ranks)
    }
}

/// Bytes without which nothing is said of an image.
const LEAST: usize = 92;

const DDR3: u8 = 0x0b;
const DDR4: u8 = 0x0c;

const MEMORY_TYPES: Table = &[
    (0x01, "STD FPM DRAM"),
    (0x02, "EDO"),
    (0x04, "SDRAM"),
    (0x05, "ROM"),
    (0x06, "DDR SGRAM"),
    (0x07, "DDR SDRAM"),
    (0x08, "DDR2 SDRAM"),
    (0x09, "DDR2 SDRAM FB-DIMM"),
    (0x0a, "DDR2 SDRAM FB-DIMM Probe"),
    (DDR3, "DDR3 SDRAM"),
    (DDR4, "DDR4 SDRAM"),
];

const VOLTAGES: Table = &[
    (0, "5.0V TTL"),
    (1, "LVTTL"),
    (2, "HSTL 1.5V"),
    (3, "SSTL 3.3V"),
    (4, "SSTL 2.5V"),
    (5, "SSTL 1.8V"),
];

const CORRECTIONS: Table = &[
    (0, "None"),
    (1, "Parity"),
    (2, "ECC"),
    (4, "Addr Cmd Parity"),
];

const DDR3_BANKS: Table = &[
    (0, "3 (8 Banks)"),
    (1, "4 (16 Banks)"),
    (2, "5 (32 Banks)"),
    (3, "6 (64 Banks)"),
];

/// DDR4's, too.
const DDR3_CORRECTIONS: Table = &[(0, "0 bits"), (1, "8 bits")];

const DDR4_PACKAGES: Table = &[(0, "Monolithic DRAM Device"), (1, "Non-Monolithic Device")];

const DDR4_MODULES: Table = &[
    (0, "Extended module type, see byte 15"),
    (1, "RDIMM"),
    (2, "UDIMM"),
    (3, "SO-DIMM"),
    (4, "LRDIMM"),
    (5, "Mini-RDIMM"),
    (6, "Mini-UDIMM"),
    (7, "7 - Reserved"),
    (8, "72b-SO-RDIMM"),
    (9, "72b-SO-UDIMM"),
    (10, "10 - Reserved"),
    (11, "11 - Reserved"),
    (12, "16b-SO-DIMM"),
    (13, "32b-SO-DIMM"),
    (14, "14 - Reserved"),
    (15, "No base memory present"),
];

const DDR4_BANK_GROUPS: Table = &[
    (0, "0 (no Bank Groups)"),
    (1, "1 (2 Bank Groups)"),
    (2, "2 (4 Bank Groups)"),
];

const DDR4_BANKS: Table = &[(0, "2 (4 Banks)"), (1, "3 (8 Banks)")];

const DDR4_DENSITIES: Table = &[
    (0, "256 Mb"),
    (1, "512 Mb"),
    (2, "1 Gb"),
    (3, "2 Gb"),
    (4, "4 Gb"),
    (5, "8 Gb"),
    (6, "16 Gb"),
    (7, "32 Gb"),
];

#[cfg(test)]
mod tests;
