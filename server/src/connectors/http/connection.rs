//! An open web address: which tables a statement reads, for which values, and what it is told of what was cut.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use model::catalogue::{self, Catalogue, CatalogueTable};
use model::completeness::Cause;
use model::project::Table;
use tokio::time::{Instant, timeout};

use super::address::{self, Values};
use super::fetch::{self, Page};
use super::held::{self, Filling, Held, MOST_RECORDS, Taken};
use super::paging::Read;
use super::records::{self, Finding};
use super::settings::Settings;
use super::tables::{Column, TableSpec};
use crate::connectors::form::slow;
use crate::connectors::{
    Ability, Answer, Bounds, Connection, Dialect, Facts, Failure, FailureKind, Narrow, Statement, Undescribed,
};
use crate::intake::kinds;

/// How long records are asked again before they are fetched anew: so long that pages of one answer fit each other.
const FRESH: Duration = Duration::from_secs(60);
/// The most answers that one source keeps.
const MOST_KEPT: usize = 4;
/// The most pages of one table.
const MOST_PAGES: u64 = 200;
/// The most values of a column that are asked for one by one.
const MOST_VALUES: usize = 50;

/// An open web address.
pub(super) struct Open {
    settings: Settings,
    /// The columns of each table, in the same order.
    columns: Vec<Arc<Vec<Column>>>,
    at_once: u32,
    kept: Arc<Mutex<Vec<Kept>>>,
    /// One at a time fetches: the API is somebody else's.
    fetching: tokio::sync::Mutex<()>,
    /// The tables with nothing in them.
    empty: Held,
}

struct Kept {
    wanted: Vec<Wanted>,
    since: Instant,
    held: Arc<Held>,
}

/// A table, and the values that are asked for; none for all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    table: usize,
    values: Vec<Values>,
    /// Whether there were more values than are asked for.
    cut: bool,
}

impl Open {
    /// Finds the columns that the form does not say.
    pub(super) async fn new(settings: Settings, at_once: u32) -> Result<Self, Failure> {
        let mut columns = Vec::new();
        for table in &settings.tables {
            columns.push(Arc::new(match &table.columns {
                Some(columns) => columns.clone(),
                None => found(&settings, table).await?.columns(),
            }));
        }
        let tables: Vec<(&str, &[Column])> = named(&settings, &columns).collect();
        let empty = Filling::new(&tables)?.end(at_once, None).await?;
        Ok(Self { settings, columns, at_once, kept: Arc::default(), fetching: tokio::sync::Mutex::default(), empty })
    }

    fn tables(&self) -> impl Iterator<Item = (&str, &[Column])> {
        named(&self.settings, &self.columns)
    }

    /// The tables that a statement reads. One too many costs time and nothing else.
    fn wanted(&self, statement: &Statement) -> Vec<Wanted> {
        let text = statement.text.to_lowercase();
        let mut wanted = Vec::new();
        for (place, table) in self.settings.tables.iter().enumerate() {
            let times = mentions(&text, &table.name.to_lowercase());
            if times > 0 {
                let (values, cut) = if times == 1 { values(statement, table) } else { (Vec::new(), false) };
                wanted.push(Wanted { table: place, values, cut });
            }
        }
        wanted
    }

    fn kept(&self, wanted: &[Wanted]) -> Option<Arc<Held>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.since.elapsed() < FRESH);
        kept.iter().find(|kept| kept.wanted == wanted).map(|kept| kept.held.clone())
    }

    async fn held(&self, wanted: Vec<Wanted>) -> Result<Arc<Held>, Failure> {
        if let Some(held) = self.kept(&wanted) {
            return Ok(held);
        }
        let _alone = self.fetching.lock().await;
        if let Some(held) = self.kept(&wanted) {
            return Ok(held);
        }
        let forget = || self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let room = held::room(forget).await?;
        let mut filling = Filling::new(&self.tables().collect::<Vec<_>>())?;
        for wanted in &wanted {
            filling = self.fill(filling, wanted).await?;
        }
        let held = Arc::new(filling.end(self.at_once, Some(room)).await?);
        self.keep(Kept { wanted, since: Instant::now(), held: held.clone() });
        Ok(held)
    }

    /// Keeps an answer for those who ask the same soon; its room is others' when it is old, whether anybody asks or not.
    fn keep(&self, answer: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.remove(0);
        }
        kept.push(answer);
        let all = Arc::downgrade(&self.kept);
        tokio::spawn(async move {
            tokio::time::sleep(FRESH).await;
            if let Some(all) = all.upgrade() {
                all.lock().unwrap_or_else(PoisonError::into_inner).retain(|kept| kept.since.elapsed() < FRESH);
            }
        });
    }

    async fn fill(&self, mut filling: Filling, wanted: &Wanted) -> Result<Filling, Failure> {
        let (Some(table), Some(columns)) = (self.settings.tables.get(wanted.table), self.columns.get(wanted.table))
        else {
            return Ok(filling);
        };
        let all = [Values::new()];
        let each = if wanted.values.is_empty() { all.as_slice() } else { &wanted.values };
        if wanted.cut {
            filling.cut(Cause::RowLimit(MOST_VALUES as u64));
        }
        for values in each {
            filling = self.pages(filling, (table, columns), values).await?;
            if filling.is_full() {
                break;
            }
        }
        Ok(filling)
    }

    /// Every page for some values, or as many as there is room for.
    async fn pages(
        &self,
        mut filling: Filling,
        (table, columns): (&TableSpec, &Arc<Vec<Column>>),
        values: &Values,
    ) -> Result<Filling, Failure> {
        let mut url = address::first(&self.settings, table, values)?;
        let (mut records_so_far, mut before) = (0, None);
        for number in 0..MOST_PAGES {
            let Some(page) = fetch::page(&self.settings, &url).await? else {
                // Of a value that is not there; a page beyond the last is missing with some.
                return if values.is_empty() && number == 0 { Err(absent(table)) } else { Ok(filling) };
            };
            let (kept, page, Taken { records, mark }) = taken(filling, table.clone(), columns.clone(), page).await?;
            filling = kept;
            records_so_far += records;
            let is_again = before.replace(mark) == Some(mark);
            let read =
                Read { url: &url, headers: &page.headers, text: &page.text, records, records_so_far, number, is_again };
            match self.settings.paging.next(&read)? {
                Some(next) if !filling.is_full() => url = next,
                Some(_) | None => return Ok(filling),
            }
        }
        filling.cut(Cause::RowLimit(records_so_far.min(MOST_RECORDS)));
        Ok(filling)
    }
}

/// A page's records taken in.
async fn taken(
    mut filling: Filling,
    table: TableSpec,
    columns: Arc<Vec<Column>>,
    page: Page,
) -> Result<(Filling, Page, Taken), Failure> {
    on_a_thread(move || {
        let taken = filling.take(&table, &columns, &page.text)?.ok_or_else(|| no_records(&table))?;
        Ok((filling, page, taken))
    })
    .await
}

/// Does what takes a while on a thread that may block.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let stopped = |error| Failure::new(FailureKind::Broken, "Reading the source was stopped.", "Try again.", &error);
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(stopped(error)))
}

fn named<'a>(settings: &'a Settings, columns: &'a [Arc<Vec<Column>>]) -> impl Iterator<Item = (&'a str, &'a [Column])> {
    settings.tables.iter().map(|table| table.name.as_str()).zip(columns.iter().map(|columns| columns.as_slice()))
}

/// What the first page of a table shows of its columns.
pub(super) async fn found(settings: &Settings, table: &TableSpec) -> Result<Finding, Failure> {
    let url = address::first(settings, table, &Values::new())?;
    let room = held::room_to_look().await?;
    let page = fetch::page(settings, &url).await?.ok_or_else(|| absent(table))?;
    let table = table.clone();
    on_a_thread(move || {
        let _room = room;
        let mut finding = Finding::default();
        let see = |record: &str| records::built(record).map(|record| finding.see(&record));
        records::each(&page.text, &table.place, see)?.ok_or_else(|| no_records(&table))?;
        Ok(finding)
    })
    .await
}

fn absent(table: &TableSpec) -> Failure {
    let sentence = format!("There is nothing at the path of \"{}\".", table.name);
    Failure::new(FailureKind::Setting, sentence, "Correct the address and the path.", "404")
}

fn no_records(table: &TableSpec) -> Failure {
    let sentence = format!("The answer for \"{}\" has no records where they should be.", table.name);
    Failure::new(FailureKind::Setting, sentence, "Say where they are: at /data/items", "no list and no object there")
}

/// How often a name stands in a text as a word of its own, in quotes or not.
fn mentions(text: &str, name: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let stands_alone = |(at, _): &(usize, &str)| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let behind = text.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !behind.is_some_and(is_word)
    };
    text.match_indices(name).filter(stands_alone).count()
}

/// The values that a statement asks a table's columns for, as far as its address can be filled with them.
fn values(statement: &Statement, table: &TableSpec) -> (Vec<Values>, bool) {
    let asked = table.asked();
    let mut found: Vec<Values> = vec![Values::new()];
    let mut cut = false;
    let is_asked =
        |narrow: &&Narrow| narrow.table.eq_ignore_ascii_case(&table.name) && asked.contains(&narrow.column.as_str());
    for narrow in statement.narrow.iter().filter(is_asked) {
        if found.iter().any(|values| values.contains_key(&narrow.column)) {
            continue;
        }
        cut |= found.len() * narrow.values.len() > MOST_VALUES;
        let with = |(values, value): (&Values, &String)| {
            let mut values = values.clone();
            values.insert(narrow.column.clone(), value.clone());
            values
        };
        let pairs = found.iter().flat_map(|values| narrow.values.iter().map(move |value| (values, value)));
        found = pairs.take(MOST_VALUES).map(with).collect();
    }
    found.retain(|values| !values.is_empty());
    (found, cut)
}

impl Connection for Open {
    fn ability(&self) -> Ability {
        Ability { dialect: Dialect::Sqlite, folds_accents: true, icu: false }
    }

    fn run(&self, statement: Statement, bounds: Bounds) -> BoxFuture<'_, Result<Answer, Failure>> {
        async move {
            let until = Instant::now() + bounds.timeout;
            let wanted = self.wanted(&statement);
            if wanted.is_empty() {
                return self.empty.database.run(statement, bounds).await;
            }
            let held =
                timeout(bounds.timeout, self.held(wanted)).await.map_err(|error| slow(bounds.timeout, &error))??;
            let left = until.saturating_duration_since(Instant::now());
            let mut answer = held.database.run(statement, Bounds { timeout: left, ..bounds }).await?;
            answer.causes.extend(held.causes.iter().cloned());
            Ok(answer)
        }
        .boxed()
    }

    fn describe<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<catalogue::Column>, Undescribed>> {
        self.empty.database.describe(text)
    }

    fn catalogue(&self) -> BoxFuture<'_, Result<Catalogue, Failure>> {
        async move {
            let table = |(name, columns): (&str, &[Column])| CatalogueTable {
                table: Table { schema: None, name: name.to_owned() },
                view: false,
                rows_about: None,
                columns: columns.iter().map(column).collect(),
                primary_key: Vec::new(),
                unique: Vec::new(),
                foreign_keys: Vec::new(),
            };
            Ok(Catalogue { tables: self.tables().map(table).collect(), cut: false })
        }
        .boxed()
    }

    fn facts<'a>(&'a self, table: &'a Table) -> BoxFuture<'a, Result<Facts, Failure>> {
        self.empty.database.facts(table)
    }
}

fn column(column: &Column) -> catalogue::Column {
    let native = kinds::declared(column.kind).to_owned();
    catalogue::Column { name: column.name.clone(), kind: column.kind, native, nullable: true }
}
