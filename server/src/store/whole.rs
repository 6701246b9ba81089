//! The store as a whole: every row of it, taken out at one moment, put back into an empty one, and checked.
//!
//! A row is what stands in the database, its content still sealed. A seal belongs to its row and not to the database, so
//! a row that is taken out of one kind of store opens in another one with the same key.
//!
//! Absent on purpose: sessions and what belongs to a sign-in under way. Whoever puts a backup back must not bring back
//! a session that was ended meanwhile; people sign in again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::chain::{self, Anchor, Chain, Check, NO_START, Verdict};
use super::records::{Answer, RecordKey, RecordKind};
use super::vault::{Place, Sealed, Vault};
use super::{Store, StoreError, audit_log, uploads};

/// The most faults that a check names one by one.
const NAMED_FAULTS: usize = 20;

/// One row. The text form stands in backups and is only ever added to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case", deny_unknown_fields)]
pub enum Row {
    /// Comes first: where the counters stand, and the end of the audit log.
    Head {
        /// The configuration's revision.
        revision: u64,
        /// The counter of records outside of the configuration.
        tick: u64,
        /// The end of the audit chain, marked.
        #[serde(with = "bytes")]
        audit_head: Vec<u8>,
        /// Behind which entry a pruned log begins, marked; nothing of a log that was never pruned.
        #[serde(default, with = "bytes", skip_serializing_if = "Vec::is_empty")]
        audit_start: Vec<u8>,
    },
    /// A record.
    Record {
        /// A [`RecordKind`] by its stable name.
        kind: String,
        /// Empty where there is none.
        project: String,
        /// Unique in its kind and project.
        id: String,
        /// What the seal is bound to, too.
        revision: u64,
        /// Sealed.
        #[serde(with = "bytes")]
        body: Vec<u8>,
    },
    /// A piece of an uploaded file.
    Chunk {
        /// The upload's id.
        upload: String,
        /// Counted from 0.
        index: u32,
        /// How many pieces the upload has.
        count: u32,
        /// Sealed.
        #[serde(with = "bytes")]
        body: Vec<u8>,
    },
    /// An entry of the audit log; they come in their order.
    Audit {
        /// Counted from 1.
        seq: u64,
        /// Microseconds since 1970, UTC.
        at_us: i64,
        /// The number of a `Phase`.
        phase: i64,
        /// Which entry an end belongs to.
        begun: Option<u64>,
        /// Whose call it is.
        person: String,
        /// The call.
        call: String,
        /// Empty where there is none.
        project: String,
        /// An `Outcome` by its stable name.
        outcome: String,
        /// Sealed.
        #[serde(with = "bytes")]
        body: Vec<u8>,
        /// What chains it to the entry before.
        #[serde(with = "bytes")]
        mark: Vec<u8>,
    },
}

impl Row {
    /// An entry of the audit log, as the chain sees it, and its mark.
    pub(super) fn entry(&self) -> Option<(chain::Row<'_>, &[u8])> {
        let Self::Audit { seq, at_us, phase, begun, person, call, project, outcome, body, mark } = self else {
            return None;
        };
        let (seq, at_us, phase, begun) = (*seq, *at_us, *phase, *begun);
        Some((chain::Row { seq, at_us, phase, begun, person, call, project, outcome, body }, mark))
    }

    /// Whether a record of this kind is taken along.
    pub(super) fn is_lasting(kind: RecordKind) -> bool {
        !matches!(kind, RecordKind::IssuerGrant | RecordKind::SignIn | RecordKind::DesktopCode)
    }
}

/// Takes one row after the other.
pub type Take = Box<dyn FnMut(Row) -> Result<(), StoreError> + Send>;
/// Gives one row after the other, then none.
pub type Give = Box<dyn FnMut() -> Result<Option<Row>, StoreError> + Send>;

/// Everything that a store holds, at once.
pub trait Whole {
    /// Gives every row to `take`, all of one moment: the head, then records, pieces of files, and the audit log. What is
    /// written meanwhile is not among them, and waits for nothing.
    fn dump(&self, take: Take) -> Answer<'_, ()>;

    /// Fills an empty store with the rows that `give` gives, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] when there is something in it; whatever `give` says. Nothing is written then.
    fn fill(&self, give: Give) -> Answer<'_, ()>;

    /// Whether the records and sessions are those that were written: a sentence for each fault. Every session is opened;
    /// records are opened by [`check`].
    fn verify_rows(&self) -> Answer<'_, Vec<String>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// How much of what there is, by counting alone.
    fn tally(&self) -> Answer<'_, Tally> {
        Box::pin(async { Ok(Tally::default()) })
    }
}

/// How much of what there is; a store that cannot tell says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of the structure.
    pub schema: Option<u32>,
    /// How large it is on the disk.
    pub bytes: Option<u64>,
    /// Rows by kind, as [`Checked::counts`] names them.
    pub counts: BTreeMap<String, u64>,
}

/// What a check found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many rows there are of each kind of record, of `file pieces` and of `audit entries`.
    pub counts: BTreeMap<String, u64>,
    /// What is not as it was written, at most [`NAMED_FAULTS`] of it.
    pub faults: Vec<String>,
    /// How many faults there are in all.
    pub faults_total: u64,
    /// Where the audit log ends.
    pub audit_end: Option<Anchor>,
}

impl Checked {
    fn count(&mut self, kind: &str) {
        *self.counts.entry(kind.to_owned()).or_default() += 1;
    }

    fn fault(&mut self, fault: String) {
        self.faults_total += 1;
        if self.faults.len() < NAMED_FAULTS {
            self.faults.push(fault);
        }
    }
}

/// Hands every row of a store, of one moment, to `each` together with `keeper`, and gives the keeper back.
pub(super) async fn through<T: Send + 'static>(
    store: &dyn Store,
    keeper: T,
    each: impl Fn(&mut T, &Row) -> Result<(), StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (take, back) = lent(keeper, each);
    store.dump(take).await?;
    back()
}

/// Lends `keeper` to whoever hands rows out, and a way to have it back behind the last one.
pub(super) fn lent<T: Send + 'static>(
    keeper: T,
    each: impl Fn(&mut T, &Row) -> Result<(), StoreError> + Send + 'static,
) -> (Take, impl FnOnce() -> Result<T, StoreError>) {
    let shared = Arc::new(Mutex::new(Some(keeper)));
    let lent = shared.clone();
    let take = move |row: Row| match &mut *lent.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(keeper) => each(keeper, &row),
        None => Err(StoreError::Misuse("a row behind the last one")),
    };
    let back = move || {
        let keeper = shared.lock().unwrap_or_else(PoisonError::into_inner).take();
        keeper.ok_or(StoreError::Misuse("a keeper that is gone"))
    };
    (Box::new(take), back)
}

/// Looks at every row of a store; `anchors` are former ends of its audit log.
///
/// # Errors
/// When the store cannot be read. What is wrong in it is in the answer.
pub async fn check(store: &dyn Store, vault: Arc<Vault>, anchors: Vec<Anchor>) -> Result<Checked, StoreError> {
    let look = |checker: &mut Checker, row: &Row| {
        checker.row(row);
        Ok(())
    };
    let checked = through(store, Checker::new(vault, anchors), look).await?.finish();
    with_rows(store, checked).await
}

/// The same, telling `each` how many rows were looked at; it ends when `each` says that nobody waits any more.
///
/// # Errors
/// When the store cannot be read; `Misuse` when nobody waits.
pub async fn check_telling(
    store: &dyn Store,
    vault: Arc<Vault>,
    each: impl Fn(u64) -> bool + Send + 'static,
) -> Result<Checked, StoreError> {
    let look = move |(checker, rows): &mut (Checker, u64), row: &Row| {
        checker.row(row);
        *rows += 1;
        if each(*rows) { Ok(()) } else { Err(StoreError::Misuse("a check that nobody waits for")) }
    };
    let (checker, _) = through(store, (Checker::new(vault, Vec::new()), 0), look).await?;
    with_rows(store, checker.finish()).await
}

/// The same with what is wrong with the rows as a whole.
pub(super) async fn with_rows(store: &dyn Store, mut checked: Checked) -> Result<Checked, StoreError> {
    store.verify_rows().await?.into_iter().for_each(|fault| checked.fault(fault));
    Ok(checked)
}

/// What ends a look before the audit log.
const ENOUGH: StoreError = StoreError::Misuse("a look that ends before the audit log");

/// What a start looks at: every record, session and piece of a file, and the last `entries` of the audit log.
///
/// # Errors
/// When the store cannot be read. What is wrong in it is in the answer.
pub async fn check_but_for_old_entries(
    store: &dyn Store,
    vault: Arc<Vault>,
    entries: u64,
) -> Result<Checked, StoreError> {
    let (take, back) = lent(Checker::new(vault, Vec::new()), |checker, row| {
        if matches!(row, Row::Audit { .. }) {
            return Err(ENOUGH);
        }
        checker.row(row);
        Ok(())
    });
    match store.dump(take).await {
        Ok(()) | Err(ENOUGH) => {}
        Err(error) => return Err(error),
    }
    let mut checked = back()?.checked;
    if let Verdict::Broken { seq, why } = store.verify_audit_end(entries).await? {
        checked.fault(format!("entry {seq} of the audit log: {why}"));
    }
    with_rows(store, checked).await
}

/// The fault of a sealed text that does not open in its place.
pub(super) fn unopened(vault: &Vault, place: Place, body: Vec<u8>) -> Option<String> {
    let fault = format!("{} {} does not open: it is not as it was written", place.table, place.row);
    vault.open(&Sealed::from_stored(body, place)).is_err().then_some(fault)
}

/// Looks at every row: whether its seal opens where it stands, and whether the audit log is whole.
pub(super) struct Checker {
    vault: Arc<Vault>,
    chain: Chain,
    anchors: Vec<Anchor>,
    audit: Result<Check, Verdict>,
    checked: Checked,
}

impl Checker {
    pub(super) fn new(vault: Arc<Vault>, anchors: Vec<Anchor>) -> Self {
        let chain = Chain::of(&vault);
        let audit = Ok(Check::new(chain.clone(), anchors.clone()));
        Self { vault, anchors, audit, chain, checked: Checked::default() }
    }

    /// Looks at the next row.
    pub(super) fn row(&mut self, row: &Row) {
        match row {
            Row::Head { audit_head, audit_start, .. } => {
                self.checked.audit_end = self.chain.head(audit_head);
                if !audit_start.is_empty() {
                    let start = self.chain.start(audit_start).ok_or(NO_START);
                    let anchors = std::mem::take(&mut self.anchors);
                    self.audit = start.and_then(|start| Check::from(self.chain.clone(), start, anchors));
                }
            }
            Row::Record { kind, project, id, revision, body } => {
                self.checked.count(kind);
                match RecordKind::parse(kind) {
                    Some(kind) => self.opens(body, RecordKey::new(kind, project, id).place(*revision)),
                    None => self
                        .checked
                        .fault(format!("{kind} {project}/{id} is of a kind that this program does not know")),
                }
            }
            Row::Chunk { upload, index, count, body } => {
                self.checked.count("file pieces");
                self.opens(body, uploads::place(upload, *index, *count));
            }
            Row::Audit { seq, project, body, .. } => {
                self.checked.count("audit entries");
                self.opens(body, audit_log::place(*seq, project));
                self.links(row);
            }
        }
    }

    fn opens(&mut self, body: &[u8], place: Place) {
        if let Some(fault) = unopened(&self.vault, place, body.to_vec()) {
            self.checked.fault(fault);
        }
    }

    /// Follows the chain until its first fault.
    fn links(&mut self, row: &Row) {
        let Some((entry, mark)) = row.entry() else { return };
        let Ok(check) = &mut self.audit else { return };
        if let Err(verdict) = check.row(&entry, mark) {
            self.audit = Err(verdict);
        }
    }

    /// What was found, behind the last row.
    pub(super) fn finish(mut self) -> Checked {
        let head = self.checked.audit_end;
        let verdict = self.audit.map_or_else(|verdict| verdict, |check| check.finish(head));
        if let Verdict::Broken { seq, why } = verdict {
            self.checked.fault(format!("entry {seq} of the audit log: {why}"));
        }
        self.checked
    }
}

/// Bytes as base64 text.
mod bytes {
    use base64::Engine as _;
    use serde::Deserialize as _;

    use super::{BASE64, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        BASE64.decode(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}
