//! steadysol: a drop-in `ipmitool` whose serial console stays up, and the BMC to try it on.
//!
//! A file may use what stands below it in this list, never what stands above:
//!
//! | floor | what it holds |
//! | --- | --- |
//! | `main.rs`, `bin/bmcsim.rs` | tables of contents; the only places that exit |
//! | [`bmcsim`] | the BMC as a program: options, sockets, serial ports, control socket, log file |
//! | [`commands`] | one file per ipmitool verb: arguments to requests to text |
//! | [`cli`] | what was typed (`Options`) and what it means (`Context`); one table of options, one of verbs |
//! | [`console`] | the console: terminal, threads, escapes |
//! | [`fru`] | inventories of replaceable units: decoding, reading and writing a device |
//! | [`sdr`] | sensor data records: decoding, formulae, reading a repository |
//! | [`sel`] | records of system event logs: decoding, vendors, files |
//! | [`spd`] | what memory modules say of themselves |
//! | [`ipmi`] | typed commands ([`ipmi_rs::connection::IpmiCommand`]), one file per chapter of the specification |
//! | [`transport`] | lan, lanplus and dummy: sockets and blocking drivers |
//! | [`bmc`] | the BMC's side, sans-IO |
//! | [`proto`] | the client's side, sans-IO: handshake, session, in-flight ledger, SOL, keepalive |
//! | [`crypto`] | cipher suites, keys, seal and open |
//! | [`trust`] | whose files and folders may be believed |
//! | [`wire`] | bytes to types and back, total: every parse returns a `Result` |
//!
//! `wire`, `crypto`, `proto` and `bmc` know no socket, clock, thread, terminal or file: time, random bytes and
//! packets are handed in; packets, deadlines and events come out. `proto` and `bmc` never see each other, nor does
//! anything of the client see anything of the BMC: what [`bmcsim`] may use is `bmc`, `crypto` and `wire`.
//!
//! `compat-tests/tests/floors.rs` reads this table and every file, and holds them to it.

pub mod bmc;
pub mod bmcsim;
pub mod cli;
pub mod commands;
pub mod console;
pub mod crypto;
pub mod fru;
pub mod ipmi;
pub mod proto;
pub mod sdr;
pub mod sel;
pub mod spd;
pub mod transport;
pub mod trust;
pub mod wire;
