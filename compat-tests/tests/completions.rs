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
            !made.contains("@\n") && !made.contains("@'"),
            "a part was left out"
        );
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
        let offered = String::from_utf8(done.stdout).unwrap();
        assert_eq!(
            sorted(offered.split_whitespace()),
            sorted(wanted.split_whitespace()),
            "{typed}"
        );
    }
}

#[test]
fn zsh_and_fish_complete_what_bash_completes() {
    let home = workspace().join("packaging/completions");
    let (home, fish) = (
        home.display().to_string(),
        "source packaging/completions/ipmitool.fish; complete -C $argv[1]",
    );
    let driver = "compat-tests/peers/zsh-completions";
    for (typed, wanted) in [
        ("ipmitool cha", "chassis channel"),
        ("ipmitool -I lanp", "lanplus"),
        ("ipmitool -vI lanp", "lanplus"),
        ("ipmitool -I lanplus -H bmc chassis power s", "status soft"),
        (
            "ipmitool chassis -I lanplus -v bootdev pxe ",
            "options= clear-cmos=",
        ),
        ("ipmitool lan set 1 vlan ", "id priority"),
        ("ipmitool sol s", "set"),
        ("ipmitool sol activate keepalive=5 for", "force for="),
        ("ipmitool -L ADM", "ADMINISTRATOR"),
        ("ipmitool sdr dump Cargo.t", "Cargo.toml"),
        ("ipmitool -f Cargo.t", "Cargo.toml"),
        ("ipmitool chassis power on ", ""),
    ] {
        for (shell, words) in [
            ("zsh", ["-f", driver, &home, typed]),
            ("fish", ["--no-config", "-c", fish, typed]),
        ] {
            let done = Command::new(shell)
                .args(words)
                .current_dir(workspace())
                .output()
                .unwrap();
            let offered = String::from_utf8(done.stdout).unwrap();
            // Behind a tab fish tells what a word is.
            let offered = offered.lines().map(|line| line.split('\t').next());
            let offered = offered.flatten().flat_map(str::split_whitespace);
            assert_eq!(
                sorted(offered),
                sorted(wanted.split_whitespace()),
                "{shell}: {typed}"
            );
        }
    }
}

fn sorted<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut words: Vec<_> = words.collect();
    words.sort_unstable();
    // zsh tries files in two ways.
    words.dedup();
    words
}
