//! What the columns of an answer hold, from the metadata that travels with them.

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use graph::batch::{LinkMapping, ObjectMapping, Piece, links};
use graph::{NewLink, cell_text};
use model::project::LinkType;
use model::query::{Direction, Field, Key};
use wire::frame::{ColumnRole, ROLE_METADATA};

/// One entry per column; none where the answer does not say.
pub fn roles(schema: &Schema) -> Vec<Option<ColumnRole>> {
    let role = |text: &String| serde_json::from_str(text).ok();
    schema.fields().iter().map(|field| field.metadata().get(ROLE_METADATA).and_then(role)).collect()
}

/// The field that one can sort and filter by, of each column.
pub fn fields(
    schema: &Schema,
    object_key: &[access::PropertyId],
    end_keys: [&[access::PropertyId]; 2],
) -> Vec<Option<Field>> {
    let [from, to] = end_keys;
    roles(schema)
        .into_iter()
        .map(|role| match role? {
            ColumnRole::Field(field) => Some(field),
            ColumnRole::Key(place) => object_key.get(place).cloned().map(Field::Own),
            ColumnRole::EndKey(end, place) => {
                let keys = if end == Direction::Forward { to } else { from };
                keys.get(place).cloned().map(|property| Field::End { end, property })
            }
            _ => None,
        })
        .collect()
}

/// The columns that together name something, in their order.
pub(super) fn columns_of(roles: &[Option<ColumnRole>], place: impl Fn(&ColumnRole) -> Option<usize>) -> Vec<usize> {
    let placed = roles.iter().enumerate().filter_map(|(column, role)| Some((place(role.as_ref()?)?, column)));
    let mut found: Vec<(usize, usize)> = placed.collect();
    found.sort_unstable();
    found.into_iter().map(|(_, column)| column).collect()
}

/// The columns of an object's key.
pub(super) fn key_columns(roles: &[Option<ColumnRole>]) -> Vec<usize> {
    columns_of(roles, |role| if let ColumnRole::Key(place) = role { Some(*place) } else { None })
}

/// The columns of the key of the object at one end of a link.
pub(super) fn end_columns(roles: &[Option<ColumnRole>], wanted: Direction) -> Vec<usize> {
    columns_of(roles, |role| match role {
        ColumnRole::EndKey(end, place) if *end == wanted => Some(*place),
        _ => None,
    })
}

/// The key in these columns of a row; none where a part of it is missing.
pub(super) fn key_at(batch: &RecordBatch, row: usize, columns: &[usize]) -> Option<Key> {
    let key: Option<Key> = columns.iter().map(|column| cell_text(batch.columns().get(*column)?, row)).collect();
    key.filter(|key| !key.is_empty())
}

/// The merged links in a batch.
pub(super) fn merged_links(batch: &RecordBatch, link: &LinkType) -> Vec<NewLink> {
    let roles = roles(&batch.schema());
    let one = |wanted: &ColumnRole| roles.iter().position(|role| role.as_ref() == Some(wanted));
    let mapping = LinkMapping {
        count: one(&ColumnRole::Count),
        sum: one(&ColumnRole::Sum),
        first: one(&ColumnRole::First),
        last: one(&ColumnRole::Last),
        ..mapping(&roles, link)
    };
    let mut built = links(batch, &mapping).map(|built| built.items).unwrap_or_default();
    for new in &mut built {
        new.label.clone_from(&link.name);
    }
    built
}

/// The rows in a batch, each as a link with its time, its amount, and its currency as its label.
pub(super) fn link_rows(batch: &RecordBatch, link: &LinkType) -> Vec<NewLink> {
    let roles = roles(&batch.schema());
    let own = |id: &Option<access::PropertyId>| {
        let wanted = ColumnRole::Field(Field::Own(id.clone()?));
        roles.iter().position(|role| role.as_ref() == Some(&wanted))
    };
    let mapping = LinkMapping {
        label: own(&link.currency).map(Piece::Column).into_iter().collect(),
        sum: own(&link.amount),
        first: own(&link.time),
        ..mapping(&roles, link)
    };
    links(batch, &mapping).map(|built| built.items).unwrap_or_default()
}

/// Where the keys of both ends stand.
fn mapping(roles: &[Option<ColumnRole>], link: &LinkType) -> LinkMapping {
    let end = |end: Direction| ObjectMapping { object_type: link.far(end).to_string(), key: end_columns(roles, end) };
    LinkMapping {
        link_type: link.id.to_string(),
        directed: link.directed,
        from: end(Direction::Backward),
        to: end(Direction::Forward),
        label: Vec::new(),
        count: None,
        sum: None,
        first: None,
        last: None,
    }
}
