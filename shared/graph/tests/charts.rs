//! A graph as it is seen, as vectors: names, kinds of links and the legend are text, icons are shapes.
#![expect(clippy::expect_used, reason = "what does not hold fails the test, as it should")]

use graph::NoteKind;
use graph::exchange::{Chart, Entry, Errand, Mark, Remark, Ring, Shape, Tie};

const ICON: char = 'Å';

fn mark(name: &str, place: [f32; 2]) -> Mark {
    Mark { place, tint: [200, 80, 40], icon: ICON, name: name.into(), ..Mark::default() }
}

fn tie(from: u32, to: u32, text: &str) -> Tie {
    Tie { from, to, tint: [90, 100, 120], width: 1.5, directed: true, text: text.into() }
}

fn chart() -> Chart {
    let missing = Mark { missing: true, second: "not in its source".into(), ..mark("Åse & <sønn>", [260.0, 40.0]) };
    Chart {
        title: "Harbour Bank".into(),
        note: "saved by Åse · 2 expansions not complete".into(),
        background: [255, 255, 255],
        text: [20, 20, 30],
        dim: [110, 110, 120],
        marks: vec![mark("Nordfjord Shipping AS", [0.0, 0.0]), missing, mark("Far away", [-4_000.0, 900.0])],
        ties: vec![tie(0, 1, "paid to"), tie(1, 0, "owns"), tie(2, 2, "self"), tie(0, 0, ""), tie(0, 9, "nowhere")],
        legend: vec![
            Entry { tint: [200, 80, 40], icon: Some(ICON), text: "Company · 3".into() },
            Entry { tint: [90, 100, 120], icon: None, text: "paid to · 1".into() },
        ],
        rings: Vec::new(),
        remarks: vec![
            Remark { text: "Who runs\nthis?".into(), from: [40.0, -300.0], to: [40.0, -300.0], ..Remark::default() },
            Remark {
                kind: NoteKind::Frame,
                text: "One holder".into(),
                from: [-60.0, -60.0],
                to: [320.0, 90.0],
                ..Remark::default()
            },
        ],
    }
}

#[test]
fn what_is_written_onto_the_graph_is_text_in_the_picture_and_inside_of_it() {
    let nowhere = Remark { kind: NoteKind::Arrow, from: [f32::NAN, 0.0], ..Remark::default() };
    let page = Chart { remarks: chart().remarks.into_iter().chain([nowhere]).collect(), ..chart() };
    let page = page.page(None).expect("a page");
    let texts = page.shapes.iter().filter_map(|shape| match shape {
        Shape::Text { text, at, .. } => Some((text.as_str(), *at)),
        _ => None,
    });
    let texts: Vec<(&str, [f32; 2])> = texts.collect();
    for wanted in ["Who runs", "this?", "One holder"] {
        let [_, at] =
            texts.iter().map(|(text, at)| (*text == wanted, *at)).find(|(is, _)| *is).map(|(_, at)| at).expect(wanted);
        assert!((0.0..page.size[1]).contains(&at), "{wanted} at {at} of {:?}", page.size);
    }
    let without = Chart { remarks: Vec::new(), ..chart() }.page(None).expect("a page");
    assert!(page.size[1] > without.size[1] + 200.0, "the page reaches up to the text above all objects");
    assert_eq!(page.shapes.len(), without.shapes.len() + 6, "each with its box; an arrow from nowhere is left out");
}

#[test]
fn a_long_note_is_broken_into_lines_as_on_the_screen() {
    let long = Remark { text: "somebody saw them meet ".repeat(20), ..Remark::default() };
    let page = Chart { remarks: vec![long], ..Chart::default() }.page(None).expect("a page");
    let lines = page.shapes.iter().filter(|shape| matches!(shape, Shape::Text { .. })).count();
    assert!((10..20).contains(&lines), "{lines}");
    let [width, height] = page.size;
    assert!(width < 600.0 && height > 150.0, "{width} x {height}");
}

fn discs(shapes: &[Shape]) -> Vec<f32> {
    let radius = |shape: &Shape| if let Shape::Disc { radius, .. } = shape { Some(*radius) } else { None };
    shapes.iter().filter_map(radius).collect()
}

#[test]
fn larger_objects_have_larger_icons_and_their_lines_end_at_their_rim() {
    let large = Mark { larger: 1.0, ..mark("Large", [0.0, 0.0]) };
    let marks = vec![large, mark("Usual", [200.0, 0.0]), Mark { larger: f32::NAN, ..mark("Odd", [0.0, 300.0]) }];
    let chart = Chart { marks, ties: vec![tie(0, 1, "")], ..Chart::default() };
    let page = chart.page(Some(notosans::REGULAR_TTF)).expect("a page");
    let radii = discs(&page.shapes);
    assert!((radii[0] - 2.0 * radii[1]).abs() < 1.0 && radii[1] == radii[2], "{radii:?}");
    let heights: Vec<f32> = page
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Form { outlines, .. } => {
                let heights = outlines.iter().flat_map(|outline| outline.parts.iter()).map(|part| match part {
                    graph::exchange::Part::Line(to) | graph::exchange::Part::Curve { to, .. } => to[1],
                });
                let (least, most) =
                    heights.fold((f32::MAX, f32::MIN), |(least, most), at| (least.min(at), most.max(at)));
                Some(most - least)
            }
            _ => None,
        })
        .collect();
    assert!((heights[0] - 2.0 * heights[1]).abs() < 0.1, "{heights:?}");
    let line = page.shapes.iter().find_map(|shape| match shape {
        Shape::Line { points, .. } => Some((points[0][0], points[1][0])),
        _ => None,
    });
    let (from, to) = line.expect("a line");
    let length = 200.0 - (36.0 + 1.0) - (18.0 + 1.0);
    assert!((to - from - length).abs() < 0.1, "{from} to {to}");
}

#[test]
fn a_closed_group_is_a_square_with_its_number_and_an_open_one_a_named_outline_around_its_members() {
    let closed = Mark { square: true, badge: "12".into(), ..mark("Companies", [400.0, 0.0]) };
    let marks = vec![
        mark("a", [0.0, 0.0]),
        Mark { larger: 1.0, ..mark("b", [100.0, 0.0]) },
        mark("c", [50.0, 80.0]),
        mark("within", [50.0, 20.0]),
        closed,
    ];
    let ring = Ring { name: "Directors".into(), tint: [10, 20, 200], around: vec![0, 1, 2, 3, 77] };
    let nobody = Ring { name: "Nobody".into(), around: vec![99], ..Ring::default() };
    let chart = Chart { marks, rings: vec![ring, nobody], background: [255; 3], ..Chart::default() };
    let page = chart.page(None).expect("a page");
    assert_eq!(discs(&page.shapes).len(), 4);
    let texts: Vec<&str> = page
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert!(texts.contains(&"12") && texts.contains(&"Directors") && !texts.contains(&"Nobody"), "{texts:?}");
    let outline = match &page.shapes[0] {
        Shape::Form { outlines, .. } => outlines[0].parts.iter(),
        other => panic!("behind everything: {other:?}"),
    };
    let points: Vec<[f32; 2]> = outline
        .map(|part| match part {
            graph::exchange::Part::Line(to) | graph::exchange::Part::Curve { to, .. } => *to,
        })
        .collect();
    for shape in &page.shapes {
        let Shape::Disc { centre: [x, y], radius, .. } = shape else { continue };
        let least = points.iter().map(|at| (at[0] - x).hypot(at[1] - y)).fold(f32::MAX, f32::min);
        assert!(least > radius + 10.0, "a member at {x}, {y} lies within: {least}");
        for [px, py] in &points {
            assert!((0.0..=page.size[0]).contains(px) && (0.0..=page.size[1]).contains(py), "on the page");
        }
    }
    let svg = graph::exchange::svg::write(&page).expect("an svg");
    assert!(svg.contains(">Directors<") && svg.contains("<rect"), "{svg}");
}

/// The texts of an SVG as a reader of XML sees them, each with the place where it stands.
fn texts(svg: &str) -> Vec<(String, String)> {
    let mut xml = quick_xml::Reader::from_str(svg);
    let (mut found, mut open) = (Vec::new(), String::new());
    loop {
        use quick_xml::events::Event;
        match xml.read_event().expect("well formed") {
            Event::Start(element) => {
                open = element.local_name().as_ref().to_owned();
                found.push((open.clone(), String::new()));
            }
            Event::Text(text) if !open.is_empty() => found.last_mut().expect("open").1.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let text = quick_xml::escape::resolve_xml_entity(&name).expect("a known one");
                found.last_mut().expect("open").1.push_str(text);
            }
            Event::End(_) => open.clear(),
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn parts(chart: &Chart) -> Vec<Vec<u8>> {
    let fonts = [notosans::BOLD_TTF, notosans::REGULAR_TTF].map(<[u8]>::to_vec);
    [vec![serde_json::to_vec(chart).expect("json")], fonts.to_vec()].concat()
}

#[test]
fn an_svg_of_a_graph_has_names_links_legend_and_note_as_text_and_icons_as_shapes() {
    let svg = String::from_utf8(Errand::Svg.run(&parts(&chart())).expect("an svg")).expect("text");
    let texts = texts(&svg);
    let has = |wanted: &str| texts.iter().any(|(name, text)| name == "text" && text == wanted);
    for wanted in
        ["Nordfjord Shipping AS", "Åse & <sønn>", "not in its source", "paid to", "Company · 3", "paid to · 1"]
    {
        assert!(has(wanted), "{wanted} in {texts:?}");
    }
    assert!(has("Harbour Bank") && has("saved by Åse · 2 expansions not complete"), "{texts:?}");
    assert!(!has("nowhere"), "a link without an end is not drawn");
    // Three objects and one entry of the legend have the icon, which is the form of a letter here.
    assert_eq!(svg.matches("Z\"").count(), 4, "closed outlines: {svg}");
    assert_eq!(svg.matches("stroke-dasharray").count(), 1, "what no source has");
    let without_icons = Errand::Svg.run(&parts(&chart())[..1]).expect("an svg");
    assert_eq!(String::from_utf8(without_icons).expect("text").matches("Z\"").count(), 0);
}

#[test]
fn a_pdf_of_a_graph_is_made_of_the_fonts_that_came() {
    let pdf = Errand::Pdf.run(&parts(&chart())).expect("a pdf");
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert_eq!(pdf, Errand::Pdf.run(&parts(&chart())).expect("a pdf"), "the same each time");
    let told = Errand::Pdf.run(&parts(&chart())[..2]).expect_err("no font").to_string();
    assert!(told.contains("a font cannot be put into the file"), "{told}");
}

#[test]
fn the_page_holds_all_that_is_drawn() {
    let page = chart().page(Some(notosans::BOLD_TTF)).expect("a page");
    let [width, height] = page.size;
    for shape in &page.shapes {
        let at = match shape {
            Shape::Disc { centre, .. } => *centre,
            Shape::Text { at, .. } => *at,
            Shape::Form { outlines, .. } => outlines[0].start,
            _ => continue,
        };
        assert!((0.0..=width).contains(&at[0]) && (0.0..=height).contains(&at[1]), "{at:?} on {width} x {height}");
    }
}

#[test]
fn nothing_and_what_has_no_place_make_a_page_too() {
    let nowhere = Mark { place: [f32::NAN, f32::INFINITY], ..mark("Nowhere", [0.0, 0.0]) };
    let charts = [
        Chart::default(),
        Chart { marks: vec![nowhere], ties: vec![tie(0, 0, "x")], ..Chart::default() },
        Chart {
            marks: vec![mark("a", [1e9, 0.0]), mark("b", [1e9, 0.0])],
            ties: vec![tie(0, 1, "")],
            ..Chart::default()
        },
    ];
    for chart in charts {
        let page = chart.page(None).expect("a page");
        let svg = graph::exchange::svg::write(&page).expect("an svg");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

#[test]
fn nothing_lies_over_a_name_and_a_name_over_no_arrowhead() {
    let marks = vec![mark("In the middle", [0.0, 0.0]), mark("Below", [0.0, 160.0]), mark("Near by", [60.0, 0.0])];
    let chart = Chart { marks, ties: vec![tie(1, 0, "paid to")], ..Chart::default() };
    let page = chart.page(None).expect("a page");
    let (mut grounds, mut first_text, mut texts) = (0, None, Vec::new());
    for (at, shape) in page.shapes.iter().enumerate() {
        match shape {
            Shape::Rect { .. } => grounds = at,
            Shape::Text { text, at: place, .. } => {
                first_text = first_text.or(Some(at));
                texts.push((text.as_str(), *place));
            }
            _ => {}
        }
    }
    assert!(first_text.is_some_and(|at| at > grounds), "the ground of one name hides no other");
    let place = |wanted: &str| texts.iter().find(|(text, _)| *text == wanted).map(|(_, place)| *place).expect("a text");
    let tip = page.shapes.iter().find_map(|shape| match shape {
        Shape::Arrow { tip, .. } => Some(*tip),
        _ => None,
    });
    let [_, tip] = tip.expect("an arrow");
    assert!(place("In the middle")[1] < tip - 20.0, "above its disc, because the arrow comes from below");
    assert!(place("Near by")[1] > place("In the middle")[1] + 40.0, "below, as usual");
    assert!(matches!(page.shapes.last(), Some(Shape::Arrow { .. })), "nothing hides the direction");
}
