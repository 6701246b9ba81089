//! Links of some objects, merged per pair: in one statement where one source knows both ends, in steps where not.
//!
//! Between sources, the distinct non-null values of the near side (at most [`MOST_VALUES`]) are sent to the other side
//! in batches of at most [`VALUES_AT_ONCE`], two at a time, until there are [`MOST_PAIRS`] links. What was cut is a
//! cause in the completeness.

use std::collections::{HashMap, HashSet};

use futures::{FutureExt, StreamExt};
use model::completeness::{Cause, Completeness, Extent};
use model::project::{LinkType, Matching, ObjectType};
use model::query::{Direction, Key};
use model::{PropertyId, SourceId};
use wire::Fault;
use wire::data::{COUNT_STOPS_AT, ExpandOrder};
use wire::frame::Counted;

use super::Asking;
use super::best::choose;
use super::gather::{STATEMENTS_AT_ONCE, VALUES_AT_ONCE, rows};
use super::matches::{Fold, Named};
use super::sql::{self, Lookup, Merge, Near};
use super::titles::titles;

/// The most values that are read of one side of a link between sources.
const MOST_VALUES: u64 = 10_000;
/// The most merged links of one expansion.
const MOST_PAIRS: u64 = 20_000;

/// Which links are wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) link: &'a LinkType,
    pub(super) direction: Direction,
    pub(super) keys: &'a [Key],
    /// Only links to these; empty means all.
    pub(super) only: &'a [Key],
    pub(super) order: ExpandOrder,
    /// The most neighbours.
    pub(super) limit: u64,
}

/// All links between two objects, as one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    pub(super) near: Key,
    pub(super) far: Key,
    pub(super) count: u64,
    pub(super) sum: Option<String>,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

/// Merged links, in the order that was asked for.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) pairs: Vec<Pair>,
    pub(super) completeness: Completeness,
}

impl Merged {
    /// The objects at the other end, each once, in order.
    pub(super) fn far_keys(&self) -> Vec<Key> {
        let mut seen = HashSet::new();
        self.pairs.iter().map(|pair| &pair.far).filter(|far| seen.insert(*far)).cloned().collect()
    }
}

/// Refuses a link type whose ends have no key.
pub(super) fn check(asking: &Asking, link: &LinkType, direction: Direction) -> Result<(), Fault> {
    for end in [direction, direction.turned()] {
        let kind = sql::object_type(&asking.project, link.far(end))?;
        if kind.key.is_empty() {
            return Err(Fault::invalid(
                format!("{} has no key, so its objects cannot be linked.", kind.name),
                "Name the properties of its key in the configuration.",
            ));
        }
    }
    Ok(())
}

/// The merged links.
///
/// # Errors
/// What a source said; half an expansion is none.
pub(super) async fn merged(asking: &Asking, wanted: &Wanted<'_>) -> Result<Merged, Fault> {
    let route = Route::new(asking, *wanted)?;
    let mut merged = match route.rows {
        Some(_) => route.by_rows().await?,
        None => route.by_values().await?,
    };
    if !wanted.only.is_empty() {
        let only: HashSet<&Key> = wanted.only.iter().collect();
        merged.pairs.retain(|pair| only.contains(&pair.far));
    }
    let titles = match wanted.order {
        ExpandOrder::Name => titles(asking, route.far, &merged.far_keys()).await?,
        _ => HashMap::new(),
    };
    choose(&mut merged, wanted.order, &titles, wanted.limit);
    Ok(merged)
}

/// How many links and how many different neighbours; both stop at [`COUNT_STOPS_AT`].
///
/// # Errors
/// What a source said.
pub(super) async fn counted(asking: &Asking, wanted: &Wanted<'_>) -> Result<(Counted, Counted), Fault> {
    check(asking, wanted.link, wanted.direction)?;
    let route = Route::new(asking, *wanted)?;
    if let (Some(source), true) = (route.rows, route.near_known) {
        let ask = route.ask(Near::Keys(wanted.keys), 1);
        let make = |ability| sql::count_links(&asking.project, ability, &ask);
        let found = rows(asking, source, &make).await?;
        let number = |place: usize| {
            let text = found.rows.first().and_then(|row| row.get(place)?.as_deref());
            stopped(text.and_then(|text| text.parse().ok()).unwrap_or(0), false)
        };
        return Ok((number(0), number(1)));
    }
    let merged = merged(asking, wanted).await?;
    let more = merged.completeness.extent != Extent::Exact;
    let links = merged.pairs.iter().map(|pair| pair.count).sum();
    Ok((stopped(links, more), stopped(merged.far_keys().len() as u64, more)))
}

fn stopped(number: u64, more: bool) -> Counted {
    Counted { number: number.min(COUNT_STOPS_AT), more: more || number > COUNT_STOPS_AT }
}

/// How one gets from the near objects to the far ones.
struct Route<'a> {
    asking: &'a Asking,
    wanted: Wanted<'a>,
    near: &'a ObjectType,
    far: &'a ObjectType,
    /// The source that has the links as rows; none for equal properties in two sources.
    rows: Option<&'a SourceId>,
    /// Whether that source knows the near objects by their keys.
    near_known: bool,
    /// Whether that source knows the far objects by their keys.
    far_known: bool,
}

impl<'a> Route<'a> {
    fn new(asking: &'a Asking, wanted: Wanted<'a>) -> Result<Self, Fault> {
        let (link, direction) = (wanted.link, wanted.direction);
        let near = sql::object_type(&asking.project, link.near(direction))?;
        let far = sql::object_type(&asking.project, link.far(direction))?;
        let rows = link.source().or_else(|| (near.source == far.source).then_some(&near.source));
        let known = |kind: &ObjectType, end| Some(&kind.source) == rows || sql::names_key(link, end, kind);
        let (near_known, far_known) = (known(near, direction.turned()), known(far, direction));
        Ok(Self { asking, wanted, near, far, rows, near_known, far_known })
    }

    fn ask<'k>(&'k self, near: Near<'k>, limit: u64) -> Merge<'k> {
        let Wanted { link, direction, only, order, .. } = self.wanted;
        Merge { link, direction, near, far_keys: self.far_known, only, order, limit, by_far: false }
    }

    /// One source has the links as rows of a table, or both ends.
    async fn by_rows(&self) -> Result<Merged, Fault> {
        let mut merged = if self.near_known { self.rows_of_keys().await? } else { self.rows_of_values().await? };
        if !self.far_known {
            self.name_far(&mut merged).await?;
        }
        Ok(merged)
    }

    async fn rows_of_keys(&self) -> Result<Merged, Fault> {
        let near = Near::Keys(self.wanted.keys);
        // Names may lie elsewhere: they are looked at when all links are here.
        let chooses = self.far_known && self.wanted.only.is_empty() && self.wanted.order != ExpandOrder::Name;
        if !chooses || self.wanted.keys.len() == 1 {
            let limit = if chooses { self.wanted.limit } else { MOST_PAIRS };
            return self.merge(&self.ask(near, limit)).await;
        }
        // With several near objects the neighbours are chosen first: the best pairs are not the best neighbours.
        let mut ask = Merge { by_far: true, ..self.ask(near, self.wanted.limit) };
        let best = self.merge(&ask).await?;
        let only = best.far_keys();
        if only.is_empty() {
            return Ok(best);
        }
        (ask.by_far, ask.only, ask.limit) = (false, &only, MOST_PAIRS);
        let mut merged = self.merge(&ask).await?;
        merged.completeness.join(&best.completeness);
        Ok(merged)
    }

    /// The near objects are elsewhere: first the values that the links carry, then the links.
    async fn rows_of_values(&self) -> Result<Merged, Fault> {
        let ids = self.paired(self.wanted.direction.turned());
        let (named, completeness) = self.values_of_near(&ids).await?;
        let values: Vec<Key> = named.values.clone();
        let statements: Vec<_> = values.chunks(VALUES_AT_ONCE).map(|some| self.merge_values(some).boxed()).collect();
        let mut merged = Merged { pairs: Vec::new(), completeness };
        let mut statements = futures::stream::iter(statements).buffered(STATEMENTS_AT_ONCE);
        while let Some(some) = statements.next().await {
            let some = some?;
            merged.completeness.join(&some.completeness);
            let renamed = some.pairs.into_iter().flat_map(|pair| {
                let near = named.keys_of(&pair.near).to_vec();
                near.into_iter().map(move |near| Pair { near, ..pair.clone() })
            });
            merged.pairs.extend(renamed);
            if is_full(&mut merged) {
                break;
            }
        }
        Ok(merged)
    }

    async fn merge_values(&self, values: &[Key]) -> Result<Merged, Fault> {
        self.merge(&self.ask(Near::Values(values), MOST_PAIRS)).await
    }

    /// The far objects are elsewhere: their keys in place of the values that the links carry.
    async fn name_far(&self, merged: &mut Merged) -> Result<(), Fault> {
        let ids = self.paired(self.wanted.direction);
        let values = merged.far_keys();
        let (named, completeness) = self.objects_with(&ids, &values).await?;
        merged.completeness.join(&completeness);
        let pairs = std::mem::take(&mut merged.pairs);
        merged.pairs = pairs
            .into_iter()
            .flat_map(|pair| {
                let far = named.keys_of(&pair.far).to_vec();
                far.into_iter().map(move |far| Pair { far, ..pair.clone() })
            })
            .collect();
        is_full(merged);
        Ok(())
    }

    /// Equal properties of objects in two sources.
    async fn by_values(&self) -> Result<Merged, Fault> {
        let (near_ids, far_ids) = (self.paired(self.wanted.direction.turned()), self.paired(self.wanted.direction));
        let (near, completeness) = self.values_of_near(&near_ids).await?;
        let (far, cut) = self.objects_with(&far_ids, &near.values).await?;
        let mut merged = Merged { pairs: Vec::new(), completeness };
        merged.completeness.join(&cut);
        for (value, far_keys) in &far.keys {
            // A value is spelled as the far side spells it; the near side is found by the folded form.
            for (near, far) in near.keys_of(value).iter().flat_map(|near| far_keys.iter().map(move |far| (near, far))) {
                let (near, far) = (near.clone(), far.clone());
                merged.pairs.push(Pair { near, far, count: 1, sum: None, first: None, last: None });
                if is_full(&mut merged) {
                    return Ok(merged);
                }
            }
        }
        Ok(merged)
    }

    /// The properties of the object at an end that the link compares.
    fn paired(&self, end: Direction) -> Vec<PropertyId> {
        sql::linked_properties(self.wanted.link, end)
    }

    async fn values_of_near(&self, ids: &[PropertyId]) -> Result<(Named, Completeness), Fault> {
        if ids == self.near.key {
            return Ok((
                Named::new(self.folds(), self.wanted.keys.iter().map(|key| (key.clone(), key.clone()))),
                Completeness::exact(),
            ));
        }
        let ask = Lookup {
            kind: self.near,
            by: &self.near.key,
            values: self.wanted.keys,
            matched: Matching::Exact,
            wanted: ids,
            has_empty: false,
            limit: MOST_VALUES,
        };
        self.look_up(&ask).await
    }

    async fn objects_with(&self, ids: &[PropertyId], values: &[Key]) -> Result<(Named, Completeness), Fault> {
        let chunks = values.chunks(VALUES_AT_ONCE);
        let statements: Vec<_> = chunks.map(|some| self.some_objects_with(ids, some).boxed()).collect();
        let (mut named, mut completeness) = (Named::new(self.folds(), [].into_iter()), Completeness::exact());
        let mut statements = futures::stream::iter(statements).buffered(STATEMENTS_AT_ONCE);
        while let Some(some) = statements.next().await {
            let (some, cut) = some?;
            completeness.join(&cut);
            named.take(some);
            if named.size as u64 > MOST_PAIRS {
                completeness.note(Cause::RowLimit(MOST_PAIRS));
                break;
            }
        }
        Ok((named, completeness))
    }

    async fn some_objects_with(&self, ids: &[PropertyId], values: &[Key]) -> Result<(Named, Completeness), Fault> {
        let matched = sql::matching(self.wanted.link);
        let wanted = ids;
        let ask = Lookup { kind: self.far, by: ids, values, matched, wanted, has_empty: false, limit: MOST_PAIRS };
        self.look_up(&ask).await
    }

    fn folds(&self) -> Fold {
        match sql::matching(self.wanted.link) {
            Matching::Exact => Fold::Nothing,
            Matching::Folded => Fold::Case,
        }
    }

    async fn look_up(&self, ask: &Lookup<'_>) -> Result<(Named, Completeness), Fault> {
        let make = |ability| sql::lookup(&self.asking.project, ability, ask);
        let source = self.asking.source(&ask.kind.source)?;
        let _note = self.asking.told.note(format!("Reading keys of {}.", source.name));
        let found = rows(self.asking, &ask.kind.source, &make).await?;
        let mut completeness = Completeness::exact();
        if found.more {
            completeness.note(Cause::KeyLimit { link: self.wanted.link.id.clone(), limit: ask.limit });
        }
        let fold = match self.folds() {
            Fold::Case if found.folds_accents => Fold::CaseAndAccents,
            fold => fold,
        };
        let key_length = ask.kind.key.len();
        let named = found.rows.into_iter().filter_map(|row| {
            let mut row: Vec<String> = row.into_iter().collect::<Option<_>>()?;
            let value = row.split_off(key_length.min(row.len()));
            Some((value, row))
        });
        Ok((Named::new(fold, named), completeness))
    }

    async fn merge(&self, ask: &Merge<'_>) -> Result<Merged, Fault> {
        let Some(source) = self.rows else { return Ok(Merged::default()) };
        let make = |ability| sql::merge(&self.asking.project, ability, ask);
        let found = rows(self.asking, source, &make).await?;
        let mut merged = Merged::default();
        if found.more {
            merged.completeness.note(Cause::RowLimit(ask.limit));
        }
        let length = |end: Direction, known: bool, kind: &ObjectType| {
            if known { kind.key.len() } else { sql::pairs(self.wanted.link, end).len() }
        };
        let near = if ask.by_far { 0 } else { length(ask.direction.turned(), self.near_known, self.near) };
        let far = length(ask.direction, self.far_known, self.far);
        let link = self.wanted.link;
        let measured = |id: &Option<PropertyId>| link.source().is_some() && id.is_some();
        let amount = measured(&link.amount);
        let shape =
            PairShape { near, far, amount, units: amount && link.currency.is_some(), time: measured(&link.time) };
        for row in found.rows {
            let Some((pair, units)) = shape.read(row) else { continue };
            if let (Some(currency), true) = (&link.currency, units > 1) {
                merged.completeness.note(Cause::SeveralUnits(currency.clone()));
            }
            merged.pairs.push(pair);
        }
        Ok(merged)
    }
}

/// What a row of merged links holds.
struct PairShape {
    near: usize,
    far: usize,
    amount: bool,
    units: bool,
    time: bool,
}

impl PairShape {
    /// The pair, and in how many currencies its amounts are. A row with an empty key names no object and is left out.
    fn read(&self, row: Vec<Option<String>>) -> Option<(Pair, u64)> {
        let mut cells = row.into_iter();
        let near: Key = cells.by_ref().take(self.near).collect::<Option<_>>()?;
        let far: Key = cells.by_ref().take(self.far).collect::<Option<_>>()?;
        let count = cells.next().flatten()?.parse().ok()?;
        let mut cell = |is_there: bool| if is_there { cells.next().flatten() } else { None };
        let sum = cell(self.amount);
        let units = cell(self.units).and_then(|units| units.parse().ok()).unwrap_or(1);
        let (first, last) = (cell(self.time), cell(self.time));
        Some((Pair { near, far, count, sum, first, last }, units))
    }
}

fn is_full(merged: &mut Merged) -> bool {
    let most = usize::try_from(MOST_PAIRS).unwrap_or(usize::MAX);
    let full = merged.pairs.len() > most;
    if full {
        merged.pairs.truncate(most);
        merged.completeness.note(Cause::RowLimit(MOST_PAIRS));
    }
    full
}
