//! A picture as SVG 1.1. Text stays text, in our face where the reader has it, else in any without serifs.

use std::fmt::Write;

use super::shapes::{Anchor, Colour, Outline, Page, Part, Shape, Stroke, arrowhead, one_line};
use super::sheet::Sheet;
use super::xml::push_escaped;
use super::{Fault, Point};

const FACES: &str = "'Noto Sans', sans-serif";

/// Shapes with a number that is not finite, or beyond ten million, are left out.
///
/// # Errors
/// If the page is empty or too large.
pub fn write(page: &Page) -> Result<String, Fault> {
    page.check()?;
    let sheet = Sheet::of(page);
    let [width, height] = sheet.size.map(number);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" \
         width=\"{width}pt\" height=\"{height}pt\" viewBox=\"0 0 {width} {height}\" font-family=\"{FACES}\" \
         xml:space=\"preserve\">\n"
    );
    push_element(&mut out, "title", &page.title);
    push_element(&mut out, "desc", &page.note);
    if let Some(colour) = page.background {
        push(&mut out, format_args!("<rect width=\"{width}\" height=\"{height}\"{}/>\n", fill(Some(colour))));
    }
    let [x, y] = sheet.origin.map(number);
    push(&mut out, format_args!("<g transform=\"translate({x} {y})\">\n"));
    page.shapes.iter().filter(|shape| shape.is_drawable()).for_each(|shape| push_shape(&mut out, shape));
    out.push_str("</g>\n");
    sheet.texts.iter().for_each(|text| push_shape(&mut out, text));
    out.push_str("</svg>\n");
    Ok(out)
}

fn push_element(out: &mut String, name: &str, text: &str) {
    if !text.is_empty() {
        push(out, format_args!("<{name}>"));
        push_escaped(out, text);
        push(out, format_args!("</{name}>\n"));
    }
}

fn push_shape(out: &mut String, shape: &Shape) {
    match shape {
        Shape::Disc { centre: [x, y], radius, fill: inside, stroke } => {
            let (x, y, radius) = (number(*x), number(*y), number(radius.abs()));
            let paint = painted(*inside, stroke.as_ref());
            push(out, format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{paint}/>\n"));
        }
        Shape::Line { points, stroke } => {
            let points: Vec<String> = points.iter().map(|point| pair(*point)).collect();
            let paint = painted(None, Some(stroke));
            push(out, format_args!("<polyline points=\"{}\"{paint}/>\n", points.join(" ")));
        }
        Shape::Curve { from, control, to, stroke } => {
            let [from, control, to] = [*from, *control, *to].map(pair);
            let paint = painted(None, Some(stroke));
            push(out, format_args!("<path d=\"M{from} Q{control} {to}\"{paint}/>\n"));
        }
        Shape::Arrow { tip, direction, length, colour } => {
            if let Some(corners) = arrowhead(*tip, *direction, *length) {
                let points = corners.map(pair).join(" ");
                push(out, format_args!("<polygon points=\"{points}\"{}/>\n", fill(Some(*colour))));
            }
        }
        Shape::Rect { min: [x, y], size: [width, height], corner, fill: inside, stroke } => {
            let [x, y, width, height] = [*x, *y, width.max(0.0), height.max(0.0)].map(number);
            let corner = if *corner > 0.0 { format!(" rx=\"{}\"", number(*corner)) } else { String::new() };
            let paint = painted(*inside, stroke.as_ref());
            push(
                out,
                format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{corner}{paint}/>\n"),
            );
        }
        Shape::Form { outlines, fill: inside } => {
            let path: Vec<String> = outlines.iter().map(path).collect();
            push(out, format_args!("<path d=\"{}\"{}/>\n", path.join(" "), fill(Some(*inside))));
        }
        Shape::Text { at: [x, y], anchor, size, text, colour, bold } => {
            let [x, y, size] = [*x, *y, size.abs()].map(number);
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let weight = if *bold { " font-weight=\"600\"" } else { "" };
            let paint = fill(Some(*colour));
            push(out, format_args!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{anchor}{weight}{paint}>"));
            push_escaped(out, &one_line(text));
            out.push_str("</text>\n");
        }
    }
}

fn path(outline: &Outline) -> String {
    let parts = outline.parts.iter().map(|part| match part {
        Part::Line(to) => format!("L{}", pair(*to)),
        Part::Curve { control, to } => format!("Q{} {}", pair(*control), pair(*to)),
    });
    format!("M{}{}Z", pair(outline.start), parts.collect::<String>())
}

fn painted(inside: Option<Colour>, stroke: Option<&Stroke>) -> String {
    let mut paint = fill(inside);
    if let Some(stroke) = stroke {
        let width = number(stroke.width.max(0.0));
        paint.push_str(&format!(" stroke=\"{}\" stroke-width=\"{width}\"", hex(stroke.colour)));
        paint.push_str(&opacity("stroke", stroke.colour));
        let dash = stroke.dash.map(|dash| dash.map(|length| length.max(0.0)));
        if let Some([dash, gap]) = dash.filter(|dash| dash.iter().sum::<f32>() > 0.0) {
            paint.push_str(&format!(" stroke-dasharray=\"{} {}\"", number(dash), number(gap)));
        }
    }
    paint
}

fn fill(colour: Option<Colour>) -> String {
    match colour {
        Some(colour) => format!(" fill=\"{}\"{}", hex(colour), opacity("fill", colour)),
        None => " fill=\"none\"".to_owned(),
    }
}

fn opacity(of: &str, Colour([.., cover]): Colour) -> String {
    if cover == u8::MAX { String::new() } else { format!(" {of}-opacity=\"{}\"", number(f32::from(cover) / 255.0)) }
}

fn hex(Colour([red, green, blue, _]): Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn pair([x, y]: Point) -> String {
    format!("{},{}", number(x), number(y))
}

/// A hundredth of a point is finer than any screen or printer. Never `-0`.
fn number(number: f32) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    out.write_fmt(text).unwrap_or_default();
}
