//! What the user sees: the console's output, and notices that do not get into it.

use super::notice;
use super::output::Output;

/// Output and notices.
#[derive(Debug)]
pub struct Screen {
    /// Where the console's output goes.
    pub output: Output,
    notices: Notices,
    mid_line: bool,
}

/// Where notices are shown.
#[derive(Debug)]
pub enum Notices {
    /// Nowhere: they are only logged.
    Log,
    /// On the screen that shows the output too, in order with it.
    BesideOutput,
    /// On a screen of their own.
    Apart(Output),
}

impl Screen {
    /// A screen on which nothing stands yet.
    pub fn new(output: Output, notices: Notices) -> Self {
        Self {
            output,
            notices,
            mid_line: false,
        }
    }

    /// Shows console output, or stock's own texts, as they are.
    pub fn show(&mut self, bytes: Vec<u8>) {
        if let Some(&last) = bytes.last() {
            self.mid_line = last != b'\n' && !bytes.ends_with(b"\n\r");
            self.output.write(bytes);
        }
    }

    /// Begins a new line on a terminal, if the cursor may stand behind text.
    pub fn end_line(&mut self) {
        if std::mem::take(&mut self.mid_line) {
            self.output.write(b"\r\n".to_vec());
        }
    }

    /// Shows a line that is not console output; never in a script's capture.
    pub fn notice(&mut self, text: &str) {
        match &self.notices {
            Notices::Log => log::info!("{}", notice::plain(text)),
            Notices::BesideOutput => {
                let line = notice::on_screen(text, self.mid_line);
                self.output.write_beside(line);
                self.mid_line = false;
            }
            // Nobody needs more notices than a screen that stands still can show.
            Notices::Apart(screen) if screen.pending() < NOTICE_LIMIT => {
                screen.write(notice::on_screen(text, false));
            }
            Notices::Apart(_) => {}
        }
    }

    /// The same for what must not go unseen: where notices are shown nowhere, it stands on standard error as it is.
    pub fn warn(&mut self, text: &str) {
        match self.notices {
            Notices::Log => {
                let line = notice::plain(text) + "\n";
                self.output.write_beside(line.into_bytes());
            }
            _ => self.notice(text),
        }
    }

    /// Waits a moment for notices on a screen of their own; the output is waited for by its owner.
    pub fn drain_notices(&self) {
        if let Notices::Apart(screen) = &self.notices {
            screen.drain(super::FLUSH_PATIENCE);
        }
    }
}

/// Bytes of notices that may wait for a screen that stands still.
const NOTICE_LIMIT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::bell::Ringer;
    use std::fs::File;
    use std::io::Read;
    use std::time::Duration;

    fn output() -> (File, Output) {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        let output = Output::start(writer.try_clone().unwrap(), writer, Ringer::default()).unwrap();
        (reader.into(), output)
    }

    fn shown(mut reader: File, screen: Screen) -> String {
        screen.output.drain(Duration::from_secs(5));
        screen.drain_notices();
        drop(screen);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_captured_output_holds_no_notice() {
        for apart in [false, true] {
            let (capture, captured) = output();
            let (beside, notices) = output();
            let notices = if apart {
                Notices::Apart(notices)
            } else {
                Notices::Log
            };
            let mut screen = Screen::new(captured, notices);
            screen.show(b"booting".to_vec());
            screen.notice("quiet for 7 s");
            screen.show(b" on\r\n".to_vec());
            assert_eq!(shown(capture, screen), "booting on\r\n");
            if apart {
                let mut line = vec![0; 17];
                { beside }.read_exact(&mut line).unwrap();
                assert_eq!(line, b"[quiet for 7 s]\r\n");
            }
        }
    }

    #[test]
    fn a_warning_is_seen_where_notices_are_not() {
        let (reader, both) = output();
        let mut screen = Screen::new(both, Notices::Log);
        screen.notice("quiet for 7 s");
        screen.warn("disk full");
        assert_eq!(shown(reader, screen), "disk full\n");
    }

    #[test]
    fn a_notice_never_runs_into_a_line_of_output() {
        let (reader, both) = output();
        let mut screen = Screen::new(both, Notices::BesideOutput);
        for text in ["a\r\n", "b\n\r", "c"] {
            screen.show(text.into());
            screen.notice("n");
        }
        assert_eq!(
            shown(reader, screen),
            "a\r\n[n]\r\nb\n\r[n]\r\nc\r\n[n]\r\n"
        );
    }
}
