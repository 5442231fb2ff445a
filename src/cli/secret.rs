//! Passwords and keys: wiped from memory when dropped, never printed.

use std::ffi::OsString;
use std::fmt;

use zeroize::Zeroizing;

/// A password or a K_g as typed: bytes that are zeroed on drop and hidden from `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over; they are zeroed when the secret is dropped.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes as typed, without padding.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes were typed.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// An empty secret is a valid one: many BMCs ship with it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A command line as typed, program name first. It may hold passwords, so `{:?}` shows only its length.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CommandLine(pub Vec<OsString>);

impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommandLine({} words)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        let secret = Secret::new(b"hunter2".to_vec());
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(secret.bytes(), b"hunter2");
    }
}
