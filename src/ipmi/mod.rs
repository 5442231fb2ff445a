//! Typed IPMI commands.
