//! The process that is the machine: chassis power starts and ends it.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::bmc::command::MachineEvent;

/// A command and the process that runs it, while the machine has power.
#[derive(Debug)]
pub struct Vm {
    command: String,
    child: Option<Child>,
}

impl Vm {
    /// A machine that is off.
    pub fn new(command: String) -> Self {
        Self {
            command,
            child: None,
        }
    }

    /// Does what the BMC did to the chassis.
    pub fn follow(&mut self, event: &MachineEvent) {
        match event {
            MachineEvent::PowerOn => self.start(),
            MachineEvent::PowerOff => self.stop(),
            MachineEvent::PowerCycle | MachineEvent::HardReset => {
                self.stop();
                self.start();
            }
            MachineEvent::SoftShutdown => self.signal(Signal::SIGTERM),
            MachineEvent::Diagnostic => self.signal(Signal::SIGQUIT),
            _ => {}
        }
    }

    /// Starts the process, if it does not run.
    pub fn start(&mut self) {
        if self.child.is_some() {
            return;
        }
        let mut command = Command::new("sh");
        // A process group of its own, so that all of it ends together.
        command
            .args(["-c", &self.command])
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(std::io::stderr());
        match command.spawn() {
            Ok(child) => self.child = Some(child),
            Err(error) => log::error!("--vm: {error}"),
        }
    }

    /// Whether it has just ended by itself.
    pub fn has_ended(&mut self) -> bool {
        match self.child.as_mut().map(Child::try_wait) {
            Some(Ok(Some(status))) => {
                log::info!("the machine's process ended: {status}");
                self.child = None;
                true
            }
            _ => false,
        }
    }

    /// Ends the process at once.
    pub fn stop(&mut self) {
        self.signal(Signal::SIGKILL);
        if let Some(mut child) = self.child.take() {
            let _ = child.wait();
        }
    }

    fn signal(&self, signal: Signal) {
        let group = self
            .child
            .as_ref()
            .and_then(|child| i32::try_from(child.id()).ok());
        if let Some(group) = group {
            let _ = killpg(Pid::from_raw(group), signal);
        }
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.stop();
    }
}
