//! The interactive and the scripted console.

pub mod escape;
pub mod terminal;
