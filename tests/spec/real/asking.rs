//! Questions as a page asks them: over HTTP, and the answer read from its frames.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::DataType;
use model::completeness::{Cause, Completeness, Extent};
use model::query::{
    Answer, Direction, Field, Filter, From, GroupColumn, GroupSort, Groups, Measure, Query, Rows, Test,
};
use serde_json::{Value, json};
use wire::frame::{Close, Decoder, Frame};

use crate::world::{Browser, ParseId as _, Reply};

/// Rows as texts; null is the empty text.
pub(super) type Table = Vec<Vec<String>>;

/// The project of this chapter.
pub(super) const PROJECT: &str = "real";

/// Somebody with a project.
pub(super) struct Asking {
    pub(super) browser: Browser,
}

/// One part, read.
#[derive(Default)]
struct Part {
    rows: Table,
    close: Close,
}

impl Asking {
    /// A call that must go well.
    pub(super) async fn call(&mut self, name: &str, request: &Value) -> Value {
        let reply = self.browser.call(name, request).await;
        assert_eq!(reply.verdict(), "200", "{name}: {}", reply.text());
        reply.json()
    }

    /// Makes changes of the project, for everyone.
    pub(super) async fn change(&mut self, changes: &Value) {
        let base = self.browser.revision(PROJECT).await;
        let request = json!({ "project": PROJECT, "scope": "everyone", "base": base, "changes": changes });
        self.call("change_project", &request).await;
    }

    /// The rows of an answer that must be whole, or cut by the limit that the question itself names.
    pub(super) async fn ask(&mut self, query: &Query) -> Table {
        let reply = self.send(query).await;
        assert_eq!(reply.verdict(), "200", "{query:?}: {}", reply.text());
        let part = read(&reply.body);
        assert_eq!(part.close.rows as usize, part.rows.len(), "{query:?}");
        // What a file lost when it was brought in is said of every answer, and is looked at elsewhere.
        let mut said = Completeness::exact();
        let causes = part.close.completeness.causes.iter();
        causes.filter(|cause| !matches!(cause, Cause::RowsLeftOut { .. })).for_each(|cause| said.note(cause.clone()));
        let (extent, limit) = (said.extent, limit(query));
        let cut = extent == Extent::Capped && limit == Some(part.close.rows);
        assert!(extent == Extent::Exact || cut, "{query:?}: {:?}", part.close.completeness);
        part.rows
    }

    /// How many rows there are.
    pub(super) async fn count(&mut self, from: From, filter: Filter) -> String {
        let query = Query { filter, ..Query::new(from, Answer::Count) };
        self.ask(&query).await.concat().concat()
    }

    /// The sentence with which a question is refused; none if it is answered after all.
    pub(super) async fn refusal(&mut self, query: &Query) -> Option<String> {
        let reply = self.send(query).await;
        if reply.status == 200 {
            return None;
        }
        assert_eq!(reply.verdict(), "422 invalid", "{}", reply.text());
        reply.json()["sentence"].as_str().map(str::to_owned)
    }

    async fn send(&mut self, query: &Query) -> Reply {
        let request = json!({ "project": PROJECT, "query": query });
        self.browser.post_json("/api/stream/run_query", &request).await
    }
}

const fn limit(query: &Query) -> Option<u64> {
    match &query.answer {
        Answer::Rows(rows) => Some(rows.limit),
        Answer::Groups(groups) => Some(groups.limit),
        Answer::Count => None,
    }
}

/// Reads a body of one part to its `Done`.
fn read(body: &[u8]) -> Part {
    let (mut frames, mut arrow) = (Decoder::new(), StreamDecoder::new());
    let (mut part, mut done) = (Part::default(), false);
    frames.push(body);
    while let Some(frame) = frames.next_frame().expect("a frame") {
        match frame {
            Frame::Arrow(_, bytes) => {
                let mut bytes = bytes.into();
                while let Some(batch) = arrow.decode(&mut bytes).expect("an Arrow stream") {
                    part.rows.extend((0..batch.num_rows()).map(|row| texts(&batch, row)));
                }
            }
            Frame::Close(_, close) => part.close = close,
            Frame::Done => done = true,
            Frame::Failed(fault) => panic!("{fault:?}"),
            Frame::Head(_) | Frame::Open(..) | Frame::Progress(..) | Frame::Heartbeat => {}
        }
    }
    assert!(done, "the answer was cut off");
    part
}

fn texts(batch: &RecordBatch, row: usize) -> Vec<String> {
    batch.columns().iter().map(|column| text(column, row)).collect()
}

fn text(column: &dyn Array, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(row),
        other => panic!("no text for {other}"),
    }
}

/// All objects of a type.
pub(super) fn objects(object_type: &str) -> From {
    From::Objects(object_type.parse_id())
}

/// These objects of a type, whose key is one column.
pub(super) fn keys(object_type: &str, keys: &[String]) -> From {
    From::Keys { object_type: object_type.parse_id(), keys: keys.iter().map(|key| vec![key.clone()]).collect() }
}

/// All rows of a link type.
pub(super) fn links(link: &str) -> From {
    From::Links(link.parse_id())
}

/// A property of the row itself.
pub(super) fn own(property: &str) -> Field {
    Field::Own(property.parse_id())
}

/// A property of the object that a link starts at.
pub(super) fn start(property: &str) -> Field {
    Field::End { end: Direction::Backward, property: property.parse_id() }
}

/// A property of the object that a link ends at.
pub(super) fn end(property: &str) -> Field {
    Field::End { end: Direction::Forward, property: property.parse_id() }
}

/// A value passes a test.
pub(super) const fn is(field: Field, test: Test) -> Filter {
    Filter::Is { field, test }
}

/// A value is a text.
pub(super) fn equals(field: Field, text: &str) -> Filter {
    is(field, Test::Equals(text.to_owned()))
}

/// The first `limit` groups in the order of their values.
pub(super) fn groups(from: From, filter: Filter, by: &[Field], measures: &[Measure], limit: u64) -> Query {
    let groups = Groups { by: by.to_vec(), measures: measures.to_vec(), sort: Vec::new(), limit };
    Query { filter, ..Query::new(from, Answer::Groups(groups)) }
}

/// The first `limit` groups by one of their measures, greatest first.
pub(super) fn greatest(measure: usize, mut query: Query) -> Query {
    if let Answer::Groups(groups) = &mut query.answer {
        groups.sort = vec![GroupSort { by: GroupColumn::Measure(measure), descending: true }];
    }
    query
}

/// Rows with these fields behind their key.
pub(super) fn rows(from: From, filter: Filter, fields: &[&str], limit: u64) -> Query {
    let rows = Rows { fields: fields.iter().map(|field| own(field)).collect(), ..Rows::first(limit) };
    Query { filter, ..Query::new(from, Answer::Rows(rows)) }
}

/// The neighbours of some objects, with these fields behind their key.
pub(super) fn neighbours(link: &str, direction: Direction, keys: &[String]) -> From {
    From::Neighbours { link: link.parse_id(), direction, keys: keys.iter().map(|key| vec![key.clone()]).collect() }
}

/// The links of some objects.
pub(super) fn links_of(link: &str, direction: Direction, keys: &[String]) -> From {
    From::LinksOf { link: link.parse_id(), direction, keys: keys.iter().map(|key| vec![key.clone()]).collect() }
}
