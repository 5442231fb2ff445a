//! Proof of compatibility: the reusable parts that the tests in `tests/` share.
//!
//! | part | what it is |
//! | --- | --- |
//! | [`binaries`] | where our binaries, the stock one and the peers are |
//! | [`relay`] | a UDP relay between client and BMC that makes faults on demand |
//! | [`serial`] | the serial port of a simulated machine: says lines, echoes, records what was typed |
//! | [`ipmi_sim`] | OpenIPMI's BMC simulator as a peer |
//! | [`bmcsim`] | our own BMC simulator as a peer |
//! | [`fakebmc`] | pyghmi's BMC as a peer |
//! | [`cpu`] | the CPU time of this process |
//! | [`bench`] | stock and ours measured in turn |
//! | [`capture`] | `sol capture` on a file, and what became of the host's lines in it |
//! | [`client`] | an `ipmitool` on a terminal or on pipes |
//! | [`accounting`] | numbered lines and keystrokes, and what became of them |
//! | [`manual`] | the manual page, made from the tables |
//! | [`picture`] | the README's picture, from a real run |
//! | [`dummy`] | a scripted BMC behind `-I dummy`, for stock and ours alike |
//! | [`dummy_bmc`] | the simulated machine behind `-I dummy` |
//! | [`netsim`] | client core and BMC core over a simulated network, in virtual time |
//! | [`fuzz`] | what is fuzzed: any bytes, against every parser, verb and core |
//! | [`rig`] | all of these put together for one client |
//!
//! Everything binds loopback addresses only, and everything started is ended by its process id on drop.

// A harness that cannot set the stage says so by panicking: that is how a test reports.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

pub mod accounting;
pub mod bench;
pub mod binaries;
pub mod bmcsim;
pub mod capture;
pub mod client;
pub mod completions;
pub mod cpu;
pub mod dummy;
pub mod dummy_bmc;
pub mod fakebmc;
pub mod fuzz;
pub mod ipmi_sim;
pub mod manual;
pub mod netsim;
pub mod open_guest;
pub mod peer;
pub mod picture;
pub mod relay;
pub mod rig;
pub mod serial;
