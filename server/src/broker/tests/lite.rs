//! A test's own SQLite: one database in memory per source, with the functions that the real connector registers.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema};
use futures::StreamExt;
use futures::future::BoxFuture;
use model::catalogue::{Catalogue, CatalogueTable, Column};
use model::kind::Kind;
use model::project::Table;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use unicode_normalization::UnicodeNormalization;
use wire::form::About;
use wire::frame::ROLE_METADATA;
use wire::source::TestReport;

use crate::broker::cells;
use crate::connectors::{
    Ability, Answer, Batch, Bound, Bounds, Connection, Connector, Dialect, Failure, FailureKind, Statement, Target,
};

/// Databases by the name of their source.
pub(crate) struct Lite {
    scripts: BTreeMap<String, String>,
}

impl Lite {
    pub(crate) fn new(scripts: &[(&str, &str)]) -> Self {
        Self { scripts: scripts.iter().map(|(name, script)| ((*name).to_owned(), (*script).to_owned())).collect() }
    }
}

impl Connector for Lite {
    fn about(&self) -> About {
        let text = String::new;
        About { kind: "lite".to_owned(), name: text(), help: text(), internal: false, fields: Vec::new() }
    }

    fn open(&self, target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>> {
        let name = target.settings.get("name").cloned().unwrap_or_default();
        let script = self.scripts.get(&name).cloned();
        Box::pin(async move {
            let script = script.ok_or_else(|| failure(&format!("no source {name}")))?;
            let database = rusqlite::Connection::open_in_memory().expect("memory");
            database.execute_batch(&script).expect("a script");
            register(&database);
            Ok(Arc::new(Database(Mutex::new(database))) as Arc<dyn Connection>)
        })
    }

    fn test(&self, _target: Target) -> BoxFuture<'_, TestReport> {
        Box::pin(async { TestReport { steps: Vec::new(), ok: true } })
    }
}

fn failure(cause: &str) -> Failure {
    Failure {
        kind: FailureKind::Other,
        sentence: "The source refused the question.".to_owned(),
        remedy: "Look at the test.".to_owned(),
        cause: cause.to_owned(),
    }
}

fn fold(text: &str) -> String {
    text.nfd()
        .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
        .collect::<String>()
        .to_lowercase()
}

fn number(text: &str) -> Option<(i128, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    Some((format!("{whole}{fraction}").parse().ok()?, u32::try_from(fraction.len()).ok()?))
}

fn scaled((mantissa, scale): (i128, u32), to: u32) -> i128 {
    mantissa * 10_i128.pow(to - scale)
}

fn compare(one: &str, other: &str) -> Ordering {
    match (number(one), number(other)) {
        (Some(one), Some(other)) => scaled(one, one.1.max(other.1)).cmp(&scaled(other, one.1.max(other.1))),
        _ => one.cmp(other),
    }
}

struct Sum;

impl Aggregate<Option<(i128, u32)>, Option<String>> for Sum {
    fn init(&self, _context: &mut Context<'_>) -> rusqlite::Result<Option<(i128, u32)>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Option<(i128, u32)>) -> rusqlite::Result<()> {
        if let Some(next) = text_of(context.get_raw(0)).as_deref().and_then(number) {
            let before = sum.unwrap_or((0, 0));
            let scale = before.1.max(next.1);
            *sum = Some((scaled(before, scale) + scaled(next, scale), scale));
        }
        Ok(())
    }

    fn finalize(
        &self,
        _context: &mut Context<'_>,
        sum: Option<Option<(i128, u32)>>,
    ) -> rusqlite::Result<Option<String>> {
        let Some((mantissa, scale)) = sum.flatten() else { return Ok(None) };
        let digits = format!("{:0>width$}", mantissa.unsigned_abs(), width = scale as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
        let sign = if mantissa < 0 { "-" } else { "" };
        Ok(Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }))
    }
}

fn register(database: &rusqlite::Connection) {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let folds = |context: &Context<'_>| Ok(text_of(context.get_raw(0)).map(|text| fold(&text)));
    database.create_scalar_function("clew_fold", 1, flags, folds).expect("a function");
    database.create_aggregate_function("clew_sum", 1, flags, Sum).expect("an aggregate");
    database.create_collation("clew_decimal", compare).expect("a collation");
}

fn text_of(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(format!("{number:?}")),
        ValueRef::Text(text) | ValueRef::Blob(text) => Some(String::from_utf8_lossy(text).into_owned()),
    }
}

struct Database(Mutex<rusqlite::Connection>);

impl Connection for Database {
    fn ability(&self) -> Ability {
        Ability { dialect: Dialect::Sqlite, folds_accents: true, icu: false }
    }

    fn run(&self, statement: Statement, bounds: Bounds) -> BoxFuture<'_, Result<Answer, Failure>> {
        let answered = self.answer(&statement, bounds.rows_per_batch);
        Box::pin(async move { answered })
    }

    fn catalogue(&self) -> BoxFuture<'_, Result<Catalogue, Failure>> {
        let column = |name: &str, kind| Column { name: name.to_owned(), kind, native: String::new(), nullable: true };
        let table = CatalogueTable {
            table: Table { schema: None, name: "people".to_owned() },
            view: false,
            rows_about: None,
            columns: vec![column("name", Kind::Text), column("id", Kind::Integer)],
            primary_key: Vec::new(),
            unique: Vec::new(),
            foreign_keys: Vec::new(),
        };
        Box::pin(async { Ok(Catalogue { tables: vec![table], cut: false }) })
    }
}

impl Database {
    fn answer(&self, statement: &Statement, _rows_per_batch: usize) -> Result<Answer, Failure> {
        let rows = self.rows(statement).map_err(|error| failure(&format!("{error}: {}", statement.text)))?;
        let mut unreadable = Vec::new();
        let mut columns = Vec::new();
        let mut fields = Vec::new();
        for (place, out) in statement.columns.iter().enumerate() {
            let texts: Vec<Option<String>> = rows.iter().map(|row| canonical(out.kind, row[place].clone())).collect();
            let array = cells::column(out.kind, texts.iter().map(Option::as_deref));
            let lost = texts.iter().enumerate().filter(|(row, text)| text.is_some() && array.is_null(*row)).count();
            if lost > 0 {
                unreadable.push((place, lost as u64));
            }
            let role = HashMap::from([(ROLE_METADATA.to_owned(), out.role.clone())]);
            let data_type: DataType = array.data_type().clone();
            fields.push(Field::new(&out.name, data_type, true).with_metadata(role));
            columns.push(array);
        }
        let schema = Arc::new(Schema::new(fields));
        let rows = RecordBatch::try_new(schema.clone(), columns).expect("a batch");
        // In pieces of three rows, so that caps fall inside and between batches.
        let cut: Vec<_> =
            (0..rows.num_rows()).step_by(3).map(|at| rows.slice(at, 3.min(rows.num_rows() - at))).collect();
        let mut unreadable = Some(unreadable);
        let batches =
            cut.into_iter().map(move |rows| Ok(Batch { rows, unreadable: unreadable.take().unwrap_or_default() }));
        Ok(Answer { schema, batches: futures::stream::iter(batches).boxed() })
    }

    fn rows(&self, statement: &Statement) -> rusqlite::Result<Vec<Vec<Option<String>>>> {
        let database = self.0.lock().expect("a lock");
        let mut prepared = database.prepare(&statement.text)?;
        let count = statement.columns.len();
        let rows = prepared.query_map(rusqlite::params_from_iter(statement.values.iter().map(value)), |row| {
            (0..count).map(|column| Ok(text_of(row.get_ref(column)?))).collect()
        })?;
        rows.collect()
    }
}

fn canonical(kind: Kind, text: Option<String>) -> Option<String> {
    Some(match (kind, text?.as_str()) {
        (Kind::Bool, "0") => "false".to_owned(),
        (Kind::Bool, "1") => "true".to_owned(),
        (_, other) => other.to_owned(),
    })
}

fn value(bound: &Bound) -> Value {
    let json = |kind: &Kind, text: &String| match kind {
        Kind::Integer => text.parse::<i64>().map_or(serde_json::Value::Null, Into::into),
        _ => serde_json::Value::String(text.clone()),
    };
    match bound {
        Bound::One(Kind::Integer, text) => Value::Integer(text.parse().expect("an integer")),
        Bound::One(Kind::Float, text) => Value::Real(text.parse().expect("a float")),
        Bound::One(Kind::Bool, text) => Value::Integer((text == "true").into()),
        Bound::One(_, text) => Value::Text(text.clone()),
        Bound::Many(kind, texts) => {
            let list: Vec<serde_json::Value> = texts.iter().map(|text| json(kind, text)).collect();
            Value::Text(serde_json::Value::Array(list).to_string())
        }
    }
}
