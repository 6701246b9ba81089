//! Scripts of `tests/oidc` under Node, with the packages that `cargo verify` installs; ended with the test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A script that listens.
pub(crate) struct Node {
    child: Child,
    /// Where it listens, on 127.0.0.1.
    pub(crate) port: u16,
}

impl Node {
    /// Starts a script and waits for its line `listening on 41223`.
    pub(crate) fn start(script: &str) -> Self {
        let mut child = started(script, &[]);
        let output = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let told = lines.find_map(|line| line.strip_prefix("listening on ")?.parse().ok());
        // Whoever prints into a pipe that nobody reads stands still.
        std::thread::spawn(move || lines.for_each(drop));
        Self { port: told.expect("the script listens; what is wrong stands above"), child }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        drop(ended);
    }
}

/// Runs a script to its end; gives the JSON of its last line.
pub(crate) fn told(script: &str, environment: &[(&str, &str)]) -> Value {
    let output = started(script, environment).wait_with_output().expect("its output");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|_| panic!("the script failed ({}): {text}", output.status))
}

/// The script comes on standard input, so that its packages are those of the folder that it runs in.
fn started(script: &str, environment: &[(&str, &str)]) -> Child {
    let packages = packages();
    assert!(
        packages.join("node_modules/oidc-provider").is_dir(),
        "{} has no packages: `cargo verify` installs them; by hand, copy tests/oidc there and run `npm ci` in it",
        packages.display()
    );
    let mut command = node_command();
    command.arg("--input-type=module").current_dir(packages).envs(environment.iter().copied());
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.expect("node starts; `cargo verify` installs it, elsewhere it is Node 20 or newer");
    let written = child.stdin.take().expect("its input").write_all(script.as_bytes());
    written.expect("the script is read");
    child
}

/// Below Cargo's target folder, where `cargo verify` puts them.
fn packages() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a target folder").join("oidc")
}

/// Node, ended by the system when the test program ends, even by a signal.
#[expect(clippy::disallowed_methods, reason = "the tests start other programs; the server starts nothing")]
fn node_command() -> Command {
    if !Path::new("/usr/bin/setpriv").exists() {
        return Command::new("node");
    }
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--pdeathsig", "KILL", "--", "node"]);
    command
}
