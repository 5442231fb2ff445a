//! Leads a terminal's session as a shell with job control does, for one job in the foreground.
//!
//! usage: `setsid --ctty job-leader NOTES PROGRAM ARGUMENT...`, the terminal on standard input.
//!
//! In the directory NOTES it writes `pid`, a line to `stops` for every stop, and `end` (the exit status, or 128 and
//! the number of the signal). After a stop it takes the terminal and waits for the file `go`, as a shell waits for
//! `fg`. At the end it takes the terminal and stays, so that the terminal's modes can be looked at.

#![allow(clippy::expect_used)]

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpgrp, tcsetpgrp};

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let notes = PathBuf::from(arguments.next().expect("a directory for notes"));
    let program = arguments.next().expect("a program");
    #[expect(
        clippy::zombie_processes,
        reason = "waited for by waitpid, which also sees stops"
    )]
    let child = Command::new(program)
        .args(arguments)
        .process_group(0)
        .spawn()
        .expect("the program starts");
    let job = Pid::from_raw(child.id() as i32);
    // only from here on, because children inherit the mask: lets this background process take the terminal back
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGTTOU);
    blocked.thread_block().expect("signals can be blocked");

    give_terminal(job);
    note(&notes, "pid", job.as_raw());
    let end = loop {
        match waitpid(job, Some(WaitPidFlag::WUNTRACED)) {
            // it wanted the terminal before it was its own
            Ok(WaitStatus::Stopped(_, Signal::SIGTTOU | Signal::SIGTTIN)) => go_on(job),
            Ok(WaitStatus::Stopped(_, signal)) => {
                give_terminal(getpgrp());
                let _ = std::fs::remove_file(notes.join("go"));
                note(&notes, "stops", signal as i32);
                while !notes.join("go").exists() {
                    std::thread::sleep(Duration::from_millis(10));
                }
                give_terminal(job);
                go_on(job);
            }
            Ok(WaitStatus::Exited(_, status)) => break status,
            Ok(WaitStatus::Signaled(_, signal, _)) => break 128 + signal as i32,
            _ => {}
        }
    };
    give_terminal(getpgrp());
    note(&notes, "end", end);
    loop {
        std::thread::park();
    }
}

fn go_on(job: Pid) {
    let _ = killpg(job, Signal::SIGCONT);
}

fn give_terminal(group: Pid) {
    let _ = tcsetpgrp(std::io::stdin(), group);
}

fn note(notes: &Path, name: &str, value: i32) {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(notes.join(name));
    file.expect("notes can be written")
        .write_all(format!("{value}\n").as_bytes())
        .expect("notes can be written");
}
