//! A row for each call, and the comparison.

use std::thread;
use std::time::Duration;

use compat_tests::rig::{Finished, Who};

use crate::stage::{Place, Stage};

/// One way in which `ipmitool` is called and its answer read.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Who calls so.
    caller: &'static str,
    /// Where the caller believes the BMC to be.
    place: Place,
    /// What the BMC's control socket is told before, if anything.
    order: &'static str,
    /// What a shell runs: the call and what the caller makes of its output.
    script: &'static str,
    /// What the caller must find: this is part of what the script prints.
    finds: &'static str,
    /// Why stock's output is another one: a deviation that the manual page lists.
    deviation: Option<&'static str>,
}

/// `caller` runs `script`, which prints something with `finds` in it.
pub const fn call(caller: &'static str, script: &'static str, finds: &'static str) -> Call {
    Call {
        caller,
        place: Place::Remote,
        order: "",
        script,
        finds,
        deviation: None,
    }
}

/// The same of a caller that uses the BMC of the machine it runs on.
pub const fn local(caller: &'static str, script: &'static str, finds: &'static str) -> Call {
    Call {
        place: Place::Local,
        ..call(caller, script, finds)
    }
}

impl Call {
    /// The same, with an order for the BMC before.
    pub const fn after(self, order: &'static str) -> Call {
        Call { order, ..self }
    }

    /// The same, where stock does something else.
    pub const fn unlike_stock(self, why: &'static str) -> Call {
        Call {
            deviation: Some(why),
            ..self
        }
    }
}

/// Runs every row with stock and with ours, in order, each on a BMC of its own.
///
/// # Panics
/// Where exit status, standard output or standard error differ, or ours lacks what the caller must find.
pub fn agree(calls: &'static [Call]) {
    let runs = [Who::Stock, Who::Ours].map(|who| thread::spawn(move || perform(who, calls)));
    let [stock, ours] = runs.map(|run| run.join().expect("a run"));
    let mut complaints = Vec::new();
    for (call, (stock, ours)) in calls.iter().zip(stock.iter().zip(&ours)) {
        let found = ours.stdout.contains(call.finds);
        let differences = differences(stock, ours);
        if !found {
            complaints.push(format!(
                "{}: {}\n  lacks {:?} in {:.500?}",
                call.caller, call.script, call.finds, ours.stdout
            ));
        }
        match call.deviation {
            None if !differences.is_empty() => complaints.push(format!(
                "{}: {}\n{}",
                call.caller,
                call.script,
                differences.join("\n")
            )),
            Some(_) if differences.is_empty() => {
                complaints.push(format!("{}: stock does the same now", call.caller));
            }
            _ => {}
        }
    }
    println!("{} calls, {} differ", calls.len(), complaints.len());
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The statuses, and the first lines of each stream that differ.
fn differences(stock: &Finished, ours: &Finished) -> Vec<String> {
    let mut found = Vec::new();
    if stock.code != ours.code {
        found.push(format!(
            "  status: stock {:?}, ours {:?}",
            stock.code, ours.code
        ));
    }
    for (stream, stock, ours) in [
        ("output", &stock.stdout, ours.stdout.as_str()),
        ("errors", &stock.stderr, ours.stderr.as_str()),
    ] {
        let stock = without_probes(stock);
        if stock == ours {
            continue;
        }
        let [mut theirs, mut mine] = [stock.as_str(), ours].map(|text| text.split('\n'));
        loop {
            let pair = (theirs.next(), mine.next());
            if pair.0 != pair.1 || pair == (None, None) {
                found.push(format!("  {stream}: stock {:?}, ours {:?}", pair.0, pair.1));
                break;
            }
        }
    }
    found
}

/// Without what stock says with -v of things that are not done here: a file read, and questions asked in vain.
fn without_probes(text: &str) -> String {
    let words = [
        "Loading IANA PEN Registry...\n",
        "Running Get VSO Capabilities my_addr 0x20, transit 0, target 0x20\nInvalid completion code received: Invalid command\n",
        "Discovered IPMB address 0x0\n",
    ];
    words
        .iter()
        .fold(text.to_owned(), |text, words| text.replace(words, ""))
}

fn perform(who: Who, calls: &[Call]) -> Vec<Finished> {
    let stage = Stage::set(who);
    calls
        .iter()
        .map(|call| {
            if !call.order.is_empty() {
                stage.bmc.tell(call.order);
            }
            stage.shell(call.place, call.script, PATIENCE)
        })
        .collect()
}

const PATIENCE: Duration = Duration::from_secs(60);
