//! Layers from top to bottom along the direction of links: who pays above who is paid.
//!
//! The four steps of Sugiyama, Tagawa and Toda 1981, each in its file: `acyclic` turns the links around that close rings,
//! `ranks` puts every node below those that point at it, `crossings` orders each layer so that few links cross, `columns`
//! gives each node its place in the layer. Links over several layers get a bend in each.
#![expect(clippy::indexing_slicing, reason = "every index is a node, a bend or a layer that is made here")]

mod acyclic;
mod columns;
mod crossings;
mod ranks;

use super::parts::split;
use super::{BadInput, Layout, Places, SPACING, check, pack};
use crate::Place;
use crossings::Ordering;

/// From layer to layer.
const LAYER_HEIGHT: f32 = SPACING * 1.4;
/// A part gets at most so many bends for each of its nodes and links; longer links beyond that run straight.
const BENDS_EACH: usize = 8;
/// And no more than this: where everybody is linked with everybody in thousands of layers, nobody could follow them.
const MOST_BENDS: usize = 500_000;

/// See the head of the file.
pub struct Layered {
    parts: Vec<(Vec<u32>, Part)>,
    held: Vec<bool>,
    now: usize,
}

impl Layered {
    /// `links` go from the first to the second node. The same input gives the same picture.
    ///
    /// # Errors
    /// If a link names a node that does not exist, or a limit is passed.
    pub fn new(places: &Places, links: &[[u32; 2]]) -> Result<Self, BadInput> {
        check(places, links)?;
        let parts = split(places.at.len(), links).into_iter().map(|(ids, pairs)| {
            let part = Part::new(ids.len(), &pairs);
            (ids, part)
        });
        Ok(Self { parts: parts.collect(), held: places.held(), now: 0 })
    }

    fn show(&self, places: &mut Places) {
        let boxes: Vec<(Place, Place)> = self.parts.iter().map(|(_, part)| part.bounds()).collect();
        let room = |(low, high): &(Place, Place)| [high[0] - low[0] + SPACING, high[1] - low[1] + SPACING];
        let (corners, whole) = pack::shelves(&boxes.iter().map(room).collect::<Vec<_>>());
        for (((ids, part), corner), (low, _)) in self.parts.iter().zip(corners).zip(boxes) {
            let x = corner[0] - low[0] + (SPACING - whole[0]) * 0.5;
            let y = corner[1] - low[1] + (SPACING - whole[1]) * 0.5;
            for (&v, at) in ids.iter().zip(&part.places) {
                if !self.held[v as usize] {
                    places.at[v as usize] = [at[0] + x, at[1] + y];
                }
            }
        }
    }
}

impl Layout for Layered {
    fn step(&mut self, places: &mut Places, budget: usize) -> bool {
        let mut spent = 0;
        while let Some((_, part)) = self.parts.get_mut(self.now) {
            let (is_done, touched) = part.step();
            self.now += usize::from(is_done);
            spent += touched.max(16);
            if spent >= budget {
                break;
            }
        }
        self.show(places);
        self.now >= self.parts.len()
    }
}

/// Nodes and bends in layers, and the links between one layer and the next.
struct Layers {
    /// By node, then by bend: its layer.
    rank: Vec<u32>,
    /// How many of them are nodes.
    nodes: usize,
    layers: Vec<Vec<u32>>,
    /// By node or bend: who is linked with it in the layer below, and in the one above.
    below: Vec<Vec<u32>>,
    above: Vec<Vec<u32>>,
}

impl Layers {
    fn new(len: usize, pairs: &[[u32; 2]], mut rank: Vec<u32>) -> Self {
        let count = rank.iter().max().map_or(1, |&most| most as usize + 1);
        let (mut below, mut above) = (vec![Vec::new(); len], vec![Vec::new(); len]);
        let mut bends_left = ((len + pairs.len()) * BENDS_EACH).min(MOST_BENDS);
        let join = |upper: u32, lower: u32, below: &mut Vec<Vec<u32>>, above: &mut Vec<Vec<u32>>| {
            below[upper as usize].push(lower);
            above[lower as usize].push(upper);
        };
        for &[a, b] in pairs {
            let (upper, lower) = if rank[a as usize] <= rank[b as usize] { (a, b) } else { (b, a) };
            let span = (rank[lower as usize] - rank[upper as usize]) as usize;
            if span == 0 || span - 1 > bends_left {
                continue;
            }
            bends_left -= span - 1;
            let mut last = upper;
            for step in 1..span {
                let bend = rank.len() as u32;
                rank.push(rank[upper as usize] + step as u32);
                below.push(Vec::new());
                above.push(Vec::new());
                join(last, bend, &mut below, &mut above);
                last = bend;
            }
            join(last, lower, &mut below, &mut above);
        }
        let mut layers = vec![Vec::new(); count];
        rank.iter().enumerate().for_each(|(v, &rank)| layers[rank as usize].push(v as u32));
        Self { rank, nodes: len, layers, below, above }
    }

    fn len(&self) -> usize {
        self.rank.len()
    }

    fn is_bend(&self, v: u32) -> bool {
        v as usize >= self.nodes
    }
}

/// One connected part on its way.
struct Part {
    places: Vec<Place>,
    layers: Layers,
    ordering: Option<Ordering>,
}

impl Part {
    fn new(len: usize, pairs: &[[u32; 2]]) -> Self {
        let mut pairs: Vec<[u32; 2]> = pairs.iter().copied().filter(|[a, b]| a != b).collect();
        acyclic::turn(len, &mut pairs);
        pairs.sort_unstable();
        pairs.dedup();
        let rank = ranks::of(len, &pairs);
        let layers = Layers::new(len, &pairs, rank);
        let ordering = Ordering::new(&layers);
        let mut part = Self { places: vec![[0.0, 0.0]; len], layers, ordering: Some(ordering) };
        part.set();
        part
    }

    /// One round of work; true when done. Returns the number of nodes and bends touched as well.
    fn step(&mut self) -> (bool, usize) {
        let touched = self.layers.len();
        let is_done = match &mut self.ordering {
            Some(ordering) => ordering.step(&mut self.layers),
            None => true,
        };
        if is_done {
            self.ordering = None;
            self.set();
        }
        (is_done, touched)
    }

    fn set(&mut self) {
        let columns = columns::of(&self.layers);
        for (v, place) in self.places.iter_mut().enumerate() {
            *place = [columns[v], self.layers.rank[v] as f32 * LAYER_HEIGHT];
        }
    }

    fn bounds(&self) -> (Place, Place) {
        self.places.iter().fold(([f32::MAX; 2], [f32::MIN; 2]), |(low, high), &[x, y]| {
            ([low[0].min(x), low[1].min(y)], [high[0].max(x), high[1].max(y)])
        })
    }
}
