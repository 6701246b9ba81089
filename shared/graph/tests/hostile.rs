//! Input that nobody wishes for: nothing, very much, one shape taken to its end, numbers that are none. Every layout and every
//! measure comes to an end with places and results that are numbers, or refuses, and can be given up at any step.
#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "a wrong index fails the test, as it should")]

use graph::layout::{Arrangement, BadInput, CLEARANCE, FARTHEST, Kind, LIMIT_LINKS, LIMIT_NODES, Places};
use graph::{Chance, Place};
use proptest::prelude::*;

type Pairs = Vec<[u32; 2]>;

const STAR: u32 = 100_000;
const CLIQUE: u32 = 2_000;
const PATH: u32 = 1_000_000;

fn star() -> Pairs {
    (1..STAR).map(|leaf| [0, leaf]).collect()
}

fn clique() -> Pairs {
    (0..CLIQUE).flat_map(|a| (a + 1..CLIQUE).map(move |b| [a, b])).collect()
}

fn path() -> Pairs {
    (1..PATH).map(|v| [v - 1, v]).collect()
}

fn unplaced(len: usize) -> Places {
    Places { at: vec![[0.0, 0.0]; len], fixed: vec![false; len] }
}

/// Every kind once, with what it may be told of each node.
fn each(len: usize, numbers: &[f64]) -> Vec<Arrangement> {
    let number = |v: usize| numbers.get(v % numbers.len().max(1)).copied().unwrap_or(0.0);
    let all: Vec<f64> = (0..len).map(number).collect();
    let groups: Vec<u32> = (0..len as u32).map(|v| v % 7).collect();
    let coordinates = all.iter().enumerate().map(|(v, &at)| Some([at, number(v * 31 + 1)])).collect();
    let arrangements = vec![
        Arrangement::ForceDirected,
        Arrangement::Layered,
        Arrangement::Radial { centre: None },
        Arrangement::Circular { groups: groups.clone() },
        Arrangement::Rows { rank: all.clone() },
        Arrangement::Timeline { when: all, groups },
        Arrangement::Geographic { coordinates },
    ];
    assert_eq!(arrangements.len(), Kind::ALL.len());
    arrangements
}

/// Lays out to the end, at most so many steps.
fn laid_out(arrangement: &Arrangement, start: &Places, links: &[[u32; 2]]) -> Vec<Place> {
    let mut places = start.clone();
    let mut layout = arrangement.begin(&places, links, 1).expect("good input");
    let kind = arrangement.kind();
    assert!((0..20_000).any(|_| layout.step(&mut places, 1_000_000)), "{kind:?} does not end");
    assert!(places.at.iter().flatten().all(|along| along.is_finite()), "{kind:?}: a place is no number");
    places.at
}

/// The nodes that are nearer to another than the clearance, as far as numbers of this size can tell.
fn crowded(at: &[Place]) -> usize {
    let square = |place: &Place| place.map(|along| (along / CLEARANCE).floor() as i32);
    let mut squares: Vec<([i32; 2], u32)> = at.iter().map(square).zip(0u32..).collect();
    squares.sort_unstable();
    let between = |low: [i32; 2], high: [i32; 2]| {
        let first = squares.partition_point(|(square, _)| *square < low);
        squares[first..].iter().take_while(move |(square, _)| *square <= high)
    };
    let is_near = |v: usize, w: usize| {
        let [x, y] = [0, 1].map(|along| f64::from(at[v][along]) - f64::from(at[w][along]));
        let rounding = at[v].iter().chain(&at[w]).fold(0.0f32, |most, along| most.max(along.abs())) * f32::EPSILON;
        v != w && x.hypot(y) < f64::from(CLEARANCE - 0.01 - rounding * 2.0)
    };
    let has_near = |v: usize| {
        let [column, row] = square(&at[v]);
        let around = (-1..=1).flat_map(|right| between([column + right, row - 1], [column + right, row + 1]));
        around.into_iter().any(|&(_, w)| is_near(v, w as usize))
    };
    (0..at.len()).filter(|&v| has_near(v)).count()
}

#[test]
fn nothing_and_one_node_are_laid_out_in_every_way() {
    for arrangement in each(0, &[]) {
        assert_eq!(laid_out(&arrangement, &unplaced(0), &[]), Vec::<Place>::new());
    }
    for links in [vec![], vec![[0, 0], [0, 0]]] {
        for arrangement in each(1, &[f64::NAN]) {
            assert_eq!(laid_out(&arrangement, &unplaced(1), &links).len(), 1);
        }
    }
}

#[test]
fn a_star_of_a_hundred_thousand_is_laid_out_in_every_way_and_nothing_touches() {
    for arrangement in each(STAR as usize, &[1.0, 2.0, 3.0]) {
        let at = laid_out(&arrangement, &unplaced(STAR as usize), &star());
        assert_eq!(crowded(&at), 0, "{:?}", arrangement.kind());
    }
}

#[test]
fn everybody_with_everybody_of_two_thousand_is_laid_out_in_every_way_and_nothing_touches() {
    for arrangement in each(CLIQUE as usize, &[1.0, 2.0, 3.0]) {
        let at = laid_out(&arrangement, &unplaced(CLIQUE as usize), &clique());
        assert_eq!(crowded(&at), 0, "{:?}", arrangement.kind());
    }
}

#[test]
fn a_path_of_a_million_is_laid_out_in_every_way_and_nothing_touches() {
    // Spread over the map: who wants the same spot as thousands of others is what the star is for.
    let mut chance = Chance::seeded(1);
    let numbers: Vec<f64> = (0..PATH).map(|_| f64::from(chance.centred()).abs() * 160.0).collect();
    for arrangement in each(PATH as usize, &numbers) {
        let at = laid_out(&arrangement, &unplaced(PATH as usize), &path());
        assert_eq!(crowded(&at), 0, "{:?}", arrangement.kind());
    }
}

/// Numbers as they come out of files that nobody checked.
fn any_number() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -1e4f32..1e4,
        1 => any::<f32>(),
        1 => prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(f32::MAX), Just(-3e7f32)],
    ]
}

/// A small graph with loops and links given twice, places of any kind, and who is fixed.
fn anything() -> impl Strategy<Value = (Places, Pairs)> {
    (0usize..90).prop_flat_map(|len| {
        let most = len.max(1) as u32;
        let links = prop::collection::vec([0..most, 0..most], 0..len * 3 + 1);
        let at = prop::collection::vec([any_number(), any_number()], len);
        let fixed = prop::collection::vec(prop::bool::weighted(0.3), len);
        (at, fixed, links).prop_map(|(at, fixed, links)| (Places { at, fixed }, links))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_the_places_are_every_layout_ends_with_numbers_and_who_is_fixed_somewhere_stays(
        (start, links) in anything(),
        numbers in prop::collection::vec(prop_oneof![any::<f64>(), Just(f64::NAN), -200.0f64..200.0], 1..20),
    ) {
        for arrangement in each(start.at.len(), &numbers) {
            let at = laid_out(&arrangement, &start, &links);
            for v in (0..at.len()).filter(|&v| start.fixed[v]) {
                let is_somewhere = start.at[v].iter().all(|along| along.abs() <= FARTHEST);
                prop_assert!(!is_somewhere || at[v] == start.at[v], "{:?} moved {v}", arrangement.kind());
            }
        }
    }

    #[test]
    fn a_layout_that_is_given_up_at_any_step_leaves_numbers_behind(
        (start, links) in anything(), steps in 0usize..60, budget in 0usize..200,
    ) {
        for arrangement in each(start.at.len(), &[1.0, f64::NAN]) {
            let mut places = start.clone();
            let mut layout = arrangement.begin(&places, &links, 3).expect("good input");
            let is_done = (0..steps).any(|_| layout.step(&mut places, budget));
            drop(layout);
            let has_begun = steps > 0;
            prop_assert!(!has_begun || places.at.iter().flatten().all(|along| along.is_finite()), "{is_done}");
            // What is half done can be gone on with: everybody counts as placed.
            places.fixed.fill(true);
            places.at.push([0.0, 0.0]);
            places.fixed.push(false);
            let at = laid_out(&Arrangement::ForceDirected, &places, &links);
            let is_near = |v: &usize| places.at[*v].iter().all(|along| along.abs() <= FARTHEST);
            for v in (0..start.at.len()).filter(|v| has_begun && is_near(v)) {
                prop_assert_eq!(at[v], places.at[v]);
            }
        }
    }

    #[test]
    fn in_any_crowd_no_two_touch_when_the_layout_is_done(
        seed in any::<u64>(), len in 2usize..400, spots in 1usize..40, width in 1e-3f64..3.0,
    ) {
        // Places on earth, many on one spot: they come from data, and are moved apart as little as will do.
        let mut chance = Chance::seeded(seed);
        let spots: Vec<[f64; 2]> =
            (0..spots).map(|_| [chance.centred(), chance.centred()].map(|at| f64::from(at) * width)).collect();
        let coordinates = (0..len).map(|_| Some(spots[chance.below(spots.len())])).collect();
        let at = laid_out(&Arrangement::Geographic { coordinates }, &unplaced(len), &[]);
        prop_assert_eq!(crowded(&at), 0);
        // And a graph of groups, whose forces bring their members together.
        let links: Pairs = (0..len * 2)
            .map(|link| [link / 2, (link / 2 / 30 * 30 + chance.below(30)).min(len - 1)].map(|v| v as u32))
            .collect();
        prop_assert_eq!(crowded(&laid_out(&Arrangement::ForceDirected, &unplaced(len), &links)), 0);
    }
}

#[test]
fn a_hundred_thousand_on_one_spot_are_moved_apart() {
    let len = STAR as usize;
    let coordinates = vec![Some([10.75, 59.91]); len];
    let at = laid_out(&Arrangement::Geographic { coordinates }, &unplaced(len), &[]);
    assert_eq!(crowded(&at), 0);
    let reach = at.iter().flatten().fold(0.0f32, |most, along| most.max(along.abs()));
    assert!(reach < CLEARANCE * 400.0, "{reach}");
}

#[test]
fn what_is_too_much_or_names_nobody_is_refused_before_anything_is_done() {
    for kind in each(3, &[1.0]) {
        let begin = |places: &Places, links: &[[u32; 2]]| kind.begin(places, links, 1).map(|_| ()).err();
        let takes_links = !matches!(kind.kind(), Kind::Rows | Kind::Timeline);
        let unknown = begin(&unplaced(3), &[[0, 1], [2, 3]]);
        assert_eq!(unknown, takes_links.then_some(BadInput::UnknownNode(3)), "{:?}", kind.kind());
        let many = LIMIT_NODES + 1;
        assert_eq!(begin(&unplaced(many), &[]), Some(BadInput::TooMany(many)));
        let uneven = Places { at: vec![[0.0, 0.0]; 3], fixed: vec![false; 2] };
        assert_eq!(begin(&uneven, &[]), Some(BadInput::UnequalLengths { nodes: 3, fixed: 2 }));
        assert_eq!(begin(&unplaced(3), &[[0, 1]]), None);
    }
    let links = vec![[0, 1]; LIMIT_LINKS + 1];
    let refused = Arrangement::ForceDirected.begin(&unplaced(2), &links, 1).map(|_| ()).err();
    assert_eq!(refused, Some(BadInput::TooMany(LIMIT_LINKS + 1)));
    let around_nobody = Arrangement::Radial { centre: Some(9) }.begin(&unplaced(3), &[], 1).map(|_| ()).err();
    assert_eq!(around_nobody, Some(BadInput::UnknownNode(9)));
}
