//! `mc info`.

use ipmi_rs::connection::Message;

use crate::commands::output::Output;
use crate::commands::{Desk, Job};
use crate::ipmi::app::{DeviceId, GetDeviceId, SUPPORT};
use crate::ipmi::{exchange, vendors};

/// Prints who the BMC is.
#[derive(Clone, Copy, Debug)]
pub struct Info;

impl Job for Info {
    fn first(&self) -> Vec<Message> {
        vec![GetDeviceId.into()]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match exchange(desk.bmc, GetDeviceId) {
            Ok(id) => {
                print(&id, desk.output);
                true
            }
            Err(failure) => desk
                .output
                .fail(format_args!("Get Device ID command failed"), &failure),
        }
    }
}

fn print(id: &DeviceId, output: &mut Output) {
    output.line(format_args!("Device ID                 : {}", id.id));
    output.line(format_args!("Device Revision           : {}", id.revision));
    output.line(format_args!(
        "Firmware Revision         : {}.{:02x}",
        id.firmware_major, id.firmware_minor
    ));
    output.line(format_args!(
        "IPMI Version              : {:x}.{:x}",
        id.ipmi_major, id.ipmi_minor
    ));
    output.line(format_args!(
        "Manufacturer ID           : {}",
        id.manufacturer
    ));
    output.line(format_args!(
        "Manufacturer Name         : {}",
        vendors::manufacturer(id.manufacturer)
    ));
    output.line(format_args!(
        "Product ID                : {} (0x{:04x})",
        id.product, id.product
    ));
    output.line(format_args!(
        "Product Name              : {}",
        vendors::product(id.manufacturer, id.product)
    ));
    output.line(format_args!(
        "Device Available          : {}",
        yes(id.available)
    ));
    output.line(format_args!(
        "Provides Device SDRs      : {}",
        yes(id.provides_sdrs)
    ));
    output.line(format_args!("Additional Device Support :"));
    for (bit, name) in SUPPORT.iter().enumerate() {
        if id.support & (1 << bit) != 0 {
            output.line(format_args!("    {name}"));
        }
    }
    if let Some(auxiliary) = id.auxiliary {
        output.line(format_args!("Aux Firmware Rev Info     : "));
        for byte in auxiliary {
            output.line(format_args!("    0x{byte:02x}"));
        }
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}
