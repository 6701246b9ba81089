//! Starting the program: what is missing or wrong ends it with one line and a documented code, and harms nothing.

use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use tokio::io::AsyncWriteExt as _;

use crate::ports::free_port;
use crate::program::{Place, Serving, changed, environment, finish, told};
use crate::world::{Browser, run};

const OTHER_KEY: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";

/// Name and value.
type Setting = (&'static str, &'static str);

/// Every file of a folder with its content.
fn content(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|path| {
            (path.file_name().expect("a name").to_string_lossy().into_owned(), std::fs::read(path).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_setting_that_is_missing_or_wrong_ends_the_start_with_one_line() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let base = environment(folder.path(), free_port());
        let remedy_for_key = "openssl rand -base64 32";
        let table: [(&[Setting], &[&str]); 17] = [
            (&[("CONFIG_B64_ENCRYPTION_KEY", "")], &["CONFIG_B64_ENCRYPTION_KEY", "missing", remedy_for_key]),
            (&[("CONFIG_B64_ENCRYPTION_KEY", "c2hvcnQ=")], &["CONFIG_B64_ENCRYPTION_KEY", "5 bytes", remedy_for_key]),
            (&[("CONFIG_B64_ENCRYPTION_KEY", "p@ss")], &["CONFIG_B64_ENCRYPTION_KEY", "base64", remedy_for_key]),
            (&[("CLEW_PUBLIC_URL", "")], &["CLEW_PUBLIC_URL", "missing"]),
            (&[("CLEW_PUBLIC_URL", "localhost:1")], &["CLEW_PUBLIC_URL"]),
            (&[("CLEW_PUBLIC_URL", "http://clew.example.org")], &["CLEW_PUBLIC_URL", "https"]),
            (&[("CLEW_LISTEN", "0.0.0.0:14999")], &["CLEW_LISTEN", "CLEW_BEHIND_PROXY"]),
            (&[("CLEW_LISTEN", "[::]:14999")], &["CLEW_LISTEN", "CLEW_BEHIND_PROXY"]),
            (&[("CLEW_LISTEN", "everywhere")], &["CLEW_LISTEN", "everywhere"]),
            (&[("CLEW_LSITEN", "127.0.0.1:1")], &["CLEW_LSITEN", "did you mean CLEW_LISTEN"]),
            (&[("CLEW_LOG", "xml")], &["CLEW_LOG", "xml"]),
            (&[("CLEW_OIDC_CLIENT_ID", "clew")], &["CLEW_OIDC_CLIENT_ID", "CLEW_OIDC_ISSUER"]),
            (
                &[
                    ("CLEW_OIDC_ISSUER", "https://id.example.org"),
                    ("CLEW_OIDC_CLIENT_ID", "clew"),
                    ("CLEW_OIDC_ROLES_MAP", "6f1d0c=Task.Manage,readers"),
                ],
                &["CLEW_OIDC_ROLES_MAP is `6f1d0c=Task.Manage,readers`", "write `value=role` with commas between"],
            ),
            (&[("CLEW_PROJECT_CREATORS", "a\u{7}b")], &["CLEW_PROJECT_CREATORS"]),
            (&[("CLEW_EGRESS_ALLOW", "127.0.0.1")], &["CLEW_EGRESS_ALLOW", "host:port"]),
            // The small spelling of a proxy is read too; what it says is not repeated.
            (&[("https_proxy", "socks5://u:planted@proxy:1")], &["HTTPS_PROXY is no address of a proxy"]),
            (&[("JDBC_CONNECTION_STRING", "jdbc:oracle:thin:@x")], &["JDBC_CONNECTION_STRING"]),
        ];
        for (changes, parts) in table {
            let (code, said) = told(&finish(&["serve"], &changed(&base, changes)));
            assert_eq!(code, 2, "{changes:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{changes:?}: one line: {said}");
            for part in parts {
                assert!(said.contains(part), "{changes:?}: {said:?} names {part:?}");
            }
        }
        let (_, said) = told(&finish(&["serve"], &changed(&base, &[("CONFIG_B64_ENCRYPTION_KEY", "c2VjcmV0IQ==")])));
        assert!(!said.contains("c2VjcmV0") && !said.contains("secret!"), "a secret is not repeated: {said}");
    });
}

#[test]
fn a_wrong_key_ends_the_start_with_code_4_and_leaves_the_store_as_it_was() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let base = environment(folder.path(), free_port());
        let add = ["person", "add", "ada", "--role", "Task.Read"];
        let added = finish(&add, &changed(&base, &[]));
        assert!(added.status.success(), "{added:?}");
        let before = content(folder.path());
        for command in [&["serve"][..], &add, &["project", "export", "bank", "out"]] {
            let (code, said) = told(&finish(command, &changed(&base, &[("CONFIG_B64_ENCRYPTION_KEY", OTHER_KEY)])));
            assert_eq!(code, 4, "{command:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            let words = ["records are under key id", "you gave", "start with the key that belongs to this store"];
            assert!(words.iter().all(|words| said.contains(words)), "{command:?}: {said}");
            assert!(!said.contains(OTHER_KEY), "{said}");
        }
        assert_eq!(store_of(content(folder.path())), store_of(before), "nothing was changed");
        let again = finish(&add, &changed(&base, &[]));
        assert!(again.status.success(), "and the right key opens it: {again:?}");
    });
}

/// The database with its log; an empty log, and the index beside it, are made by whoever opens it.
fn store_of(files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    files.into_iter().filter(|(name, bytes)| !name.ends_with("-shm") && !bytes.is_empty()).collect()
}

#[test]
fn a_file_that_is_no_store_or_is_cut_short_ends_the_start_with_code_71_and_stays_as_it_was() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let good = folder.path().join("good");
        std::fs::create_dir(&good).expect("a folder");
        let base = environment(&good, free_port());
        let added = finish(&["person", "add", "ada", "--role", "Task.Read"], &changed(&base, &[]));
        assert!(added.status.success(), "{added:?}");
        let store = std::fs::read(good.join("clew.db")).expect("a store");
        assert!(store.len() > 8_192, "the log was written back at the end");

        let foreign = folder.path().join("foreign.db");
        let database = rusqlite::Connection::open(&foreign).expect("a database");
        database.execute_batch("create table t (a); insert into t values (1);").expect("a table");
        database.close().expect("closed");
        let foreign = std::fs::read(foreign).expect("a database");
        let half = store.len() / 2;
        let mut torn = store.clone();
        torn[4_096..6_000].fill(0xaa);
        let (other, damaged) = ("name another file", "restore a backup");
        let table: [(&str, &[u8], &str); 6] = [
            ("a database of something else", &foreign, other),
            ("text", b"this is no database at all, but a text of some length", other),
            ("half a store", &store[..half], damaged),
            ("a page of a store", &store[..4_096], damaged),
            ("a header", &store[..100], damaged),
            ("a torn page", &torn, damaged),
        ];
        for (number, (what, bytes, remedy)) in table.into_iter().enumerate() {
            let place = folder.path().join(format!("store-{number}"));
            std::fs::create_dir(&place).expect("a folder");
            std::fs::write(place.join("clew.db"), bytes).expect("a file");
            let text = place.display().to_string();
            let (code, said) = told(&finish(&["serve"], &changed(&base, &[("CLEW_DATA", &text)])));
            assert_eq!(code, 71, "{what}: {said}");
            assert_eq!(said.lines().count(), 1, "{what}: {said}");
            assert!(said.contains(remedy) && said.contains("clew.db"), "{what}, with the file and the remedy: {said}");
            let after = store_of(content(&place));
            let kept = after.iter().find(|(name, _)| name == "clew.db").expect("the file is there");
            assert!(kept.1 == bytes, "{what}: it was left untouched");
        }
    });
}

#[test]
fn a_store_that_cannot_be_written_ends_the_start_with_code_73() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a-file");
        std::fs::write(&file, b"x").expect("a file");
        let base = environment(folder.path(), free_port());
        let inside = format!("jdbc:sqlite:{}/clew.db", file.display());
        let (code, said) = told(&finish(&["serve"], &changed(&base, &[("JDBC_CONNECTION_STRING", &inside)])));
        assert_eq!((code, said.lines().count()), (73, 1), "{said}");
        assert!(said.contains("cannot be written") && said.contains("name another place"), "{said}");
    });
}

#[test]
fn a_taken_port_names_the_setting_that_changes_it() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = taken.local_addr().expect("an address").port();
        let base = environment(folder.path(), port);
        let (code, said) = told(&finish(&["serve"], &changed(&base, &[])));
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        assert!(said.contains("CLEW_LISTEN") && said.contains(&port.to_string()), "{said}");
    });
}

#[test]
fn it_starts_says_where_to_begin_and_ends_in_order() {
    run(async {
        let place = Place::new().await;
        let key = place.folder.path().join("key");
        std::fs::write(&key, format!("{}\n", crate::world::KEY)).expect("a file");
        let key = key.display().to_string();
        let from_file = [("CONFIG_B64_ENCRYPTION_KEY", ""), ("CONFIG_B64_ENCRYPTION_KEY_FILE", key.as_str())];
        let said = place.serve(&from_file).await.end();
        assert!(said.contains(&format!("http://localhost:{}/issuer/password?link=", place.port)), "{said}");
        let left: Vec<String> = content(&place.store).into_iter().map(|(name, _)| name).collect();
        assert_eq!(left, ["clew.db", "clew.db.lock"], "the log was written back");
    });
}

#[test]
fn health_says_from_beside_whether_the_server_can_work() {
    run(async {
        let place = Place::new().await;
        let base = environment(&place.store, place.port);
        let health = || told(&finish(&["health"], &changed(&base, &[])));
        let (code, said) = health();
        assert!(code == 1 && said.contains(&format!("nothing answers at 127.0.0.1:{}", place.port)), "{code}: {said}");
        let serving = place.serve(&[]).await;
        let healthy = finish(&["health"], &changed(&base, &[]));
        assert_eq!((healthy.status.code(), healthy.stdout.as_slice()), (Some(0), &b"ready\n"[..]));
        serving.end();

        let other = tokio::net::TcpListener::bind(("127.0.0.1", place.port)).await.expect("a port");
        tokio::spawn(async move {
            let (mut stream, _) = other.accept().await.expect("a connection");
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nsomething else").await);
        });
        let asked = tokio::task::spawn_blocking(move || told(&finish(&["health"], &changed(&base, &[])))).await;
        let (code, said) = asked.expect("an answer");
        assert!(code == 1 && said.contains("what answers is not this server"), "{code}: {said}");
    });
}

#[test]
fn a_store_has_one_server_and_commands_work_beside_it() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let (port, other) = (free_port(), free_port().to_string());
        let base = environment(folder.path(), port);
        let serving = Serving::start(folder.path(), port, &changed(&base, &[])).await;
        let listen = format!("127.0.0.1:{other}");
        let (code, said) = told(&finish(&["serve"], &changed(&base, &[("CLEW_LISTEN", listen.as_str())])));
        assert_eq!((code, said.lines().count()), (75, 1), "{said}");
        assert!(said.contains("in use by another server") && said.contains("end that one first"), "{said}");
        let added = finish(&["person", "add", "kari", "--role", "Task.Read"], &changed(&base, &[]));
        assert!(added.status.success(), "{added:?}");
        serving.end();
        let again = Serving::start(folder.path(), port, &changed(&base, &[])).await;
        again.end();
    });
}

#[test]
fn a_store_that_breaks_under_a_running_server_ends_it_with_code_71_and_a_remedy() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        // The disk gives back something else than was written, in the database and in its log.
        for name in ["clew.db", "clew.db-wal"] {
            let path = place.store.join(name);
            let length = std::fs::metadata(&path).expect("a file of the store").len();
            let file = std::fs::OpenOptions::new().write(true).open(&path).expect("a file");
            file.write_all_at(&vec![0xaa; usize::try_from(length).expect("a length")], 0).expect("written");
        }
        // Until somebody asks, nobody knows; whoever begins to sign in makes it read and write.
        let port = place.port;
        let asking = tokio::spawn(async move {
            let mut browser = Browser { port, cookies: Default::default() };
            for _ in 0..100 {
                browser.get("/sign-in/callback?code=a&state=b").await;
                browser.get("/sign-in").await;
            }
        });
        let (code, said) = serving.ended().await;
        asking.abort();
        assert_eq!(code, 71, "{said}");
        let last = said.lines().last().unwrap_or_default();
        assert!(last.starts_with("clew: ") && last.contains("restore a backup"), "the remedy stands last: {said}");
    });
}

/// An account that is not root, for a test that root runs.
const NOBODY: u32 = 65_534;

/// Who owns what the kernel shows of a process: the account that it runs as, or root if it keeps its memory to itself.
fn owner_of_memory(process: u32) -> u32 {
    std::fs::metadata(format!("/proc/{process}/environ")).expect("a process").uid()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the program is started as another account; the server starts none")]
fn a_running_server_leaves_no_core_file_and_shows_its_memory_to_nobody() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("data");
        std::fs::create_dir(&store).expect("a folder");
        let (port, own) = (free_port(), std::fs::metadata("/proc/self").expect("this process").uid());
        let settings = environment(&store, port);
        let is_root = own == 0;
        // For root everything belongs to root, so root tries it as somebody else, who must be able to reach the program.
        let program = folder.path().join("clew");
        std::fs::copy(env!("CARGO_BIN_EXE_clew-under-test"), &program).expect("the program");
        let as_somebody = |program: &Path| {
            let mut command = std::process::Command::new(if is_root { Path::new("setpriv") } else { program });
            if is_root {
                command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
            }
            command.stdin(std::process::Stdio::piped());
            command
        };
        if is_root {
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(folder.path(), open).expect("others may enter");
            std::os::unix::fs::chown(&store, Some(NOBODY), Some(NOBODY)).expect("theirs");
        }
        let somebody = if is_root { NOBODY } else { own };
        let mut usual = as_somebody(Path::new("cat")).spawn().expect("a usual program");
        while std::fs::read_to_string(format!("/proc/{}/comm", usual.id())).is_ok_and(|name| name.trim() != "cat") {
            tokio::task::yield_now().await;
        }
        assert_eq!(owner_of_memory(usual.id()), somebody, "as any program does");
        drop(usual.stdin.take());
        usual.wait().expect("it ends with its input");

        let mut command = as_somebody(&program);
        command.arg("serve").env_clear().envs(settings).env("PATH", "/usr/bin:/bin");
        let serving = Serving::start_by(command, folder.path(), port).await;
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", serving.process())).expect("limits");
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a line");
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
        assert_eq!(owner_of_memory(serving.process()), 0, "it belongs to root");
        if !is_root {
            let environ = std::fs::read(format!("/proc/{}/environ", serving.process()));
            assert!(environ.is_err(), "its environment holds the key");
        }
        assert!(serving.peak_kib() > 0, "how much memory it takes is no secret");
        drop(serving.end());
    });
}

#[test]
fn a_command_leaves_no_core_file_either() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        // An issuer that never answers, so that the command is there to be looked at.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", silent.local_addr().expect("an address"));
        let base = environment(folder.path(), 1);
        let settings = [("CLEW_OIDC_ISSUER", issuer.as_str()), ("CLEW_OIDC_CLIENT_ID", "clew")];
        let mut command = crate::program::clew(&["doctor"], &crate::program::changed(&base, &settings));
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let (_asking, _) = silent.accept().await.expect("it asks");
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("limits");
        let owner = owner_of_memory(child.id());
        child.kill().and_then(|()| child.wait()).expect("it is ended");
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a line");
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
        assert_eq!(owner, 0, "its memory belongs to root");
    });
}

#[test]
fn help_names_every_command_and_setting() {
    let help = finish(&["--help"], &[]);
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    for setting in server::settings::TABLE {
        assert!(text.contains(setting.name), "{}", setting.name);
    }
    for command in ["serve", "demo", "project", "person"] {
        assert!(text.contains(command), "{command}");
    }
    assert_eq!(finish(&[], &[]).status.code(), Some(2), "no command at all");
    assert_eq!(finish(&["dance"], &[]).status.code(), Some(2), "no such command");
}
