//! What IT sets for everybody on a machine: a file that people cannot change, and on Windows and macOS what their management
//! tools write.
//!
//! | where | what |
//! |---|---|
//! | Linux | `/etc/clew/desktop.toml` |
//! | Windows | the values of `HKLM\Software\Policies\Clew\Desktop`, then `%ProgramData%\Clew\desktop.toml` |
//! | macOS | `/Library/Managed Preferences/org.clew.desktop.plist`, then `/Library/Application Support/Clew/desktop.toml` |
//!
//! What a policy sets is locked: neither an argument nor a person changes it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::address::ServerAddress;
use crate::trouble::{Trouble, wrong_setting};

/// The largest file that is read.
const MOST_BYTES: u64 = 64 << 10;

/// What may be set. Everything that is absent is left to the person, or to what the program does by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The server.
    pub server: Option<ServerAddress>,
    /// A file with authorities in PEM that are believed beside those of the system.
    pub authorities: Option<PathBuf>,
    /// A file with the certificate and key, in PEM, that the program shows to the server.
    pub certificate: Option<PathBuf>,
    /// The proxy: `system`, `none`, or its address.
    pub proxy: Option<String>,
    /// Which window.
    pub window: Option<Window>,
    /// Whether the token is kept in the system's keychain.
    pub keychain: Option<bool>,
    /// Whether updates are looked for.
    pub updates: Option<bool>,
    /// What is written to the log: `error`, `warn`, `info` or `debug`.
    pub log: Option<LogLevel>,
}

/// Which window the screens are drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// The native one in remote sessions and without a graphics card, else the system's webview.
    #[default]
    Auto,
    /// The system's webview.
    Webview,
    /// The native one.
    Native,
}

/// How much the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}

impl Policy {
    /// What is set on this machine.
    ///
    /// # Errors
    /// [`Trouble`] names the file and the line that cannot be read: a policy that is ignored would be worse than none.
    pub fn of_machine() -> Result<Self, Trouble> {
        Self::of_file(&place())
    }

    /// What a file sets; nothing where there is none.
    ///
    /// # Errors
    /// As [`Policy::of_machine`].
    pub fn of_file(path: &Path) -> Result<Self, Trouble> {
        let cannot = |why: String| {
            let sentence = format!("The policy file {} cannot be used: {why}", path.display());
            wrong_setting(sentence, "Ask your administrator to mend it; the program starts once it can be read.")
        };
        let found = match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            found => found.map_err(|error| cannot(format!("{error}.")))?,
        };
        if found.len() > MOST_BYTES {
            return Err(cannot(format!("it is larger than {MOST_BYTES} bytes.")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| cannot(format!("{error}.")))?;
        toml::from_str(&text).map_err(|error| cannot(error.to_string()))
    }
}

fn place() -> PathBuf {
    if cfg!(target_os = "windows") {
        PathBuf::from(r"C:\ProgramData\Clew\desktop.toml")
    } else if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support/Clew/desktop.toml")
    } else {
        PathBuf::from("/etc/clew/desktop.toml")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> Result<Policy, Trouble> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desktop.toml");
        std::fs::write(&path, text).unwrap();
        Policy::of_file(&path)
    }

    #[test]
    fn a_policy_sets_what_it_names_and_nothing_else() {
        let policy = of_text("server = \"clew.example.org\"\nwindow = \"native\"\nupdates = false\n").unwrap();
        assert_eq!(policy.server, Some(ServerAddress::parse("https://clew.example.org").unwrap()));
        assert_eq!((policy.window, policy.updates, policy.keychain), (Some(Window::Native), Some(false), None));
        assert_eq!(Policy::of_file(Path::new("/nowhere/desktop.toml")).unwrap(), Policy::default());
    }

    #[test]
    fn a_policy_that_cannot_be_read_says_where_and_why() {
        for (text, why) in [
            ("server = ", "line 1"),
            ("servr = \"clew.example.org\"", "unknown field `servr`"),
            ("server = \"http://clew.example.org\"", "not encrypted"),
            ("window = \"big\"", "unknown variant `big`"),
            (&"#".repeat(70_000), "larger than 65536 bytes"),
        ] {
            let trouble = of_text(text).expect_err(text);
            assert!(trouble.sentence.contains(why) && trouble.sentence.contains("desktop.toml"), "{trouble:?}");
        }
    }
}
