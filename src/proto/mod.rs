//! The client core, sans-IO.
