//! A node or a link while its element is open: what its attributes have said so far.

use super::Assumed;
use super::fields::{Field, Value};
use crate::exchange::{DrawnLink, DrawnNode, Fault};

/// A node whose element is open.
#[derive(Default)]
pub(super) struct NodeDraft {
    /// Its position among the nodes.
    pub(super) position: usize,
    id: String,
    node: DrawnNode,
    key: Vec<Option<String>>,
    key_parts: Option<usize>,
    label: Option<String>,
    name: Option<String>,
    x: Option<f32>,
    y: Option<f32>,
}

impl NodeDraft {
    pub(super) fn new(position: usize, id: &str) -> Self {
        Self { position, id: id.to_owned(), ..Self::default() }
    }

    pub(super) fn set(&mut self, value: &Value<'_>) -> Result<(), Fault> {
        let text = || value.text.to_owned();
        match value.field {
            Field::Type => self.node.object_type = text(),
            Field::Key(part) => {
                self.key.resize(self.key.len().max(part + 1), None);
                self.key.splice(part..=part, [Some(text())]);
            }
            Field::KeyParts => self.key_parts = Some(usize::try_from(value.count()?).unwrap_or(usize::MAX)),
            Field::Label => self.label = Some(text()),
            Field::Name => self.name = Some(text()),
            Field::SubLabel => self.node.sub_label = text(),
            Field::X => self.x = Some(value.coordinate()?),
            Field::Y => self.y = Some(value.coordinate()?),
            Field::Pinned => self.node.pinned = value.flag()?,
            Field::Hidden => self.node.hidden = value.flag()?,
            _ => {}
        }
        Ok(())
    }

    /// What is drawn on it, if nothing else has named it.
    pub(super) fn set_drawn_label(&mut self, text: &str) {
        if self.label.is_none() && !text.is_empty() {
            self.label = Some(text.to_owned());
        }
    }

    /// Where its rectangle is drawn, if nothing else has placed it.
    pub(super) fn set_drawn_place(&mut self, [x, y]: [f32; 2]) {
        if self.x.is_none() && self.y.is_none() {
            (self.x, self.y) = (Some(x), Some(y));
        }
    }

    pub(super) fn finish(self, assumed: &Assumed<'_>) -> DrawnNode {
        let mut node = self.node;
        if node.object_type.is_empty() {
            assumed.object_type.clone_into(&mut node.object_type);
        }
        node.key = self.key.into_iter().take(self.key_parts.unwrap_or(usize::MAX)).map_while(|part| part).collect();
        if node.key.is_empty() {
            node.key = vec![self.id];
        }
        node.label = self.label.or(self.name).unwrap_or_else(|| node.key.join(" · "));
        node.place = self.x.zip(self.y).map(|(x, y)| [x, y]);
        node
    }
}

/// A link whose element is open.
pub(super) struct LinkDraft {
    link: DrawnLink,
    label: Option<String>,
    name: Option<String>,
    weight: Option<String>,
}

impl LinkDraft {
    /// `from` and `to` are what the reader calls the nodes; it knows their positions only at the end.
    pub(super) fn new(from: u32, to: u32, directed: bool) -> Self {
        let link = DrawnLink {
            link_type: String::new(),
            from,
            to,
            directed,
            label: String::new(),
            count: 1,
            sum: None,
            unsummed: 0,
            first_micros: None,
            last_micros: None,
        };
        Self { link, label: None, name: None, weight: None }
    }

    pub(super) fn set(&mut self, value: &Value<'_>) -> Result<(), Fault> {
        let text = || value.text.to_owned();
        match value.field {
            Field::Type => self.link.link_type = text(),
            Field::Label => self.label = Some(text()),
            Field::Name => self.name = Some(text()),
            Field::Directed => self.link.directed = value.flag()?,
            Field::Count => self.link.count = value.count()?,
            Field::Sum => self.link.sum = Some(value.sum()?),
            Field::Weight => self.weight = Some(value.sum()?),
            Field::Unsummed => self.link.unsummed = value.count()?,
            Field::First => self.link.first_micros = Some(value.micros()?),
            Field::Last => self.link.last_micros = Some(value.micros()?),
            _ => {}
        }
        Ok(())
    }

    /// What is drawn on it, if nothing else has named it.
    pub(super) fn set_drawn_label(&mut self, text: &str) {
        if self.label.is_none() && !text.is_empty() {
            self.label = Some(text.to_owned());
        }
    }

    pub(super) fn finish(self, assumed: &Assumed<'_>) -> DrawnLink {
        let mut link = self.link;
        if link.link_type.is_empty() {
            assumed.link_type.clone_into(&mut link.link_type);
        }
        link.label = self.label.or(self.name).unwrap_or_default();
        link.sum = link.sum.or(self.weight);
        link
    }
}
