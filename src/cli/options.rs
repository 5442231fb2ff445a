//! The one table of options. It feeds the parser, `-h`, the manual page and the tests that walk it.

/// An option of the command line.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its letter.
    pub letter: u8,
    /// What its value is called, where it takes one.
    pub value: Option<&'static str>,
    /// Its lines in `-h`, as stock has them; empty for those stock does not show.
    pub help: &'static [&'static str],
    /// What the manual page says.
    pub manual: &'static str,
    /// Whether the value is overwritten in the process list.
    pub secret: bool,
}

/// Whether a letter is an option, and if so whether it takes a value: what getopt has to know.
pub fn takes_value(letter: u8) -> Option<bool> {
    OPTIONS
        .iter()
        .find(|option| option.letter == letter)
        .map(|option| option.value.is_some())
}

/// The letters of the options whose values are secrets.
pub fn secret_letters() -> Vec<u8> {
    OPTIONS
        .iter()
        .filter(|option| option.secret)
        .map(|option| option.letter)
        .collect()
}

const fn flag(letter: u8, help: &'static [&'static str], manual: &'static str) -> Opt {
    Opt {
        letter,
        value: None,
        help,
        manual,
        secret: false,
    }
}

const fn valued(
    letter: u8,
    value: &'static str,
    help: &'static [&'static str],
    manual: &'static str,
) -> Opt {
    Opt {
        value: Some(value),
        ..flag(letter, help, manual)
    }
}

const fn secret(
    letter: u8,
    value: &'static str,
    help: &'static [&'static str],
    manual: &'static str,
) -> Opt {
    Opt {
        secret: true,
        ..valued(letter, value, help, manual)
    }
}

/// Every option, in the order of stock's `-h`; those it does not show come last.
pub const OPTIONS: &[Opt] = &[
    flag(
        b'h',
        &["This help"],
        "Print a summary of options, interfaces and commands on standard error and end with status 0. Acts where it stands: mistakes before it are reported instead.",
    ),
    flag(
        b'V',
        &["Show version information"],
        "Print the version on standard output and end. Acts where it stands.",
    ),
    flag(
        b'v',
        &["Verbose (can use multiple times)"],
        "Say more on standard error: once for progress, twice for details, three times for packets.",
    ),
    flag(
        b'c',
        &["Display output in comma separated format"],
        "Print comma separated values where a command can.",
    ),
    valued(
        b'd',
        "N",
        &["Specify a /dev/ipmiN device to use (default=0)"],
        "Use this local device. Has no meaning over a network.",
    ),
    valued(
        b'I',
        "intf",
        &["Interface to use"],
        "Choose the interface. Without it, \\fBlan\\fR is used where \\fB-H\\fR is given, else \\fBopen\\fR. \\fBopen\\fR, \\fBlan\\fR, \\fBlanplus\\fR and \\fBdummy\\fR are built in; the others are handed over.",
    ),
    valued(
        b'H',
        "hostname",
        &["Remote host name for LAN interface"],
        "The BMC's name or address. An IPv6 address may carry a scope (\\fBfe80::1%eth0\\fR). Where no password is given either, one is asked for, except with \\fB-A NONE\\fR.",
    ),
    valued(
        b'p',
        "port",
        &["Remote RMCP port [default=623]"],
        "The BMC's UDP port, 0 to 65535; 0 means 623.",
    ),
    valued(
        b'U',
        "username",
        &["Remote session username"],
        "The user name, at most 16 bytes; empty by default.",
    ),
    valued(
        b'f',
        "file",
        &["Read remote session password from file"],
        "Take the password from the file's first line: at most 20 bytes, up to a carriage return, line feed, tab or NUL. An empty first line gives a password of one line feed, as it always has; a file that holds one NUL gives the empty password.",
    ),
    valued(
        b'z',
        "size",
        &["Change Size of Communication Channel (OEM)"],
        "Set the message size of an OEM channel, 0 to 65535 bytes.",
    ),
    valued(
        b'S',
        "sdr",
        &["Use local file for remote SDR cache"],
        "Read sensor data records from a file that \\fBsdr dump\\fR wrote.",
    ),
    valued(
        b'D',
        "tty:b[:s]",
        &[
            "Specify the serial device, baud rate to use",
            "and, optionally, specify that interface is the system one",
        ],
        "The device of the serial interfaces.",
    ),
    flag(
        b'4',
        &["Use only IPv4"],
        "Use only IPv4 addresses of the host. At most once, and not with \\fB-6\\fR.",
    ),
    flag(
        b'6',
        &["Use only IPv6"],
        "Use only IPv6 addresses of the host. At most once, and not with \\fB-4\\fR.",
    ),
    flag(
        b'a',
        &["Prompt for remote password"],
        "Ask for the password, on the terminal, or on standard error and standard input where there is none.",
    ),
    flag(
        b'Y',
        &["Prompt for the Kg key for IPMIv2 authentication"],
        "Ask for the BMC key K_g.",
    ),
    valued(
        b'e',
        "char",
        &["Set SOL escape character"],
        "The first byte of this value starts escapes in a console; \\fB~\\fR by default.",
    ),
    valued(
        b'C',
        "ciphersuite",
        &["Cipher suite to be used by lanplus interface"],
        "The cipher suite, by number. Without it, the BMC is asked for its suites; 17 is preferred, then 3.",
    ),
    secret(
        b'k',
        "key",
        &["Use Kg key for IPMIv2 authentication"],
        "The BMC key K_g as text; what exceeds 20 bytes is cut off. Not shown by \\fBps\\fR.",
    ),
    secret(
        b'y',
        "hex_key",
        &["Use hexadecimal-encoded Kg key for IPMIv2 authentication"],
        "The BMC key K_g in hexadecimal, at most 20 bytes. Not shown by \\fBps\\fR.",
    ),
    valued(
        b'L',
        "level",
        &[
            "Remote session privilege level [default=ADMINISTRATOR]",
            "Append a '+' to use name/privilege lookup in RAKP1",
        ],
        "The session's privilege level: CALLBACK, USER, OPERATOR, ADMINISTRATOR or OEM, in either case. An unknown level is warned about and then refused by the BMC.",
    ),
    valued(
        b'A',
        "authtype",
        &["Force use of auth type NONE, PASSWORD, MD2, MD5 or OEM"],
        "The authentication type of IPMI 1.5. \\fBNONE\\fR removes the password, over lanplus too.",
    ),
    secret(
        b'P',
        "password",
        &["Remote session password"],
        "The password: at most 16 bytes for lan, 20 for lanplus. Not shown by \\fBps\\fR. Of \\fB-P\\fR, \\fB-f\\fR, \\fB-E\\fR and \\fB-a\\fR the last one wins.",
    ),
    flag(
        b'E',
        &["Read password from IPMI_PASSWORD environment variable"],
        "Take the password from \\fBIPMITOOL_PASSWORD\\fR, else from \\fBIPMI_PASSWORD\\fR.",
    ),
    flag(
        b'K',
        &["Read kgkey from IPMI_KGKEY environment variable"],
        "Take the BMC key K_g from \\fBIPMI_KGKEY\\fR; what exceeds 20 bytes is cut off.",
    ),
    valued(
        b'm',
        "address",
        &["Set local IPMB address"],
        "Our own address on the IPMB; 0x20 by default.",
    ),
    valued(
        b'b',
        "channel",
        &["Set destination channel for bridged request"],
        "The channel to the target of bridged requests.",
    ),
    valued(
        b't',
        "address",
        &["Bridge request to remote target address"],
        "Bridge requests to this address.",
    ),
    valued(
        b'B',
        "channel",
        &["Set transit channel for bridged request (dual bridge)"],
        "The channel to the address in between.",
    ),
    valued(
        b'T',
        "address",
        &["Set transit address for bridge request (dual bridge)"],
        "The address in between, for requests that cross two bridges. Needs \\fB-t\\fR.",
    ),
    valued(
        b'l',
        "lun",
        &["Set destination lun for raw commands"],
        "The target's logical unit for \\fBraw\\fR.",
    ),
    valued(
        b'o',
        "oemtype",
        &["Setup for OEM (use 'list' to see available OEM types)"],
        "Adapt to a vendor's BMC. \\fB-o list\\fR prints the names and ends, where it stands.",
    ),
    valued(
        b'O',
        "seloem",
        &["Use file for OEM SEL event descriptions"],
        "Describe OEM events as this file says.",
    ),
    valued(
        b'N',
        "seconds",
        &["Specify timeout for lan [default=2] / lanplus [default=1] interface"],
        "How long an answer is waited for before the request is sent again; 0 means the default.",
    ),
    valued(
        b'R',
        "retry",
        &["Set the number of retries for lan/lanplus interface [default=4]"],
        "How often a request is sent; 0 means the default.",
    ),
    flag(b'Z', &["Display all dates in UTC"], "Print dates in UTC."),
    flag(b'g', &[], "The same as \\fB-o intelwv2\\fR."),
    flag(b's', &[], "The same as \\fB-o supermicro\\fR."),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What stock gives to getopt.
    const STOCK: &str = "I:46hVvcgsEKYao:H:d:P:f:U:p:C:L:A:t:T:m:z:S:l:b:B:e:k:y:O:R:N:D:Z";

    #[test]
    fn the_table_holds_exactly_the_options_of_stock() {
        let mut stock: Vec<(u8, bool)> = Vec::new();
        for byte in STOCK.bytes() {
            match (byte, stock.last_mut()) {
                (b':', Some(last)) => last.1 = true,
                _ => stock.push((byte, false)),
            }
        }
        let mut table: Vec<_> = OPTIONS
            .iter()
            .map(|option| (option.letter, option.value.is_some()))
            .collect();
        stock.sort_unstable();
        table.sort_unstable();
        assert_eq!(table, stock);
    }

    #[test]
    fn every_option_is_explained_and_only_those_with_values_are_secret() {
        for option in OPTIONS {
            assert!(!option.manual.is_empty(), "-{}", char::from(option.letter));
            assert!(!option.secret || option.value.is_some());
        }
        assert_eq!(secret_letters(), b"kyP");
    }
}
