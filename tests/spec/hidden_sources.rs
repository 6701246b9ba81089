//! Changes by somebody who may not know a source: nothing of it is used, and a guess that is right is answered like one
//! that is wrong.

use std::sync::{Arc, Mutex};

use access::ProjectRole;
use model::change::Change;
use model::project::Source;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::projects::{bank, change, member, read};
use crate::samples::external;
use crate::world::{Browser, ParseId as _, World, role, run};

/// A database that asks for the password in clear, and what each connection to it said.
struct Listening {
    port: u16,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Listening {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // A connection counts when it comes, whatever is said by it.
                let number = {
                    let mut heard = kept.lock().expect("no panic");
                    heard.push(Vec::new());
                    heard.len() - 1
                };
                let kept = kept.clone();
                tokio::spawn(async move {
                    let mut said = vec![0; 4_096];
                    let first = stream.read(&mut said).await.unwrap_or_default();
                    // AuthenticationCleartextPassword.
                    drop(stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).await);
                    let second = stream.read(&mut said[first..]).await.unwrap_or_default();
                    said.truncate(first + second);
                    kept.lock().expect("no panic")[number] = said;
                });
            }
        });
        Self { port, heard }
    }

    fn connections(&self) -> usize {
        self.heard.lock().expect("no panic").len()
    }

    fn holds(&self, secret: &str) -> bool {
        let heard = self.heard.lock().expect("no panic");
        heard.iter().any(|said| said.windows(secret.len()).any(|part| part == secret.as_bytes()))
    }
}

/// The source `ledger` at a port of this machine, in clear.
fn at(port: u16, database: &str) -> Source {
    let mut source = external("ledger");
    let settings = [("port", port.to_string()), ("tls", "off".to_owned()), ("database", database.to_owned())];
    source.settings.extend(settings.map(|(name, value)| (name.to_owned(), value)));
    source
}

async fn save(browser: &mut Browser, source: &Source, secrets: Value) -> (u16, String) {
    let base = browser.revision("bank").await;
    let request = json!({ "project": "bank", "base": base, "source": source, "secrets": secrets });
    let reply = browser.call("save_source", &request).await;
    (reply.status, reply.text())
}

async fn put(browser: &mut Browser, source: &Source) -> (u16, String) {
    let reply = change(browser, "everyone", &[Change::PutSource(Box::new(source.clone()))]).await;
    (reply.status, reply.text())
}

/// Hides `ledger` from whoever has no `Bank.Secret`, past every check.
async fn hide(world: &World) {
    let current = world.server.keeper.current();
    let mut project = (*current.project(&"bank".parse_id()).expect("a project").project).clone();
    let ledger = project.sources.get_mut(&"ledger".parse_id()).expect("a source");
    ledger.required_role = Some(role("Bank.Secret"));
    world.put_project(&project).await;
}

#[test]
fn the_saved_secrets_of_a_hidden_source_are_used_for_nobody_and_a_right_guess_is_answered_like_a_wrong_one() {
    run(async {
        let (ledger, elsewhere) = (Listening::start().await, Listening::start().await);
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut eve = member(&world, &mut own, "eve", &["Task.Manage"], ProjectRole::Manage).await;
        assert_eq!(save(&mut own, &at(ledger.port, "bank"), json!({ "password": "planted" })).await.0, 200);
        // Whoever sees the source may save it anew, and what was saved goes along: then it is heard.
        assert_eq!(save(&mut eve, &at(ledger.port, "other"), json!({})).await.0, 200);
        assert!(ledger.holds("planted"), "a secret goes to the address that it was saved for");

        hide(&world).await;
        assert!(!read(&mut eve).await.to_string().contains("ledger"), "the source is hidden");
        let before = (ledger.connections(), elsewhere.connections());
        let right = [at(ledger.port, "third"), at(ledger.port, "other"), at(ledger.port, "bank")];
        let wrong = at(elsewhere.port, "third");
        let (saved, changed) = (save(&mut eve, &wrong, json!({})).await, put(&mut eve, &wrong).await);
        assert_eq!((saved.0, changed.0), (409, 409), "{saved:?} {changed:?}");
        for guess in &right {
            assert_eq!(save(&mut eve, guess, json!({})).await, saved);
            assert_eq!(save(&mut eve, guess, json!({ "password": "guessed" })).await, saved);
            assert_eq!(put(&mut eve, guess).await, changed);
        }
        assert_eq!((ledger.connections(), elsewhere.connections()), before, "nothing went out");
        // What is only tried goes where it says, and takes nothing along.
        let count = ledger.heard.lock().expect("no panic").len();
        let request = json!({ "project": "bank", "source": at(ledger.port, "third"), "secrets": {} });
        eve.call("test_source", &request).await;
        let heard = ledger.heard.lock().expect("no panic").split_off(count);
        assert!(!heard.iter().any(|said| said.windows(7).any(|part| part == b"planted")), "{heard:?}");
        let kept = world.server.keeper.current();
        let source = &kept.project(&"bank".parse_id()).expect("a project").project.sources[&"ledger".parse_id()];
        assert_eq!(source.settings["database"], "other", "and it is as it was");
    });
}

#[test]
fn a_change_that_cannot_be_made_is_refused_before_anything_goes_out() {
    run(async {
        let ledger = Listening::start().await;
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(save(&mut own, &at(ledger.port, "bank"), json!({ "password": "planted" })).await.0, 200);
        let before = ledger.connections();
        assert!(before > 0, "a source that can be saved is looked at");
        let mut manage = member(&world, &mut own, "manage", &["Task.Read"], ProjectRole::Manage).await;
        let refused = put(&mut manage, &at(ledger.port, "other")).await;
        assert_eq!(refused.0, 403, "{refused:?}");
        let nameless = Source { name: " ".to_owned(), ..at(ledger.port, "other") };
        assert_eq!((save(&mut own, &nameless, json!({})).await.0, put(&mut own, &nameless).await.0), (422, 422));
        assert_eq!(ledger.connections(), before);
    });
}
