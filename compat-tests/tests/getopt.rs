//! Random command lines, taken apart by C `getopt` itself (glibc's, through python3's ctypes) and by ours.

// A test reports by panicking, its helpers too.
#![allow(clippy::expect_used, clippy::panic)]

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use steadysol::cli::getopt::{Scan, Step, scan};
use steadysol::cli::options::takes_value;

#[test]
fn a_random_command_line_is_taken_apart_as_c_getopt_does_it() {
    compare(false);
}

#[test]
fn posixly_correct_ends_the_options_at_the_first_operand() {
    compare(true);
}

#[test]
fn the_oracle_sees_what_the_manual_of_getopt_says() {
    let mut oracle = Oracle::start(false);
    let answer = oracle.take_apart(&words(&["sol", "-vP", "x", "--", "-c"]));
    assert_eq!(answer, "v P=78 | 736f6c 2d63");
}

fn compare(posixly_correct: bool) {
    let oracle = std::cell::RefCell::new(Oracle::start(posixly_correct));
    let mut runner = TestRunner::new(Config {
        cases: 3000,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&command_lines(), |argv| {
        let ours = scan(&argv, takes_value, posixly_correct);
        let theirs = oracle.borrow_mut().take_apart(&argv);
        prop_assert_eq!(shown(&ours), theirs);
        Ok(())
    });
    if let Err(difference) = result {
        panic!("{difference}");
    }
}

/// Words that look like options more often than chance would have it.
fn command_lines() -> impl Strategy<Value = Vec<OsString>> {
    let letters = "[I46hVvcgsEKYaoHdPfUpCLAtTmzSlbBekyORNDZxW:;?=-]{0,4}";
    let word = prop_oneof![
        4 => letters.prop_map(|letters| OsString::from(format!("-{letters}"))),
        2 => "[a-z0-9=-]{0,4}".prop_map(OsString::from),
        1 => Just(OsString::from("--")),
        1 => Just(OsString::from("-")),
        1 => proptest::collection::vec(1u8..=255, 0..5).prop_map(OsString::from_vec),
    ];
    proptest::collection::vec(word, 0..9).prop_map(|mut words| {
        words.insert(0, OsString::from("ipmitool"));
        words
    })
}

fn words(words: &[&str]) -> Vec<OsString> {
    std::iter::once("ipmitool")
        .chain(words.iter().copied())
        .map(OsString::from)
        .collect()
}

/// The form in which the oracle answers.
fn shown(scan: &Scan) -> String {
    let steps = scan.steps.iter().map(|step| match step {
        Step::Option {
            letter,
            value: None,
        } => letter_of(*letter),
        Step::Option {
            letter,
            value: Some(value),
        } => format!("{}={}", letter_of(*letter), hexadecimal(&value.text)),
        Step::Unknown(letter) => format!("?{letter}"),
        Step::Missing(letter) => format!("!{letter}"),
    });
    let operands = scan.operands.iter().map(|word| hexadecimal(word));
    format!(
        "{} | {}",
        steps.collect::<Vec<_>>().join(" "),
        operands.collect::<Vec<_>>().join(" ")
    )
}

fn letter_of(letter: u8) -> String {
    char::from(letter).to_string()
}

fn hexadecimal(word: &OsStr) -> String {
    word.as_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A python3 that calls libc's getopt, a line per command line.
struct Oracle {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    fn start(posixly_correct: bool) -> Self {
        let mut command = Command::new("python3");
        command
            .args(["-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if posixly_correct {
            command.env("POSIXLY_CORRECT", "1");
        } else {
            command.env_remove("POSIXLY_CORRECT");
        }
        let mut child = command
            .spawn()
            .expect("python3 is needed: apt install python3");
        let questions = child.stdin.take().expect("was piped");
        let answers = BufReader::new(child.stdout.take().expect("was piped"));
        Self {
            child,
            questions,
            answers,
        }
    }

    fn take_apart(&mut self, argv: &[OsString]) -> String {
        let line: Vec<_> = argv.iter().map(|word| hexadecimal(word)).collect();
        writeln!(self.questions, "{}", line.join(",")).expect("the oracle lives");
        self.questions.flush().expect("the oracle lives");
        let mut answer = String::new();
        self.answers
            .read_line(&mut answer)
            .expect("the oracle answers");
        answer.trim_end_matches('\n').to_string()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `optind = 0` makes glibc start afresh, the environment included. A leading colon would change how a missing value
/// is returned, so the two mistakes are told apart by whether `optopt` is an option.
const PROGRAM: &str = r#"
import ctypes, sys
libc = ctypes.CDLL(None)
STRING = b"I:46hVvcgsEKYao:H:d:P:f:U:p:C:L:A:t:T:m:z:S:l:b:B:e:k:y:O:R:N:D:Z"
optind, opterr, optopt = (ctypes.c_int.in_dll(libc, n) for n in ("optind", "opterr", "optopt"))
optarg = ctypes.c_char_p.in_dll(libc, "optarg")
opterr.value = 0
for line in sys.stdin:
    words = [bytes.fromhex(w) for w in line.rstrip("\n").split(",")]
    argv = (ctypes.c_char_p * (len(words) + 1))(*words, None)
    optind.value = 0
    steps = []
    while (c := libc.getopt(len(words), argv, STRING)) != -1:
        letter = bytes([optopt.value & 255])
        if c == ord("?"):
            known = letter in STRING and letter not in b":;"
            steps.append(("!" if known else "?") + str(letter[0]))
        else:
            has_value = STRING[STRING.index(c) + 1 : STRING.index(c) + 2] == b":"
            steps.append(chr(c) + ("=" + optarg.value.hex() if has_value else ""))
    operands = [argv[i].hex() for i in range(optind.value, len(words))]
    print(" ".join(steps), "|", " ".join(operands), flush=True)
"#;
