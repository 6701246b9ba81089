//! The lines between what is drawn: links between the same two items, put together where one line is to stand for them.

use std::collections::HashMap;

use crate::graph::{Graph, LinkId, TypeId};
use crate::groups::Item;

/// How links between the same two items are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parallel {
    /// A line for each link type and direction.
    #[default]
    Apart,
    /// One line for all of them.
    AsOne,
}

/// A line and the links that it stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line<'a> {
    pub from: Item,
    pub to: Item,
    /// Whether all of it leads from `from` to `to`.
    pub directed: bool,
    /// At least one, ascending.
    pub links: &'a [LinkId],
}

/// Lines in flat arrays, in the order of the first link of each.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    ends: Vec<(Item, Item, bool)>,
    /// Where the links of each line begin in `links`; one more than there are lines.
    starts: Vec<u32>,
    links: Vec<LinkId>,
}

impl Lines {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn get(&self, at: usize) -> Option<Line<'_>> {
        let &(from, to, directed) = self.ends.get(at)?;
        let (start, end) = (*self.starts.get(at)?, *self.starts.get(at + 1)?);
        Some(Line { from, to, directed, links: self.links.get(start as usize..end as usize)? })
    }

    pub fn iter(&self) -> impl Iterator<Item = Line<'_>> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// The line that a link is part of.
    pub fn line_of(&self, link: LinkId) -> Option<usize> {
        let at = self.links.iter().position(|known| *known == link)? as u32;
        self.starts.partition_point(|start| *start <= at).checked_sub(1)
    }
}

/// What two links have in common that are one line.
type Key = (Option<TypeId>, Item, Item);

impl Graph {
    /// The lines between what is drawn. What lies within a closed group is no line.
    pub fn lines(&self, parallel: Parallel) -> Lines {
        if parallel == Parallel::Apart && !self.has_closed() {
            let ends = |link: &crate::Link| (Item::Node(link.from), Item::Node(link.to), link.directed);
            let ends: Vec<_> = self.shown_links().map(|(_, link)| ends(link)).collect();
            let links = self.shown_links().map(|(id, _)| id).collect();
            return Lines { starts: (0..=ends.len() as u32).collect(), ends, links };
        }
        let mut numbers: HashMap<Key, usize> = HashMap::new();
        let mut lines: Vec<((Item, Item, bool), Vec<LinkId>)> = Vec::new();
        for (id, link) in self.shown_links() {
            let (from, to) = (self.item_of(link.from), self.item_of(link.to));
            if from == to && matches!(from, Item::Group(_)) {
                continue;
            }
            let link_type = (parallel == Parallel::Apart).then_some(link.link_type);
            let keeps_order = parallel == Parallel::Apart && link.directed;
            let (one, other) = if keeps_order { (from, to) } else { (from.min(to), from.max(to)) };
            let number = *numbers.entry((link_type, one, other)).or_insert_with(|| {
                lines.push(((from, to, link.directed), Vec::new()));
                lines.len() - 1
            });
            if let Some(((first, _, directed), links)) = lines.get_mut(number) {
                // One that leads back, or nowhere, takes the arrow away.
                *directed &= link.directed && *first == from;
                links.push(id);
            }
        }
        let mut flat = Lines { starts: vec![0], ..Lines::default() };
        for (ends, links) in lines {
            flat.ends.push(ends);
            flat.links.extend(links);
            flat.starts.push(flat.links.len() as u32);
        }
        flat
    }
}
