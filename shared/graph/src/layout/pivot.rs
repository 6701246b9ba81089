//! A start from distances: PivotMDS (Brandes and Pich 2007), good where a graph has long ways (rings, grids, roads).
#![expect(clippy::indexing_slicing, reason = "every index is below the number of nodes or of pivots")]

use super::net::Net;
use crate::chance::Chance;

const PIVOTS: usize = 30;
/// Numbers in a row of the table: the pivots, and zeros up to whole registers.
const ROW: usize = 32;
const POWER_ROUNDS: usize = 200;

/// Places for a connected net, in no particular unit; the longest extent lies along x.
pub(super) fn places(net: &Net, chance: &mut Chance) -> (Vec<f32>, Vec<f32>) {
    let table = Table::new(net);
    let product = table.product();
    let first = main_axis(&product, None, chance);
    let second = main_axis(&product, Some(&first), chance);
    let (mut xs, mut ys) = (table.project(&first), table.project(&second));
    let reach = xs.iter().fold(1e-6f32, |most, x| most.max(x.abs()));
    for at in xs.iter_mut().chain(&mut ys) {
        // Nodes with equal distances (leaves of one node) would lie on one spot and never part.
        *at = *at / reach + chance.centred() * 0.002;
    }
    [&mut xs, &mut ys].into_iter().for_each(|along| draw_in(along));
    (xs, ys)
}

/// Brings those back who lie by far farther out than the mean. In a star all leaves lie on one spot but those that are pivots
/// by chance.
fn draw_in(along: &mut [f32]) {
    const FAR: f32 = 8.0;
    let mean = along.iter().map(|at| f64::from(at.abs())).sum::<f64>() / along.len().max(1) as f64;
    let far = mean as f32 * FAR;
    along.iter_mut().for_each(|at| *at = at.clamp(-far, far));
}

/// Steps from each node to pivots that lie far from each other.
struct Table {
    pivots: usize,
    /// `pivots` for each node; more than 65,535 are not told apart.
    steps: Vec<u16>,
    /// The means of the squares, for each pivot and of all.
    columns: [f32; PIVOTS],
    mean: f32,
}

impl Table {
    fn new(net: &Net) -> Self {
        let (len, pivots) = (net.len(), PIVOTS.min(net.len()));
        let mut table = vec![0u16; len * pivots];
        let (mut steps, mut queue) = (Vec::new(), Vec::new());
        let mut nearest = vec![u32::MAX; len];
        let (mut source, mut columns) = (0, [0.0; PIVOTS]);
        for (pivot, column) in columns.iter_mut().enumerate().take(pivots) {
            let last = net.distances(source, &mut steps, &mut queue);
            let beyond = steps[last] + 1;
            let mut sum = 0.0;
            for (v, &step) in steps.iter().enumerate() {
                let step = step.min(beyond).min(u32::from(u16::MAX));
                table[v * pivots + pivot] = step as u16;
                sum += f64::from(step) * f64::from(step);
                nearest[v] = nearest[v].min(step);
            }
            *column = (sum / len as f64) as f32;
            source = (0..len).fold(0, |far, v| if nearest[v] > nearest[far] { v } else { far });
        }
        let mean = columns.iter().sum::<f32>() / pivots as f32;
        Self { pivots, steps: table, columns, mean }
    }

    /// The squares, row by row, with the means of rows and columns taken out.
    fn rows(&self) -> impl Iterator<Item = [f32; ROW]> + '_ {
        self.steps.chunks_exact(self.pivots.max(1)).map(|steps| {
            let mut row = [0.0f32; ROW];
            row.iter_mut().zip(steps).for_each(|(square, &step)| *square = f32::from(step) * f32::from(step));
            let own = row.iter().sum::<f32>() / self.pivots as f32;
            for (value, column) in row.iter_mut().zip(self.columns).take(self.pivots) {
                *value = -0.5 * (*value - own - column + self.mean);
            }
            row
        })
    }

    /// The columns multiplied with each other: a symmetric matrix.
    fn product(&self) -> Vec<[f64; ROW]> {
        /// So many rows are added up in short numbers.
        const BLOCK: usize = 64;
        let mut product = vec![[0.0f64; ROW]; ROW];
        let mut sums = [[0.0f32; ROW]; ROW];
        let last = self.steps.len() / self.pivots.max(1);
        for (at, row) in self.rows().enumerate() {
            for (sums, value) in sums.iter_mut().zip(row) {
                sums.iter_mut().zip(row).for_each(|(sum, other)| *sum += value * other);
            }
            if (at + 1).is_multiple_of(BLOCK) || at + 1 == last {
                for (to, from) in product.iter_mut().flatten().zip(sums.iter_mut().flatten()) {
                    *to += f64::from(std::mem::take(from));
                }
            }
        }
        product
    }

    fn project(&self, axis: &[f64; ROW]) -> Vec<f32> {
        let axis = axis.map(|part| part as f32);
        self.rows().map(|row| row.iter().zip(axis).map(|(value, part)| value * part).sum()).collect()
    }
}

/// The strongest direction of a symmetric matrix, at a right angle to `other` (power iteration).
fn main_axis(matrix: &[[f64; ROW]], other: Option<&[f64; ROW]>, chance: &mut Chance) -> [f64; ROW] {
    let mut axis: [f64; ROW] = std::array::from_fn(|_| f64::from(chance.centred()));
    for _ in 0..POWER_ROUNDS {
        let mut next = [0.0; ROW];
        matrix.iter().zip(&mut next).for_each(|(row, value)| *value = dot(row, &axis));
        if let Some(other) = other {
            let along = dot(&next, other);
            next.iter_mut().zip(other).for_each(|(value, &part)| *value -= along * part);
        }
        let length = dot(&next, &next).sqrt().max(1e-300);
        next.iter_mut().for_each(|value| *value /= length);
        axis = next;
    }
    axis
}

fn dot(a: &[f64; ROW], b: &[f64; ROW]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
