//! The world of a chapter: a real server on a free port, a clock that stands still, and browsers that talk HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use access::{AppRole, Grant, Grantee, PersonId, ProjectRole};
use jiff::{SignedDuration, Timestamp};
use model::project::Project;
use serde_json::{Map, Value, json};
use server::Server;
use server::handlers::project::put_project;
use server::settings::{Given, Settings};
use server::sign_in::issuer::NewPerson;
use server::sign_in::session::SessionBody;
use server::start::Outside;
use server::store::{AuditFound, AuditSearch, Write};
use server::web::{Limits, Listening, serve};
use server::world::{Clock, SystemDice};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use wire::source::AccountRights;

use crate::ports::free_port;

/// The key of every server here; any 32 bytes that are no sample.
pub(crate) const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
/// The password of everybody here, unless a chapter says otherwise.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("threads")
});

/// Runs a transcript to its end.
pub(crate) fn run(transcript: impl Future<Output = ()>) {
    RUNTIME.block_on(transcript);
}

/// A clock that stands still until it is moved.
pub(crate) struct HeldClock(Mutex<Timestamp>);

impl HeldClock {
    /// Lets time pass.
    pub(crate) fn pass(&self, time: SignedDuration) {
        let mut now = self.0.lock().expect("no panic before");
        *now = now.checked_add(time).expect("a moment");
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no panic before")
    }

    fn monotonic(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).expect("after 1970")
    }
}

/// A running server with a folder of its own, which is gone when the world ends.
pub(crate) struct World {
    pub(crate) server: Arc<Server>,
    pub(crate) clock: Arc<HeldClock>,
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
    pub(crate) stop: watch::Sender<bool>,
    /// Ends when everything has ended, after `stop` became true.
    pub(crate) answering: tokio::task::JoinHandle<()>,
}

impl World {
    /// A server with nobody in it.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A server with further settings.
    pub(crate) async fn start_with(further: &[(&str, &str)]) -> Self {
        Self::start_limited(Limits::default(), further).await
    }

    /// A server that waits for other times, with further settings.
    pub(crate) async fn start_limited(limits: Limits, further: &[(&str, &str)]) -> Self {
        Self::start_among(limits, further, |outside| outside).await
    }

    /// A server with further settings, whose store or issuer is another one.
    pub(crate) async fn start_among(
        limits: Limits,
        further: &[(&str, &str)],
        change: impl FnOnce(Outside) -> Outside,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(HeldClock(Mutex::new("2026-11-20T10:00:00Z".parse().expect("a moment"))));
        let store = folder.path().join("clew.db");
        let (settings, port, listening) = listen(&store, further).await;
        let outside = Outside::open(&settings, clock.clone(), Arc::new(SystemDice)).expect("a store");
        let server = Server::start(&settings, change(outside)).await.expect("a server");
        let (stop, stopped) = watch::channel(false);
        let answering = server.clone();
        let answering = tokio::spawn(async move { serve(listening, &answering, limits, stopped).await });
        Self { server, clock, folder, port, stop, answering }
    }

    /// The page's origin.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A browser that nobody has used.
    pub(crate) fn browser(&self) -> Browser {
        Browser { port: self.port, cookies: BTreeMap::new() }
    }

    /// Adds a person to the embedded issuer.
    pub(crate) async fn add_person(&self, name: &str, roles: &[&str]) {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        let person = NewPerson { name: name.to_owned(), email: Some(format!("{name}@example.org")), roles };
        let issuer = self.server.sign_in.issuer().expect("the embedded issuer");
        issuer.people.add_with_password(person, PASSWORD).await.expect("a person");
    }

    /// Adds a person and signs in, all the way.
    pub(crate) async fn signed_in(&self, name: &str, roles: &[&str]) -> Browser {
        self.add_person(name, roles).await;
        let mut browser = self.browser();
        let arrived = browser.sign_in(name, PASSWORD).await;
        assert_eq!((arrived.status, arrived.header("location")), (303, "/"), "{name} signs in: {}", arrived.text());
        browser
    }

    /// A browser with a session that nobody signed in for.
    pub(crate) async fn with_session(&self, person: &PersonId, body: &SessionBody) -> Browser {
        let opened = self.server.sessions.open(person, body, self.clock.now()).await.expect("a session");
        let cookie = self.server.sessions.cookie(&opened);
        let pair = cookie.to_str().expect("text").split(';').next().expect("a cookie");
        let (name, value) = pair.split_once('=').expect("a cookie");
        let mut browser = self.browser();
        browser.cookies.insert(name.to_owned(), value.to_owned());
        browser
    }

    /// Keeps a project as it is, past every check: also the accounts of its databases, as if somebody had taken them.
    pub(crate) async fn put_project(&self, project: &Project) {
        let revision = self.server.keeper.current().revision;
        let rights = AccountRights { at: self.clock.now().as_second(), taken: true, ..AccountRights::default() };
        let databases = project.sources.values().filter(|source| server::connectors::has_accounts(&source.kind));
        let mut writes: Vec<Write> = databases
            .map(|source| server::accounts::write(&project.id, &source.id, Some(&rights)))
            .collect::<Result<_, _>>()
            .expect("rights");
        writes.push(put_project(project).expect("a project"));
        self.server.keeper.commit(revision, writes, Vec::new()).await.expect("no conflict");
    }

    /// The newest entries of the audit log, newest first.
    pub(crate) async fn audit(&self, limit: u32) -> Vec<AuditFound> {
        let search = AuditSearch { limit, ..AuditSearch::default() };
        self.server.audit.search(search).await.expect("the audit log")
    }
}

/// Settings with a port that is taken at once: somebody else may take a free one between looking and listening.
async fn listen(store: &std::path::Path, further: &[(&str, &str)]) -> (Settings, u16, Listening) {
    for _ in 0..5 {
        let port = free_port();
        let settings = settings(store, port, further);
        if let Ok(listening) = Listening::bind(&settings.listen).await {
            return (settings, port, listening);
        }
    }
    panic!("every free port is taken by somebody else");
}

/// Settings as IT would give them.
pub(crate) fn settings(store: &std::path::Path, port: u16, further: &[(&str, &str)]) -> Settings {
    let mut given = Given::default();
    let own = [
        ("CONFIG_B64_ENCRYPTION_KEY", KEY.to_owned()),
        ("JDBC_CONNECTION_STRING", format!("jdbc:sqlite:{}", store.display())),
        ("CLEW_LISTEN", format!("127.0.0.1:{port}")),
        ("CLEW_PUBLIC_URL", format!("http://localhost:{port}")),
        // A chapter asks faster than any person.
        ("CLEW_CALLS_PER_SECOND", "100000".to_owned()),
        // Its own chapter knows it; everybody else signs in with the password.
        ("CLEW_LOCAL_SECOND_FACTOR", "nobody".to_owned()),
    ];
    given.environment.extend(own.map(|(name, value)| (name.to_owned(), value)));
    // The sources of the chapters are on this machine.
    given.environment.insert("CLEW_EGRESS_ALLOW".to_owned(), "localhost:*, 127.0.0.1:*".to_owned());
    given.environment.extend(further.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Settings::read(&given).expect("settings")
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Every cookie that is set, as `name=value; attributes`.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }

    /// Status and code of a fault, or the status alone: `403 forbidden`.
    pub(crate) fn verdict(&self) -> String {
        let code = serde_json::from_slice::<Value>(&self.body).ok().and_then(|body| {
            let code = body.get("code")?.as_str()?.to_owned();
            (self.status >= 400).then_some(code)
        });
        code.map_or_else(|| self.status.to_string(), |code| format!("{} {code}", self.status))
    }
}

/// A browser: it keeps cookies, follows nothing by itself, and says where its requests come from.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) port: u16,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Sends a request with exactly these headers beside host, cookies and length.
    pub(crate) async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let reply = exchange(self.port, &self.written(method, path, headers, body)).await;
        self.take_cookies(&reply);
        reply
    }

    /// The bytes of such a request, for those who read the answer in a way of their own.
    pub(crate) fn written(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        let mut line = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
        if !headers.iter().any(|(name, _)| *name == "host") {
            line("host", &format!("localhost:{}", self.port));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            line("cookie", &cookies.join("; "));
        }
        if method != "GET" || !body.is_empty() {
            line("content-length", &body.len().to_string());
        }
        headers.iter().for_each(|(name, value)| line(name, value));
        head.push_str("\r\n");
        [head.as_bytes(), body].concat()
    }

    fn take_cookies(&mut self, reply: &Reply) {
        for cookie in reply.cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Opens an address, as typed or clicked.
    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[], b"").await
    }

    /// Sends a form of the page.
    pub(crate) async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        self.send("POST", path, &headers, form.as_bytes()).await
    }

    /// Sends a call, as the page does.
    pub(crate) async fn call(&mut self, name: &str, request: &Value) -> Reply {
        self.post_json(&format!("/api/call/{name}"), request).await
    }

    /// Sends JSON to a path, as the page does.
    pub(crate) async fn post_json(&mut self, path: &str, request: &Value) -> Reply {
        self.send("POST", path, &PAGE_HEADERS, request.to_string().as_bytes()).await
    }

    /// Sends a file, as the page does.
    pub(crate) async fn upload(&mut self, request: &Value, file: &[u8]) -> Reply {
        let path = with_request("/api/upload/upload_file", request);
        self.send("POST", &path, &PAGE_HEADERS, file).await
    }

    /// Leaves for the issuer; gives the address of its page, below the origin.
    pub(crate) async fn leave_for_issuer(&mut self, path: &str) -> String {
        let left = self.get(path).await;
        assert_eq!(left.status, 303, "{}", left.text());
        let address = url::Url::parse(left.header("location")).expect("an address");
        format!("{}?{}", address.path(), address.query().unwrap_or_default())
    }

    /// Answers the issuer's page at `page` with name and password.
    pub(crate) async fn enter_password(&mut self, page: &str, name: &str, password: &str) -> Reply {
        let (_, request) = page.split_once('?').expect("a query");
        let fields = [("request", request), ("name", name), ("password", password)];
        self.post_form("/issuer/authorize", &fields).await
    }

    /// Signs in, all the way; gives the last answer.
    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> Reply {
        let page = self.leave_for_issuer("/sign-in").await;
        assert_eq!(self.get(&page).await.status, 200);
        let answered = self.enter_password(&page, name, password).await;
        if answered.status != 303 {
            return answered;
        }
        let back = path_of(answered.header("location"));
        self.get(&back).await
    }

    /// Who the server takes this browser for.
    pub(crate) async fn person(&mut self) -> PersonId {
        let me = self.call("who_am_i", &json!({})).await.json();
        serde_json::from_value(me["caller"]["person"].clone()).expect("a person")
    }

    /// The roles that the server takes this person for; the verdict where it takes nobody.
    pub(crate) async fn roles(&mut self) -> Value {
        let me = self.call("who_am_i", &json!({})).await;
        if me.status == 200 { me.json()["caller"]["roles"].clone() } else { json!(me.verdict()) }
    }

    /// The revision of a project, as this person sees it.
    pub(crate) async fn revision(&mut self, project: &str) -> u64 {
        let read = self.call("read_project", &json!({ "project": project })).await;
        read.json()["revision"].as_u64().unwrap_or_else(|| panic!("{}", read.text()))
    }
}

/// What the page sends with every request.
pub(crate) const PAGE_HEADERS: [(&str, &str); 3] =
    [("content-type", "application/json"), ("clew-wire", "1"), ("sec-fetch-site", "same-origin")];

/// A path with a request in its query.
pub(crate) fn with_request(path: &str, request: &Value) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("wire", "1")
        .append_pair("request", &request.to_string())
        .finish();
    format!("{path}?{query}")
}

/// Path and query of an address.
pub(crate) fn path_of(address: &str) -> String {
    let url = url::Url::parse(address).expect("an address");
    url[url::Position::BeforePath..].to_owned()
}

/// Sends bytes and reads one answer to the end of the connection.
pub(crate) async fn exchange(port: u16, request: &[u8]) -> Reply {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect(address).await.expect("a server");
    // A server that refuses early may close before everything is sent; its answer is what counts.
    let sent = stream.write_all(request).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the server did not answer within a minute");
    read_reply(&answer)
        .unwrap_or_else(|| panic!("no answer ({sent:?}, {read:?}): {}", String::from_utf8_lossy(&answer)))
}

/// An answer from everything that came.
pub(crate) fn read_reply(answer: &[u8]) -> Option<Reply> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let raw = &answer[end + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked { unchunked(raw) } else { raw.to_vec() };
    Some(Reply { status, headers, body })
}

/// The body behind the sizes of its chunks; a body that breaks off is given as far as it came.
fn unchunked(mut raw: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = raw.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&raw[..end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(size) = size.filter(|size| *size > 0 && raw.len() >= end + 4 + size) else { break };
        body.extend_from_slice(&raw[end + 2..end + 2 + size]);
        raw = &raw[end + 4 + size..];
    }
    body
}

/// An empty project whose Own is one person.
pub(crate) fn project(id: &str, own: &PersonId) -> Project {
    Project {
        id: id.parse_id(),
        name: format!("Project {id}"),
        description: String::new(),
        sources: BTreeMap::new(),
        object_types: BTreeMap::new(),
        link_types: BTreeMap::new(),
        grants: vec![grant(own, ProjectRole::Own)],
    }
}

/// A grant to a person.
pub(crate) fn grant(person: &PersonId, role: ProjectRole) -> Grant {
    Grant { to: Grantee::Person(person.clone()), role }
}

/// A project over views of a database of the specification, each with a number `id` and a text `name`.
pub(crate) fn project_of_views(database: &str, port: u16, grants: &[Grant], views: &[&str]) -> Project {
    let settings = json!({ "host": "127.0.0.1", "port": port.to_string(), "database": database, "user": "postgres", "tls": "off" });
    let property = |id: &str, kind: &str| json!({ "id": id, "name": id, "column": id, "kind": kind });
    let object_type = |id: &str| {
        json!({
            "id": id, "name": id, "plural": id, "icon": "dot", "colour": 0, "source": database, "table": { "name": id },
            "key": ["id"], "title": "{name}", "properties": [property("id", "integer"), property("name", "text")],
        })
    };
    let types: Map<String, Value> = views.iter().map(|view| ((*view).to_owned(), object_type(view))).collect();
    let source = json!({ "id": database, "name": database, "kind": "postgresql", "settings": settings });
    let project = json!({
        "id": "bank", "name": "Bank", "grants": grants, "sources": { database: source }, "object_types": types,
        "link_types": {},
    });
    serde_json::from_value(project).expect("a project")
}

/// Waits for something that must be so within a time.
pub(crate) async fn within(at_most: Duration, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = tokio::time::Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < at_most, "{what}: not within {at_most:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An app role.
pub(crate) fn role(name: &str) -> AppRole {
    AppRole::new(name).expect("a role")
}

/// Makes ids of plain text, so that tables stay readable.
pub(crate) trait ParseId<T> {
    fn parse_id(&self) -> T;
}

impl<T: TryFrom<String>> ParseId<T> for str {
    fn parse_id(&self) -> T {
        T::try_from(self.to_owned()).unwrap_or_else(|_| panic!("{self} is no id"))
    }
}
