//! An `ipmitool` by that name, first on the search path, and a BMC that it finds.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use compat_tests::binaries;
use compat_tests::bmcsim::BmcSim;
use compat_tests::ipmi_sim::{PASSWORD, USER};
use compat_tests::rig::{Finished, Who, run};

/// Where the caller believes the BMC to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Over the network: the command line names it, `-H $BMC`; its port is added.
    Remote,
    /// In the machine: the command line names none.
    Local,
}

impl Place {
    /// The directory of its `ipmitool`.
    fn bin(self) -> &'static str {
        match self {
            Place::Remote => "remote",
            Place::Local => "local",
        }
    }
}

/// One `ipmitool`, one BMC, a directory to work in.
#[derive(Debug)]
pub struct Stage {
    /// The BMC.
    pub bmc: BmcSim,
    directory: tempfile::TempDir,
}

impl Stage {
    /// Sets it up.
    ///
    /// # Panics
    /// When something does not come up.
    pub fn set(who: Who) -> Stage {
        Stage::set_with(who, &[])
    }

    /// The same, with options for the BMC.
    pub fn set_with(who: Who, options: &[&str]) -> Stage {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let inventory = directory.path().join("inventory.toml");
        fs::write(&inventory, calm_inventory()).expect("an inventory");
        let inventory = inventory.display().to_string();
        let bmc = BmcSim::start(&[&["--inventory", &inventory], options].concat());
        let program = who.program();
        let port = bmc.address().port();
        let host = bmc.address().ip();
        wrapper(
            &directory.path().join(Place::Remote.bin()),
            &format!("exec '{}' -p {port} \"$@\"", program.display()),
        );
        // The last of an option's values counts.
        wrapper(
            &directory.path().join(Place::Local.bin()),
            &format!(
                "exec '{}' \"$@\" -I lanplus -H {host} -p {port} -U {USER} -P {PASSWORD}",
                program.display()
            ),
        );
        Stage { bmc, directory }
    }

    /// Runs a shell script in the directory.
    pub fn shell(&self, place: Place, script: &str, limit: Duration) -> Finished {
        let directory = self.directory.path().display();
        let words = ["-c".to_owned(), format!("cd '{directory}'\n{script}")];
        self.run(place, Path::new("/bin/bash"), &words, &[], limit)
    }

    /// Runs a program that calls `ipmitool`.
    pub fn run(
        &self,
        place: Place,
        program: &Path,
        words: &[String],
        environment: &[(&str, &str)],
        limit: Duration,
    ) -> Finished {
        let path = |name: &str| self.path(name).display().to_string();
        let (bin, cache) = (path(place.bin()), path("cache"));
        let search = format!("{bin}:/usr/bin:/bin:/usr/sbin:/sbin");
        let port = self.bmc.address().port().to_string();
        let host = self.bmc.address().ip().to_string();
        let stock = binaries::stock().display().to_string();
        let mut all = vec![
            ("PATH", search.as_str()),
            ("XDG_CACHE_HOME", &cache),
            ("IPMITOOL_FALLBACK", &stock),
            ("LC_ALL", "C"),
            ("BMC", &host),
            ("PORT", &port),
            ("NAME", USER),
            ("SECRET", PASSWORD),
        ];
        all.extend(environment);
        run(program, words, &all, limit)
    }

    /// Writes a program into the directory.
    pub fn write(&self, name: &str, text: &str) {
        program(&self.path(name), text);
    }

    /// A file in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// bmcsim's own machine, with readings that do not change between one client's call and the other's.
fn calm_inventory() -> String {
    let home = binaries::workspace().join("src/bmc/inventory/builtin");
    ["device", "sensors", "records", "frus", "log"]
        .map(|part| fs::read_to_string(home.join(format!("{part}.toml"))).expect("a part"))
        .concat()
        .lines()
        .filter(|line| !line.starts_with("swing"))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn wrapper(directory: &Path, line: &str) {
    fs::create_dir(directory).expect("a directory");
    program(&directory.join("ipmitool"), &format!("#!/bin/sh\n{line}\n"));
}

fn program(file: &Path, text: &str) {
    fs::write(file, text).expect("a program");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("a program");
}
