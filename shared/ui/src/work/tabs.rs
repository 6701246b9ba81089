//! The row of tabs: which is shown, which stands beside the others, and their order.

use super::tables::Tab;

/// The tabs of tables.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// The tabs, oldest first.
    pub tabs: Vec<Tab>,
    /// Which one is shown.
    pub shown: usize,
    /// The tab that has a pane of its own at the right, if there are others.
    pub beside: Option<u64>,
    pub(super) next_id: u64,
}

impl Tables {
    /// The tab that is shown.
    pub fn tab(&self) -> Option<&Tab> {
        self.tabs.get(self.shown)
    }

    /// The tab in the pane at the right.
    pub fn beside(&self) -> Option<&Tab> {
        self.tabs.iter().find(|tab| Some(tab.id) == self.beside).filter(|_| self.tabs.len() > 1)
    }

    /// Puts a tab into a pane of its own at the right; none puts all of them together again.
    pub(super) fn put_beside(&mut self, id: Option<u64>) {
        self.beside = id;
        self.keep_shown();
    }

    /// Shows a tab; the one beside is shown already.
    pub(super) fn show(&mut self, place: usize) {
        if self.tabs.get(place).is_some_and(|tab| Some(tab.id) != self.beside) {
            self.shown = place;
        }
    }

    /// Moves a tab to another place in the row.
    pub(super) fn move_tab(&mut self, from: usize, to: usize) {
        let shown = self.tab().map(|tab| tab.id);
        if from >= self.tabs.len() {
            return;
        }
        let tab = self.tabs.remove(from);
        self.tabs.insert(to.min(self.tabs.len()), tab);
        self.shown = self.tabs.iter().position(|tab| Some(tab.id) == shown).unwrap_or(0);
    }

    /// The tab that is shown is another one than the tab beside.
    pub(super) fn keep_shown(&mut self) {
        if self.beside().is_none() {
            self.beside = None;
        }
        self.shown = self.shown.min(self.tabs.len().saturating_sub(1));
        if self.beside.is_some() && self.tab().map(|tab| tab.id) == self.beside {
            self.shown = self.tabs.iter().position(|tab| Some(tab.id) != self.beside).unwrap_or(0);
        }
    }

    pub(super) fn find(&mut self, id: u64) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::{About, Wishes};

    fn tables(count: u64) -> Tables {
        let about = || About::Objects("person".to_owned().try_into().expect("a slug"));
        let tabs = (1..=count).map(|id| Tab::new(id, about(), Wishes::default())).collect();
        Tables { tabs, ..Tables::default() }
    }

    fn ids(tables: &Tables) -> Vec<u64> {
        tables.tabs.iter().map(|tab| tab.id).collect()
    }

    #[test]
    fn moving_tabs_keeps_the_one_that_is_shown() {
        for (from, to, order) in [(0, 2, [2, 3, 1]), (2, 0, [3, 1, 2]), (1, 9, [1, 3, 2]), (7, 0, [1, 2, 3])] {
            let mut tables = tables(3);
            tables.show(1);
            tables.move_tab(from, to);
            assert_eq!(ids(&tables), order, "{from} to {to}");
            assert_eq!(tables.tab().map(|tab| tab.id), Some(2));
        }
    }

    #[test]
    fn the_tab_beside_is_never_the_one_that_is_shown() {
        let mut tables = tables(2);
        tables.put_beside(Some(1));
        assert_eq!((tables.beside().map(|tab| tab.id), tables.tab().map(|tab| tab.id)), (Some(1), Some(2)));
        tables.show(0);
        assert_eq!(tables.shown, 1, "it is shown already");
        tables.tabs.pop();
        tables.keep_shown();
        assert_eq!((tables.beside, tables.tab().map(|tab| tab.id)), (None, Some(1)), "one alone has the whole place");
    }
}
