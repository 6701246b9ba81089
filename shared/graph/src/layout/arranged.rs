//! Places that are known at once: the simple layouts compute them when they are made and set them in one step.

use super::apart::Apart;
use super::{Layout, Places};
use crate::Place;

/// A layout whose work is done: it sets every free node where it belongs.
pub struct Arranged {
    /// Given back once they are set.
    targets: Vec<Place>,
    /// Who is held, from then on.
    held: Vec<bool>,
    /// Moves nodes apart afterwards, where the places come from data and may meet.
    apart: Option<Apart>,
    is_set: bool,
}

impl Arranged {
    pub(super) fn exactly(targets: Vec<Place>) -> Self {
        Self { targets, held: Vec::new(), apart: None, is_set: false }
    }

    /// Nodes that would lie on each other are moved as little as will do.
    pub(super) fn without_overlap(targets: Vec<Place>) -> Self {
        Self { apart: Some(Apart::default()), ..Self::exactly(targets) }
    }
}

impl Layout for Arranged {
    fn step(&mut self, places: &mut Places, budget: usize) -> bool {
        if !self.is_set {
            self.held = places.held();
            let moves = places.at.iter_mut().zip(&self.held).zip(std::mem::take(&mut self.targets));
            moves.filter(|((_, held), _)| !**held).for_each(|((at, _), target)| *at = target);
            self.is_set = true;
        }
        let Some(apart) = &mut self.apart else { return true };
        let mut spent = 0;
        loop {
            if apart.step(&mut places.at, &self.held) {
                return true;
            }
            spent += places.at.len().max(16);
            if spent >= budget {
                return false;
            }
        }
    }
}

/// `of` as it is, or one 0 for each node if there are fewer.
pub(super) fn groups_of(places: &Places, of: &[u32]) -> Vec<u32> {
    (0..places.at.len()).map(|v| of.get(v).copied().unwrap_or_default()).collect()
}

/// The nodes of each group, largest group first, then by number.
pub(super) fn members(groups: &[u32]) -> Vec<Vec<u32>> {
    let mut by_group = std::collections::BTreeMap::<u32, Vec<u32>>::new();
    for (v, &group) in groups.iter().enumerate() {
        by_group.entry(group).or_default().push(v as u32);
    }
    let mut members: Vec<Vec<u32>> = by_group.into_values().collect();
    members.sort_by_key(|nodes| std::cmp::Reverse(nodes.len()));
    members
}
