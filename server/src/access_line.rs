//! The access line: one line of the log for each request, when its answer has left or whoever asked has gone.
//!
//! ```text
//! request=5c0e.. method=POST path=/api/stream/expand status=200 millis=41 bytes=73120 address=10.1.2.3
//! agent="Mozilla/5.0 ..." person=9f.. question=07ab..
//! ```
//!
//! `question` is the number under which the audit has the request; `person` is Clew's own name for who asked; `address`
//! is the browser's, told by a trusted proxy where there is one. Absent on purpose: the query of the address and
//! everything in the path that may be a value, because an object's address holds its key.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use access::PersonId;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, Method, StatusCode, header};
use hyper::body::{Frame, SizeHint};

use crate::web::{PIECE_BYTES, Running};
use crate::world::Clock;

/// Who asked, and the audit's number of the question.
struct Asked {
    person: String,
    question: String,
}

/// Filled in at the door, where it becomes known.
type Slot = Arc<OnceLock<Asked>>;

tokio::task_local! {
    static SLOT: Slot;
}

/// Says who asks, for the line of the request that is running.
pub(crate) fn asked(person: &PersonId, question: &str) {
    let asked = || Asked { person: person.to_string(), question: question.to_owned() };
    // Outside of a request there is no line.
    let known = SLOT.try_with(|slot| slot.get_or_init(asked).question.len());
    debug_assert!(known.is_ok_and(|length| length > 0), "the door is inside of a request");
}

/// A line that is written when it is dropped.
pub(crate) struct Line {
    clock: Arc<dyn Clock>,
    started: Duration,
    request: String,
    method: Method,
    path: String,
    from: Sender,
    status: StatusCode,
    bytes: u64,
    slot: Slot,
    /// The connection is in use as long as this is there, and is told how the answer is taken.
    running: Option<Running>,
}

/// Where a request comes from.
pub(crate) struct Sender {
    /// The address of the browser.
    pub(crate) address: String,
    /// What the browser says that it is.
    agent: String,
}

impl Sender {
    /// Reads what the browser says of itself: printable signs alone, and not too many.
    pub(crate) fn new(address: &str, headers: &HeaderMap) -> Self {
        let told = headers.get(header::USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        let agent = told.iter().flat_map(|told| told.chars()).filter(|sign| !sign.is_control()).take(LONGEST).collect();
        Self { address: address.to_owned(), agent }
    }
}

impl Line {
    /// The line of a request that begins now.
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        request: String,
        method: Method,
        path: &str,
        from: Sender,
        running: Option<Running>,
    ) -> Self {
        let (started, path) = (clock.monotonic(), without_values(path));
        let (status, slot) = (StatusCode::OK, Slot::default());
        Self { clock, started, request, method, path, from, status, bytes: 0, slot, running }
    }

    /// Runs what answers the request, so that [`asked`] finds the line.
    pub(crate) async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        SLOT.scope(self.slot.clone(), work).await
    }

    /// A body that counts its bytes, is handed over in pieces, and takes the line to its end.
    pub(crate) fn follow(mut self, status: StatusCode, body: Body) -> Body {
        self.status = status;
        Body::new(Counted { body, rest: Bytes::new(), line: self })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let millis = self.clock.monotonic().saturating_sub(self.started).as_millis();
        let asked = self.slot.get();
        tracing::info!(
            request = %self.request,
            method = %self.method,
            path = %self.path,
            status = self.status.as_u16(),
            millis,
            bytes = self.bytes,
            address = %self.from.address,
            agent = %self.from.agent,
            person = asked.map(|asked| asked.person.as_str()),
            question = asked.map(|asked| asked.question.as_str()),
            "request"
        );
    }
}

struct Counted {
    body: Body,
    /// What came in one piece with what was handed over already.
    rest: Bytes,
    line: Line,
}

impl Counted {
    /// The next frame of the answer.
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.rest)))));
        }
        let poll = AssertUnwindSafe(|| Pin::new(&mut self.body).poll_frame(context));
        catch_unwind(poll).unwrap_or_else(|_| {
            // Only this answer breaks off, and not every other one of the same connection.
            tracing::error!(request = %self.line.request, "an answer panicked on its way");
            self.body = Body::empty();
            Poll::Ready(Some(Err(axum::Error::new(std::io::Error::other("the answer broke off")))))
        })
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        this.line.running.iter().for_each(Running::taken);
        let Some(frame) = ready!(this.next(context)).transpose()? else { return Poll::Ready(None) };
        this.line.running.iter().for_each(Running::handed);
        // In pieces, so that each of them has its time; trailers stay what they are.
        let frame = frame.map_data(|mut data| {
            if data.len() > PIECE_BYTES {
                this.rest = data.split_off(PIECE_BYTES);
            }
            data
        });
        this.line.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (mut hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        // The greater end first: the lesser may not pass it.
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(hint.lower().saturating_add(rest));
        hint
    }
}

/// First parts of paths below which no value stands.
const PLAIN: [&str; 7] = ["api", "assets", "csp-report", "healthz", "issuer", "readyz", "sign-in"];
/// The longest path, and the longest name of a browser, in the log.
const LONGEST: usize = 200;

/// A path as far as it can hold no value: the page's own addresses end at the project.
pub(crate) fn without_values(path: &str) -> String {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(""), None, _) => "/".to_owned(),
        (Some(first), ..) if PLAIN.contains(&first) => path.chars().take(LONGEST).collect(),
        (Some("p"), Some(project), None) if access::ProjectId::new(project).is_ok() => format!("/p/{project}"),
        (Some("p"), Some(project), Some(_)) if access::ProjectId::new(project).is_ok() => format!("/p/{project}/…"),
        _ => "/…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{LONGEST, Sender, without_values};

    #[test]
    fn a_browser_cannot_write_lines_of_its_own() {
        let mut headers = HeaderMap::new();
        assert_eq!(Sender::new("10.1.2.3", &headers).agent, "");
        let agent = format!("Mozilla\tperson=somebody {}", "x".repeat(9_000));
        headers.insert(header::USER_AGENT, HeaderValue::from_str(&agent).unwrap());
        let from = Sender::new("10.1.2.3", &headers);
        assert!(from.agent.starts_with("Mozillaperson=somebody x"), "{}", from.agent);
        assert_eq!((from.agent.len(), from.address.as_str()), (LONGEST, "10.1.2.3"));
    }

    #[test]
    fn a_path_is_logged_as_far_as_it_can_hold_no_value() {
        let table = [
            ("/", "/"),
            ("/api/call/who_am_i", "/api/call/who_am_i"),
            ("/issuer/authorize", "/issuer/authorize"),
            ("/p/bank", "/p/bank"),
            ("/p/bank/o/person/31129956715", "/p/bank/…"),
            ("/p/bank/settings", "/p/bank/…"),
            ("/p/31129956715%20x", "/…"),
            ("/o/person/31129956715", "/…"),
            ("/31129956715", "/…"),
        ];
        for (path, expected) in table {
            assert_eq!(without_values(path), expected);
        }
    }
}
