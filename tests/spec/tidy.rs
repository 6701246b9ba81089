//! What Cargo cannot check: which file may know what, how long it is, and what no file holds.

use std::path::{Path, PathBuf};

/// The longest a file may be, in lines.
const MOST_LINES: usize = 600;
/// Folders that are not written by hand.
const LEFT_OUT: [&str; 4] = ["target", ".git", "node_modules", "golden"];

struct File {
    path: String,
    text: String,
}

impl File {
    fn lies_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }

    /// Its lines without the tests at its end. Tests in a file of their own are named at the beginning.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines: Vec<&str> = self.text.lines().collect();
        let begins = |pair: &[&str]| pair[0].starts_with("#[cfg(test)]") && !pair[1].ends_with("mod tests;");
        let end = lines.windows(2).position(begins).unwrap_or(lines.len());
        lines.into_iter().take(end).enumerate().map(|(number, line)| (number + 1, line))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && !LEFT_OUT.contains(&name.as_str()) {
            collect(&path, endings, found);
        } else if path.is_file() && endings.iter().any(|ending| name.ends_with(ending)) {
            let inside = path.strip_prefix(root()).expect("inside").to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).expect("text");
            found.push(File { path: inside, text });
        }
    }
}

fn files(endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root(), endings, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Every line of Rust outside of tests and outside of `allowed` that holds one of `words`.
fn offences(allowed: &[&str], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(&[".rs"]).iter().filter(|file| !file.lies_in(allowed) && !file.path.contains("tests")) {
        for (number, line) in file.code().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    found
}

fn assert_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}\n{}", offences.join("\n"));
}

#[test]
fn every_file_opens_with_a_sentence_about_itself() {
    let silent = files(&[".rs"]).into_iter().filter(|file| !file.text.starts_with("//! "));
    let silent: Vec<String> = silent.map(|file| file.path).collect();
    assert_none("A file opens with one `//!` sentence.", &silent);
}

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    let long = files(&[".rs"]).into_iter().filter(|file| file.text.lines().count() > MOST_LINES);
    let long: Vec<String> = long.map(|file| file.path).collect();
    assert_none("Split it where it has two reasons to change.", &long);
}

#[test]
fn only_the_vault_seals_and_opens() {
    // A telephone's codes are made with a secret of its own, not with the store's key.
    let allowed = ["server/src/store/vault.rs", "server/src/store/vault/", "server/src/sign_in/issuer/totp.rs"];
    assert_none(
        "Only store/vault.rs knows how records are sealed.",
        &offences(&allowed, &["aes_gcm", "hkdf::", "hmac::"]),
    );
}

#[test]
fn one_small_file_hashes() {
    let allowed = ["server/src/hash.rs", "server/src/store/vault.rs", "xtask/"];
    assert_none("Only hash.rs hashes, beside the vault.", &offences(&allowed, &["sha2::"]));
    assert_none("Only a telephone's codes need SHA-1.", &offences(&["server/src/sign_in/issuer/totp.rs"], &["sha1::"]));
}

#[test]
fn only_the_settings_read_the_environment() {
    let words = ["env::var", "env::vars", "std::env::args"];
    let found = offences(&["server/src/settings/", "xtask/"], &words);
    // What builds a crate, and examples, run on a developer's machine only.
    let found: Vec<String> =
        found.into_iter().filter(|line| !line.contains("/build.rs:") && !line.contains("/examples/")).collect();
    assert_none("Only `settings` reads the environment.", &found);
}

#[test]
fn only_one_room_opens_connections_to_the_outside() {
    let words =
        ["TcpStream::connect", "UdpSocket::", "UnixStream::connect", "TcpSocket::", "lookup_host", "to_socket_addrs"];
    let clients = [
        "reqwest",
        "client::conn::",
        "client::legacy",
        "tokio_postgres::connect",
        ".connect(NoTls",
        "config.connect(",
        "cancel_query(",
    ];
    let found = offences(&["server/src/egress/", "xtask/"], &[words.as_slice(), &clients].concat());
    // The one exception; what may make another is counted below.
    let store = "server/src/store/postgresql/connect.rs:";
    let found = found.into_iter().filter(|line| line.starts_with("server/") && !line.starts_with(store));
    assert_none("Only server/src/egress opens connections.", &found.collect::<Vec<_>>());
}

/// Every place of the server that may do what `clippy.toml` refuses, and how often. A further one is a decision: the store is the
/// one connection that does not go through `egress`, because a setting names it, by several hosts or a socket.
const MAY: [(&str, usize); 5] = [
    ("server/src/egress/mod.rs", 3),
    ("server/src/egress/resolve.rs", 2),
    ("server/src/settings/mod.rs", 2),
    ("server/src/store/postgresql/connect.rs", 1),
    ("server/src/world.rs", 3),
];

#[test]
fn what_the_lints_refuse_is_done_at_known_places_and_nowhere_else() {
    let mut found = std::collections::BTreeMap::new();
    for line in offences(&[], &["clippy::disallowed_methods"]) {
        let file = line.split(':').next().unwrap_or_default().to_owned();
        if file.starts_with("server/src/") {
            *found.entry(file).or_insert(0) += 1;
        }
    }
    let known: Vec<(String, usize)> = MAY.iter().map(|(file, times)| ((*file).to_owned(), *times)).collect();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), known, "name the reason in docs/outbound.md, or use `egress`");
}

#[test]
fn only_the_door_lets_a_request_through() {
    let found = offences(&["server/src/gate.rs"], &["Proof", "_proof"]);
    assert_none("Only gate.rs makes an `Allowed`.", &found);
    let calls = offences(&["server/src/api.rs", "server/src/handlers/"], &["handlers::session", "handlers::data"]);
    assert_none("Only the table names handlers.", &calls);
}

#[test]
fn only_the_projection_makes_what_may_leave() {
    let found = offences(&["server/src/config/projection.rs"], &["Visible("]);
    assert_none("Only config/projection.rs makes a `Visible`.", &found);
}

#[test]
fn a_connector_knows_neither_door_nor_store_nor_people() {
    let forbidden = ["gate", "store", "audit", "people", "config", "sign_in", "handlers", "broker", "targets"];
    let words: Vec<String> = forbidden.iter().map(|room| format!("crate::{room}")).collect();
    let connectors = files(&[".rs"]).into_iter().filter(|file| file.lies_in(&["server/src/connectors/"]));
    for file in connectors {
        for (number, line) in file.code() {
            assert!(!words.iter().any(|word| line.contains(word.as_str())), "{}:{number}: {line}", file.path);
        }
    }
}

#[test]
fn what_runs_anywhere_has_no_file_socket_clock_or_thread() {
    let words = ["std::fs", "std::net", "std::time::Instant", "SystemTime", "std::thread", "tokio::"];
    let places = ["shared/access/", "shared/model/", "shared/wire/"];
    let found: Vec<String> =
        offences(&[], &words).into_iter().filter(|line| places.iter().any(|place| line.starts_with(place))).collect();
    assert_none("access, model and wire are pure.", &found);
}

#[test]
fn the_server_knows_no_screen_and_the_screens_no_server() {
    let place = |line: &String, place: &str| line.starts_with(place);
    let found = offences(&[], &["egui", "eframe", "wasm_bindgen"]);
    let in_server: Vec<String> = found.into_iter().filter(|line| place(line, "server/src/")).collect();
    assert_none("The server draws nothing.", &in_server);
    let found = offences(&[], &["use server::", "server::"]);
    let in_ui: Vec<String> = found
        .into_iter()
        .filter(|line| place(line, "shared/") && (line.contains(" server::") || line.contains("(server::")))
        .collect();
    assert_none("Nothing shared uses the server.", &in_ui);
}

#[test]
fn nothing_is_left_to_be_done_and_no_path_of_a_machine_is_named() {
    // Put together here, so that this file does not hold what it looks for.
    let later = ["TO", "DO"].concat();
    let mend = ["FIX", "ME"].concat();
    let machine = ["work", "root", "home"].map(|folder| format!("/{folder}/"));
    let words: Vec<String> = [later, mend].into_iter().chain(machine).collect();
    let mut found = Vec::new();
    for file in files(&[".rs", ".toml", ".md", ".sql", ".yml", ".sh", ".ts", ".js", ".html", ".css"]) {
        for (number, line) in file.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word.as_str())) {
                found.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    assert_none("Finish it, or leave it out; name no place of one machine.", &found);
}
