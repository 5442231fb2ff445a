//! Cipher suites, keys, seal and open.
