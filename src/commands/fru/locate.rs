//! The inventories that the sensor data records tell of.

use ipmi_rs::connection::RequestTargetAddress;

use crate::commands::sdr::books::{Books, target_address};
use crate::fru::device::{Device, Limits, announce, prefetch, prefetch_start};
use crate::ipmi::Failure;
use crate::sdr::record::{Controller, Device as Locator, Record, kind};
use crate::sdr::repository::{Manner, Step};

use super::module;
use super::print::{self, Found};
use super::target::{BMC_ITSELF, limits, target};
use super::{APP, GET_DEVICE_ID};

/// Prints the BMC's own inventory, and all that its records tell of.
pub(super) fn print_all(books: &mut Books<'_, '_>) -> bool {
    books.put(format_args!(
        "FRU Device Description : Builtin FRU Device (ID 0)\n"
    ));
    let id = match books.desk.ask(APP, GET_DEVICE_ID, &[]) {
        Ok(id) => id,
        Err(failure) => {
            let what = format_args!("Get Device ID command failed");
            return books.desk.output.fail(what, &failure);
        }
    };
    let mut good = true;
    if id
        .get(5)
        .is_some_and(|support| support & HAS_INVENTORY != 0)
    {
        good = print::one(books, 0);
        books.put(format_args!("\n"));
    }
    let manner = Manner {
        only: Some(&[kind::FRU_LOCATOR, kind::MC_LOCATOR]),
        ..books.manner(BMC_ITSELF, false)
    };
    let Some(mut repository) = books.open_as(manner) else {
        return false;
    };
    if books.asks_ahead() {
        repository.want_all();
    }
    let mut complete = true;
    // Those that were kept from the last run are there at once.
    let kept = repository.records().iter();
    let kept: Vec<Place> = kept.filter_map(|record| place(books, record)).collect();
    let mut places = Vec::new();
    for place in kept {
        places.push(place);
        if places.len() == TOGETHER {
            print_places(books, &mut places, &mut good);
        }
    }
    loop {
        match repository.step(books.desk.bmc) {
            Step::Record => {
                let found = repository.records().last();
                places.extend(found.and_then(|record| place(books, record)));
            }
            Step::Unreadable(header) => {
                log::error!("FRU locator {:04x} cannot be read", header.id);
                complete = false;
            }
            Step::End { early } => {
                print_places(books, &mut places, &mut good);
                return good && complete && !early;
            }
        }
        if !books.asks_ahead() || places.len() >= TOGETHER {
            print_places(books, &mut places, &mut good);
        }
    }
}

/// An inventory that a record tells of.
struct Place {
    heading: Vec<u8>,
    what: What,
}

/// What is behind a locator.
enum What {
    Inventory {
        id: u8,
        target: RequestTargetAddress,
        limits: Limits,
    },
    /// The memory of a memory module.
    Module {
        id: u8,
        target: RequestTargetAddress,
    },
    /// Nothing that can be shown: what stock says of it.
    Text(String),
    /// Nothing that stock says anything of, but it takes it for a success or a failure.
    Silent(bool),
}

impl Place {
    fn inventory(&self) -> Option<(u8, RequestTargetAddress, Limits)> {
        match &self.what {
            What::Inventory { id, target, limits } => Some((*id, *target, *limits)),
            _ => None,
        }
    }

    fn silent(good: bool) -> Self {
        Self {
            heading: Vec::new(),
            what: What::Silent(good),
        }
    }
}

fn place(books: &Books<'_, '_>, record: &Record) -> Option<Place> {
    match record.kind {
        kind::MC_LOCATOR => controller(books, record),
        kind::FRU_LOCATOR if Locator::of(record).logical => Some(locator(books, record)),
        _ => None,
    }
}

/// The first inventory of another controller that says to have one. As in stock it is looked for on the channel that
/// requests go to, not on the record's.
fn controller(books: &Books<'_, '_>, record: &Record) -> Option<Place> {
    let context = books.desk.context;
    let controller = Controller::of(record);
    if controller.support & HAS_INVENTORY == 0 || controller.address == target_address(context) {
        return None;
    }
    let name = record.full_name();
    let mut heading = b"FRU Device Description : ".to_vec();
    heading.extend_from_slice(&name);
    heading.resize(heading.len() + 16usize.saturating_sub(name.len()), b' ');
    heading.push(b'\n');
    let what = what(
        books,
        0,
        controller.address,
        context.bridging.target_channel,
    );
    Some(Place { heading, what })
}

/// Prints the inventories that these FRU locators tell of.
pub(super) fn print_of(books: &mut Books<'_, '_>, records: &[Record]) {
    let mut good = true;
    let together = if books.asks_ahead() { TOGETHER } else { 1 };
    for records in records.chunks(together) {
        let mut places = records
            .iter()
            .map(|record| locator(books, record))
            .collect();
        print_places(books, &mut places, &mut good);
    }
}

fn locator(books: &Books<'_, '_>, record: &Record) -> Place {
    let device = Locator::of(record);
    let eeprom = device.modifier == INVENTORY && (0x08..=0x0f).contains(&device.kind);
    if device.kind != LOGICAL && !eeprom {
        return Place::silent(false);
    }
    let id = device.address;
    // The BMC's own was shown first.
    if (device.access, id) == (BMC, 0) {
        return Place::silent(true);
    }
    let mut heading = b"FRU Device Description : ".to_vec();
    heading.extend_from_slice(&record.full_name());
    heading.extend_from_slice(format!(" (ID {id})\n").as_bytes());
    let what = match device.modifier {
        0x00 | INVENTORY => what(books, id, device.access, device.channel),
        MODULE => match what(books, id, device.access, device.channel) {
            What::Inventory { id, target, .. } => What::Module { id, target },
            other => other,
        },
        _ if books.desk.context.verbose > 0 => What::Text(format!(
            " Unsupported device 0x{id:02x} type 0x{:02x} with modifier 0x{:02x}\n",
            device.kind, device.modifier
        )),
        _ => What::Text(" Unsupported device\n".to_owned()),
    };
    Place { heading, what }
}

fn what(books: &Books<'_, '_>, id: u8, address: u8, channel: u8) -> What {
    let context = books.desk.context;
    match target(context, address, channel) {
        Some(target) => What::Inventory {
            id,
            target,
            limits: limits(context, target),
        },
        None => What::Text(" Device not present (no such channel)\n".to_owned()),
    }
}

/// Prints what was found, and forgets it. `good` becomes what the last of it was, as in stock.
fn print_places(books: &mut Books<'_, '_>, places: &mut Vec<Place>, good: &mut bool) {
    let mut opened = Vec::new();
    if books.asks_ahead() {
        let inventories = places.iter().filter_map(Place::inventory);
        announce(books.desk.bmc, inventories);
        for place in places.iter() {
            let mut found = open(books, place);
            if let Some(device) = found.as_mut().and_then(Found::device) {
                prefetch_start(books.desk.bmc, device);
            }
            opened.push(found);
        }
        let found = opened.iter_mut().flatten();
        let mut devices: Vec<&mut Device> = found.filter_map(Found::device).collect();
        prefetch(books.desk.bmc, &mut devices, books.verbose);
    }
    let mut opened = opened.into_iter();
    for place in places.drain(..) {
        books.bytes(&place.heading);
        let found = opened.next().unwrap_or_else(|| open(books, &place));
        match (found, &place.what) {
            (Some(found), _) => *good = found.print(books),
            (None, What::Text(text)) => {
                books.put(format_args!("{text}"));
                *good = true;
            }
            (None, What::Module { id, target }) => *good = module::print(books, *id, *target),
            (None, What::Silent(succeeds)) => {
                *good = *succeeds;
                continue;
            }
            (None, What::Inventory { .. }) => {}
        }
        books.put(format_args!("\n"));
    }
}

fn open(books: &mut Books<'_, '_>, place: &Place) -> Option<Found> {
    let (id, target, limits) = place.inventory()?;
    let opened: Result<Device, Failure> = Device::open(books.desk.bmc, id, target, limits);
    Some(Found::new(opened))
}

/// The only type of logical device.
const LOGICAL: u8 = 0x10;
/// The modifier of devices that hold an inventory.
const INVENTORY: u8 = 0x02;
/// The modifier of memory modules.
const MODULE: u8 = 0x01;
const BMC: u8 = 0x20;
/// A bit of device support.
const HAS_INVENTORY: u8 = 0x08;

/// How many inventories are read at a time.
const TOGETHER: usize = 16;
