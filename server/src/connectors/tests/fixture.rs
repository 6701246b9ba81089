//! The same rows in every kind of source, and what differs in how one asks for them.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use futures::StreamExt as _;
use model::kind::Kind;
use rusqlite::Connection as Raw;
use zeroize::Zeroizing;

use super::postgres::server;
use super::web::Web;
use crate::connectors::cell::{Cell, Decimal};
use crate::connectors::{
    Answer, Bound, Bounds, Connection, Connector, Failure, OutColumn, Statement, Target, http, postgresql, sqlite,
    upload,
};
use crate::egress::tests::open_here;

/// A source with the rows of `ROWS` in the table `kinds`, a table `people` with a key, and `owns` that points at it.
pub(super) struct Fixture {
    pub(super) name: &'static str,
    pub(super) connector: &'static dyn Connector,
    pub(super) target: fn() -> Target,
    /// The n-th placeholder.
    pub(super) place: fn(usize) -> String,
    /// `column` is one of the list at the n-th placeholder.
    pub(super) among: fn(&str, usize) -> String,
    /// Gives its first row never.
    pub(super) endless: &'static str,
    /// Gives millions of rows of one long text.
    pub(super) long: &'static str,
    /// Whether it knows of keys, views and what is never empty.
    pub(super) knows_keys: bool,
    /// Would write; `{made}` stands for [`made`].
    writes: &'static [&'static str],
}

/// A line for every connector.
pub(super) fn fixtures() -> [Fixture; 4] {
    [
        Fixture {
            name: "postgresql",
            connector: &postgresql::PostgreSql,
            target: || server().target("postgres"),
            place: |number| format!("${number}"),
            among: |column, number| format!("{column} = any(${number})"),
            endless: "select pg_sleep(600)::text",
            long: "select repeat('x', 1000) from generate_series(1, 20000000) g",
            knows_keys: true,
            writes: POSTGRESQL_WRITES,
        },
        Fixture { name: "sqlite", connector: &sqlite::Sqlite, target: sqlite_target, ..image() },
        Fixture { name: "http", connector: &http::Http, target: web_target, knows_keys: false, ..image() },
        image(),
    ]
}

fn image() -> Fixture {
    Fixture {
        name: "csv",
        connector: &upload::Upload,
        target: upload_target,
        place: |number| format!("?{number}"),
        among: |column, number| format!("{column} in (select value from json_each(?{number}))"),
        endless: "with recursive n(i) as (select 1 union all select i + 1 from n) select cast(count(*) as text) from n",
        long: "with recursive n(i) as (select 1 union all select i + 1 from n limit 20000000) \
            select printf('%.1000c', 'x') from n",
        knows_keys: true,
        writes: SQLITE_WRITES,
    }
}

const POSTGRESQL_WRITES: &[&str] = &[
    "insert into people (id) values (99) returning 'x'",
    "update people set name = 'x' returning name",
    "delete from people returning name",
    "with gone as (delete from people returning name) select name from gone",
    "create table made (n text)",
    "create temporary table made (n text)",
    "truncate people",
    "copy (select 1) to program 'true'",
    "copy people to '{made}/copied'",
    "set transaction read write",
    "set default_transaction_read_only = off",
    "select set_config('transaction_read_only', 'off', true)",
    "do $$ begin delete from people; end $$",
    "select 'a'; delete from people",
    "commit; delete from people",
    "select nextval('numbers')::text",
    "select name from people for update",
];

const SQLITE_WRITES: &[&str] = &[
    "insert into people (id) values (99) returning 'x'",
    "update people set name = 'x' returning name",
    "delete from people returning name",
    "create table made (n text)",
    "create temporary table made (n text)",
    "attach '{made}/attached' as other",
    "vacuum into '{made}/vacuumed'",
    "pragma query_only = off",
    "pragma user_version",
    "select name from pragma_table_list",
    "select load_extension('x')",
    "begin immediate",
    "select 'a'; delete from people",
    "select hex(zeroblob(1000000000))",
];

/// Where the statements above would leave a file, if they could: a folder that the database's account may write to too.
pub(super) fn made() -> &'static std::path::Path {
    static FOLDER: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().expect("a folder");
        let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), everybody).expect("its rights");
        folder
    };
    FOLDER.get_or_init(make).path()
}

/// Id, then one value of every kind, as canonical text.
pub(super) type Row = (i64, [Option<&'static str>; 9]);

/// The columns of `kinds` beside its id, in the order of [`Kind::ALL`].
pub(super) const COLUMNS: [&str; 9] = ["t", "i", "d", "f", "b", "day", "at", "local", "raw"];

/// Plain values, the greatest, the smallest, and none.
pub(super) const ROWS: [Row; 4] = [
    (
        1,
        values(
            ["Zoë \"'\\,{} 你好 🦀", "-7", "12.50", "0.1", "true", "2026-09-30"],
            ["2026-09-30T12:00:00.5", "00ff7f"],
        ),
    ),
    (
        2,
        values(
            ["z", "9223372036854775807", "999999999999.99", "1.7976931348623157e308", "false", "9999-12-31"],
            ["9999-12-31T23:59:59.999999", ""],
        ),
    ),
    (
        3,
        values(
            ["", "-9223372036854775808", "-999999999999.99", "5e-324", "true", "0001-01-01"],
            ["0001-01-01T00:00:00", "00"],
        ),
    ),
    (4, [None; 9]),
];

/// The eighth column is the seventh without a zone, so it is not repeated above.
const fn values([t, i, d, f, b, day]: [&'static str; 6], [at, raw]: [&'static str; 2]) -> [Option<&'static str>; 9] {
    [Some(t), Some(i), Some(d), Some(f), Some(b), Some(day), Some(at), Some(at), Some(raw)]
}

/// A value as a canonical text of its kind.
pub(super) fn canonical(kind: Kind, value: Option<&str>) -> Option<String> {
    value.map(|text| if kind == Kind::Instant { format!("{text}Z") } else { text.to_owned() })
}

/// The tables, as a script that PostgreSQL and SQLite both understand; `bytes` writes bytes as a literal.
fn script(types: [&str; 9], bytes: impl Fn(&str) -> String) -> String {
    let columns = COLUMNS.iter().zip(types).map(|(name, native)| format!("{name} {native}")).collect::<Vec<_>>();
    let mut script = format!("create table kinds (id bigint primary key, {});", columns.join(", "));
    for (id, row) in ROWS {
        let cells = row.iter().zip(Kind::ALL).map(|(value, kind)| match (canonical(kind, *value), kind) {
            (None, _) => "null".to_owned(),
            (Some(text), Kind::Bytes) => bytes(&text),
            (Some(text), Kind::Integer | Kind::Float | Kind::Bool) => text,
            (Some(text), _) => format!("'{}'", text.replace('\'', "''")),
        });
        script += &format!("insert into kinds values ({id}, {});", cells.collect::<Vec<_>>().join(", "));
    }
    script
        + "create table people (id bigint primary key, name varchar(40), boss bigint references people (id));
        create table owns (person bigint not null references people (id), thing varchar(9) not null, share real,
            primary key (person, thing), unique (thing, share));
        create view bosses as select name from people where boss is null;
        insert into people values (1, 'Ada', null), (2, 'Zoë', 1);
        insert into owns values (1, 'boat', 0.5), (2, 'boat', 0.25);"
}

/// Loads the tables into the database `postgres` of the server; once.
pub(super) async fn load_postgresql() {
    static LOADED: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    let load = async || {
        let types =
            ["text", "bigint", "numeric(14,2)", "float8", "boolean", "date", "timestamptz", "timestamp", "bytea"];
        let script = script(types, |text| format!("'\\x{text}'"));
        let more = "create sequence numbers; create extension unaccent; create role reader login;
            grant select on kinds, people to reader; create role outsider login;
            create schema closed; create table closed.secret (n int);";
        server().client("postgres").await.batch_execute(&(script + more)).await.expect("tables");
    };
    LOADED.get_or_init(load).await;
}

/// Loads the tables into a SQLite database.
fn load_sqlite(connection: &Raw) {
    let types = ["TEXT", "INTEGER", "DECIMAL_TEXT(14,2)", "REAL", "BOOLEAN", "DATE", "INSTANT", "LOCALTIME", "BLOB"];
    connection.execute_batch(&script(types, |text| format!("x'{text}'"))).expect("tables");
}

/// A folder with the file `rows.sqlite`; made once, gone with the program that the system cleans up after.
pub(super) fn sqlite_folder() -> &'static std::path::Path {
    static FOLDER: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().expect("a folder");
        load_sqlite(&Raw::open(folder.path().join("rows.sqlite")).expect("a file"));
        folder
    };
    FOLDER.get_or_init(make).path()
}

pub(super) fn empty_target() -> Target {
    let egress = open_here();
    Target {
        settings: [].into(),
        secrets: [].into(),
        image: None,
        sqlite_dir: None,
        store_file: None,
        egress,
        store_database: None,
        copy_database: None,
        at_once: 4,
    }
}

pub(super) fn sqlite_target() -> Target {
    Target {
        settings: [("file".to_owned(), "rows.sqlite".to_owned())].into(),
        sqlite_dir: Some(sqlite_folder().to_owned()),
        ..empty_target()
    }
}

/// The tables as lists of a web address.
fn web_target() -> Target {
    static PORT: std::sync::OnceLock<u16> = std::sync::OnceLock::new();
    let cell = |kind: Kind, value: Option<&'static str>| match (kind, canonical(kind, value)) {
        (_, None) => "null".to_owned(),
        (Kind::Integer | Kind::Float | Kind::Bool, Some(text)) => text,
        (_, Some(text)) => serde_json::Value::from(text).to_string(),
    };
    let row = |(id, row): &Row| {
        let cells = row.iter().zip(Kind::ALL).zip(COLUMNS);
        let cells = cells.map(|((value, kind), name)| format!(",\"{name}\":{}", cell(kind, *value)));
        format!("{{\"id\":{id}{}}}", cells.collect::<String>())
    };
    let port = PORT.get_or_init(|| {
        let kinds = format!("[{}]", ROWS.iter().map(row).collect::<Vec<_>>().join(","));
        Web::lasting(move |asked| match asked.path() {
            "/kinds" => Some(kinds.clone()),
            "/people" => Some(r#"[{"id":1,"name":"Ada"},{"id":2,"name":"Zoë","boss":1}]"#.to_owned()),
            "/owns" => Some(r#"[{"person":1,"thing":"boat","share":0.5}]"#.to_owned()),
            _ => None,
        })
    });
    let columns = "kinds: id integer, t text, i integer, d decimal(2), f float, b bool, day date, at instant, \
        local local_time, raw bytes\npeople: id integer, name text, boss integer";
    let settings = [
        ("url", format!("http://127.0.0.1:{port}")),
        ("tables", "kinds = /kinds\npeople = /people\nowns = /owns".to_owned()),
        ("columns", columns.to_owned()),
    ];
    Target { settings: settings.map(|(name, value)| (name.to_owned(), value)).into(), ..empty_target() }
}

fn upload_target() -> Target {
    let mut connection = Raw::open_in_memory().expect("a database");
    load_sqlite(&connection);
    let image = connection.serialize("main").expect("an image").to_vec();
    Target { image: Some(Zeroizing::new(image)), ..empty_target() }
}

impl Fixture {
    /// What would write, with the folder in its place.
    pub(super) fn writes(&self) -> impl Iterator<Item = String> {
        self.writes.iter().map(|text| text.replace("{made}", &made().display().to_string()))
    }

    /// Runs the statements that would leave a file, past everything that holds them back; gives how many there are.
    pub(super) async fn write_without_a_fence(&self) -> usize {
        let leaving: Vec<String> = self.writes().filter(|text| text.contains(&made().display().to_string())).collect();
        for text in &leaving {
            if self.name == "postgresql" {
                server().client("postgres").await.batch_execute(text).await.expect("written");
            } else {
                Raw::open(sqlite_folder().join("rows.sqlite"))
                    .and_then(|raw| raw.execute_batch(text))
                    .expect("written");
            }
        }
        leaving.len()
    }

    pub(super) async fn open(&self) -> Arc<dyn Connection> {
        self.open_for(4).await
    }

    /// A connection that runs so many statements at once.
    pub(super) async fn open_for(&self, at_once: u32) -> Arc<dyn Connection> {
        load_postgresql().await;
        let target = Target { at_once, ..(self.target)() };
        self.connector.open(target).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", self.name))
    }
}

/// A statement whose columns are called `c0`, `c1`...
pub(super) fn statement(text: &str, values: &[Bound], kinds: &[Kind]) -> Statement {
    let column = |(place, kind): (usize, &Kind)| OutColumn {
        name: format!("c{place}"),
        kind: *kind,
        role: format!("role {place}"),
    };
    Statement {
        text: text.to_owned(),
        values: values.to_vec(),
        columns: kinds.iter().enumerate().map(column).collect(),
        narrow: Vec::new(),
    }
}

/// What came back: rows as canonical text, and how many cells of each column were unreadable.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Came {
    pub(super) rows: Vec<Vec<Option<String>>>,
    pub(super) unreadable: Vec<(usize, u64)>,
    pub(super) sizes: Vec<usize>,
}

/// Everything that an answer gives.
pub(super) async fn all(mut answer: Answer) -> Result<Came, Failure> {
    let mut came = Came::default();
    while let Some(batch) = answer.batches.next().await {
        let batch = batch?;
        assert_eq!(batch.rows.schema(), answer.schema);
        came.sizes.push(batch.rows.num_rows());
        came.unreadable.extend(batch.unreadable);
        for row in 0..batch.rows.num_rows() {
            came.rows.push(batch.rows.columns().iter().map(|column| text(column, row)).collect());
        }
    }
    Ok(came)
}

/// Runs a statement to its end, with a generous limit.
pub(super) async fn ask(open: &dyn Connection, statement: Statement) -> Result<Came, Failure> {
    let bounds = Bounds { timeout: Duration::from_secs(30), ..Bounds::default() };
    all(open.run(statement, bounds).await?).await
}

/// The most memory that this process has had so far, in KiB.
pub(super) fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a file");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn text(column: &ArrayRef, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    let cell = match column.data_type() {
        DataType::Utf8 => Cell::Text(column.as_string::<i32>().value(row)),
        DataType::Int64 => Cell::Integer(column.as_primitive::<Int64Type>().value(row)),
        DataType::Decimal128(_, scale) => Cell::Decimal(Decimal {
            mantissa: column.as_primitive::<Decimal128Type>().value(row),
            scale: scale.unsigned_abs(),
        }),
        DataType::Float64 => Cell::Float(column.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => Cell::Bool(column.as_boolean().value(row)),
        DataType::Date32 => Cell::Date(column.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(_, Some(_)) => Cell::Instant(column.as_primitive::<TimestampMicrosecondType>().value(row)),
        DataType::Timestamp(_, None) => Cell::LocalTime(column.as_primitive::<TimestampMicrosecondType>().value(row)),
        _ => Cell::Bytes(column.as_binary::<i32>().value(row)),
    };
    cell.canonical()
}
