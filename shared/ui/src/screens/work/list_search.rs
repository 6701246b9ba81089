//! A list that was pasted into the search box: one value per line or cell, what was found, and what was not.

use egui::{Event, Key, Modifiers, Response, Ui};
use wire::data::{LONGEST_SEARCH, MOST_SEARCHED_VALUES};

use super::go;
use super::search::{Draft, groups_ui, note};
use crate::app::{Command as AppCommand, Commands, Model, View};
use crate::frame::search_id;
use crate::look::icons;
use crate::widgets::{Button, keys_here};
use crate::words::{Word, Words};
use crate::work::{Command, Object};

/// How many of the values that were not found are named.
const NAMED_MISSING: usize = 12;

/// What was pasted.
pub(super) struct Pasted {
    /// Each value once, as it was written.
    values: Vec<String>,
    /// How many of the first values were taken, where there were more than are looked for at once.
    first_of: Option<usize>,
    /// How many were left out because they are too long.
    too_long: usize,
    /// What stands in the box.
    label: String,
    /// The keyboard goes to the buttons.
    to_buttons: bool,
}

impl Pasted {
    fn new(words: Words, text: &str) -> Self {
        let (values, long): (Vec<String>, Vec<String>) =
            split(text).into_iter().partition(|value| value.chars().count() <= LONGEST_SEARCH);
        let label = words.with(Word::PastedValues, &[&words.count(values.len() as u64)]);
        Self { values, first_of: None, too_long: long.len(), label, to_buttons: false }
    }

    fn is_too_many(&self) -> bool {
        self.values.len() > MOST_SEARCHED_VALUES
    }

    /// Looks for the values; where they are too many, what was found before is forgotten.
    pub(super) fn search(&self) -> Command {
        match self.values.as_slice() {
            [_, ..] if !self.is_too_many() => Command::SearchList(self.values.clone()),
            _ => Command::Search(String::new()),
        }
    }
}

/// The values of a text: one per line, and per cell of a line that comes from a spreadsheet. Empty ones are left out, and
/// those that differ from another in upper and lower case alone.
fn split(text: &str) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let values = text.split(['\n', '\r', '\t']).map(str::trim).filter(|value| !value.is_empty());
    values.filter(|value| seen.insert(value.to_lowercase())).map(str::to_owned).collect()
}

/// Takes a list that is pasted, before the box sees it.
pub(super) fn paste(draft: &mut Draft, ui: &Ui, model: &Model, commands: &mut Commands) {
    if let Some(text) = pasted(ui) {
        let list = Pasted::new(model.words, &text);
        draft.text.clone_from(&list.label);
        draft.list = Some(list);
        draft.is_open = true;
        draft.ask(ui, commands);
    }
}

/// The keys of the box that concern a list, before the box sees them.
pub(super) fn keys(draft: &mut Draft, ui: &Ui, model: &Model, commands: &mut Commands) {
    let Some(list) = &mut draft.list else { return };
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if ui.input(|input| input.key_pressed(Key::Tab) && input.modifiers.is_none()) && draft.is_open {
        list.to_buttons = true;
    }
    // What stands in the box is no text that one can take letters from.
    if pressed(Modifiers::NONE, Key::Backspace) || pressed(Modifiers::NONE, Key::Delete) {
        draft.text.clear();
        typed(draft, commands);
    } else if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter) {
        put_all(draft, ui, model, commands);
    }
}

/// Takes a text of several values out of what was pasted in this frame.
fn pasted(ui: &Ui) -> Option<String> {
    ui.input_mut(|input| {
        let is_list = |event: &Event| matches!(event, Event::Paste(text) if split(text).len() > 1);
        let place = input.events.iter().position(is_list)?;
        match input.events.remove(place) {
            Event::Paste(text) => Some(text),
            _ => None,
        }
    })
}

/// The box was typed into or cleared: the list is forgotten, and what was typed stays.
pub(super) fn typed(draft: &mut Draft, commands: &mut Commands) {
    if let Some(list) = draft.list.take() {
        draft.text = draft.text.replacen(&list.label, "", 1);
        commands.work(Command::Search(String::new()));
    }
}

/// The values that a hit answers, where a list was looked for.
pub(super) fn answered(model: &Model, hit: &Object) -> Option<String> {
    let values = model.work.search.list.as_ref()?.answered_by(&hit.is);
    (!values.is_empty()).then(|| values.join(", "))
}

/// Draws what became of the list.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let Some(pasted) = &draft.list else { return };
    let count = |number: usize| words.count(number as u64);
    if pasted.too_long > 0 {
        note(ui, &words.with(Word::LongValues, &[&count(pasted.too_long), &count(LONGEST_SEARCH)]));
    }
    if pasted.is_too_many() {
        too_many_ui(ui, words, draft, commands);
        return;
    }
    let Some(list) = &model.work.search.list else { return };
    if let Some(all) = pasted.first_of {
        note(ui, &words.with(Word::FirstOfValues, &[&count(pasted.values.len()), &count(all)]));
    }
    let found = words.with(Word::ValuesFound, &[&count(list.found()), &count(list.values.len())]);
    note(ui, &format!("{found} · {}", words.t(Word::ValuesCompared)));
    groups_ui(ui, model, draft, commands);
    if model.work.search.is_running {
        return;
    }
    if model.work.search.groups.iter().any(|group| group.found().more) {
        note(ui, &words.with(Word::HitsCut, &[&count(MOST_SEARCHED_VALUES)]));
    }
    ui.separator();
    let missing = list.missing();
    missing_ui(ui, model, &missing);
    buttons_ui(ui, model, draft, &missing, commands);
    note(ui, &keys_here(ui.ctx(), words.t(Word::ListKeys)));
}

fn too_many_ui(ui: &mut Ui, words: Words, draft: &mut Draft, commands: &mut Commands) {
    let Some(list) = &mut draft.list else { return };
    let (all, most) = (list.values.len(), MOST_SEARCHED_VALUES);
    let count = |number: usize| words.count(number as u64);
    note(ui, &words.with(Word::TooManyPasted, &[&count(all), &count(most)]));
    let button = ui.add(Button::new(&words.with(Word::LookForFirst, &[&count(most)])).icon(icons::SEARCH));
    focused(list, &button);
    if button.clicked() {
        list.values.truncate(most);
        list.first_of = Some(all);
        list.label = words.with(Word::PastedValues, &[&count(most)]);
        draft.text.clone_from(&list.label);
        draft.ask(ui, commands);
        ui.memory_mut(|memory| memory.request_focus(search_id()));
    }
}

/// Gives the first button the keyboard when that was asked for.
fn focused(list: &mut Pasted, button: &Response) {
    if std::mem::take(&mut list.to_buttons) {
        button.request_focus();
        button.scroll_to_me(None);
    }
}

fn missing_ui(ui: &mut Ui, model: &Model, missing: &[&str]) {
    let words = model.words;
    if missing.is_empty() {
        return;
    }
    let named = missing.iter().take(NAMED_MISSING).copied().collect::<Vec<_>>().join(", ");
    let named = match missing.len().checked_sub(NAMED_MISSING).filter(|more| *more > 0) {
        Some(more) => words.with(Word::NamesAndMore, &[&named, &words.count(more as u64)]),
        None => named,
    };
    let word = if model.work.search.is_whole() { Word::ValuesMissing } else { Word::ValuesMissingSoFar };
    note(ui, &words.with(word, &[&named]));
}

fn buttons_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, missing: &[&str], commands: &mut Commands) {
    let words = model.words;
    let all = found(model).count() as u64;
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        let mut buttons = Vec::new();
        if all > 0 {
            let name = match all {
                1 => words.t(Word::PutOnGraph).to_owned(),
                _ => words.with(Word::PutAllOnGraph, &[&words.count(all)]),
            };
            let put = ui.add(Button::new(&name).icon(icons::HUB));
            if put.clicked() {
                put_all(draft, ui, model, commands);
            }
            buttons.push(put);
        }
        if !missing.is_empty() {
            let copy = ui.add(Button::new(words.t(Word::CopyMissing)).icon(icons::CONTENT_COPY));
            if copy.clicked() {
                commands.send(AppCommand::Copy(missing.join("\n")));
            }
            buttons.push(copy);
        }
        if let (Some(list), Some(first)) = (&mut draft.list, buttons.first()) {
            focused(list, first);
        }
    });
}

/// Everything that answers the list.
fn found(model: &Model) -> impl Iterator<Item = &Object> {
    model.work.search.groups.iter().flat_map(|group| group.hits.iter().chain(&group.beyond))
}

fn put_all(draft: &mut Draft, ui: &Ui, model: &Model, commands: &mut Commands) {
    let all: Vec<Object> = found(model).cloned().collect();
    if all.is_empty() {
        return;
    }
    draft.is_open = false;
    ui.memory_mut(|memory| memory.surrender_focus(search_id()));
    go(model, View::Graph, commands);
    commands.work(Command::OpenFound(all));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_cells_are_values_each_once_and_without_what_stands_around_them() {
        let table = [
            ("a\nb", vec!["a", "b"]),
            ("a\r\nb\r\n", vec!["a", "b"]),
            ("a\tb\tc", vec!["a", "b", "c"]),
            ("  Ada  Bø \n\n\tADA  BØ\n x", vec!["Ada  Bø", "x"]),
            ("Ferry Road 12, 6800; Førde", vec!["Ferry Road 12, 6800; Førde"]),
            ("one\n", vec!["one"]),
            ("\n \n", vec![]),
        ];
        for (text, expected) in table {
            assert_eq!(split(text), expected, "{text:?}");
        }
    }

    #[test]
    fn values_that_are_too_long_are_left_out_and_counted() {
        let list = Pasted::new(Words::default(), &format!("a\n{}\nb", "x".repeat(LONGEST_SEARCH + 1)));
        assert_eq!((list.values.len(), list.too_long, list.label.as_str()), (2, 1, "2 values"));
        let many: String = (0..=MOST_SEARCHED_VALUES).map(|n| format!("{n}\n")).collect();
        assert!(Pasted::new(Words::default(), &many).is_too_many());
    }
}
