//! What the tests of table, graph and pictures share: colours, a small case, a place for pictures.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may end")]

#[path = "../../src/crowd.rs"]
mod made_up;

use egui::{Color32, FontFamily};
use graph::Place;
use ui::canvas;
use ui::canvas::{Hull, Link, Node, Paint, Scene, Words};
use ui::picture::Picture;

/// Writes a picture into the folder named by `CLEW_SHOTS` at build time, for people to look at.
pub fn shot(name: &str, picture: impl FnOnce() -> Picture) {
    if let Some(folder) = option_env!("CLEW_SHOTS") {
        std::fs::write(format!("{folder}/{name}.png"), picture().to_png().unwrap()).unwrap();
    }
}

fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// Colours of types, and the same for values.
fn twice(colours: [u32; 6]) -> [Color32; 12] {
    std::array::from_fn(|at| hex(colours[at % 6]))
}

pub fn dark() -> Paint {
    Paint {
        background: hex(0x0f1419),
        panel: hex(0x161c23),
        line: hex(0x27313c),
        text: hex(0xdbe4ee),
        dim: hex(0x8a99a9),
        faint: hex(0x5b6a79),
        accent: hex(0x4da3ff),
        bad: hex(0xff7b72),
        colours: twice([0x7fb8ff, 0xf2b552, 0x6fd0a5, 0xc39bff, 0xff9fb2, 0x7fd7e0]),
        text_font: FontFamily::Proportional,
        icon_font: FontFamily::Proportional,
        pin_icon: '^',
        words: Words::default(),
    }
}

pub fn light() -> Paint {
    Paint {
        background: hex(0xf4f6f8),
        panel: hex(0xffffff),
        line: hex(0xdce2e8),
        text: hex(0x1d2733),
        dim: hex(0x5d6b7a),
        faint: hex(0x8c99a6),
        accent: hex(0x0b66c3),
        bad: hex(0xc2372d),
        colours: twice([0x2f7fd6, 0xb87508, 0x1d8f61, 0x7c4dc4, 0xc33d63, 0x137f8b]),
        ..dark()
    }
}

/// What there is to draw.
#[derive(Clone, Default)]
pub struct Case {
    pub nodes: Vec<Node>,
    pub places: Vec<Place>,
    pub links: Vec<Link>,
    pub hulls: Vec<Hull>,
}

impl Case {
    pub fn new(nodes: Vec<(Node, Place)>, links: Vec<Link>) -> Self {
        let (nodes, places) = nodes.into_iter().unzip();
        Self { nodes, places, links, hulls: Vec::new() }
    }

    pub fn scene(&self) -> Scene<'_> {
        let (nodes, places) = (&self.nodes, &self.places);
        Scene { nodes, places, links: &self.links, hulls: &self.hulls, wiring: 1, ..Scene::default() }
    }
}

pub fn node(label: &str, kind: &str, x: f32, y: f32) -> (Node, Place) {
    let (colour, icon) = match kind {
        "Person" => (0, 'P'),
        "Company" => (1, 'C'),
        "Account" => (2, 'A'),
        _ => (3, 'O'),
    };
    (Node { colour, icon, label: label.to_owned(), kind: kind.into(), ..Node::default() }, [x, y])
}

pub fn link(from: u32, to: u32, label: &str) -> Link {
    Link { from, to, label: label.to_owned(), kind: "linked to".into(), directed: true, ..Link::default() }
}

pub fn money(from: u32, to: u32, label: &str, weight: f32) -> Link {
    Link { weight, colour: Some(2), ..link(from, to, label) }
}

/// The laundering ring of the drawings.
pub fn ferry_road() -> Case {
    let nodes = vec![
        node("Sunnfjord Trading", "Company", 300.0, 140.0),
        node("3000.12.87765", "Account", 420.0, 130.0),
        node("9710.22.55103", "Account", 240.0, 260.0),
        node("Vestlandet Import AS", "Company", 380.0, 250.0),
        node("Jonas Eide", "Person", 560.0, 150.0),
        node("Ferry Road 12", "Address", 520.0, 250.0),
        node("Nordfjord Shipping AS", "Company", 620.0, 330.0),
        node("Pål Haugen", "Person", 640.0, 80.0),
        node("Blue Strait Ltd", "Company", 860.0, 140.0),
        node("Viktor Aleksandrov", "Person", 1050.0, 110.0),
        node("1503.44.18820", "Account", 430.0, 370.0),
        node("Ingrid Moe", "Person", 180.0, 380.0),
        node("Marit Solberg", "Person", 300.0, 400.0),
        node("1503.61.00417", "Account", 560.0, 450.0),
        node("Fjellheim Holding", "Company", 470.0, 500.0),
        node("1207.05.44210", "Account", 190.0, 520.0),
        node("6011.90.22117", "Account", 330.0, 600.0),
        node("4202.10.99318", "Account", 700.0, 560.0),
    ];
    let links = vec![
        link(0, 1, ""),
        link(1, 2, "holds"),
        link(0, 3, ""),
        link(3, 5, "registered at"),
        link(4, 5, ""),
        link(4, 6, "owned 40 %"),
        link(6, 5, ""),
        link(7, 8, "director"),
        link(8, 9, "owned 100 %"),
        link(6, 8, ""),
        money(2, 10, "12 · 880k", 0.45),
        link(12, 3, "director"),
        link(12, 6, ""),
        money(10, 13, "37 · 4.1M", 0.7),
        money(6, 13, "412 · 18.2M", 1.0),
        money(13, 6, "3 · 20k", 0.2),
        money(13, 17, "58 · 6.4M", 0.8),
        link(14, 5, ""),
        link(14, 16, ""),
        link(14, 17, ""),
        money(16, 15, "18 · 2.0M", 0.55),
        money(15, 2, "78 · 2.0M", 0.55),
        link(11, 15, ""),
        link(11, 2, ""),
        money(10, 10, "5 · 90k", 0.3),
        link(8, 9, "director"),
    ];
    let mut case = Case::new(nodes, links);
    let nodes = &mut case.nodes;
    nodes[6].selected = true;
    nodes[6].badge = Some(412);
    nodes[6].sub_label = "918 224 553".into();
    nodes[5].pinned = true;
    nodes[9].alert = true;
    case
}

/// `nodes` objects in clusters with three links each, seeded.
pub fn crowd(nodes: u32) -> Case {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as u32 % below.max(1)
    };
    let side = f64::from(nodes).sqrt() as f32 * 90.0;
    let kinds = ["Person", "Company", "Account", "Address"];
    let placed = (0..nodes).map(|index| {
        let cluster = (index / 100) as f32;
        let (cx, cy) = ((cluster * 7.31).sin() * side / 2.0, (cluster * 3.77).cos() * side / 2.0);
        let spread = |value: u32| (value as f32 / 500.0 - 1.0) * 420.0;
        node("Kari Nordmann", kinds[(index % 4) as usize], cx + spread(next(1000)), cy + spread(next(1000)))
    });
    let placed: Vec<(Node, Place)> = placed.collect();
    let mut links = Vec::new();
    for from in 0..nodes {
        for _ in 0..3 {
            let near = (from / 100 * 100 + next(100)).min(nodes - 1);
            let to = if next(10) == 0 { next(nodes) } else { near };
            links.push(if next(3) == 0 { money(from, to, "4 · 2.1M", 0.4) } else { link(from, to, "") });
        }
    }
    Case::new(placed, links)
}

/// As many nodes and links in the way of the bench in the browser: most links at the hubs of a cluster.
pub fn communities(nodes: u32, links: u32) -> Case {
    let (nodes, places, links) = made_up::crowd(nodes, links);
    Case { nodes, places, links, ..Case::default() }
}

pub fn table_paint(is_dark: bool) -> ui::table::Paint {
    let paint = if is_dark { dark() } else { light() };
    ui::table::Paint {
        background: paint.background,
        panel: paint.panel,
        raised: hex(if is_dark { 0x1c242d } else { 0xf0f3f6 }),
        line: paint.line,
        text: paint.text,
        dim: paint.dim,
        faint: paint.faint,
        accent: paint.accent,
        accent_surface: hex(if is_dark { 0x16324d } else { 0xdcebfa }),
        text_font: paint.text_font,
        words: ui::table::Words::default(),
    }
}

pub const TITLES: [&str; 7] = ["Booked", "From account", "Holder", "Amount", "Ccy", "Rate", "Text"];

/// Transfers from row number `from` to before `to`.
pub fn transfers(from: i64, to: i64) -> arrow_array::RecordBatch {
    use arrow_array::{ArrayRef, Decimal128Array, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
    use std::sync::Arc;
    let numbers = || from..to;
    let holders = ["Ingrid Moe", "Vestlandet Import AS", "Sunnfjord Trading", "Fjellheim Holding"];
    let booked = numbers().map(|n| 1_710_407_520_000_000 + n * 60_000_000);
    let booked: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values(booked));
    let account = numbers().map(|n| format!("9710.{:02}.{:05}", n % 100, n % 99_991));
    let account: ArrayRef = Arc::new(StringArray::from_iter_values(account));
    let holder: ArrayRef = Arc::new(StringArray::from_iter_values(numbers().map(|n| holders[(n % 4) as usize])));
    let amount = Decimal128Array::from_iter_values(numbers().map(|n| i128::from(n * 7919 % 50_000_000)));
    let amount: ArrayRef = Arc::new(amount.with_precision_and_scale(38, 2).unwrap());
    let currency: ArrayRef = Arc::new(StringArray::from_iter_values(numbers().map(|_| "NOK")));
    let rate: ArrayRef = Arc::new(Float64Array::from_iter(numbers().map(|n| (n % 5 != 0).then_some(n as f64 / 64.0))));
    let text = numbers().map(|n| (n % 3 != 0).then(|| format!("invoice {n} for freight from Førde to Bergen")));
    let text: ArrayRef = Arc::new(StringArray::from_iter(text));
    let columns = [booked, account, holder, amount, currency, rate, text];
    RecordBatch::try_from_iter(TITLES.into_iter().zip(columns)).unwrap()
}

/// `count` transfers in batches as they come from a stream.
pub fn many_transfers(count: i64) -> ui::table::Rows {
    let mut rows = ui::table::Rows::default();
    for start in (0..count).step_by(8192) {
        rows.push(transfers(start, count.min(start + 8192))).unwrap();
    }
    rows
}
