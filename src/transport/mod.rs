//! Sockets and blocking drivers.
