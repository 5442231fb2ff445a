//! What `-h`, `-V`, `-o list` and `help` print, from the tables.

use std::fmt::Write;

use super::context::Oem;
use super::options::OPTIONS;
use super::verbs;

/// `-h`, which goes to standard error, as in stock.
pub fn help(program: &str) -> String {
    let mut text =
        format!("{program} version {STOCK_VERSION}\n\nusage: {program} [options...] <command>\n\n");
    for option in OPTIONS {
        let mut head = format!(
            "-{} {}",
            char::from(option.letter),
            option.value.unwrap_or_default()
        );
        for line in option.help {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "       {head:<14} {line}");
            head.clear();
        }
    }
    text.push_str("\nInterfaces:\n");
    for interface in INTERFACES {
        let default = if interface.name == "open" {
            "[default]"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "\t{:<12}  {} {default}",
            interface.name, interface.description
        );
    }
    text.push('\n');
    text + &verbs::listing()
}

/// `-V`, which goes to standard output. Scripts read the third word.
pub fn version(program: &str) -> String {
    format!(
        "{program} version {STOCK_VERSION} (steadysol {})\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// The line that stock prints when the second `-v` is met.
pub fn version_in_debug_output(program: &str) -> String {
    format!("{program} version {STOCK_VERSION}\n\n")
}

/// `-o list`, which goes to standard error.
pub fn oem_listing() -> String {
    let mut text = String::from("\nOEM Support:\n");
    for (name, description, _) in OEM_TYPES {
        let _ = writeln!(text, "\t{name:<12} {description}");
    }
    text.push('\n');
    text
}

/// One of stock's interfaces.
#[derive(Clone, Copy, Debug)]
pub struct InterfaceInfo {
    /// What `-I` takes.
    pub name: &'static str,
    /// Stock's description.
    pub description: &'static str,
}

const fn interface(name: &'static str, description: &'static str) -> InterfaceInfo {
    InterfaceInfo { name, description }
}

/// Every interface of stock as Debian builds it, in its order.
pub const INTERFACES: &[InterfaceInfo] = &[
    interface("open", "Linux OpenIPMI Interface"),
    interface("imb", "Intel IMB Interface"),
    interface("lan", "IPMI v1.5 LAN Interface"),
    interface("lanplus", "IPMI v2.0 RMCP+ LAN Interface"),
    interface("free", "FreeIPMI IPMI Interface"),
    interface("serial-terminal", "Serial Interface, Terminal Mode"),
    interface("serial-basic", "Serial Interface, Basic Mode"),
    interface("dummy", "Linux DummyIPMI Interface"),
    interface("usb", "IPMI USB Interface(OEM Interface for AMI Devices)"),
];

/// What `-o` takes, stock's description, and what it means.
pub const OEM_TYPES: &[(&str, &str, Oem)] = &[
    (
        "supermicro",
        "Supermicro IPMIv1.5 BMC with OEM LAN authentication support",
        Oem::Supermicro,
    ),
    (
        "intelwv2",
        "Intel SE7501WV2 IPMIv1.5 BMC with extra LAN communication support",
        Oem::IntelWv2,
    ),
    (
        "intelplus",
        "Intel IPMI 2.0 BMC with RMCP+ communication support",
        Oem::IntelPlus,
    ),
    ("icts", "IPMI 2.0 ICTS compliance support", Oem::Icts),
    ("ibm", "IBM OEM support", Oem::Ibm),
    (
        "i82571spt",
        "Intel 82571 MAC with integrated RMCP+ support in super pass-through mode",
        Oem::I82571Spt,
    ),
    ("kontron", "Kontron OEM big buffer support", Oem::Kontron),
    (
        "quanta",
        "Quanta IPMIv1.5 BMC with OEM LAN authentication support",
        Oem::Quanta,
    ),
];

/// The version of stock that this program stands in for.
pub const STOCK_VERSION: &str = "1.8.19";
