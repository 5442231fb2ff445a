//! `nm control` and `nm power`: which policies are in force, and how much power may be drawn at all.

use super::arguments::{self, NO_POLICY, POLICY_NUMBER};
use super::write;
use crate::commands::dcmi::words::{Words, first, menu, value};
use crate::commands::{Parsed, Refusal};

/// Parses what follows `nm control`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let (action, rest) = first(words, ACTIONS).ok_or_else(|| {
        let (actions, scopes) = (
            menu("Control parameters:", ACTIONS),
            menu("control Scope (required):", SCOPES),
        );
        Refusal::error(format!("{actions}\n{scopes}"))
    })?;
    let (mut scope, mut domain, mut policy) = (GLOBAL, 0, None);
    let mut rest = rest.iter().copied().peekable();
    while let Some(word) = rest.next() {
        scope = value(word, SCOPES)
            .ok_or_else(|| Refusal::error(menu("Control Scope (required):", SCOPES)))?;
        match scope {
            // Without a word, the platform.
            DOMAIN if rest.peek().is_some() => domain = arguments::domain(rest.next())?,
            POLICY if rest.peek().is_some() => {
                policy = Some(arguments::byte(rest.next(), POLICY_NUMBER)?);
            }
            POLICY => return Err(arguments::no_policy()),
            _ => {}
        }
    }
    let policy = policy.unwrap_or(NO_POLICY);
    Ok(write(CONTROL_POLICIES, &[scope | action, domain, policy]))
}

/// Parses what follows `nm power`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse_range(words: &[&str]) -> Result<Parsed, Refusal> {
    let (mut domain, mut min, mut max) = (0, None, None);
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match value(word, RANGE) {
            Some(DOMAIN_WORD) => domain = arguments::domain(words.next())?,
            Some(MIN) => min = Some(arguments::short(words.next(), NO_MIN)?),
            Some(_) => max = Some(arguments::short(words.next(), NO_MAX)?),
            None => return Err(Refusal::error(menu("power range parameters:", RANGE))),
        }
    }
    match (min, max) {
        // As in stock, FFFFh is none.
        (Some(min), Some(max)) if min != u16::MAX && max != u16::MAX => {
            let ([m0, m1], [x0, x1]) = (min.to_le_bytes(), max.to_le_bytes());
            Ok(write(SET_POWER_RANGE, &[domain, m0, m1, x0, x1]))
        }
        _ => Err(Refusal::error(
            "Missing parameters: nm power range min <minimum> max <maximum>.\n",
        )),
    }
}

const CONTROL_POLICIES: u8 = 0xc0;
const SET_POWER_RANGE: u8 = 0xcb;

const ACTIONS: Words = &[
    (1, "enable", "<control scope>"),
    (0, "disable", "<control scope>"),
];

const GLOBAL: u8 = 0x00;
const DOMAIN: u8 = 0x02;
const POLICY: u8 = 0x04;

const SCOPES: Words = &[
    (GLOBAL, "global", ""),
    (
        DOMAIN,
        "per_domain",
        "<platform|CPU|Memory> (default is platform)",
    ),
    (POLICY, "per_policy", "<0-255>"),
];

const DOMAIN_WORD: u8 = 1;
const MIN: u8 = 2;

const RANGE: Words = &[
    (
        DOMAIN_WORD,
        "domain",
        "domain <platform|CPU|Memory> (default is platform)",
    ),
    (MIN, "min", "min <integer value>"),
    (3, "max", "max <integer value>"),
];

const NO_MIN: &str = "Power minimum must be a positive integer.";
const NO_MAX: &str = "Power maximum must be a positive integer.";
