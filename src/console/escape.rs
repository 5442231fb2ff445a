//! Escape sequences: what `~.` and its kin do, from one table.
//!
//! The table [`ESCAPES`] feeds the parser ([`EscapeParser`]), the `~?` help ([`help`]) and the tests. Sequences, echoed
//! texts and help are those of ipmitool 1.8.19, byte for byte, but for three rows of our own (its `~^X` does announce itself as `~^Z`; its lines end
//! in a bare LF, even in raw mode).

/// What an escape sequence asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// End the console: deactivate the payload, close the session.
    Terminate,
    /// Stop this process, as the terminal's own suspend key would.
    Suspend {
        /// Whether the terminal goes back to raw mode on resume (`~^Z`) or stays as the shell left it (`~^X`).
        raw_again: bool,
    },
    /// Send a serial break.
    Break,
    /// The log on or off.
    Log,
    /// Dates before lines on or off.
    Timestamps,
    /// Show how things stand.
    Status,
    /// Show the list of escapes.
    Help,
}

/// One row of the table of escapes.
#[derive(Clone, Copy, Debug)]
pub struct Escape {
    /// What follows the escape character.
    pub key: Key,
    /// How the key is written in the help.
    pub name: &'static str,
    /// What the help says about it.
    pub help: &'static str,
    /// What is echoed after the escape character when it is typed; empty where nothing is.
    pub echo: &'static str,
    /// What it does; nothing for the doubled escape character, which is just sent once.
    pub action: Option<Action>,
}

/// The key that follows the escape character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// This very byte.
    Byte(u8),
    /// The escape character itself, whichever was chosen.
    EscapeCharacter,
}

/// All escapes, in the order of the help.
pub const ESCAPES: [Escape; 9] = [
    Escape {
        key: Key::Byte(b'.'),
        name: ".",
        help: "terminate connection",
        echo: ". [terminated ipmitool]\n",
        action: Some(Action::Terminate),
    },
    Escape {
        key: Key::Byte(control(b'Z')),
        name: "^Z",
        help: "suspend ipmitool",
        echo: "^Z [suspend ipmitool]\n",
        action: Some(Action::Suspend { raw_again: true }),
    },
    Escape {
        key: Key::Byte(control(b'X')),
        name: "^X",
        help: "suspend ipmitool, but don't restore tty on restart",
        echo: "^Z [suspend ipmitool]\n",
        action: Some(Action::Suspend { raw_again: false }),
    },
    Escape {
        key: Key::Byte(b'B'),
        name: "B",
        help: "send break",
        echo: "B [send break]\n",
        action: Some(Action::Break),
    },
    Escape {
        key: Key::Byte(b'l'),
        name: "l",
        help: "switch the log off or on",
        echo: "l [log]\n",
        action: Some(Action::Log),
    },
    Escape {
        key: Key::Byte(b't'),
        name: "t",
        help: "switch timestamps on or off",
        echo: "t [timestamps]\n",
        action: Some(Action::Timestamps),
    },
    Escape {
        key: Key::Byte(b's'),
        name: "s",
        help: "show status",
        echo: "s [status]\n",
        action: Some(Action::Status),
    },
    Escape {
        key: Key::Byte(b'?'),
        name: "?",
        help: "this message",
        echo: "?\n",
        action: Some(Action::Help),
    },
    Escape {
        key: Key::EscapeCharacter,
        name: "",
        help: "send the escape character by typing it twice",
        echo: "",
        action: None,
    },
];

/// The text that `~?` prints, for this escape character.
pub fn help(escape: u8) -> Vec<u8> {
    let mut text = vec![escape];
    text.extend_from_slice(b"?\n\tSupported escape sequences:\n");
    for row in &ESCAPES {
        text.extend_from_slice(b"\t");
        text.push(escape);
        let width = match row.key {
            Key::Byte(_) => {
                text.extend_from_slice(row.name.as_bytes());
                row.name.len()
            }
            Key::EscapeCharacter => {
                text.push(escape);
                1
            }
        };
        text.extend(std::iter::repeat_n(b' ', 2usize.saturating_sub(width)));
        text.extend_from_slice(b" - ");
        text.extend_from_slice(row.help.as_bytes());
        text.push(b'\n');
    }
    text.extend_from_slice(
        b"\t(Note that escapes are only recognized immediately after newline.)\n",
    );
    text
}

/// What to show on stdout when `action` was typed.
pub fn announcement(escape: u8, action: Action) -> Vec<u8> {
    if action == Action::Help {
        return help(escape);
    }
    let mut text = vec![escape];
    for row in ESCAPES.iter().filter(|row| row.action == Some(action)) {
        text.extend_from_slice(row.echo.as_bytes());
    }
    text
}

/// One result of reading typed bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send these bytes to the console.
    Send(Vec<u8>),
    /// Do this.
    Do(Action),
}

/// Finds escapes in what is typed; keeps its place between reads.
///
/// An escape character counts only at the start and after CR or LF. What follows it and is no escape is sent, escape
/// character included. After an action the parser is still "after newline", so that escapes can follow one another.
#[derive(Clone, Debug)]
pub struct EscapeParser {
    escape: u8,
    after_newline: bool,
    pending: bool,
}

impl EscapeParser {
    /// A parser that stands at the start of a line.
    pub fn new(escape: u8) -> Self {
        Self {
            escape,
            after_newline: true,
            pending: false,
        }
    }

    /// The escape character in use.
    pub fn escape(&self) -> u8 {
        self.escape
    }

    /// Reads typed bytes. At most one byte more is sent than was read, all calls counted together: the escape
    /// character that an earlier call held back. Nothing behind [`Action::Terminate`] is looked at.
    pub fn feed(&mut self, typed: &[u8]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut plain = Vec::new();
        for &byte in typed {
            if self.pending {
                self.pending = false;
                if let Some(action) = self.action(byte) {
                    flush(&mut plain, &mut steps);
                    steps.push(Step::Do(action));
                    if action == Action::Terminate {
                        return steps;
                    }
                    continue;
                }
                if byte != self.escape {
                    plain.push(self.escape);
                }
            } else if self.after_newline && byte == self.escape {
                self.pending = true;
                continue;
            }
            plain.push(byte);
            self.after_newline = byte == b'\r' || byte == b'\n';
        }
        flush(&mut plain, &mut steps);
        steps
    }

    fn action(&self, byte: u8) -> Option<Action> {
        ESCAPES
            .iter()
            .find(|row| row.key == Key::Byte(byte))
            .and_then(|row| row.action)
    }
}

fn flush(plain: &mut Vec<u8>, steps: &mut Vec<Step>) {
    if !plain.is_empty() {
        steps.push(Step::Send(std::mem::take(plain)));
    }
}

const fn control(letter: u8) -> u8 {
    letter - 64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sent(steps: &[Step]) -> Vec<u8> {
        steps
            .iter()
            .flat_map(|step| {
                if let Step::Send(bytes) = step {
                    bytes.clone()
                } else {
                    vec![]
                }
            })
            .collect()
    }

    fn done(steps: &[Step]) -> Vec<Action> {
        steps
            .iter()
            .filter_map(|step| {
                if let Step::Do(action) = step {
                    Some(*action)
                } else {
                    None
                }
            })
            .collect()
    }

    #[test]
    fn help_is_that_of_ipmitool_and_three_rows() {
        let expected = "~?\n\tSupported escape sequences:\n\t~.  - terminate connection\n\t~^Z - suspend ipmitool\n\
            \t~^X - suspend ipmitool, but don't restore tty on restart\n\t~B  - send break\n\t~l  - switch the log off or on\n\t~t  - switch timestamps on or off\n\
            \t~s  - show status\n\t~?  - this message\n\
            \t~~  - send the escape character by typing it twice\n\
            \t(Note that escapes are only recognized immediately after newline.)\n";
        assert_eq!(String::from_utf8(help(b'~')).unwrap(), expected);
        assert_eq!(
            String::from_utf8(help(b'&')).unwrap(),
            expected.replace('~', "&")
        );
    }

    #[test]
    fn every_row_is_recognised_at_the_start_and_after_cr_and_lf_only() {
        for row in &ESCAPES {
            let key = match row.key {
                Key::Byte(byte) => byte,
                Key::EscapeCharacter => b'~',
            };
            for before in ["", "x\r", "x\n", "\r\n"] {
                let typed = [before.as_bytes(), b"~", &[key]].concat();
                let steps = EscapeParser::new(b'~').feed(&typed);
                assert_eq!(
                    done(&steps),
                    row.action.into_iter().collect::<Vec<_>>(),
                    "{row:?} after {before:?}"
                );
                let tail: &[u8] = if row.action.is_none() { b"~" } else { b"" };
                assert_eq!(sent(&steps), [before.as_bytes(), tail].concat());
            }
            let typed = [b"x~".as_slice(), &[key]].concat();
            assert_eq!(
                EscapeParser::new(b'~').feed(&typed),
                [Step::Send(typed.clone())]
            );
        }
    }

    #[test]
    fn announcements_are_those_of_ipmitool() {
        let said = |action| String::from_utf8(announcement(b'~', action)).unwrap();
        assert_eq!(said(Action::Terminate), "~. [terminated ipmitool]\n");
        assert_eq!(
            said(Action::Suspend { raw_again: true }),
            "~^Z [suspend ipmitool]\n"
        );
        assert_eq!(
            said(Action::Suspend { raw_again: false }),
            "~^Z [suspend ipmitool]\n"
        );
        assert_eq!(said(Action::Break), "~B [send break]\n");
        assert!(said(Action::Help).starts_with("~?\n\tSupported"));
    }

    #[test]
    fn an_unknown_escape_passes_both_bytes() {
        assert_eq!(
            EscapeParser::new(b'~').feed(b"~x~."),
            [Step::Send(b"~x~.".to_vec())]
        );
        let mut parser = EscapeParser::new(b'~');
        assert_eq!(
            parser.feed(b"~\r~B"),
            [Step::Send(b"~\r".to_vec()), Step::Do(Action::Break)]
        );
    }

    #[test]
    fn after_an_action_the_next_escape_is_recognised_but_not_after_a_doubled_one() {
        assert_eq!(
            done(&EscapeParser::new(b'~').feed(b"~B~B~.")),
            [Action::Break, Action::Break, Action::Terminate]
        );
        assert_eq!(
            EscapeParser::new(b'~').feed(b"~~~."),
            [Step::Send(b"~~.".to_vec())]
        );
    }

    #[test]
    fn what_stands_before_the_end_is_sent_and_what_stands_behind_is_not() {
        let steps = EscapeParser::new(b'~').feed(b"halt\r~.rm -rf\r");
        assert_eq!(
            steps,
            [Step::Send(b"halt\r".to_vec()), Step::Do(Action::Terminate)]
        );
    }

    #[test]
    fn a_key_of_the_table_can_itself_be_the_escape_character() {
        assert_eq!(
            done(&EscapeParser::new(b'.').feed(b"..")),
            [Action::Terminate]
        );
        assert_eq!(
            EscapeParser::new(b'&').feed(b"~."),
            [Step::Send(b"~.".to_vec())]
        );
    }

    proptest! {
        #[test]
        fn how_reads_are_split_changes_nothing(typed in "[~.B?xrlts\r\n\u{1a}\u{18}]{0,40}", cuts in proptest::collection::vec(0usize..40, 0..6)) {
            let typed = typed.as_bytes();
            let whole = EscapeParser::new(b'~').feed(typed);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(typed.len())).collect();
            cuts.extend([0, typed.len()]);
            cuts.sort_unstable();
            let mut parser = EscapeParser::new(b'~');
            let mut steps = Vec::new();
            for pair in cuts.windows(2) {
                steps.extend(parser.feed(&typed[pair[0]..pair[1]]));
                if done(&steps).contains(&Action::Terminate) {
                    break;
                }
            }
            prop_assert_eq!(sent(&steps), sent(&whole));
            prop_assert_eq!(done(&steps), done(&whole));
        }
    }
}
