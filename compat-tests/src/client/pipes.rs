//! A client whose standard streams are pipes or files.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::{Output, wait_until};

/// What a client reads from.
#[derive(Debug)]
pub enum Input {
    /// A pipe that the test writes to, see [`Piped::type_in`] and [`Piped::end_input`].
    Pipe,
    /// A file.
    File(PathBuf),
    /// `/dev/null`.
    Null,
    /// No open descriptor at all.
    Closed,
}

/// A running client on pipes. Killed on drop.
#[derive(Debug)]
pub struct Piped {
    child: Child,
    stdin: Option<ChildStdin>,
    begun: Instant,
    /// What it wrote to its standard output.
    pub stdout: Output,
    /// What it wrote to its standard error.
    pub stderr: Output,
}

impl Piped {
    /// Starts `program` with `arguments` and, beside the inherited environment, `environment`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(
        program: &Path,
        arguments: &[String],
        environment: &[(&str, &str)],
        input: Input,
    ) -> Piped {
        let mut command = match input {
            // only a shell can close a descriptor without unsafe code
            Input::Closed => {
                let mut shell = Command::new("sh");
                shell.args(["-c", "exec \"$@\" 0<&-", "sh"]).arg(program);
                shell
            }
            _ => Command::new(program),
        };
        command
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.stdin(match &input {
            Input::Pipe => Stdio::piped(),
            Input::File(path) => File::open(path).expect("the input file").into(),
            Input::Null | Input::Closed => Stdio::null(),
        });
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (stdout, stderr) = (Output::default(), Output::default());
        collect(child.stdout.take(), stdout.clone());
        collect(child.stderr.take(), stderr.clone());
        Piped {
            stdin: child.stdin.take(),
            child,
            begun: Instant::now(),
            stdout,
            stderr,
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// When it was started.
    pub fn begun(&self) -> Instant {
        self.begun
    }

    /// Feeds it.
    pub fn type_in(&mut self, bytes: &[u8]) {
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(bytes);
            let _ = stdin.flush();
        }
    }

    /// End of file on its standard input.
    pub fn end_input(&mut self) {
        self.stdin = None;
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.child.id() as i32), signal);
    }

    /// Its exit status, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end and for the last of its output. None: it still runs after `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                // what is left in the pipes; bounded, since a grandchild may hold them open
                wait_until(LAST_WORDS, || {
                    self.stdout.is_complete() && self.stderr.is_complete()
                });
                return Some(status);
            }
            if begun.elapsed() > limit {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(stream: Option<impl Read + Send + 'static>, output: Output) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || output.read_from(stream));
}

const LAST_WORDS: Duration = Duration::from_secs(5);
