//! What was typed on `bmcsim`'s command line, checked.

mod values;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use values::{address, iana, key, password_file, serial_kind, size, user, within};

use crate::bmc::command::Privilege;
use crate::bmc::endpoint::EXTENSION_IANA;
use crate::bmc::fault::Fault;
use crate::bmc::personality::Personality;

/// Everything a run needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen.
    pub listen: Vec<SocketAddr>,
    /// Who may log in.
    pub users: Vec<User>,
    /// K_g, at most 20 bytes; empty for none.
    pub kg: Vec<u8>,
    /// What is behind the serial ports, in the order of SOL instances.
    pub serial: Vec<SerialKind>,
    /// The command that is the machine: chassis power starts and ends it.
    pub vm: Option<String>,
    /// A description of the machine, instead of the one that is built in.
    pub inventory: Option<PathBuf>,
    /// What kind of board it is.
    pub personality: Personality,
    /// Faults from the start on.
    pub faults: Vec<Fault>,
    /// Where line commands are taken.
    pub control: Option<PathBuf>,
    /// Bytes that each console log keeps.
    pub log_size: usize,
    /// Where the console log of the first port is kept over restarts.
    pub log_file: Option<PathBuf>,
    /// Enterprise number of the console-log extension; `None`: not offered.
    pub extension: Option<u32>,
    /// Whether cipher suite 0 may be used.
    pub suite_zero: bool,
    /// Most sessions at once.
    pub sessions: usize,
    /// Seed of everything that varies but is no secret: sensors, faults.
    pub seed: u64,
    /// How much is said: 0 warnings, 1 sessions and power, 2 everything.
    pub verbose: u8,
}

/// Somebody who may log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Name, at most 16 bytes.
    pub name: String,
    /// Password, at most 20 bytes.
    pub password: Vec<u8>,
    /// The greatest level.
    pub level: Privilege,
}

/// What is behind a serial port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SerialKind {
    /// A pseudo-terminal for somebody else to open.
    Pty,
    /// A command on a pseudo-terminal, started again when it ends; a shell when none is named.
    Exec(Option<String>),
    /// A TCP server.
    Tcp(String),
    /// A Unix stream socket.
    Unix(PathBuf),
    /// A file, a FIFO or a device: what is read from it is the host's output; devices and FIFOs are written to.
    File(PathBuf),
}

/// Why there are no options.
#[derive(Debug)]
pub enum Stop {
    /// Text that was asked for: help or version.
    Said(String),
    /// What was wrong, in one line.
    Wrong(String),
}

impl Options {
    /// Understands a command line, program name included.
    ///
    /// # Errors
    /// Help or version was asked for, or something is wrong.
    pub fn parse(argv: impl IntoIterator<Item = OsString>) -> Result<Self, Stop> {
        let matches = command()
            .try_get_matches_from(argv)
            .map_err(|error| match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Stop::Said(error.to_string()),
                _ => Stop::Wrong(first_line(&error.to_string())),
            })?;
        Self::from_matches(&matches).map_err(Stop::Wrong)
    }

    fn from_matches(m: &ArgMatches) -> Result<Self, String> {
        let all = |name: &str| {
            m.get_many::<String>(name)
                .into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
        };
        let one = |name: &str| m.get_one::<String>(name).cloned();
        let mut users = all("user")
            .iter()
            .map(|text| user(text))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(path) = one("password-file") {
            users.extend(password_file(Path::new(&path))?);
        }
        if users.is_empty() {
            users.push(User {
                name: "admin".into(),
                password: b"admin".to_vec(),
                level: Privilege::Administrator,
            });
        }
        let mut serial = all("serial")
            .iter()
            .map(|text| serial_kind(text))
            .collect::<Result<Vec<_>, _>>()?;
        if serial.is_empty() {
            serial.push(SerialKind::Exec(None));
        }
        if serial.len() > 15 {
            return Err(format!(
                "{} serial ports: SOL has at most 15 instances",
                serial.len()
            ));
        }
        let name = one("personality").unwrap_or_else(|| "plain".into());
        let personality = Personality::named(&name).ok_or_else(|| {
            format!(
                "there is no personality '{name}': it must be one of {}",
                Personality::NAMES.join(", ")
            )
        })?;
        let kg = one("kg").unwrap_or_default();
        let extension = match one("extension-iana") {
            Some(text) => iana(&text)?,
            None => EXTENSION_IANA,
        };
        Ok(Self {
            listen: all("listen")
                .iter()
                .map(|text| address(text))
                .collect::<Result<_, _>>()?,
            users,
            kg: key(&kg)?,
            serial,
            vm: one("vm"),
            inventory: one("inventory").map(PathBuf::from),
            personality,
            faults: all("fault")
                .iter()
                .map(|text| text.parse())
                .collect::<Result<_, _>>()?,
            control: one("control")
                .map(|text| match text.strip_prefix("unix:") {
                    Some(path) => Ok(PathBuf::from(path)),
                    None => Err(format!("'--control {text}': it must be unix:PATH")),
                })
                .transpose()?,
            log_size: size(&one("log-size").unwrap_or_else(|| "1M".into()))?,
            log_file: one("log-file").map(PathBuf::from),
            extension: (!m.get_flag("no-extension")).then_some(extension),
            suite_zero: m.get_flag("suite-zero"),
            sessions: within("sessions", one("sessions"), 16, 1, 63)? as usize,
            seed: within("seed", one("seed"), 1, 0, u64::MAX)?,
            verbose: m.get_count("verbose"),
        })
    }
}

/// The command line's grammar; the manual page is checked against it.
pub fn command() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help)
            .action(ArgAction::Set)
    };
    let several = |name, value, help| text(name, value, help).action(ArgAction::Append);
    let switch = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .help(help)
            .action(ArgAction::SetTrue)
    };
    Command::new("bmcsim")
        .about("A BMC to try IPMI clients on: sessions, serial over LAN, sensors, logs, faults")
        .version(env!("CARGO_PKG_VERSION"))
        .args([
            several(
                "listen",
                "ADDR:PORT",
                "Listen there (UDP); port 0 picks a free one",
            )
            .default_value("127.0.0.1:6230"),
            several(
                "user",
                "NAME:PASSWORD[:PRIV]",
                "Who may log in; PRIV is user, operator or administrator, and needed behind a password with ':' \
                [default: admin:admin:administrator]",
            ),
            text(
                "password-file",
                "FILE",
                "More users, one NAME:PASSWORD[:PRIV] a line",
            ),
            text(
                "kg",
                "KEY",
                "K_g for two-key logins: up to 20 characters, or 0x and hexadecimal digits",
            ),
            several(
                "serial",
                "KIND",
                "What the serial port is: pty, exec[:CMD], tcp:HOST:PORT, unix:PATH or \
                file:PATH; several make several SOL instances [default: exec, a shell]",
            ),
            text(
                "vm",
                "CMD",
                "The machine: chassis power starts, stops and restarts this command",
            ),
            text(
                "inventory",
                "FILE",
                "The machine's identity, sensors, FRUs and log, as TOML",
            ),
            text(
                "personality",
                "NAME",
                "Board to be like: plain, openbmc, supermicro, idrac, ilo, ipmi_sim, \
                intelplus, old [default: plain]",
            ),
            several(
                "fault",
                "SPEC",
                "What goes wrong, e.g. 'busy 10s @30s' or 'drop 5%'",
            ),
            text(
                "control",
                "unix:PATH",
                "Take line commands on a Unix socket",
            ),
            text(
                "log-size",
                "BYTES",
                "How much console output is kept, with K or M [default: 1M]",
            ),
            text(
                "log-file",
                "FILE",
                "Keep the console log there over restarts",
            ),
            text(
                "extension-iana",
                "NUMBER",
                "Enterprise number of the console-log extension [default: 32473]",
            ),
            switch("no-extension", "Do not offer the console-log extension"),
            switch("suite-zero", "Allow cipher suite 0, and authentication type NONE over IPMI 1.5: no password is needed"),
            text(
                "sessions",
                "N",
                "Most sessions at once, 1 to 63 [default: 16]",
            ),
            text(
                "seed",
                "N",
                "Seed of sensor values and random faults [default: 1]",
            ),
            Arg::new("verbose")
                .short('v')
                .action(ArgAction::Count)
                .help("Say what happens; twice: everything"),
        ])
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or("the command line is wrong");
    let line = line.strip_prefix("error: ").unwrap_or(line);
    format!("{line} (bmcsim --help lists the options)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, String> {
        match Options::parse(
            std::iter::once("bmcsim")
                .chain(words.iter().copied())
                .map(OsString::from),
        ) {
            Ok(options) => Ok(options),
            Err(Stop::Said(text) | Stop::Wrong(text)) => Err(text),
        }
    }

    #[test]
    fn the_grammar_is_sound_and_an_empty_line_has_its_defaults() {
        command().debug_assert();
        let options = parse(&[]).unwrap();
        assert_eq!(options.listen, ["127.0.0.1:6230".parse().unwrap()]);
        assert_eq!(options.serial, [SerialKind::Exec(None)]);
        assert_eq!(
            (options.log_size, options.extension),
            (1 << 20, Some(32473))
        );
    }

    #[test]
    fn a_password_may_hold_colons_where_a_privilege_follows() {
        let options = parse(&["--user", "a:b:c:administrator", "--user", "x:y:operator"]).unwrap();
        assert_eq!(
            options.users[0],
            User {
                name: "a".into(),
                password: b"b:c".to_vec(),
                level: Privilege::Administrator
            }
        );
        assert_eq!(options.users[1].level, Privilege::Operator);
    }

    #[test]
    fn a_privilege_that_is_none_is_refused_without_a_word_of_the_password() {
        let file = std::env::temp_dir().join(format!("bmcsim-users-{}", std::process::id()));
        for typed in [
            "bob:secret:root",
            "bob:a:secret",
            "bob:secret:",
            "bob:secret:USER:x1",
        ] {
            std::fs::write(&file, format!("# who\n{typed}\n")).unwrap();
            let file = file.to_str().unwrap();
            for words in [["--user", typed], ["--password-file", file]] {
                let error = parse(&words).map(|_| ()).unwrap_err();
                assert!(
                    error.contains("behind the last ':' of user 'bob' is no privilege"),
                    "{error}"
                );
                assert!(error.contains("user, operator or administrator"), "{error}");
                for secret in ["secret", "root", "x1"] {
                    assert!(!error.contains(secret), "{typed}: {error}");
                }
                assert_eq!(error.lines().count(), 1, "{error}");
            }
        }
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        for words in [
            &["--bogus"][..],
            &["--listen", "nowhere"],
            &["--listen", "127.0.0.1:99999"],
            &["--user", "nopassword"],
            &["--user", "abcdefghijklmnopq:x"],
            &["--kg", "0x123"],
            &["--serial", "carrier-pigeon"],
            &["--personality", "nice"],
            &["--log-size", "1"],
            &["--control", "/tmp/x"],
            &["--sessions", "0"],
            &["--password-file", "/nonexistent/file"],
            &["--fault", "flood"],
            &["surplus"],
        ] {
            let error = parse(words).map(|_| ()).unwrap_err();
            assert_eq!(error.lines().count(), 1, "{words:?}: {error}");
        }
    }

    #[test]
    fn k_g_may_be_given_in_hexadecimal() {
        assert_eq!(parse(&["--kg", "0x00ff"]).unwrap().kg, [0, 255]);
        assert_eq!(parse(&["--kg", "plain"]).unwrap().kg, b"plain");
    }
}
