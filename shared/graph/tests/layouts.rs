//! What a layout promises: nothing touches, links are short, what is placed stays, the same input gives the same picture.
#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "a wrong index fails the test, as it should")]

use graph::layout::{BadInput, CLEARANCE, ForceDirected, Places, SPACING, run};
use graph::{Chance, Place};

type Pairs = Vec<[u32; 2]>;

fn ring(len: u32) -> Pairs {
    (0..len).map(|v| [v, (v + 1) % len]).collect()
}

fn lattice(side: u32) -> Pairs {
    let across = (0..side * side).filter(|v| v % side + 1 < side).map(|v| [v, v + 1]);
    across.chain((0..side * (side - 1)).map(|v| [v, v + side])).collect()
}

fn star(leaves: u32) -> Pairs {
    (1..=leaves).map(|leaf| [0, leaf]).collect()
}

/// Groups of 20 with links inside and a few between.
fn communities(len: u32) -> Pairs {
    let mut chance = Chance::seeded(9);
    (0..len * 2)
        .map(|link| {
            let from = link / 2;
            let near = from / 20 * 20 + chance.below(20) as u32;
            [from, if chance.below(12) == 0 { chance.below(len as usize) as u32 } else { near.min(len - 1) }]
        })
        .collect()
}

fn unplaced(len: usize) -> Places {
    Places { at: vec![[0.0, 0.0]; len], fixed: vec![false; len] }
}

fn laid_out(len: usize, links: &[[u32; 2]]) -> Places {
    let mut places = unplaced(len);
    run(&mut ForceDirected::new(&places, links, 7).expect("good input"), &mut places);
    places
}

fn way(a: Place, b: Place) -> f32 {
    ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt()
}

/// The two nodes that are closest, with their distance.
fn closest(at: &[Place]) -> f32 {
    let pairs = at.iter().enumerate().flat_map(|(v, a)| at.iter().skip(v + 1).map(move |b| way(*a, *b)));
    pairs.fold(f32::MAX, f32::min)
}

fn mean_link(at: &[Place], links: &[[u32; 2]]) -> f32 {
    let sum: f32 = links.iter().map(|&[a, b]| way(at[a as usize], at[b as usize])).sum();
    sum / links.len() as f32
}

/// Normalised stress at the best scale: 0 is perfect, a random picture has more than 0.3.
fn stress(at: &[Place], links: &[[u32; 2]]) -> f32 {
    let len = at.len();
    let mut near = vec![Vec::new(); len];
    for &[a, b] in links {
        near[a as usize].push(b as usize);
        near[b as usize].push(a as usize);
    }
    let (mut ratios, mut squares, mut count) = (0.0, 0.0, 0.0);
    for source in 0..len {
        let mut steps = vec![0u32; len];
        let mut queue = std::collections::VecDeque::from([source]);
        while let Some(v) = queue.pop_front() {
            for &w in near[v].iter().filter(|&&w| w != source) {
                if steps[w] == 0 {
                    steps[w] = steps[v] + 1;
                    queue.push_back(w);
                }
            }
        }
        for target in (0..len).filter(|&target| steps[target] > 0) {
            let ratio = way(at[source], at[target]) / steps[target] as f32;
            ratios += ratio;
            squares += ratio * ratio;
            count += 1.0;
        }
    }
    1.0 - ratios * ratios / squares / count
}

#[test]
fn nothing_touches_and_links_are_short_whatever_the_shape() {
    let table: Vec<(&str, usize, Pairs, f32)> = vec![
        ("one node", 1, vec![], 0.0),
        ("a pair", 2, vec![[0, 1]], 1.3),
        ("a triangle", 3, ring(3), 1.5),
        ("a chain", 12, (0..11).map(|v| [v, v + 1]).collect(), 2.5),
        ("a ring", 40, ring(40), 3.0),
        ("a lattice", 100, lattice(10), 2.5),
        ("a star", 37, star(36), 8.0),
        ("a loop and twice the same link", 2, vec![[0, 0], [0, 1], [1, 0]], 1.5),
        ("communities", 400, communities(400), 6.0),
        ("everyone with everyone", 12, (0..12).flat_map(|a| (0..a).map(move |b| [a, b])).collect(), 4.0),
    ];
    for (name, len, links, longest) in table {
        let at = laid_out(len, &links).at;
        assert!(at.iter().flatten().all(|along| along.is_finite()), "{name}: a place is no number");
        assert!(closest(&at) >= CLEARANCE, "{name}: two nodes are {} apart", closest(&at));
        let links: Pairs = links.into_iter().filter(|[a, b]| a != b).collect();
        let mean = if links.is_empty() { 0.0 } else { mean_link(&at, &links) / SPACING };
        assert!(mean <= longest, "{name}: a link is {mean:.2} spacings long on average");
    }
}

#[test]
fn rings_and_lattices_are_recognised() {
    for (name, len, links, most) in [
        ("ring of 12", 12, ring(12), 0.06),
        ("ring of 150", 150, ring(150), 0.06),
        ("lattice 5x5", 25, lattice(5), 0.05),
        ("lattice 14x14", 196, lattice(14), 0.05),
    ] {
        let stress = stress(&laid_out(len, &links).at, &links);
        assert!(stress < most, "{name}: stress {stress:.4}");
    }
}

#[test]
fn the_same_input_gives_the_same_picture() {
    let links = communities(300);
    assert_eq!(laid_out(300, &links), laid_out(300, &links));
}

#[test]
fn separate_parts_lie_side_by_side() {
    let mut links: Pairs = ring(10);
    links.extend(star(8).iter().map(|[a, b]| [a + 10, b + 10]));
    let at = laid_out(30, &links).at;
    assert!(closest(&at) >= CLEARANCE);
    let bounds = |part: &[Place]| {
        part.iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |[a, b, c, d], [x, y]| {
            [a.min(*x), b.min(*y), c.max(*x), d.max(*y)]
        })
    };
    let (a, b) = (bounds(&at[..10]), bounds(&at[10..19]));
    assert!(a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1], "{a:?} covers {b:?}");
}

#[test]
fn what_is_placed_stays_and_what_is_new_comes_near() {
    let links = communities(200);
    let mut places = laid_out(200, &links);
    let before = places.at.clone();
    places.fixed.fill(true);
    // Thirty new objects on node 3, five between 3 and 4, and a pair that hangs on nothing.
    let mut grown = links;
    grown.extend((200..230).map(|new| [3, new]));
    grown.extend((230..235).flat_map(|new| [[3, new], [4, new]]));
    grown.push([235, 236]);
    places.at.resize(237, [f32::NAN, 0.0]);
    places.fixed.resize(237, false);
    run(&mut ForceDirected::new(&places, &grown, 1).unwrap(), &mut places);
    assert_eq!(places.at[..200], before[..]);
    assert!(closest(&places.at) >= CLEARANCE);
    let size = before.iter().map(|place| way(*place, before[3])).fold(0.0, f32::max);
    for new in 200..230 {
        let away = way(places.at[new], places.at[3]);
        assert!(away < size && away < SPACING * 20.0, "node {new} is {away} away from its only neighbour");
    }
    assert!(way(places.at[235], places.at[236]) < SPACING * 1.3);
}

#[test]
fn the_first_expansion_makes_a_neat_circle() {
    let mut places = unplaced(13);
    places.fixed[0] = true;
    places.at[0] = [400.0, -300.0];
    run(&mut ForceDirected::new(&places, &star(12), 1).unwrap(), &mut places);
    assert_eq!(places.at[0], [400.0, -300.0]);
    assert!(closest(&places.at) >= CLEARANCE);
    assert!((1..13).all(|leaf| way(places.at[leaf], places.at[0]) < SPACING * 5.0));
}

#[test]
fn a_large_graph_is_laid_out_around_the_few_nodes_that_are_held() {
    let links = ring(2100);
    let mut places = unplaced(2100);
    (places.fixed[5], places.at[5]) = (true, [7000.0, 70.0]);
    run(&mut ForceDirected::new(&places, &links, 1).unwrap(), &mut places);
    assert_eq!(places.at[5], [7000.0, 70.0]);
    assert!(closest(&places.at) >= CLEARANCE);
    assert!(way(places.at[4], places.at[5]) < SPACING * 8.0);
}

#[test]
fn fixed_nodes_stay_even_where_they_touch() {
    let mut places = unplaced(3);
    places.fixed = vec![true, true, false];
    run(&mut ForceDirected::new(&places, &[[0, 2], [1, 2]], 1).unwrap(), &mut places);
    assert_eq!(places.at[..2], [[0.0, 0.0], [0.0, 0.0]]);
    assert!(way(places.at[2], [0.0, 0.0]) >= CLEARANCE);
}

#[test]
fn bad_input_is_refused() {
    let start = |places: &Places, links: &[[u32; 2]]| ForceDirected::new(places, links, 1).map(|_| ());
    assert_eq!(start(&unplaced(2), &[[0, 2]]), Err(BadInput::UnknownNode(2)));
    let uneven = Places { at: vec![[0.0, 0.0]], fixed: vec![] };
    assert_eq!(start(&uneven, &[]), Err(BadInput::UnequalLengths { nodes: 1, fixed: 0 }));
    assert_eq!(start(&unplaced(0), &[]), Ok(()));
    run(&mut ForceDirected::new(&unplaced(0), &[], 1).unwrap(), &mut unplaced(0));
}
