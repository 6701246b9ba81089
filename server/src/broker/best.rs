//! The best neighbours of an expansion, and their links in that order.

use std::cmp::Ordering;
use std::collections::HashMap;

use model::completeness::Cause;
use model::query::Key;
use wire::data::ExpandOrder;

use super::across::{Merged, Pair};

/// What is known of a neighbour over all its links.
#[derive(Default)]
struct Standing {
    sum: f64,
    count: u64,
    last: Option<String>,
    /// Its title, where the order is by name.
    title: Option<String>,
}

impl Standing {
    fn add(&mut self, pair: &Pair) {
        // Good enough for an order; the sums themselves are never rounded.
        self.sum += pair.sum.as_deref().and_then(|sum| sum.parse::<f64>().ok()).unwrap_or_default();
        self.count += pair.count;
        self.last = self.last.take().max(pair.last.clone());
    }

    /// Best first.
    fn compare(&self, other: &Self, order: ExpandOrder) -> Ordering {
        match order {
            ExpandOrder::Sum => other.sum.total_cmp(&self.sum).then(other.count.cmp(&self.count)),
            ExpandOrder::Count => other.count.cmp(&self.count),
            ExpandOrder::Time => other.last.cmp(&self.last),
            // Who has no name comes after those who have one.
            ExpandOrder::Name => (self.title.is_none(), &self.title).cmp(&(other.title.is_none(), &other.title)),
        }
    }
}

/// Orders the pairs by their neighbour and keeps the best neighbours; an order by name goes by `titles`.
pub(super) fn choose(merged: &mut Merged, order: ExpandOrder, titles: &HashMap<Key, String>, limit: u64) {
    let mut standings: HashMap<Key, Standing> = HashMap::new();
    for pair in &merged.pairs {
        let start = || Standing { title: titles.get(&pair.far).cloned(), ..Standing::default() };
        standings.entry(pair.far.clone()).or_insert_with(start).add(pair);
    }
    let mut ranked: Vec<(Key, Standing)> = standings.into_iter().collect();
    ranked.sort_by(|(key, one), (other_key, other)| one.compare(other, order).then_with(|| key.cmp(other_key)));
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    if ranked.len() > most {
        merged.completeness.note(Cause::RowLimit(limit));
    }
    let ranks: HashMap<Key, usize> = ranked.into_iter().take(most).map(|(key, _)| key).zip(0..).collect();
    merged.pairs.retain(|pair| ranks.contains_key(&pair.far));
    merged.pairs.sort_by(|one, other| (ranks.get(&one.far), &one.near).cmp(&(ranks.get(&other.far), &other.near)));
}
