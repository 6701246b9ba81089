//! Texts, arrows and frames on the graph.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use graph::{Note, NoteKind};
use ui::work::Command;

use super::measures::accounts;
use super::work_case::Case;

fn notes(case: &Case) -> Vec<Note> {
    case.app().model().work.board.graph.notes().map(|(_, note)| note.clone()).collect()
}

fn write(case: &mut Case, text: &str) {
    case.harness.get_by_role(Role::MultilineTextInput).focus();
    case.harness.run_ok();
    case.harness.get_by_role(Role::MultilineTextInput).type_text(text);
    case.harness.run_ok();
    case.click("Done");
}

fn palette(case: &mut Case, act: &str) {
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text(act);
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
}

#[test]
fn a_text_is_written_by_key_moved_by_arrows_and_taken_away_with_every_step_taken_back() {
    let mut case = accounts();
    case.press(Modifiers::NONE, Key::T);
    assert_eq!(notes(&case), [], "without words it is not on the graph");
    write(&mut case, "Who opened this?");
    let written = notes(&case);
    assert_eq!(written.len(), 1);
    assert_eq!((written[0].kind, written[0].text.as_str()), (NoteKind::Text, "Who opened this?"));
    assert_eq!(case.app().model().work.board.history.undo_title(), Some("Write a note"));
    case.harness.get_by_role_and_label(Role::Button, "Note: Who opened this?").focus();
    case.harness.run_ok();
    case.press(Modifiers::NONE, Key::ArrowRight);
    assert!(notes(&case)[0].from[0] > written[0].from[0], "{:?}", notes(&case));
    assert_eq!(case.app().model().work.board.history.undo_title(), Some("Move a note"));
    case.shot("note");
    case.press(Modifiers::NONE, Key::Delete);
    assert_eq!(notes(&case), []);
    case.run(Command::Undo);
    case.run(Command::Undo);
    assert_eq!(notes(&case), written);
}

#[test]
fn a_text_without_words_leaves_nothing_behind() {
    let mut case = accounts();
    let steps = case.app().model().work.board.history.position();
    case.press(Modifiers::NONE, Key::T);
    case.click("Done");
    assert_eq!(notes(&case), []);
    assert_eq!(case.app().model().work.board.history.position(), steps);
    assert!(!case.has("Done"));
}

#[test]
fn a_frame_goes_around_what_is_selected_and_an_arrow_from_one_to_the_other() {
    let mut case = accounts();
    let two: Vec<_> = case.app().model().work.board.graph.shown().map(|(id, _)| id).take(2).collect();
    let places: Vec<_> = two.iter().map(|id| case.app().model().work.board.graph.place(*id)).collect();
    case.run(Command::Select(two));
    palette(&mut case, "Draw a frame");
    write(&mut case, "One holder");
    palette(&mut case, "Draw an arrow");
    case.click("Done");
    let [frame, arrow] = &notes(&case)[..] else { panic!("two notes: {:?}", notes(&case)) };
    assert_eq!((frame.kind, frame.text.as_str()), (NoteKind::Frame, "One holder"));
    for place in &places {
        assert!((0..2).all(|at| frame.from[at] < place[at] && place[at] < frame.to[at]), "{frame:?} {place:?}");
    }
    let apart = |a: graph::Place, b: graph::Place| (a[0] - b[0]).hypot(a[1] - b[1]);
    let [all, start, end] = [apart(places[0], places[1]), apart(places[0], arrow.from), apart(arrow.to, places[1])];
    assert!(start > 20.0 && end > 20.0, "both can still be clicked: {start} {end}");
    assert!((start + apart(arrow.from, arrow.to) + end - all).abs() < 0.1, "on the line between both");
    case.run(Command::Select(Vec::new()));
    case.shot("frame-and-arrow");
}

#[test]
fn a_note_is_dragged_and_its_graph_stays_where_it_is() {
    let mut case = accounts();
    case.press(Modifiers::NONE, Key::T);
    write(&mut case, "Here");
    let before = notes(&case)[0].clone();
    let view = |case: &Case| {
        let graph = &case.app().model().work.board.graph;
        graph.shown().map(|(id, _)| graph.place(id)).collect::<Vec<_>>()
    };
    let places = view(&case);
    let at = case.harness.get_by_role_and_label(Role::Button, "Note: Here").rect().center();
    case.harness.drag_at(at);
    case.harness.run_ok();
    case.harness.hover_at(at + egui::vec2(60.0, 40.0));
    case.harness.run_ok();
    case.harness.drop_at(at + egui::vec2(60.0, 40.0));
    case.settle();
    let after = notes(&case)[0].clone();
    assert!(after.from[0] > before.from[0] && after.from[1] > before.from[1], "{before:?} {after:?}");
    assert_eq!(view(&case), places);
}

#[test]
fn a_text_begins_beside_the_objects_and_goes_along_when_all_is_laid_out_anew() {
    let mut case = accounts();
    case.press(Modifiers::NONE, Key::T);
    write(&mut case, "Here");
    let far = |case: &Case| {
        let graph = &case.app().model().work.board.graph;
        let [x, y] = notes(case)[0].from;
        let far = |id| (graph.place(id)[0] - x).hypot(graph.place(id)[1] - y);
        let nearest = graph.shown().map(|(id, _)| id).min_by(|a, b| far(*a).total_cmp(&far(*b))).unwrap();
        (nearest, [x - graph.place(nearest)[0], y - graph.place(nearest)[1]])
    };
    let (object, [right, down]) = far(&case);
    assert!(right.hypot(down) >= 48.0, "on no object: {right} {down}");
    let before = (notes(&case), case.app().model().work.board.graph.place(object));
    case.run(Command::LayOut(ui::work::Shape::Rows));
    let [x, y] = case.app().model().work.board.graph.place(object);
    assert_ne!([x, y], before.1, "the object was moved");
    assert_eq!(notes(&case)[0].from, [x + right, y + down], "and its note with it");
    case.shot("note-laid-out");
    case.run(Command::Undo);
    assert_eq!((notes(&case), case.app().model().work.board.graph.place(object)), before, "in one step");
}
