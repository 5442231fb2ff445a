//! The BMC, sans-IO: sessions, queue, SOL, console log, repositories, personality.
