//! Completions for bash, zsh and fish in `packaging/completions/`, made from the tables of options, verbs and words.

use std::fmt::Write;
use std::path::PathBuf;
use std::{fs, io};

use steadysol::cli::options::{OPTIONS, Opt};
use steadysol::cli::usage::{INTERFACES, OEM_TYPES};
use steadysol::cli::verbs::VERBS;
use steadysol::cli::words::{FILE, FOLLOWS};
use steadysol::commands::sol::log::words::WORDS as LOG_WORDS;
use steadysol::commands::sol::words::WORDS;

use crate::binaries::workspace;

/// Every file that there should be, and its text.
///
/// # Errors
/// When a template cannot be read.
pub fn all() -> io::Result<Vec<(PathBuf, String)>> {
    let folder = workspace().join("packaging/completions");
    let file = |template: &str, name: &str, make: fn(&str) -> String| -> io::Result<_> {
        let template = fs::read_to_string(folder.join("templates").join(template))?;
        Ok((folder.join(name), make(&template)))
    };
    Ok(vec![
        file("bash", "ipmitool.bash", bash)?,
        file("zsh", "_ipmitool", zsh)?,
        file("fish", "ipmitool.fish", fish)?,
    ])
}

fn bash(template: &str) -> String {
    let mut rules = String::new();
    line(
        &mut rules,
        format_args!("            '0:') words='{}' ;;", verbs()),
    );
    for rule in rules_of_words() {
        let pattern = alternatives(&rule.after, |path| format!("'{path}'").replace('*', "'*'"));
        line(
            &mut rules,
            format_args!("        {pattern}) words={} ;;", quoted(&rule.words)),
        );
    }
    let mut values = String::new();
    for (option, kind) in values_of_options() {
        let what = match kind {
            Value::Words(words) => format!("words={}", quoted(&words)),
            Value::File => "words=$file".to_owned(),
            Value::Host => "words=$host".to_owned(),
            Value::Any => "return".to_owned(),
        };
        line(
            &mut values,
            format_args!("        {}) {what} ;;", char::from(option.letter)),
        );
    }
    fill(
        template,
        &[
            ("OPTIONS", &options()),
            ("VALUED", &valued()),
            ("VALUES", &values),
            ("RULES", &rules),
        ],
    )
}

fn zsh(template: &str) -> String {
    let mut arguments = String::new();
    for (option, value) in OPTIONS.iter().map(|option| (option, value_of(option))) {
        let help = option
            .help
            .first()
            .copied()
            .unwrap_or(option.value.unwrap_or("see ipmitool(1)"));
        let help = help
            .replace('[', "\\[")
            .replace(']', "\\]")
            .replace('\'', "'\\''")
            .replace(':', "\\:");
        let many = if option.letter == b'v' { "*" } else { "" };
        let argument = match (option.value, value) {
            (None, _) => String::new(),
            (Some(name), Some(Value::Words(words))) => {
                format!(":{}:({words})", name.replace(':', "\\:"))
            }
            (Some(name), Some(Value::File)) => format!(":{}:_files", name.replace(':', "\\:")),
            (Some(name), Some(Value::Host)) => format!(":{}:_hosts", name.replace(':', "\\:")),
            (Some(name), _) => format!(":{}: ", name.replace(':', "\\:")),
        };
        let plus = if option.value.is_some() { "+" } else { "" };
        line(
            &mut arguments,
            format_args!(
                "    '{many}-{}{plus}[{help}]{argument}' \\",
                char::from(option.letter)
            ),
        );
    }
    let mut verbs = String::new();
    for verb in VERBS {
        let help = verb
            .help
            .unwrap_or("")
            .replace('\'', "'\\''")
            .replace(':', "\\:");
        line(&mut verbs, format_args!("    '{}:{help}'", verb.name));
    }
    let mut rules = String::new();
    for rule in rules_of_words() {
        let pattern = alternatives(&rule.after, |path| format!("'{path}'").replace('*', "'*'"));
        line(
            &mut rules,
            format_args!("    ({pattern}) found={} ;;", quoted(&rule.words)),
        );
    }
    fill(
        template,
        &[
            ("ARGUMENTS", &arguments),
            ("VALUED", &valued()),
            ("VERBS", &verbs),
            ("RULES", &rules),
        ],
    )
}

fn fish(template: &str) -> String {
    let mut lines = String::new();
    for option in OPTIONS {
        let help = option
            .help
            .first()
            .copied()
            .unwrap_or("see ipmitool(1)")
            .replace('\'', "\\'");
        let value = match value_of(option) {
            Some(Value::Words(words)) => format!(" -x -a {}", quoted(&words)),
            Some(Value::File) => " -r -F".to_owned(),
            Some(Value::Host) => " -x -a '(__fish_print_hostnames)'".to_owned(),
            Some(Value::Any) => " -x".to_owned(),
            None => String::new(),
        };
        let letter = char::from(option.letter);
        line(
            &mut lines,
            format_args!("    complete -c $program -s {letter}{value} -d '{help}'"),
        );
    }
    let mut verbs = String::new();
    for verb in VERBS {
        let help = verb.help.unwrap_or("").replace('\'', "\\'");
        line(
            &mut verbs,
            format_args!("            echo '{}'\\t'{help}'", verb.name),
        );
    }
    let mut rules = String::new();
    for rule in rules_of_words() {
        let pattern = rule
            .after
            .iter()
            .map(|path| quoted(path))
            .collect::<Vec<_>>()
            .join(" ");
        line(
            &mut rules,
            format_args!(
                "        case {pattern}\n            set found {}",
                quoted(&rule.words)
            ),
        );
    }
    fill(
        template,
        &[
            ("VALUED", &valued()),
            ("OPTIONS", &lines),
            ("VERBS", &verbs),
            ("RULES", &rules),
        ],
    )
}

/// What may follow words: `N:a b`, the number of words and the words, with `*` for any.
struct Rule {
    after: Vec<String>,
    words: String,
}

/// The table, with what has tables of its own.
fn rules_of_words() -> Vec<Rule> {
    let mut rules: Vec<Rule> = FOLLOWS
        .iter()
        .map(|follow| Rule {
            after: paths(follow.after),
            words: follow.words.to_owned(),
        })
        .collect();
    let activate: Vec<String> = WORDS.iter().map(|word| completed(&word.shown())).collect();
    let log: Vec<String> = LOG_WORDS
        .iter()
        .map(|word| completed(&word.shown()))
        .collect();
    // Words come in any order: so many may stand before.
    for (verbs, words) in [("activate|capture", activate), ("log", log)] {
        for count in 0..MOST_WORDS {
            let after = format!("sol {verbs}{}", " *".repeat(count));
            let help = if count == 0 { " help" } else { "" };
            let rule = Rule {
                after: paths(&after),
                words: words.join(" ") + help,
            };
            rules.push(rule);
        }
    }
    rules
}

/// A word as it is shown in help, without the name of its value; one whose value may be left out, in both ways.
fn completed(shown: &str) -> String {
    match (shown.split_once("[="), shown.split_once('=')) {
        (Some((name, _)), _) => format!("{name} {name}="),
        (None, Some((name, _))) => format!("{name}="),
        (None, None) => shown.to_owned(),
    }
}

fn verbs() -> String {
    let names: Vec<&str> = VERBS.iter().map(|verb| verb.name).collect();
    names.join(" ") + " help"
}

/// Every way through the alternatives, each with its number of words.
fn paths(after: &str) -> Vec<String> {
    let words: Vec<&str> = after.split(' ').collect();
    let ways = words.iter().fold(vec![String::new()], |ways, word| {
        let longer = |way: &String| {
            let way = way.clone();
            word.split('|')
                .map(move |one| format!("{way} {one}"))
                .collect::<Vec<_>>()
        };
        ways.iter().flat_map(longer).collect()
    });
    let count = words.len();
    ways.iter()
        .map(|way| format!("{count}:{}", way.trim_start()))
        .collect()
}

fn alternatives(after: &[String], shown: impl Fn(&str) -> String) -> String {
    after
        .iter()
        .map(|path| shown(path))
        .collect::<Vec<_>>()
        .join("|")
}

/// What an option's value may be.
enum Value {
    Words(String),
    File,
    Host,
    Any,
}

fn values_of_options() -> impl Iterator<Item = (&'static Opt, Value)> {
    OPTIONS
        .iter()
        .filter_map(|option| Some((option, value_of(option)?)))
}

/// Nothing of an option without a value.
fn value_of(option: &Opt) -> Option<Value> {
    option.value?;
    Some(match option.letter {
        b'I' => {
            let names: Vec<&str> = INTERFACES.iter().map(|interface| interface.name).collect();
            Value::Words(names.join(" "))
        }
        b'o' => {
            let names: Vec<&str> = OEM_TYPES.iter().map(|(name, ..)| *name).collect();
            Value::Words(names.join(" ") + " list")
        }
        b'L' => Value::Words("CALLBACK USER OPERATOR ADMINISTRATOR OEM".to_owned()),
        b'A' => Value::Words("NONE PASSWORD MD2 MD5 OEM".to_owned()),
        b'C' => Value::Words("3 17".to_owned()),
        b'f' | b'S' | b'O' | b'D' => Value::File,
        b'H' => Value::Host,
        _ => Value::Any,
    })
}

/// The options, each with its hyphen.
fn options() -> String {
    let all: Vec<String> = OPTIONS
        .iter()
        .map(|option| format!("-{}", char::from(option.letter)))
        .collect();
    all.join(" ")
}

/// The letters of the options that take a value.
fn valued() -> String {
    OPTIONS
        .iter()
        .filter(|option| option.value.is_some())
        .map(|option| char::from(option.letter))
        .collect()
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

/// Puts a text in the place of each `@NAME@`. A line that holds nothing else is replaced as a whole.
fn fill(template: &str, parts: &[(&str, &str)]) -> String {
    let mut text = template.replace("@FILE@", FILE);
    for (name, part) in parts {
        text = text.replace(&format!("@{name}@\n"), &format!("{}\n", part.trim_end()));
        text = text.replace(&format!("@{name}@"), part.trim_end());
    }
    text
}

/// Words of `sol activate` after which more are completed.
const MOST_WORDS: usize = 12;
