//! What the layouts other than the usual one promise.
#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "a wrong index fails the test, as it should")]

use graph::layout::{BadInput, CLEARANCE, Layered, Layout, Places, circular, geographic, radial, rows, run, timeline};
use graph::{Chance, Place};
use proptest::prelude::*;

type Pairs = Vec<[u32; 2]>;

fn unplaced(len: usize) -> Places {
    Places { at: vec![[0.0, 0.0]; len], fixed: vec![false; len] }
}

fn done(mut layout: impl Layout, len: usize) -> Vec<Place> {
    let mut places = unplaced(len);
    run(&mut layout, &mut places);
    places.at
}

fn way(a: Place, b: Place) -> f32 {
    ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt()
}

fn nothing_touches(at: &[Place]) -> bool {
    let mut order: Vec<usize> = (0..at.len()).collect();
    order.sort_by(|&a, &b| at[a][0].total_cmp(&at[b][0]));
    order.iter().enumerate().all(|(first, &a)| {
        let near = order.iter().skip(first + 1).take_while(|&&b| at[b][0] - at[a][0] < CLEARANCE);
        near.clone().all(|&b| way(at[a], at[b]) > CLEARANCE * 0.99)
    })
}

/// A tree in which everybody pays three others.
fn tree(len: u32) -> Pairs {
    (1..len).map(|v| [(v - 1) / 3, v]).collect()
}

fn random(len: u32, links: u32, seed: u64) -> Pairs {
    let mut chance = Chance::seeded(seed);
    (0..links).map(|_| [chance.below(len as usize) as u32, chance.below(len as usize) as u32]).collect()
}

fn crossings(links: &[[u32; 2]], at: &[Place]) -> usize {
    let side = |a: Place, b: Place, c: Place| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let meet = |[a, b]: [u32; 2], [c, d]: [u32; 2]| {
        let [a, b, c, d] = [a, b, c, d].map(|v| at[v as usize]);
        side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
    };
    links.iter().enumerate().map(|(at, &one)| links[at + 1..].iter().filter(|&&other| meet(one, other)).count()).sum()
}

#[test]
fn layers_put_who_pays_above_who_is_paid_and_a_tree_without_crossings() {
    let links = tree(80);
    let at = done(Layered::new(&unplaced(80), &links).expect("good input"), 80);
    assert!(links.iter().all(|&[from, to]| at[from as usize][1] < at[to as usize][1]));
    assert_eq!(crossings(&links, &at), 0);
    assert!(nothing_touches(&at));
}

#[test]
fn layers_turn_few_links_of_a_graph_with_rings_and_put_nobody_on_a_long_link() {
    let links = random(60, 100, 5);
    let at = done(Layered::new(&unplaced(60), &links).expect("good input"), 60);
    let loops = links.iter().filter(|[a, b]| a == b).count();
    let back = links.iter().filter(|[from, to]| at[*from as usize][1] > at[*to as usize][1]).count();
    assert!(back < (links.len() - loops) / 4, "{back}");
    assert!(links.iter().all(|&[a, b]| a == b || (at[a as usize][1] - at[b as usize][1]).abs() > CLEARANCE));
    assert!(nothing_touches(&at));
}

#[test]
fn sweeps_take_most_crossings_away() {
    let mut links = Vec::new();
    let mut chance = Chance::seeded(3);
    // Two layers of 20 in which each is linked with two near it, with shuffled numbers.
    let mut names: Vec<u32> = (0..40).collect();
    chance.shuffle(&mut names);
    for v in 0..20u32 {
        links.push([names[v as usize], names[20 + v as usize]]);
        links.push([names[v as usize], names[20 + ((v + 1) % 20) as usize]]);
    }
    let at = done(Layered::new(&unplaced(40), &links).expect("good input"), 40);
    // One ring of forty in two layers cannot do with less than nineteen; at random there would be four hundred.
    assert!(crossings(&links, &at) < 60, "{}", crossings(&links, &at));
}

#[test]
fn rings_are_as_far_out_as_nodes_are_steps_away() {
    let links = tree(121);
    let at = done(radial(&unplaced(121), &links, Some(0)).expect("good input"), 121);
    let radius = |v: u32| way(at[v as usize], at[0]);
    for &[from, to] in &links {
        assert!(radius(to) > radius(from) + CLEARANCE, "{from} {to}");
    }
    assert!((1..4).all(|v| (radius(v) - radius(1)).abs() < 1.0));
    assert!(nothing_touches(&at));
    assert_eq!(crossings(&links, &at), 0);
}

#[test]
fn on_a_circle_linked_nodes_stand_beside_each_other_and_each_group_has_its_own() {
    let len = 30;
    let mut names: Vec<u32> = (0..len).collect();
    Chance::seeded(8).shuffle(&mut names);
    let ring: Pairs = (0..len).map(|v| [names[v as usize], names[((v + 1) % len) as usize]]).collect();
    let at = done(circular(&unplaced(30), &ring, &[]).expect("good input"), 30);
    let radius = way(at[0], [0.0, 0.0]);
    assert!(at.iter().all(|&place| (way(place, [0.0, 0.0]) - radius).abs() < 1.0));
    assert!(crossings(&ring, &at) <= 2, "{}", crossings(&ring, &at));
    assert!(nothing_touches(&at));
    let groups: Vec<u32> = (0..30).map(|v| v % 3).collect();
    let at = done(circular(&unplaced(30), &ring, &groups).expect("good input"), 30);
    let middle = |group: u32| {
        let members: Vec<Place> = (0..30).filter(|v| v % 3 == group).map(|v| at[v as usize]).collect();
        let sum = members.iter().fold([0.0, 0.0], |sum, place| [sum[0] + place[0], sum[1] + place[1]]);
        [sum[0] / 10.0, sum[1] / 10.0]
    };
    assert!(way(middle(0), middle(1)) > CLEARANCE * 3.0 && nothing_touches(&at));
}

#[test]
fn rows_are_read_by_rank() {
    let rank: Vec<f64> = (0..25).map(|v| f64::from((v * 7) % 25)).chain([f64::NAN, f64::NAN]).collect();
    let at = done(rows(&unplaced(27), &rank).expect("good input"), 27);
    let mut read: Vec<usize> = (0..27).collect();
    read.sort_by(|&a, &b| at[a][1].total_cmp(&at[b][1]).then(at[a][0].total_cmp(&at[b][0])));
    assert!(read.windows(2).all(|pair| rank[pair[0]] < rank[pair[1]] || rank[pair[1]].is_nan()));
    assert!(nothing_touches(&at));
}

#[test]
fn a_time_line_is_to_scale_and_lanes_do_not_mix() {
    let when: Vec<f64> = (0..60).map(|v| if v < 55 { f64::from(v * v) } else { f64::NAN }).collect();
    let groups: Vec<u32> = (0..60).map(|v| v % 2).collect();
    let at = done(timeline(&unplaced(60), &when, &groups).expect("good input"), 60);
    let x = |v: usize| at[v][0];
    let scale = (x(54) - x(0)) / when[54] as f32;
    assert!((0..55).all(|v| (x(v) - x(0) - when[v] as f32 * scale).abs() < 0.5));
    assert!((55..60).all(|v| x(v) < x(0)), "without a time to the left");
    let lowest = |group: u32| (0..60).filter(|&v| groups[v] == group).map(|v| at[v][1]).fold(f32::MIN, f32::max);
    let highest = |group: u32| (0..60).filter(|&v| groups[v] == group).map(|v| at[v][1]).fold(f32::MAX, f32::min);
    assert!(lowest(0) < highest(1) || lowest(1) < highest(0));
    assert!(nothing_touches(&at));
}

#[test]
fn on_the_map_north_is_above_and_who_has_no_place_stands_among_its_neighbours() {
    let [oslo, rome, lisbon] = [[10.75, 59.91], [12.49, 41.89], [-9.14, 38.72]];
    let coordinates = [Some(oslo), Some(rome), Some(lisbon), None, None, Some([999.0, 0.0])];
    let links = [[3, 0], [3, 1]];
    let at = done(geographic(&unplaced(6), &links, &coordinates).expect("good input"), 6);
    assert!(at[0][1] < at[1][1] && at[1][1] < at[2][1], "north to south");
    assert!(at[2][0] < at[0][0] && at[0][0] < at[1][0], "west to east");
    assert!(at[3][1] > at[0][1] && at[3][1] < at[1][1], "between");
    assert!(at[4][1] > at[2][1] && at[5][1] > at[2][1], "below the map");
    let crowd = vec![Some(oslo); 40];
    let at = done(geographic(&unplaced(40), &[], &crowd).expect("good input"), 40);
    assert!(nothing_touches(&at));
}

/// Every layout once.
fn each(places: &Places, links: &[[u32; 2]], numbers: &[f64], check: impl Fn(Places)) {
    let layouts: Vec<Result<Box<dyn Layout>, BadInput>> = vec![
        circular(places, links, &[1, 2]).map(|layout| Box::new(layout) as Box<dyn Layout>),
        radial(places, links, Some(7).filter(|_| places.at.len() > 7))
            .map(|layout| Box::new(layout) as Box<dyn Layout>),
        rows(places, numbers).map(|layout| Box::new(layout) as Box<dyn Layout>),
        timeline(places, numbers, &[]).map(|layout| Box::new(layout) as Box<dyn Layout>),
        geographic(places, links, &numbers.iter().map(|&at| Some([at, at])).collect::<Vec<_>>())
            .map(|layout| Box::new(layout) as Box<dyn Layout>),
        Layered::new(places, links).map(|layout| Box::new(layout) as Box<dyn Layout>),
    ];
    for layout in layouts {
        let (mut layout, mut moved) = (layout.expect("good input"), places.clone());
        while !layout.step(&mut moved, 1_000) {}
        check(moved);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_input_every_place_is_finite_and_what_is_fixed_stays(
        len in 0usize..40,
        ends in prop::collection::vec((0usize..40, 0usize..40), 0..80),
        numbers in prop::collection::vec(prop_oneof![any::<f64>(), -10.0f64..10.0], 0..40),
        fixed in prop::collection::vec(prop::bool::weighted(0.2), 40),
    ) {
        let links: Pairs = ends.iter().filter(|(a, b)| *a < len && *b < len).map(|&(a, b)| [a as u32, b as u32]).collect();
        let at: Vec<Place> = (0..len).map(|v| [v as f32 * 150.0, -7.0]).collect();
        let places = Places { at, fixed: fixed.into_iter().take(len).collect() };
        each(&places, &links, &numbers, |moved| {
            for v in 0..len {
                assert!(moved.at[v].iter().all(|at| at.is_finite()));
                assert!(!places.fixed[v] || moved.at[v] == places.at[v]);
            }
        });
    }
}

#[test]
fn a_star_a_long_path_and_everybody_with_everybody_are_no_trouble() {
    for (len, links) in [
        (5_000, (1..5_000).map(|leaf| [0, leaf]).collect::<Pairs>()),
        (5_000, (1..5_000).map(|v| [v - 1, v]).collect()),
        (80, (0..80).flat_map(|a| (0..80).map(move |b| [a, b])).collect()),
    ] {
        each(&unplaced(len), &links, &[], |moved| assert!(moved.at.iter().flatten().all(|at| at.is_finite())));
    }
}

#[test]
fn a_link_to_nobody_is_a_mistake_of_the_caller() {
    let places = unplaced(3);
    assert_eq!(Layered::new(&places, &[[0, 3]]).err(), Some(BadInput::UnknownNode(3)));
    assert_eq!(radial(&places, &[[9, 0]], None).err(), Some(BadInput::UnknownNode(9)));
    assert_eq!(circular(&places, &[[0, 4]], &[]).err(), Some(BadInput::UnknownNode(4)));
}
