//! Bytes to types and back, both directions: RMCP, ASF, IPMI 1.5 and 2.0 session headers, IPMI messages, session
//! set-up, SOL payloads, and the names of units.
//!
//! Nothing here panics on any input: every parser is total and returns a [`Result`]; every enumeration has a value
//! for what it does not know. Nothing here believes anything either: integrity is [`crate::crypto`]'s business.

pub mod asf;
pub mod console_log;
pub mod lan;
pub mod rmcp;
pub mod session;
pub mod setup;
pub mod sol;
pub mod text;
pub mod units;

use thiserror::Error;

/// Why some bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// Fewer bytes than the layout needs.
    #[error("{what}: {got} bytes where at least {want} are needed")]
    Short {
        /// The layout.
        what: &'static str,
        /// Bytes needed.
        want: usize,
        /// Bytes there.
        got: usize,
    },
    /// A checksum or a fixed field is wrong.
    #[error("{what}: {got:#04x} where {want:#04x} is right")]
    Mismatch {
        /// The field.
        what: &'static str,
        /// The right value.
        want: u8,
        /// The value there.
        got: u8,
    },
    /// A value that the layout does not allow.
    #[error("{what}: {got:#x} is not allowed")]
    Invalid {
        /// The field.
        what: &'static str,
        /// The value there.
        got: u32,
    },
}

/// What every parser here returns.
pub type Result<T> = std::result::Result<T, Error>;

/// A cursor over bytes that never reads past their end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    what: &'static str,
    rest: &'a [u8],
    read: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            what,
            rest: bytes,
            read: 0,
        }
    }

    pub(crate) fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let Some((head, tail)) = self.rest.split_at_checked(n) else {
            return Err(Error::Short {
                what: self.what,
                want: self.read + n,
                got: self.read + self.rest.len(),
            });
        };
        self.rest = tail;
        self.read += n;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// What is read.
    pub(crate) fn what(&self) -> &'static str {
        self.what
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }
}
