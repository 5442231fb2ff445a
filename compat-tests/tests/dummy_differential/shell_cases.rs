//! Cases of `shell`, `exec`, `set` and `echo`. Lines stand in files, which are run, or typed.

use std::fs;
use std::path::Path;

use compat_tests::dummy::Script;

use crate::cases::same;
use crate::{Case, Expect};

pub fn all(files: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    for (number, text) in FILES.iter().enumerate() {
        let path = files.join(format!("{number}"));
        fs::write(&path, text).unwrap();
        for prefix in ["", "-v ", "-vv ", "-c "] {
            let words = format!("{prefix}exec {}", path.display());
            cases.push(same("exec", &words, machine()));
            let mut case = same("shell", &format!("{prefix}shell"), machine());
            case.typed = Some(path.clone());
            cases.push(case);
        }
    }
    for (number, (text, stdout)) in UNLIKE.iter().enumerate() {
        let path = files.join(format!("unlike{number}"));
        fs::write(&path, text).unwrap();
        let mut case = same("exec", &format!("exec {}", path.display()), machine());
        case.expect = Expect::Unlike {
            stdout: (*stdout).to_owned(),
            stderr: String::new(),
            status: 0,
            why: "stock's words are not what they look like",
        };
        cases.push(case);
    }
    itself(&mut cases, files);
    cases
}

fn words(cases: &mut Vec<Case>) {
    for words in [
        "echo",
        "echo one",
        "echo one two",
        "echo  ",
        "echo help",
        "exec",
        "exec /nonexistent/file",
        "shell",
        "shell help",
        "set",
        "set help",
        "set bogus",
        "set bogus 1",
        "set verbose",
        "set verbose 1",
        "set verbose 99999",
        "set verbose x",
        "set csv",
        "set csv 0",
        "set csv x",
        "set hostname",
        "set hostname h",
        "set host h",
        "set user u",
        "set username u",
        "set pass p",
        "set password p",
        "set authtype md5",
        "set authtype bogus",
        "set privlvl operator",
        "set privlvl bogus",
        "set port 623",
        "set port 65536",
        "set port x",
        "set localaddr 0x30",
        "set localaddr 256",
        "set targetaddr 0x20",
        "set targetaddr x",
        "set targetaddr",
    ] {
        for prefix in ["", "-v ", "-c "] {
            cases.push(same("set, echo", &format!("{prefix}{words}"), machine()));
        }
    }
}

/// A file that runs itself, and a directory.
fn itself(cases: &mut Vec<Case>, files: &Path) {
    let path = files.join("itself");
    fs::write(&path, format!("exec {}\n", path.display())).unwrap();
    let mut case = same("exec", &format!("exec {}", path.display()), machine());
    case.expect = Expect::Unlike {
        stdout: String::new(),
        stderr: "Too many files and shells in each other\n".to_owned(),
        status: 1,
        why: "a file that runs itself kills stock",
    };
    cases.push(case);
}

fn machine() -> Script {
    Script::new()
        .on(0, 1, &[], 0, &[0x21, 0x10, 0x40, 0x70])
        .on(0, 2, &[], 0, &[])
        .on(0, 8, &[], 0, &[])
        .on(6, 1, &[], 0, &[0x20, 1, 2, 3])
        .on(6, 0x37, &[], 0, &[7; 16])
        .on(6, 0x52, &[], 0, &[0x55])
        .on(6, 0x3d, &[], 0, &[1, 5, 1, 2, 4, 0x11])
}

/// Files that are run, and typed.
const FILES: &[&str] = &[
    "nm policy add policy_id 1 power x\ndcmi power bogus\nsdr type list\ndcmi power reading 2_hours\npower status\n",
    "",
    "\n\n",
    "power status\n",
    "power status",
    "power status\npower off\nmc guid\nraw 6 1\n",
    "# a comment\n\npower status # another\n  mc guid\n",
    "bogus\n",
    "bogus\npower status\n",
    "power status\nbogus\n",
    "raw 6 99\n",
    "raw 6 99\npower status\n",
    "raw 6\nraw 6 x\nraw help\npower help\nchassis\n",
    "echo one  two\necho \"one  two\" 'three  four'\necho 'it\"s'\n",
    "echo \"an open quote",
    "echo a\"b",
    "echo 'cut'off\n",
    "\"power\" 'status'\n",
    "power \"status\"\n",
    "  power   status  \n",
    "quit\npower status\n",
    "exit\npower status\n",
    " quit\n",
    "quit now\n",
    "help\n",
    "help me\n",
    "?\n",
    "set\nset help\nset verbose 0\nset csv\nset csv 0\n",
    "set verbose 1\npower status\nset verbose 0\npower status\n",
    "set verbose\nset verbose\npower status\n",
    "set csv 1\nsession info active\nset csv 0\nsession info active\n",
    "set hostname h\nset username u\nset password p\nset privlvl user\nset authtype none\nset port 1\n",
    "set localaddr 0x20\nset targetaddr 0x20\npower status\n",
    "set bogus\nset bogus x\nset port x\nset verbose x\n",
    "exec\nexec /nonexistent/file\n",
    "mc reset cold\n",
    "chassis bootdev pxe\nchassis bootdev pxe help\n",
    "i2c 0x50 1\nraw 6 1\ni2c 0x50\u{20}1 2\n",
    "raw 6\t1\n",
    "power status\r\n",
];

/// Files, and what ours writes.
const UNLIKE: &[(&str, &str)] = &[
    ("echo \"an open quote\n", "an open quote \n"),
    ("echo a\"b\n", "a\"b \n"),
    ("echo \"a~b\"\n", "a~b \n"),
    ("echo a\"b  c\"d\n", "a\"b  c\"d \n"),
];
