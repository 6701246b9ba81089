//! A start from distances: PivotMDS (Brandes and Pich 2007), good where a graph has long ways (rings, grids, roads).
#![expect(clippy::indexing_slicing, reason = "every index is below the number of nodes or of pivots")]

use super::net::Net;
use crate::chance::Chance;

const PIVOTS: usize = 30;
const POWER_ROUNDS: usize = 200;

/// Places for a connected net, in no particular unit; the longest extent lies along x.
pub(super) fn places(net: &Net, chance: &mut Chance) -> (Vec<f32>, Vec<f32>) {
    let pivots = PIVOTS.min(net.len());
    let table = centred_squares(net, pivots);
    let product = product(&table, pivots);
    let first = main_axis(&product, pivots, None, chance);
    let second = main_axis(&product, pivots, Some(&first), chance);
    let (mut xs, mut ys) = (project(&table, &first), project(&table, &second));
    let reach = xs.iter().fold(1e-6f32, |most, x| most.max(x.abs()));
    for at in xs.iter_mut().chain(&mut ys) {
        // Nodes with equal distances (leaves of one node) would lie on one spot and never part.
        *at = *at / reach + chance.centred() * 0.002;
    }
    (xs, ys)
}

/// Squared distances to pivots that lie far from each other, row by row, with row and column means taken out.
fn centred_squares(net: &Net, pivots: usize) -> Vec<f32> {
    let len = net.len();
    let mut table = vec![0.0f32; len * pivots];
    let (mut steps, mut queue) = (Vec::new(), Vec::new());
    let mut nearest = vec![u32::MAX; len];
    let mut source = 0;
    for pivot in 0..pivots {
        let last = net.distances(source, &mut steps, &mut queue);
        let beyond = steps[last] + 1;
        for v in 0..len {
            let step = steps[v].min(beyond) as f32;
            table[v * pivots + pivot] = step * step;
            nearest[v] = nearest[v].min(steps[v]);
        }
        source = (0..len).fold(0, |far, v| if nearest[v] > nearest[far] { v } else { far });
    }
    let mut columns = vec![0.0f64; pivots];
    for row in table.chunks_exact(pivots) {
        row.iter().zip(&mut columns).for_each(|(&value, sum)| *sum += f64::from(value) / len as f64);
    }
    let mean = (columns.iter().sum::<f64>() / pivots as f64) as f32;
    for row in table.chunks_exact_mut(pivots) {
        let own = row.iter().sum::<f32>() / pivots as f32;
        row.iter_mut().zip(&columns).for_each(|(value, &column)| *value = -0.5 * (*value - own - column as f32 + mean));
    }
    table
}

/// The table's columns multiplied with each other: a symmetric matrix of pivots by pivots.
fn product(table: &[f32], pivots: usize) -> Vec<f64> {
    let mut product = vec![0.0f64; pivots * pivots];
    for row in table.chunks_exact(pivots) {
        for (a, &value) in row.iter().enumerate() {
            let sums = &mut product[a * pivots..(a + 1) * pivots];
            sums.iter_mut().zip(row).for_each(|(sum, &other)| *sum += f64::from(value * other));
        }
    }
    product
}

/// The strongest direction of a symmetric matrix, at a right angle to `other` (power iteration).
fn main_axis(matrix: &[f64], size: usize, other: Option<&[f64]>, chance: &mut Chance) -> Vec<f64> {
    let mut axis: Vec<f64> = (0..size).map(|_| f64::from(chance.centred())).collect();
    for _ in 0..POWER_ROUNDS {
        let mut next: Vec<f64> = matrix.chunks_exact(size).map(|row| dot(row, &axis)).collect();
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

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn project(table: &[f32], axis: &[f64]) -> Vec<f32> {
    table
        .chunks_exact(axis.len())
        .map(|row| row.iter().zip(axis).map(|(&value, part)| f64::from(value) * part).sum::<f64>() as f32)
        .collect()
}
