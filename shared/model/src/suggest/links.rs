//! Link types from foreign keys and link tables.

use access::{LinkTypeId, ObjectTypeId, PropertyId, SourceId};

use super::Suggested;
use super::names::{self, words};
use super::objects::{Types, of_column, properties};
use crate::catalogue::{CatalogueTable, Column, ForeignKey};
use crate::change::Change;
use crate::kind::Kind;
use crate::project::{ColumnPair, Join, LinkType, Matching, ObjectType, Project, Property, PropertyPair};

const AMOUNTS: [&str; 13] = [
    "amount", "sum", "total", "value", "price", "quantity", "volume", "share", "percent", "duration", "weight",
    "balance", "cost",
];
const TIMES: [&str; 11] =
    ["booked", "time", "date", "at", "when", "on", "day", "timestamp", "start", "since", "created"];
const CURRENCIES: [&str; 4] = ["currency", "ccy", "valuta", "cur"];

/// The link types so far.
pub(super) struct Drafts<'a> {
    source: &'a SourceId,
    pub(super) project: &'a Project,
    /// Of the source, those of the project among them.
    pub(super) types: Types,
    made: Vec<LinkType>,
}

impl<'a> Drafts<'a> {
    pub(super) fn new(source: &'a SourceId, project: &'a Project, types: Types) -> Self {
        Self { source, project, types, made: Vec::new() }
    }

    /// A link from every row to the row that it points at.
    pub(super) fn add_key(&mut self, table: &CatalogueTable, key: &ForeignKey, suggested: &mut Suggested) {
        let (Some(from), Some(to)) = (self.types.get(&table.table), self.types.get(&key.table)) else { return };
        let column = key.columns.first().map(String::as_str).unwrap_or_default();
        let name = names::pointed_at(column);
        let id = self.id(&[from.id.as_str(), &names::slug(&words(&name))]);
        let (Some(pairs), Some(id)) = (pairs(from, to, key), id) else { return };
        let others = table.foreign_keys.iter().filter(|other| other.table == key.table).count();
        let many = from.plural.clone();
        // Two links to the same type, or one to the own type, would read the same backward.
        let reverse = if others > 1 || from.id == to.id { format!("{many} ({name})") } else { many.clone() };
        let link = LinkType {
            id,
            name,
            reverse,
            plural: many,
            from: from.id.clone(),
            to: to.id.clone(),
            directed: true,
            join: Join::Properties { pairs, matching: Matching::Exact },
            key: Vec::new(),
            properties: Vec::new(),
            time: None,
            amount: None,
            currency: None,
        };
        let reason = format!("{}.{} points at {}.", table.table.name, key.columns.join(", "), key.table.name);
        self.put(link, reason, suggested);
    }

    /// A link between objects with equal values in one property each.
    pub(super) fn add_alike(
        &mut self,
        (from, near): (&ObjectType, &Property),
        (to, far): (&ObjectType, &Property),
        suggested: &mut Suggested,
    ) {
        let pair = PropertyPair { from: near.id.clone(), to: far.id.clone() };
        if self.has_pair(&from.id, &to.id, &pair) {
            return;
        }
        let pointed = names::pointed_at(&near.column);
        let is_called = words(&pointed) == words(&to.name);
        let name = if is_called || near.column != far.column { pointed } else { to.name.clone() };
        let Some(id) = self.id(&[from.id.as_str(), &names::slug(&words(&name))]) else { return };
        let link = LinkType {
            id,
            name,
            reverse: from.plural.clone(),
            plural: from.plural.clone(),
            from: from.id.clone(),
            to: to.id.clone(),
            directed: true,
            join: Join::Properties { pairs: vec![pair], matching: Matching::Exact },
            key: Vec::new(),
            properties: Vec::new(),
            time: None,
            amount: None,
            currency: None,
        };
        let (near, far) = (&near.column, &far.column);
        let reason =
            format!("{} may point at {} ({near} at {far}), because the column names match.", from.plural, to.plural);
        self.put(link, reason, suggested);
    }

    /// Whether there is a link over these two properties, in either direction.
    fn has_pair(&self, from: &ObjectTypeId, to: &ObjectTypeId, pair: &PropertyPair) -> bool {
        let turned = PropertyPair { from: pair.to.clone(), to: pair.from.clone() };
        let is_over = |link: &LinkType| match &link.join {
            Join::Properties { pairs, .. } => {
                let has = |wanted: &PropertyPair| pairs.as_slice() == std::slice::from_ref(wanted);
                (link.from == *from && link.to == *to && has(pair))
                    || (link.from == *to && link.to == *from && has(&turned))
            }
            Join::Table { .. } => false,
        };
        self.project.link_types.values().chain(&self.made).any(is_over)
    }

    /// A link for every row, from one of the two rows that it points at to the other.
    pub(super) fn add_table(
        &mut self,
        table: &CatalogueTable,
        key: &[String],
        near: &ForeignKey,
        far: &ForeignKey,
        suggested: &mut Suggested,
    ) {
        let ends = (self.types.get(&near.table), self.types.get(&far.table));
        let drafted = match ends {
            (Some(from), Some(to)) => self.draft(table, key, (from, near), (to, far)),
            _ => None,
        };
        let Some(link) = drafted else {
            let reason = "It joins tables of which one becomes no object type.".to_owned();
            suggested.left_out.push((table.table.clone(), reason));
            return;
        };
        let reason = format!("{} joins {} and {}.", table.table.name, near.table.name, far.table.name);
        self.put(link, reason, suggested);
    }

    fn draft(
        &self,
        table: &CatalogueTable,
        key: &[String],
        (from, near): (&ObjectType, &ForeignKey),
        (to, far): (&ObjectType, &ForeignKey),
    ) -> Option<LinkType> {
        let ends = |name: &String| near.columns.contains(name) || far.columns.contains(name);
        // A key made of both ends says nothing that the ends do not say.
        let own_key: Vec<_> = key.iter().filter(|_| !key.iter().all(ends)).collect();
        let kept = table.columns.iter().filter(|column| !ends(&column.name) || own_key.contains(&&column.name));
        let kept: Vec<Column> = kept.cloned().collect();
        let properties = properties(&kept);
        let marks = Marks::find(&properties, &own_key);
        let (name, reverse) = labels(table, from, to);
        Some(LinkType {
            id: self.id(&[&names::slug(&words(&names::singular(&table.table.name)))])?,
            name,
            reverse,
            plural: names::plural(&table.table.name),
            from: from.id.clone(),
            to: to.id.clone(),
            directed: true,
            join: Join::Table {
                source: self.source.clone(),
                table: table.table.clone(),
                from: columns(from, near)?,
                to: columns(to, far)?,
                matching: Matching::Exact,
            },
            key: own_key.iter().filter_map(|column| of_column(&properties, column)).map(|p| p.id.clone()).collect(),
            time: marks.time,
            amount: marks.amount,
            currency: marks.currency,
            properties,
        })
    }

    fn id(&self, parts: &[&str]) -> Option<LinkTypeId> {
        let slug: String = parts.join("_").chars().take(56).collect();
        let taken = |id: &str| {
            let used = |link: &LinkType| link.id.as_str() == id;
            self.project.link_types.values().any(used) || self.made.iter().any(used)
        };
        LinkTypeId::new(names::fresh(&slug, taken)).ok()
    }

    fn put(&mut self, link: LinkType, reason: String, suggested: &mut Suggested) {
        let same = |known: &LinkType| (&known.from, &known.to, &known.join) == (&link.from, &link.to, &link.join);
        if !self.project.link_types.values().any(same) {
            self.made.push(link.clone());
            suggested.changes.push((Change::PutLinkType(Box::new(link)), reason));
        }
    }
}

/// How a link table reads forward and backward.
fn labels(table: &CatalogueTable, from: &ObjectType, to: &ObjectType) -> (String, String) {
    if from.id == to.id {
        let one = names::singular(&table.table.name);
        return (format!("{one} to"), format!("{one} from"));
    }
    (to.plural.clone(), from.plural.clone())
}

fn pairs(from: &ObjectType, to: &ObjectType, key: &ForeignKey) -> Option<Vec<PropertyPair>> {
    let pair = |(near, far): (&String, &String)| {
        let from = of_column(&from.properties, near)?.id.clone();
        Some(PropertyPair { from, to: of_column(&to.properties, far)?.id.clone() })
    };
    let pairs = key.columns.iter().zip(&key.referenced).map(pair).collect::<Option<Vec<_>>>()?;
    (!pairs.is_empty()).then_some(pairs)
}

fn columns(end: &ObjectType, key: &ForeignKey) -> Option<Vec<ColumnPair>> {
    let pair = |(near, far): (&String, &String)| {
        Some(ColumnPair { column: near.clone(), property: of_column(&end.properties, far)?.id.clone() })
    };
    let pairs = key.columns.iter().zip(&key.referenced).map(pair).collect::<Option<Vec<_>>>()?;
    (!pairs.is_empty()).then_some(pairs)
}

/// Whether rows of a table have an amount or a time of their own.
pub(super) fn has_measure(table: &CatalogueTable) -> bool {
    let ends: Vec<_> = table.foreign_keys.iter().flat_map(|key| &key.columns).collect();
    let own = table.columns.iter().filter(|column| !ends.contains(&&column.name));
    let own: Vec<Column> = own.cloned().collect();
    let key: Vec<_> = table.primary_key.iter().collect();
    let marks = Marks::find(&properties(&own), &key);
    marks.amount.is_some() || marks.time.is_some()
}

/// The properties that mean more than others.
struct Marks {
    time: Option<PropertyId>,
    amount: Option<PropertyId>,
    currency: Option<PropertyId>,
}

impl Marks {
    fn find(properties: &[Property], key: &[&String]) -> Self {
        let free = || properties.iter().filter(|property| !key.contains(&&property.column));
        let named = |property: &&Property, known: &[&str]| {
            words(&property.column).iter().any(|word| known.contains(&word.as_str()))
        };
        let id = |property: &Property| property.id.clone();
        let amount = free().filter(|property| property.kind.is_number() && named(property, &AMOUNTS));
        let times = || free().filter(|property| property.kind.is_time());
        Self {
            time: times().find(|property| named(property, &TIMES)).or_else(|| times().next()).map(id),
            // Exact numbers before others; among them the first.
            amount: amount.min_by_key(|property| property.kind != Kind::Decimal).map(id),
            currency: free().find(|property| property.kind == Kind::Text && named(property, &CURRENCIES)).map(id),
        }
    }
}
