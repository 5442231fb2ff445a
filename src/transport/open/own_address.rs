//! The one place of this workspace with `unsafe` code: a system call for which there is no safe interface.
//!
//! The driver has one address per channel that it uses on the busses behind the BMC (`IPMICTL_SET_MY_ADDRESS_CMD`,
//! `linux/ipmi.h`). It holds for the interface, whoever has opened it, and until it is set again.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use nix::libc::c_uint;

/// Sets the address that the driver uses on the primary channel: the 8-bit slave address.
///
/// # Errors
///
/// The driver's, `EINVAL` for an odd address among them.
pub(super) fn set(device: &File, address: u8) -> io::Result<()> {
    let address = c_uint::from(address);
    // SAFETY: the descriptor is open for as long as `device` is borrowed. The driver reads one unsigned int through the
    // pointer, which is that of a live local of this type, writes nothing, and keeps no pointer beyond the call. A file
    // that is not the driver's refuses the request (ENOTTY): its number, 'i' 17, belongs to IPMI alone.
    unsafe { ioctl::set_my_address(device.as_raw_fd(), std::ptr::addr_of!(address).cast_mut()) }?;
    Ok(())
}

mod ioctl {
    // The number's direction is 'read', though the driver reads; linux/ipmi.h has it so.
    nix::ioctl_read!(
        /// `IPMICTL_SET_MY_ADDRESS_CMD`.
        set_my_address,
        b'i',
        17,
        nix::libc::c_uint
    );
}
