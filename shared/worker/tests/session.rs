//! What the page does with the engine, done natively.

use worker::exports::{layout_reserve, layout_start, layout_step};
use worker::{Refused, Session};

fn started(nodes: usize, links: &[[u32; 2]], flags: &[u8], places: &[[f32; 2]]) -> Result<Session, Refused> {
    let mut session = Session::default();
    session.reserve(nodes, links.len())?;
    session.links_mut().copy_from_slice(links);
    session.flags_mut().copy_from_slice(flags);
    session.places_mut().copy_from_slice(places);
    session.start()?;
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
    assert_eq!((layout_reserve(2, 1), layout_start()), (0, 0));
    assert!((0..10_000).any(|_| layout_step(1000) == 1));
}
