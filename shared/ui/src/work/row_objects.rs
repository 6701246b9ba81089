//! Which objects the rows of a table are about: themselves, or both ends of links.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use access::ObjectTypeId;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use graph::cell_text;
use model::query::{Direction, Key};

use super::object::ObjectRef;
use super::roles::{end_columns, key_at, key_columns, roles};
use super::tables::Tab;
use crate::app::Model;
use crate::table::Rows;

/// Where the keys stand in the rows of a table: one entry for objects, from and to for links. Read once for all rows.
pub struct RowObjects {
    ends: Vec<(ObjectTypeId, Vec<usize>)>,
}

/// Wanted objects of one type, by the first part of their key.
type ByFirst<'a> = HashMap<&'a str, Vec<&'a ObjectRef>>;

impl RowObjects {
    /// Of these types, with the columns of their keys.
    pub fn new(ends: Vec<(ObjectTypeId, Vec<usize>)>) -> Self {
        Self { ends }
    }

    /// Of the rows of a tab; none before the first have come, or where their type is gone.
    pub fn of(model: &Model, tab: &Tab) -> Option<Self> {
        let roles = roles(tab.rows.schema()?.as_ref());
        let ends = match (tab.object_type(model), tab.link_type(model)) {
            (Some(kind), _) => vec![(kind.id.clone(), key_columns(&roles))],
            (None, Some(link)) => [Direction::Backward, Direction::Forward]
                .map(|end| (link.far(end).clone(), end_columns(&roles, end)))
                .to_vec(),
            (None, None) => return None,
        };
        Some(Self { ends })
    }

    /// The objects of a row; an end without a whole key is left out, and one object at both ends is there once.
    pub fn at(&self, rows: &Rows, row: usize) -> Vec<ObjectRef> {
        let Some((batch, at)) = rows.at(row) else { return Vec::new() };
        let object = |(object_type, columns): &(ObjectTypeId, Vec<usize>)| {
            Some(ObjectRef { object_type: object_type.clone(), key: key_at(batch, at, columns)? })
        };
        let mut objects: Vec<ObjectRef> = self.ends.iter().filter_map(object).collect();
        objects.dedup();
        objects
    }

    /// Those of these rows, ascending, that are about one of the wanted objects.
    pub fn rows_of(&self, rows: &Rows, among: impl Iterator<Item = usize>, wanted: &[ObjectRef]) -> Vec<usize> {
        let mut found = Vec::new();
        self.meet(rows, among, wanted, |row, _| found.push(row));
        found.dedup();
        found
    }

    /// Those of the wanted objects that these rows, ascending, are about.
    pub fn objects_of<'a>(
        &self,
        rows: &Rows,
        among: impl Iterator<Item = usize>,
        wanted: &'a [ObjectRef],
    ) -> BTreeSet<&'a ObjectRef> {
        let mut found = BTreeSet::new();
        self.meet(rows, among, wanted, |_, object| {
            found.insert(object);
        });
        found
    }

    fn meet<'a>(
        &self,
        rows: &Rows,
        among: impl Iterator<Item = usize>,
        wanted: &'a [ObjectRef],
        mut met: impl FnMut(usize, &'a ObjectRef),
    ) {
        let ends: Vec<(ByFirst<'a>, &[usize])> =
            self.ends.iter().map(|(id, columns)| (by_first(wanted, id), columns.as_slice())).collect();
        let mut here = rows.batches().peekable();
        for row in among {
            while here.next_if(|(start, batch)| start + batch.num_rows() <= row).is_some() {}
            let Some((start, batch)) = here.peek() else { return };
            for (wanted, columns) in &ends {
                if let Some(object) = one_of(wanted, batch, row - start, columns) {
                    met(row, object);
                }
            }
        }
    }
}

fn by_first<'a>(wanted: &'a [ObjectRef], id: &ObjectTypeId) -> ByFirst<'a> {
    let mut by_first = ByFirst::new();
    for object in wanted.iter().filter(|object| object.object_type == *id) {
        if let Some(first) = object.key.first() {
            by_first.entry(first).or_default().push(object);
        }
    }
    by_first
}

/// The wanted object in these columns of a row. Most rows are told apart by the first part of their key.
fn one_of<'a>(wanted: &ByFirst<'a>, batch: &RecordBatch, row: usize, columns: &[usize]) -> Option<&'a ObjectRef> {
    let first = batch.columns().get(*columns.first()?)?;
    let candidates = wanted.get(&*cell(first, row)?)?;
    if columns.len() == 1 {
        return candidates.first().copied();
    }
    let key: Key = key_at(batch, row, columns)?;
    candidates.iter().find(|object| object.key == key).copied()
}

/// The text of a cell; a text is not copied.
fn cell(column: &ArrayRef, row: usize) -> Option<Cow<'_, str>> {
    match column.as_any().downcast_ref::<StringArray>() {
        Some(texts) => texts.is_valid(row).then(|| Cow::Borrowed(texts.value(row))),
        None => cell_text(column, row).map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::Int64Array;

    use super::*;

    fn object(kind: &str, key: &[&str]) -> ObjectRef {
        let key = key.iter().map(|part| (*part).to_owned()).collect();
        ObjectRef { object_type: ObjectTypeId::new(kind).expect("a slug"), key }
    }

    /// Links from people, by number, to accounts, by bank and number, in two batches.
    fn links() -> (Rows, RowObjects) {
        let mut rows = Rows::default();
        let parts = [
            (vec![1, 2], vec!["DNB", "DNB"], vec!["7", "8"]),
            (vec![1, 3, 3], vec!["SR", "DNB", "DNB"], vec!["7", "7", "9"]),
        ];
        for (people, banks, numbers) in parts {
            let people: ArrayRef = Arc::new(Int64Array::from(people));
            let [banks, numbers] = [banks, numbers].map(|texts| Arc::new(StringArray::from(texts)) as ArrayRef);
            let batch = RecordBatch::try_from_iter([("person", people), ("bank", banks), ("number", numbers)]);
            rows.push(batch.expect("a batch")).expect("the same columns");
        }
        let id = |kind: &str| ObjectTypeId::new(kind).expect("a slug");
        (rows, RowObjects::new(vec![(id("person"), vec![0]), (id("account"), vec![1, 2])]))
    }

    #[test]
    fn rows_are_found_by_either_end_and_by_the_whole_key() {
        let (rows, objects) = links();
        let found = |wanted: &[ObjectRef], among| objects.rows_of(&rows, among, wanted);
        assert_eq!(found(&[object("person", &["1"])], 0..5), [0, 2]);
        assert_eq!(found(&[object("account", &["DNB", "7"])], 0..5), [0, 3]);
        assert_eq!(found(&[object("account", &["DNB", "7"])], 1..5), [3], "only of those that were asked for");
        assert_eq!(found(&[object("person", &["3"]), object("account", &["DNB", "7"])], 0..9), [0, 3, 4]);
        assert_eq!(found(&[object("company", &["1"]), object("person", &["7"])], 0..5), Vec::<usize>::new());
    }

    #[test]
    fn objects_are_found_by_their_rows() {
        let (rows, objects) = links();
        assert_eq!(objects.at(&rows, 1), [object("person", &["2"]), object("account", &["DNB", "8"])]);
        let wanted = [object("person", &["3"]), object("account", &["SR", "7"]), object("person", &["2"])];
        let met = objects.objects_of(&rows, [2, 3, 4].into_iter(), &wanted);
        assert_eq!(met.into_iter().cloned().collect::<Vec<_>>(), [wanted[1].clone(), wanted[0].clone()]);
    }
}
