//! Finds what lies in an area without looking at everything: areas packed into a tree of sixteen branches, those that lie
//! near each other and are about as large side by side (a packed R-tree after Kamel and Faloutsos 1993, in Morton's order).
#![expect(clippy::indexing_slicing, reason = "a branch is below the length of the level that it was made of")]

use crate::Place;
use crate::layout::radix::Radix;

/// Left, top, right and bottom; all belong to it.
pub type Area = [f32; 4];

/// Branches of a knot of the tree.
const BRANCHES: usize = 16;
/// Bits of a place in Morton's order, each way.
const BITS: u32 = 14;
const CELLS: f32 = (1 << BITS) as f32;
/// Sizes are told apart by factors of four, down to this many.
const SIZES: u32 = 8;
/// Places that are looked at to find out where most lie, and the share at either end that does not count.
const SAMPLE: usize = 1_024;
const OUTLIERS: usize = 20;

/// An index over areas, each known by its number. What is not finite is in none.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    /// The numbers, in the order of the lowest level.
    numbers: Vec<u32>,
    /// The areas themselves, then those around sixteen of them each, and so on up to one.
    levels: Vec<Vec<Area>>,
}

impl Areas {
    /// The index over these; their numbers are their places in the list.
    pub fn new(areas: &[Area]) -> Self {
        let frame = Frame::around(areas);
        let mut sorted = Radix::default();
        sorted.sort(areas.iter().map(|area| frame.key(*area)));
        let is_finite = |number: &u32| areas[*number as usize].iter().all(|side| side.is_finite());
        let numbers: Vec<u32> = sorted.order.iter().copied().filter(is_finite).collect();
        let mut levels = vec![numbers.iter().map(|&number| areas[number as usize]).collect::<Vec<Area>>()];
        while let Some(last) = levels.last().filter(|level| level.len() > 1) {
            levels.push(last.chunks(BRANCHES).map(around).collect());
        }
        Self { numbers, levels }
    }

    /// The index over points.
    pub fn of_places(places: &[Place]) -> Self {
        Self::new(&Vec::from_iter(places.iter().map(|[x, y]| [*x, *y, *x, *y])))
    }

    /// What is around all of them; none without any.
    pub fn bounds(&self) -> Option<Area> {
        self.levels.last()?.first().copied()
    }

    /// Adds the numbers of those that meet `area` to `found`, in no order, at most `most` of them; says how many areas
    /// were looked at for that.
    pub fn find(&self, area: Area, most: usize, found: &mut Vec<u32>) -> usize {
        let end = found.len().saturating_add(most);
        let (mut looked, mut open) = (0, self.top());
        while let Some((level, at)) = open.pop() {
            looked += 1;
            if !meets(self.levels[level][at], area) {
                continue;
            }
            if level > 0 {
                self.open(level, at, &mut open);
            } else if found.len() < end {
                found.push(self.numbers[at]);
            } else {
                break;
            }
        }
        looked
    }

    /// How many meet `area`; those below a knot that lies in it whole are not looked at.
    pub fn count(&self, area: Area) -> usize {
        let (mut count, mut open) = (0, self.top());
        while let Some((level, at)) = open.pop() {
            let here = self.levels[level][at];
            if lies_in(here, area) {
                let each = BRANCHES.pow(level as u32);
                count += ((at + 1) * each).min(self.numbers.len()) - at * each;
            } else if level > 0 && meets(here, area) {
                self.open(level, at, &mut open);
            } else if level == 0 && meets(here, area) {
                count += 1;
            }
        }
        count
    }

    fn top(&self) -> Vec<(usize, usize)> {
        self.bounds().map(|_| (self.levels.len() - 1, 0)).into_iter().collect()
    }

    fn open(&self, level: usize, at: usize, open: &mut Vec<(usize, usize)>) {
        let end = ((at + 1) * BRANCHES).min(self.levels[level - 1].len());
        open.extend((at * BRANCHES..end).map(|branch| (level - 1, branch)));
    }
}

/// Where most of the areas lie: a few that lie far outside make the order no coarser for the rest.
struct Frame {
    corner: Place,
    side: f32,
}

impl Frame {
    fn around(areas: &[Area]) -> Self {
        let step = areas.len().div_ceil(SAMPLE).max(1);
        let along = |middle: fn(&Area) -> f32| {
            let mut sample: Vec<f32> =
                areas.iter().step_by(step).map(middle).filter(|middle| middle.is_finite()).collect();
            sample.sort_unstable_by(f32::total_cmp);
            let aside = sample.len() / OUTLIERS;
            let low = sample.get(aside).copied().unwrap_or(0.0);
            let high = sample.get(sample.len().saturating_sub(aside + 1)).copied().unwrap_or(low);
            (low, high - low)
        };
        let ((x, width), (y, height)) =
            (along(|area| (area[0] + area[2]) / 2.0), along(|area| (area[1] + area[3]) / 2.0));
        // Twice as long as what nine of ten are in, so that the others have room.
        let side = (2.0 * width.max(height)).clamp(f32::MIN_POSITIVE, f32::MAX);
        Self { corner: [x + width / 2.0 - side / 2.0, y + height / 2.0 - side / 2.0], side }
    }

    /// By size, then by place.
    fn key(&self, [left, top, right, bottom]: Area) -> u32 {
        let share = (right - left).max(bottom - top) / self.side;
        let size = (0..SIZES - 1).find(|size| share >= 0.25_f32.powi(*size as i32 + 1)).unwrap_or(SIZES - 1);
        // `as u32` takes what is below 0, and what is no number, as 0.
        let cell = |middle: f32, corner: f32| (((middle - corner) / self.side * CELLS) as u32).min((1 << BITS) - 1);
        let (x, y) = (cell((left + right) / 2.0, self.corner[0]), cell((top + bottom) / 2.0, self.corner[1]));
        (size << (2 * BITS)) | spread(x) | (spread(y) << 1)
    }
}

/// With a gap behind each bit.
fn spread(bits: u32) -> u32 {
    let bits = (bits | (bits << 8)) & 0x00ff_00ff;
    let bits = (bits | (bits << 4)) & 0x0f0f_0f0f;
    let bits = (bits | (bits << 2)) & 0x3333_3333;
    (bits | (bits << 1)) & 0x5555_5555
}

fn around(areas: &[Area]) -> Area {
    areas.iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |a, b| {
        [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
    })
}

fn meets(a: Area, b: Area) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

fn lies_in(a: Area, b: Area) -> bool {
    a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && a[3] <= b[3]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Chance;

    /// Points, short ones, and a few that are long.
    fn scattered(count: usize) -> Vec<Area> {
        let mut chance = Chance::seeded(11);
        let mut one = |at: usize| {
            let [x, y] = [(); 2].map(|()| chance.centred() * 9_000.0);
            let size = [0.0, 60.0, 4_000.0][usize::from(!at.is_multiple_of(3)) + usize::from(at % 10 == 1)];
            let [width, height] = [(); 2].map(|()| (chance.centred() + 0.5) * size);
            [x, y, x + width, y + height]
        };
        (0..count).map(&mut one).collect()
    }

    fn found(index: &Areas, area: Area) -> (Vec<u32>, usize) {
        let mut found = Vec::new();
        let looked = index.find(area, usize::MAX, &mut found);
        found.sort_unstable();
        (found, looked)
    }

    #[test]
    fn an_area_finds_what_a_look_at_every_one_finds() {
        for count in [0, 1, 15, 16, 17, 300, 5_000] {
            let areas = scattered(count);
            let index = Areas::new(&areas);
            let asked = scattered(60).into_iter().chain([[-1e9, -1e9, 1e9, 1e9], [1e8, 1e8, 1e9, 1e9]]);
            for area in asked {
                let all = (0..count as u32).filter(|number| meets(areas[*number as usize], area));
                let expected: Vec<u32> = all.collect();
                assert_eq!(index.count(area), expected.len(), "{count} {area:?}");
                assert_eq!(found(&index, area).0, expected, "{count} {area:?}");
            }
        }
    }

    #[test]
    fn a_point_among_a_hundred_thousand_looks_at_few_of_them_even_with_one_far_outside() {
        let mut places: Vec<Place> = scattered(100_000).iter().map(|[x, y, ..]| [*x, *y]).collect();
        for outlier in [None, Some([3e9, -2e9])] {
            places.extend(outlier);
            let index = Areas::of_places(&places);
            let [x, y] = places[500];
            let (near, looked) = found(&index, [x - 20.0, y - 20.0, x + 20.0, y + 20.0]);
            assert!(near.contains(&500) && looked < 1_000, "{} found, {looked} looked at", near.len());
        }
    }

    #[test]
    fn it_stops_at_the_most_and_leaves_out_what_is_nowhere() {
        let index = Areas::of_places(&[[f32::NAN, 0.0], [1.0, 1.0], [f32::INFINITY, 0.0], [2.0, 2.0], [3.0, 3.0]]);
        let everywhere = [f32::MIN, f32::MIN, f32::MAX, f32::MAX];
        assert_eq!(found(&index, everywhere).0, [1, 3, 4]);
        let mut two = Vec::new();
        index.find(everywhere, 2, &mut two);
        assert_eq!(two.len(), 2);
        assert_eq!(index.bounds(), Some([1.0, 1.0, 3.0, 3.0]));
        assert_eq!(Areas::of_places(&[]).bounds(), None);
    }
}
