//! The program itself, as IT starts it: with an environment of its own, and everything that it says.

use std::io::Read as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::ports::free_port;
use crate::world::{KEY, exchange};

/// The program with nothing of our own environment but where to find its libraries.
#[expect(clippy::disallowed_methods, reason = "the tests start the program; the server starts none")]
pub(crate) fn clew(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clew-under-test"));
    command.args(arguments).env_clear().envs(environment.iter().copied()).stdin(Stdio::null());
    command
}

/// Runs to the end; one that does not end by itself within a minute is ended.
pub(crate) fn finish(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = clew(arguments, environment);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    for _ in 0..600 {
        if child.try_wait().expect("a status").is_some() {
            return child.wait_with_output().expect("its output");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().expect("it is ended");
    let said = child.wait_with_output().expect("its output");
    panic!("{arguments:?} goes on instead of ending: {said:?}");
}

/// Exit code and everything on standard error.
pub(crate) fn told(output: &Output) -> (i32, String) {
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What `serve` needs, with the store in `folder`.
pub(crate) fn environment(folder: &Path, port: u16) -> Vec<(String, String)> {
    [
        ("CONFIG_B64_ENCRYPTION_KEY", KEY.to_owned()),
        ("CLEW_DATA", folder.display().to_string()),
        ("CLEW_LISTEN", format!("127.0.0.1:{port}")),
        ("CLEW_EGRESS_ALLOW", "localhost:*, 127.0.0.1:*".to_owned()),
        ("CLEW_PUBLIC_URL", format!("http://localhost:{port}")),
        // A chapter asks faster than any person.
        ("CLEW_CALLS_PER_SECOND", "100000".to_owned()),
        ("CLEW_LOCAL_SECOND_FACTOR", "nobody".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The same with some of it changed; an empty value takes a setting away.
pub(crate) fn changed<'a>(
    environment: &'a [(String, String)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept = kept.filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
}

/// A folder for one server: its output, and the store in a folder of its own.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: PathBuf,
    pub(crate) port: u16,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("data");
        std::fs::create_dir(&store).expect("a folder");
        Self { folder, store, port: free_port() }
    }

    /// Starts `clew serve` here, with some settings changed.
    pub(crate) async fn serve(&self, changes: &[(&str, &str)]) -> Serving {
        let base = environment(&self.store, self.port);
        Serving::start(self.folder.path(), self.port, &changed(&base, changes)).await
    }
}

/// Sends a signal to a process.
#[expect(clippy::disallowed_methods, reason = "signals are sent by the system's own program: no unsafe code here")]
pub(crate) fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status().expect("kill");
    assert!(sent.success());
}

/// A running `clew serve`, ended when it goes.
pub(crate) struct Serving {
    child: Option<Child>,
    output: std::fs::File,
    file: std::path::PathBuf,
    peak: OnceLock<Arc<AtomicU64>>,
}

fn resident_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Says that something was left out, and why. Not by a macro: what a passing test prints is hidden.
pub(crate) fn not_run(what: &str, why: &str) {
    drop(writeln!(std::io::stderr(), "{what}: not run, {why}"));
}

impl Serving {
    /// Starts it and waits until it answers; both of its outputs go to a file in `folder`.
    pub(crate) async fn start(folder: &Path, port: u16, environment: &[(&str, &str)]) -> Self {
        Self::start_by(clew(&["serve"], environment), folder, port).await
    }

    /// The same by a command of one's own.
    pub(crate) async fn start_by(command: Command, folder: &Path, port: u16) -> Self {
        let serving = Self::listening_by(command, folder, port).await;
        let ready = format!("GET /readyz HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
        assert_eq!(exchange(port, ready.as_bytes()).await.status, 200);
        serving
    }

    /// Starts it and waits until it listens.
    pub(crate) async fn listening_by(mut command: Command, folder: &Path, port: u16) -> Self {
        let file = folder.join("output.txt");
        let output = std::fs::File::create(&file).expect("a file");
        let both = [output.try_clone().expect("a file"), output.try_clone().expect("a file")];
        let [out, err] = both.map(Stdio::from);
        let child = command.stdout(out).stderr(err).spawn().expect("the program starts");
        let mut serving = Self { child: Some(child), output, file, peak: OnceLock::new() };
        for _ in 0..1_200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let ended = serving.child.as_mut().and_then(|child| child.try_wait().expect("a status"));
            assert!(ended.is_none(), "it ended: {ended:?} {}", serving.said());
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return serving;
            }
        }
        panic!("it does not answer: {}", serving.said());
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.as_ref().expect("a running program").id()
    }

    /// The most memory that it has used since it was asked last, in KiB, as far as a look every millisecond sees it: the
    /// kernel's own mark can be set back by root alone, because the program keeps its memory to itself.
    pub(crate) fn peak_kib(&self) -> u64 {
        let peak = self.peak.get_or_init(|| {
            let (peak, process) = (Arc::new(AtomicU64::new(0)), self.process());
            let seen = peak.clone();
            std::thread::spawn(move || {
                while let Some(kib) = resident_kib(process) {
                    seen.fetch_max(kib, Ordering::AcqRel);
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
            peak
        });
        let now = resident_kib(self.process()).expect("a running program");
        peak.swap(now, Ordering::AcqRel).max(now)
    }

    /// Everything that it has said so far.
    pub(crate) fn said(&self) -> String {
        let mut text = String::new();
        let mut file = std::fs::File::open(&self.file).expect("its output");
        file.read_to_string(&mut text).expect("text");
        text
    }

    /// Waits until it ends by itself; gives its exit code and everything that it said.
    pub(crate) async fn ended(mut self) -> (i32, String) {
        let mut child = self.child.take().expect("a running program");
        for _ in 0..600 {
            if let Some(status) = child.try_wait().expect("a status") {
                return (status.code().unwrap_or(-1), self.said());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.child = Some(child);
        panic!("it goes on: {}", self.said());
    }

    /// Sends it a signal, such as `TERM`.
    #[expect(clippy::disallowed_methods, reason = "signals are sent by the system's own program: no unsafe code here")]
    pub(crate) fn signal(&self, name: &str) {
        let process = self.process().to_string();
        assert!(Command::new("kill").args(["-s", name, &process]).status().expect("kill").success());
    }

    /// Ends it in order, by SIGTERM; gives everything that it said.
    pub(crate) fn end(mut self) -> String {
        self.signal("TERM");
        let mut child = self.child.take().expect("a running program");
        let status = child.wait().expect("a status");
        assert!(status.success(), "it ended in order: {status} {}", self.said());
        self.output.sync_all().expect("written");
        self.said()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let killed = child.kill().and_then(|()| child.wait().map(|_| ()));
            drop(killed);
        }
    }
}
