//! Everything that must hold before a change is merged, with a time per step.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::steps::Steps;
use crate::{Outcome, licences, machine, shell, sizes, web};

/// The server as it ships and as the browser tests meet it: with the page inside.
const FEATURES: [&str; 2] = ["--features", "server/embedded-ui"];

/// The tests, by what they need: nothing, servers and databases, and a browser besides. Each says which targets Cargo takes
/// and which tests of them; the first takes every target that is not the specification's.
const TESTS: [(&str, &[&str]); 3] = [
    ("unit and screen tests", &["--exclude", "specification"]),
    ("specification", &["--test", "spec", "--", "--skip", "browser::"]),
    ("browser", &["--test", "spec", "--", "browser::"]),
];

/// Totals of all test programs of a run.
#[derive(Default)]
struct Totals {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// Questions about real data that were asked; none where there are no real data.
    asked: u64,
}

pub(crate) fn run() -> Outcome {
    let mut steps = Steps::default();
    let mut totals = Totals::default();
    if !steps.run("machine", || machine::ready_to_build().and_then(|()| machine::ready_to_test())) {
        return steps.summary();
    }
    steps.run("format", || shell::cargo(&["fmt", "--all", "--check"]));
    steps.run("clippy, wasm", clippy_wasm);
    if steps.run("web", || web::build(web::Profile::Web)) {
        steps.run("sizes", sizes::check);
        steps.run("clippy, host", clippy_host);
        for (name, words) in TESTS {
            steps.run(name, || test(words, &mut totals));
        }
    } else {
        for name in ["sizes", "clippy, host"].into_iter().chain(TESTS.map(|(name, _)| name)) {
            steps.skip(name, "the page was not built");
        }
    }
    steps.run("licences", licences::check);
    let outcome = steps.summary();
    println!("{} passed, {} failed, {} skipped", totals.passed, totals.failed, totals.ignored);
    println!("{} questions about real data asked", totals.asked);
    outcome
}

fn clippy_wasm() -> Outcome {
    let packages = ["--package", "ui", "--package", "worker", "--package", "exchange"];
    let what = ["clippy", "--lib", "--target", "wasm32-unknown-unknown"];
    shell::cargo(&[&what[..], &packages, &["--", "-D", "warnings"]].concat())
}

fn clippy_host() -> Outcome {
    let words = [&["clippy", "--workspace", "--all-targets"], &FEATURES[..], &["--", "-D", "warnings"]].concat();
    shell::run(shell::cargo_command().args(words).env("CLEW_WEB_DIR", web::folder()?))
}

fn test(words: &[&str], totals: &mut Totals) -> Outcome {
    let before = totals.passed;
    let words = [&["test", "--workspace", "--no-fail-fast"], &FEATURES[..], words].concat();
    let mut command = shell::cargo_command();
    // Golden files are compared here and never written.
    command.args(words).env("CLEW_WEB_DIR", web::folder()?).env("INSTA_UPDATE", "no");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // What a test says on its own, beside what the test programs count.
    let said = child.stderr.take().map(|stderr| std::thread::spawn(move || asked_of(BufReader::new(stderr))));
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        let line = line?;
        totals.count(&line);
        println!("{line}");
    }
    let status = child.wait()?;
    totals.asked += said.and_then(|said| said.join().ok()).unwrap_or(0);
    if totals.passed == before {
        return Err("no test ran".into());
    }
    if status.success() { Ok(()) } else { Err(format!("tests failed ({status})").into()) }
}

/// Shows every line, and adds up the questions of lines like `real data: 3 questions asked`.
fn asked_of(said: impl BufRead) -> u64 {
    let mut asked = 0;
    for line in said.lines().map_while(Result::ok) {
        asked += line.strip_prefix("real data: ").and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or(0);
        eprintln!("{line}");
    }
    asked
}

impl Totals {
    /// Adds the numbers of a line like `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out`.
    fn count(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return;
        };
        for part in counts.split("; ") {
            let Some((number, word)) = part.split_once(' ') else { continue };
            let number = number.parse().unwrap_or(0);
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Totals, asked_of};

    #[test]
    fn the_totals_add_up_what_the_test_programs_say() {
        let mut totals = Totals::default();
        for line in [
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s",
            "test a_test_result: ok",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        ] {
            totals.count(line);
        }
        assert_eq!((totals.passed, totals.failed, totals.ignored), (14, 3, 1));
    }

    #[test]
    fn questions_about_real_data_are_counted_where_they_were_asked() {
        let said = "warning: real data: 9\nreal data: 3 questions asked and answered as recorded, of 5\n";
        assert_eq!(asked_of(said.as_bytes()), 3);
        assert_eq!(asked_of("real data: 0 questions asked, not run: CLEW_REAL_DATA is not set\n".as_bytes()), 0);
    }
}
