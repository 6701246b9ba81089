//! Drawings as vectors: what SVG and PDF hold, byte by byte where a person can read it.
#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "what does not hold fails the test, as it should")]

mod common;

use std::io::Read;

use common::golden;
use graph::exchange::pdf::{self, Fonts};
use graph::exchange::{Anchor, Colour, Fault, Page, Shape, Stroke, svg};
use proptest::prelude::*;

const FONTS: Fonts<'_> = Fonts { regular: &[notosans::REGULAR_TTF], bold: &[notosans::BOLD_TTF] };
const INK: Colour = Colour([32, 32, 40, 255]);

fn stroke(width: f32, dash: Option<[f32; 2]>) -> Stroke {
    Stroke { colour: Colour([90, 100, 120, 255]), width, dash }
}

fn disc(centre: [f32; 2], cover: u8) -> Shape {
    let fill = Some(Colour([230, 120, 40, cover]));
    Shape::Disc { centre, radius: 18.0, fill, stroke: Some(stroke(1.5, None)) }
}

fn text(at: [f32; 2], anchor: Anchor, text: &str, bold: bool) -> Shape {
    Shape::Text { at, anchor, size: 11.0, text: text.into(), colour: INK, bold }
}

/// Two accounts and a company, each kind of shape, and every letter that Norwegian has beyond ASCII.
fn page() -> Page {
    let shapes = vec![
        Shape::Line { points: vec![[60.0, 60.0], [180.0, 60.0], [300.0, 150.0]], stroke: stroke(1.0, None) },
        Shape::Curve {
            from: [60.0, 60.0],
            control: [60.0, 160.0],
            to: [180.0, 160.0],
            stroke: stroke(2.0, Some([4.0, 3.0])),
        },
        Shape::Arrow { tip: [162.0, 160.0], direction: [2.0, 0.0], length: 9.0, colour: Colour([90, 100, 120, 255]) },
        disc([60.0, 60.0], 255),
        disc([180.0, 160.0], 128),
        Shape::Rect {
            min: [270.0, 130.0],
            size: [70.0, 40.0],
            corner: 6.0,
            fill: Some(Colour([220, 232, 250, 255])),
            stroke: Some(Stroke { colour: Colour([40, 80, 160, 200]), ..stroke(1.0, None) }),
        },
        text([60.0, 92.0], Anchor::Middle, "Åse Ødegård", false),
        text([180.0, 194.0], Anchor::Middle, "Bjørn & sønn <AS>", true),
        text([305.0, 154.0], Anchor::Middle, "ÆØÅ æøå", false),
        text([340.0, 60.0], Anchor::End, "1\u{a0}250,00 kr", false),
        // Not drawn: no direction, no length, no number.
        Shape::Arrow { tip: [0.0, 0.0], direction: [0.0, 0.0], length: 9.0, colour: INK },
        disc([f32::NAN, 0.0], 255),
    ];
    Page {
        size: [360.0, 210.0],
        background: Some(Colour([255, 255, 255, 255])),
        ink: INK,
        title: "Overføringer mellom tre kunder".into(),
        note:
            "Åse Ødegård, 30 November 2026. Source: accounts. At least 412 transfers; the source stopped at its cap of \
               10,000 rows, so amounts are lower bounds.\nOne object is hidden."
                .into(),
        shapes,
    }
}

/// A PDF with its streams unpacked, its font files left out, and without what depends on how well it is packed.
fn readable(pdf: &[u8]) -> String {
    let find = |text: &[u8], part: &str| text.windows(part.len()).position(|window| window == part.as_bytes());
    let (mut out, mut rest) = (String::new(), pdf);
    while let Some(begin) = find(rest, "stream\n") {
        let head = String::from_utf8_lossy(&rest[..begin]).into_owned();
        let (before, length) = head.rsplit_once("/Length ").expect("a length");
        let digits = length.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(length.len());
        let end = begin + 7 + length[..digits].parse::<usize>().expect("a number");
        out.push_str(&format!("{before}/Length …{}stream\n", &length[digits..]));
        let mut unpacked = Vec::new();
        flate2::read::ZlibDecoder::new(&rest[begin + 7..end]).read_to_end(&mut unpacked).expect("well packed");
        let is_font = head.contains("/Length1");
        out.push_str(&if is_font { "(a font file)".to_owned() } else { unpacked.into_iter().map(shown).collect() });
        rest = rest[end..].strip_prefix(b"\nendstream").or(rest[end..].strip_prefix(b"endstream")).expect("an end");
        out.push_str("\nend of stream");
    }
    out + &String::from_utf8_lossy(&rest[..find(rest, "xref\n").expect("a table")])
}

fn shown(byte: u8) -> String {
    if byte == b'\n' || (b' '..=b'~').contains(&byte) { char::from(byte).into() } else { format!("\\{byte:02x}") }
}

#[test]
fn pictures_stay_as_they_were() {
    golden("page.svg", &svg::write(&page()).expect("a picture"));
    let written = pdf::write(&page(), &FONTS).expect("a picture");
    assert_eq!(written.missing, "");
    assert_eq!(written, pdf::write(&page(), &FONTS).expect("the same"));
    golden("page.pdf.txt", &readable(&written.bytes));
}

#[test]
fn an_svg_escapes_what_would_end_an_element_and_keeps_text_as_text() {
    let shapes = vec![text([0.0, 0.0], Anchor::Start, "</text><script>&\"\u{1b}\nå", false)];
    let page = Page { title: "a < b".into(), note: String::new(), shapes, ..page() };
    let written = svg::write(&page).expect("a picture");
    assert!(written.contains("<title>a &lt; b</title>"));
    assert!(written.contains(">&lt;/text&gt;&lt;script&gt;&amp;&quot;  å</text>"));
    assert!(!written.contains("<script>") && !written.contains("<desc>"));
}

#[test]
fn letters_that_no_font_has_are_told_and_others_are_found_in_the_next_font() {
    let shapes = vec![text([0.0, 0.0], Anchor::Start, "Å語語\u{200d}", true)];
    let page = Page { shapes, title: String::new(), note: String::new(), ..page() };
    let written = pdf::write(&page, &FONTS).expect("a picture");
    assert_eq!(written.missing, "語");
    let without_bold = Fonts { bold: &[], ..FONTS };
    assert_eq!(pdf::write(&page, &without_bold).expect("a picture").missing, "語");
}

#[test]
fn only_the_letters_that_are_used_are_in_the_file() {
    let page = Page { shapes: vec![text([0.0, 0.0], Anchor::Start, "Åse", false)], title: String::new(), ..page() };
    let bytes = pdf::write(&page, &FONTS).expect("a picture").bytes;
    assert!(bytes.starts_with(b"%PDF-1.7"));
    assert!(bytes.len() < 20_000, "{}", bytes.len());
}

#[test]
fn a_page_that_cannot_be_drawn_is_refused() {
    for size in [[0.0, 10.0], [10.0, f32::NAN], [10.0, f32::INFINITY], [2e6, 10.0], [10.0, -1.0]] {
        let page = Page { size, ..page() };
        let told = svg::write(&page).expect_err("refused").to_string();
        assert!(told.ends_with("cannot be drawn; choose sides between 1 and 1,000,000"), "{told}");
        assert_eq!(pdf::write(&page, &FONTS).map(|_| ()).expect_err("refused").to_string(), told);
    }
    for regular in [&[][..], &[&b"no font"[..]]] {
        let fonts = Fonts { regular, bold: &[] };
        assert!(matches!(pdf::write(&page(), &fonts), Err(Fault::Font { .. })));
    }
}

#[test]
fn a_page_larger_than_readers_accept_is_written_in_larger_units() {
    let page =
        Page { size: [100_000.0, 50_000.0], title: String::new(), note: String::new(), shapes: Vec::new(), ..page() };
    let text = readable(&pdf::write(&page, &FONTS).expect("a picture").bytes);
    assert!(text.contains("/UserUnit 8"), "{text}");
    assert!(text.contains("/MediaBox[0 0 13100 6850]"), "{text}");
}

#[test]
fn title_and_note_can_be_read_on_a_large_page_too() {
    let page = Page { size: [20_000.0, 10_000.0], shapes: Vec::new(), ..page() };
    let written = svg::write(&page).expect("a picture");
    let sizes: Vec<&str> = written.split("font-size=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(sizes, ["280", "160", "160"]);
}

/// Any shape, with any numbers: also those that cannot be drawn.
fn any_shape() -> impl Strategy<Value = Shape> {
    let number = prop_oneof![-1e4f32..1e4, any::<f32>()];
    let numbers = proptest::collection::vec(number, 8);
    (0..6, numbers, any::<[u8; 4]>(), any::<(bool, bool)>(), ".{0,20}").prop_map(
        |(kind, n, colour, (has, bold), text)| {
            let colour = Colour(colour);
            let stroke = Stroke { colour, width: n[0], dash: has.then_some([n[1], n[2]]) };
            let (fill, maybe) = (bold.then_some(colour), has.then_some(stroke));
            match kind {
                0 => Shape::Disc { centre: [n[3], n[4]], radius: n[5], fill, stroke: maybe },
                1 => Shape::Line { points: vec![[n[3], n[4]]; usize::from(has) * 3], stroke },
                2 => Shape::Curve { from: [n[3], n[4]], control: [n[5], n[6]], to: [n[7], n[0]], stroke },
                3 => Shape::Arrow { tip: [n[3], n[4]], direction: [n[5], n[6]], length: n[7], colour },
                4 => Shape::Rect { min: [n[3], n[4]], size: [n[5], n[6]], corner: n[7], fill, stroke: maybe },
                _ => Shape::Text { at: [n[3], n[4]], anchor: Anchor::Middle, size: n[5], text, colour, bold },
            }
        },
    )
}

proptest! {
    #[test]
    fn any_shapes_make_well_formed_files(
        shapes in proptest::collection::vec(any_shape(), 0..8), title in ".{0,40}", note in "(.{0,30}[ \n]?){0,8}",
    ) {
        let page = Page { title, note, shapes, ..page() };
        let written = svg::write(&page).expect("a picture");
        let mut xml = quick_xml::Reader::from_str(&written);
        xml.config_mut().check_comments = true;
        let mut depth = 0;
        loop {
            match xml.read_event().expect("well formed") {
                quick_xml::events::Event::Start(_) => depth += 1,
                quick_xml::events::Event::End(_) => depth -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        prop_assert_eq!(depth, 0);
        prop_assert!(!written.contains("NaN") || page.title.contains("NaN") || page.note.contains("NaN"));
        let pdf = readable(&pdf::write(&page, &FONTS).expect("a picture").bytes);
        let begin = pdf.find("stream\n").expect("content");
        let content = &pdf[begin..begin + pdf[begin..].find("end of stream").expect("an end")];
        prop_assert!(!content.contains("NaN") && !content.contains("inf"));
    }
}
