//! Secrets that were planted appear in no answer, no log line and no file: the whole program, from start to end.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Place, Serving};
use crate::samples::external;
use crate::world::{Browser, KEY, Reply, run};

const PASSWORD: &str = "planted password of a person";
const SOURCE_SECRET: &str = "planted-secret-of-a-source";
const OBJECT_KEY: &str = "planted-key-of-an-object";
const VARIABLE_SECRET: &str = "planted-secret-of-a-variable";

/// Refuses any of `secrets` in any file of `folder`, as it is, in base64 or in hexadecimal.
pub(crate) fn assert_absent(folder: &Path, secrets: &[&str]) {
    let (files, found) = look(folder, secrets);
    assert!(files > 0, "there is something to look at");
    assert!(found.is_empty(), "{found:#?}");
}

/// How many files there are, and which of them hold which secret.
fn look(folder: &Path, secrets: &[&str]) -> (usize, Vec<String>) {
    let (mut files, mut found) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            let (below, also) = look(&path, secrets);
            files += below;
            found.extend(also);
            continue;
        }
        files += 1;
        let bytes = std::fs::read(&path).expect("a file");
        let holds = |form: Vec<u8>| bytes.windows(form.len()).any(|window| window == form);
        let held = secrets.iter().filter(|secret| forms(secret).into_iter().any(holds));
        found.extend(held.map(|secret| format!("{} holds {secret:?}", path.display())));
    }
    (files, found)
}

#[test]
fn the_search_finds_what_is_there_in_every_form() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("below")).expect("a folder");
    for (number, form) in forms("planted-secret").into_iter().enumerate() {
        let place = if number == 0 { "below/a" } else { "b" };
        std::fs::write(folder.path().join(place), [b"xx".as_slice(), &form, b"yy"].concat()).expect("a file");
        assert_eq!(look(folder.path(), &["planted-secret"]).1.len(), 1 + usize::from(number > 0), "form {number}");
    }
    assert_eq!(look(folder.path(), &["something else"]).1.len(), 0);
}

fn forms(secret: &str) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    // The last character of base64 depends on what follows.
    let mut base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(secret);
    base64.truncate(base64.len().saturating_sub(2));
    vec![secret.as_bytes().to_vec(), hex.into_bytes(), base64.into_bytes()]
}

/// Everything that was answered, for one look at the end.
#[derive(Default)]
struct Answers(Vec<String>);

impl Answers {
    fn keep(&mut self, what: &str, reply: Reply) -> Reply {
        let headers: Vec<String> = reply
            .headers
            .iter()
            .filter(|(name, _)| name != "set-cookie")
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        self.0.push(format!("{what}: {} {} {}", reply.status, headers.join("; "), reply.text()));
        reply
    }
}

#[test]
fn planted_secrets_are_in_no_answer_no_log_line_and_no_file() {
    run(async {
        let place = Place::new().await;
        let further =
            [("CLEW_LOG", "json"), ("CLEW_LOG_LEVEL", "trace"), ("CLEW_SOURCE_BANK__PASSWORD", VARIABLE_SECRET)];
        let serving = place.serve(&further).await;
        let mut browser = Browser { port: place.port, cookies: Default::default() };
        let mut answers = Answers::default();

        let link = set_up_link(&serving.said());
        let form = [("link", link.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
        let set = browser.post_form("/issuer/password", &form).await;
        assert_eq!(answers.keep("password", set).status, 200);
        let wrong = browser.sign_in("admin", "planted wrong password").await;
        assert_eq!(answers.keep("wrong password", wrong).status, 401);
        let arrived = browser.sign_in("admin", PASSWORD).await;
        assert_eq!(answers.keep("arrived", arrived).status, 303);
        let session = browser.cookies["clew_sid"].clone();

        for (call, mut request) in requests() {
            if request.get("base").is_some() {
                request["base"] = json!(browser.revision("bank").await);
            }
            let reply = browser.call(call, &request).await;
            answers.keep(call, reply);
        }
        for done in ["create_project: 200", "save_source: 200", "test_source: 200", "read_catalogue: 502"] {
            let found = answers.0.iter().any(|answer| answer.starts_with(done));
            assert!(found, "the transcript did what it is for, {done}: {:#?}", answers.0);
        }
        let states = browser.call("read_project", &json!({ "project": "bank" })).await;
        let states = answers.keep("states", states).json()["secrets"].to_string();
        assert!(states.contains("\"set\":true") && states.contains("CLEW_SOURCE_BANK__PASSWORD"), "{states}");
        let odd = browser.get(&format!("/p/bank?secret={SOURCE_SECRET}")).await;
        answers.keep("a secret in an address", odd);
        for path in
            [format!("/p/bank/o/person/{OBJECT_KEY}"), format!("/p/bank/{OBJECT_KEY}"), format!("/{OBJECT_KEY}")]
        {
            answers.keep("a link to an object", browser.get(&path).await);
        }
        let copy = browser.clone();
        let out = browser.call("sign_out", &json!({})).await;
        assert_eq!(out.status, 200);
        let dead = copy.clone().call("who_am_i", &json!({})).await;
        answers.keep("signed out", dead);

        let said = serving.end();
        let planted =
            [PASSWORD, "planted wrong password", SOURCE_SECRET, VARIABLE_SECRET, session.as_str(), KEY, link.as_str()];
        assert_absent(&place.store, &planted);
        for line in said.lines().filter(|line| !line.contains("/issuer/password?link=")) {
            for secret in planted {
                assert!(!line.contains(secret), "the log holds {secret:?}: {line}");
            }
        }
        for answer in &answers.0 {
            for secret in planted {
                assert!(!answer.contains(secret), "an answer holds {secret:?}: {answer}");
            }
        }
        assert!(!said.contains(OBJECT_KEY), "the log holds the key of an object: {said}");
        check_log(&said);
    });
}

/// Makes the first instance manager, `admin`, at the address that a new server printed, and signs in.
pub(crate) async fn first_manager(serving: &Serving, port: u16) -> Browser {
    let mut browser = Browser { port, cookies: Default::default() };
    let link = set_up_link(&serving.said());
    let form = [("link", link.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.post_form("/issuer/password", &form).await.status, 200);
    assert_eq!(browser.sign_in("admin", PASSWORD).await.status, 303);
    browser
}

/// The one-time address that `serve` prints when nobody can sign in.
pub(crate) fn set_up_link(said: &str) -> String {
    let line = said.lines().find(|line| line.contains("/issuer/password?link=")).expect("the set-up address");
    line.split_once("link=").expect("a link").1.trim().to_owned()
}

fn requests() -> Vec<(&'static str, Value)> {
    let secrets = json!({ "password": SOURCE_SECRET });
    let mut from_variable = external("other");
    from_variable.secrets_from.insert("password".to_owned(), "CLEW_SOURCE_BANK__PASSWORD".to_owned());
    let source = |source| json!({ "project": "bank", "base": 1, "source": source, "secrets": secrets });
    vec![
        ("create_project", json!({ "id": "bank", "name": "Bank" })),
        ("test_source", json!({ "project": "bank", "source": external("ledger"), "secrets": secrets })),
        ("save_source", source(external("ledger"))),
        ("save_source", source(from_variable.clone())),
        ("test_source", json!({ "project": "bank", "source": from_variable, "secrets": {} })),
        ("read_project", json!({ "project": "bank" })),
        ("read_catalogue", json!({ "project": "bank", "source": "ledger" })),
        ("read_catalogue", json!({ "project": "bank", "source": "other" })),
        ("who_am_i", json!({})),
        // Mistakes of a program: the secret in the wrong place, or of the wrong shape.
        ("test_source", json!({ "project": "bank", "source": external("ledger"), "secrets": SOURCE_SECRET })),
        ("test_source", json!({ "project": "bank", "source": SOURCE_SECRET, "secrets": {} })),
        ("save_source", json!({ "project": SOURCE_SECRET, "secrets": {} })),
        ("who_am_i", json!({ "password": PASSWORD })),
    ]
}

/// The log is one JSON object per line, with a number for each request, and without the query of an address.
fn check_log(said: &str) {
    let lines: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let requests: Vec<&Value> = lines.iter().filter(|line| line.get("path").is_some()).collect();
    assert!(requests.len() > 10, "each request has its line");
    let asked = |line: &&&Value| line["path"] == "/api/call/read_project" && line["status"] == 200;
    let line = requests.iter().find(asked).expect("a line of a request that passed the door");
    assert!(line["bytes"].as_u64() > Some(100), "{line}");
    assert_eq!(line["question"].as_str().map(str::len), Some(16), "the audit's number: {line}");
    assert_eq!(line["person"].as_str().map(str::len), Some(32), "{line}");
    for line in requests {
        assert_eq!(line["request"].as_str().map(str::len), Some(16), "{line}");
        assert_eq!(line["address"], "127.0.0.1", "{line}");
        assert!(line["agent"].is_string(), "{line}");
        assert!(line["status"].is_u64() && !line["path"].to_string().contains('?'), "{line}");
    }
}
