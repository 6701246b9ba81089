//! Every widget is found by role and name, and does with the keyboard what it does with the pointer.

use super::{
    Answer, Button, Chip, DialogButtons, ErrorText, Field, FieldKind, ListRow, Notices, Segment, Tab, TabsResponse,
    TextField, Tone, TreeLine, TreeResponse, Waiting, avatar, badge, checkbox, confirm, empty_state, error_box, flag,
    form, is_complete, labelled_select, list_row, menu, menu_row, progress, search_box, segmented, state_dot, tabs,
    tree,
};
use crate::{look, words::Words};
use egui::{Id, Key, Role, Ui};
use egui_kittest::{Harness, kittest::Queryable};

const WORDS: Words = Words::new(crate::words::Language::English);

fn harness<'a, S: 'a>(state: S, app: impl FnMut(&mut Ui, &mut S) + 'a) -> Harness<'a, S> {
    let dressed = |ctx: &egui::Context| {
        look::install_fonts(ctx);
        look::apply(ctx, look::Appearance { theme: look::Theme::Dark, reduced_motion: true, without_card: false });
    };
    Harness::builder()
        .with_size(egui::vec2(900.0, 700.0))
        .with_context_setup(dressed)
        .allow_missing_glyphs()
        .build_ui_state(app, state)
}

#[test]
fn every_widget_has_a_role_and_a_name() {
    let mut texts = (String::new(), String::new(), String::new());
    let mut harness = harness((), move |ui, ()| {
        ui.add(Button::primary("Expand"));
        ui.add(Button::icon_only('x', "More"));
        Chip::new("2024").removable("Remove 2024").show(ui);
        flag(ui, Tone::Bad, "Sanctioned owner");
        search_box(ui, WORDS, Id::unique("s"), &mut texts.0, "Search objects…", None, 300.0);
        TextField::new("Name", &mut texts.1).show(ui, WORDS);
        TextField::new("Password", &mut texts.2).secret().show(ui, WORDS);
        checkbox(ui, &mut true, "Pinned");
        labelled_select(ui, "Kind", &["SQLite", "PostgreSQL"], &mut 0);
        segmented(ui, "Scale", &[Segment::text("Day"), Segment::text("Year")], &mut 0);
        tabs(ui, WORDS, &[Tab { name: "Graph", icon: None, closable: true }], 0, true);
        ui.add(ListRow::new("Accounts").detail("3"));
        avatar(ui, "Astrid Lund");
        badge(ui, Tone::Ok, "ready");
        state_dot(ui, Tone::Warn, "Sanctions: slow");
        error_box(ui, ErrorText { what: "It failed", cause: "", remedy: "", button: Some("Try again"), code: "x" });
        empty_state(ui, 'x', "Nothing yet", "Begin here.", Some("Begin"));
    });
    harness.run();
    for (role, name) in [
        (Role::Button, "Expand"),
        (Role::Button, "More"),
        (Role::Button, "2024"),
        (Role::Button, "Remove 2024"),
        (Role::Button, "Sanctioned owner"),
        (Role::SearchInput, "Search"),
        (Role::TextInput, "Name"),
        (Role::CheckBox, "Pinned"),
        (Role::ComboBox, "Kind"),
        (Role::RadioGroup, "Scale"),
        (Role::RadioButton, "Day"),
        (Role::Tab, "Graph"),
        (Role::Button, "Close tab: Graph"),
        (Role::Button, "New tab"),
        (Role::ListItem, "Accounts"),
        (Role::Button, "Astrid Lund"),
        (Role::Button, "Sanctions: slow"),
        (Role::Alert, "It failed"),
        (Role::Button, "Try again"),
        (Role::Button, "Begin"),
        (Role::Button, "Show the password"),
    ] {
        let found = harness.query_all_by_role_and_label(role, name).count();
        assert_eq!(found, 1, "{role:?} {name}");
    }
    assert_eq!(harness.unnamed_widgets(), Vec::<String>::new());
}

#[test]
fn a_button_is_pressed_by_pointer_enter_and_space() {
    let mut harness = harness(0, |ui, presses: &mut u32| {
        *presses += u32::from(ui.add(Button::new("Expand")).clicked());
        *presses += 100 * u32::from(ui.add(Button::new("Cannot").enabled(false)).clicked());
    });
    harness.get_by_label("Expand").click();
    harness.run();
    assert_eq!(*harness.state(), 1);
    for key in [Key::Enter, Key::Space] {
        harness.get_by_label("Expand").focus();
        harness.run();
        harness.key_press(key);
        harness.run();
    }
    assert_eq!(*harness.state(), 3);
    harness.get_by_label("Cannot").click();
    harness.run();
    assert_eq!(*harness.state(), 3);
}

#[test]
fn a_menu_belongs_to_the_keyboard_and_gives_it_back() {
    let mut harness = harness(Vec::new(), |ui, chosen: &mut Vec<&'static str>| {
        let button = ui.add(Button::new("Open"));
        menu(&button, "Things to do", |ui| {
            for name in ["First", "Second", "Third"] {
                if menu_row(ui, list_row::ListRow::new(name)) {
                    chosen.push(name);
                }
            }
        });
    });
    harness.get_by_label("Open").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.get_by_label("First").is_focused());
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert!(harness.get_by_label("Second").is_focused());
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(*harness.state(), ["Second"]);
    assert!(harness.query_by_label("First").is_none(), "choosing closes it");

    harness.get_by_label("Open").click();
    harness.run();
    assert!(harness.query_by_role_and_label(Role::Menu, "Things to do").is_some());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_label("First").is_none(), "Escape closes it");
    assert!(harness.get_by_label("Open").is_focused());
}

#[test]
fn a_click_outside_closes_a_menu() {
    let mut harness = harness((), |ui, ()| {
        let button = ui.add(Button::new("Open"));
        menu(&button, "Things", |ui| menu_row(ui, list_row::ListRow::new("First")));
        ui.add_space(400.0);
        ui.label("far away");
    });
    harness.get_by_label("Open").click();
    harness.run();
    assert!(harness.query_by_label("First").is_some());
    harness.get_by_label("far away").click();
    harness.run();
    assert!(harness.query_by_label("First").is_none());
}

#[test]
fn a_select_is_changed_with_the_keyboard() {
    let mut harness = harness(0, |ui, chosen| {
        labelled_select(ui, "Kind", &["SQLite", "PostgreSQL", "Upload"], chosen);
    });
    harness.get_by_role_and_label(Role::ComboBox, "Kind").focus();
    harness.run();
    for key in [Key::Enter, Key::ArrowDown, Key::Enter] {
        harness.key_press(key);
        harness.run();
    }
    assert_eq!(*harness.state(), 1);
}

#[test]
fn a_dialog_is_answered_with_the_keyboard_and_danger_starts_on_cancel() {
    for (dangerous, key, expected) in [
        (false, Key::Enter, Answer::Yes),
        (true, Key::Enter, Answer::No),
        (false, Key::Escape, Answer::No),
        (true, Key::Escape, Answer::No),
    ] {
        let mut harness = harness(None, |ui, answer: &mut Option<Answer>| {
            let buttons = DialogButtons { yes: "Delete it", dangerous, ready: true };
            let id = Id::unique("sure");
            *answer = answer.or(confirm(ui.ctx(), WORDS, id, "Delete the project?", "It is lost.", buttons));
        });
        harness.run();
        assert!(harness.query_by_role_and_label(Role::Dialog, "Delete the project?").is_some());
        harness.key_press(key);
        harness.run();
        assert_eq!(*harness.state(), Some(expected), "dangerous {dangerous}, {key:?}");
    }
}

#[test]
fn a_tree_folds_with_left_and_right_and_chooses_with_enter() {
    let lines = [("bank", 0, Some(true)), ("account", 1, None), ("register", 0, Some(false))];
    let mut harness = harness(TreeResponse::default(), move |ui, done: &mut TreeResponse| {
        let now = tree(ui, "Catalogue", lines.len(), |number| {
            let (name, depth, expanded) = lines[number];
            TreeLine { name, depth, icon: 'x', expanded, selected: false, detail: None }
        });
        done.chosen = now.chosen.or(done.chosen);
        done.toggled = now.toggled.or(done.toggled);
    });
    harness.get_by_role_and_label(Role::TreeItem, "register").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(harness.state().toggled, Some(2));
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().chosen, Some(2));
}

#[test]
fn a_chip_and_a_tab_are_taken_away_with_delete() {
    let mut harness = harness((false, TabsResponse::default()), |ui, (removed, done)| {
        *removed |= Chip::new("2024").removable("Remove 2024").show(ui).removed;
        let now = tabs(ui, WORDS, &[Tab { name: "Graph", icon: None, closable: true }], 0, false);
        done.closed = now.closed.or(done.closed);
        done.selected = now.selected.or(done.selected);
    });
    harness.get_by_role_and_label(Role::Button, "2024").focus();
    harness.run();
    harness.key_press(Key::Delete);
    harness.run();
    assert!(harness.state().0);
    let tab = harness.get_by_role_and_label(Role::Tab, "Graph");
    tab.click();
    tab.focus();
    harness.run();
    harness.key_press(Key::Delete);
    harness.run();
    assert_eq!((harness.state().1.selected, harness.state().1.closed), (Some(0), Some(0)));
}

#[test]
fn waiting_is_silent_at_first_and_can_be_ended_when_it_takes_long() {
    let harness = |elapsed: f64| {
        let mut harness = harness(None, move |ui, _: &mut Option<()>| {
            let since_secs = ui.input(|input| input.time) - elapsed;
            let waiting = Waiting { what: "Sanctions: slow", since_secs, share: None, can_cancel: true };
            progress(ui, WORDS, waiting);
        });
        harness.run_steps(3);
        harness
    };
    for (elapsed, bar, cancel) in [(0.1, false, false), (0.5, true, false), (2.5, true, true)] {
        let harness = harness(elapsed);
        assert_eq!(harness.query_by_role(Role::ProgressIndicator).is_some(), bar, "{elapsed} s");
        assert_eq!(harness.query_by_label("Cancel").is_some(), cancel, "{elapsed} s");
    }
}

#[test]
fn a_notice_leaves_by_itself_unless_it_waits_for_an_answer() {
    let ctx = egui::Context::default();
    look::install_fonts(&ctx);
    let mut notices = Notices::default();
    notices.push(Tone::Ok, "Saved", None);
    notices.push(Tone::Warn, "A newer version is ready.", Some("Reload".to_owned()));
    for (time, left) in [(0.0, 2), (5.9, 2), (6.1, 1), (600.0, 1)] {
        let input = egui::RawInput { time: Some(time), ..Default::default() };
        let mut output = ctx.run_ui(input, |ui| {
            notices.show(ui.ctx(), WORDS);
        });
        output.textures_delta.clear();
        assert_eq!(notices.len(), left, "after {time} s");
    }
    for _ in 0..20 {
        notices.push(Tone::Ok, "Saved", None);
    }
    assert!(notices.len() <= 5);
}

#[test]
fn a_form_says_what_is_missing_once_it_was_checked() {
    let make = |checked: bool| {
        let mut values = ["".to_owned(), "not a number".to_owned(), "prefer".to_owned(), "true".to_owned()];
        harness((), move |ui, ()| {
            let [name, port, tls, only] = &mut values;
            let field = |label, kind, value| Field { label, kind, required: true, help: "", error: None, value };
            let mut fields = [
                field("Name", FieldKind::Text, name),
                field("Port", FieldKind::Number, port),
                field("Encryption", FieldKind::Choice(&["require", "prefer"]), tls),
                field("Read only", FieldKind::Flag, only),
            ];
            assert!(!is_complete(&fields));
            form(ui, WORDS, &mut fields, checked);
        })
    };
    for (checked, faults) in [(false, false), (true, true)] {
        let mut harness = make(checked);
        harness.run();
        assert_eq!(harness.query_all_by_value("Fill this in").next().is_some(), faults);
        assert_eq!(harness.query_all_by_value("Type a whole number").next().is_some(), faults);
        assert!(harness.query_by_role_and_label(Role::ComboBox, "Encryption").is_some());
    }
}

#[test]
fn initials_are_the_first_and_the_last() {
    for (name, expected) in
        [("Astrid Lund", "AL"), ("astrid", "A"), ("Åse van der Berg", "ÅB"), ("", ""), ("  (x) Ola  Nordmann ", "ON")]
    {
        assert_eq!(super::avatar::initials(name), expected);
    }
}
