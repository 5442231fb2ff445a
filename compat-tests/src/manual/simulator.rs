//! The manual page `man/bmcsim.1`, made from the program's own grammar and the prose in `man/prose/`.

use std::io;
use std::path::PathBuf;

use steadysol::bmcsim::options::command;

use super::{escaped, prose, section};
use crate::binaries::workspace;

/// Where the page is kept.
pub fn path() -> PathBuf {
    workspace().join("man/bmcsim.1")
}

/// The page as it should be.
///
/// # Errors
/// When a file of prose cannot be read.
pub fn page() -> io::Result<String> {
    let mut page = format!(
        ".\\\" Made by `make man` from the program's tables and man/prose/.\n\
         .TH BMCSIM 1 \"\" \"steadysol {}\" \"User Commands\"\n\
         .SH NAME\nbmcsim \\- a BMC to try IPMI clients on\n\
         .SH SYNOPSIS\n.B bmcsim\n[\\fIoption\\fR ...]\n",
        env!("CARGO_PKG_VERSION")
    );
    section(&mut page, "DESCRIPTION", &prose("bmcsim-description")?);
    section(&mut page, "OPTIONS", &options());
    for (title, name) in [
        ("FAULTS", "bmcsim-faults"),
        ("CONTROL SOCKET", "bmcsim-control"),
        ("EXIT STATUS", "bmcsim-status"),
        ("EXAMPLES", "bmcsim-examples"),
    ] {
        section(&mut page, title, &prose(name)?);
    }
    section(&mut page, "SEE ALSO", ".BR ipmitool (1)\n");
    Ok(page)
}

fn options() -> String {
    let mut text = String::new();
    let mut command = command();
    // Only then are --help and --version among them.
    command.build();
    for option in command.get_arguments() {
        let short = option.get_short().map(|short| format!("\\-{short}"));
        let long = option
            .get_long()
            .map(|long| format!("\\-\\-{}", escaped(long)));
        let names: Vec<String> = short.into_iter().chain(long).collect();
        let name = names.join(", ");
        let value = option
            .get_value_names()
            .filter(|_| option.get_action().takes_values());
        let value = value
            .and_then(|names| names.first())
            .map(|name| format!(" \\fI{}\\fR", escaped(name)));
        let help = option
            .get_help()
            .map(|help| escaped(&help.to_string()))
            .unwrap_or_default();
        let default = option
            .get_default_values()
            .iter()
            .map(|value| value.to_string_lossy());
        let default: Vec<_> = default
            .filter(|_| option.get_action().takes_values())
            .collect();
        let default = if default.is_empty() {
            String::new()
        } else {
            format!(" [default: {}]", escaped(&default.join(" ")))
        };
        text.push_str(&format!(
            ".TP\n\\fB{name}\\fR{}\n{help}{default}\n",
            value.unwrap_or_default()
        ));
    }
    text
}
