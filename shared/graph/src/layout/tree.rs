//! A linear quadtree over nodes sorted along the Morton curve (Morton 1966): what `field` computes repulsion from.
//!
//! Sorting keeps nodes that are near each other together in memory; pointer trees over unsorted nodes slow down with
//! their size.
#![expect(clippy::indexing_slicing, reason = "every index is made by this file; bounds are checked where it pays")]

use super::lanes::{LANES, larger, smaller};
use super::radix::Radix;

/// The most nodes of a cell that is not split.
pub(super) const BUCKET: usize = 24;
const KEY_BITS: u32 = 32;

/// One square of the quadtree, as far as nodes fill it. Cells are stored in depth-first order; `skip` is the next cell
/// outside this one.
#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    /// The centre of mass.
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) mass: f32,
    /// The rectangle around its nodes, and the square of its longer side.
    pub(super) low: [f32; 2],
    pub(super) high: [f32; 2],
    pub(super) side_squared: f32,
    /// Its nodes, as positions in the sorted arrays.
    pub(super) first: u32,
    pub(super) end: u32,
    pub(super) skip: u32,
    pub(super) is_bucket: bool,
}

impl Cell {
    pub(super) fn nodes(&self) -> std::ops::Range<usize> {
        self.first as usize..self.end as usize
    }

    pub(super) fn centre(&self) -> [f32; 2] {
        [(self.low[0] + self.high[0]) * 0.5, (self.low[1] + self.high[1]) * 0.5]
    }
}

/// Points with masses, a list for each coordinate.
#[derive(Default)]
pub(super) struct Masses {
    pub(super) xs: Vec<f32>,
    pub(super) ys: Vec<f32>,
    pub(super) masses: Vec<f32>,
}

impl Masses {
    pub(super) fn clear(&mut self) {
        self.xs.clear();
        self.ys.clear();
        self.masses.clear();
    }

    /// Room for exactly so many points.
    fn reserve(&mut self, count: usize) {
        self.xs.reserve_exact(count);
        self.ys.reserve_exact(count);
        self.masses.reserve_exact(count);
    }

    pub(super) fn push(&mut self, x: f32, y: f32, mass: f32) {
        self.xs.push(x);
        self.ys.push(y);
        self.masses.push(mass);
    }

    pub(super) fn extend(&mut self, other: &Self, range: std::ops::Range<usize>) {
        self.xs.extend_from_slice(&other.xs[range.clone()]);
        self.ys.extend_from_slice(&other.ys[range.clone()]);
        self.masses.extend_from_slice(&other.masses[range]);
    }

    /// Adds points without weight, far from all others, until there are none left over from [`lanes`](Self::lanes).
    pub(super) fn pad(&mut self) {
        while !self.xs.len().is_multiple_of(LANES) {
            self.push(1e15, 1e15, 0.0);
        }
    }

    /// Eight points at a time: along x, along y, and their masses.
    #[cfg(target_arch = "wasm32")]
    #[inline]
    pub(super) fn lanes(&self) -> impl Iterator<Item = [&[f32; LANES]; 3]> {
        let (xs, ys) = (self.xs.as_chunks().0, self.ys.as_chunks().0);
        xs.iter().zip(ys).zip(self.masses.as_chunks().0).map(|((xs, ys), masses)| [xs, ys, masses])
    }
}

pub(super) struct Tree {
    nodes: Radix,
    bucket: usize,
    pub(super) sorted: Masses,
    pub(super) cells: Vec<Cell>,
}

impl Default for Tree {
    fn default() -> Self {
        Self::with_buckets(BUCKET)
    }
}

impl Tree {
    /// A tree whose buckets have at most so many nodes.
    pub(super) fn with_buckets(bucket: usize) -> Self {
        Self { nodes: Radix::default(), bucket, sorted: Masses::default(), cells: Vec::new() }
    }

    /// Sorts the nodes and sums masses; to be called whenever nodes have moved.
    pub(super) fn rebuild(&mut self, xs: &[f32], ys: &[f32], masses: &[f32]) {
        // While it sorts, the sorter has their room.
        self.sorted = Masses::default();
        self.nodes.sort(keys(xs, ys));
        self.sorted.reserve(xs.len());
        for &v in &self.nodes.order {
            let v = v as usize;
            self.sorted.push(xs[v], ys[v], masses[v]);
        }
        self.cells.clear();
        if !xs.is_empty() {
            self.split(0, xs.len(), KEY_BITS);
        }
    }

    /// The longer side of the rectangle around all nodes.
    pub(super) fn side(&self) -> f32 {
        self.cells.first().map_or(0.0, |all| all.side_squared.sqrt())
    }

    /// The number of each sorted node.
    pub(super) fn order(&self) -> &[u32] {
        &self.nodes.order
    }

    /// The cells right below a cell.
    pub(super) fn children(&self, cell: u32) -> impl Iterator<Item = u32> + '_ {
        let end = self.cells[cell as usize].skip;
        let first = (!self.cells[cell as usize].is_bucket).then_some(cell + 1);
        std::iter::successors(first, move |&child| Some(self.cells[child as usize].skip).filter(|&next| next < end))
    }

    /// Makes the cell of the sorted nodes `first..end`, whose keys differ only in their lowest `bits`.
    fn split(&mut self, first: usize, end: usize, bits: u32) {
        let id = self.cells.len();
        let is_bucket = end - first <= self.bucket || bits == 0;
        self.cells.push(Cell::default());
        let mut cell = if is_bucket { self.bucket(first, end) } else { self.quarter(first, end, bits) };
        // Rounding must not bring the centre outside: a cell would be far from itself.
        cell.x = (cell.x / cell.mass).clamp(cell.low[0], cell.high[0]);
        cell.y = (cell.y / cell.mass).clamp(cell.low[1], cell.high[1]);
        let side = larger(cell.high[0] - cell.low[0], cell.high[1] - cell.low[1]);
        (cell.side_squared, cell.is_bucket) = (side * side, is_bucket);
        (cell.first, cell.end, cell.skip) = (first as u32, end as u32, self.cells.len() as u32);
        self.cells[id] = cell;
    }

    /// Splits into up to four quarters and adds them up; `x` and `y` are sums by mass.
    fn quarter(&mut self, first: usize, end: usize, bits: u32) -> Cell {
        let mut sum = Cell { low: [f32::MAX; 2], high: [f32::MIN; 2], ..Cell::default() };
        let mut from = first;
        for quarter in 0..4 {
            let rest = &self.nodes.keys[from..end];
            let to = from + rest.partition_point(|key| (key >> (bits - 2)) & 3 <= quarter);
            if to > from {
                let child = self.cells.len();
                self.split(from, to, bits - 2);
                let child = &self.cells[child];
                sum.mass += child.mass;
                sum.x += child.x * child.mass;
                sum.y += child.y * child.mass;
                sum.low = [smaller(sum.low[0], child.low[0]), smaller(sum.low[1], child.low[1])];
                sum.high = [larger(sum.high[0], child.high[0]), larger(sum.high[1], child.high[1])];
            }
            from = to;
        }
        sum
    }

    /// Adds up single nodes; `x` and `y` are sums by mass.
    fn bucket(&self, first: usize, end: usize) -> Cell {
        let (xs, ys) = (&self.sorted.xs[first..end], &self.sorted.ys[first..end]);
        let ((low_x, high_x), (low_y, high_y)) = (range(xs), range(ys));
        let mut sum = Cell { low: [low_x, low_y], high: [high_x, high_y], ..Cell::default() };
        for ((x, y), mass) in xs.iter().zip(ys).zip(&self.sorted.masses[first..end]) {
            sum.mass += mass;
            sum.x += x * mass;
            sum.y += y * mass;
        }
        sum
    }
}

/// The nodes in the order of the Morton curve.
pub(super) fn along_curve(xs: &[f32], ys: &[f32]) -> Vec<u32> {
    let mut nodes = Radix::default();
    nodes.sort(keys(xs, ys));
    nodes.order
}

/// Where each node lies on the curve.
fn keys(xs: &[f32], ys: &[f32]) -> impl Iterator<Item = u32> {
    let ((low_x, high_x), (low_y, high_y)) = (range(xs), range(ys));
    let side = (high_x - low_x).max(high_y - low_y).max(1e-6) * 1.0001;
    let scale = 65536.0 / side;
    let spread = move |along: f32, low: f32| interleave(((along - low) * scale) as u32);
    xs.iter().zip(ys).map(move |(&x, &y)| spread(x, low_x) | (spread(y, low_y) << 1))
}

/// The least and the greatest of the values.
pub(super) fn range(values: &[f32]) -> (f32, f32) {
    let wider = |(low, high): (f32, f32), &value: &f32| (smaller(value, low), larger(value, high));
    values.iter().fold((f32::MAX, f32::MIN), wider)
}

/// Spreads the lowest 16 bits so that a second number fits between them.
fn interleave(bits: u32) -> u32 {
    let mut x = bits.min(0xffff);
    x = (x | (x << 8)) & 0x00ff_00ff;
    x = (x | (x << 4)) & 0x0f0f_0f0f;
    x = (x | (x << 2)) & 0x3333_3333;
    (x | (x << 1)) & 0x5555_5555
}
