//! What the page does with the engine, done natively.
#![expect(clippy::unwrap_used, reason = "a test may end")]

use graph::layout::Kind;
use graph::measures::{FROM, Measure, Options, TO};
use worker::exports::{layout_reserve, layout_start, layout_step};
use worker::{Painting, Refused, Session};

const NO_NODE: u32 = u32::MAX;
const PLAIN: Options = Options { has_directions: true, by_weight: false, a: 1.0, b: 1.0, c: -1.0 };

/// A triangle with a tail, and a pair.
fn filled() -> Session {
    let links = [[0, 1], [1, 2], [2, 0], [2, 3], [4, 5]];
    let mut session = Session::default();
    session.reserve(6, links.len()).unwrap();
    session.links_mut().copy_from_slice(&links);
    session
}

fn measured(measure: Measure, options: Options) -> (Vec<f64>, Vec<u32>, [f64; 2]) {
    let mut session = filled();
    session.measure(measure as u32, &options, &mut |_, _| true).unwrap();
    let found = session.results().clone();
    (found.columns, found.list, found.told)
}

fn started(nodes: usize, links: &[[u32; 2]], flags: &[u8], places: &[[f32; 2]]) -> Result<Session, Refused> {
    let mut session = Session::default();
    session.reserve(nodes, links.len())?;
    session.links_mut().copy_from_slice(links);
    session.flags_mut().copy_from_slice(flags);
    session.places_mut().copy_from_slice(places);
    session.start(Kind::ForceDirected as u32, NO_NODE)?;
    Ok(session)
}

#[test]
fn a_layout_goes_from_start_to_done_and_leaves_fixed_nodes() {
    let mut session = started(3, &[[0, 1], [1, 2]], &[1, 0, 0], &[[7.0, 8.0], [0.0, 0.0], [0.0, 0.0]]).unwrap();
    while !session.step(1000).unwrap() {}
    let places = session.places_mut();
    assert_eq!(places[0], [7.0, 8.0]);
    assert_ne!(places[1], places[2]);
    assert_eq!(session.step(1000), Ok(true), "asked again, it is still done");
}

#[test]
fn bad_input_is_refused_with_a_code() {
    assert_eq!(started(1, &[[0, 1]], &[0], &[[0.0, 0.0]]).err(), Some(Refused::UnknownNode));
    assert_eq!(Session::default().reserve(usize::MAX, 0), Err(Refused::TooMany));
    assert_eq!(Session::default().step(1), Err(Refused::NotStarted));
}

#[test]
fn the_exported_names_answer_with_codes() {
    assert_eq!(layout_step(1), Refused::NotStarted as i32);
    assert_eq!(layout_reserve(u32::MAX, 1), Refused::TooMany as i32);
    assert_eq!((layout_reserve(2, 1), layout_start(0, NO_NODE)), (0, 0));
    assert!((0..10_000).any(|_| layout_step(1000) == 1));
}

#[test]
fn every_layout_is_begun_by_its_number_and_places_all_nodes_apart() {
    for kind in Kind::ALL {
        let mut session = filled();
        session.groups_mut().copy_from_slice(&[0, 0, 0, 1, 1, 1]);
        session.numbers_mut().copy_from_slice(&[
            [1.0, 60.0],
            [2.0, 61.0],
            [3.0, 62.0],
            [4.0, 63.0],
            [5.0, 64.0],
            [6.0, 65.0],
        ]);
        session.start(kind as u32, NO_NODE).unwrap();
        assert!((0..10_000).any(|_| session.step(1_000).unwrap()), "{kind:?} ends");
        let places = session.places_mut().to_vec();
        assert!(places.iter().flatten().all(|at| at.is_finite()), "{kind:?}: {places:?}");
        assert!((1..6).all(|node| places[node] != places[0]), "{kind:?}: {places:?}");
    }
}

#[test]
fn a_layout_that_there_is_not_or_around_nobody_is_refused() {
    assert_eq!(filled().start(7, NO_NODE), Err(Refused::UnknownKind));
    assert_eq!(filled().start(Kind::Radial as u32, 6), Err(Refused::UnknownNode));
    assert_eq!(filled().start(Kind::Radial as u32, 3), Ok(()));
}

#[test]
fn measures_give_columns_lists_and_what_is_told_beside() {
    let plain = |measure| measured(measure, PLAIN);
    assert_eq!(plain(Measure::Components), (vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0], vec![], [2.0, 0.0]));
    assert_eq!(plain(Measure::StrongComponents).2, [4.0, 0.0]);
    assert_eq!(plain(Measure::Degrees).0.len(), 36);
    assert_eq!(plain(Measure::KCore).0, [2.0, 2.0, 2.0, 1.0, 1.0, 1.0]);
    assert_eq!(plain(Measure::Clustering).0[..6], [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(plain(Measure::Cuts), (vec![], vec![3, 4, 2], [2.0, 1.0]));
    assert_eq!(plain(Measure::Spanning).2, [4.0, 0.0]);
    let all = Options { a: 6.0, has_directions: false, ..PLAIN };
    assert_eq!(measured(Measure::Betweenness, all), (vec![0.0, 0.0, 2.0, 0.0, 0.0, 0.0], vec![], [6.0, 1.0]));
    assert_eq!(measured(Measure::Closeness, all).0.len(), 12);
    let fine = measured(Measure::Communities, all).2[0];
    let coarse = measured(Measure::Communities, Options { a: 1.0, ..all }).2[0];
    assert_eq!((coarse, fine), (2.0, 5.0), "a higher resolution finds more");
    let ranks = measured(Measure::PageRank, Options { a: 0.85, ..PLAIN });
    assert!((ranks.0.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert_eq!(ranks.2, [1.0, 0.0]);
}

#[test]
fn weights_count_where_they_are_asked_for() {
    let mut session = filled();
    session.weights_mut().copy_from_slice(&[5.0, 1.0, 1.0, 1.0, 1.0]);
    for (by_weight, weighs) in [(false, 4.0), (true, 4.0)] {
        session.measure(Measure::Spanning as u32, &Options { by_weight, ..PLAIN }, &mut |_, _| true).unwrap();
        assert_eq!(session.results().told[0], weighs);
        assert_eq!(session.results().list.contains(&0), !by_weight, "the heavy link is left out");
    }
}

/// What a search finds: its list, its times, and what is told.
fn searched(session: &mut Session, measure: Measure, [a, b, c]: [f64; 3]) -> (Vec<u32>, Vec<f64>, [f64; 2]) {
    session.measure(measure as u32, &Options { a, b, c, ..PLAIN }, &mut |_, _| true).unwrap();
    let found = session.results().clone();
    (found.list, found.columns, found.told)
}

#[test]
fn ways_are_told_by_their_lengths_and_nodes_and_the_first_links_lead_both_ways() {
    let mut session = filled();
    let no_end = Options { a: 9.0, b: 0.0, ..PLAIN };
    assert_eq!(session.measure(Measure::ShortestWays as u32, &no_end, &mut |_, _| true), Err(Refused::UnknownNode));
    session.flags_mut().copy_from_slice(&[FROM, 0, 0, TO, 0, 0]);
    let found = searched(&mut session, Measure::ShortestWays, [50.0, 0.0, -1.0]);
    assert_eq!(found, (vec![4, 0, 1, 2, 3], vec![], [1.0, 1.0]));
    let (list, ..) = searched(&mut session, Measure::NextBestWays, [10.0, 5.0, -1.0]);
    assert_eq!(list, [3, 0, 2, 3, 4, 0, 1, 2, 3], "the other way round the triangle is shorter");
}

#[test]
fn ways_and_rings_in_the_order_of_time_tell_their_times() {
    let mut session = filled();
    session.flags_mut().copy_from_slice(&[FROM, 0, 0, TO, 0, 0]);
    session.times_mut().copy_from_slice(&[1.0, 5.0, 7.0, 6.0, f64::NAN]);
    let found = searched(&mut session, Measure::TimedWay, [1.0, 0.0, -1.0]);
    assert_eq!(found, (vec![4, 0, 1, 2, 3], vec![1.0, 5.0, 6.0], [1.0, 1.0]));
    let (list, ..) = searched(&mut session, Measure::TimedWay, [1.0, 0.0, 3.0]);
    assert_eq!(list, [0u32; 0], "four are too many between the first two");
    let found = searched(&mut session, Measure::Rings, [3.0, 0.0, 4.0]);
    assert_eq!(found, (vec![3, 0, 1, 2], vec![1.0, 5.0, 7.0], [1.0, 1.0]));
    session.flags_mut().copy_from_slice(&[0, 0, 0, FROM, 0, 0]);
    let found = searched(&mut session, Measure::Rings, [3.0, 0.0, -1.0]);
    assert_eq!(found, (vec![], vec![], [0.0, 1.0]), "none passes the tail");
    assert_eq!(session.measure(Measure::Rings as u32, &PLAIN, &mut |_, _| false), Err(Refused::Cancelled));
}

#[test]
fn a_measure_that_cannot_be_or_is_not_wanted_any_more_leaves_no_results() {
    let mut session = filled();
    assert_eq!(session.measure(15, &PLAIN, &mut |_, _| true), Err(Refused::UnknownKind));
    for a in [f64::NAN, -1.0, 2.0] {
        let options = Options { a, ..PLAIN };
        assert_eq!(session.measure(Measure::PageRank as u32, &options, &mut |_, _| true), Err(Refused::BadNumber));
    }
    session.measure(Measure::KCore as u32, &PLAIN, &mut |_, _| true).unwrap();
    assert_eq!(session.measure(Measure::Betweenness as u32, &PLAIN, &mut |_, _| false), Err(Refused::Cancelled));
    assert!(session.results().columns.is_empty());
    session.weights_mut().fill(f32::NAN);
    let options = Options { by_weight: true, ..PLAIN };
    assert_eq!(session.measure(Measure::Degrees as u32, &options, &mut |_, _| true), Err(Refused::BadNumber));
}

#[test]
fn a_mesh_becomes_pixels_over_a_colour_and_what_is_not_there_is_refused() {
    let mut painting = Painting::default();
    assert_eq!(painting.paint(0), Err(Refused::NotStarted));
    assert_eq!(painting.begin([9_000, 1], 0, 1.0, [0.0; 2]), Err(Refused::TooMany));
    assert_eq!(painting.begin([4, 2], 0, f32::NAN, [0.0; 2]), Err(Refused::BadNumber));
    painting.begin([4, 2], 0x00_30_20_10, 1.0, [10.0, 0.0]).unwrap();
    assert_eq!(painting.paint(1), Err(Refused::UnknownKind));
    painting.reserve_texture(2, 2).unwrap();
    painting.coverage_mut().fill(255);
    painting.take_texture(1).unwrap();
    assert_eq!(painting.take_texture(8), Err(Refused::UnknownKind));
    painting.reserve(3, 6).unwrap();
    // Two pixels to the left, as one triangle that reaches far down; and one that names a corner that is not there.
    let corner = |x: f32, y: f32| {
        let floats = [x, y, 0.5, 0.5].map(f32::to_le_bytes).concat();
        [floats, vec![200, 0, 0, 255]].concat()
    };
    painting.vertices_mut().copy_from_slice(&[corner(10.0, 0.0), corner(12.0, 0.0), corner(10.0, 99.0)].concat());
    painting.indices_mut().copy_from_slice(&[0, 1, 2, 0, 1, 7]);
    painting.paint(1).unwrap();
    let (red, ground) = ([200, 0, 0, 255], [16, 32, 48, 255]);
    assert_eq!(painting.pixels(), [red, red, ground, ground, red, red, ground, ground].concat());
}

#[test]
fn each_wrong_number_is_refused_with_its_code_and_the_session_goes_on() {
    let mut session = filled();
    let mut measured = |kind: u32, options: Options| session.measure(kind, &options, &mut |_, _| true);
    assert_eq!(measured(Measure::KCore as u32, PLAIN), Ok(()), "the graph is a good one");
    for kind in [15, 16, u32::MAX] {
        assert_eq!(measured(kind, PLAIN), Err(Refused::UnknownKind), "measure {kind}");
    }
    let wrong = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -1e300];
    for a in wrong {
        for measure in [Measure::PageRank, Measure::Betweenness, Measure::Closeness, Measure::Communities] {
            // A resolution may be as high as there are numbers, but none of these.
            assert_eq!(measured(measure as u32, Options { a, ..PLAIN }), Err(Refused::BadNumber), "{measure:?} of {a}");
        }
        let rounds = Options { a: 1.0, b: a, ..PLAIN };
        assert_eq!(measured(Measure::Communities as u32, rounds), Err(Refused::BadNumber), "{a} rounds");
    }
    for measure in [Measure::Betweenness, Measure::Closeness] {
        assert_eq!(measured(measure as u32, Options { a: f64::from(u32::MAX), ..PLAIN }), Ok(()), "{measure:?} of all");
    }
    assert_eq!(measured(Measure::KCore as u32, PLAIN), Ok(()), "afterwards all is well");
}

#[test]
fn a_weight_that_is_none_is_refused_by_who_weighs_and_no_matter_to_who_does_not() {
    for weight in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0] {
        let mut session = filled();
        session.weights_mut()[3] = weight;
        let mut measured =
            |by_weight| session.measure(Measure::Spanning as u32, &Options { by_weight, ..PLAIN }, &mut |_, _| true);
        assert_eq!(measured(false), Ok(()));
        assert_eq!(measured(true), Err(Refused::BadNumber), "{weight}");
    }
}

#[test]
fn places_times_and_coordinates_that_are_no_numbers_end_in_places_that_are() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE] {
        for kind in Kind::ALL {
            let mut session = filled();
            session.flags_mut().copy_from_slice(&[1, 1, 0, 0, 0, 255]);
            session.places_mut().fill([number as f32, -7.0]);
            session.numbers_mut().fill([number, 1.0]);
            session.groups_mut().copy_from_slice(&[u32::MAX, 0, 9, 9, 0, u32::MAX]);
            session.start(kind as u32, NO_NODE).unwrap();
            assert!((0..10_000).any(|_| session.step(0).unwrap()), "{kind:?} ends with {number}");
            let places = session.places_mut().to_vec();
            assert!(places.iter().flatten().all(|at| at.is_finite()), "{kind:?} with {number}: {places:?}");
        }
    }
}

#[test]
fn a_link_to_nobody_is_refused_by_every_layout_that_reads_links_and_by_every_measure() {
    for kind in Kind::ALL {
        let mut session = filled();
        session.links_mut()[2] = [1, u32::MAX];
        let reads_links = !matches!(kind, Kind::Rows | Kind::Timeline);
        assert_eq!(session.start(kind as u32, NO_NODE).err(), reads_links.then_some(Refused::UnknownNode), "{kind:?}");
    }
    let mut session = filled();
    session.links_mut()[2] = [1, u32::MAX];
    for measure in 0..11 {
        assert_eq!(session.measure(measure, &PLAIN, &mut |_, _| true), Err(Refused::UnknownNode), "measure {measure}");
    }
    session.links_mut()[2] = [1, 2];
    assert_eq!(session.start(Kind::Layered as u32, NO_NODE), Ok(()), "once it is put right, it is laid out");
}

#[test]
fn a_measure_can_be_given_up_at_any_question_and_leaves_no_results() {
    let options = Options { a: 1.0, b: 5.0, has_directions: false, by_weight: true, c: 0.0 };
    for measure in 0..11 {
        let mut session = filled();
        let mut questions = 0;
        session
            .measure(measure, &options, &mut |_, _| {
                questions += 1;
                true
            })
            .unwrap();
        for patience in 0..questions {
            let mut asked = 0;
            let mut watch = |_: usize, _: usize| {
                asked += 1;
                asked <= patience
            };
            assert_eq!(session.measure(measure, &options, &mut watch), Err(Refused::Cancelled), "measure {measure}");
            assert_eq!(session.results(), &graph::measures::Results::default());
        }
        assert_eq!(session.measure(measure, &options, &mut |_, _| true), Ok(()));
    }
}

#[test]
fn a_layout_goes_on_from_where_the_nodes_are_and_needs_good_links_for_that() {
    let mut session = filled();
    session.places_mut().copy_from_slice(&[
        [0.0, 0.0],
        [500.0, 0.0],
        [0.0, 500.0],
        [500.0, 500.0],
        [9.0, 9.0],
        [9.0, 8.0],
    ]);
    session.go_on().unwrap();
    assert_eq!(session.step(0), Ok(false), "one round is not all");
    assert!((0..10_000).any(|_| session.step(1_000).unwrap()));
    session.links_mut()[0] = [0, 6];
    assert_eq!(session.go_on(), Err(Refused::UnknownNode));
}
