//! The status bar: how each source is doing, what is on the graph, what is selected, and which step this is.

use access::SourceId;
use egui::Ui;

use super::{Draft, values};
use crate::app::{Commands, Model};
use crate::frame::{SourceState, status_bar};
use crate::widgets::Tone;
use crate::words::Word;
use crate::work::{SLOW_MILLIS, SourceMood};

/// The most selected columns whose sums are shown.
const MOST_SUMS: usize = 2;

/// Draws the bar.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, _commands: &mut Commands) {
    let states = states(model);
    let dots: Vec<SourceState<'_>> =
        states.iter().map(|(tone, text)| SourceState { tone: *tone, text: text.as_str() }).collect();
    let texts = texts(model, draft);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    if let Some(clicked) = status_bar(ui, model.words, &dots, &texts) {
        draft.search.show_source(clicked);
    }
}

/// Every source's state in words.
pub(in crate::screens) fn states(model: &Model) -> Vec<(Tone, String)> {
    let sources = model.project().map(|seen| &seen.project.sources);
    sources.into_iter().flatten().map(|(id, source)| state(model, id, &source.name)).collect()
}

/// A source's state in words.
pub(super) fn state(model: &Model, id: &SourceId, name: &str) -> (Tone, String) {
    let words = model.words;
    match model.work.sources.get(id) {
        None => (Tone::Neutral, words.with(Word::SourceNotAsked, &[name])),
        Some(SourceMood::Asked) => (Tone::Neutral, words.with(Word::SourceAsked, &[name])),
        Some(SourceMood::Answered(millis)) if *millis >= SLOW_MILLIS => {
            (Tone::Warn, words.with(Word::SourceSlow, &[name, &words.duration_ms(*millis)]))
        }
        Some(SourceMood::Answered(_)) => (Tone::Ok, words.with(Word::SourceAnswered, &[name])),
        Some(SourceMood::Failed(_)) => (Tone::Bad, words.with(Word::SourceDidFail, &[name])),
    }
}

fn texts(model: &Model, draft: &mut Draft) -> Vec<String> {
    let words = model.words;
    let graph = &model.work.board.graph;
    let (objects, links) = (graph.shown().count() as u64, graph.shown_links().count() as u64);
    let mut texts = Vec::new();
    texts.extend(model.work.going.first().map(|going| format!("{}…", going.what)));
    let count = |word, number| words.with(word, &[&words.count(number)]);
    if objects > 0 {
        texts.push(format!("{} · {}", count(Word::Objects, objects), count(Word::LinksCount, links)));
    }
    let cut = model.work.cut().count() as u64;
    if cut > 0 {
        texts.push(count(Word::ExpansionsCut, cut));
    }
    match &model.work.restoring {
        Some(restoring) if restoring.fault().is_some() => texts.push(words.t(Word::NotPutBack).to_owned()),
        Some(_) => texts.push(words.t(Word::PuttingBack).to_owned()),
        None if model.work.not_kept.is_some() => texts.push(words.t(Word::NotKept).to_owned()),
        None => {}
    }
    texts.extend(selection(model, draft));
    let (now, all) = model.work.board.history.position();
    if all > 0 {
        texts.push(words.with(Word::StepOf, &[&words.count(now as u64), &words.count(all as u64)]));
    }
    texts
}

/// The selected rows with their sums, or else the selected objects.
fn selection(model: &Model, draft: &mut Draft) -> Option<String> {
    let words = model.words;
    let rows = model.work.tables.tab().and_then(|tab| draft.tables.selected(model, tab));
    if let Some((count, sums)) = rows {
        let mut text = words.with(Word::Selected, &[&words.count(count)]);
        for sum in sums.iter().take(MOST_SUMS) {
            text.push_str(&format!(" · {sum}"));
        }
        let more = sums.len().saturating_sub(MOST_SUMS) as u64;
        if more > 0 {
            text.push_str(&format!(" · {}", words.with(Word::AndMore, &[&words.count(more)])));
        }
        return Some(text);
    }
    let count = model.work.board.selected.len() as u64;
    (count > 0).then(|| values::selected(model, count))
}
