//! Where the programs under test and their peers are.

use std::path::{Path, PathBuf};

/// Our `ipmitool`: `$STEADYSOL_IPMITOOL`, or the one that was built beside this test.
///
/// # Panics
/// When it has not been built: `cargo test -p compat-tests` alone does not build it, `make test` does.
pub fn ours() -> PathBuf {
    built("STEADYSOL_IPMITOOL", "ipmitool")
}

/// Our BMC simulator: `$STEADYSOL_BMCSIM`, or the one that was built beside this test.
///
/// # Panics
/// When it has not been built.
pub fn bmcsim() -> PathBuf {
    built("STEADYSOL_BMCSIM", "bmcsim")
}

/// The shell's part on a test's terminal, built with these tests.
///
/// # Panics
/// When it has not been built.
pub fn job_leader() -> PathBuf {
    built("JOB_LEADER", "job-leader")
}

/// The stock `ipmitool`, the oracle: `$STOCK_IPMITOOL`, or `/usr/bin/ipmitool`.
///
/// # Panics
/// When it is not there.
pub fn stock() -> PathBuf {
    installed("STOCK_IPMITOOL", &["/usr/bin/ipmitool"])
}

/// OpenIPMI's simulator: `$IPMI_SIM`, or Debian's.
///
/// # Panics
/// When it is not there.
pub fn ipmi_sim() -> PathBuf {
    installed(
        "IPMI_SIM",
        &["/usr/bin/ipmi_sim", "/usr/local/bin/ipmi_sim"],
    )
}

/// A Python that can import pyghmi, as `compat-tests/setup-peers.sh` leaves it below `target/`.
///
/// # Panics
/// When it is not there.
pub fn pyghmi_python() -> PathBuf {
    let ours = workspace().join("target/peers/python/bin/python3");
    installed("PYGHMI_PYTHON", &[&ours.to_string_lossy()])
}

/// A file of one of Debian's packages whose programs call ipmitool, as `compat-tests/setup-peers.sh` unpacks them below
/// `target/`; `$IPMITOOL_CALLERS` names another such directory.
///
/// # Panics
/// When it is not there.
pub fn caller(package: &str, file: &str) -> PathBuf {
    let home = std::env::var_os("IPMITOOL_CALLERS")
        .map_or_else(|| workspace().join("target/peers/callers"), PathBuf::from);
    let path = home.join(package).join(file);
    assert!(
        path.exists(),
        "{} is not there: run compat-tests/setup-peers.sh, or set IPMITOOL_CALLERS",
        path.display()
    );
    path
}

/// QEMU for the Linux guest: `$QEMU`, or Debian's.
///
/// # Panics
/// When it is not there.
pub fn qemu() -> PathBuf {
    installed("QEMU", &["/usr/bin/qemu-system-x86_64"])
}

/// The Linux guest's kernel and initramfs, as `compat-tests/setup-guest.sh` leaves them below `target/`.
///
/// # Panics
/// When they are not there.
pub fn guest() -> (PathBuf, PathBuf) {
    kernel_and_initrd("guest", ["GUEST_KERNEL", "GUEST_INITRD"])
}

/// The same of the guest that drives an IPMI device.
///
/// # Panics
/// When they are not there.
pub fn open_guest() -> (PathBuf, PathBuf) {
    kernel_and_initrd("open-guest", ["OPEN_GUEST_KERNEL", "OPEN_GUEST_INITRD"])
}

fn kernel_and_initrd(guest: &str, variables: [&str; 2]) -> (PathBuf, PathBuf) {
    let home = workspace().join("target/peers").join(guest);
    let [kernel, initrd] = [(variables[0], "vmlinuz"), (variables[1], "initrd.img")]
        .map(|(variable, name)| installed(variable, &[&home.join(name).to_string_lossy()]));
    (kernel, initrd)
}

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let member = Path::new(env!("CARGO_MANIFEST_DIR"));
    member.parent().unwrap_or(member).to_path_buf()
}

fn built(variable: &str, name: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("a test knows its own path");
    // target/debug/deps/test-hash -> target/debug/name; a program of these tests stands beside it already
    let beside = test.parent().expect("a file is in a directory");
    let path = match beside.file_name() {
        Some(deps) if deps == "deps" => beside.with_file_name(name),
        _ => beside.join(name),
    };
    assert!(
        path.exists(),
        "{name} is not built: run `cargo build --workspace` first, or set {variable}"
    );
    path
}

fn installed(variable: &str, places: &[&str]) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return PathBuf::from(path);
    }
    places
        .iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
        .unwrap_or_else(|| {
            panic!("none of {places:?} exists: run compat-tests/setup-peers.sh, or set {variable}")
        })
}
