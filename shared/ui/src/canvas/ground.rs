//! What lies where in the graph: found by an index over nodes and one over links, made when they are first asked for.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use egui::{Pos2, Rect};
use graph::{Area, Areas, Strand, gather};

use super::chosen::{self, Chosen};
use super::places::Places;
use super::view::Detail;
use super::wiring::Wiring;
use super::{Few, Scene};

/// With more nodes than this in the picture, they are dots whatever the zoom.
const MOST_DISCS: usize = 8_000;
/// With more links than this in the picture, lines have neither bends nor arrows.
const MOST_ARROWS: usize = 12_000;
/// With more links than this in the picture, one line stands for several.
pub(super) const MOST_LINES: usize = 28_000;
/// Up to so many are sorted to find the first of them; of more, the first are soon found by going through all in order.
const MOST_SORTED: usize = 8_000;
const NOWHERE: Area = [f32::NAN; 4];

/// Kept until nodes or links are others, or a node has another place.
#[derive(Default)]
pub(super) struct Ground {
    of: Option<(u64, u64, usize, usize)>,
    nodes: OnceCell<Areas>,
    links: OnceCell<Areas>,
    strands: RefCell<Strands>,
    /// How many nodes and links the last search under the pointer looked at.
    pub(super) looked: Cell<usize>,
}

/// Lines that stand for several.
#[derive(Default)]
struct Strands {
    /// Which look of the lines they are of.
    lines: u64,
    /// Each with the power of two of the side of its squares.
    kept: Vec<(i32, Rc<Vec<Strand>>)>,
}

/// What of the graph is drawn.
pub(super) struct Seen {
    /// None where it is everything.
    pub(super) few: Option<Few>,
    /// The links that reach into the picture.
    pub(super) links: usize,
    /// How many these are together with those that only pass through, where the few are without them because they are many.
    pub(super) passing: Option<usize>,
    pub(super) detail: Detail,
}

impl Ground {
    pub(super) fn keep_up(&mut self, scene: Scene<'_>) {
        let of = (scene.wiring, scene.placing, scene.places.len(), scene.links.len());
        if self.of != Some(of) {
            *self = Self { of: Some(of), ..Self::default() };
        }
    }

    /// What is around all nodes, the hidden ones too.
    pub(super) fn bounds(&self, scene: Scene<'_>) -> Option<Rect> {
        let [left, top, right, bottom] = self.nodes(scene).bounds()?;
        Some(Rect::from_min_max(Pos2::new(left, top), Pos2::new(right, bottom)))
    }

    /// The nodes in a part of the screen, and those that are held, ascending; some around it may be among them.
    pub(super) fn nodes_in(&self, places: &Places<'_>, part: Rect) -> Vec<u32> {
        let mut found = places.held.to_vec();
        let looked = self.nodes(places.scene).find(places.area(part), usize::MAX, &mut found);
        self.looked.set(self.looked.get() + looked);
        ascending(found)
    }

    /// The links whose ends lie around a part of the screen, and those of what is held, ascending.
    pub(super) fn links_in(&self, places: &Places<'_>, wiring: &Wiring, part: Rect) -> Vec<u32> {
        let mut found: Vec<u32> = places.held.iter().flat_map(|node| wiring.links_of(*node)).copied().collect();
        let looked = self.links(places.scene).find(places.area(part), usize::MAX, &mut found);
        self.looked.set(self.looked.get() + looked);
        ascending(found)
    }

    /// The most important nodes of those in a part of the screen, as far as these are not too many.
    pub(super) fn important(&self, places: &Places<'_>, wiring: &Wiring, part: Rect) -> Vec<u32> {
        if self.nodes(places.scene).count(places.area(part)) > MOST_SORTED {
            return Vec::new();
        }
        let mut found = self.nodes_in(places, part);
        found.sort_unstable_by_key(|node| wiring.rank(*node));
        found
    }

    /// The links that lie around a part of the screen, ascending, as far as these are not too many.
    pub(super) fn few_links_in(&self, places: &Places<'_>, wiring: &Wiring, part: Rect) -> Option<Vec<u32>> {
        let are_few = self.links(places.scene).count(places.area(part)) <= MOST_SORTED;
        are_few.then(|| self.links_in(places, wiring, part))
    }

    /// What is to be drawn in a part of the screen.
    pub(super) fn seen(&self, places: &Places<'_>, wiring: &Wiring, part: Rect) -> Seen {
        let scene = places.scene;
        let radius = places.view.radius();
        let around = part.expand(3.0 * radius + 12.0);
        let nodes = self.nodes(scene).count(places.area(around));
        let is_all = nodes == scene.places.len();
        let links = if is_all { scene.links.len() } else { self.links(scene).count(places.area(around)) };
        let is_near = !is_all && nodes <= MOST_DISCS && places.view.detail() != Detail::Far;
        if is_near
            && links > MOST_ARROWS
            && let Some(few) = self.ending(places, wiring, around)
        {
            let ending = few.links.len();
            return Seen { few: Some(few), links: ending, passing: Some(links), detail: places.view.detail() };
        }
        let detail = if nodes > MOST_DISCS || links > MOST_ARROWS { Detail::Far } else { places.view.detail() };
        let few = (!is_all).then(|| {
            let nodes = self.nodes_in(places, around);
            let links = if links > MOST_LINES { Vec::new() } else { self.links_in(places, wiring, around) };
            Few { important: by_importance(&nodes, wiring), nodes, links }
        });
        Seen { few, links, passing: None, detail }
    }

    /// Whether a wider part of the screen can be shown in as much detail as a part of it.
    pub(super) fn is_as_detailed(&self, places: &Places<'_>, part: Rect, wider: Rect) -> bool {
        let count = |part| {
            let area = places.area(part);
            (self.nodes(places.scene).count(area), self.links(places.scene).count(area))
        };
        let (nodes, links) = count(wider);
        (nodes <= MOST_DISCS && links <= MOST_ARROWS) || count(part) == (nodes, links)
    }

    /// The nodes in a part of the screen with the links that begin or end there, as far as these are not too many.
    fn ending(&self, places: &Places<'_>, wiring: &Wiring, part: Rect) -> Option<Few> {
        let nodes = self.nodes_in(places, part);
        let ends: usize = nodes.iter().map(|node| wiring.degree(*node) as usize).sum();
        (ends <= MOST_ARROWS).then(|| {
            let links = ascending(nodes.iter().flat_map(|node| wiring.links_of(*node)).copied().collect());
            Few { important: by_importance(&nodes, wiring), links, nodes }
        })
    }

    /// Lines that stand for all links, put together in squares of two to the power of `doublings`.
    pub(super) fn strands(&self, scene: Scene<'_>, chosen: &Chosen, doublings: i32) -> Rc<Vec<Strand>> {
        let mut strands = self.strands.borrow_mut();
        if strands.lines != chosen.lines {
            *strands = Strands { lines: chosen.lines, kept: Vec::new() };
        }
        let finer = strands.kept.iter().filter(|(of, _)| *of <= doublings).max_by_key(|(of, _)| *of);
        let side = (doublings as f32).exp2();
        let made = match finer {
            Some((of, kept)) if *of == doublings => return kept.clone(),
            Some((_, finer)) => gather(finer, side),
            None => gather(&single(scene), side),
        };
        let made = Rc::new(made);
        strands.kept.push((doublings, made.clone()));
        made
    }

    fn nodes(&self, scene: Scene<'_>) -> &Areas {
        self.nodes.get_or_init(|| Areas::of_places(scene.places))
    }

    fn links(&self, scene: Scene<'_>) -> &Areas {
        self.links.get_or_init(|| {
            let place = |node: u32| scene.places.get(node as usize);
            let area = |link: &super::Link| match (place(link.from), place(link.to)) {
                (Some([a, b]), Some([c, d])) => [a.min(*c), b.min(*d), a.max(*c), b.max(*d)],
                _ => NOWHERE,
            };
            Areas::new(&Vec::from_iter(scene.links.iter().map(area)))
        })
    }
}

fn ascending(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Of many the first are found in the order of all.
fn by_importance(nodes: &[u32], wiring: &Wiring) -> Vec<u32> {
    if nodes.len() > MOST_SORTED {
        return Vec::new();
    }
    let mut sorted = nodes.to_vec();
    sorted.sort_unstable_by_key(|node| wiring.rank(*node));
    sorted
}

/// Each link as it is, where both of its ends are shown.
fn single(scene: Scene<'_>) -> Vec<Strand> {
    let place = |node: u32| scene.place(node);
    let strand = |link: &super::Link| {
        Some(Strand { from: place(link.from)?, to: place(link.to)?, kind: chosen::kind(link), count: 1 })
    };
    scene.links.iter().filter_map(strand).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Link, Node};
    use super::*;

    #[test]
    fn a_selection_leaves_the_lines_from_afar_as_they_are_and_another_colour_makes_them_anew() {
        let mut nodes = [(); 3].map(|()| Node::default());
        let places = [[0.0, 0.0], [100.0, 0.0], [101.0, 1.0]];
        let mut links = [(0, 1), (2, 0), (1, 2)].map(|(from, to)| Link { from, to, ..Link::default() });
        let (mut ground, mut chosen) = (Ground::default(), Chosen::default());
        let mut strands = |nodes: &[Node], links: &[Link], look: u64| {
            let scene = Scene { nodes, places: &places, links, look, ..Scene::default() };
            ground.keep_up(scene);
            chosen.keep_up(scene);
            ground.strands(scene, &chosen, 4)
        };
        let first = strands(&nodes, &links, 0);
        assert_eq!(first.iter().map(|strand| strand.count).collect::<Vec<_>>(), [2, 1]);
        nodes[1].selected = true;
        let selected = strands(&nodes, &links, 1);
        assert!(Rc::ptr_eq(&first, &selected));
        links[0].colour = Some(2);
        assert_eq!(strands(&nodes, &links, 2).len(), 3);
    }
}
