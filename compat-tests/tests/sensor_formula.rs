//! The formula of sensors against an independent implementation: pyghmi's.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use compat_tests::binaries;
use steadysol::sdr::formula::Factors;

#[test]
fn readings_of_any_factors_are_those_of_pyghmi() {
    let cases: Vec<_> = cases().collect();
    let mut question = String::new();
    for (factors, raw) in &cases {
        let (format, linearization, bytes) = *factors;
        let _ = writeln!(question, "{format} {linearization} {raw} {bytes:?}");
    }
    let answer = ask(&question);
    let lines: Vec<&str> = answer.lines().collect();
    assert_eq!(lines.len(), cases.len());
    let mut compared = 0;
    for (((format, linearization, bytes), raw), line) in cases.into_iter().zip(lines) {
        // Where mathematics has no number, pyghmi raises an exception.
        let Ok(theirs) = line.parse::<f64>() else {
            continue;
        };
        let ours = Factors::new(format, linearization, bytes).reading(raw);
        let close = (ours - theirs).abs() <= theirs.abs() * 1e-9 || ours == theirs;
        assert!(
            close || theirs.abs() < 1e-30,
            "format {format}, linearization {linearization}, {bytes:02x?}, raw {raw:#04x}: {ours} and {theirs}"
        );
        compared += 1;
    }
    println!("{compared} readings");
    assert!(compared > CASES / 2);
}

/// Format, linearization and factors of a sensor; a raw reading.
type Case = ((u8, u8, [u8; 6]), u8);

fn cases() -> impl Iterator<Item = Case> {
    let mut state = 1u64;
    let mut byte = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    (0..CASES).map(move |_| {
        let bytes = [(); 6].map(|()| byte());
        ((byte() % 3, byte() % 12, bytes), byte())
    })
}

fn ask(question: &str) -> String {
    let mut child = Command::new(binaries::pyghmi_python())
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut stdin = child.stdin.take().expect("piped");
    let question = question.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(question.as_bytes()));
    let output = child.wait_with_output().expect("our own child");
    writer.join().expect("it does not panic").expect("it reads");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("numbers")
}

const PROGRAM: &str = "
import ast, sys
from pyghmi.ipmi import sdr
for line in sys.stdin:
    format, linearization, raw, factors = line.split(' ', 3)
    entry = sdr.SDREntry.__new__(sdr.SDREntry)
    entry.linearization = int(linearization)
    entry.decode_formula(bytearray(ast.literal_eval(factors)))
    value = int(raw)
    value = [lambda v, b: v, sdr.ones_complement, sdr.twos_complement][int(format)](value, 8)
    try:
        print(repr(entry.decode_value(None, value)))
    except (ValueError, ArithmeticError):
        print('none')
";

const CASES: usize = 20_000;
