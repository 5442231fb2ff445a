//! The values of options: from text to what it means, or one line that says what would be right.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;

use super::{SerialKind, User};
use crate::bmc::command::Privilege;

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong =
        |why: &str| format!("'--listen {text}': {why}; it must be ADDRESS:PORT or [IPV6]:PORT");
    text.to_socket_addrs()
        .map_err(|error| wrong(&error.to_string()))?
        .next()
        .ok_or_else(|| wrong("no address"))
}

pub(super) fn user(text: &str) -> Result<User, String> {
    let (name, rest) = text
        .split_once(':')
        .ok_or_else(|| "a user must be given as NAME:PASSWORD or NAME:PASSWORD:PRIV".to_string())?;
    if name.len() > 16 {
        return Err(format!("user name '{name}' is longer than 16 bytes"));
    }
    let (password, level) = match rest.rsplit_once(':') {
        None => (rest, Privilege::Administrator),
        // A level mistyped must not end up in the password, with all privileges. It may be a password's end as well,
        // so that it is not shown.
        Some((password, tail)) => (
            password,
            level(tail).ok_or_else(|| {
                format!(
                    "what stands behind the last ':' of user '{name}' is no privilege: it must be user, operator or \
                     administrator; a password with ':' needs one behind it"
                )
            })?,
        ),
    };
    if password.len() > 20 {
        return Err(format!(
            "the password of user '{name}' is longer than 20 bytes"
        ));
    }
    Ok(User {
        name: name.into(),
        password: password.into(),
        level,
    })
}

pub(super) fn level(text: &str) -> Option<Privilege> {
    Some(match text.to_ascii_lowercase().as_str() {
        "callback" | "1" => Privilege::Callback,
        "user" | "2" => Privilege::User,
        "operator" | "3" => Privilege::Operator,
        "administrator" | "admin" | "4" => Privilege::Administrator,
        _ => return None,
    })
}

pub(super) fn password_file(path: &Path) -> Result<Vec<User>, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(n, line)| {
            user(line).map_err(|error| format!("{}, line {}: {error}", path.display(), n + 1))
        })
        .collect()
}

pub(super) fn key(text: &str) -> Result<Vec<u8>, String> {
    let bytes = match text.strip_prefix("0x") {
        Some(digits) => {
            let pair = |i| {
                digits
                    .get(i..i + 2)
                    .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            };
            (0..digits.len())
                .step_by(2)
                .map(pair)
                .collect::<Option<Vec<u8>>>()
                .ok_or("K_g: after 0x an even number of hexadecimal digits is needed")?
        }
        None => text.as_bytes().to_vec(),
    };
    if bytes.len() > 20 {
        Err(format!(
            "K_g has {} bytes: at most 20 are allowed",
            bytes.len()
        ))
    } else {
        Ok(bytes)
    }
}

pub(super) fn serial_kind(text: &str) -> Result<SerialKind, String> {
    let (kind, rest) = text
        .split_once(':')
        .map_or((text, None), |(kind, rest)| (kind, Some(rest)));
    Ok(match (kind, rest) {
        ("pty", None) => SerialKind::Pty,
        ("exec", None | Some("")) => SerialKind::Exec(None),
        ("exec", Some(command)) => SerialKind::Exec(Some(command.into())),
        ("tcp", Some(place)) if place.contains(':') => SerialKind::Tcp(place.into()),
        ("unix", Some(path)) if !path.is_empty() => SerialKind::Unix(path.into()),
        ("file", Some(path)) if !path.is_empty() => SerialKind::File(path.into()),
        _ => {
            return Err(format!(
                "'--serial {text}': it must be pty, exec, exec:COMMAND, tcp:HOST:PORT, unix:PATH or file:PATH"
            ));
        }
    })
}

pub(super) fn size(text: &str) -> Result<usize, String> {
    let (digits, unit) = match text.char_indices().last() {
        Some((i, 'K' | 'k')) => (&text[..i], 1 << 10),
        Some((i, 'M' | 'm')) => (&text[..i], 1 << 20),
        _ => (text, 1),
    };
    let bytes = digits
        .parse::<usize>()
        .ok()
        .and_then(|n| n.checked_mul(unit));
    bytes.filter(|n| (MIN_LOG..=MAX_LOG).contains(n)).ok_or_else(|| {
        format!("'--log-size {text}': it must be a number of bytes from 1K to 1024M, K or M may follow")
    })
}

pub(super) fn iana(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|n| *n < 1 << 24).ok_or_else(|| {
        format!("'--extension-iana {text}': an enterprise number is at most 16777215")
    })
}

pub(super) fn within(
    name: &str,
    text: Option<String>,
    default: u64,
    least: u64,
    most: u64,
) -> Result<u64, String> {
    let Some(text) = text else { return Ok(default) };
    text.parse()
        .ok()
        .filter(|n| (least..=most).contains(n))
        .ok_or_else(|| format!("'--{name} {text}': it must be a number from {least} to {most}"))
}

const MIN_LOG: usize = 1 << 10;
const MAX_LOG: usize = 1 << 30;
