//! Nodes where they are on the map.
#![expect(clippy::indexing_slicing, reason = "every index is a node below the number of places")]

use super::arranged::Arranged;
use super::net::Net;
use super::{BadInput, CLEARANCE, Places, SPACING, check};
use crate::Place;

/// Beyond this the projection goes to infinity; the edge of the usual web maps.
const MOST_LATITUDE: f64 = 85.051_129;

/// Nodes with coordinates (longitude and latitude in degrees, WGS 84) by the Mercator projection, north above, moved apart
/// where they meet. A node without stands in the middle of its neighbours that have some; one without such neighbours
/// stands below the map.
///
/// # Errors
/// If a link names a node that does not exist, or a limit is passed.
pub fn geographic(places: &Places, links: &[[u32; 2]], coordinates: &[Option<[f64; 2]>]) -> Result<Arranged, BadInput> {
    check(places, links)?;
    let len = places.at.len();
    let mut known: Vec<Option<[f64; 2]>> =
        (0..len).map(|v| coordinates.get(v).copied().flatten().and_then(projected)).collect();
    spread(&Net::new(len, links), &mut known);
    let bounds = known.iter().flatten().fold(([f64::MAX; 2], [f64::MIN; 2]), |(low, high), at| {
        ([low[0].min(at[0]), low[1].min(at[1])], [high[0].max(at[0]), high[1].max(at[1])])
    });
    let placed = known.iter().flatten().count();
    let scale = scale(bounds, placed);
    let middle = [(bounds.0[0] + bounds.1[0]) * 0.5, (bounds.0[1] + bounds.1[1]) * 0.5];
    let below = if placed == 0 { 0.0 } else { ((bounds.1[1] - bounds.0[1]) * 0.5 * scale) as f32 + SPACING * 2.0 };
    let columns = ((len - placed) as f32).sqrt().ceil().max(1.0) as usize * 2;
    let mut aside = 0;
    let mut target = |at: &Option<[f64; 2]>| -> Place {
        match at {
            Some([x, y]) => [((x - middle[0]) * scale) as f32, ((y - middle[1]) * scale) as f32],
            None => {
                let (column, row) = ((aside % columns) as f32, (aside / columns) as f32);
                aside += 1;
                [(column - (columns - 1) as f32 * 0.5) * CLEARANCE, below + row * CLEARANCE]
            }
        }
    };
    let targets = known.iter().map(&mut target).collect();
    Ok(Arranged::without_overlap(targets))
}

/// In radians, y down; `None` for what is no place on earth.
fn projected([longitude, latitude]: [f64; 2]) -> Option<[f64; 2]> {
    let is_fine = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
    is_fine.then(|| {
        let latitude = latitude.clamp(-MOST_LATITUDE, MOST_LATITUDE).to_radians();
        [longitude.to_radians(), -latitude.tan().asinh()]
    })
}

/// Gives nodes without a place the middle of their neighbours', from the known ones outward.
fn spread(net: &Net, known: &mut [Option<[f64; 2]>]) {
    let mut front: Vec<usize> = (0..net.len()).filter(|&v| known[v].is_some()).collect();
    while !front.is_empty() {
        let mut next: Vec<usize> = front.iter().flat_map(|&v| net.near(v)).map(|&w| w as usize).collect();
        next.sort_unstable();
        next.dedup();
        next.retain(|&w| known[w].is_none());
        let found: Vec<(usize, [f64; 2])> = next.iter().filter_map(|&v| Some((v, middle(net, v, known)?))).collect();
        found.iter().for_each(|&(v, at)| known[v] = Some(at));
        front = next;
    }
}

fn middle(net: &Net, v: usize, known: &[Option<[f64; 2]>]) -> Option<[f64; 2]> {
    let near: Vec<[f64; 2]> = net.near(v).iter().filter_map(|&w| known[w as usize]).collect();
    let sum = near.iter().fold([0.0, 0.0], |[x, y], at| [x + at[0], y + at[1]]);
    (!near.is_empty()).then(|| [sum[0] / near.len() as f64, sum[1] / near.len() as f64])
}

/// Pixels per radian: the map has about as much room as its nodes need if they were spread evenly.
fn scale((low, high): ([f64; 2], [f64; 2]), placed: usize) -> f64 {
    let extent = (high[0] - low[0]).max(high[1] - low[1]);
    let side = f64::from(SPACING) * 2.0 * (placed as f64).sqrt().max(6.0);
    if extent > 1e-9 { side / extent } else { 1.0 }
}
