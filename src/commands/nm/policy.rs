//! `nm policy`: policies are shown, added, removed, and asked whether they limit.

use super::arguments::{self, POLICY_NUMBER};
use super::{NM, Show, domain_name, read, write};
use crate::cli::{Context, Exit, number};
use crate::commands::dcmi::group::Answer;
use crate::commands::dcmi::words::{self, Words, first, menu, value};
use crate::commands::output::Output;
use crate::commands::{Desk, Errand, Parsed, Refusal};
use crate::transport::interrupt::Interrupt;

/// Parses what follows `nm policy`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let (action, rest) =
        first(words, ACTIONS).ok_or_else(|| Refusal::error(menu("Policy commands", ACTIONS)))?;
    if action == GET {
        return parse_get(rest);
    }
    let policy = match Policy::parse(rest, action) {
        Ok(policy) => policy,
        Err(Mistake::Refused(refusal)) => return Err(refusal),
        Err(Mistake::Slip(slip)) => return Ok(Parsed::errand(slip)),
    };
    if action == LIMITING {
        return Ok(read(GET_LIMITING, &[policy.domain], Limiting));
    }
    let id = policy.id.ok_or_else(arguments::no_policy)?;
    Ok(write(SET_POLICY, &policy.bytes(id, action)))
}

/// What is wrong with the words.
#[derive(Debug)]
enum Mistake {
    /// Said on standard error.
    Refused(Refusal),
    /// Said on standard output.
    Slip(Slip),
}

impl From<Refusal> for Mistake {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A mistake that stock names on standard output.
#[derive(Debug)]
struct Slip(&'static str);

impl Errand for Slip {
    fn only_writes(&self) -> bool {
        true
    }

    fn run(self: Box<Self>, _: &Context, _: Option<&Interrupt>, output: &mut Output) -> Exit {
        output.line(format_args!("{}", self.0));
        Exit::Failure
    }
}

/// A policy that is added, or what is said of it where it is removed.
#[derive(Debug, Default)]
struct Policy {
    enabled: bool,
    domain: u8,
    id: Option<u8>,
    /// Trigger, correction and retention, as in the request's byte.
    kind: u8,
    /// Watts; twice the number of cores for the boot trigger.
    limit: u16,
    /// Milliseconds.
    correction_time: u32,
    trigger: u16,
    /// Seconds.
    period: u16,
}

impl Policy {
    fn parse(words: &[&str], action: u8) -> Result<Self, Mistake> {
        let mut policy = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let Some(option) = value(word, OPTIONS) else {
                return Err(Refusal::error(menu("Policy options", OPTIONS)).into());
            };
            match option {
                ENABLE => policy.enabled = true,
                DISABLE => policy.enabled = false,
                DOMAIN => policy.domain = arguments::domain(words.next())?,
                VOLATILE => policy.kind |= KIND_VOLATILE,
                // A policy that is removed is not corrected: nobody looks at the word.
                CORRECTION if action == REMOVE => {
                    words.next();
                }
                CORRECTION => {
                    let correction = words.next().and_then(|word| value(word, CORRECTIONS));
                    let correction = correction
                        .ok_or_else(|| Refusal::error(menu("Correction Actions", CORRECTIONS)))?;
                    policy.kind = policy.kind & !KIND_CORRECTION | correction << 5;
                }
                option => policy.number(option, words.next())?,
            }
        }
        Ok(policy)
    }

    /// Takes an option whose value is a number.
    fn number(&mut self, option: u8, word: Option<&str>) -> Result<(), Mistake> {
        let number = word.and_then(|word| number::uint(word.as_bytes()).ok());
        let short = number.and_then(|number| u16::try_from(number).ok());
        let slip = |text| Mistake::Slip(Slip(text));
        match option {
            INLET => {
                self.kind |= KIND_INLET;
                self.limit = 0;
                self.trigger = short.ok_or_else(|| slip("Inlet Temp value must be 20-45."))?;
            }
            POWER => {
                self.limit = short.ok_or_else(|| slip("Power limit value must be 0-500."))?;
            }
            TRIGGER_LIMIT => {
                let text = "Trigger Limit value must be positive integer.";
                self.correction_time = number.ok_or_else(|| slip(text))?;
            }
            PERIOD => {
                let text = "Statistics Reporting Period must be positive integer.";
                self.period = short.ok_or_else(|| slip(text))?;
            }
            POLICY_ID => {
                let id = short.and_then(|number| u8::try_from(number).ok());
                self.id = Some(id.ok_or_else(|| slip(POLICY_NUMBER))?);
            }
            // The cores, of which the limit is twice the number.
            _ => {
                let cores = short.filter(|cores| (1..=127).contains(cores));
                let text = "number of cores disabled must be 1-127.";
                self.kind |= KIND_BOOT;
                self.limit = 2 * cores.ok_or_else(|| slip(text))?;
            }
        }
        Ok(())
    }

    fn bytes(&self, id: u8, action: u8) -> Vec<u8> {
        let enabled = if self.enabled { FLAG_ENABLED } else { 0 };
        let added = if action == ADD { KIND_POWER } else { 0 };
        let mut bytes = vec![self.domain | enabled, id, self.kind | added, NO_EXCEPTION];
        bytes.extend(self.limit.to_le_bytes());
        bytes.extend(self.correction_time.to_le_bytes());
        bytes.extend(self.trigger.to_le_bytes());
        bytes.extend(self.period.to_le_bytes());
        bytes
    }
}

fn parse_get(words: &[&str]) -> Result<Parsed, Refusal> {
    let (mut domain, mut id, mut skipped) = (0, None, String::new());
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match value(word, OPTIONS) {
            Some(DOMAIN) => domain = arguments::domain(words.next())?,
            Some(POLICY_ID) => {
                let complaint = format!("    {POLICY_NUMBER}");
                id = Some(arguments::byte(words.next(), &complaint)?);
            }
            // As in stock, with what stands behind it.
            Some(option) => {
                skipped.push_str(&format!("    Unknown command 0x{option:x}, skipping.\n"));
                words.next();
            }
            None => return Err(Refusal::error(menu("Get Policy commands", OPTIONS))),
        }
    }
    let id = id.ok_or_else(arguments::no_policy)?;
    Ok(read(GET_POLICY, &[domain, id], Shown { id, skipped }))
}

/// `get`: the policy's number, and what is said of words that do not belong here.
#[derive(Debug)]
struct Shown {
    id: u8,
    skipped: String,
}

impl Show for Shown {
    const LEAST: usize = 16;

    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool {
        let (domain, kind) = (answer.byte(3), answer.byte(4));
        let name = domain_name(domain);
        let trigger_name = words::name((kind & 0x0f).into(), TRIGGERS);
        let exception = words::name(answer.byte(5).into(), EXCEPTIONS);
        let (limit, correction_time) = (answer.short(6), answer.long(8));
        let (trigger, period) = (answer.short(12), answer.short(14));
        let lasting = if kind & KIND_VOLATILE == 0 {
            "non-volatile"
        } else {
            "volatile"
        };
        let output = &mut *desk.output;
        output.print(format_args!("{}", self.skipped));
        if desk.context.csv {
            let power = if kind & KIND_POWER == 0 {
                "nopower "
            } else {
                "power"
            };
            output.line(format_args!(
                "{name},0x{domain:x},{power},{trigger_name},{exception},{limit},{correction_time},\
                 {trigger},{period},{lasting}"
            ));
            return true;
        }
        let flag = |bit: u8, text: &'static str| if domain & bit == 0 { "" } else { text };
        let not = if kind & KIND_POWER == 0 { "not " } else { "" };
        let correction = words::name((kind >> 5 & 0x03).into(), CORRECTION_NAMES);
        output.print(format_args!(
            "    Power domain:                             {name}\n    \
             Policy is {} {}{}{}\n    \
             Policy is {not}a power control type.\n    \
             Policy Trigger Type:                      {trigger_name}\n    \
             Correction Aggressiveness:                {correction}\n    \
             Policy Exception Actions:                 {exception}\n    \
             Power Limit:                              {limit} Watts\n    \
             Correction Time Limit:                    {correction_time} milliseconds\n    \
             Trigger Limit:                            {trigger} units\n    \
             Statistics Reporting Period:              {period} seconds\n    \
             Policy retention:                         {lasting}\n",
            if domain & FLAG_ENABLED == 0 {
                "not enabled"
            } else {
                "enabled"
            },
            flag(0x20, "per Domain "),
            flag(0x40, "Globally "),
            flag(0x80, "via DCMI api "),
        ));
        if self.id == 0 && domain & 0x0f == PROTECTION {
            let which = if kind & KIND_VOLATILE == 0 {
                "Primary"
            } else {
                "Secondary"
            };
            output.line(format_args!(
                "    HW Prot Power domain:                     {which}"
            ));
        }
        true
    }
}

/// `limiting`
#[derive(Debug)]
struct Limiting;

impl Show for Limiting {
    const LEAST: usize = 0;
    const GOOD: &'static [u8] = &[NOT_LIMITING];

    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool {
        if answer.code == NOT_LIMITING {
            desk.output.line(format_args!("limit none"));
            return true;
        }
        if !NM.reaches(desk, answer, 4) {
            return false;
        }
        let policy = answer.byte(3);
        desk.output.line(format_args!("limit {policy:x}"));
        true
    }
}

const SET_POLICY: u8 = 0xc1;
const GET_POLICY: u8 = 0xc2;
const GET_LIMITING: u8 = 0xf2;

/// No policy is limiting.
const NOT_LIMITING: u8 = 0xa1;

/// Beside the domain.
const FLAG_ENABLED: u8 = 0x10;
const PROTECTION: u8 = 3;

/// Parts of the policy's type: triggers are 1 and 4.
const KIND_INLET: u8 = 0x01;
const KIND_BOOT: u8 = 0x04;
/// In a request: the policy is added.
const KIND_POWER: u8 = 0x10;
const KIND_CORRECTION: u8 = 0x60;
const KIND_VOLATILE: u8 = 0x80;

const NO_EXCEPTION: u8 = 0;

const GET: u8 = 0;
const ADD: u8 = 4;
const REMOVE: u8 = 5;
const LIMITING: u8 = 6;

const ACTIONS: Words = &[
    (
        GET,
        "get",
        "nm policy get policy_id <0-255> [domain <platform|CPU|Memory>]",
    ),
    (
        ADD,
        "add",
        "nm policy add policy_id <0-255> [domain <platform|CPU|Memory>] correction auto|soft|hard power <watts> | \
         inlet <temp> trig_lim <param> stats <seconds> enable|disable",
    ),
    (
        REMOVE,
        "remove",
        "nm policy remove policy_id <0-255> [domain <platform|CPU|Memory>]",
    ),
    (
        LIMITING,
        "limiting",
        "nm policy limiting [domain <platform|CPU|Memory>]",
    ),
];

const ENABLE: u8 = 0x01;
const DISABLE: u8 = 0x02;
const DOMAIN: u8 = 0x03;
const INLET: u8 = 0x04;
const CORRECTION: u8 = 0x06;
const POWER: u8 = 0x08;
const TRIGGER_LIMIT: u8 = 0x09;
const PERIOD: u8 = 0x0a;
const POLICY_ID: u8 = 0x0b;
const VOLATILE: u8 = 0x0c;
const CORES: u8 = 0x0d;

const OPTIONS: Words = &[
    (ENABLE, "enable", ""),
    (DISABLE, "disable", ""),
    (DOMAIN, "domain", ""),
    (INLET, "inlet", "inlet air temp full limiting (SCRAM)"),
    (CORRECTION, "correction", "auto, soft, hard"),
    (POWER, "power", "power limit in watts"),
    (TRIGGER_LIMIT, "trig_lim", "time to send alert"),
    (PERIOD, "stats", "moving window averaging time"),
    (POLICY_ID, "policy_id", "policy number"),
    (VOLATILE, "volatile", "save policy in volatiel memory"),
    (CORES, "cores_off", "at boot time, disable N cores"),
];

const CORRECTIONS: Words = &[(0, "auto", ""), (1, "soft", ""), (2, "hard", "")];

const CORRECTION_NAMES: Words = &[
    (0, "no T-state use", ""),
    (1, "no T-state use", ""),
    (2, "use T-states", ""),
];

const TRIGGERS: Words = &[
    (0, "No trigger, use Power Limit", ""),
    (1, "Inlet temp trigger", ""),
    (2, "Missing Power reading trigger", ""),
    (3, "Time after Host reset trigger", ""),
    (4, "number of cores to disable at boot time", ""),
];

const EXCEPTIONS: Words = &[(0, "none", ""), (1, "alert", ""), (2, "shutdown", "")];
