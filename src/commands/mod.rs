//! One file per ipmitool verb.

use crate::cli::{Context, Exit};

/// Runs the verb that `context.args` names.
pub fn run(context: &Context) -> Exit {
    crate::cli::fallback::hand_over(context)
}
