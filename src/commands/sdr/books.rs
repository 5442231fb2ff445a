//! What the verbs that deal with sensors work with: the desk, how they print, and what they know of the BMC.

use std::fmt;
use std::path::PathBuf;

use ipmi_rs::connection::{LogicalUnit, Message, Request, RequestTargetAddress, Response};

use super::shelf;
use crate::cli::Context;
use crate::cli::context::Interface;
use crate::cli::locale::Locale;
use crate::commands::Desk;
use crate::ipmi::events::{self, Makers, State};
use crate::ipmi::ipmb::{self, Shelf};
use crate::ipmi::{completion, sensor_types};
use crate::sdr::cache::Cache;
use crate::sdr::repository::{Closed, Manner, Repository};
use crate::sdr::{Record, Sensor};
use crate::transport::TransportError;

/// The desk, and how to print.
pub struct Books<'d, 'c> {
    /// Options, connection, output.
    pub desk: &'d mut Desk<'c>,
    /// How talkative the texts are; `get` is as talkative as with `-v`.
    pub verbose: bool,
    /// Whether texts are `elist`'s.
    pub extended: bool,
    /// The records of the file that `-S` names, until they are taken.
    pub(super) from_file: Option<Vec<Record>>,
    /// The locale's decimal point.
    pub(in crate::commands) point: Vec<u8>,
    maker: Option<u32>,
    /// Whether it speaks PICMG and VITA, once it was asked.
    families: Option<(bool, bool)>,
}

impl<'d, 'c> Books<'d, 'c> {
    /// Prints as the options say; `extended` as `elist` does. Reads the file that `-S` names.
    pub fn new(desk: &'d mut Desk<'c>, extended: bool) -> Self {
        let path = desk.context.sdr_cache.as_deref();
        let from_file = path.and_then(|path| shelf::file(path, desk.output));
        Self {
            from_file,
            verbose: desk.context.verbose > 0,
            extended,
            point: Locale::from_environment().decimal_point().to_vec(),
            maker: None,
            families: None,
            desk,
        }
    }

    /// Whether output is comma separated.
    pub fn csv(&self) -> bool {
        self.desk.context.csv
    }

    /// Writes to standard output.
    pub fn put(&mut self, text: fmt::Arguments<'_>) {
        self.desk.output.print(text);
    }

    /// Writes bytes to standard output, and spaces up to `width`.
    pub fn padded(&mut self, bytes: &[u8], width: usize) {
        self.desk.output.bytes(bytes);
        let missing = width.saturating_sub(bytes.len());
        self.put(format_args!("{:missing$}", ""));
    }

    /// Writes bytes to standard output.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.desk.output.bytes(bytes);
    }

    /// A number with so many decimal places, as C's `printf` has it in the environment's locale.
    pub fn number(&self, value: f64, places: usize) -> Vec<u8> {
        let sign = if value.is_sign_negative() { "-" } else { "" };
        if value.is_nan() {
            return format!("{sign}nan").into_bytes();
        }
        let text = format!("{value:.places$}");
        match text.split_once('.') {
            Some((integer, fraction)) => {
                [integer.as_bytes(), &self.point, fraction.as_bytes()].concat()
            }
            None => text.into_bytes(),
        }
    }

    /// Stock's precision: none for integers.
    pub fn short_number(&self, value: f64, places: usize) -> Vec<u8> {
        let is_integer = value == f64::from(value as i32);
        self.number(value, if is_integer { 0 } else { places })
    }

    /// Opens the repository.
    ///
    /// # Errors
    ///
    /// None but what was said: the verb has failed.
    pub fn open(&mut self) -> Option<Repository> {
        self.open_announced(false)
    }

    /// Opens the repository; `announce`: each record is announced.
    pub fn open_announced(&mut self, announce: bool) -> Option<Repository> {
        let manner = Manner {
            announce,
            ..self.manner(RequestTargetAddress::Bmc(LogicalUnit::Zero), false)
        };
        let opened = self.open_as(manner);
        if opened.is_none() {
            self.desk
                .output
                .complain(format_args!("Unable to open SDR for reading"));
        }
        opened
    }

    /// How the records of `target` are read; `own`: those of the device itself.
    pub fn manner(&self, target: RequestTargetAddress, own: bool) -> Manner {
        let context = self.desk.context;
        let ahead = is_networked(context);
        let of_bmc = target == RequestTargetAddress::Bmc(LogicalUnit::Zero) && !own;
        Manner {
            target,
            own,
            ahead,
            chunk: chunk(context),
            announce: false,
            cache: (ahead && of_bmc).then(|| cache(context)).flatten(),
            only: None,
        }
    }

    /// Opens a repository, without a last word.
    pub fn open_as(&mut self, manner: Manner) -> Option<Repository> {
        match Repository::open(self.desk.bmc, manner) {
            Ok(repository) => Some(repository),
            Err(Closed::Refused) => None,
            Err(Closed::NoDeviceInfo) => {
                self.put(format_args!("Err in cmd get sensor sdr info\n"));
                None
            }
        }
    }

    /// Asks about a sensor, wherever it is.
    ///
    /// # Errors
    ///
    /// As the connection gives it.
    pub fn ask(
        &mut self,
        sensor: Sensor<'_>,
        cmd: u8,
        data: &[u8],
    ) -> Result<Response, TransportError> {
        let mut request = self
            .request(sensor, cmd, data)
            .ok_or(TransportError::Unsendable("no such channel"))?;
        if let RequestTargetAddress::BmcOrIpmb(address, channel, _) = request.target()
            && cmd == GET_READING
        {
            let bridging = self.desk.context.bridging;
            log::debug!(
                "Bridge to Sensor Intf my/{:#x} tgt/{:#x}:{} Sdr tgt/{:#x}:{}\n",
                bridging.my_address.unwrap_or(BMC_ADDRESS),
                target_address(self.desk.context),
                c_hex(bridging.target_channel),
                address.0,
                c_hex(channel.value()),
            );
        }
        self.desk.bmc.send_recv(&mut request)
    }

    /// A request about a sensor.
    pub fn request(&self, sensor: Sensor<'_>, cmd: u8, data: &[u8]) -> Option<Request> {
        let context = self.desk.context;
        let target = sensor.target(target_address(context), context.bridging.target_channel)?;
        let message = Message::new_raw(NETFN_SENSOR, cmd, data.to_vec());
        Some(Request::new(message, target))
    }

    /// The name of a sensor's type.
    pub fn sensor_type(&mut self, code: u8) -> &'static str {
        let makers = if sensor_types::is_oem(code) {
            self.makers(code)
        } else {
            Makers::default()
        };
        events::sensor_type(makers, code)
    }

    /// The states of a sensor of this type that a reading can tell of.
    pub fn states(
        &mut self,
        code: u8,
        event_type: u8,
    ) -> impl Iterator<Item = &'static State> + use<> {
        self.all_states(code, event_type)
            .iter()
            .filter(|state| state.data.is_none())
    }

    /// The same, and those that only an event's further bytes tell.
    pub fn all_states(&mut self, code: u8, event_type: u8) -> &'static [State] {
        let oem = sensor_types::is_oem(code) && event_type == events::SENSOR_SPECIFIC;
        let makers = if oem {
            self.makers_of_states(code)
        } else {
            Makers::default()
        };
        events::states(makers, code, event_type)
    }

    /// The maker's number, where stock looks at it without asking: over a network.
    pub fn known_maker(&mut self) -> u32 {
        if is_networked(self.desk.context) {
            self.maker()
        } else {
            0
        }
    }

    fn makers(&mut self, code: u8) -> Makers {
        let manufacturer = self.maker();
        let (picmg, vita) = self.families(code);
        Makers {
            manufacturer,
            picmg,
            vita,
        }
    }

    /// Stock does not ask for the maker where the type is above Kontron's.
    fn makers_of_states(&mut self, code: u8) -> Makers {
        if code < ABOVE_KONTRON {
            return self.makers(code);
        }
        let (picmg, vita) = self.families(code);
        Makers {
            manufacturer: 0,
            picmg,
            vita,
        }
    }

    /// Asks who made the BMC: over a network once, else as often as stock does.
    fn maker(&mut self) -> u32 {
        if let Some(maker) = self.maker.filter(|_| is_networked(self.desk.context)) {
            return maker;
        }
        let target = RequestTargetAddress::Bmc(LogicalUnit::Zero);
        let message = Message::new_raw(NETFN_APP, GET_DEVICE_ID, Vec::new());
        let response = self.desk.bmc.send_recv(&mut Request::new(message, target));
        let maker = match response {
            Ok(response) if response.cc() == 0 => {
                let maker = match response.data().get(6..9) {
                    Some(&[low, middle, high]) => u32::from_le_bytes([low, middle, high, 0]),
                    _ => 0,
                };
                log::debug!("Iana: {maker}");
                maker
            }
            Ok(response) => {
                let code = response.cc();
                let why = completion::text(code);
                self.desk.output.complain(format_args!(
                    "Get Device ID command failed: {code:#x} {why}"
                ));
                0
            }
            Err(_) => {
                self.desk
                    .output
                    .complain(format_args!("Get Device ID command failed"));
                0
            }
        };
        self.maker = Some(maker);
        maker
    }

    /// Whether it speaks PICMG, or VITA: asked only for the sensor types that they define, once. Stock asks at every
    /// start.
    fn families(&mut self, code: u8) -> (bool, bool) {
        if code < ABOVE_KONTRON {
            return (false, false);
        }
        if let Some(families) = self.families {
            return families;
        }
        let shelf = ipmb::shelf(self.desk.bmc);
        let families = (shelf == Some(Shelf::Picmg), shelf == Some(Shelf::Vita));
        self.families = Some(families);
        families
    }

    /// Names what will be asked about these records, so that it is asked ahead.
    pub fn hint<'r>(
        &mut self,
        records: impl Iterator<Item = &'r Record>,
        questions: impl Fn(Sensor<'_>) -> Vec<u8>,
    ) {
        if !is_networked(self.desk.context) {
            return;
        }
        let requests = records
            .filter_map(Record::sensor)
            .flat_map(|sensor| {
                let number = sensor.number();
                questions(sensor)
                    .into_iter()
                    .map(move |cmd| (sensor, cmd, number))
            })
            .filter_map(|(sensor, cmd, number)| self.request(sensor, cmd, &[number]))
            .collect();
        self.desk.bmc.hint(requests);
    }
}

/// Whether requests go over a network, where several may be under way at a time.
pub fn is_networked(context: &Context) -> bool {
    matches!(context.interface, Interface::Lan | Interface::Lanplus)
}

/// The controller that requests without an address go to.
pub fn target_address(context: &Context) -> u8 {
    match context.bridging.target_address {
        0 => BMC_ADDRESS,
        address => address,
    }
}

/// As C's `%#x` has it: 0 without a prefix.
fn c_hex(value: u8) -> String {
    if value == 0 {
        "0".to_owned()
    } else {
        format!("{value:#x}")
    }
}

/// How many bytes of a record stock asks for at a time, by interface and `-z`.
fn chunk(context: &Context) -> u8 {
    if is_networked(context) { 32 } else { 23 }
}

/// Where records are kept: `STEADYSOL_NO_CACHE` turns it off.
fn cache(context: &Context) -> Option<Cache> {
    let off = std::env::var_os(NO_CACHE).is_some_and(|value| !value.is_empty());
    if off || context.bridging.target_address != 0 {
        return None;
    }
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let directory = absolute("XDG_CACHE_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".cache")))?
        .join("steadysol/sdr");
    Cache::new(&directory, context.host.as_deref()?, context.port)
}

/// Set to anything but nothing: records are not kept from one run to the next.
pub const NO_CACHE: &str = "STEADYSOL_NO_CACHE";

const BMC_ADDRESS: u8 = 0x20;
const NETFN_SENSOR: u8 = 0x04;
const NETFN_APP: u8 = 0x06;
const GET_DEVICE_ID: u8 = 0x01;
/// The first of the types that are PICMG's and VITA's.
const ABOVE_KONTRON: u8 = 0xf0;

/// Get Sensor Reading.
pub const GET_READING: u8 = 0x2d;
/// Get Sensor Thresholds.
pub const GET_THRESHOLDS: u8 = 0x27;
/// Get Sensor Event Status.
pub const GET_EVENT_STATUS: u8 = 0x2b;
/// Get Sensor Event Enable.
pub const GET_EVENT_ENABLE: u8 = 0x29;
