//! The completions that are kept are those that the tables make, and a shell completes with them.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use compat_tests::binaries::workspace;
use compat_tests::completions;

#[test]
fn the_completions_are_up_to_date() {
    for (path, made) in completions::all().unwrap() {
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == made,
            "run `make completions` and commit {}",
            path.display()
        );
    }
}

#[test]
fn bash_completes_verbs_words_values_and_files_wherever_the_options_stand() {
    for (typed, wanted) in [
        ("ipmitool cha", "chassis channel"),
        ("ipmitool -I lanp", "lanplus"),
        ("ipmitool -vI lanp", "lanplus"),
        ("ipmitool -I lanplus -H bmc chassis power s", "status soft"),
        ("ipmitool chassis -v bootdev pxe ''", "options= clear-cmos="),
        ("ipmitool lan set 1 vlan ''", "id priority"),
        ("ipmitool sol activate keepalive = 5 for", "force for="),
        ("ipmitool -L ADM", "ADMINISTRATOR"),
        ("ipmitool -k cha", ""),
        ("ipmitool sdr dump Cargo.t", "Cargo.toml"),
        ("ipmitool -f Cargo.t", "Cargo.toml"),
        ("ipmitool mc getsysinfo os", "os_name"),
        ("ipmitool chassis power on ''", ""),
    ] {
        // compopt complains of being called by hand.
        let script = format!(
            "source packaging/completions/ipmitool.bash; COMP_WORDS=({typed}); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _ipmitool 2>/dev/null; echo \"${{COMPREPLY[*]}}\""
        );
        let done = Command::new("bash")
            .args(["--norc", "-c", &script])
            .current_dir(workspace())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&done.stderr), "", "{typed}");
        let mut found: Vec<String> = String::from_utf8(done.stdout)
            .unwrap()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let mut wanted: Vec<&str> = wanted.split_whitespace().collect();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{typed}");
    }
}
