//! Type names as small numbers, so that nodes and links need not carry text.

use crate::graph::TypeId;

/// Names in the order of their first use. There are as many as a project has types, so a search from the start is fine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    list: Vec<String>,
}

impl Names {
    /// The number of `name`, a new one if it is new; `None` if there are too many.
    pub(crate) fn intern(&mut self, name: &str) -> Option<TypeId> {
        if let Some(known) = self.find(name) {
            return Some(known);
        }
        let id = u16::try_from(self.list.len()).ok()?;
        self.list.push(name.to_owned());
        Some(TypeId(id))
    }

    pub(crate) fn find(&self, name: &str) -> Option<TypeId> {
        let at = self.list.iter().position(|known| known == name)?;
        u16::try_from(at).ok().map(TypeId)
    }

    pub(crate) fn name(&self, id: TypeId) -> &str {
        self.list.get(usize::from(id.0)).map_or("", String::as_str)
    }
}
