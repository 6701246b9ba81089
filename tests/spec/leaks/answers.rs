//! Answers of the cases: whether a word is anywhere in one, and whether two say the same.

use std::collections::BTreeMap;

use wire::frame::{Close, Decoder, Frame};

use crate::world::Reply;

/// Everything that came, headers and all, in lower case.
pub(crate) fn whole(reply: &Reply) -> String {
    let headers: String = reply.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{}\n{headers}\n{}", reply.status, reply.text()).to_lowercase()
}

/// What an answer says, without what is another each time: its number, how long it took, the revision, the order in which
/// parts came.
pub(crate) fn said(reply: &Reply) -> String {
    let kind = reply.header("content-type");
    let body = if kind == "application/vnd.clew.frames" { frames(&reply.body) } else { reply.text() };
    let kept = ["content-type", "content-disposition", "retry-after"];
    let headers: Vec<String> = kept.iter().map(|name| format!("{name}: {}", reply.header(name))).collect();
    without_numbers(&format!("{} {}\n{body}", reply.status, headers.join("; ")))
}

fn frames(body: &[u8]) -> String {
    let mut decoder = Decoder::new();
    decoder.push(body);
    let mut parts: BTreeMap<u16, String> = BTreeMap::new();
    let mut ends = String::new();
    while let Some(frame) = decoder.next_frame().expect("frames") {
        match frame {
            Frame::Head(_) | Frame::Heartbeat | Frame::Progress(..) => {}
            Frame::Close(part, close) => {
                let close = format!("{:?}\n", Close { millis: 0, ..close });
                parts.entry(part).or_default().push_str(&close);
            }
            Frame::Open(part, open) => parts.entry(part).or_default().push_str(&format!("{open:?}\n")),
            Frame::Arrow(part, bytes) => parts.entry(part).or_default().push_str(&bytes.escape_ascii().to_string()),
            Frame::Failed(fault) => ends.push_str(&format!("{fault:?}")),
            Frame::Done => ends.push_str("done"),
        }
    }
    // In the order of their numbers: a gap between two would tell that something is missing.
    let parts: String = parts.into_iter().map(|(number, part)| format!("{number}: {part}\n")).collect();
    parts + ends.as_str()
}

/// Numbers of questions are sixteen hexadecimal digits; a revision stands behind its name.
fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain(['\0']) {
        if letter.is_ascii_digit() || ('a'..='f').contains(&letter) {
            run.push(letter);
            continue;
        }
        out.push_str(if run.len() == 16 || run.len() == 32 { "(number)" } else { &run });
        run.clear();
        out.push(letter);
    }
    match out.split_once("\"revision\":") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
            format!("{before}\"revision\":N{rest}")
        }
        None => out,
    }
}
