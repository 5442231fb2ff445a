//! Programs that call `ipmitool`, with stock's and with ours: the same answers.
//!
//! [`programs`] runs the real ones, as far as they can be had; [`calls`] has the command lines and the patterns of
//! many more, each as a few words of shell; [`stage`] gives either `ipmitool` a BMC of its own.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod calls;
mod programs;
mod stage;
mod table;

use table::agree;

#[test]
fn those_that_switch_machines_on_and_off_see_what_they_saw() {
    agree(calls::power::CALLS);
}

#[test]
fn those_that_watch_sensors_see_what_they_saw() {
    agree(calls::monitoring::CALLS);
}

#[test]
fn those_that_read_logs_and_inventories_see_what_they_saw() {
    agree(calls::inventory::CALLS);
}

#[test]
fn those_that_set_networks_and_users_see_what_they_saw() {
    agree(calls::configuration::CALLS);
}

#[test]
fn those_that_explain_failures_see_what_they_saw() {
    agree(calls::errors::CALLS);
}

#[test]
fn scripts_from_public_repositories_see_what_they_saw() {
    agree(calls::scripts::CALLS);
}

#[test]
fn those_that_provision_and_burn_in_see_what_they_saw() {
    agree(calls::field::CALLS);
}
