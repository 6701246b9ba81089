//! What all the drawing functions read in one frame.

use egui::{Pos2, Rect};

use super::chosen::Chosen;
use super::ground::{self, Ground};
use super::places::Places;
use super::wiring::Wiring;
use super::{LARGEST_DOT, Link, Node, Over, Paint, Scene, groups, view};

/// A few nodes and links, where not all are drawn; in the order in which they are drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Few {
    pub(super) nodes: Vec<u32>,
    /// Without any where they are too many to be drawn one by one.
    pub(super) links: Vec<u32>,
    /// The nodes, the most important first; none where they are many.
    pub(super) important: Vec<u32>,
}

/// What all the drawing functions read in one frame.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) scene: Scene<'a>,
    pub(super) paint: &'a Paint,
    pub(super) rect: Rect,
    pub(super) painter: &'a egui::Painter,
    pub(super) places: Places<'a>,
    pub(super) wiring: &'a Wiring,
    pub(super) chosen: &'a Chosen,
    pub(super) ground: &'a Ground,
    pub(super) outlines: &'a groups::Outlines,
    pub(super) zoom: f32,
    /// Of a disc, in points.
    pub(super) radius: f32,
    pub(super) detail: view::Detail,
    pub(super) over: Over,
    pub(super) focus: Option<u32>,
    /// Whether any object or link is selected.
    pub(super) has_selection: bool,
    /// How many links reach into the picture.
    pub(super) reaching: usize,
    /// The same with those that only pass through, where these are drawn apart.
    pub(super) passing: Option<usize>,
    /// What is drawn, where that is not everything.
    pub(super) few: Option<&'a Few>,
    /// Whether it is only what moves, above a picture of everything else.
    pub(super) is_above: bool,
}

impl<'a> Frame<'a> {
    /// Takes over how much there is to be drawn.
    pub(super) fn look(&mut self, seen: &ground::Seen) {
        (self.reaching, self.passing) = (seen.links, seen.passing);
        self.draw_as(seen.detail);
    }

    pub(super) fn draw_as(&mut self, detail: view::Detail) {
        self.detail = detail;
        if detail == view::Detail::Far {
            self.radius = self.radius.min(LARGEST_DOT);
        }
    }

    /// The nodes whose disc reaches into the picture, with their places.
    pub(super) fn visible(&self) -> impl Iterator<Item = (u32, &'a Node, Pos2)> + '_ {
        let reach = self.rect.expand(2.0 * self.radius + 6.0);
        let drawn = self.drawn(self.few.map(|few| few.nodes.as_slice()), self.scene.nodes.len());
        drawn.filter_map(move |index| {
            let place = self.places.of(index).filter(|place| reach.contains(*place))?;
            Some((index, self.scene.node(index)?, place))
        })
    }

    /// The links that are drawn, wherever they lie.
    pub(super) fn links(&self) -> impl Iterator<Item = (usize, &'a Link)> + '_ {
        let drawn = self.drawn(self.few.map(|few| few.links.as_slice()), self.scene.links.len());
        drawn.filter_map(|index| Some((index as usize, self.scene.links.get(index as usize)?)))
    }

    /// The nodes that are drawn, the most important first; some that are not may be among them.
    pub(super) fn by_importance(&self) -> &'a [u32] {
        match self.few {
            Some(few) if few.nodes.is_empty() || !few.important.is_empty() => &few.important,
            _ => &self.wiring.by_importance,
        }
    }

    pub(super) fn drawn(&self, few: Option<&'a [u32]>, all: usize) -> impl Iterator<Item = u32> + use<'a> {
        few.into_iter().flatten().copied().chain(0..if few.is_some() { 0 } else { all as u32 })
    }

    /// Of a node's disc, in points.
    pub(super) fn radius_of(&self, node: &Node) -> f32 {
        self.radius * node.size()
    }

    /// Of the discs at both ends of a link, in points.
    pub(super) fn radii(&self, link: &Link) -> [f32; 2] {
        [link.from, link.to].map(|end| self.scene.node(end).map_or(self.radius, |node| self.radius_of(node)))
    }

    /// None for a hidden node and one that is not there.
    pub(super) fn place(&self, node: u32) -> Option<Pos2> {
        self.places.of(node)
    }

    pub(super) fn at(&self, node: u32) -> Option<(&'a Node, Pos2)> {
        Some((self.scene.node(node)?, self.place(node)?))
    }
}
