//! From what was typed to what it means: values checked, files and environment read, questions asked, each at the
//! point where getopt meets the option, as in stock.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::context::{AuthType, Bridging, Context, Family, Interface, Oem, Privilege};
use super::exit::Exit;
use super::number::{self, NumberError};
use super::secret::{CommandLine, Secret};
use super::typed::{Mistake, Options};
use super::usage::{self, INTERFACES, OEM_TYPES};
use super::values::{alternate_hexadecimal, auth_type, text_key, unless_zero};
use super::world::{Stop, World, secret_variable};
use super::{values, verbs};

/// Interprets a command line from left to right, then as a whole.
///
/// # Errors
///
/// [`Stop`] where the run ends here: `-h`, `-V`, `-o list`, `help`, any error; its text has been printed.
pub fn interpret<W: World>(options: &Options, world: &mut W) -> Result<Context, Stop> {
    let mut meaning = Meaning::new(options, world);
    for (letter, value) in &options.options {
        meaning.option(*letter, value)?;
    }
    if let Some(mistake) = options.mistake {
        return meaning.complain(mistake);
    }
    meaning.finish()
}

/// A context in the making.
struct Meaning<'a, W> {
    options: &'a Options,
    world: &'a mut W,
    context: Context,
    interface: Option<String>,
    oem: Option<Vec<u8>>,
}

impl<'a, W: World> Meaning<'a, W> {
    fn new(options: &'a Options, world: &'a mut W) -> Self {
        let context = Context {
            args: options.operands.clone(),
            argv: CommandLine(options.argv.clone()),
            ..Context::default()
        };
        Self {
            options,
            world,
            context,
            interface: None,
            oem: None,
        }
    }

    fn option(&mut self, letter: u8, value: &OsStr) -> Result<(), Stop> {
        let bytes = value.as_bytes();
        let path = || PathBuf::from(value);
        match letter {
            b'h' => {
                self.world
                    .error(usage::help(&self.options.program()).as_bytes());
                return Err(Stop::Exit(Exit::Success));
            }
            b'V' => {
                let text = usage::version(&self.options.program());
                return Err(Stop::Exit(self.world.output(text.as_bytes()).into()));
            }
            b'v' => self.more_verbose(),
            b'c' => self.context.csv = true,
            b'Z' => self.context.utc = true,
            b'I' => self.interface = Some(value.to_string_lossy().into_owned()),
            b'H' => self.context.host = Some(value.to_string_lossy().into_owned()),
            b'd' => self.context.device = self.device(bytes)?,
            b'p' => self.context.port = self.port(bytes)?,
            b'4' => self.family(Family::V4)?,
            b'6' => self.family(Family::V6)?,
            b'U' if bytes.len() > MAX_USERNAME => {
                return self.refuse("Username is too long (> 16 bytes)");
            }
            b'U' => self.context.username = bytes.to_vec(),
            b'P' => self.context.password = Some(Secret::new(bytes.to_vec())),
            b'f' => self.password_from_file(Path::new(value))?,
            b'E' => self.password_from_environment(),
            b'a' => self.context.password = Some(self.world.ask("Password: ")?),
            b'k' => self.context.kg = text_key(Secret::new(bytes.to_vec())),
            b'K' => self.key_from_environment(),
            b'y' => self.context.kg = self.hexadecimal_key(bytes)?,
            b'Y' => self.context.kg = text_key(self.world.ask("Key: ")?),
            b'L' => self.privilege(bytes),
            b'A' => self.context.auth_type = Some(auth_type(bytes)),
            b'C' => {
                self.context.cipher_suite =
                    Some(self.number(number::uchar(bytes), " [0-255] for '-C'")?)
            }
            b'N' => {
                self.context.timeout = self.checked(number::uint(bytes), 'N').map(unless_zero)?
            }
            b'R' => self.context.retries = self.retries(bytes).map(unless_zero)?,
            b'z' => self.context.message_size = self.checked(number::ushort(bytes), 'z')?,
            b't' => {
                self.context.bridging.target_address = self.checked(number::uchar(bytes), 't')?
            }
            b'b' => {
                self.context.bridging.target_channel = self.checked(number::uchar(bytes), 'b')?
            }
            b'T' => {
                self.context.bridging.transit_address = self.checked(number::uchar(bytes), 'T')?
            }
            b'B' => {
                self.context.bridging.transit_channel = self.checked(number::uchar(bytes), 'B')?
            }
            b'l' => self.context.bridging.target_lun = self.checked(number::uchar(bytes), 'l')?,
            b'm' => {
                self.context.bridging.my_address =
                    self.checked(number::uchar(bytes), 'm').map(unless_zero)?
            }
            b'e' => self.context.escape = bytes.first().copied().unwrap_or_default(),
            b'S' => self.context.sdr_cache = Some(path()),
            b'O' => self.context.sel_oem = Some(path()),
            b'D' => self.context.serial_device = Some(value.to_os_string()),
            b'o' if matches!(bytes, b"list" | b"help") => {
                self.world.error(usage::oem_listing().as_bytes());
                return Err(Stop::Exit(Exit::Success));
            }
            b'o' => self.oem = Some(bytes.to_vec()),
            b'g' => self.oem = Some(b"intelwv2".to_vec()),
            b's' => self.oem = Some(b"supermicro".to_vec()),
            // The table's test keeps this from happening.
            _ => {}
        }
        Ok(())
    }

    /// A mistake that getopt found: its complaint, then the usage.
    fn complain<T>(&mut self, mistake: Mistake) -> Result<T, Stop> {
        let (text, letter) = match mistake {
            Mistake::Unknown(letter) => ("invalid option", letter),
            Mistake::Missing(letter) => ("option requires an argument", letter),
        };
        let mut line = format!("{}: {text} -- '", self.options.typed_program()).into_bytes();
        line.extend_from_slice(&[letter, b'\'', b'\n']);
        self.world.error(&line);
        self.world
            .error(usage::help(&self.options.program()).as_bytes());
        Err(Stop::Exit(Exit::Failure))
    }

    /// What stock does between the last option and opening the interface, in its order.
    fn finish(mut self) -> Result<Context, Stop> {
        if self.context.args.first().is_some_and(|verb| verb == "help") {
            self.world.error(verbs::listing().as_bytes());
            return Err(Stop::Exit(Exit::Success));
        }
        let unauthenticated = self.context.auth_type == Some(AuthType::None);
        if self.context.host.is_some() && self.context.password.is_none() && !unauthenticated {
            self.context.password = Some(self.world.ask("Password: ")?);
        }
        self.context.interface = self.choose_interface()?;
        self.context.oem = self.choose_oem()?;
        if unauthenticated {
            self.context.password = None;
        }
        let Bridging {
            target_address,
            transit_address,
            transit_channel,
            ..
        } = self.context.bridging;
        if transit_address != 0 && target_address == 0 {
            return self.refuse(&format!(
                "Transit address/channel {}/{} ignored. Target address must be specified!",
                alternate_hexadecimal(transit_address),
                alternate_hexadecimal(transit_channel)
            ));
        }
        Ok(self.context)
    }

    fn choose_interface(&mut self) -> Result<Interface, Stop> {
        let default = if self.context.host.is_some() {
            "lan"
        } else {
            "open"
        };
        let name = self.interface.take().unwrap_or_else(|| default.to_string());
        let length = self.context.password.as_ref().map_or(0, Secret::len);
        let limit = match name.as_str() {
            "lan" => 16,
            "lanplus" => 20,
            _ => usize::MAX,
        };
        if length > limit {
            return self.refuse(&format!("{name}: password is longer than {limit} bytes."));
        }
        if !INTERFACES.iter().any(|interface| interface.name == name) {
            return self.refuse(&format!("Error loading interface {name}"));
        }
        Ok(Interface::named(&name))
    }

    fn choose_oem(&mut self) -> Result<Option<Oem>, Stop> {
        let Some(name) = self.oem.take() else {
            return Ok(None);
        };
        let known = OEM_TYPES
            .iter()
            .find(|(known, ..)| known.as_bytes() == name)
            .map(|(.., oem)| *oem);
        let failed = if known == Some(Oem::Ibm) && self.world.variable(IBM_DATA_FILE).is_none() {
            self.world
                .error(format!("Unable to read {IBM_DATA_FILE} from environment\n").as_bytes());
            true
        } else {
            known.is_none()
        };
        if failed {
            return self.refuse(&format!(
                "OEM setup for \"{}\" failed",
                String::from_utf8_lossy(&name)
            ));
        }
        if matches!(known, Some(Oem::Supermicro | Oem::Quanta)) && self.context.auth_type.is_none()
        {
            self.context.auth_type = Some(AuthType::Oem);
        }
        Ok(known)
    }

    fn more_verbose(&mut self) {
        self.context.verbose = self.context.verbose.saturating_add(1);
        if self.context.verbose == 2 {
            self.world
                .error(usage::version_in_debug_output(&self.options.program()).as_bytes());
        }
    }

    fn device(&mut self, bytes: &[u8]) -> Result<u32, Stop> {
        let number = self.checked(number::int(bytes), 'd')?;
        u32::try_from(number)
            .or_else(|_| self.refuse(&format!("Device number {number} is out of range.")))
    }

    fn port(&mut self, bytes: &[u8]) -> Result<u16, Stop> {
        let number = self.checked(number::int(bytes), 'p')?;
        let port = u16::try_from(number)
            .or_else(|_| self.refuse(&format!("Port number {number} is out of range.")))?;
        Ok(if port == 0 { DEFAULT_PORT } else { port })
    }

    fn retries(&mut self, bytes: &[u8]) -> Result<u32, Stop> {
        let number = number::int(bytes)
            .and_then(|number| u32::try_from(number).map_err(|_| NumberError::OutOfRange));
        self.checked(number, 'R')
    }

    fn family(&mut self, family: Family) -> Result<(), Stop> {
        let number = |family| if family == Family::V4 { 4 } else { 6 };
        match self.context.family {
            Family::Any => {
                self.context.family = family;
                Ok(())
            }
            present if present == family => {
                self.refuse(&format!("Multiple -{} parameters given.", number(family)))
            }
            present => self.refuse(&format!(
                "Parameter is mutually exclusive with -{}.",
                number(present)
            )),
        }
    }

    fn password_from_file(&mut self, path: &Path) -> Result<(), Stop> {
        self.context.password = match self.world.password_file(path)? {
            Ok(password) => Some(password),
            Err(lines) => {
                self.world.error(lines.as_bytes());
                None
            }
        };
        Ok(())
    }

    fn password_from_environment(&mut self) {
        let found = PASSWORD_VARIABLES
            .iter()
            .find_map(|name| secret_variable(self.world, name));
        match found {
            Some(password) => self.context.password = Some(password),
            None => self.say("Unable to read password from environment"),
        }
    }

    fn key_from_environment(&mut self) {
        match secret_variable(self.world, KEY_VARIABLE) {
            Some(key) => self.context.kg = text_key(key),
            None => self.say("Unable to read kgkey from environment"),
        }
    }

    fn hexadecimal_key(&mut self, text: &[u8]) -> Result<Option<Secret>, Stop> {
        values::hexadecimal_key(text).or_else(|error| self.refuse(&error.to_string()))
    }

    fn privilege(&mut self, text: &[u8]) {
        let name = text.strip_suffix(b"+").unwrap_or(text);
        self.context.name_only &= name.len() == text.len();
        self.context.privilege = values::privilege(name);
        if self.context.privilege == Privilege::Invalid {
            self.say_bytes(&[b"Invalid privilege level ", name].concat());
        }
    }

    fn checked<T>(&mut self, number: Result<T, NumberError>, letter: char) -> Result<T, Stop> {
        self.number(number, &format!(" for '-{letter}'"))
    }

    fn number<T>(&mut self, number: Result<T, NumberError>, range: &str) -> Result<T, Stop> {
        number.or_else(|_| self.refuse(&format!("Invalid parameter given or out of range{range}.")))
    }

    fn refuse<T>(&mut self, line: &str) -> Result<T, Stop> {
        self.say(line);
        Err(Stop::Exit(Exit::Failure))
    }

    fn say(&mut self, line: &str) {
        self.say_bytes(line.as_bytes());
    }

    fn say_bytes(&mut self, line: &[u8]) {
        let line = &line[..line.len().min(MAX_LINE)];
        self.world.error(&[line, b"\n"].concat());
    }
}

/// Environment variables with the password, for `-E`; the first one set wins.
pub const PASSWORD_VARIABLES: [&str; 2] = ["IPMITOOL_PASSWORD", "IPMI_PASSWORD"];

/// Environment variable with K_g, for `-K`.
pub const KEY_VARIABLE: &str = "IPMI_KGKEY";

/// Environment variable that names the event file of `-o ibm`.
pub const IBM_DATA_FILE: &str = "IPMI_OEM_IBM_DATAFILE";

/// The BMC's UDP port, RMCP's primary port.
pub const DEFAULT_PORT: u16 = 623;

/// Bytes of a user name.
const MAX_USERNAME: usize = 16;

/// Stock's message buffer of 1024 bytes, less the NUL.
const MAX_LINE: usize = 1023;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::ffi::OsString;
    use std::io;

    /// A world without environment, in which every question is answered in turn.
    #[derive(Default)]
    struct Told {
        variables: HashMap<&'static str, &'static str>,
        answers: Vec<&'static str>,
        questions: Vec<String>,
        errors: String,
    }

    impl World for Told {
        fn variable(&self, name: &str) -> Option<OsString> {
            self.variables.get(name).map(OsString::from)
        }

        fn ask(&mut self, question: &str) -> Result<Secret, Stop> {
            self.questions.push(question.to_string());
            Ok(Secret::new(self.answers.remove(0).into()))
        }

        fn error(&mut self, bytes: &[u8]) {
            self.errors.push_str(&String::from_utf8_lossy(bytes));
        }

        fn output(&mut self, _bytes: &[u8]) -> io::Result<()> {
            Ok(())
        }
    }

    fn told(line: &str, world: &mut Told) -> Result<Context, Stop> {
        let argv = std::iter::once("ipmitool")
            .chain(line.split_whitespace())
            .map(OsString::from)
            .collect();
        interpret(&Options::parse(argv, false).unwrap(), world)
    }

    fn meaning(line: &str) -> Context {
        told(line, &mut Told::default()).unwrap()
    }

    #[test]
    fn what_is_not_said_has_stocks_defaults() {
        let context = meaning("mc info");
        assert_eq!(
            (context.interface, context.port, context.family),
            (Interface::Open, 623, Family::Any)
        );
        assert_eq!(
            (context.privilege, context.name_only),
            (Privilege::Administrator, true)
        );
        assert_eq!(
            (context.timeout, context.retries, context.cipher_suite),
            (None, None, None)
        );
        assert_eq!(
            (context.escape, context.verbose, context.csv),
            (b'~', 0, false)
        );
        assert_eq!(context.args, ["mc", "info"]);
        assert_eq!(meaning("-H h -P x").interface, Interface::Lan);
    }

    #[test]
    fn zero_means_the_default_for_port_timeout_and_retries() {
        let context = meaning("-p 0 -N 0 -R 0 -C 0 -m 0");
        assert_eq!(
            (context.port, context.timeout, context.retries),
            (623, None, None)
        );
        assert_eq!(
            (context.cipher_suite, context.bridging.my_address),
            (Some(0), None)
        );
        let context = meaning("-p 1623 -N 5 -R 7");
        assert_eq!(
            (context.port, context.timeout, context.retries),
            (1623, Some(5), Some(7))
        );
    }

    #[test]
    fn every_option_reaches_its_field() {
        let context = meaning(
            "-I lanplus -H fe80::1%lo -6 -U root -P pw -k key -L user+ -C 17 -A MD5 -e & -vvv -c -o intelplus \
             -d 3 -S sdr.bin -O events -D ttyS0:9600 -Z -z 99 -t 0x82 -b 7 -T 0x20 -B 6 -l 2 -m 0x21 sol activate",
        );
        assert_eq!(
            (context.interface, context.family),
            (Interface::Lanplus, Family::V6)
        );
        assert_eq!(
            (context.host.as_deref(), &context.username[..]),
            (Some("fe80::1%lo"), &b"root"[..])
        );
        assert_eq!(context.password.unwrap().bytes(), b"pw");
        assert_eq!(context.kg.unwrap().bytes(), b"key");
        assert_eq!(
            (context.privilege, context.name_only),
            (Privilege::User, false)
        );
        assert_eq!(
            (context.cipher_suite, context.auth_type),
            (Some(17), Some(AuthType::Md5))
        );
        assert_eq!(
            (context.escape, context.verbose, context.csv, context.utc),
            (b'&', 3, true, true)
        );
        assert_eq!(
            (context.oem, context.device, context.message_size),
            (Some(Oem::IntelPlus), 3, 99)
        );
        assert_eq!(context.sdr_cache.as_deref(), Some(Path::new("sdr.bin")));
        assert_eq!(context.sel_oem.as_deref(), Some(Path::new("events")));
        assert_eq!(
            context.serial_device.as_deref(),
            Some(OsStr::new("ttyS0:9600"))
        );
        let bridging = Bridging {
            target_address: 0x82,
            target_channel: 7,
            transit_address: 0x20,
            transit_channel: 6,
            target_lun: 2,
            my_address: Some(0x21),
        };
        assert_eq!(context.bridging, bridging);
    }

    #[test]
    fn the_last_password_wins_and_authtype_none_removes_it() {
        let mut world = Told {
            variables: HashMap::from([("IPMI_PASSWORD", "second"), ("IPMITOOL_PASSWORD", "first")]),
            answers: vec!["asked", "asked again"],
            ..Told::default()
        };
        let mut password = |line: &str| {
            told(line, &mut world)
                .unwrap()
                .password
                .map(|password| password.bytes().to_vec())
        };
        assert_eq!(password("-P typed -E").as_deref(), Some(&b"first"[..]));
        assert_eq!(password("-E -P typed").as_deref(), Some(&b"typed"[..]));
        assert_eq!(password("-P typed -a").as_deref(), Some(&b"asked"[..]));
        assert_eq!(password("-H h").as_deref(), Some(&b"asked again"[..]));
        assert_eq!(password("-P typed -H h -A NONE"), None);
    }

    #[test]
    fn a_transit_without_a_target_is_refused_in_stocks_words() {
        let mut world = Told::default();
        assert_eq!(
            told("-T 0x20 -B 0 raw", &mut world).err(),
            Some(Stop::Exit(Exit::Failure))
        );
        assert_eq!(
            world.errors,
            "Transit address/channel 0x20/0 ignored. Target address must be specified!\n"
        );
    }

    #[test]
    fn vendors_with_their_own_authentication_get_it_unless_another_is_asked_for() {
        assert_eq!(meaning("-s").auth_type, Some(AuthType::Oem));
        assert_eq!(meaning("-o quanta -A MD5").auth_type, Some(AuthType::Md5));
        assert_eq!(meaning("-g").oem, Some(Oem::IntelWv2));
    }
}
