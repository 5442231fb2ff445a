//! The interactive and the scripted console.

pub mod escape;
pub mod input;
pub mod network;
pub mod notice;
pub mod output;
pub mod signals;
pub mod stop;
pub mod terminal;
