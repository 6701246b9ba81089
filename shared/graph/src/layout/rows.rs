//! Nodes in rows and columns, in a given order.

use super::arranged::Arranged;
use super::{BadInput, CLEARANCE, Places, check};

/// Width of the whole by its height: screens are wide.
const ASPECT: f32 = 1.6;

/// A grid that is read like a page: `rank` says how early each node comes, the smallest first; equal ranks, and nodes
/// without one, by number.
///
/// # Errors
/// If a limit is passed.
pub fn rows(places: &Places, rank: &[f64]) -> Result<Arranged, BadInput> {
    check(places, &[])?;
    let len = places.at.len();
    let rank = |v: u32| rank.get(v as usize).copied().filter(|rank| !rank.is_nan()).unwrap_or(f64::INFINITY);
    let mut order: Vec<u32> = (0..len as u32).collect();
    order.sort_by(|&a, &b| rank(a).total_cmp(&rank(b)).then(a.cmp(&b)));
    let columns = ((len as f32 * ASPECT).sqrt().ceil() as usize).max(1);
    let (width, height) = (columns.min(len), len.div_ceil(columns));
    let middle = |count: usize| (count.max(1) - 1) as f32 * 0.5;
    let mut targets = vec![[0.0, 0.0]; len];
    for (at, &v) in order.iter().enumerate() {
        if let Some(target) = targets.get_mut(v as usize) {
            let (column, row) = ((at % columns) as f32, (at / columns) as f32);
            *target = [(column - middle(width)) * CLEARANCE, (row - middle(height)) * CLEARANCE];
        }
    }
    Ok(Arranged::exactly(targets))
}
