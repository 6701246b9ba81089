//! `clew demo`, the program itself, at its full size: three people who can sign in, one folder, and the same at every start.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::ports::free_port;
use crate::program::{Place, Serving, clew, finish, told};
use crate::secrets::assert_absent;
use crate::world::{Browser, run};

/// Name and password, as they are printed.
type SignIn = (String, String);

async fn start(folder: &Path, port: u16, arguments: &[&str]) -> Serving {
    let data = folder.join("demo").display().to_string();
    let (listen, url) = (format!("127.0.0.1:{port}"), format!("http://localhost:{port}"));
    let settings = [("CLEW_DATA", data.as_str()), ("CLEW_LISTEN", &listen), ("CLEW_PUBLIC_URL", &url)];
    Serving::start_by(clew(&[&["demo"], arguments].concat(), &settings), folder, port).await
}

/// The people that a start printed, after its address.
fn sign_ins(said: &str, port: u16) -> Vec<SignIn> {
    assert!(said.contains(&format!("Clew is at  http://localhost:{port}/\n")), "{said}");
    let people = said.split_once("Sign in as\n").expect("who can sign in").1.lines();
    let people = people.take_while(|line| !line.is_empty()).map(|line| {
        let mut words = line.split_whitespace().map(str::to_owned);
        (words.next().expect("a name"), words.next().expect("a password"))
    });
    people.collect()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

/// The key that the demo made for itself.
fn key(data: &Path) -> String {
    let kept = std::fs::read(data.join("demo.json")).expect("what the demo keeps");
    let kept: Value = serde_json::from_slice(&kept).expect("JSON");
    kept["key"].as_str().expect("a key").to_owned()
}

async fn arrives(port: u16, (name, password): &SignIn) -> (Browser, u16) {
    let mut browser = Browser { port, cookies: Default::default() };
    let status = browser.sign_in(name, password).await.status;
    (browser, status)
}

/// How many projects somebody sees.
async fn projects(browser: &mut Browser) -> usize {
    let me = browser.call("who_am_i", &json!({})).await.json();
    me["projects"].as_array().map_or(0, Vec::len)
}

#[test]
fn the_demo_prints_people_who_can_sign_in_keeps_all_to_itself_and_forgets_them_when_it_is_made_fresh() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, port) = (folder.path().join("demo"), free_port());
        let serving = start(folder.path(), port, &[]).await;
        let first = sign_ins(&serving.said(), port);
        assert_eq!(first.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["ingrid", "astrid", "odd"]);
        for (person, seen) in first.iter().zip([1, 1, 0]) {
            let (mut browser, status) = arrives(port, person).await;
            assert_eq!((status, projects(&mut browser).await), (303, seen), "{person:?}");
        }
        assert_eq!([mode(&data), mode(&data.join("sources"))], [0o700, 0o700], "nobody else looks into its folder");
        for name in ["demo.json", "clew.db", "clew.db-wal", "clew.db-shm", "clew.db.lock"] {
            assert_eq!(mode(&data.join(name)), 0o600, "{name}");
        }
        let own = key(&data);
        assert_eq!(base64::engine::general_purpose::STANDARD.decode(&own).expect("base64").len(), 32);
        assert!(!serving.said().contains(&own), "the key is not printed");
        let said = serving.end();
        assert!(said.contains("Making the demo's data"), "{said}");
        assert!(!said.contains("Warning"), "nobody overhears loopback: {said}");

        let serving = start(folder.path(), port, &[]).await;
        assert_eq!((sign_ins(&serving.said(), port), key(&data)), (first.clone(), own.clone()));
        assert!(!serving.said().contains("Making the demo's data"), "what is there is not made again");
        assert_eq!(arrives(port, &first[1]).await.1, 303);
        drop(serving.end());

        let serving = start(folder.path(), port, &["--fresh"]).await;
        let fresh = sign_ins(&serving.said(), port);
        for (before, now) in first.iter().zip(&fresh) {
            assert_eq!(before.0, now.0);
            assert_ne!(before.1, now.1, "{} has another password", now.0);
            assert_eq!(arrives(port, before).await.1, 401, "the old one is gone");
            assert_eq!(arrives(port, now).await.1, 303);
        }
        assert_ne!(key(&data), own, "and another key seals the store");
        drop(serving.end());
        std::fs::remove_file(data.join("demo.json")).expect("removed");
        std::fs::remove_dir_all(data.join("sources")).expect("removed");
        assert_absent(&data, &[own.as_str(), &fresh[0].1, &fresh[1].1, &fresh[2].1]);
    });
}

#[test]
fn a_folder_that_no_demo_made_is_refused_and_stays_as_it_is() {
    for (what, kept) in [("the store clew.db", "clew.db"), ("the folder sources", "sources/bank.sqlite")] {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().display().to_string();
        std::fs::create_dir(folder.path().join("sources")).expect("a folder");
        std::fs::write(folder.path().join(kept), b"somebody's").expect("a file");
        for arguments in [["demo"].as_slice(), &["demo", "--fresh"]] {
            let (code, said) = told(&finish(arguments, &[("CLEW_DATA", &data)]));
            let expected = format!(
                "CLEW_DATA is {data}, and {what} there was not made by a demo (there is no demo.json); unset it, or name \
                 a folder for the demo alone; nothing was changed"
            );
            assert_eq!((code, said.contains(&expected)), (2, true), "{arguments:?}: {said}");
            assert_eq!(std::fs::read(folder.path().join(kept)).expect("still there"), b"somebody's", "{arguments:?}");
            for made in ["demo.json", "clew.db.lock", "sources/complete"] {
                assert!(!folder.path().join(made).exists(), "{arguments:?} makes {made}");
            }
        }
    }
}

#[test]
fn the_demo_may_be_told_any_address_and_says_that_it_can_be_overheard() {
    run(async {
        let place = Place::new().await;
        let (data, port) = (place.store.display().to_string(), place.port);
        let (listen, url) = (format!("0.0.0.0:{port}"), format!("http://clew.example:{port}"));
        let settings = [("CLEW_DATA", data.as_str()), ("CLEW_LISTEN", &listen), ("CLEW_PUBLIC_URL", &url)];
        let serving = Serving::start_by(clew(&["demo"], &settings), place.folder.path(), port).await;
        let said = serving.end();
        assert!(said.contains(&format!("Clew is at  {url}")), "{said}");
        let warnings = said.lines().filter(|line| line.contains("without encryption")).count();
        assert_eq!(warnings, 1, "{said}");
        let refused =
            told(&finish(&["serve"], &[("CONFIG_B64_ENCRYPTION_KEY", crate::world::KEY), settings[1], settings[2]]));
        assert_eq!(refused.0, 2, "and nobody else may: {}", refused.1);
    });
}
