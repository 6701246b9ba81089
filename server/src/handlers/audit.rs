//! The audit log, for auditors: searching it, taking it out, and the proof that it is as it was written.
//!
//! Nobody else sees any of it, instance managers among them. Reading it is written down like everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Grantee, PersonId};
use serde_json::{Map, Value};
use wire::Fault;
use wire::audit::{
    AuditEntries, AuditEntry, AuditFilters, AuditOutcome, AuditVerdict, ExportAudit, LONGEST_FILTER, MOST_ANCHORS,
    MOST_ENTRIES, MOST_EXPORTED_ENTRIES, SearchAudit, VerifyAudit,
};

use super::audit_file::{self, Provenance};
use crate::Server;
use crate::audit::Audit;
use crate::gate::{Allowed, File};
use crate::hash::hex;
use crate::people::People;
use crate::store::{Anchor, AuditFound, AuditPage, AuditSearch, Outcome, Verdict};

/// As many bytes of an entry's mark are shown.
const MARK_BYTES: usize = 8;
/// People of one name are looked for together up to this number.
const MOST_NAMESAKES: usize = 16;
/// The longest target that is named; it is a hint, and the whole request stands beside it.
const LONGEST_TARGET: usize = 120;

/// Entries of the log, newest first.
///
/// # Errors
/// [`Fault`] `Invalid` for a time that is none, or a text that is too long.
pub async fn search_audit(server: Arc<Server>, call: Allowed<SearchAudit>) -> Result<AuditEntries, Fault> {
    let request = &call.request;
    let pages = Pages::new(&server, &request.filters, request.before).await?;
    let page = pages.page(&server.audit, request.before, request.limit.clamp(1, MOST_ENTRIES)).await?;
    let next = page.found.last().filter(|_| page.more).map(|last| last.seq);
    Ok(AuditEntries { entries: shown(&server.people, page.found).await?, next })
}

/// Whether the log is as it was written.
///
/// # Errors
/// [`Fault`] `Invalid` for an anchor that is none, `Busy` while somebody else's check is under way.
pub async fn verify_audit(server: Arc<Server>, call: Allowed<VerifyAudit>) -> Result<AuditVerdict, Fault> {
    let anchors = &call.request.anchors;
    if anchors.len() > MOST_ANCHORS {
        return Err(Fault::invalid(format!("At most {MOST_ANCHORS} ends are compared at once."), "Give fewer."));
    }
    let anchors: Result<Vec<Anchor>, _> = anchors.iter().map(|text| text.trim().parse()).collect();
    let anchors = anchors.map_err(|_| {
        Fault::invalid(
            "This is no end of the audit log: it is a number, a colon and 64 hexadecimal digits.",
            "Copy the whole line that an earlier check gave.",
        )
    })?;
    let busy = || Fault::new(wire::Code::Busy, "The audit log is being checked already.", "Wait until that is done.");
    let end = |anchor: Anchor| anchor.to_string();
    Ok(match server.audit.verify_alone(anchors).await.ok_or_else(busy)?? {
        Verdict::Whole { entries } => AuditVerdict::Whole { entries, end: end(server.audit.anchor().await?) },
        Verdict::Broken { seq, why } => AuditVerdict::Broken { entry: seq, why: why.to_owned() },
    })
}

/// Entries of the log as a file.
///
/// # Errors
/// [`Fault`] `Invalid` for a time that is none, or a text that is too long.
pub async fn export_audit(server: Arc<Server>, call: Allowed<ExportAudit>) -> Result<File, Fault> {
    let ExportAudit { filters, before, format } = &call.request;
    let pages = Pages::new(&server, filters, *before).await?;
    let provenance = Provenance {
        person: call.who.name.clone(),
        at: server.clock.now(),
        question: call.question.clone(),
        filters: filters.clone(),
        before: *before,
    };
    Ok(audit_file::file(server, pages, provenance, *format, MOST_EXPORTED_ENTRIES))
}

/// One search, page by page, of one person or of several with the same name.
pub(crate) struct Pages {
    searches: Vec<AuditSearch>,
}

impl Pages {
    async fn new(server: &Server, filters: &AuditFilters, before: Option<u64>) -> Result<Self, Fault> {
        let texts = [&filters.person, &filters.call, &filters.project];
        if texts.into_iter().flatten().any(|text| text.len() > LONGEST_FILTER) {
            return Err(Fault::invalid(format!("A filter has at most {LONGEST_FILTER} bytes."), "Shorten it."));
        }
        let called = match &filters.person {
            None => Vec::new(),
            Some(text) => server.people.called(text).await?,
        };
        Self::of(&server.audit, filters, before, called).await
    }

    /// Looks for `called`, or for the person of the filter where nobody is called so.
    ///
    /// # Errors
    /// [`Fault`] `Invalid` for a time that is none.
    pub(crate) async fn of(
        audit: &Audit,
        filters: &AuditFilters,
        before: Option<u64>,
        called: Vec<PersonId>,
    ) -> Result<Self, Fault> {
        let (from, until) = (moment(filters.from.as_deref())?, moment(filters.until.as_deref())?);
        let span = audit.span(from, until).await?;
        let search = AuditSearch {
            from,
            until,
            person: filters.person.clone(),
            call: filters.call.clone(),
            project: filters.project.clone(),
            outcome: filters.outcome.map(outcome),
            before: Some(before.unwrap_or(u64::MAX).min(span.most.saturating_add(1))),
            least: Some(span.least),
            limit: 0,
        };
        let person = |person: PersonId| AuditSearch { person: Some(person.to_string()), ..search.clone() };
        let mut searches: Vec<AuditSearch> = called.into_iter().take(MOST_NAMESAKES).map(person).collect();
        // Also the id itself: somebody may be called like somebody else's id.
        searches.push(search);
        Ok(Self { searches })
    }

    /// The newest entries before `before`.
    ///
    /// # Errors
    /// [`Fault`] when the store cannot be read.
    pub(crate) async fn page(&self, audit: &Audit, before: Option<u64>, limit: u32) -> Result<AuditPage, Fault> {
        let (mut whole, mut reached) = (AuditPage::default(), 0);
        for search in &self.searches {
            let before = before.unwrap_or(u64::MAX).min(search.before.unwrap_or(u64::MAX));
            let page = audit.page(AuditSearch { before: Some(before), limit, ..search.clone() }).await?;
            let last = page.found.last().filter(|_| page.more).map_or(0, |last| last.seq);
            reached = reached.max(last);
            whole.more |= page.more;
            whole.found.extend(page.found);
        }
        // Where one of them broke off, the others may not go on: the next page begins there for all.
        whole.found.retain(|found| found.seq >= reached);
        whole.found.sort_by_key(|found| std::cmp::Reverse(found.seq));
        whole.found.dedup_by_key(|found| found.seq);
        whole.more |= whole.found.len() > limit as usize;
        whole.found.truncate(limit as usize);
        Ok(whole)
    }
}

fn moment(text: Option<&str>) -> Result<Option<jiff::Timestamp>, Fault> {
    let read = text.map(|text| text.trim().parse()).transpose();
    read.map_err(|_| {
        Fault::invalid("A time of the search cannot be read.", "Give day and time, as 2026-11-20T10:00:00Z.")
    })
}

fn outcome(outcome: AuditOutcome) -> Outcome {
    match outcome {
        AuditOutcome::Begun => Outcome::Begun,
        AuditOutcome::Done => Outcome::Done,
        AuditOutcome::Failed => Outcome::Failed,
        AuditOutcome::Stopped => Outcome::Stopped,
        AuditOutcome::Denied => Outcome::Denied,
        AuditOutcome::Hidden => Outcome::Hidden,
        AuditOutcome::Unknown => Outcome::Unknown,
    }
}

fn shown_outcome(outcome: Outcome) -> AuditOutcome {
    match outcome {
        Outcome::Begun => AuditOutcome::Begun,
        Outcome::Done => AuditOutcome::Done,
        Outcome::Failed => AuditOutcome::Failed,
        Outcome::Stopped => AuditOutcome::Stopped,
        Outcome::Denied => AuditOutcome::Denied,
        Outcome::Hidden => AuditOutcome::Hidden,
        Outcome::Unknown => AuditOutcome::Unknown,
    }
}

/// Entries as an auditor sees them, with the names of people.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub(crate) async fn shown(people: &People, found: Vec<AuditFound>) -> Result<Vec<AuditEntry>, Fault> {
    let ids: Vec<Grantee> =
        found.iter().filter_map(|found| PersonId::new(found.person.as_str()).ok()).map(Grantee::Person).collect();
    let names: BTreeMap<String, String> = people
        .names(ids.iter())
        .await?
        .into_iter()
        .filter_map(|(grantee, name)| match grantee {
            Grantee::Person(person) => Some((person.to_string(), name)),
            Grantee::Role(_) | Grantee::Email(_) => None,
        })
        .filter(|(id, name)| id != name)
        .collect();
    Ok(found.into_iter().map(|found| entry(found, &names)).collect())
}

fn entry(found: AuditFound, names: &BTreeMap<String, String>) -> AuditEntry {
    let mut begun = fields(&found.details);
    let end = found.end.as_ref();
    let ended = end.map(|end| fields(&end.details)).unwrap_or_default();
    let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    let number = |name: &str| ended.get(name).and_then(Value::as_u64);
    let changed = ended.get("state").and_then(|changed| serde_json::from_value(changed.clone()).ok());
    let reason = text(begun.remove("reason")).or_else(|| text(ended.get("reason").cloned()));
    let reason = reason.or_else(|| text(ended.get("note").cloned()));
    let (session, question) = (text(begun.remove("session")), text(begun.remove("question")));
    // What is no request of a screen has its details side by side.
    let request = begun.remove("request").unwrap_or(Value::Object(begun));
    AuditEntry {
        number: found.seq,
        at: found.at.to_string(),
        ended: end.map(|end| end.at.to_string()),
        name: names.get(&found.person).cloned(),
        person: found.person,
        session,
        project: found.project,
        call: found.call,
        target: target(&request),
        outcome: shown_outcome(found.outcome),
        reason,
        rows: number("rows"),
        bytes: number("bytes"),
        millis: number("millis"),
        question,
        request,
        changed,
        mark: hex(found.mark.get(..MARK_BYTES).unwrap_or_default()),
    }
}

fn fields(details: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(details).unwrap_or_default()
}

/// What of its project a request is about: a source, a type, a link, a file, a name.
fn target(request: &Value) -> Option<String> {
    const PLACES: [&[&str]; 13] = [
        &["source"],
        &["source", "id"],
        &["object_type"],
        &["link"],
        &["query", "from", "objects"],
        &["query", "from", "keys", "object_type"],
        &["query", "from", "links"],
        &["query", "from", "links_of", "link"],
        &["query", "from", "neighbours", "link"],
        &["upload"],
        &["file"],
        &["id"],
        &["name"],
    ];
    let at = |place: &&[&str]| {
        let found = place.iter().try_fold(request, |value, name| value.get(name))?;
        found.as_str().filter(|text| !text.is_empty()).map(|text| text.chars().take(LONGEST_TARGET).collect())
    };
    PLACES.iter().find_map(at)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_request_is_about_is_named() {
        let table = [
            (json!({ "project": "bank", "source": "ledger", "upload": "0f" }), Some("ledger")),
            (json!({ "source": { "id": "ledger", "name": "Ledger" } }), Some("ledger")),
            (json!({ "project": "bank", "query": { "from": { "objects": "account" } } }), Some("account")),
            (json!({ "query": { "from": { "neighbours": { "link": "owns", "keys": [] } } } }), Some("owns")),
            (json!({ "project": "bank", "name": "people.csv" }), Some("people.csv")),
            (json!({ "project": "bank", "text": "Meyer" }), None),
            (json!({}), None),
            (Value::Null, None),
        ];
        for (request, expected) in table {
            assert_eq!(target(&request).as_deref(), expected, "{request}");
        }
    }
}
