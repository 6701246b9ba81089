//! Every widget on one sheet.

use crate::State;
use egui::{Margin, RichText, Ui};
use ui::{
    look::{Look, TextSize, icons},
    widgets::{
        Button, Chip, ErrorText, Field, FieldKind, ListRow, Segment, Tab, TextField, Tone, TreeLine, Waiting, avatar,
        badge, checkbox, empty_state, error_box, form, labelled_select, mixed_checkbox, progress, search_box,
        segmented, state_dot, tabs, tree,
    },
    words::Words,
};

const WORDS: Words = Words::new(ui::words::Language::English);

pub(crate) fn show(ui: &mut Ui, state: &mut State) {
    let look = Look::of(ui.ctx());
    egui::Frame::new().fill(look.colours.panel).inner_margin(Margin::same(20)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        ui.columns(3, |columns| {
            left(&mut columns[0], state);
            middle(&mut columns[1], state);
            right(&mut columns[2], state);
        });
        ui.allocate_space(ui.available_size());
    });
}

fn heading(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(TextSize::Body.semibold()));
}

fn left(ui: &mut Ui, state: &mut State) {
    ui.label(RichText::new("Title 20").font(TextSize::Title.semibold()));
    ui.label(RichText::new("Heading 16").font(TextSize::Heading.semibold()));
    ui.label("Body 13: Zoë Ωmega Жук 0123456789 ≥ → ½");
    ui.label(RichText::new("Mono 13: let x = 17;").font(TextSize::Body.mono()));
    heading(ui, "Buttons");
    ui.horizontal(|ui| {
        let first = ui.add(Button::primary("Expand"));
        if state.frames == 2 {
            first.request_focus();
        }
        ui.add(Button::new("Share").icon(icons::SHARE));
        ui.add(Button::quiet("Cancel"));
        ui.add(Button::danger("Delete"));
    });
    ui.horizontal(|ui| {
        ui.add(Button::new("Cannot").enabled(false));
        ui.add(Button::primary("Cannot").enabled(false));
        ui.add(Button::icon_only(icons::MORE_HORIZ, "More"));
        ui.add(Button::icon_only(icons::PUSH_PIN, "Pin").selected(true));
        ui.add(Button::new("Layout").trailing(icons::EXPAND_MORE));
        avatar(ui, "Astrid Lund");
    });
    heading(ui, "Chips, badges, states");
    ui.horizontal(|ui| {
        Chip::new("Amount ≥ 50,000").icon(icons::FILTER_ALT).count("86").removable("Remove Amount").show(ui);
        Chip::new("2024").selected(true).show(ui);
    });
    ui.horizontal(|ui| {
        badge(ui, Tone::Neutral, "12");
        badge(ui, Tone::Ok, "ready");
        badge(ui, Tone::Warn, "draft");
        badge(ui, Tone::Bad, "stopped");
        state_dot(ui, Tone::Warn, "Sanctions: slow, 2.1 s");
    });
    heading(ui, "Choices");
    checkbox(ui, &mut true, "Keep the model visible");
    checkbox(ui, &mut state.on, "Accents are folded");
    mixed_checkbox(ui, None, "Some of them");
    segmented(ui, "Scale", &[Segment::text("Day"), Segment::text("Month"), Segment::text("Year")], &mut 1);
    labelled_select(ui, "Kind of source", &["PostgreSQL", "SQLite", "Upload"], &mut state.chosen);
    heading(ui, "Tabs");
    let tab = |name, icon| Tab { name, icon: Some(icon), closable: true };
    tabs(ui, WORDS, &[tab("Graph", icons::HUB), tab("Table", icons::TABLE)], 0, true);
}

fn middle(ui: &mut Ui, state: &mut State) {
    let width = ui.available_width();
    let id = egui::Id::unique("sheet search");
    search_box(ui, WORDS, id, &mut String::new(), "Search objects…", Some("Ctrl K"), width);
    TextField::new("Name", &mut state.text).hint("Core banking").help("As people will see it").show(ui, WORDS);
    TextField::new("Address", &mut "db.example:5432x".to_owned())
        .error(Some("The port is not a number. Type host:port."))
        .show(ui, WORDS);
    let mut values = ["clew", "5432", "prefer", "true"].map(str::to_owned);
    let [user, port, tls, read_only] = &mut values;
    let field = |label, kind, value| Field { label, kind, required: true, help: "", error: None, value };
    let mut fields = [
        field("User", FieldKind::Text, user),
        field("Password", FieldKind::Secret, &mut state.secret),
        field("Port", FieldKind::Number, port),
        field("Encryption", FieldKind::Choice(&["require", "prefer"]), tls),
        field("Read only", FieldKind::Flag, read_only),
    ];
    form(ui, WORDS, &mut fields, true);
}

fn right(ui: &mut Ui, _state: &mut State) {
    let error = ErrorText {
        what: "Company register could not be asked",
        cause: "The certificate of db.example has expired.",
        remedy: "Ask whoever runs it to renew it, then test again.",
        button: Some("Test the connection"),
        code: "certificate_expired",
    };
    error_box(ui, error);
    let waiting = Waiting { what: "Sanctions: slow, 2.1 s", since_secs: 0.0, share: Some(0.4), can_cancel: true };
    progress(ui, WORDS, waiting);
    heading(ui, "List");
    let colours = Look::of(ui.ctx()).colours;
    ui.add(ListRow::new("Accounts").coloured_icon(icons::ACCOUNT_BALANCE, colours.type_colour(2).ring).detail("3"));
    ui.add(ListRow::new("Owners").icon(icons::PERSON).detail("2").selected(true));
    ui.add(ListRow::new("A very long name that does not fit into the line and is cut").detail("1,000+"));
    ui.add(ListRow::new("Not now").icon(icons::LOCK).enabled(false));
    heading(ui, "Catalogue");
    ui.allocate_ui(egui::vec2(ui.available_width(), 150.0), |ui| {
        let lines =
            [("bank", 0, Some(true)), ("account", 1, None), ("transfer", 1, None), ("register", 0, Some(false))];
        tree(ui, "Catalogue", lines.len(), |number| {
            let (name, depth, expanded) = lines[number];
            let icon = if expanded.is_some() { icons::FOLDER } else { icons::TABLE };
            TreeLine { name, depth, icon, expanded, selected: name == "transfer", detail: Some("1,204") }
        });
    });
    ui.allocate_ui(egui::vec2(ui.available_width(), 200.0), |ui| {
        empty_state(ui, icons::HUB, "Nothing here yet", "Search for something and open it here.", Some("Search"))
    });
}
