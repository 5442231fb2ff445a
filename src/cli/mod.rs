//! What was typed ([`Options`]) and what it means ([`Context`]).

pub mod conceal;
pub mod context;
pub mod dates;
pub mod deviations;
pub mod exit;
pub mod fallback;
pub mod files;
pub mod getopt;
pub mod interpret;
pub mod interruption;
pub mod locale;
pub mod logging;
pub mod number;
pub mod options;
pub mod password_file;
pub mod plan;
pub mod prompt;
pub mod respell;
pub mod secret;
pub mod time;
pub mod typed;
pub mod usage;
pub mod values;
pub mod verbs;
pub mod visible;
pub mod words;
pub mod world;

pub use context::Context;
pub use exit::Exit;
pub use plan::{Plan, plan};
pub use secret::Secret;
pub use typed::Options;
pub use world::Process;
