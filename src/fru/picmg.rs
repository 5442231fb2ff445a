//! PICMG's records, as text (PICMG 3.0, AMC.0 and MicroTCA.0).
//!
//! What a record is too short for is zero, as in stock's memory for the first record; what does not fit into the longest
//! record is not there, whatever a count says.

use std::fmt::Write;

use super::multi::Oem;
use crate::wire::text::hex;

/// The text of a record's data, its maker and identity included. `verbose`: with the channels of a backplane. `point`:
/// the locale's.
pub fn text(data: &[u8], verbose: bool, point: &str) -> String {
    let mut page = Page {
        data,
        at: Oem::LENGTH,
        text: String::new(),
        point,
    };
    let id = Oem::parse(data).id;
    match id {
        0x04 => page.backplane(verbose),
        0x10 => page.address_table(),
        0x11 => page.power_distribution(),
        0x12 => page.shelf_activation(),
        0x13 => page.line("    FRU_PICMG_SHMC_IP_CONN"),
        0x14 => page.board(),
        AMC_CURRENT => page.current(),
        AMC_ACTIVATION => page.activation(),
        0x18 => page.carrier(),
        0x19 => page.module(),
        0x1a => page.carrier_info(),
        0x20..=0x2b => {
            page.line("    Not implemented yet. uTCA specific record found!!");
            page.add(format_args!("     - Record ID: 0x{id:02x}\n"));
        }
        0x2c => page.clock_carrier(),
        0x2d => page.clock_config(),
        _ => page.add(format_args!(
            "    Unknown OEM Extension Record ID: {id:x}\n"
        )),
    }
    page.text
}

/// Amperes, and watts at 12 V, of a number of tenths, as stock reckons them.
pub fn amperes(tenths: u16) -> (f32, f32) {
    let amperes = f32::from(tenths) / 10.0;
    (amperes, amperes * 12.0)
}

/// With two decimal places.
pub fn decimal(value: f32, point: &str) -> String {
    format!("{:.2}", f64::from(value)).replace('.', point)
}

/// A record that is being read, and its text.
struct Page<'a> {
    data: &'a [u8],
    at: usize,
    text: String,
    point: &'a str,
}

impl Page<'_> {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(text);
    }

    fn line(&mut self, text: &str) {
        self.add(format_args!("{text}\n"));
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.data.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn byte(&mut self) -> u8 {
        let byte = self.peek(0);
        self.at += 1;
        byte
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    fn word(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    fn double_word(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    /// Whether the longest record has no more.
    fn is_over(&self) -> bool {
        self.at >= LONGEST
    }

    /// Whether this record has more.
    fn has_more(&self) -> bool {
        self.at < self.data.len()
    }

    fn backplane(&mut self, verbose: bool) {
        self.line("    FRU_PICMG_BACKPLANE_P2P");
        while self.at + 3 <= self.data.len() {
            let [kind, address, count] = self.bytes();
            self.line("");
            let name = match kind {
                0x00 | 0x07 => "PICMG 2.9",
                0x08 => "Single Port Fabric IF",
                0x09 => "Double Port Fabric IF",
                0x0a => "Full Channel Fabric IF",
                0x0b => "Base IF",
                0x0c => "Update Channel IF",
                0x0d => "ShMC Cross Connect",
                _ => "",
            };
            if name.is_empty() {
                self.add(format_args!("    Channel Type:  Unknown IF (0x{kind:x})\n"));
            } else {
                self.add(format_args!("    Channel Type:  {name}\n"));
            }
            self.add(format_args!("    Slot Addr.   : {address:02x}\n"));
            self.add(format_args!("    Channel Count: {count}\n"));
            for _ in 0..count {
                if self.is_over() {
                    break;
                }
                let [slot, low, high] = self.bytes();
                let bits = u16::from_le_bytes([low, high]);
                let (remote, local) = (bits & 0x1f, (bits >> 5) & 0x1f);
                if verbose {
                    self.add(format_args!(
                        "       Chn: {local:02x}  ->  Chn: {remote:02x} in Slot: {slot:02x}\n"
                    ));
                }
            }
        }
    }

    fn address_table(&mut self) {
        self.line("    FRU_PICMG_ADDRESS_TABLE");
        let code = self.byte();
        self.add(format_args!("      Type/Len:  0x{code:02x}\n"));
        self.add(format_args!("      Shelf Addr: "));
        for byte in self.bytes::<20>() {
            self.add(format_args!("0x{byte:02x} "));
        }
        self.line("");
        let count = self.byte();
        self.add(format_args!("      Addr Table Entries: 0x{count:02x}\n"));
        for _ in 0..count {
            if self.is_over() {
                break;
            }
            let [address, number, kind] = self.bytes();
            let name = SITES.get(usize::from(kind)).copied().unwrap_or("Reserved");
            let double = u16::from(address) * 2;
            self.add(format_args!(
                "        HWAddr: 0x{address:02x} (0x{double:02x}) SiteNum: {number} SiteType: 0x{kind:02x} {name}\n"
            ));
        }
    }

    fn power_distribution(&mut self) {
        self.line("    FRU_PICMG_SHELF_POWER_DIST");
        let feeds = self.byte();
        self.add(format_args!(
            "      Number of Power Feeds:   0x{feeds:02x}\n"
        ));
        for feed in 0..feeds {
            if self.is_over() {
                break;
            }
            self.add(format_args!("    Feed {feed}:\n"));
            let (external, internal) = (self.word(), self.word());
            let [voltage, count] = self.bytes();
            let amps = |tenths| format!("{}.{} Amps (0x{tenths:04x})", tenths / 10, tenths % 10);
            let external = amps(external);
            self.add(format_args!("      Max External Current:   {external}\n"));
            let internal = match internal {
                0xffff => "Not Specified".to_owned(),
                tenths => amps(tenths),
            };
            self.add(format_args!("      Max Internal Current:   {internal}\n"));
            if (0x48..=0x90).contains(&voltage) {
                self.add(format_args!(
                    "      Min Expected Voltage:   -{:02}.{}V\n",
                    voltage / 2,
                    (voltage % 2) * 5
                ));
            } else {
                self.add(format_args!(
                    "      Min Expected Voltage:   -36V (actual invalid value 0x{voltage:x})\n"
                ));
            }
            for _ in 0..count {
                if self.is_over() {
                    break;
                }
                let [address, id] = self.bytes();
                let double = u16::from(address) * 2;
                self.add(format_args!(
                    "        FRU HW Addr: 0x{address:02x} (0x{double:02x})   FRU ID: 0x{id:02x}\n"
                ));
            }
        }
    }

    fn shelf_activation(&mut self) {
        self.line("    FRU_PICMG_SHELF_ACTIVATION");
        let [allowance, count] = self.bytes();
        self.add(format_args!(
            "      Allowance for FRU Act Readiness:   0x{allowance:02x}\n"
        ));
        self.add(format_args!(
            "      FRU activation and Power Desc Cnt: 0x{count:02x}\n"
        ));
        for _ in 0..count {
            if self.is_over() {
                break;
            }
            let [address, id] = self.bytes();
            let (power, config) = (self.word(), self.byte());
            self.add(format_args!(
                "         HW Addr: 0x{address:02x}          FRU ID: 0x{id:02x}          Max FRU Power: 0x{power:04x}          Config: 0x{config:02x} \n"
            ));
        }
    }

    fn board(&mut self) {
        self.line("    FRU_PICMG_BOARD_P2P");
        let count = self.byte();
        self.add(format_args!("      GUID count: {count:2}\n"));
        for index in 0..count {
            if self.is_over() {
                break;
            }
            self.add(format_args!("        GUID [{index:2}]: 0x"));
            self.guid();
        }
        self.line("");
        while self.has_more() {
            self.board_link();
        }
    }

    fn guid(&mut self) {
        let guid = hex(&self.bytes::<16>());
        self.line(&guid);
    }

    fn board_link(&mut self) {
        let bits = self.double_word();
        let [first, second, third, grouping] = bits.to_le_bytes();
        let (channel, interface, port) = (first & 0x3f, first >> 6, second & 0x0f);
        let kind = second >> 4 | third << 4;
        let extension = third >> 4;
        self.add(format_args!(
            "      Link Grouping ID:     0x{grouping:02x}\n"
        ));
        let name = LINK_EXTENSIONS
            .iter()
            .find(|(each, code, _)| (*each, *code) == (kind, extension))
            .map_or("Unknown", |(_, _, name)| name);
        self.add(format_args!(
            "      Link Type Extension:  0x{extension:02x} - {name}\n"
        ));
        let name = match kind {
            LINK_BASE => "PICMG 3.0 Base Interface 10/100/1000",
            LINK_ETHERNET => {
                "PICMG 3.1 Ethernet Fabric Interface\n                                   Base signaling Link Class"
            }
            0x03 => "PICMG 3.2 Infiniband Fabric Interface",
            0x04 => "PICMG 3.3 Star Fabric Interface",
            0x05 => "PICMG 3.4 PCI Express Fabric Interface",
            LINK_ETHERNET_10G => {
                "PICMG 3.1 Ethernet Fabric Interface\n                                   10.3125Gbd signaling Link Class"
            }
            0xf0..=0xfe => "OEM GUID Definition",
            _ => "Reserved",
        };
        self.add(format_args!(
            "      Link Type:            0x{kind:02x} - {name}\n"
        ));
        self.line("      Link Designator: ");
        self.add(format_args!("        Port Flag:            0x{port:02x}\n"));
        let name = match interface {
            0 => "Base Interface",
            1 => "Fabric Interface",
            2 => "Update Channel",
            _ => "Reserved",
        };
        self.add(format_args!(
            "        Interface:            0x{interface:02x} - {name}\n"
        ));
        self.add(format_args!(
            "        Channel Number:       0x{channel:02x}\n\n"
        ));
    }

    fn current(&mut self) {
        self.line("    FRU_AMC_CURRENT");
        let (amperes, watts) = amperes(self.byte().into());
        let (amperes, watts) = (decimal(amperes, self.point), decimal(watts, self.point));
        self.add(format_args!(
            "      Current draw(@12V): {amperes} A [ {watts} Watt ]\n\n"
        ));
    }

    fn activation(&mut self) {
        self.line("    FRU_AMC_ACTIVATION");
        let (amperes, watts) = amperes(self.word());
        let (amperes, watts) = (decimal(amperes, self.point), decimal(watts, self.point));
        let [readiness, count] = self.bytes();
        self.add(format_args!(
            "      Maximum Internal Current(@12V): {amperes} A [ {watts} Watt ]\n"
        ));
        self.add(format_args!(
            "      Module Activation Readiness:    {readiness} sec.\n"
        ));
        self.add(format_args!("      Descriptor Count: {count}\n\n"));
        while self.has_more() {
            self.module_current();
        }
    }

    fn module_current(&mut self) {
        let [address, current, _] = self.bytes();
        let current = decimal(amperes(current.into()).0, self.point);
        self.add(format_args!(
            "        IPMB-Address:         0x{address:x}\n"
        ));
        self.add(format_args!(
            "        Max. Module Current:  {current} A\n\n"
        ));
    }

    fn carrier(&mut self) {
        self.line("    FRU_CARRIER_P2P");
        while self.has_more() {
            let [resource, count] = self.bytes();
            let kind = if resource >> 7 == 1 { "AMC" } else { "Local" };
            self.add(format_args!(
                "\n      Resource ID:      {}  Type: {kind}\n",
                resource & 0x07
            ));
            self.add(format_args!("      Descriptor Count: {count}\n"));
            for _ in 0..count {
                if self.is_over() {
                    break;
                }
                let [resource, low, high] = self.bytes();
                let bits = u16::from_le_bytes([low, high]);
                let (remote, local) = (bits & 0x1f, (bits >> 5) & 0x1f);
                let kind = if resource >> 7 == 1 { "AMC  " } else { "local" };
                self.add(format_args!(
                    "        Port: {local:02}\t->  Remote Port: {remote:02}\t[ {kind} ID: {:02} ]\n",
                    resource & 0x0f
                ));
            }
        }
    }

    /// Stock shows nothing where there is no GUID, which is most modules; where there is one it reads past its memory.
    fn module(&mut self) {
        self.line("    FRU_AMC_P2P");
        let count = self.byte();
        self.add(format_args!("      GUID count: {count:2}\n"));
        if count == 0 {
            return;
        }
        for index in 0..count {
            if self.is_over() {
                return;
            }
            self.add(format_args!("        GUID {index:2}: "));
            self.guid();
        }
        let resource = self.byte();
        let kind = if resource & 0x80 != 0 {
            "AMC Module:"
        } else {
            "On-Carrier Device"
        };
        self.add(format_args!(
            "      {kind}   Resource ID: {}\n",
            resource & 0x0f
        ));
        let channels = self.byte();
        self.add(format_args!("       Descriptor Count: {channels}\n"));
        for _ in 0..channels {
            if self.is_over() {
                return;
            }
            let [low, middle, high] = self.bytes();
            let bits = u32::from_le_bytes([low, middle, high, 0]);
            for lane in 0..4 {
                let port = (bits >> (5 * lane)) & 0x1f;
                self.add(format_args!("        Lane {lane} Port: {port}\n"));
            }
            self.line("");
        }
        while self.has_more() {
            self.module_link();
        }
    }

    fn module_link(&mut self) {
        let [channel, second, third, group, last] = self.bytes();
        let (kind, extension) = (second >> 4 | third << 4, third >> 4);
        let flags: String = (0..4)
            .map(|port| if second >> port & 1 != 0 { 'o' } else { '-' })
            .collect();
        self.add(format_args!(
            "      Link Designator:  Channel ID: {channel}\n            Port Flag 0: {flags}\n"
        ));
        let (name, extensions): (&str, Option<&[&str]>) = match kind {
            0x02 => ("AMC.1 PCI Express", Some(PCI_EXPRESS)),
            0x03 | 0x04 => ("AMC.1 PCI Express Advanced Switching", None),
            0x05 => ("AMC.2 Ethernet", Some(ETHERNET)),
            0x06 => ("AMC.4 Serial Rapid IO", None),
            0x07 => ("AMC.3 Storage", Some(STORAGE)),
            _ => ("reserved or OEM GUID", None),
        };
        self.add(format_args!(
            "        Link Type:       {kind:02x} - {name}\n"
        ));
        self.add(format_args!("        Link Type Ext:   {extension}"));
        if let Some(names) = extensions {
            let name = names.get(usize::from(extension)).unwrap_or(&"Invalid");
            self.add(format_args!(" -  {name}"));
        }
        self.add(format_args!("\n        Link group Id:   {group}\n"));
        self.add(format_args!("        Link Asym Match: {}\n\n", last & 0x03));
    }

    fn carrier_info(&mut self) {
        self.line("    FRU_CARRIER_INFO");
        let [version, sites] = self.bytes();
        self.add(format_args!(
            "      AMC.0 extension version: R{}.{}\n",
            version & 0x0f,
            version >> 4
        ));
        self.add(format_args!("      Carrier Sie Number Cnt: {sites}\n"));
        for _ in 0..sites {
            if self.is_over() {
                break;
            }
            let site = self.byte();
            self.add(format_args!("       Site ID: {site} \n"));
        }
        self.line("");
    }

    fn clock_carrier(&mut self) {
        self.line("    FRU_PICMG_CLK_CARRIER_P2P");
        let count = self.byte();
        for _ in 0..count {
            if self.is_over() {
                break;
            }
            let [resource, channels] = self.bytes();
            let kind = match resource >> 6 {
                0 => "On-Carrier-Device",
                1 => "AMC slot",
                2 => "Backplane",
                _ => "reserved",
            };
            self.add(format_args!(
                "\n      Clock Resource ID: 0x{resource:02x}  Type: {kind}\n"
            ));
            self.add(format_args!("      Channel Count: 0x{channels:02x}\n"));
            for _ in 0..channels {
                if self.is_over() {
                    break;
                }
                let [local, remote, resource] = self.bytes();
                let kind = match resource >> 6 {
                    0 => "[ Carrier-Dev",
                    1 => "[ AMC slot   ",
                    2 => "[ Backplane  ",
                    _ => "reserved         ",
                };
                self.add(format_args!(
                    "        CLK-ID: 0x{local:02x}    -> remote CLKID: 0x{remote:02x}   {kind} 0x{:02x} ]\n",
                    resource & 0x0f
                ));
            }
        }
        self.line("");
    }

    fn clock_config(&mut self) {
        self.line("    FRU_PICMG_CLK_CONFIG");
        let [resource, count] = self.bytes();
        self.add(format_args!(
            "\n      Clock Resource ID: 0x{resource:02x}\n"
        ));
        self.add(format_args!("      Descr. Count:      0x{count:02x}\n"));
        for _ in 0..count {
            if self.is_over() {
                break;
            }
            self.clock_channel();
        }
        self.line("");
    }

    fn clock_channel(&mut self) {
        let [channel, control, indirect, direct] = self.bytes();
        let who = if control & 1 == 0 {
            "Carrier IPMC"
        } else {
            "Application"
        };
        self.add(format_args!(
            "        CLK-ID: 0x{channel:02x}  -  CTRL 0x{control:02x} [ {who:>12} ]\n"
        ));
        self.add(format_args!(
            "         Cnt: Indirect 0x{indirect:02x}  /  Direct 0x{direct:02x}\n"
        ));
        let role = |feature: u8| {
            if feature & 1 == 1 {
                "Source"
            } else {
                "Receiver"
            }
        };
        for _ in 0..indirect {
            if self.is_over() {
                break;
            }
            let [feature, on] = self.bytes();
            let role = role(feature);
            self.add(format_args!(
                "          Feature: 0x{feature:02x} [{role:>8}] -           Dep. CLK-ID: 0x{on:02x}\n"
            ));
        }
        for _ in 0..direct {
            if self.is_over() {
                break;
            }
            let [feature, family, accuracy] = self.bytes();
            let [frequency, least, most] = std::array::from_fn(|_| self.double_word());
            let (role, locked) = (role(feature), u8::from(feature > 1));
            self.add(format_args!(
                "          - Feature: 0x{feature:02x}  - PLL: {locked} / Asym: {role}\n"
            ));
            self.add(format_args!(
                "            Family:  0x{family:02x}  - AccLVL: 0x{accuracy:02x}\n"
            ));
            self.add(format_args!(
                "            FRQ: {frequency:<9} - min: {least:<9} - max: {most:<9}\n"
            ));
        }
        self.line("");
    }
}

/// PICMG's enterprise number.
pub const MAKER: u32 = 12634;

/// The record of how much current a module takes.
pub const AMC_CURRENT: u8 = 0x16;
/// The record of how a carrier's modules are activated.
pub const AMC_ACTIVATION: u8 = 0x17;

/// The longest that a record's data can be.
const LONGEST: usize = 255;

const SITES: [&str; 10] = [
    "AdvancedTCA Board",
    "Power Entry",
    "Shelf FRU Information",
    "Dedicated ShMC",
    "Fan Tray",
    "Fan Filter Tray",
    "Alarm",
    "AdvancedMC Module",
    "PMC",
    "Rear Transition Module",
];

const LINK_BASE: u8 = 0x01;
const LINK_ETHERNET: u8 = 0x02;
const LINK_ETHERNET_10G: u8 = 0x32;

/// Types of links, their extensions, and what these are.
const LINK_EXTENSIONS: &[(u8, u8, &str)] = &[
    (LINK_BASE, 0, "10/100/1000BASE-T Link (four-pair)"),
    (LINK_BASE, 1, "ShMC Cross-connect (two-pair)"),
    (LINK_ETHERNET, 0, "1000Base-BX"),
    (LINK_ETHERNET, 1, "10GBase-BX4 [XAUI]"),
    (LINK_ETHERNET, 2, "FC-PI"),
    (LINK_ETHERNET, 3, "1000Base-KX"),
    (LINK_ETHERNET, 4, "10GBase-KX4"),
    (LINK_ETHERNET_10G, 0, "10GBase-KR"),
    (LINK_ETHERNET_10G, 1, "40GBase-KR4"),
];

const PCI_EXPRESS: &[&str] = &[
    "Gen 1 capable - non SSC",
    "Gen 1 capable - SSC",
    "Gen 2 capable - non SSC",
    "Gen 2 capable - SSC",
];
const ETHERNET: &[&str] = &[
    "1000Base-Bx (SerDES Gigabit) Ethernet Link",
    "10Gbit XAUI Ethernet Link",
];
const STORAGE: &[&str] = &["Fibre Channel", "Serial ATA", "Serial Attached SCSI"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_record_of_any_length_has_a_bounded_text() {
        for id in 0..=0xff {
            for length in (0..=255).step_by(5) {
                for fill in [0, 1, 0x80, 0xff] {
                    let mut data = vec![fill; length];
                    if let Some(byte) = data.get_mut(3) {
                        *byte = id;
                    }
                    assert!(
                        text(&data, true, ".").len() < 60_000,
                        "{id} {length} {fill}"
                    );
                }
            }
        }
    }

    #[test]
    fn currents_are_told_in_the_locales_numbers() {
        let record = [0x5a, 0x31, 0, AMC_CURRENT, 0, 25];
        assert_eq!(
            text(&record, false, ","),
            "    FRU_AMC_CURRENT\n      Current draw(@12V): 2,50 A [ 30,00 Watt ]\n\n"
        );
    }
}
