//! Measures stock's `ipmitool`, FreeIPMI and ours: `bench [--rounds N] [--write] [SCENE ...]`. It prints tables in Markdown;
//! with `--write` it writes `BENCHMARKS.md` and `docs/bench-*.svg` instead.

use std::process::{Command, ExitCode};

use compat_tests::bench::{self, Row};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments
        .iter()
        .any(|word| word == "--help" || word == "-h")
    {
        println!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let mut rounds = 5;
    if let Some(at) = arguments.iter().position(|word| word == "--rounds") {
        let count = arguments.get(at + 1).and_then(|count| count.parse().ok());
        let Some(count @ 1..) = count else {
            eprintln!("--rounds needs a whole number");
            return ExitCode::FAILURE;
        };
        rounds = count;
        arguments.drain(at..=at + 1);
    }
    let before = arguments.len();
    arguments.retain(|word| word != "--write");
    let writes = arguments.len() < before;
    let all = bench::scenes();
    let unknown = |name: &&String| !all.iter().any(|scene| scene.name == **name);
    if let Some(name) = arguments.iter().find(unknown) {
        eprintln!("no scene '{name}': there are {}", names().join(", "));
        return ExitCode::FAILURE;
    }
    let chosen: Vec<bench::Scene> = all
        .into_iter()
        .filter(|scene| arguments.is_empty() || arguments.iter().any(|name| name == scene.name))
        .collect();
    let rows = bench::run(&chosen, rounds, |text| eprintln!("{text}"));
    if !writes {
        print!("{}", bench::table(&rows));
        return ExitCode::SUCCESS;
    }
    match write(&rows, rounds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    format!(
        "usage: bench [--rounds N] [--write] [SCENE ...]\n  \
         --rounds N   measure each scene so often (5)\n  \
         --write      write BENCHMARKS.md and docs/bench-*.svg; else tables in Markdown are printed\n  \
         SCENE        one of {}; without any, all of them",
        names().join(", ")
    )
}

fn names() -> Vec<&'static str> {
    bench::scenes().iter().map(|scene| scene.name).collect()
}

fn write(rows: &[Row], rounds: usize) -> std::io::Result<()> {
    for (file, picture) in bench::charts(rows) {
        std::fs::write(format!("docs/{file}"), picture)?;
    }
    std::fs::write("BENCHMARKS.md", bench::page(rows, &machine(rounds)))
}

/// What the figures hold for.
fn machine(rounds: usize) -> String {
    let said = |program: &str, words: &[&str]| {
        let output = Command::new(program).args(words).output();
        output.map_or_else(
            |_| String::new(),
            |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        )
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("", |(_, model)| model);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(1).unwrap_or("?").to_owned();
    format!(
        "{rounds} round{}, at most. Measured on {}, on a virtual machine with {cores} cores ({model}), Linux {}, that others used at the same time \
         (load {load} at the end).",
        if rounds == 1 { "" } else { "s" },
        said("date", &["-u", "+%Y-%m-%d"]),
        said("uname", &["-r"]),
    )
}
