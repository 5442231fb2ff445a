//! What was typed (`Options`) and what it means ([`Context`]).

pub mod context;
pub mod exit;
pub mod fallback;
pub mod secret;
pub mod verbs;

pub use context::Context;
pub use exit::Exit;
pub use secret::Secret;
