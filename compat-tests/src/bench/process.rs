//! What a running process has used so far, as the kernel says (proc(5)).

use std::fs;

/// CPU time, wake-ups and memory.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Used {
    /// Seconds of CPU time of its present threads.
    pub(super) cpu: f64,
    /// How often one of them has slept and gone on.
    pub(super) wakes: f64,
    /// The most memory that was in use at once, in MiB.
    pub(super) memory: f64,
}

impl Used {
    /// Of the process with this id; zeroes where there is none.
    pub(super) fn by(pid: u32) -> Self {
        let mut used = Self {
            memory: field(&format!("/proc/{pid}/status"), "VmHWM:") / 1024.0,
            ..Self::default()
        };
        let threads = fs::read_dir(format!("/proc/{pid}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let path = thread.path().display().to_string();
            let times = fs::read_to_string(format!("{path}/schedstat")).unwrap_or_default();
            let nanoseconds: f64 = first_number(&times);
            used.cpu += nanoseconds / 1e9;
            used.wakes += field(&format!("{path}/status"), "voluntary_ctxt_switches:");
        }
        used
    }

    /// What was used since.
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu - before.cpu,
            wakes: self.wakes - before.wakes,
            memory: self.memory,
        }
    }
}

/// MiB of memory that a process has for itself, and its part of what several share.
pub(super) fn share(pid: u32) -> f64 {
    field(&format!("/proc/{pid}/smaps_rollup"), "Pss:") / 1024.0
}

/// The number behind a name in one of proc's tables.
pub(super) fn field(file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .map_or(0.0, first_number)
}

fn first_number(text: &str) -> f64 {
    text.split_whitespace()
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or(0.0)
}
