//! Measures stock's `ipmitool` and ours, and prints a table in Markdown: `bench [--rounds N] [SCENE ...]`.

use std::process::ExitCode;

use compat_tests::bench;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
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
    let all = bench::scenes();
    let unknown = |name: &&String| !all.iter().any(|scene| scene.name == **name);
    if let Some(name) = arguments.iter().find(unknown) {
        let names: Vec<&str> = all.iter().map(|scene| scene.name).collect();
        eprintln!("no scene '{name}': there are {}", names.join(", "));
        return ExitCode::FAILURE;
    }
    let chosen: Vec<bench::Scene> = all
        .into_iter()
        .filter(|scene| arguments.is_empty() || arguments.iter().any(|name| name == scene.name))
        .collect();
    let rows = bench::run(&chosen, rounds, |text| eprintln!("{text}"));
    print!("{}", bench::table(&rows));
    ExitCode::SUCCESS
}
