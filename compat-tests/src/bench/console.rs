//! One console that is kept: idle, busy with output, busy with input.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::process::Used;
use super::stage::{LONG, Stage};
use super::{Program, Scene, Value};
use crate::accounting;
use crate::client::wait_until;

pub(super) const SCENES: &[Scene] = &[
    Scene {
        name: "idle",
        most_rounds: 3,
        run: idle,
    },
    Scene {
        name: "calls",
        most_rounds: 1,
        run: calls,
    },
    Scene {
        name: "busy",
        most_rounds: usize::MAX,
        run: busy,
    },
    Scene {
        name: "typing",
        most_rounds: 3,
        run: typing,
    },
];

/// A console on which nothing happens but what keeps it alive.
fn idle(program: Program) -> Vec<Value> {
    let Some(stage) = Stage::with(program, "stty raw -echo; sleep 1000", true) else {
        return Vec::new();
    };
    let (before, begun) = (Used::by(stage.console.pid()), Instant::now());
    std::thread::sleep(IDLE);
    let used = Used::by(stage.console.pid()).since(before);
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    vec![
        value(
            "idle console: CPU time a minute",
            "ms",
            used.cpu * 1000.0 / minutes,
        ),
        value("idle console: wake-ups a minute", "", used.wakes / minutes),
        value("idle console: memory", "MiB", used.memory),
    ]
}

/// What the same console asks of the kernel: as strace counts it, which would disturb the measurement of time.
fn calls(program: Program) -> Vec<Value> {
    let Some(stage) = Stage::with(program, "stty raw -echo; sleep 1000", true) else {
        return Vec::new();
    };
    let trace = stage.file("calls");
    let tracer = Command::new("strace")
        .args(["-f", "-q", "-o"])
        .arg(&trace)
        .args(["-p", &stage.console.pid().to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut tracer) = tracer else {
        eprintln!("strace is not installed");
        return Vec::new();
    };
    std::thread::sleep(TRACED);
    let _ = kill(Pid::from_raw(tracer.id() as i32), Signal::SIGINT);
    let _ = tracer.wait();
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    let calls = text.lines().filter(|line| is_call(line)).count();
    let calls = calls as f64 / TRACED.as_secs_f64() * 60.0;
    vec![value("idle console: system calls a minute", "", calls)]
}

/// Whether a call has ended here, not merely begun, nor one that was waiting when the tracer came or went.
fn is_call(line: &str) -> bool {
    line.contains(" = ") && !line.contains("restart_syscall") && !line.contains("<detached")
}

/// A console with much output at once.
fn busy(program: Program) -> Vec<Value> {
    let machine = "stty raw -echo; while [ ! -e @/go ]; do sleep 0.1; done; cat @/text; sleep 1000";
    let Some(stage) = Stage::with(program, machine, true) else {
        return Vec::new();
    };
    let text: String = (0..LINES).map(accounting::line).collect();
    std::fs::write(stage.file("text"), &text).expect("a temporary file");
    let (length, more) = (stage.kept(), text.len() as u64);
    let carried = carry(
        program,
        &stage,
        more,
        || stage.go(),
        || stage.kept() - length,
    );
    let Some(carried) = carried else {
        return Vec::new();
    };
    let memory = carried.used.memory;
    if memory == 0.0 {
        eprintln!("{program:?}: it has ended");
        return Vec::new();
    }
    let [time, cpu] = carried.values("received");
    vec![time, cpu, value("busy console: memory", "MiB", memory)]
}

/// A console into which much is typed at once, as when something is pasted.
fn typing(program: Program) -> Vec<Value> {
    if program == Program::FreeIpmi {
        // Pasted into with so much, ipmiconsole stops reading for good.
        return Vec::new();
    }
    let Some(stage) = Stage::with(program, "stty raw -echo; cat > @/typed", false) else {
        return Vec::new();
    };
    let typed = || std::fs::metadata(stage.file("typed")).map_or(0, |file| file.len());
    let length = typed();
    let lines: Vec<String> = (0..TYPED_LINES)
        .map(|n| accounting::line(n).replace('\n', ""))
        .collect();
    let more = lines.iter().map(|line| line.len() as u64).sum();
    let type_all = || {
        lines
            .iter()
            .for_each(|line| stage.console.type_in(line.as_bytes()));
    };
    let carried = carry(program, &stage, more, type_all, || typed() - length);
    carried.map_or_else(Vec::new, |carried| carried.values("sent").to_vec())
}

/// What a console has carried.
struct Carried {
    megabytes: f64,
    /// Seconds.
    took: f64,
    used: Used,
}

impl Carried {
    /// What a megabyte took that was "sent" or "received".
    fn values(&self, way: &str) -> [Value; 2] {
        let what = |figure| format!("busy console: {figure} a megabyte {way}");
        let cpu = self.used.cpu * 1000.0 / self.megabytes;
        [
            value(&what("time"), "s", self.took / self.megabytes),
            value(&what("CPU time"), "ms", cpu),
        ]
    }
}

/// Lets `start` begin, and waits until as much has come as is `wanted`. Nothing where too little came to go by.
fn carry(
    program: Program,
    stage: &Stage,
    wanted: u64,
    start: impl FnOnce(),
    came: impl Fn() -> u64,
) -> Option<Carried> {
    let (before, begun) = (Used::by(stage.console.pid()), Instant::now());
    start();
    let all = wait_until(patience(program), || came() >= wanted);
    let took = begun.elapsed().as_secs_f64();
    let used = Used::by(stage.console.pid()).since(before);
    let came = came();
    assert!(all || program != Program::Ours, "{came} of {wanted} bytes");
    let megabytes = megabytes(program, came, wanted)?;
    Some(Carried {
        megabytes,
        took,
        used,
    })
}

/// How long the others may take to carry what they are given: ipmiconsole does not carry it all.
fn patience(program: Program) -> Duration {
    match program {
        Program::FreeIpmi => Duration::from_secs(20),
        Program::Stock | Program::Ours => LONG,
    }
}

/// What was carried; nothing where that is too little to go by.
fn megabytes(program: Program, came: u64, wanted: u64) -> Option<f64> {
    if came < wanted {
        eprintln!("{program:?}: {came} of {wanted} bytes");
    }
    (came >= LITTLE).then(|| came.min(wanted) as f64 / 1e6)
}

fn value(what: &str, unit: &'static str, value: f64) -> Value {
    Value {
        table: TABLE,
        what: what.to_owned(),
        unit,
        value,
    }
}

/// How long an idle console is looked at: two keepalives, 15 seconds apart.
const IDLE: Duration = Duration::from_secs(30);

/// The same for its system calls: four keepalives.
const TRACED: Duration = Duration::from_secs(60);

/// What a busy console shows: five megabytes.
const LINES: usize = 66_000;

/// Bytes.
const LITTLE: u64 = 10_000;

/// What is typed: some hundred kilobytes.
const TYPED_LINES: usize = 1500;

/// The table's heading.
pub(super) const TABLE: &str = "A console";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_counts_once_and_one_that_began_before_not_at_all() {
        let counted = |line| is_call(line);
        assert!(counted("7 poll([{fd=7}], 1, 5000) = 1 ([{fd=7}])"));
        assert!(counted("7 <... recvfrom resumed>\"x\", 9) = 1"));
        assert!(!counted("7 recvfrom(5, <unfinished ...>"));
        assert!(!counted(
            "7 restart_syscall(<... resuming interrupted read ...>) = 0"
        ));
        assert!(!counted("7 poll([{fd=7}], 1, 15000 <detached ...>"));
    }
}
