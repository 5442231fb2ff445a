//! What went wrong, apart from the words that ipmitool puts around it.

use std::fmt;

/// A complaint for standard error; its reason alone is for notices, events and the question what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What stands before the reason.
    pub before: &'static str,
    /// Why, on one line.
    pub why: String,
    /// What stands after it, line feeds among it.
    pub after: String,
}

impl Complaint {
    /// The reason alone.
    pub fn plain(why: impl Into<String>) -> Self {
        Self {
            before: "",
            why: why.into(),
            after: String::new(),
        }
    }

    /// "Error: " and the reason.
    pub fn error(why: impl Into<String>) -> Self {
        Self {
            before: "Error: ",
            ..Self::plain(why)
        }
    }

    /// "Info: " and the reason.
    pub fn info(why: impl Into<String>) -> Self {
        Self {
            before: "Info: ",
            ..Self::plain(why)
        }
    }

    /// With more behind what stands after the reason.
    pub fn and(mut self, after: &str) -> Self {
        self.after += after;
        self
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.before, self.why, self.after)
    }
}
