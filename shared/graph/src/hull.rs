//! The smallest convex outline around places.

use crate::Place;

/// The places at the corners of the smallest convex outline around all of them (Andrew's monotone chain), in a circle, each
/// with what it is known by. Three in a row have two ends; places that are no numbers are left out.
pub fn corners<T: Copy>(places: impl IntoIterator<Item = (Place, T)>) -> Vec<(Place, T)> {
    let mut around: Vec<(Place, T)> = places.into_iter().filter(|(at, _)| at.iter().all(|at| at.is_finite())).collect();
    around.sort_by(|(a, _), (b, _)| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    around.dedup_by_key(|(place, _)| *place);
    if around.len() > 2 {
        let back = half(around.iter().rev().copied());
        around = half(around.iter().copied());
        around.pop();
        around.extend(back);
        around.pop();
    }
    around
}

/// One side of the outline.
fn half<T: Copy>(places: impl Iterator<Item = (Place, T)>) -> Vec<(Place, T)> {
    let mut side: Vec<(Place, T)> = Vec::new();
    for next in places {
        while let [.., ([ax, ay], _), ([bx, by], _)] = side[..] {
            let ([x, y], _) = next;
            if (bx - ax) * (y - by) - (by - ay) * (x - bx) > 0.0 {
                break;
            }
            side.pop();
        }
        side.push(next);
    }
    side
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_has_the_outer_places_alone_and_none_that_is_no_number() {
        let places = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [5.0, 5.0], [f32::NAN; 2], [10.0, 0.0]];
        let known = |wanted: &[usize]| -> Vec<usize> {
            let of = |at: &usize| Some((*places.get(*at)?, *at));
            corners(wanted.iter().filter_map(of)).into_iter().map(|(_, at)| at).collect()
        };
        assert_eq!(known(&[0, 1, 2, 3, 4, 5, 6]), [0, 1, 2, 3]);
        assert_eq!(known(&[0, 4, 2]), [0, 2], "three in a row have two ends");
        assert_eq!(known(&[4]), [4]);
        assert!(known(&[]).is_empty());
    }
}
