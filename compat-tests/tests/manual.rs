//! The manual page that is kept is the one that the tables make.

use compat_tests::manual::{self, simulator};
use steadysol::cli::options::OPTIONS;

#[test]
fn the_manual_pages_are_up_to_date() {
    let pages = [
        (manual::path(), manual::page()),
        (simulator::path(), simulator::page()),
    ];
    for (path, made) in pages {
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(
            kept == made.unwrap(),
            "run `make man` and commit {}",
            path.display()
        );
    }
}

#[test]
fn the_manual_page_names_every_option() {
    let page = manual::page().unwrap();
    for option in OPTIONS {
        assert!(page.contains(&format!("\n\\fB\\-{}\\fR", char::from(option.letter))));
    }
}
