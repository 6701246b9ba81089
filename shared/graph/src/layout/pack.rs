//! Sets separate parts of a graph side by side, in rows like books on shelves, so that none covers another.
#![expect(clippy::indexing_slicing, reason = "the order holds every number below the number of sizes once")]

use crate::Place;

/// Width of the whole by its height: screens are wide.
const ASPECT: f32 = 1.6;

/// The top left corner of each box of `sizes` (width, height), and the size of the whole. The tallest box comes first.
pub(super) fn shelves(sizes: &[Place]) -> (Vec<Place>, Place) {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| {
        sizes[b][1].total_cmp(&sizes[a][1]).then(sizes[b][0].total_cmp(&sizes[a][0])).then(a.cmp(&b))
    });
    let area: f32 = sizes.iter().map(|[width, height]| width * height).sum();
    let widest = sizes.iter().fold(0.0f32, |most, size| most.max(size[0]));
    let row_width = (area * ASPECT).sqrt().max(widest);
    let mut corners = vec![[0.0, 0.0]; sizes.len()];
    let ([mut x, mut y], mut row_height) = ([0.0f32, 0.0f32], 0.0f32);
    let mut whole = [0.0f32, 0.0];
    for part in order {
        let [width, height] = sizes[part];
        if x > 0.0 && x + width > row_width * 1.001 {
            (x, y) = (0.0, y + row_height);
            row_height = 0.0;
        }
        corners[part] = [x, y];
        x += width;
        row_height = row_height.max(height);
        whole = [whole[0].max(x), whole[1].max(y + height)];
    }
    (corners, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_do_not_overlap_and_the_whole_is_not_a_strip() {
        let sizes: Vec<Place> = (1..60).map(|v| [(v * 37 % 90 + 10) as f32, (v * 53 % 70 + 10) as f32]).collect();
        let (corners, whole) = shelves(&sizes);
        for v in 0..sizes.len() {
            for w in 0..v {
                let apart = |axis: usize| {
                    corners[v][axis] + sizes[v][axis] <= corners[w][axis] + 0.01
                        || corners[w][axis] + sizes[w][axis] <= corners[v][axis] + 0.01
                };
                assert!(apart(0) || apart(1), "{v} covers {w}");
            }
        }
        assert!(whole[0] / whole[1] > 0.8 && whole[0] / whole[1] < 3.0, "{whole:?}");
        assert_eq!(shelves(&[]), (Vec::new(), [0.0, 0.0]));
    }
}
