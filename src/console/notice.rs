//! One-line notices to the user, in square brackets and apart from the console's own output.

/// A notice as it is written to the terminal. It starts on a line of its own (`mid_line` says that the cursor may
/// stand behind text), and ends lines by CR LF, since raw mode has switched output processing off. What could steer
/// the terminal is removed from the text.
pub fn on_screen(text: &str, mid_line: bool) -> Vec<u8> {
    let start = if mid_line { "\r\n" } else { "" };
    format!("{start}[{}]\r\n", plain(text)).into_bytes()
}

/// The text on one line and without control characters.
pub fn plain(text: &str) -> String {
    let spaced = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c });
    spaced
        .filter(|c| !c.is_control())
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_one_line_in_brackets() {
        assert_eq!(
            on_screen("no answer for 7 s", false),
            b"[no answer for 7 s]\r\n"
        );
        assert_eq!(on_screen("back", true), b"\r\n[back]\r\n");
    }

    #[test]
    fn a_notice_cannot_steer_the_terminal() {
        assert_eq!(
            plain("host\u{1b}[2J \u{9b}1m x\r\ny\u{7f}\n"),
            "host[2J 1m x  y"
        );
    }
}
