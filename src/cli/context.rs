//! What the command line means, after defaults, files, environment and prompts.

use std::ffi::OsString;
use std::path::PathBuf;

use super::secret::{CommandLine, Secret};
use super::usage::INTERFACES;
pub use crate::transport::network::Family;

/// Everything the floors below need to know about one run.
#[derive(Clone, Debug)]
pub struct Context {
    /// How the BMC is reached (`-I`).
    pub interface: Interface,
    /// The BMC's name or address (`-H`).
    pub host: Option<String>,
    /// The BMC's UDP port (`-p`); 623 when unset or 0.
    pub port: u16,
    /// Which addresses of the host may be used (`-4`, `-6`).
    pub family: Family,
    /// The user name (`-U`), 0 to 16 bytes; empty when unset.
    pub username: Vec<u8>,
    /// The password (`-P -f -E -a` or the prompt); `None` also after `-A NONE`.
    pub password: Option<Secret>,
    /// K_g, 1 to 20 bytes (`-k -K -y -Y`); `None` when unset, empty or all zeros: the password stands in for it.
    pub kg: Option<Secret>,
    /// The session's privilege level (`-L`); Administrator when unset.
    pub privilege: Privilege,
    /// Whether RAKP 1 asks for name-only lookup (bit 10h of the role byte); cleared by a `+` after `-L`'s level.
    pub name_only: bool,
    /// The cipher suite (`-C`), unchecked; `None` asks the BMC.
    pub cipher_suite: Option<u8>,
    /// Seconds to wait for an answer (`-N`); `None` (unset or 0) is the interface's default: lan 2, lanplus 1.
    pub timeout: Option<u32>,
    /// How often a request is sent (`-R`); `None` (unset or 0) is 4.
    pub retries: Option<u32>,
    /// The IPMI v1.5 authentication type (`-A`); `None` when unset. Lanplus heeds only [`AuthType::None`], which
    /// has already removed the password.
    pub auth_type: Option<AuthType>,
    /// The console's escape character (`-e`).
    pub escape: u8,
    /// How many `-v` were given, at most 255.
    pub verbose: u8,
    /// Comma separated output (`-c`).
    pub csv: bool,
    /// The OEM variant (`-o`, `-g`, `-s`).
    pub oem: Option<Oem>,
    /// Where requests go beyond the BMC itself.
    pub bridging: Bridging,
    /// Which `/dev/ipmiN` (`-d`).
    pub device: u32,
    /// A dump of the SDR repository to read instead of asking the BMC (`-S`).
    pub sdr_cache: Option<PathBuf>,
    /// Descriptions of OEM SEL events (`-O`).
    pub sel_oem: Option<PathBuf>,
    /// `tty:baud[:s]` for the serial interfaces (`-D`).
    pub serial_device: Option<OsString>,
    /// Dates in UTC (`-Z`).
    pub utc: bool,
    /// The channel's message size in bytes (`-z`); 0 when unset.
    pub message_size: u16,
    /// The verb and its arguments: what getopt left over, in order.
    pub args: Vec<OsString>,
    /// The whole command line as it was typed, program name first: what a fallback is given.
    pub argv: CommandLine,
}

impl Default for Context {
    /// Stock's defaults, with no verb.
    fn default() -> Self {
        Self {
            interface: Interface::Open,
            host: None,
            port: 623,
            family: Family::Any,
            username: Vec::new(),
            password: None,
            kg: None,
            privilege: Privilege::Administrator,
            name_only: true,
            cipher_suite: None,
            timeout: None,
            retries: None,
            auth_type: None,
            escape: b'~',
            verbose: 0,
            csv: false,
            oem: None,
            bridging: Bridging::default(),
            device: 0,
            sdr_cache: None,
            sel_oem: None,
            serial_device: None,
            utc: false,
            message_size: 0,
            args: Vec::new(),
            argv: CommandLine::default(),
        }
    }
}

/// The ways to reach a BMC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interface {
    /// The local driver: the default without a host.
    Open,
    /// IPMI v1.5 over UDP: the default with a host.
    Lan,
    /// IPMI v2.0 over UDP (RMCP+).
    Lanplus,
    /// The UNIX socket named by `IPMI_DUMMY_SOCK`.
    Dummy,
    /// One of stock's other interfaces, by name.
    Other(String),
}

impl Interface {
    /// The interface that `-I` means by a name; those that are not built in are handed over.
    pub fn named(name: &str) -> Self {
        match name {
            "open" => Self::Open,
            "lan" => Self::Lan,
            "lanplus" => Self::Lanplus,
            "dummy" => Self::Dummy,
            _ => Self::Other(name.to_owned()),
        }
    }

    /// Stock's description, which it prints when interrupted; the name of one it does not know.
    pub fn description(&self) -> &str {
        let name = match self {
            Self::Open => "open",
            Self::Lan => "lan",
            Self::Lanplus => "lanplus",
            Self::Dummy => "dummy",
            Self::Other(name) => name,
        };
        let known = INTERFACES.iter().find(|interface| interface.name == name);
        known.map_or(name, |interface| interface.description)
    }
}

/// A session's privilege level, IPMI v2.0 table 13-15 (values of the maximum privilege field).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privilege {
    /// 1h
    Callback,
    /// 2h
    User,
    /// 3h
    Operator,
    /// 4h
    #[default]
    Administrator,
    /// 5h
    Oem,
    /// Fh, `NO ACCESS`.
    NoAccess,
    /// FFh: an unknown name was given. Stock warns, goes on with this value, and the BMC refuses it.
    Invalid,
}

impl Privilege {
    /// The value on the wire.
    pub fn value(self) -> u8 {
        match self {
            Self::Callback => 1,
            Self::User => 2,
            Self::Operator => 3,
            Self::Administrator => 4,
            Self::Oem => 5,
            Self::NoAccess => 0x0f,
            Self::Invalid => 0xff,
        }
    }
}

/// IPMI v1.5 session authentication types, IPMI v2.0 table 22-15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthType {
    /// 0h; removes the password, on lanplus too.
    None,
    /// 1h
    Md2,
    /// 2h
    Md5,
    /// 4h, a straight password.
    Password,
    /// 5h
    Oem,
    /// FFh: an unknown name was given; stock goes on.
    Invalid,
}

/// The variants that `-o` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oem {
    /// `supermicro`
    Supermicro,
    /// `intelwv2`
    IntelWv2,
    /// `intelplus`
    IntelPlus,
    /// `icts`
    Icts,
    /// `ibm`
    Ibm,
    /// `i82571spt`
    I82571Spt,
    /// `kontron`
    Kontron,
    /// `quanta`
    Quanta,
}

/// The addresses of bridged requests; 0 means unset, as in stock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bridging {
    /// The remote target's address (`-t`).
    pub target_address: u8,
    /// The channel to the target (`-b`).
    pub target_channel: u8,
    /// The address in between (`-T`).
    pub transit_address: u8,
    /// The channel to the address in between (`-B`).
    pub transit_channel: u8,
    /// The target's LUN for raw commands (`-l`).
    pub target_lun: u8,
    /// Our own IPMB address (`-m`); `None` when unset or 0: 20h.
    pub my_address: Option<u8>,
}
