//! Handing a command line to another `ipmitool`: for verbs that are not built in, and interfaces that are not.
//!
//! The program is replaced (exec), its arguments are those typed, so an alias to this binary breaks nothing. Every
//! binary that took part is remembered in an environment variable and not asked again, so that neither two copies
//! of this program nor a wrapper script around it can call each other for ever.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{AccessFlags, access};

use super::context::Context;
use super::exit::Exit;
use super::verbs;

/// Replaces this process by the next `ipmitool`, arguments untouched; where there is none, says what to install.
///
/// Returns only when that failed.
pub fn hand_over(context: &Context) -> Exit {
    let verb = context.args.first().map(OsString::as_os_str);
    hand_over_argv(&context.argv.0, verb)
}

/// [`hand_over`] for a command line that was not interpreted: `argv` has the program name first, `verb` is its first
/// operand.
pub fn hand_over_argv(argv: &[OsString], verb: Option<&OsStr>) -> Exit {
    let visited = Visited::from_environment();
    match find(&visited) {
        Ok(next) => replace_process(&next, &visited, argv),
        Err(missing) => {
            let text = match verb {
                None => format!("No command provided!\n{}", verbs::listing()),
                Some(verb) if !verbs::is_known(verb) => {
                    format!(
                        "Invalid command: {}\n{}",
                        verb.to_string_lossy(),
                        verbs::listing()
                    )
                }
                Some(verb) => format!(
                    "ipmitool: {} is handed to the stock ipmitool, but {missing}\n",
                    verb.to_string_lossy()
                ),
            };
            // Where even standard error is gone there is nobody left to tell.
            let _ = io::stderr().write_all(text.as_bytes());
            Exit::Failure
        }
    }
}

/// The next `ipmitool` as a child process, to be given its arguments.
///
/// # Errors
///
/// What is missing.
pub fn child() -> Result<Command, String> {
    let visited = Visited::from_environment();
    let next = find(&visited)?;
    let mut command = Command::new(&next.path);
    command.env(VISITED, visited.with(next.identity));
    Ok(command)
}

/// Another `ipmitool`, and who it is.
#[derive(Debug)]
struct Next {
    path: PathBuf,
    identity: Identity,
}

/// A file, whatever its name: device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Symbolic links are followed.
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// The binaries that this command line has already been through, oldest first.
#[derive(Debug, Default)]
struct Visited(Vec<Identity>);

impl Visited {
    /// What the environment says, and this very program.
    fn from_environment() -> Self {
        let mut visited = Self::parse(&env::var(VISITED).unwrap_or_default());
        visited
            .0
            .extend(Identity::of(Path::new("/proc/self/exe")).ok());
        visited
    }

    fn parse(text: &str) -> Self {
        let pair = |word: &str| {
            let (device, inode) = word.split_once(':')?;
            Some(Identity {
                device: device.parse().ok()?,
                inode: inode.parse().ok()?,
            })
        };
        Self(text.split(',').filter_map(pair).collect())
    }

    fn with(&self, next: Identity) -> String {
        let words = self
            .0
            .iter()
            .chain([&next])
            .map(|id| format!("{}:{}", id.device, id.inode));
        words.collect::<Vec<_>>().join(",")
    }

    fn contains(&self, identity: Identity) -> bool {
        self.0.contains(&identity)
    }
}

/// `$IPMITOOL_FALLBACK` where it is set, else the first of [`NAMES`] on `PATH` that was not visited; or what is missing.
fn find(visited: &Visited) -> Result<Next, String> {
    match env::var_os(FALLBACK).filter(|path| !path.is_empty()) {
        Some(named) => named_fallback(Path::new(&named), visited),
        None => next_on_path(&env::var_os("PATH").unwrap_or_default(), visited).ok_or_else(|| {
            format!(
                "there is no other ipmitool on PATH: install it (Debian: apt install ipmitool) \
                 or set {FALLBACK} to its path"
            )
        }),
    }
}

fn named_fallback(path: &Path, visited: &Visited) -> Result<Next, String> {
    match executable(path) {
        None => Err(format!(
            "{FALLBACK}={} is not an executable file: set it to the stock ipmitool's path",
            path.display()
        )),
        Some(next) if visited.contains(next.identity) => Err(format!(
            "{FALLBACK}={} leads back to this program: set it to the stock ipmitool's path",
            path.display()
        )),
        Some(next) => Ok(next),
    }
}

fn next_on_path(path: &OsStr, visited: &Visited) -> Option<Next> {
    NAMES.iter().find_map(|name| {
        env::split_paths(path)
            .filter_map(|directory| executable(&directory.join(name)))
            .find(|next| !visited.contains(next.identity))
    })
}

fn executable(path: &Path) -> Option<Next> {
    let runnable = path.is_file() && access(path, AccessFlags::X_OK).is_ok();
    let identity = runnable.then(|| Identity::of(path).ok()).flatten()?;
    Some(Next {
        path: path.to_path_buf(),
        identity,
    })
}

/// Stock prints its own name in some messages: it keeps the one typed, unless that is an alias of ours.
fn name_for(typed: Option<&OsString>) -> OsString {
    typed
        .filter(|name| Path::new(name).file_name() == Some(OsStr::new("ipmitool")))
        .cloned()
        .unwrap_or_else(|| OsString::from("ipmitool"))
}

fn replace_process(next: &Next, visited: &Visited, argv: &[OsString]) -> Exit {
    let _ = io::stdout().flush();
    let error = Command::new(&next.path)
        .arg0(name_for(argv.first()))
        .args(argv.iter().skip(1))
        .env(VISITED, visited.with(next.identity))
        .exec();
    let _ = writeln!(
        io::stderr(),
        "ipmitool: {} could not be run: {error}",
        next.path.display()
    );
    Exit::Failure
}

/// What another `ipmitool` is called: its own name, before the name to which our Debian package diverts it.
const NAMES: [&str; 2] = ["ipmitool", "ipmitool.stock"];

/// Names the binary to hand over to.
pub const FALLBACK: &str = "IPMITOOL_FALLBACK";

/// Who has seen this command line: `device:inode` pairs, separated by commas.
const VISITED: &str = "STEADYSOL_VISITED";

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn directory(name: &str) -> PathBuf {
        let path =
            env::temp_dir().join(format!("steadysol-fallback-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }

    fn program(directory: &Path) -> PathBuf {
        let path = directory.join("ipmitool");
        fs::write(&path, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn the_next_ipmitool_is_one_that_was_not_visited_under_any_name() {
        let (first, second, third) = (directory("a"), directory("b"), directory("c"));
        let us = program(&first);
        symlink(&us, second.join("ipmitool")).unwrap();
        let stock = program(&third);
        let path = env::join_paths([&first, &second, &third]).unwrap();

        let mut visited = Visited(vec![Identity::of(&us).unwrap()]);
        assert_eq!(next_on_path(&path, &visited).unwrap().path, stock);
        visited.0.push(Identity::of(&stock).unwrap());
        assert!(next_on_path(&path, &visited).is_none());
        for each in [first, second, third] {
            fs::remove_dir_all(each).unwrap();
        }
    }

    #[test]
    fn a_diverted_ipmitool_is_found_beside_us() {
        let folder = directory("diverted");
        let us = program(&folder);
        let diverted = folder.join("ipmitool.stock");
        fs::rename(program(&directory("elsewhere")), &diverted).unwrap();
        let visited = Visited(vec![Identity::of(&us).unwrap()]);
        let found = next_on_path(folder.as_os_str(), &visited).unwrap();
        assert_eq!(found.path, diverted);
        for each in [folder, directory("elsewhere")] {
            fs::remove_dir_all(each).unwrap();
        }
    }

    #[test]
    fn the_visited_list_survives_the_environment_and_nonsense_in_it() {
        let next = Identity {
            device: 3,
            inode: 4,
        };
        let text = Visited::parse("1:2,,x:y,99").with(next);
        assert_eq!(text, "1:2,3:4");
        assert!(Visited::parse(&text).contains(next));
    }
}
