//! The interactive and the scripted console.
