//! `dcmi …`: the Data Center Manageability Interface 1.0 to 1.5.

use crate::cli::Context;
use crate::ipmi::names;

use super::{Desk, Job, Parsed, Refusal, Told};

mod config;
mod discover;
pub mod group;
mod limit;
mod ping;
mod power;
mod sensors;
mod tag;
mod thermal;
pub mod words;

use group::Group;
use words::{Words, menu, value};

/// Parses what follows `dcmi`.
///
/// # Errors
///
/// Help, which ends with status 1 as stock's, or a mistake.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let usage = || Refusal::error(menu(TITLE, COMMANDS));
    let (word, rest) = words.split_first().ok_or_else(usage)?;
    match value(word, COMMANDS) {
        Some(DISCOVER) => Ok(Parsed::job(discover::Discover)),
        Some(POWER) => power::parse(rest),
        Some(SENSORS) => Ok(Parsed::job(sensors::Sensors)),
        Some(ASSET_TAG) => Ok(Parsed::job(tag::Show(&tag::ASSET))),
        Some(SET_ASSET_TAG) => tag::parse(&tag::ASSET, rest).unwrap_or_else(|| Err(usage())),
        Some(MC_ID) => Ok(Parsed::job(tag::Show(&tag::CONTROLLER))),
        Some(SET_MC_ID) => tag::parse(&tag::CONTROLLER, rest).unwrap_or_else(|| Err(usage())),
        Some(THERMAL) => thermal::parse(rest),
        Some(TEMPERATURES) => Ok(Parsed::job(sensors::Temperatures)),
        Some(CONFIG) => Ok(Parsed::job(config::Show)),
        Some(SET_CONFIG) => config::parse(rest),
        Some(PING) => Ok(ping::parse()),
        _ => Err(usage()),
    }
}

/// Something that ends with an empty line on standard output, as most of stock's `dcmi` does, successful or not.
#[derive(Debug)]
struct Closed<T>(T);

impl<T: Job> Job for Closed<T> {
    fn first(&self) -> Vec<ipmi_rs::connection::Message> {
        self.0.first()
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let done = self.0.run(desk);
        desk.output.line(format_args!(""));
        done
    }
}

/// A mistake where stock writes an empty line on standard output all the same.
fn mistake(text: impl Into<String>) -> Parsed {
    Parsed::errand(Told {
        stdout: "\n".to_owned(),
        stderr: Some(text.into()),
    })
}

/// Group extension DCh.
static DCMI: Group = Group {
    netfn: 0x2c,
    identity: &[0xdc],
    unanswered: "Unable to get DCMI information",
    refused: "DCMI request",
    foreign: "A valid DCMI command was not returned!",
    codes: 0x80..=0x8f,
    texts: CODES,
};

const CODES: names::Table = &[
    (0x80, "Parameter not supported"),
    (0x81, "Something else has already claimed these parameters"),
    (
        0x82,
        "Not supported or failed to write a read-only parameter",
    ),
    (0x83, "Access mode is not supported"),
    (0x84, "Power/Thermal limit out of range"),
    (0x85, "Correction/Exception time out of range"),
    (0x89, "Sample/Statistics Reporting period out of range"),
    (0x8a, "Power limit already active"),
];

const DISCOVER: u8 = 0;
const POWER: u8 = 1;
const SENSORS: u8 = 2;
const ASSET_TAG: u8 = 3;
const SET_ASSET_TAG: u8 = 4;
const MC_ID: u8 = 5;
const SET_MC_ID: u8 = 6;
const THERMAL: u8 = 7;
const TEMPERATURES: u8 = 8;
const CONFIG: u8 = 9;
const SET_CONFIG: u8 = 10;
const PING: u8 = 11;

const TITLE: &str = "Data Center Management Interface commands";

const COMMANDS: Words = &[
    (
        DISCOVER,
        "discover",
        "Used to discover supported DCMI capabilities",
    ),
    (POWER, "power", "Platform power limit command options"),
    (SENSORS, "sensors", "Prints the available DCMI sensors"),
    (ASSET_TAG, "asset_tag", "Prints the platform's asset tag"),
    (
        SET_ASSET_TAG,
        "set_asset_tag",
        "Sets the platform's asset tag",
    ),
    (
        MC_ID,
        "get_mc_id_string",
        "Get management controller ID string",
    ),
    (
        SET_MC_ID,
        "set_mc_id_string",
        "Set management controller ID string",
    ),
    (THERMAL, "thermalpolicy", "Thermal policy get/set"),
    (TEMPERATURES, "get_temp_reading", "Get Temperature Readings"),
    (CONFIG, "get_conf_param", "Get DCMI Config Parameters"),
    (SET_CONFIG, "set_conf_param", "Set DCMI Config Parameters"),
    (PING, "oob_discover", "Ping/Pong Message for DCMI Discovery"),
];
