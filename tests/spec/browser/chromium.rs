//! Chromium and its driver: started on a free port with a profile of their own, ended with the test.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities as _, LoggingPrefsLogLevel, WebDriver};

/// No sandbox: tests run as root in containers. No network but the server's: nothing is updated, synchronised, reported.
/// The pipe ties the browser to its driver: it ends when the driver ends, however that comes about.
const FLAGS: [&str; 14] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-pipe",
];

/// A running driver with the browser's profile.
pub(super) struct Chromium {
    driver: Child,
    port: u16,
    profile: TempDir,
}

impl Chromium {
    /// Starts the driver; the browser starts with [`Self::open`].
    pub(super) fn start() -> Self {
        let mut driver = driver_command()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts; `cargo verify` installs it, elsewhere it is the package chromium-driver");
        let output = driver.stdout.take().expect("its output");
        let port = port_of(BufReader::new(output).lines().map_while(Result::ok));
        Self { driver, port, profile: tempfile::tempdir().expect("a folder") }
    }

    /// Opens a window; files that the page saves go to `downloads`.
    pub(super) async fn open(&self, downloads: &Path, flags: &[&str]) -> WebDriver {
        // The server installs one too when it comes first; both are the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut wanted = ChromeCapabilities::new();
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        for flag in FLAGS.iter().chain(flags).copied().chain([profile.as_str()]) {
            wanted.add_arg(flag).expect("a flag");
        }
        if let Some(program) = program() {
            wanted.set_binary(&program).expect("a program");
        }
        let saving = serde_json::json!({
            "download.default_directory": downloads, "download.prompt_for_download": false,
            "credentials_enable_service": false, "profile.password_manager_leak_detection": false,
        });
        wanted.add_experimental_option("prefs", saving).expect("settings");
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All).expect("a log");
        WebDriver::new(format!("http://127.0.0.1:{}", self.port), wanted).await.expect("Chromium starts")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let ended = self.driver.kill().and_then(|()| self.driver.wait());
        drop(ended);
    }
}

/// The driver, ended by the system when the test program ends, even by a signal.
#[expect(clippy::disallowed_methods, reason = "the tests start the browser; the server starts nothing")]
fn driver_command() -> Command {
    let mut command = if Path::new("/usr/bin/setpriv").exists() {
        let mut command = Command::new("/usr/bin/setpriv");
        command.args(["--pdeathsig", "KILL", "--", "chromedriver"]);
        command
    } else {
        Command::new("chromedriver")
    };
    command.arg("--port=0").stdin(Stdio::null());
    command
}

/// `CLEW_CHROMIUM`, or where Debian puts the program itself; the script in front of it would hide its end from the driver.
#[expect(
    clippy::disallowed_methods,
    reason = "where the browser lies is the machine's affair, not a setting of the server"
)]
fn program() -> Option<String> {
    let debian = "/usr/lib/chromium/chromium";
    let known = || Path::new(debian).exists().then(|| debian.to_owned());
    std::env::var("CLEW_CHROMIUM").ok().or_else(known)
}

/// Reads `ChromeDriver was started successfully on port 41223.`
fn port_of(mut lines: impl Iterator<Item = String>) -> u16 {
    let told = lines.find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    told.expect("chromedriver names its port")
}
