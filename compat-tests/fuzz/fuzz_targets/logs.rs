#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| compat_tests::fuzz::run("logs", input));
