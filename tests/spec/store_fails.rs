//! A store or an issuer that fails: what cannot be written down is not asked, what is not written down is not called
//! complete, and a server whose store takes no more writes says so and ends.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use server::sign_in::transport::{HttpRequest, HttpResponse, Transport, Unreachable};
use server::store::vault::{KeyId, Sealed};
use server::store::{
    Anchor, Answer, AuditLog, AuditPage, AuditSearch, AuditSpan, Give, Health, Loaded, NewAudit, Record, RecordKey,
    RecordKind, Records, Roll, RollNote, RolledStore, Session, SessionHash, Sessions, Store, StoreError, Take, Uploads,
    Verdict, Whole, Write,
};
use server::upkeep;
use server::web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use wire::frame::{Decoder, Frame};
use zeroize::Zeroizing;

use crate::exports::take_model;
use crate::issuer_sign_out::{is_in, leaving, tell};
use crate::projects::bank;
use crate::samples::{external, object_type};
use crate::signing_issuer::SigningIssuer;
use crate::uploads::accepted;
use crate::world::{Browser, PAGE_HEADERS, ParseId as _, World, read_reply, run, with_request};

/// A store that does everything as it should until it is told otherwise.
struct FailingStore {
    kept: Arc<dyn Store>,
    /// Which entry of the audit from now on fails, the next being 1; 0 for none.
    fails_at: AtomicU32,
    health: watch::Sender<Health>,
}

impl FailingStore {
    fn of(kept: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { kept, fails_at: AtomicU32::new(0), health: watch::Sender::new(Health::Fine) })
    }

    /// Lets the n-th entry of the audit from now on fail, and no other.
    fn fail_at(&self, entry: u32) {
        self.fails_at.store(entry, Ordering::Release);
    }

    /// Whether the failure has happened.
    fn has_failed(&self) -> bool {
        self.fails_at.load(Ordering::Acquire) == 0
    }
}

/// What is handed on as it is.
macro_rules! hands_on {
    ($part:ident: $($name:ident($($argument:ident: $kind:ty),*) -> $given:ty;)*) => {
        impl $part for FailingStore {
            $(fn $name(&self, $($argument: $kind),*) -> Answer<'_, $given> {
                self.kept.$name($($argument),*)
            })*
        }
    };
}

hands_on! { Records:
    revision() -> u64;
    load() -> Loaded;
    commit(expected: u64, writes: Vec<Write>, audit: Vec<NewAudit>) -> u64;
    keep(writes: Vec<Write>, audit: Vec<NewAudit>) -> u64;
    get(key: RecordKey) -> Option<Record>;
    list(kind: RecordKind, project: Option<String>) -> Vec<Record>;
}

hands_on! { Sessions:
    put_session(session: Session) -> ();
    session(hash: SessionHash) -> Option<Session>;
    change_session(hash: SessionHash, before: Zeroizing<Vec<u8>>, after: Zeroizing<Vec<u8>>) -> bool;
    touch_session(hash: SessionHash, seen: Timestamp) -> bool;
    end_session(hash: SessionHash) -> bool;
    end_sessions(person: Option<String>) -> u64;
    end_oldest_sessions(person: Option<String>, keep: SessionHash, most: u32) -> Vec<Session>;
    sessions(person: Option<String>) -> Vec<Session>;
    count_sessions() -> u64;
    purge_sessions(now: Timestamp, idle_since: Timestamp) -> u64;
}

hands_on! { Whole:
    dump(take: Take) -> ();
    fill(give: Give) -> ();
}

hands_on! { Uploads:
    put_chunk(upload: String, index: u32, count: u32, bytes: Bytes) -> ();
    chunk(upload: String, index: u32, count: u32) -> Zeroizing<Vec<u8>>;
    drop_upload(upload: String) -> ();
    uploads() -> Vec<String>;
}

impl AuditLog for FailingStore {
    fn append_audit(&self, entries: Vec<NewAudit>) -> Answer<'_, Vec<u64>> {
        let one_less = |left: u32| left.checked_sub(1);
        let left = self.fails_at.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_less);
        if left == Ok(1) {
            return async { Err(StoreError::Full) }.boxed();
        }
        self.kept.append_audit(entries)
    }

    fn settle_audit(&self, at: Timestamp) -> Answer<'_, u64> {
        self.kept.settle_audit(at)
    }

    fn search_audit(&self, search: AuditSearch) -> Answer<'_, AuditPage> {
        self.kept.search_audit(search)
    }

    fn audit_span(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Answer<'_, AuditSpan> {
        self.kept.audit_span(from, until)
    }

    fn audit_anchor(&self) -> Answer<'_, Anchor> {
        self.kept.audit_anchor()
    }

    fn verify_audit(&self, anchors: Vec<Anchor>) -> Answer<'_, Verdict> {
        self.kept.verify_audit(anchors)
    }

    fn verify_audit_end(&self, entries: u64) -> Answer<'_, Verdict> {
        self.kept.verify_audit_end(entries)
    }
}

impl Store for FailingStore {
    fn open(&self, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.kept.open(sealed)
    }

    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.kept.derive(purpose)
    }

    fn key_id(&self) -> KeyId {
        self.kept.key_id()
    }

    fn roll(&self) -> watch::Receiver<Roll> {
        self.kept.roll()
    }

    fn roll_key(&self, note: RollNote) -> Answer<'_, RolledStore> {
        self.kept.roll_key(note)
    }

    fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    fn close(&self) -> Answer<'_, ()> {
        self.kept.close()
    }
}

async fn world() -> (World, Arc<FailingStore>) {
    world_with(&[]).await
}

async fn world_with(further: &[(&str, &str)]) -> (World, Arc<FailingStore>) {
    let mut failing = None;
    let change = |outside: server::start::Outside| {
        let store = FailingStore::of(outside.store.clone());
        failing = Some(store.clone());
        server::start::Outside { store, ..outside }
    };
    let world = World::start_among(Limits::default(), further, change).await;
    (world, failing.expect("the store that was handed in"))
}

/// One request of each shape about a source, and one that changes something.
fn requests(source: &str, kind: &str) -> [(&'static str, String, Value); 4] {
    let query = json!({ "from": { "objects": kind }, "answer": { "rows": { "limit": 10 } } });
    let rows = json!({ "project": "bank", "query": query });
    let name = json!({ "project": "bank", "name": "people.csv" });
    let catalogue = json!({ "project": "bank", "source": source });
    [
        ("read_catalogue", "/api/call/read_catalogue".to_owned(), catalogue),
        ("run_query", "/api/stream/run_query".to_owned(), rows.clone()),
        ("export_rows", "/api/download/export_rows".to_owned(), rows),
        ("upload_file", with_request("/api/upload/upload_file", &name), Value::Null),
    ]
}

/// Everything that the server sends on one connection, as it comes.
async fn raw(browser: &Browser, call: &str, path: &str, request: &Value) -> Vec<u8> {
    let written = match call {
        "upload_file" => browser.written("POST", path, &PAGE_HEADERS, b"name,zip\nAda,0150\n"),
        _ => browser.written("POST", path, &PAGE_HEADERS, request.to_string().as_bytes()),
    };
    let mut stream = TcpStream::connect(("127.0.0.1", browser.port)).await.expect("a server");
    stream.write_all(&written).await.expect("sent");
    let (mut answer, mut piece) = (Vec::new(), [0; 4_096]);
    // A file that is cut off may end with a reset.
    while let Ok(bytes @ 1..) = stream.read(&mut piece).await {
        answer.extend_from_slice(&piece[..bytes]);
    }
    answer
}

/// What is told of something that was not begun, and of something whose end is not known.
const NOT_DONE: &str = "so it was not done";
const NOT_TOLD: &str = "How this ended could not be written down";

fn assert_unavailable(call: &str, answer: &[u8], said: &str) {
    let reply = read_reply(answer).unwrap_or_else(|| panic!("{call}: {}", String::from_utf8_lossy(answer)));
    assert_eq!(reply.verdict(), "503 audit_unavailable", "{call}: {}", reply.text());
    let fault = reply.json();
    assert!(fault["sentence"].as_str().is_some_and(|text| text.contains(said)), "{call}: {fault}");
    assert!(
        fault["remedy"].as_str().is_some_and(|text| text.contains("try again") || text.contains("Try again")),
        "{call}: {fault}"
    );
}

/// The outcome of the newest entry of a call.
async fn outcome(world: &World, call: &str) -> Option<String> {
    let found = world.audit(50).await.into_iter().find(|entry| entry.call == call);
    found.map(|entry| entry.outcome.as_str().to_owned())
}

#[test]
fn what_cannot_be_written_down_is_not_asked_whatever_its_shape() {
    run(async {
        let (world, store) = world().await;
        let mut own = bank(&world).await;
        let source = TcpListener::bind("127.0.0.1:0").expect("a port");
        source.set_nonblocking(true).expect("it does not wait");
        let mut ledger = external("ledger");
        let port = source.local_addr().expect("an address").port().to_string();
        ledger.settings.insert("port".to_owned(), port);
        let mut project = crate::world::project("bank", &own.person().await);
        project.sources.insert(ledger.id.clone(), ledger);
        project.object_types.insert("account".parse_id(), object_type("account", "ledger"));
        world.put_project(&project).await;

        for (call, path, request) in requests("ledger", "account") {
            store.fail_at(1);
            assert_unavailable(call, &raw(&own, call, &path, &request).await, NOT_DONE);
            assert!(store.has_failed(), "{call}");
            assert_eq!(outcome(&world, call).await, None, "{call}: nothing is written down");
            assert!(source.accept().is_err(), "{call}: the source was not asked");
            assert_eq!(world.server.store.uploads().await, Ok(Vec::new()), "{call}: no file was taken");
        }
        store.fail_at(1);
        let create = own.call("create_project", &json!({ "id": "fresh", "name": "Fresh" })).await;
        assert_eq!(create.verdict(), "503 audit_unavailable");
        assert!(create.text().contains(NOT_DONE), "{}", create.text());
        assert!(world.server.keeper.current().project(&"fresh".parse_id()).is_none(), "nothing was changed");

        // The same without a failure does ask the source, so what is asserted above can be seen here.
        let [(call, path, request), ..] = requests("ledger", "account");
        let asked = async {
            while source.accept().map(drop).is_err() {
                tokio::task::yield_now().await;
            }
        };
        let (answer, ()) = tokio::join!(raw(&own, call, &path, &request), asked);
        assert_eq!(read_reply(&answer).expect("an answer").verdict(), "502 source_failed");
    });
}

/// The last frame of a stream, and how many bytes of rows there were.
fn frames(answer: &[u8]) -> (usize, Option<Frame>) {
    let mut decoder = Decoder::new();
    decoder.push(&read_reply(answer).expect("an answer").body);
    let (mut rows, mut last) = (0, None);
    while let Some(frame) = decoder.next_frame().expect("a frame") {
        // Bytes, not frames: how many there are depends on how fast the source is read.
        rows += if let Frame::Arrow(_, bytes) = &frame { bytes.len() } else { 0 };
        last = Some(frame);
    }
    (rows, last)
}

/// Whether the end of a body came that has one.
fn is_whole(answer: &[u8]) -> bool {
    answer.ends_with(b"\r\n0\r\n\r\n")
}

#[test]
fn an_answer_whose_end_cannot_be_written_down_is_never_called_complete() {
    run(async {
        let (world, store) = world().await;
        let mut own = bank(&world).await;
        assert_eq!(accepted(&mut own, "people", b"name,zip\nAda,0150\nBob,0250\n").await.verdict(), "200");
        let kind = take_model(&mut own, "people").await;
        for (call, path, request) in requests("people", &kind) {
            let good = raw(&own, call, &path, &request).await;
            assert_eq!(read_reply(&good).expect("an answer").status, 200, "{call}");
            assert_eq!(outcome(&world, call).await.as_deref(), Some("done"), "{call}");

            store.fail_at(2);
            let answer = raw(&own, call, &path, &request).await;
            assert!(store.has_failed(), "{call}");
            assert_eq!(outcome(&world, call).await.as_deref(), Some("begun"), "{call}: only its beginning is there");
            match call {
                "run_query" => {
                    let (before, last) = frames(&good);
                    assert!(matches!(last, Some(Frame::Done)), "{last:?}");
                    let (rows, last) = frames(&answer);
                    assert_eq!(rows, before, "the rows came");
                    let Some(Frame::Failed(fault)) = last else { panic!("it ends with {last:?}") };
                    assert_eq!(fault.code, wire::Code::AuditUnavailable);
                    assert!(fault.sentence.contains(NOT_TOLD) && !fault.remedy.is_empty(), "{fault:?}");
                }
                "export_rows" => {
                    assert!(is_whole(&good), "a file has an end");
                    assert!(!is_whole(&answer), "and this one was cut off: {}", String::from_utf8_lossy(&answer));
                }
                _ => assert_unavailable(call, &answer, NOT_TOLD),
            }
        }
        store.fail_at(2);
        let create = own.call("create_project", &json!({ "id": "fresh", "name": "Fresh" })).await;
        assert_eq!(create.verdict(), "503 audit_unavailable");
        assert!(world.server.keeper.current().project(&"fresh".parse_id()).is_some(), "it was done");
        assert!(create.text().contains(NOT_TOLD) && !create.text().contains(NOT_DONE), "{}", create.text());
    });
}

#[test]
fn a_server_whose_store_takes_no_more_writes_is_not_ready_and_ends() {
    run(async {
        let (world, store) = world().await;
        let mut anybody = world.browser();
        assert_eq!(anybody.get("/readyz").await.text(), "ready\n");
        let mut ended = std::pin::pin!(upkeep::until_store_fails(&world.server));
        assert_eq!(ended.as_mut().now_or_never(), None, "it goes on for as long as the store is well");

        let failure = StoreError::Refusing { cause: "planted".to_owned() };
        store.health.send_replace(Health::Refusing(failure.clone()));
        let ready = anybody.get("/readyz").await;
        assert_eq!((ready.status, ready.text().as_str()), (503, "not ready: store_failed\n"));
        assert_eq!(anybody.get("/healthz").await.status, 200, "the process itself lives");
        let reason = tokio::time::timeout(Duration::from_secs(10), ended).await;
        assert_eq!(reason.expect("it is told at once"), failure);
    });
}

/// An issuer elsewhere that answers always the same, or not at all.
struct Stubborn(Option<(u16, &'static str)>);

impl Transport for Stubborn {
    fn send(&self, _: HttpRequest) -> BoxFuture<'static, Result<HttpResponse, Unreachable>> {
        let answer = self.0;
        async move {
            let (status, body) = answer.ok_or_else(|| Unreachable("planted: the line is cut".to_owned()))?;
            let mut answer = HttpResponse::new(body.as_bytes().to_vec());
            *answer.status_mut() = status.try_into().expect("a status");
            Ok(answer)
        }
        .boxed()
    }
}

#[test]
fn an_issuer_that_does_not_answer_as_it_should_is_no_reason_not_to_start_and_is_told_with_a_remedy() {
    run(async {
        let further = [("CLEW_OIDC_ISSUER", "https://issuer.example"), ("CLEW_OIDC_CLIENT_ID", "clew")];
        for answer in
            [None, Some((500, "planted")), Some((200, "planted")), Some((200, "{\"issuer\":\"https://other\"}"))]
        {
            let change = |outside: server::start::Outside| server::start::Outside {
                issuer: Some(Arc::new(Stubborn(answer))),
                ..outside
            };
            let world = World::start_among(Limits::default(), &further, change).await;
            assert_eq!(world.browser().get("/readyz").await.status, 200, "{answer:?}");
            let left = world.browser().get("/sign-in").await;
            assert_eq!(left.status, 502, "{answer:?}: {}", left.text());
            assert!(left.text().contains("The sign-in service does not answer as it should."), "{answer:?}");
            assert!(left.text().contains("Try again in a minute"), "{answer:?}: {}", left.text());
            assert!(!left.text().contains("planted"), "{answer:?}: its words go nowhere");
        }
    });
}

#[test]
fn an_issuers_word_that_could_not_be_followed_is_followed_when_it_comes_again() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let (world, store) = world_with(&issuer.settings()).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        let token = leaving(&issuer, &world, "ada", "t1").signed();
        store.fail_at(1);
        assert_eq!(tell(&world, &token).await.status, 503);
        assert!(store.has_failed() && is_in(&mut ada).await);
        assert_eq!(tell(&world, &token).await.status, 200, "it was not used up");
        assert!(!is_in(&mut ada).await);
    });
}
