//! The one table of verbs: names, stock's one-line help in stock's order, and what is built in.

use std::ffi::{OsStr, OsString};
use std::fmt::Write;

/// A verb of ipmitool.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// As typed.
    pub name: &'static str,
    /// Stock's line in `ipmitool help`; `None` for those it does not list.
    pub help: Option<&'static str>,
    /// Which of its uses are built in.
    pub native: Native,
}

/// How much of a verb is built in; the rest is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// Nothing.
    No,
    /// These subcommands; "" is none at all.
    Only(&'static [&'static str]),
    /// Everything.
    All,
}

/// Whether the verb and its subcommand are built in.
pub fn is_native(args: &[OsString]) -> bool {
    let word = |index: usize| args.get(index).and_then(|word| word.to_str());
    word(0)
        .and_then(named)
        .is_some_and(|verb| verb.native.covers(word(1)))
}

impl Native {
    /// Whether a subcommand, or its absence, is built in.
    fn covers(self, subcommand: Option<&str>) -> bool {
        match self {
            Self::No => false,
            Self::All => true,
            Self::Only(known) => subcommand.is_some_and(|word| known.contains(&word)),
        }
    }
}

/// Whether stock knows the verb.
pub fn is_known(verb: &OsStr) -> bool {
    verb.to_str().and_then(named).is_some()
}

/// Stock's list of commands, as `ipmitool help` prints it on standard error.
pub fn listing() -> String {
    let mut text = String::from("Commands:\n");
    for verb in VERBS {
        if let Some(help) = verb.help {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\t{:<12}  {help}", verb.name);
        }
    }
    text.push('\n');
    text
}

fn named(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

const fn verb(name: &'static str, native: Native, help: &'static str) -> Verb {
    Verb {
        name,
        help: Some(help),
        native,
    }
}

const fn unlisted(name: &'static str, native: Native) -> Verb {
    Verb {
        name,
        help: None,
        native,
    }
}

/// Every verb of stock 1.8.19, in its order.
pub const VERBS: &[Verb] = &[
    verb(
        "raw",
        Native::All,
        "Send a RAW IPMI request and print response",
    ),
    verb(
        "i2c",
        Native::All,
        "Send an I2C Master Write-Read command and print response",
    ),
    verb("spd", Native::All, "Print SPD info from remote I2C device"),
    verb("lan", Native::All, "Configure LAN Channels"),
    verb(
        "chassis",
        Native::All,
        "Get chassis status and set power state",
    ),
    verb("power", Native::All, "Shortcut to chassis power commands"),
    verb("event", Native::All, "Send pre-defined events to MC"),
    verb(
        "mc",
        Native::All,
        "Management Controller status and global enables",
    ),
    unlisted("bmc", Native::All),
    verb(
        "sdr",
        Native::All,
        "Print Sensor Data Repository entries and readings",
    ),
    verb("sensor", Native::All, "Print detailed sensor information"),
    verb(
        "fru",
        Native::All,
        "Print built-in FRU and scan SDR for FRU locators",
    ),
    verb(
        "gendev",
        Native::No,
        "Read/Write Device associated with Generic Device locators sdr",
    ),
    verb("sel", Native::All, "Print System Event Log (SEL)"),
    verb(
        "pef",
        Native::All,
        "Configure Platform Event Filtering (PEF)",
    ),
    verb(
        "sol",
        Native::All,
        "Configure and connect IPMIv2.0 Serial-over-LAN",
    ),
    verb(
        "tsol",
        Native::No,
        "Configure and connect with Tyan IPMIv1.5 Serial-over-LAN",
    ),
    verb("isol", Native::No, "Configure IPMIv1.5 Serial-over-LAN"),
    verb("user", Native::All, "Configure Management Controller users"),
    verb(
        "channel",
        Native::All,
        "Configure Management Controller channels",
    ),
    verb("session", Native::All, "Print session information"),
    verb("dcmi", Native::All, "Data Center Management Interface"),
    verb("nm", Native::All, "Node Manager Interface"),
    verb("sunoem", Native::No, "OEM Commands for Sun servers"),
    verb("kontronoem", Native::No, "OEM Commands for Kontron devices"),
    verb("picmg", Native::No, "Run a PICMG/ATCA extended cmd"),
    verb(
        "fwum",
        Native::No,
        "Update IPMC using Kontron OEM Firmware Update Manager",
    ),
    verb("firewall", Native::No, "Configure Firmware Firewall"),
    verb("delloem", Native::No, "OEM Commands for Dell systems"),
    verb("shell", Native::All, "Launch interactive IPMI shell"),
    verb("exec", Native::All, "Run list of commands from file"),
    verb(
        "set",
        Native::All,
        "Set runtime variable for shell and exec",
    ),
    unlisted("echo", Native::All),
    verb(
        "hpm",
        Native::No,
        "Update HPM components using PICMG HPM.1 file",
    ),
    verb(
        "ekanalyzer",
        Native::No,
        "run FRU-Ekeying analyzer using FRU files",
    ),
    verb(
        "ime",
        Native::No,
        "Update Intel Manageability Engine Firmware",
    ),
    verb("vita", Native::No, "Run a VITA 46.11 extended cmd"),
    verb("lan6", Native::All, "Configure IPv6 LAN Channels"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_partly_built_in_verb_is_native_only_for_its_subcommands() {
        let partly = Native::Only(&["info"]);
        assert!(partly.covers(Some("info")));
        assert!(!partly.covers(Some("reset")) && !partly.covers(None));
        assert!(is_native(&args(&["sol"])) && is_native(&args(&["mc", "reset", "cold"])));
        assert!(!is_native(&args(&["nonsense"])));
        assert!(!is_native(&args(&[])));
    }

    #[test]
    fn no_verb_stands_twice_in_the_table() {
        for (index, verb) in VERBS.iter().enumerate() {
            assert!(
                VERBS
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.name != verb.name),
                "{}",
                verb.name
            );
        }
    }
}
