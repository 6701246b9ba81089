//! The workspace of the design drawing: frame, tabs, a popover, a table, the side panel.

use crate::State;
use egui::{Align, Layout, Margin, Rect, RichText, Ui, pos2, vec2};
use ui::{
    frame::{self, Direction, RailItem, SourceState, TopBar},
    look::{Look, TABLE_HEADER, TABLE_ROW, TextSize, icons},
    widgets::{
        Backing, Button, Chip, KeyValue, ListRow, Segment, Tab, Tone, flags, key_values, menu_heading, menu_row,
        popover_beside, segmented, tool_group, tool_row, type_icon,
    },
    words::{Total, Words},
};

const WORDS: Words = Words::new(ui::words::Language::English);

pub(crate) fn show(ui: &mut Ui, state: &mut State) {
    let bar = TopBar {
        project: "Harbour Bank",
        place: "Investigation: Ferry Road ring",
        unsaved: false,
        person: "Astrid Lund",
        show_share: true,
        show_export: true,
    };
    let _top = frame::top_bar(ui, WORDS, bar, &mut state.search);
    let sources = [(Tone::Ok, "Core banking"), (Tone::Ok, "Company register"), (Tone::Warn, "Sanctions: slow, 2.1 s")];
    let sources = sources.map(|(tone, text)| SourceState { tone, text });
    let texts = ["412 objects · 1,203 links", "3 selected · NOK 1,084,500", "Step 14 of 14"];
    let _status = frame::status_bar(ui, WORDS, &sources, &texts);
    let item = |icon, name, active| RailItem { icon, name, keys: None, active };
    let upper = [
        item(icons::SEARCH, "Search", false),
        item(icons::HUB, "Graph", true),
        item(icons::TABLE, "Table", false),
        item(icons::SCHEDULE, "Timeline", false),
        item(icons::SHOW_CHART, "Flow", false),
        item(icons::MAP, "Map", false),
        item(icons::DESCRIPTION, "Report", false),
    ];
    let lower = [item(icons::SETTINGS, "Configuration", false), item(icons::PERSON, "Administration", false)];
    let _rail = frame::rail(ui, WORDS, &upper, &lower);
    let _side = frame::side_panel(ui, WORDS, &mut true, &mut 372.0, side);
    frame::centre(ui, |ui| {
        let mut share = state.share;
        frame::split(ui, WORDS, "panes", Direction::Stacked, &mut share, graph, table);
        state.share = share;
    });
}

fn graph(ui: &mut Ui) {
    let tab = |name, icon| Tab { name, icon: Some(icon), closable: false };
    let tabs = [tab("Graph", icons::HUB), tab("Timeline", icons::SHOW_CHART), tab("Flow", icons::SCHEDULE)];
    let _tabs = frame::tab_bar(ui, WORDS, "graph", &tabs, 0);
    let canvas_rect = ui.available_rect_before_wrap();
    let canvas = ui.interact(canvas_rect, ui.scope_id().with("canvas"), egui::Sense::click());
    egui::Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
        tool_row(ui, |ui| {
            let tools = [
                Segment::icon(icons::ARROW_SELECTOR_TOOL, "Select", None),
                Segment::icon(icons::SELECT_ALL, "Select all", Some("A")),
                Segment::icon(icons::PAN_TOOL, "Move", None),
            ];
            segmented(ui, "Tools", &tools, &mut 0);
            let steps = [Segment::icon(icons::UNDO, "Undo", Some("Ctrl Z")), Segment::icon(icons::REDO, "Redo", None)];
            tool_group(ui, "Steps", &steps);
            ui.add(Button::new("Layout: organic").trailing(icons::EXPAND_MORE));
        });
    });
    disc(ui, pos2(672.0, 412.0), 1, icons::APARTMENT, "Nordfjord Shipping AS");
    disc(ui, pos2(430.0, 220.0), 2, icons::ACCOUNT_BALANCE, "3000.12.87765");
    disc(ui, pos2(610.0, 240.0), 0, icons::PERSON, "Jonas Eide");
    disc(ui, pos2(570.0, 330.0), 3, icons::LOCATION_ON, "Ferry Road 12");
    let thing = Rect::from_center_size(pos2(672.0, 412.0), vec2(130.0, 36.0));
    let id = egui::Id::unique("expand");
    popover_beside(&canvas, id, thing, &mut true, "Expand Nordfjord Shipping AS", expand_menu);
}

fn disc(ui: &mut Ui, at: egui::Pos2, number: usize, icon: char, label: &str) {
    let place = Rect::from_center_size(at, vec2(36.0, 36.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| type_icon(ui, icon, number, Backing::Disc, 36.0));
    let colour = Look::of(ui.ctx()).colours.text;
    let font = TextSize::Small.regular();
    ui.painter().text(at + vec2(0.0, 30.0), egui::Align2::CENTER_CENTER, label, font, colour);
}

fn expand_menu(ui: &mut Ui) {
    ui.set_width(328.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    menu_heading(ui, "Expand Nordfjord Shipping AS");
    ui.add_space(4.0);
    let look = Look::of(ui.ctx());
    let ring = |number: usize| look.colours.type_colour(number).ring;
    for (icon, colour, text, detail) in [
        (icons::ACCOUNT_BALANCE, ring(2), "holds account", "3"),
        (icons::SWAP_HORIZ, ring(2), "received from", "412 transfers · 37 accounts"),
        (icons::SWAP_HORIZ, ring(2), "paid to", "1,000+ transfers · 204"),
        (icons::PERSON, ring(0), "owned by", "2"),
        (icons::LOCATION_ON, ring(3), "registered at", "1"),
        (icons::WARNING, look.colours.bad, "resembles sanctioned", "1 · 0.93"),
    ] {
        menu_row(ui, ListRow::new(text).coloured_icon(icon, colour).detail(detail).selected(text == "holds account"));
    }
    ui.separator();
    ui.horizontal(|ui| {
        ui.label(RichText::new("Top").color(look.colours.dim));
        ui.add(Button::new("25"));
        ui.label(RichText::new("by").color(look.colours.dim));
        ui.add(Button::new("sum"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.add(Button::primary("Expand")));
    });
}

fn table(ui: &mut Ui) {
    let look = Look::of(ui.ctx());
    let tabs = [
        Tab { name: "Transfers in", icon: Some(icons::TABLE), closable: false },
        Tab { name: "Owners", icon: None, closable: false },
    ];
    let _tabs = frame::tab_bar(ui, WORDS, "table", &tabs, 0);
    frame::strip(ui, |ui| {
        Chip::new("Amount ≥ 50,000").icon(icons::FILTER_ALT).show(ui);
        Chip::new("2024").icon(icons::EVENT).show(ui);
        ui.add(Button::new("+ Filter"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Button::new("Pivot"));
            ui.add(Button::new("Fields"));
            ui.label(RichText::new(WORDS.showing(86, Total::Exact(412))).color(look.colours.dim));
        });
    });
    let (header, _) = ui.allocate_exact_size(vec2(ui.available_width(), TABLE_HEADER), egui::Sense::hover());
    let text = |x: f32, y: f32, text: &str, colour| {
        let at = pos2(header.left() + x, y);
        ui.painter().text(at, egui::Align2::LEFT_CENTER, text, TextSize::Body.regular(), colour)
    };
    for (x, name) in COLUMNS {
        text(x, header.center().y, name, look.colours.dim);
    }
    for (number, row) in ROWS.iter().enumerate() {
        let top = header.bottom() + TABLE_ROW * number as f32;
        let rect = Rect::from_min_size(pos2(header.left(), top), vec2(header.width(), TABLE_ROW));
        if number < 3 {
            ui.painter().rect_filled(rect, 0.0, look.colours.accent_surface);
        }
        ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, look.colours.line));
        for ((x, _), cell) in COLUMNS.iter().zip(row) {
            text(*x, rect.center().y, cell, look.colours.text);
        }
    }
}

const COLUMNS: [(f32, &str); 5] =
    [(10.0, "Booked"), (268.0, "From account"), (494.0, "Holder"), (894.0, "Amount ↓"), (982.0, "Ccy")];
const ROWS: [[&str; 5]; 4] = [
    ["2024-03-14 09:12", "9710.22.55103", "Ingrid Moe", "480,000.00", "NOK"],
    ["2024-03-14 09:40", "1503.44.18820", "Vestlandet Import AS", "310,500.00", "NOK"],
    ["2024-03-15 11:02", "3000.12.87765", "Sunnfjord Trading", "294,000.00", "NOK"],
    ["2024-09-02 08:55", "9710.22.55103", "Ingrid Moe", "200,000.00", "NOK"],
];

fn side(ui: &mut Ui) {
    let look = Look::of(ui.ctx());
    egui::Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.horizontal(|ui| {
            type_icon(ui, icons::APARTMENT, 1, Backing::Square, 40.0);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.label(RichText::new("Nordfjord Shipping AS").font(TextSize::Heading.semibold()));
                ui.label(RichText::new("Company · 918 224 553").color(look.colours.dim));
            });
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                ui.add(Button::icon_only(icons::MORE_HORIZ, "More"));
            });
        });
        ui.separator();
        let bad = (Tone::Bad, "Sanctioned owner (2 hops)");
        flags(ui, &[bad, (Tone::Warn, "Shared address with 14"), (Tone::Warn, "In = out within 48 h")]);
        ui.separator();
        let row = |key, value, aside| KeyValue { key, value, aside };
        let rows = [
            row("Registered", "14 Mar 2019", ""),
            row("Address", "Ferry Road 12, 6800 Førde", ""),
            row("Industry", "50.201 Freight shipping", ""),
            row("Employees", "0", ""),
            row("Turnover", "NOK 48,200,000", ""),
            row("Source", "Company register", "fetched 10:42"),
        ];
        key_values(ui, "properties", &rows);
        ui.separator();
        ui.label(RichText::new("Links").font(TextSize::Body.semibold()));
        ui.spacing_mut().item_spacing.y = 0.0;
        let ring = |number: usize| look.colours.type_colour(number).ring;
        for (icon, colour, text, count) in [
            (icons::ACCOUNT_BALANCE, ring(2), "Accounts", "3"),
            (icons::PERSON, ring(0), "Owners", "2"),
            (icons::SWAP_HORIZ, ring(2), "Transfers in", "412"),
            (icons::SWAP_HORIZ, ring(2), "Transfers out", "1,000+"),
        ] {
            ui.add(ListRow::new(text).coloured_icon(icon, colour).detail(count));
        }
    });
}
