//! Pictures of the workspace, for people to look at: they are only taken where `CLEW_SHOTS` names a folder.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod work_case;

use egui::{Key, vec2};
use egui_kittest::kittest::Queryable;
use ui::look::Theme;
use ui::work::{About, Command, Condition, Expand, ObjectRef, Wishes};
use work_case::{Bank, Case};

fn object(object_type: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: object_type.to_owned().try_into().unwrap(), key: vec![key.to_owned()] }
}

fn expand(case: &mut Case, of: &[ObjectRef], link: &str, direction: model::query::Direction) {
    case.run(Command::Expand(Expand {
        objects: of.to_vec(),
        link: link.to_owned().try_into().unwrap(),
        direction,
        order: wire::data::ExpandOrder::Sum,
        limit: 25,
    }));
}

/// The case of the design drawing.
fn ring(size: egui::Vec2, theme: Theme) -> Case {
    use model::query::Direction::{Backward, Forward};
    let mut case = Case::new(Bank::default(), "/p/bank", size, theme);
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    expand(&mut case, &[company], "seat", Forward);
    expand(&mut case, &[object("place", "Ferry Road 12, 6800 Førde")], "seat", Backward);
    let companies = ["918224553", "921447018", "919030411"].map(|key| object("company", key));
    expand(&mut case, &companies, "directs", Backward);
    expand(&mut case, &companies, "owns", Backward);
    expand(&mut case, &companies, "has-account", Forward);
    let accounts = ["1503.61.00417", "1503.44.18820", "3000.12.87765"].map(|key| object("account", key));
    expand(&mut case, &accounts, "transfer", Forward);
    expand(&mut case, &accounts, "transfer", Backward);
    expand(
        &mut case,
        &[object("account", "4202.10.99318"), object("account", "6011.90.22117")],
        "has-account",
        Backward,
    );
    case.settle();
    case
}

fn open_rows(case: &mut Case) {
    let amount = model::query::Field::Own("amount".to_owned().try_into().unwrap());
    let filter =
        model::query::Filter::Is { field: amount.clone(), test: model::query::Test::AtLeast("50000".to_owned()) };
    let sort = vec![model::query::Sort { field: amount, descending: true }];
    let conditions = vec![Condition { filter, text: "Amount ≥ 50,000".to_owned() }];
    let about = About::Links("transfer".to_owned().try_into().unwrap());
    case.run(Command::OpenTable(About::Objects("company".to_owned().try_into().unwrap()), Wishes::default()));
    case.run(Command::OpenTable(about, Wishes { conditions, sort, ..Wishes::default() }));
}

fn select(case: &mut Case, of: &ObjectRef) {
    let node = case.app().model().work.board.shown(of).unwrap();
    case.run(Command::Select(vec![node]));
}

#[test]
fn the_workspace_in_both_themes_and_sizes() {
    for (name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
        for (size, width, height) in [("1080", 1920.0, 1080.0), ("720", 1280.0, 720.0)] {
            let mut case = ring(vec2(width, height), theme);
            open_rows(&mut case);
            select(&mut case, &object("company", "918224553"));
            case.shot(&format!("graph_{name}_{size}"));
            case.harness.key_press(Key::E);
            case.settle();
            case.shot(&format!("expand_{name}_{size}"));
        }
    }
}

#[test]
fn searching() {
    let mut case = ring(vec2(1280.0, 720.0), Theme::Dark);
    case.search("ferry");
    case.shot("search_dark_720");
    let mut case = ring(vec2(1920.0, 1080.0), Theme::Light);
    case.search("a");
    case.search("l");
    case.shot("search_light_1080");
}

#[test]
fn selections_links_and_sections() {
    let mut case = ring(vec2(1920.0, 1080.0), Theme::Dark);
    let all = case.app().model().work.board.graph.shown().map(|(id, _)| id).collect();
    case.run(Command::Select(all));
    case.shot("selection_dark_1080");
    let graph = &case.app().model().work.board.graph;
    let link = graph.shown_links().find(|(_, link)| link.sum.is_some()).unwrap().0;
    case.run(Command::SelectLink(link));
    case.shot("link_dark_1080");
    select(&mut case, &object("company", "918224553"));
    let seat: model::LinkTypeId = "directs".to_owned().try_into().unwrap();
    case.run(Command::ToggleSection(seat, model::query::Direction::Backward));
    case.shot("section_dark_1080");
}

#[test]
fn tables_alone_empty_states_and_palette() {
    let mut case = Case::new(Bank::default(), "/p/bank/table", vec2(1280.0, 720.0), Theme::Light);
    case.shot("no_table_light_720");
    open_rows(&mut case);
    case.shot("table_light_720");
    case.click("+ Filter");
    case.shot("filter_light_720");
    let mut case = Case::open();
    case.shot("empty_dark_720");
    case.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::P);
    case.settle();
    case.shot("palette_dark_720");
    let mut case = Case::new(Bank::default(), "/p/bank/o/company/918224553", vec2(1280.0, 720.0), Theme::Light);
    case.shot("object_light_720");
    assert!(case.harness.query_by_label("Back to the graph").is_some());
}

#[test]
fn finding_a_link_and_tables_side_by_side() {
    for (name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
        for (size, width, height) in [("1080", 1920.0, 1080.0), ("720", 1280.0, 720.0)] {
            let mut case = ring(vec2(width, height), theme);
            let graph = &case.app().model().work.board.graph;
            let link = graph.shown_links().find(|(_, link)| link.sum.is_some()).unwrap().0;
            case.run(Command::SelectLink(link));
            case.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::F);
            case.settle();
            let field = case.harness.get_by_role_and_label(egui::accesskit::Role::SearchInput, "Find on the graph");
            field.type_text("15");
            case.settle();
            case.shot(&format!("find_{name}_{size}"));
            case.harness.key_press(Key::Escape);
            case.settle();
            open_rows(&mut case);
            case.run(Command::Beside(Some(1)));
            select(&mut case, &object("account", "1503.61.00417"));
            case.harness.key_press(Key::E);
            case.settle();
            case.shot(&format!("beside_{name}_{size}"));
        }
    }
}

#[test]
fn in_norwegian_and_while_waiting() {
    for (name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
        let mut case = ring(vec2(1280.0, 720.0), theme);
        case.tell(ui::app::Command::SetLanguage(ui::words::Language::Norwegian));
        open_rows(&mut case);
        select(&mut case, &object("account", "1503.61.00417"));
        case.harness.key_press(Key::E);
        case.settle();
        case.shot(&format!("norwegian_expand_{name}_720"));
        case.harness.key_press(Key::Escape);
        case.settle();
        case.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::P);
        case.settle();
        case.shot(&format!("norwegian_palette_{name}_720"));
        case.harness.key_press(Key::Escape);
        case.settle();
        let all = case.app().model().work.board.graph.shown().map(|(id, _)| id).collect();
        case.run(Command::Select(all));
        {
            let mut server = case.server.borrow_mut();
            (server.holds, server.note) = (Some("expand"), "Waiting for a place at Core banking, 2 before.".to_owned());
        }
        let account = object("account", "1503.61.00417");
        expand(&mut case, &[account], "transfer", model::query::Direction::Forward);
        case.harness.run_steps(12);
        case.shot(&format!("norwegian_waiting_{name}_720"));
        case.server.borrow_mut().is_signed_out = true;
        case.tell(ui::app::Command::AskAgain);
        case.shot(&format!("norwegian_ended_{name}_720"));
    }
}

#[test]
fn errors_and_answers_that_take_long() {
    for (name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
        let mut case = Case::new(
            Bank { failing: Some("sanctions".to_owned()), ..Bank::default() },
            "/p/bank",
            vec2(1280.0, 720.0),
            theme,
        );
        case.search("ingrid");
        case.shot(&format!("search_failed_{name}_720"));
        case.harness.key_press(Key::Enter);
        case.settle();
        case.server.borrow_mut().fails = Some("run_query");
        open_rows(&mut case);
        case.run(Command::OpenObject(object("company", "918224553")));
        case.shot(&format!("table_failed_{name}_720"));
        {
            let mut server = case.server.borrow_mut();
            (server.fails, server.holds) = (None, Some("search"));
        }
        case.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::K);
        case.harness.run_ok();
        case.harness.get_by_role(egui::accesskit::Role::SearchInput).type_text("ferry");
        case.harness.run_steps(16);
        case.shot(&format!("search_waiting_{name}_720"));
    }
}
