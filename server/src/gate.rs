//! The door: who, may they, write down, run, write down, answer. For every request, and nowhere else.
//!
//! A handler takes [`Allowed`], which only this file can make, so that a handler without a check does not compile.
//! What happens to a request, in order:
//!
//! 1. It comes from this page (version header, `Sec-Fetch-Site` or `Origin`), or is refused.
//! 2. Its session is found, or it is told to sign in.
//! 3. It is read within its limit, unknown fields refused unless it is of a neighbouring version (`versions`). Refusals up
//!    to here are counted, and written down once a minute for each address and person.
//! 4. Its needs are decided on one snapshot: hidden becomes 404, denied becomes 403 with the right named; both are
//!    written down.
//! 5. Its beginning is written down, durably, before any source is asked. If that fails, nothing is asked.
//! 6. It runs.
//! 7. Its end is written down, durably, before the answer is complete. If that fails, the answer says so.
//!
//! Absent on purpose: any knowledge of what requests do, and any way round.

mod read;

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use access::{Decision, Need, Policy, ProjectId, Resource};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use wire::audit::ChangedState;
use wire::frame::{Frame, Head};
use wire::{Code, Fault, Record, Request};

use crate::Server;
use crate::access_line;
use crate::audit::{Begun, Ending, Entry, Unavailable};
use crate::body::Incoming;
use crate::broker::{Piece, Pieces, StreamEnd};
use crate::config::{Config, Seen, Visible, seen};
use crate::ending::Unwritten;
use crate::hash::hex;
use crate::living::Living;
use crate::sign_in::{SignedIn, renewal};
use crate::store::Outcome;
use crate::versions::Reading;
use crate::world::random;

/// A request that passed the door, with everything that was looked at.
pub struct Allowed<R> {
    /// What is asked.
    pub request: R,
    /// Who asks.
    pub who: SignedIn,
    /// The snapshot that the decision was made on.
    pub config: Arc<Config>,
    /// The policy that the decision was made by.
    pub policy: Arc<Policy>,
    /// The number of this request in the audit and the log.
    pub question: String,
    _proof: Proof,
}

/// Nobody but this file can make one. What a handler finds out for the log goes back to the door through it.
struct Proof {
    found: Arc<Found>,
}

/// What only a handler finds out, and the end of its entry is to say.
#[derive(Default)]
struct Found {
    /// Why something is answered like something that does not exist.
    hidden: OnceLock<String>,
    /// What became of the configuration.
    changed: OnceLock<ChangedState>,
}

impl<R> Allowed<R> {
    /// A project as the person may see it, own changes included.
    ///
    /// # Errors
    /// [`Fault`] `NotFound` when it does not exist.
    pub fn project(&self, id: &ProjectId) -> Result<Visible, Fault> {
        Ok(self.seen(id)?.project)
    }

    /// A project and the person's own changes, as the person may see them.
    ///
    /// # Errors
    /// [`Fault`] `NotFound` when it does not exist.
    pub fn seen(&self, id: &ProjectId) -> Result<Seen, Fault> {
        let kept = self.config.project(id).ok_or_else(Fault::not_found)?;
        Ok(seen(kept, &self.policy, &self.who.caller))
    }

    /// Asks the policy for one more right, which only the content of the request brings up.
    ///
    /// # Errors
    /// [`Fault`] `NotFound` or `Forbidden`.
    pub fn also(&self, need: &Need) -> Result<(), Fault> {
        match self.policy.decide(&self.who.caller, need) {
            Decision::Allow => Ok(()),
            Decision::Hide => {
                self.found().hidden.get_or_init(|| unknown(need));
                Err(Fault::not_found())
            }
            Decision::Deny(missing) => Err(forbidden(&missing)),
        }
    }

    /// Whether the person has one more right, where it refuses nothing by itself.
    pub fn may(&self, need: &Need) -> bool {
        self.policy.decide(&self.who.caller, need) == Decision::Allow
    }

    /// Tells the log what became of the configuration.
    pub(crate) fn changed(&self, changed: ChangedState) {
        self.found().changed.get_or_init(|| changed);
    }

    fn found(&self) -> &Found {
        &self._proof.found
    }
}

impl<R: Request> Allowed<R> {
    /// Decides anew, on the newest snapshot: for work that took long before it changes something.
    ///
    /// # Errors
    /// [`Fault`] `NotFound` or `Forbidden`, when what was allowed is not any more.
    pub fn renew(&mut self, server: &Server) -> Result<(), Fault> {
        self.config = server.keeper.current();
        self.policy = self.config.policy_for(&self.who.caller);
        self.request.needs().iter().try_for_each(|need| self.also(need))
    }
}

/// Passes a call: one JSON in, one JSON out.
pub async fn call<C, Run, Fut>(server: Arc<Server>, headers: HeaderMap, body: Body, run: Run) -> Response
where
    C: wire::Call,
    Run: FnOnce(Arc<Server>, Allowed<C>) -> Fut,
    Fut: Future<Output = Result<C::Reply, Fault>> + Send + 'static,
{
    let passed = match enter::<C>(&server, &headers, body).await {
        Ok(passed) => passed,
        Err(fault) => return refuse(&fault),
    };
    answer::<C>(passed.watch, run(server, passed.allowed)).await
}

/// Passes a stream: one JSON in, frames out.
pub async fn stream<S, Run, Fut>(server: Arc<Server>, headers: HeaderMap, body: Body, run: Run) -> Response
where
    S: wire::Stream,
    Run: FnOnce(Arc<Server>, Allowed<S>) -> Fut,
    Fut: Future<Output = Result<Pieces, Fault>>,
{
    let passed = match enter::<S>(&server, &headers, body).await {
        Ok(passed) => passed,
        Err(fault) => return refuse(&fault),
    };
    let place = match server.underway.begin(&passed.allowed.who.caller.person).await {
        Ok(place) => place,
        Err(fault) => return refuse_begun(passed.watch, &fault).await,
    };
    let living = Living::watch(server.clone(), passed.allowed.who.session);
    let head = Frame::Head(Head { wire: wire::VERSION, question: passed.allowed.question.clone() });
    let watch = passed.watch;
    let pieces = match run(server, passed.allowed).await {
        Ok(pieces) => pieces,
        Err(fault) => return refuse_begun(watch, &fault).await,
    };
    let first = futures::stream::once(async move { Bytes::from(head.to_bytes()) });
    let rest = futures::stream::unfold(Some((pieces, living, watch, place)), |state| async move {
        let (mut pieces, mut living, watch, place) = state?;
        match living.next(&mut pieces).await {
            Some(Piece::Frames(bytes)) => Some((bytes, Some((pieces, living, watch, place)))),
            Some(Piece::End(end)) => Some((last_frame(watch, end).await, None)),
            None => {
                let fault = Fault::new(Code::Internal, "The answer broke off.", "Try again.");
                Some((last_frame(watch, StreamEnd::failed(fault)).await, None))
            }
        }
    });
    let body = Body::from_stream(first.chain(rest).map(Ok::<_, std::convert::Infallible>));
    ([(header::CONTENT_TYPE, "application/vnd.clew.frames")], body).into_response()
}

/// Passes a download: one JSON in, a file out.
pub async fn download<D, Run, Fut>(server: Arc<Server>, headers: HeaderMap, body: Body, run: Run) -> Response
where
    D: wire::Download,
    Run: FnOnce(Arc<Server>, Allowed<D>) -> Fut,
    Fut: Future<Output = Result<File, Fault>>,
{
    let passed = match enter::<D>(&server, &headers, body).await {
        Ok(passed) => passed,
        Err(fault) => return refuse(&fault),
    };
    let place = match server.underway.begin(&passed.allowed.who.caller.person).await {
        Ok(place) => place,
        Err(fault) => return refuse_begun(passed.watch, &fault).await,
    };
    let (watch, living) = (passed.watch, Living::watch(server.clone(), passed.allowed.who.session));
    let file = match run(server, passed.allowed).await {
        Ok(file) => file,
        Err(fault) => return refuse_begun(watch, &fault).await,
    };
    let disposition = format!("attachment; filename*=UTF-8''{}", percent(&file.name));
    let body = futures::stream::unfold(Some((file.pieces, living, watch, place)), |state| async move {
        let (mut pieces, mut living, watch, place) = state?;
        match living.next(&mut pieces).await {
            Some(Piece::Frames(bytes)) => Some((Ok(bytes), Some((pieces, living, watch, place)))),
            Some(Piece::End(end)) => finish_file(watch, end).await.map(|last| (last, None)),
            None => Some((Err(std::io::Error::other("the file broke off")), None)),
        }
    });
    let headers = [(header::CONTENT_TYPE, file.content_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, Body::from_stream(body)).into_response()
}

/// Passes an upload: a request in the address, a body of bytes in, one JSON out. The handler takes the bytes as they
/// come.
pub async fn upload<U, Run, Fut>(
    server: Arc<Server>,
    headers: HeaderMap,
    request: &[u8],
    body: Body,
    run: Run,
) -> Response
where
    U: wire::Upload,
    Run: FnOnce(Arc<Server>, Allowed<U>, Incoming) -> Fut,
    Fut: Future<Output = Result<U::Reply, Fault>> + Send + 'static,
{
    let passed = match enter_by_address::<U>(&server, &headers, request).await {
        Ok(passed) => passed,
        Err(fault) => return refuse(&fault),
    };
    match Incoming::new(&headers, body, U::MOST_BODY) {
        Ok(incoming) => answer::<U>(passed.watch, run(server, passed.allowed, incoming)).await,
        Err(fault) => refuse_begun(passed.watch, &fault).await,
    }
}

/// Runs a request with one answer, and writes down how it ended before the answer leaves.
async fn answer<R: Request>(
    watch: Watch,
    work: impl Future<Output = Result<impl serde::Serialize, Fault>> + Send + 'static,
) -> Response {
    let work = async move {
        let bytes = work.await.and_then(|reply| {
            serde_json::to_vec(&reply)
                .map_err(|_| Fault::new(Code::Internal, "The answer could not be written.", "Try again."))
        });
        (watch.finish(&told(&bytes)).await, bytes)
    };
    let ended = match R::RECORD {
        // A change goes on to its end whether somebody waits for it or not, so that the log can say what became of it.
        Record::Change => tokio::spawn(work).await.unwrap_or_else(|error| (Err(broke_off(&error)), Ok(Vec::new()))),
        Record::Read | Record::Quiet => work.await,
    };
    match ended {
        (Err(fault), _) | (Ok(()), Err(fault)) => refuse(&fault),
        (Ok(()), Ok(bytes)) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
    }
}

fn broke_off(error: &tokio::task::JoinError) -> Fault {
    tracing::error!(%error, "a change broke off");
    Fault::new(Code::Internal, "The change broke off.", "Look at what was saved, then try again.")
}

/// A file that is sent.
pub struct File {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub content_type: &'static str,
    /// Its bytes, then how it ended.
    pub pieces: Pieces,
}

struct Passed<R> {
    allowed: Allowed<R>,
    watch: Watch,
}

async fn enter<R: Request>(server: &Arc<Server>, headers: &HeaderMap, body: Body) -> Result<Passed<R>, Fault> {
    let reading = check_page::<R>(server, headers)?;
    // The session comes before the body, so that nobody can make the server read for nothing.
    let who = find_session::<R>(server, headers).await?;
    let request = read::body(headers, body, reading).await;
    pass(server, who, request).await
}

/// The same for a request that stands in the address.
async fn enter_by_address<R: Request>(
    server: &Arc<Server>,
    headers: &HeaderMap,
    request: &[u8],
) -> Result<Passed<R>, Fault> {
    let reading = check_page::<R>(server, headers)?;
    let who = find_session::<R>(server, headers).await?;
    pass(server, who, read::text(request, reading)).await
}

async fn find_session<R: Request>(server: &Arc<Server>, headers: &HeaderMap) -> Result<SignedIn, Fault> {
    let found = renewal::signed_in(server, headers).await;
    if found.is_err() {
        server.metrics.refused(R::NAME, None);
        count_refusal(server, headers, R::NAME);
    }
    let who = found?;
    let taken = server.rate.take(&who.caller.person);
    if let Err(fault) = &taken {
        server.metrics.turned_away(R::NAME);
        server.audit.refused_person(&who.caller.person, R::NAME, fault.code);
    }
    taken.map(|()| who)
}

/// Where a request comes from, as the listener handed it down.
pub(crate) fn client_address(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get(CLIENT_ADDRESS)?.to_str().ok()?.parse().ok()
}

/// Counts a refusal of somebody who is not signed in, under the address that the listener handed down.
pub(crate) fn count_refusal(server: &Server, headers: &HeaderMap, call: &str) {
    count_refusal_because(server, headers, call, None);
}

/// The same, with one word of a fixed list for what was wrong.
pub(crate) fn count_refusal_because(server: &Server, headers: &HeaderMap, call: &str, reason: Option<&'static str>) {
    if let Some(address) = client_address(headers) {
        server.audit.refused_because(address, call, reason);
    }
}

async fn pass<R: Request>(server: &Arc<Server>, who: SignedIn, request: Result<R, Fault>) -> Result<Passed<R>, Fault> {
    let refused = |fault: &Fault| server.audit.refused_person(&who.caller.person, R::NAME, fault.code);
    let request = request.inspect_err(refused)?;
    let config = server.keeper.current();
    let policy = config.policy_for(&who.caller);
    let question = hex(&random::<8>(server.dice.as_ref()));
    access_line::asked(&who.caller.person, &question);
    let entry = Entry {
        person: who.caller.person.to_string(),
        call: R::NAME.to_owned(),
        project: project_of(&request.needs()),
        details: serde_json::json!({
            "question": question, "session": who.session_name(), "request": request.for_audit(),
        }),
    };
    for need in request.needs() {
        let (outcome, reason, fault) = match policy.decide(&who.caller, &need) {
            Decision::Allow => continue,
            Decision::Hide => (Outcome::Hidden, unknown(&need), Fault::not_found()),
            Decision::Deny(missing) => (Outcome::Denied, format!("it needs {missing}"), forbidden(&missing)),
        };
        server.metrics.refused(R::NAME, Some(outcome));
        server.audit.note(entry.because(&reason), outcome).await?;
        return Err(fault);
    }
    let watch = match R::RECORD {
        Record::Quiet => Watch::new(server.clone(), R::NAME),
        Record::Read if crate::audit::IS_LEFT_OUT => Watch::new(server.clone(), R::NAME),
        Record::Read | Record::Change => begin(server, R::NAME, entry).await?,
    };
    let proof = Proof { found: watch.found.clone() };
    Ok(Passed { allowed: Allowed { request, who, config, policy, question, _proof: proof }, watch })
}

/// Writes down that a request begins. In a task of its own: if whoever asked goes away in this very moment, the entry
/// is there nevertheless, and its watch ends it.
async fn begin(server: &Arc<Server>, call: &'static str, entry: Entry) -> Result<Watch, Fault> {
    let server = server.clone();
    let task = tokio::spawn(async move {
        let mut watch = Watch::new(server, call);
        // What cannot be written down is not done.
        watch.outcome = Outcome::Failed;
        watch.begun = Some(watch.server.audit.begin(entry).await?);
        watch.unwritten = Some(watch.server.ending.unwritten());
        watch.outcome = Outcome::Stopped;
        Ok(watch)
    });
    task.await.unwrap_or_else(|error| Err(broke_off(&error)))
}

/// A request comes from the page that this server gave, or is refused; says how it is to be read. One of another page is
/// counted under its address, whoever's cookie it carries: that it was this person nobody can say.
fn check_page<R: Request>(server: &Server, headers: &HeaderMap) -> Result<Reading, Fault> {
    let same_site = match headers.get("sec-fetch-site") {
        Some(site) => site.as_bytes() == b"same-origin",
        None => headers.get(header::ORIGIN).is_none_or(|origin| origin.as_bytes() == server.origin().as_bytes()),
    };
    if same_site {
        return Reading::of(headers.get(wire::VERSION_HEADER).and_then(|value| value.to_str().ok()));
    }
    server.metrics.refused(R::NAME, Some(Outcome::Denied));
    count_refusal(server, headers, R::NAME);
    Err(foreign_page())
}

fn foreign_page() -> Fault {
    Fault::new(Code::Forbidden, "The request comes from another page.", "Open Clew at its own address.")
}

fn forbidden(missing: &access::Missing) -> Fault {
    Fault::new(
        Code::Forbidden,
        format!("You may not do this: it needs {missing}."),
        "Ask an Own of the project or an instance manager.",
    )
}

/// Why something is answered like something that does not exist: for the log, and for nobody who asked.
fn unknown(need: &Need) -> String {
    match &need.on {
        Resource::Instance => "this may not be known".to_owned(),
        Resource::Project(project) => format!("no role in the project {project}, or there is none"),
        Resource::Source(project, source) => {
            format!("no access to the source {source} of the project {project}, or there is none")
        }
    }
}

fn project_of(needs: &[Need]) -> String {
    let named = needs.iter().find_map(|need| match &need.on {
        Resource::Instance => None,
        Resource::Project(project) | Resource::Source(project, _) => Some(project.to_string()),
    });
    named.unwrap_or_default()
}

/// How a request with one answer ended.
fn told(answer: &Result<Vec<u8>, Fault>) -> StreamEnd {
    match answer {
        Ok(bytes) => StreamEnd { bytes: bytes.len() as u64, ..StreamEnd::default() },
        Err(fault) => StreamEnd::failed(fault.clone()),
    }
}

async fn write_end(
    server: &Server,
    begun: Begun,
    end: &StreamEnd,
    outcome: Outcome,
    took: Duration,
    found: &Found,
) -> Result<(), Fault> {
    let hidden = found.hidden.get().filter(|_| outcome == Outcome::Hidden).cloned();
    let ending = Ending {
        outcome,
        rows: end.rows,
        bytes: end.bytes,
        millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        note: end.fault.as_ref().map(|fault| format!("{:?}", fault.code)),
        reason: hidden.or_else(|| end.fault.as_ref().and_then(reason)),
        changed: found.changed.get().filter(|_| outcome == Outcome::Done).cloned(),
    };
    server.audit.end(begun, ending).await.map_err(end_unwritten)
}

/// The sentence of a refusal. What a source said is left out: it may repeat what is in its rows.
fn reason(fault: &Fault) -> Option<String> {
    (fault.code == Code::Forbidden).then(|| fault.sentence.clone())
}

/// What could not be written down at its beginning was not done; this was.
fn end_unwritten(unavailable: Unavailable) -> Fault {
    Fault {
        sentence: "How this ended could not be written down in the audit log, so no complete answer is given."
            .to_owned(),
        remedy: "If it was a change, see whether it was made, then try again; if it lasts, tell your administrator."
            .to_owned(),
        ..Fault::from(unavailable)
    }
}

/// Sees to it that whatever began also ends in the audit: with its outcome, or as stopped when it is dropped.
struct Watch {
    server: Arc<Server>,
    call: &'static str,
    started: Duration,
    /// What is written down and not ended yet; nothing of a quiet request.
    begun: Option<Begun>,
    /// So long as its end is not written down.
    unwritten: Option<Unwritten>,
    /// How it ended, once that is known.
    outcome: Outcome,
    /// What its handler finds out.
    found: Arc<Found>,
}

impl Watch {
    fn new(server: Arc<Server>, call: &'static str) -> Self {
        server.metrics.begin();
        Self {
            started: server.clock.monotonic(),
            server,
            call,
            begun: None,
            unwritten: None,
            outcome: Outcome::Stopped,
            found: Arc::default(),
        }
    }

    fn took(&self) -> Duration {
        self.server.clock.monotonic().saturating_sub(self.started)
    }

    async fn finish(mut self, how: &StreamEnd) -> Result<(), Fault> {
        self.outcome = self.outcome_of(how);
        match self.begun.take() {
            Some(begun) => write_end(&self.server, begun, how, self.outcome, self.took(), &self.found).await,
            None => Ok(()),
        }
    }

    fn outcome_of(&self, end: &StreamEnd) -> Outcome {
        match &end.fault {
            None => Outcome::Done,
            // Rights that only the content brought up.
            Some(fault) if fault.code == Code::Forbidden => Outcome::Denied,
            Some(fault) if fault.code == Code::NotFound && self.found.hidden.get().is_some() => Outcome::Hidden,
            Some(_) => Outcome::Failed,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let took = self.took();
        self.server.metrics.end(self.call, self.outcome, took);
        if let Some(begun) = self.begun.take() {
            let (server, unwritten, found) = (self.server.clone(), self.unwritten.take(), self.found.clone());
            tokio::spawn(async move {
                let _unwritten = unwritten;
                let stopped = write_end(&server, begun, &StreamEnd::default(), Outcome::Stopped, took, &found).await;
                if let Err(fault) = stopped {
                    tracing::error!(%fault, "the end of a stopped request could not be written down");
                }
            });
        }
    }
}

async fn last_frame(watch: Watch, end: StreamEnd) -> Bytes {
    let frame = match (watch.finish(&end).await, end.fault) {
        (Err(unwritten), _) => Frame::Failed(unwritten),
        (Ok(()), Some(fault)) => Frame::Failed(fault),
        (Ok(()), None) => Frame::Done,
    };
    frame.to_bytes().into()
}

/// A file that failed is cut off by force, so that no browser takes it for complete.
async fn finish_file(watch: Watch, end: StreamEnd) -> Option<Result<Bytes, std::io::Error>> {
    let failed = end.fault.is_some();
    match watch.finish(&end).await {
        Ok(()) if !failed => None,
        _ => Some(Err(std::io::Error::other("the file could not be completed"))),
    }
}

/// The response that carries a fault of a request that was written down, once its end is written down too.
async fn refuse_begun(watch: Watch, fault: &Fault) -> Response {
    match watch.finish(&StreamEnd::failed(fault.clone())).await {
        Ok(()) => refuse(fault),
        Err(unwritten) => refuse(&unwritten),
    }
}

/// The response that carries a fault.
pub fn refuse(fault: &Fault) -> Response {
    let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], json(fault)).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(RETRY_AFTER.as_secs()));
    }
    response
}

/// The header in which the listener hands down where a request comes from; what a client sends under it is dropped.
pub(crate) const CLIENT_ADDRESS: &str = "clew-client-address";

const RETRY_AFTER: Duration = Duration::from_secs(2);

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn percent(name: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    name.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
