//! Where words come from beside the command line: configuration files, then the variable `IPMITOOL_SOL`.
//!
//! A file holds words as keys, for every host, and tables of more of them for hosts that match a pattern:
//!
//! ```toml
//! timestamps = "iso"
//!
//! [host."rack3-*"]
//! log = "/var/log/consoles/%h.log"
//! strip = true
//! ```

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, io};

use toml::{Table, Value};

use super::words::{self, ActivateWords};
use crate::commands::Refusal;
use crate::trust;

/// The words in force for a host: files, then the variable, then what was typed; the last one counts.
///
/// # Errors
///
/// One line that says which source is wrong, and how.
pub fn gather(typed: &[&str], host: &str) -> Result<ActivateWords, Refusal> {
    combine(&texts()?, env::var_os(VARIABLE), typed, host)
}

/// The extension's enterprise number for a host, where only that is of interest; `None` where no source names one.
///
/// # Errors
///
/// As [`gather`].
pub fn extension(host: &str) -> Result<Option<u32>, Refusal> {
    only_extension(&texts()?, env::var_os(VARIABLE), host)
}

/// What the files hold, by name.
fn texts() -> Result<Vec<(String, String)>, Refusal> {
    let mut texts = Vec::new();
    for path in files() {
        match trust::read_own(&path, LARGEST).and_then(text) {
            Ok(text) => texts.push((path.display().to_string(), text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(Refusal::error(format!(
                    "Cannot read {}: {error}",
                    path.display()
                )));
            }
        }
    }
    Ok(texts)
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8"))
}

fn combine(
    files: &[(String, String)],
    variable: Option<OsString>,
    typed: &[&str],
    host: &str,
) -> Result<ActivateWords, Refusal> {
    let mut words = ActivateWords::default();
    for (name, word) in untyped(files, variable, host)? {
        use_word(&mut words, &name, &word)?;
    }
    for word in typed {
        words::apply(&mut words, word)?;
    }
    words::finish(words, typed)
}

fn only_extension(
    files: &[(String, String)],
    variable: Option<OsString>,
    host: &str,
) -> Result<Option<u32>, Refusal> {
    let mut words = None;
    for (name, word) in untyped(files, variable, host)? {
        if word.starts_with("extension=") {
            use_word(words.get_or_insert_default(), &name, &word)?;
        }
    }
    Ok(words.map(|words: ActivateWords| words.extension))
}

fn use_word(words: &mut ActivateWords, source: &str, word: &str) -> Result<(), Refusal> {
    log::info!("{word} (from {source})");
    words::apply(words, word).map_err(|refusal| inside(source, &refusal.text))
}

/// The words that were not typed, each behind the name of its source, in the order in which they count.
fn untyped(
    files: &[(String, String)],
    variable: Option<OsString>,
    host: &str,
) -> Result<Vec<(String, String)>, Refusal> {
    let mut settings: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (name, text) in files {
        for (key, word) in read(text, host).map_err(|error| inside(name, &error))? {
            match word {
                Some(word) => settings.insert(key, (name.clone(), word)),
                None => settings.remove(&key),
            };
        }
    }
    let mut words: Vec<(String, String)> = settings.into_values().collect();
    if let Some(variable) = variable {
        let text = variable
            .to_str()
            .ok_or_else(|| inside(VARIABLE, "not UTF-8"))?;
        for word in split(text).map_err(|error| inside(VARIABLE, error))? {
            words.push((VARIABLE.to_owned(), word));
        }
    }
    Ok(words)
}

fn files() -> Vec<PathBuf> {
    let folder = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".config")));
    let mut files = vec![PathBuf::from(SYSTEM_FILE)];
    files.extend(folder.map(|folder| folder.join("steadysol/config.toml")));
    files
}

/// The words of one file for a host, in the order in which they count; nothing for one that is switched off.
///
/// # Errors
///
/// What is wrong with the file, and where.
pub fn read(text: &str, host: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        format!("line {line}: {}", error.message())
    })?;
    let hosts = match table.remove("host") {
        None => Table::new(),
        Some(Value::Table(hosts)) => hosts,
        Some(_) => return Err("host must be tables: [host.\"PATTERN\"]".to_owned()),
    };
    let mut found = entries(&table)?;
    let mut matching: Vec<(&String, &Value)> = hosts
        .iter()
        .filter(|(pattern, _)| matches(pattern.as_bytes(), host.as_bytes()))
        .collect();
    // The more a pattern says, the later, and so the stronger.
    matching.sort_by_key(|(pattern, _)| pattern.chars().filter(|c| !"*?".contains(*c)).count());
    for (pattern, value) in &hosts {
        let Value::Table(words) = value else {
            return Err(format!("host.\"{pattern}\" must be a table"));
        };
        // Mistakes are told whichever host is meant.
        entries(words)?;
    }
    for (_, value) in matching {
        if let Value::Table(words) = value {
            found.extend(entries(words)?);
        }
    }
    Ok(found)
}

fn entries(table: &Table) -> Result<Vec<(String, Option<String>)>, String> {
    let mut found = Vec::new();
    for (key, value) in table {
        if !words::WORDS.iter().any(|word| word.name == key) {
            let names: Vec<&str> = words::WORDS.iter().map(|word| word.name).collect();
            return Err(format!(
                "unknown key '{key}': use host or {}",
                names.join(", ")
            ));
        }
        let word = match value {
            Value::Boolean(true) => Some(key.clone()),
            Value::Boolean(false) => None,
            Value::String(text) => Some(format!("{key}={text}")),
            Value::Integer(number) => Some(format!("{key}={number}")),
            Value::Datetime(time) => Some(format!("{key}={time}")),
            _ => return Err(format!("{key} must be a string, a number, true or false")),
        };
        found.push((key.clone(), word));
    }
    Ok(found)
}

/// Whether a name matches a pattern of `*` (anything) and `?` (one byte), without regard to case.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte.eq_ignore_ascii_case(&name[n]) => {
                (p, n) = (p + 1, n + 1);
            }
            _ => match retry {
                Some((star, at)) => {
                    retry = Some((star, at + 1));
                    (p, n) = (star + 1, at + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p.min(pattern.len())..]
        .iter()
        .all(|byte| *byte == b'*')
}

/// Words divided by white space, with a shell's quotes and backslashes.
fn split(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            c if c.is_whitespace() => words.extend(word.take()),
            '\\' => word
                .get_or_insert_default()
                .push(letters.next().ok_or("a backslash at the end")?),
            quote @ ('"' | '\'') => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next().ok_or("a quote that is not closed")? {
                        end if end == quote => break,
                        '\\' if quote == '"' => {
                            word.push(letters.next().ok_or("a quote that is not closed")?);
                        }
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

fn inside(source: &str, error: &str) -> Refusal {
    // Stock's complaint about its own word may be followed by its usage; here one line is enough.
    let line = error.lines().next().unwrap_or_default();
    Refusal::error(format!("{source}: {line}"))
}

/// Words that come before those on the command line.
const VARIABLE: &str = "IPMITOOL_SOL";

const SYSTEM_FILE: &str = "/etc/steadysol.toml";

/// Bytes of a file.
const LARGEST: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn from(
        file: &str,
        variable: Option<&str>,
        typed: &[&str],
        host: &str,
    ) -> Result<ActivateWords, String> {
        let files = [("x.toml".to_owned(), file.to_owned())];
        combine(&files, variable.map(OsString::from), typed, host).map_err(|refusal| refusal.text)
    }

    const FILE: &str = "cycle = 9\nlog = \"all.log\"\nstrip = true\n\
        [host.\"rack?-*\"]\ncycle = 8\nfor = \"1h\"\n[host.\"rack1-a\"]\ncycle = 7\nstrip = false\n";

    #[test]
    fn a_files_defaults_yield_to_its_tables_and_the_more_exact_table_wins() {
        let words = |host| from(FILE, None, &[], host).unwrap();
        assert_eq!((words("other").cycle, words("other").strip), (9, true));
        assert_eq!((words("Rack2-x").cycle, words("rack2-x").strip), (8, true));
        assert_eq!((words("rack1-a").cycle, words("rack1-a").strip), (7, false));
        assert_eq!(words("rack1-a").run_for, Some(Duration::from_secs(3600)));
    }

    #[test]
    fn the_variable_yields_to_the_command_line_and_files_yield_to_both() {
        let words = from(
            FILE,
            Some("cycle=5 'on-alarm=a b' log=\"c d\""),
            &["log=typed"],
            "h",
        )
        .unwrap();
        assert_eq!(
            (words.cycle, words.log.as_deref(), words.on_alarm.as_deref()),
            (5, Some("typed"), Some("a b"))
        );
    }

    #[test]
    fn words_for_a_log_are_for_those_hosts_that_have_one_unless_they_were_typed() {
        const FILE: &str = "timestamps = \"epoch\"\nstrip = true\nrotate = \"10M\"\n\
            [host.\"a\"]\nlog = \"x\"";
        assert!(from(FILE, None, &[], "b").is_ok());
        assert!(from("", Some("timestamps rotate=1M strip"), &[], "b").is_ok());
        let words = from(FILE, None, &[], "a").unwrap();
        assert!(words.log.is_some() && words.rotate.is_some());
        for typed in ["timestamps", "timestamps=iso", "strip", "rotate=1M"] {
            assert!(from(FILE, None, &[typed], "b").is_err(), "{typed}");
            assert!(from(FILE, None, &[typed], "a").is_ok(), "{typed}");
        }
        assert!(from("timestamps-on = \"both\"", None, &["timestamps"], "b").is_ok());
    }

    #[test]
    fn a_later_file_changes_and_unsets_what_an_earlier_one_set() {
        let files = [
            ("a".to_owned(), FILE.to_owned()),
            ("b".to_owned(), "strip = false\ncycle = 3".to_owned()),
        ];
        let words = combine(&files, None, &[], "h").unwrap();
        assert_eq!((words.cycle, words.strip), (3, false));
    }

    #[test]
    fn the_extension_s_number_is_found_among_words_that_are_no_use_to_who_asks() {
        let found = |file: &str, variable: Option<&str>, host| {
            let files = [("x.toml".to_owned(), file.to_owned())];
            only_extension(&files, variable.map(OsString::from), host).map_err(|r| r.text)
        };
        const FILE: &str = "strip = true\nextension = 1\n[host.\"a\"]\nextension = 2";
        assert_eq!(found("strip = true", None, "a"), Ok(None));
        assert_eq!(found(FILE, None, "b"), Ok(Some(1)));
        assert_eq!(found(FILE, None, "a"), Ok(Some(2)));
        assert_eq!(found(FILE, Some("strip extension=3"), "a"), Ok(Some(3)));
        assert!(found("extension = -1", None, "a").is_err());
    }

    #[test]
    fn mistakes_are_one_line_that_names_the_source() {
        for (file, variable) in [
            ("cycle = 0", None),
            ("cycle = [1]", None),
            ("nonsense = 1", None),
            ("\n\ncycle = = 1", None),
            ("host = 1", None),
            ("[host.\"x\"]\nnonsense = 1", None),
            ("", Some("foo")),
            ("", Some("'log=x")),
            ("", Some("instance=x")),
        ] {
            let text = from(file, variable, &[], "h").unwrap_err();
            let source = if variable.is_some() {
                VARIABLE
            } else {
                "x.toml"
            };
            assert!(
                text.starts_with(source) && text.lines().count() == 1,
                "{text}"
            );
        }
        assert!(
            from("\n\ncycle = = 1", None, &[], "h")
                .unwrap_err()
                .contains("line 3")
        );
    }

    #[test]
    fn patterns_know_stars_and_question_marks() {
        for (pattern, name, fits) in [
            ("*", "", true),
            ("a*b*c", "aXXbYbc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*.lan", "BMC.LAN", true),
            ("", "a", false),
            ("a", "ab", false),
            ("a**", "a", true),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), name.as_bytes()),
                fits,
                "{pattern} {name}"
            );
        }
    }
}
