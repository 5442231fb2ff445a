//! The manual page that is kept is the one that the tables make.

use compat_tests::manual;
use steadysol::cli::options::OPTIONS;

#[test]
fn the_manual_page_is_up_to_date() {
    let kept = std::fs::read_to_string(manual::path()).unwrap();
    let made = manual::page().unwrap();
    assert!(
        kept == made,
        "run `cargo run -p compat-tests --bin make-man` and commit man/ipmitool.1"
    );
}

#[test]
fn the_manual_page_names_every_option() {
    let page = manual::page().unwrap();
    for option in OPTIONS {
        assert!(page.contains(&format!("\n\\fB\\-{}\\fR", char::from(option.letter))));
    }
}
