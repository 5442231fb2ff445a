//! The name of the log file: `%h`, dates and `%%` expanded.

use std::path::PathBuf;

use crate::console::clock;

/// Whether a template can be expanded.
///
/// # Errors
///
/// What would be right.
pub fn check(template: &str) -> Result<(), String> {
    let mut letters = template.chars();
    while let Some(letter) = letters.next() {
        if letter == '%' && !letters.next().is_some_and(|next| "hYmdHMS%".contains(next)) {
            return Err("after % use h, Y, m, d, H, M, S or %".to_owned());
        }
    }
    if template.is_empty() || template.ends_with('/') || template.contains('\0') {
        return Err("use a file's name".to_owned());
    }
    Ok(())
}

/// The name at `now` (milliseconds since 1970) for this BMC. Minutes and seconds are those of `opened`: a log is
/// begun anew with the hour, the day, the month or the year that its name holds, and not more often.
pub fn expand(template: &str, host: &str, now: u64, opened: u64) -> PathBuf {
    let mut name = String::new();
    let mut letters = template.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            name.push(letter);
            continue;
        }
        match letters.next() {
            Some('h') => name.push_str(&plain_host(host)),
            Some(date @ ('Y' | 'm' | 'd' | 'H')) => name.push_str(&clock::field(now, date)),
            Some(time @ ('M' | 'S')) => name.push_str(&clock::field(opened, time)),
            Some(other) => name.push(other),
            None => {}
        }
    }
    PathBuf::from(name)
}

/// A host's name as a part of a file's: it leads nowhere else.
fn plain_host(host: &str) -> String {
    let name: String = host
        .chars()
        .map(|c| if c == '/' || c.is_control() { '_' } else { c })
        .collect();
    match name.as_str() {
        "." | ".." | "" => "_".to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_expanded() {
        let day = clock::field(0, 'Y');
        assert_eq!(
            expand("/l/%h-%Y-100%%", "bmc", 0, 0),
            PathBuf::from(format!("/l/bmc-{day}-100%"))
        );
        assert_eq!(
            expand("%h", "../../etc/x", 0, 0),
            PathBuf::from(".._.._etc_x")
        );
        assert_eq!(expand("a/%h", "..", 0, 0), PathBuf::from("a/_"));
    }

    #[test]
    fn a_new_hour_changes_the_name_and_a_new_minute_does_not() {
        let at = |now| expand("%H%M%S", "h", now, 0);
        assert_eq!(at(0), at(61_000));
        assert_ne!(at(0), at(3_600_000));
    }

    #[test]
    fn unknown_sequences_are_refused() {
        for bad in ["%", "a%q", "%%%", "", "x/"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert_eq!(check("%h%Y%m%d%H%M%S%%"), Ok(()));
    }
}
