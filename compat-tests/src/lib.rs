//! Proof of compatibility: the reusable parts that the tests in `tests/` share.
