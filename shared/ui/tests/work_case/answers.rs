//! What the fake server answers to each stream.

use std::collections::BTreeMap;

use model::completeness::{Cause, Completeness};
use model::query::{Answer, Direction, Field, Filter, From, Groups, Key, Measure, Query, Test};
use model::{Kind, LinkTypeId, ObjectTypeId, Property};
use wire::data::{CountLinks, Expand, RunQuery, Search};
use wire::frame::{Close, ColumnRole, Counted, Frame, LinkCount, NOT_COUNTED, PartRows};
use wire::{Code, Fault};

use super::bank::{Bank, Row};
use super::frames::{Body, Column};

/// From, to; then count, cents, first, last.
type Pair = ((String, String), (u64, i128, String, String));

pub fn stream(bank: &Bank, name: &str, body: &[u8]) -> Vec<u8> {
    match name {
        "search" => search(bank, &serde_json::from_slice(body).unwrap()),
        "run_query" => query(bank, &serde_json::from_slice::<RunQuery>(body).unwrap().query),
        "count_links" => counts(bank, &serde_json::from_slice(body).unwrap()),
        "expand" => expand(bank, &serde_json::from_slice(body).unwrap()),
        _ => {
            let mut bytes = Body::new().bytes;
            Frame::Failed(Fault::not_found()).encode(&mut bytes);
            bytes
        }
    }
}

fn column(name: &str, role: ColumnRole, kind: Kind, rows: &[&Row], of: &str) -> Column {
    Column { name: name.to_owned(), role, kind, texts: rows.iter().map(|row| row.get(of).cloned()).collect() }
}

fn object_columns(bank: &Bank, object_type: &ObjectTypeId, rows: &[&Row]) -> Vec<Column> {
    let kind = &bank.project.object_types[object_type];
    let one = |(place, property): (usize, &Property)| {
        let name = property.id.as_str();
        let role = if place == 0 { ColumnRole::Key(0) } else { ColumnRole::Field(Field::Own(property.id.clone())) };
        column(name, role, property.kind, rows, name)
    };
    kind.properties.iter().enumerate().map(one).collect()
}

fn link_columns(bank: &Bank, link: &LinkTypeId, rows: &[&Row]) -> Vec<Column> {
    let mut columns = vec![
        column("from", ColumnRole::EndKey(Direction::Backward, 0), Kind::Text, rows, "from"),
        column("to", ColumnRole::EndKey(Direction::Forward, 0), Kind::Text, rows, "to"),
    ];
    for property in &bank.project.link_types[link].properties {
        let name = property.id.as_str();
        columns.push(column(name, ColumnRole::Field(Field::Own(property.id.clone())), property.kind, rows, name));
    }
    columns
}

fn closed(rows: usize) -> Close {
    Close { rows: rows as u64, millis: 12, ..Close::default() }
}

fn search(bank: &Bank, ask: &Search) -> Vec<u8> {
    let mut body = Body::new();
    for kind in &bank.withheld.object_types {
        let mut close = closed(0);
        close.completeness.note(Cause::Withheld(kind.id.clone()));
        body.withheld(PartRows::Objects(kind.id.clone()), close);
    }
    for (id, kind) in &bank.project.object_types {
        if bank.failing.as_deref() == Some(kind.source.as_str()) {
            let fault = Fault::new(Code::SourceFailed, "The source did not answer.", "Tell whoever runs it.");
            body.part(PartRows::Objects(id.clone()), &kind.source, &[], Close { fault: Some(fault), ..closed(0) });
            continue;
        }
        let wanted = ask.text.to_lowercase();
        let listed: Vec<String> = ask.texts.iter().map(|text| text.to_lowercase()).collect();
        let fits = |row: &&Row| {
            let mut texts = row.values().map(|text| text.to_lowercase());
            if listed.is_empty() {
                texts.any(|text| text.contains(&wanted))
            } else {
                texts.any(|text| listed.contains(&text))
            }
        };
        let mut rows: Vec<&Row> = bank.rows[id.as_str()].iter().filter(fits).collect();
        let millis = if id.as_str() == "listed" { 2_130 } else { 31 };
        let found = Some(Counted { number: rows.len() as u64, more: false });
        rows.truncate(ask.limit as usize);
        let mut close = Close { millis, found, ..closed(rows.len()) };
        if found.is_some_and(|found| found.number > ask.limit) {
            close.completeness.note(Cause::RowLimit(ask.limit));
        }
        body.part(PartRows::Objects(id.clone()), &kind.source, &object_columns(bank, id, &rows), close);
    }
    body.done()
}

/// Says what the file of the source lost.
fn lose(bank: &Bank, source: &model::SourceId, close: &mut Close) {
    if bank.left_out > 0 {
        close.completeness.note(Cause::RowsLeftOut { source: source.clone(), rows: bank.left_out });
    }
}

fn query(bank: &Bank, query: &Query) -> Vec<u8> {
    let mut body = Body::new();
    let (mut rows, about) = match &query.from {
        From::Objects(id) => (bank.rows[id.as_str()].iter().collect::<Vec<_>>(), PartRows::Objects(id.clone())),
        From::Keys { object_type, keys } => {
            let key = bank.key_of(object_type);
            let fits = |row: &&Row| keys.iter().any(|wanted| Some(&wanted[0]) == row.get(key.as_str()));
            (bank.rows[object_type.as_str()].iter().filter(fits).collect(), PartRows::Objects(object_type.clone()))
        }
        From::Links(id) => (bank.links[id.as_str()].iter().collect(), PartRows::Links(id.clone())),
        From::LinksOf { link, direction, keys } => {
            (links_of(bank, link, *direction, keys), PartRows::Links(link.clone()))
        }
        From::Neighbours { link, direction, keys } => {
            let far = bank.project.link_types[link].far(*direction).clone();
            let ends: Vec<&String> =
                links_of(bank, link, *direction, keys).iter().map(|row| &row[end(*direction)]).collect();
            let key = bank.key_of(&far);
            let rows = bank.rows[far.as_str()].iter().filter(|row| ends.contains(&&row[key.as_str()])).collect();
            (rows, PartRows::Objects(far))
        }
    };
    rows.retain(|row| holds(bank, &query.filter, row));
    let source = bank.project.sources.keys().next().unwrap();
    match &query.answer {
        Answer::Rows(page) => {
            for sort in page.sort.iter().rev() {
                let Field::Own(id) = &sort.field else { continue };
                let value = |row: &&Row| row.get(id.as_str()).cloned().unwrap_or_default();
                rows.sort_by(|a, b| {
                    let order = match (value(a).parse::<f64>(), value(b).parse::<f64>()) {
                        (Ok(a), Ok(b)) => a.total_cmp(&b),
                        _ => value(a).cmp(&value(b)),
                    };
                    if sort.descending { order.reverse() } else { order }
                });
            }
            let mut close = closed(rows.len());
            let limit = page.limit.min(bank.most_rows);
            if rows.len() as u64 > limit {
                rows.truncate(limit as usize);
                close.completeness.note(Cause::RowLimit(limit));
            }
            lose(bank, source, &mut close);
            let columns = match &about {
                PartRows::Objects(id) => object_columns(bank, id, &rows),
                PartRows::Links(id) => link_columns(bank, id, &rows),
                _ => Vec::new(),
            };
            body.part(about, source, &columns, close);
        }
        Answer::Groups(groups) => body.part(PartRows::Figures, source, &figures(groups, &rows), closed(1)),
        Answer::Count => {
            let texts = vec![Some(rows.len().to_string())];
            let count = Column { name: "count".to_owned(), role: ColumnRole::Count, kind: Kind::Integer, texts };
            let mut close = closed(1);
            lose(bank, source, &mut close);
            body.part(PartRows::Figures, source, &[count], close);
        }
    }
    body.done()
}

/// The sums of groups of links.
fn figures(groups: &Groups, rows: &[&Row]) -> Vec<Column> {
    let cell = |field: &Field, row: &Row| match field {
        Field::Own(id) => row.get(id.as_str()).cloned(),
        Field::End { end: which, .. } => row.get(end(*which)).cloned(),
        _ => None,
    };
    let cents = |text: String| text.replace('.', "").parse::<i128>().unwrap();
    let [Measure::Sum(summed)] = groups.measures.as_slice() else { panic!("only sums: {:?}", groups.measures) };
    let mut sums: BTreeMap<Vec<Option<String>>, i128> = BTreeMap::new();
    for row in rows {
        let by = groups.by.iter().map(|field| cell(field, row)).collect();
        *sums.entry(by).or_default() += cell(summed, row).map_or(0, cents);
    }
    let column = |name: String, role, kind, texts| Column { name, role, kind, texts };
    let value = |(place, field): (usize, &Field)| {
        let texts = sums.keys().map(|by| by[place].clone()).collect();
        column(format!("v{place}"), ColumnRole::Field(field.clone()), Kind::Text, texts)
    };
    let mut columns: Vec<Column> = groups.by.iter().enumerate().map(value).collect();
    let texts = sums.values().map(|cents| Some(format!("{}.{:02}", cents / 100, cents % 100))).collect();
    columns.push(column("m0".to_owned(), ColumnRole::Measure(0), Kind::Decimal, texts));
    columns
}

fn end(direction: Direction) -> &'static str {
    if direction == Direction::Forward { "to" } else { "from" }
}

fn links_of<'a>(bank: &'a Bank, link: &LinkTypeId, direction: Direction, keys: &[Key]) -> Vec<&'a Row> {
    let near = end(direction.turned());
    bank.links[link.as_str()].iter().filter(|row| keys.iter().any(|key| key[0] == row[near])).collect()
}

fn holds(bank: &Bank, filter: &Filter, row: &Row) -> bool {
    match filter {
        Filter::All(all) => all.iter().all(|filter| holds(bank, filter, row)),
        Filter::Any(any) => any.iter().any(|filter| holds(bank, filter, row)),
        Filter::Not(not) => !holds(bank, not, row),
        Filter::Linked { link, direction, present } => {
            let kind = bank.project.link_types[link].near(*direction).clone();
            let key = row[bank.key_of(&kind).as_str()].clone();
            links_of(bank, link, *direction, &[vec![key]]).is_empty() != *present
        }
        Filter::Is { field, test } => {
            let name = match field {
                Field::Own(id) => id.as_str().to_owned(),
                Field::End { end: which, .. } => end(*which).to_owned(),
                _ => return true,
            };
            let Some(text) = row.get(&name) else { return matches!(test, Test::Empty) };
            let number = |text: &str| text.parse::<f64>();
            let compare = |other: &str| match (number(text), number(other)) {
                (Ok(a), Ok(b)) => a.total_cmp(&b),
                _ => text.as_str().cmp(other),
            };
            match test {
                Test::Equals(other) => text == other,
                Test::Contains(other) => text.to_lowercase().contains(&other.to_lowercase()),
                Test::In(values) => values.contains(text),
                Test::AtLeast(other) => compare(other).is_ge(),
                Test::AtMost(other) => compare(other).is_le(),
                _ => true,
            }
        }
    }
}

fn counts(bank: &Bank, ask: &CountLinks) -> Vec<u8> {
    let mut body = Body::new();
    for (id, link) in &bank.project.link_types {
        for direction in [Direction::Forward, Direction::Backward] {
            if *link.near(direction) != ask.object_type {
                continue;
            }
            let rows = links_of(bank, id, direction, &ask.keys);
            let mut far: Vec<&String> = rows.iter().map(|row| &row[end(direction)]).collect();
            far.sort_unstable();
            far.dedup();
            let counted = |number: usize| match bank.uncounted {
                true => NOT_COUNTED,
                false => Counted { number: number as u64, more: false },
            };
            let counts = vec![LinkCount {
                link: id.clone(),
                direction,
                links: counted(rows.len()),
                neighbours: counted(far.len()),
            }];
            let source = link.source().unwrap();
            body.part(PartRows::Counts, source, &[], Close { counts, ..closed(0) });
        }
    }
    body.done()
}

fn expand(bank: &Bank, ask: &Expand) -> Vec<u8> {
    let link = &bank.project.link_types[&ask.link];
    let far = link.far(ask.direction).clone();
    let mut merged: BTreeMap<(String, String), (u64, i128, String, String)> = BTreeMap::new();
    for row in links_of(bank, &ask.link, ask.direction, &ask.keys) {
        if !ask.only.is_empty() && !ask.only.iter().any(|key| key[0] == row[end(ask.direction)]) {
            continue;
        }
        let cents = row.get("amount").map_or(0, |text| text.replace('.', "").parse().unwrap());
        let at = row.get("booked").cloned().unwrap_or_default();
        let entry = merged.entry((row["from"].clone(), row["to"].clone())).or_insert((0, 0, at.clone(), at.clone()));
        entry.0 += 1;
        entry.1 += cents;
        entry.2 = entry.2.clone().min(at.clone());
        entry.3 = entry.3.clone().max(at);
    }
    let mut pairs: Vec<_> = merged.into_iter().collect();
    pairs.sort_by_key(|(_, found)| std::cmp::Reverse(found.1));
    let mut completeness = Completeness::exact();
    if pairs.len() as u64 > ask.limit {
        completeness.note(Cause::RowLimit(ask.limit));
    }
    pairs.truncate(ask.limit as usize);
    let texts = |of: &dyn Fn(&Pair) -> String| pairs.iter().map(|pair| Some(of(pair))).collect();
    let column = |name: &str, role, kind, texts| Column { name: name.to_owned(), role, kind, texts };
    let mut columns = vec![
        column("from.key", ColumnRole::EndKey(Direction::Backward, 0), Kind::Text, texts(&|pair| pair.0.0.clone())),
        column("to.key", ColumnRole::EndKey(Direction::Forward, 0), Kind::Text, texts(&|pair| pair.0.1.clone())),
        column("count", ColumnRole::Count, Kind::Integer, texts(&|pair| pair.1.0.to_string())),
    ];
    if link.amount.is_some() {
        let money = |cents: i128| format!("{}.{:02}", cents / 100, cents % 100);
        columns.push(column("sum", ColumnRole::Sum, Kind::Decimal, texts(&|pair| money(pair.1.1))));
        columns.push(column("first", ColumnRole::First, Kind::LocalTime, texts(&|pair| pair.1.2.clone())));
        columns.push(column("last", ColumnRole::Last, Kind::LocalTime, texts(&|pair| pair.1.3.clone())));
    }
    let mut body = Body::new();
    let source = link.source().unwrap();
    body.part(
        PartRows::MergedLinks { link: ask.link.clone() },
        source,
        &columns,
        Close { completeness, ..closed(pairs.len()) },
    );
    let key = bank.key_of(&far);
    let is_far = |row: &&Row| {
        pairs.iter().any(|((from, to), _)| {
            let wanted = if ask.direction == Direction::Forward { to } else { from };
            row.get(key.as_str()) == Some(wanted)
        })
    };
    let rows: Vec<&Row> = bank.rows[far.as_str()].iter().filter(is_far).collect();
    body.part(PartRows::Objects(far.clone()), source, &object_columns(bank, &far, &rows), closed(rows.len()));
    body.done()
}
