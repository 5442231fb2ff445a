//! Fields on one line, or with `-v` a labelled line for each.

use std::fmt::Display;

use crate::commands::Desk;
use crate::ipmi::names::Table;

use super::words::Kind;

/// Where fields are written one after the other.
pub(super) struct Sheet {
    labelled: bool,
    first: bool,
}

impl Sheet {
    pub(super) fn new(desk: &Desk<'_>) -> Self {
        Self {
            labelled: desk.context.verbose > 0,
            first: true,
        }
    }

    /// A field.
    pub(super) fn field(&mut self, label: &str, value: impl Display, desk: &mut Desk<'_>) {
        self.bytes(label, value.to_string().as_bytes(), desk);
    }

    /// A field that need not be UTF-8.
    pub(super) fn bytes(&mut self, label: &str, value: &[u8], desk: &mut Desk<'_>) {
        let output = &mut *desk.output;
        if self.labelled {
            output.print(format_args!("{label:<24} : "));
            output.bytes(value);
            output.print(format_args!("\n"));
        } else {
            output.print(format_args!("{}", if self.first { " " } else { " | " }));
            output.bytes(value);
        }
        self.first = false;
    }

    /// The names of the bits that are set, or with labels what each bit says.
    pub(super) fn flags(&mut self, table: Table, kind: Kind, bits: u8, desk: &mut Desk<'_>) {
        if self.labelled {
            for (bit, name) in table {
                let text = kind.text(bits & bit != 0);
                desk.output.line(format_args!("{name:<24} : {text}"));
            }
            return;
        }
        let set: Vec<&str> = table
            .iter()
            .filter(|(bit, _)| bits & bit != 0)
            .map(|(_, name)| *name)
            .collect();
        if !set.is_empty() {
            desk.output.print(format_args!(" | {}", set.join(",")));
        }
    }

    /// The end of what belongs together.
    pub(super) fn end(self, desk: &mut Desk<'_>) {
        desk.output.print(format_args!("\n"));
    }
}
