//! The client core and the BMC core joined by a simulated network, in virtual time.
//!
//! Nothing sleeps and nothing opens a socket: time jumps from one wake-up to the next. A [`history::History`] says
//! what happens when (what is printed and typed, what the network and the BMC do wrong); it is drawn from a seed. A
//! [`world::World`] plays it, from the first packet of the handshake to the end, and after every step checks what
//! must hold ([`books`]). A history that fails is shrunk ([`shrink`]) before it is shown.
//!
//! | part | what it is |
//! | --- | --- |
//! | [`history`] | what happens when, and how it is drawn from a seed |
//! | [`network`] | the two roads between client and BMC |
//! | [`client`] | handshake, privilege level, console, as `sol activate` puts them together |
//! | [`books`] | every character printed and typed, and what became of it |
//! | [`world`] | the loop, and what must hold after every step |
//! | [`shrink`] | many seeds, and the smallest history that still fails |
//! | [`soak`] | what came of many seeds, as a table |
//! | [`matrix`] | loss, latency and a busy BMC, against survival, the time to notice a death, and throughput |
//! | [`trace`] | what is told while one is played |

pub mod books;
pub mod client;
pub mod history;
pub mod machine;
pub mod matrix;
pub mod network;
pub mod shrink;
pub mod soak;
pub mod trace;
pub mod world;
