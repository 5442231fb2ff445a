//! Words and numbers that several of `nm`'s commands take.

use super::DOMAINS;
use crate::cli::number;
use crate::commands::Refusal;
use crate::commands::dcmi::words::{Words, menu, value};

/// What stands for a policy where none is meant.
pub(super) const NO_POLICY: u8 = 0xff;

/// A domain's number.
///
/// # Errors
///
/// The list of domains, where there is no such one, or no word.
pub(super) fn domain(word: Option<&str>) -> Result<u8, Refusal> {
    word.and_then(|word| value(word, DOMAINS))
        .ok_or_else(|| Refusal::error(menu("Domain Scope:", DOMAINS)))
}

/// A number of 0 to 255.
///
/// # Errors
///
/// `complaint`, and an empty line, as in stock.
pub(super) fn byte(word: Option<&str>, complaint: &str) -> Result<u8, Refusal> {
    word.and_then(|word| number::uchar(word.as_bytes()).ok())
        .ok_or_else(|| Refusal::error(format!("{complaint}\n")))
}

/// A number of 0 to 65535.
///
/// # Errors
///
/// As [`byte`].
pub(super) fn short(word: Option<&str>, complaint: &str) -> Result<u16, Refusal> {
    word.and_then(|word| number::ushort(word.as_bytes()).ok())
        .ok_or_else(|| Refusal::error(format!("{complaint}\n")))
}

/// That a policy must be named.
pub(super) fn no_policy() -> Refusal {
    Refusal::error(menu("Missing policy_id parameter:", SCOPES))
}

/// Domain and policy, as named by `domain X` and `policy_id N` in any order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope {
    /// 0, the platform, unless named.
    pub domain: u8,
    /// The policy, where one is named.
    pub policy: Option<u8>,
}

impl Scope {
    /// Reads words that are nothing else.
    ///
    /// # Errors
    ///
    /// The list of words under `title`, or what is wrong with a value.
    pub(super) fn parse(words: &[&str], title: &str) -> Result<Self, Refusal> {
        let mut scope = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let known = scope.take(word, &mut words)?;
            if !known {
                return Err(Refusal::error(menu(title, SCOPES)));
            }
        }
        Ok(scope)
    }

    /// Takes a word and its value; whether it is one of the two.
    ///
    /// # Errors
    ///
    /// What is wrong with the value.
    pub(super) fn take<'w>(
        &mut self,
        word: &str,
        rest: &mut impl Iterator<Item = &'w str>,
    ) -> Result<bool, Refusal> {
        match value(word, SCOPES) {
            Some(DOMAIN) => self.domain = domain(rest.next())?,
            Some(_) => self.policy = Some(byte(rest.next(), POLICY_NUMBER)?),
            None => return Ok(false),
        }
        Ok(true)
    }

    /// The policy.
    ///
    /// # Errors
    ///
    /// [`no_policy`].
    pub(super) fn policy(self) -> Result<u8, Refusal> {
        self.policy.ok_or_else(no_policy)
    }
}

/// What is wrong with a policy's number.
pub(super) const POLICY_NUMBER: &str = "Policy ID must be a positive integer (0-255)";

const DOMAIN: u8 = 1;

const SCOPES: Words = &[
    (
        DOMAIN,
        "domain",
        "<platform|CPU|Memory> (default is platform)",
    ),
    (2, "policy_id", "<0-255>"),
];
