//! The committed table of loss, latency and a busy BMC is the one that the present code makes.

use compat_tests::netsim::matrix;

#[test]
fn the_matrix_of_loss_latency_and_busy_is_up_to_date() {
    let path = matrix::path();
    let kept = std::fs::read_to_string(&path).unwrap();
    let made = matrix::page().unwrap();
    let lines = kept.lines().zip(made.lines());
    let changed: Vec<_> = lines.filter(|(kept, made)| kept != made).collect();
    assert!(
        kept == made,
        "run `make matrix`, look at what changed, and commit {}: {changed:#?}",
        path.display()
    );
}
