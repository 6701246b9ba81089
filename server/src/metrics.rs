//! Numbers for whoever watches the server, in Prometheus' text form: how often, how long, how much.
//!
//! ```text
//! clew_requests_total{call="run_query",outcome="done"} 412
//! clew_request_seconds_bucket{call="run_query",le="0.1"} 391
//! clew_source_rows_total{kind="postgresql"} 120441
//! ```
//!
//! Absent on purpose: names and ids of people, projects, sources and sessions, and anything that was asked. A call's name
//! and a source's kind are the program's own words. What is counted begins at 0 with every start.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Server;
use crate::audit::SinkNow;
use crate::store::{Health, Outcome, StoreError};

/// The content type of the text form, version 0.0.4.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper ends of the histogram's steps, in seconds.
const STEPS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// The outcome of a request of somebody who is not signed in.
const SIGNED_OUT: &str = "signed_out";

/// The outcome of a request of somebody who sends too many.
const BUSY: &str = "busy";

/// What has been asked since the start.
#[derive(Default)]
pub struct Metrics(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    running: u64,
    calls: BTreeMap<&'static str, Call>,
}

/// One call.
#[derive(Default)]
struct Call {
    outcomes: BTreeMap<&'static str, u64>,
    /// How many ended within each step, and not within the one before it.
    steps: [u64; STEPS.len()],
    ended: u64,
    seconds: f64,
}

impl Metrics {
    /// A request that passed the door begins.
    pub(crate) fn begin(&self) {
        self.lock().running += 1;
    }

    /// It has ended.
    pub(crate) fn end(&self, call: &'static str, outcome: Outcome, took: Duration) {
        let mut counts = self.lock();
        counts.running = counts.running.saturating_sub(1);
        let call = counts.calls.entry(call).or_default();
        *call.outcomes.entry(outcome.as_str()).or_default() += 1;
        call.ended += 1;
        call.seconds += took.as_secs_f64();
        let within = STEPS.iter().position(|step| took.as_secs_f64() <= *step);
        if let Some(count) = within.and_then(|step| call.steps.get_mut(step)) {
            *count += 1;
        }
    }

    /// A request was refused at the door; without an outcome, because nobody is signed in.
    pub(crate) fn refused(&self, call: &'static str, outcome: Option<Outcome>) {
        let mut counts = self.lock();
        let call = counts.calls.entry(call).or_default();
        *call.outcomes.entry(outcome.map_or(SIGNED_OUT, Outcome::as_str)).or_default() += 1;
    }

    /// A request was refused because its person sends too many.
    pub(crate) fn turned_away(&self, call: &'static str) {
        *self.lock().calls.entry(call).or_default().outcomes.entry(BUSY).or_default() += 1;
    }

    /// What has been asked in all, for a screen.
    pub(crate) fn totals(&self) -> Totals {
        let counts = self.lock();
        let mut totals = Totals { running: counts.running, ..Totals::default() };
        let mut within = [0_u64; STEPS.len()];
        for call in counts.calls.values() {
            totals.ended += call.ended;
            within.iter_mut().zip(call.steps).for_each(|(all, steps)| *all += steps);
            for (outcome, count) in &call.outcomes {
                let failed = [Outcome::Failed, Outcome::Unknown].iter().any(|known| known.as_str() == *outcome);
                let refused = [Outcome::Denied, Outcome::Hidden].iter().any(|known| known.as_str() == *outcome);
                totals.failed += if failed { *count } else { 0 };
                totals.refused += if refused || *outcome == SIGNED_OUT { *count } else { 0 };
            }
        }
        totals.nine_of_ten = nine_of_ten(&within, totals.ended);
        totals
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self, page: &mut Page) {
        let counts = self.lock();
        page.head("clew_requests_running", "gauge", "Requests that passed the door and have not ended.");
        page.line("clew_requests_running", "", counts.running as f64);
        page.head("clew_requests_total", "counter", "Requests by call and outcome.");
        for (name, call) in &counts.calls {
            for (outcome, count) in &call.outcomes {
                let labels = format!("call=\"{name}\",outcome=\"{outcome}\"");
                page.line("clew_requests_total", &labels, *count as f64);
            }
        }
        page.head("clew_request_seconds", "histogram", "How long requests took that passed the door.");
        for (name, call) in counts.calls.iter().filter(|(_, call)| call.ended > 0) {
            let mut within = 0;
            for (step, count) in STEPS.iter().zip(call.steps) {
                within += count;
                page.line("clew_request_seconds_bucket", &format!("call=\"{name}\",le=\"{step}\""), within as f64);
            }
            let labels = format!("call=\"{name}\"");
            page.line("clew_request_seconds_bucket", &format!("{labels},le=\"+Inf\""), call.ended as f64);
            page.line("clew_request_seconds_sum", &labels, call.seconds);
            page.line("clew_request_seconds_count", &labels, call.ended as f64);
        }
    }
}

/// What has been asked in all since the start.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// Requests that passed the door and have not ended.
    pub(crate) running: u64,
    /// Requests that passed the door and have ended.
    pub(crate) ended: u64,
    /// Requests that could not be done.
    pub(crate) failed: u64,
    /// Requests that were refused.
    pub(crate) refused: u64,
    /// How long nine of ten took at the most; the histogram's step, so a little more than the truth.
    pub(crate) nine_of_ten: Option<Duration>,
}

/// The end of the first step within which nine of ten ended; none before any has, or where it lies behind the last step.
fn nine_of_ten(within: &[u64; STEPS.len()], ended: u64) -> Option<Duration> {
    let mut so_far = 0;
    let step = STEPS.iter().zip(within).find(|(_, count)| {
        so_far += **count;
        ended > 0 && so_far * 10 >= ended * 9
    });
    step.map(|(step, _)| Duration::from_secs_f64(*step))
}

/// The text as it grows.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.push(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn line(&mut self, name: &str, labels: &str, value: f64) {
        if labels.is_empty() {
            self.push(format_args!("{name} {value}\n"));
        } else {
            self.push(format_args!("{name}{{{labels}}} {value}\n"));
        }
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.head(name, kind, help);
        self.line(name, "", value);
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a text does not fail.
        let _written = self.0.write_fmt(text);
    }
}

/// Everything, as it is now.
///
/// # Errors
/// [`StoreError`] when sessions or the log's end cannot be read.
pub async fn page(server: &Server) -> Result<String, StoreError> {
    let mut page = Page::default();
    page.head("clew_info", "gauge", "The running version.");
    page.line("clew_info", concat!("version=\"", env!("CARGO_PKG_VERSION"), "\""), 1.0);
    server.metrics.text(&mut page);
    let passed = server.broker.passed();
    page.head("clew_source_rows_total", "counter", "Rows that came from sources, by kind of source.");
    passed.iter().for_each(|(kind, (rows, _))| page.line("clew_source_rows_total", &of_kind(kind), *rows as f64));
    page.head("clew_source_bytes_total", "counter", "Bytes of memory that these rows took.");
    passed.iter().for_each(|(kind, (_, bytes))| page.line("clew_source_bytes_total", &of_kind(kind), *bytes as f64));
    let is_fine = *server.store.health().borrow() == Health::Fine;
    page.one("clew_store_healthy", "gauge", "Whether the store reads and writes.", f64::from(u8::from(is_fine)));
    if let Some(certificates) = &server.certificates {
        let help = "When the certificate ends, in seconds since 1970.";
        page.one("clew_certificate_ends_seconds", "gauge", help, certificates.until().as_second() as f64);
    }
    let sessions = server.store.count_sessions().await?;
    page.one("clew_sessions", "gauge", "Sessions that have not ended.", sessions as f64);
    let entries = server.store.audit_anchor().await?.seq;
    page.one("clew_audit_entries", "gauge", "Entries of the audit log.", entries as f64);
    sinks(&mut page, &server.audit.sinks().await?);
    process(&mut page);
    Ok(page.0)
}

fn sinks(page: &mut Page, sinks: &[SinkNow]) {
    let label = |sink: &SinkNow| format!("sink=\"{}\"", sink.name);
    if sinks.is_empty() {
        return;
    }
    page.head("clew_audit_sink_behind", "gauge", "Entries of the audit log that a sink has not taken yet.");
    sinks.iter().for_each(|sink| page.line("clew_audit_sink_behind", &label(sink), sink.behind as f64));
    page.head("clew_audit_sink_healthy", "gauge", "Whether the last try of a sink went well.");
    let healthy = |sink: &SinkNow| f64::from(u8::from(sink.trouble.is_none()));
    sinks.iter().for_each(|sink| page.line("clew_audit_sink_healthy", &label(sink), healthy(sink)));
}

/// A kind is a word of the program, and a label may hold anything but these.
fn of_kind(kind: &str) -> String {
    format!("kind=\"{}\"", kind.replace(['\\', '"', '\n'], "_"))
}

/// What the system says of this process, under the names that every Prometheus library uses.
fn process(page: &mut Page) {
    if let Some(bytes) = memory_bytes() {
        page.one("process_resident_memory_bytes", "gauge", "Memory of the process.", bytes as f64);
    }
    let seconds = processor_time().as_secs_f64();
    page.one("process_cpu_seconds_total", "counter", "Time that the processors spent on the process.", seconds);
}

/// Memory of the process, where the system tells it.
pub(crate) fn memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib: u64 =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())?;
    Some(kib * 1024)
}

/// Time that the processors spent on the process.
pub(crate) fn processor_time() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(used.tv_sec.unsigned_abs(), u32::try_from(used.tv_nsec).unwrap_or_default())
}
