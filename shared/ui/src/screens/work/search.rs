//! The search box and the panel under it: hits grouped by object type, as each source answers.

use std::time::Duration;

use egui::{Id, Key, Modifiers, Response, RichText, ScrollArea, Ui, pos2};
use wire::data::LONGEST_SEARCH;

use super::{go, going, list_search, popup, show_table, status, values};
use crate::app::{Commands, Model, View};
use crate::frame::search_id;
use crate::look::{CANCEL_AFTER_SECS, Look, TextSize, icons};
use crate::screens::fault_box;
use crate::widgets::{Button, ListRow, SearchBoxResponse, Tone, keys_here, look_again, menu_heading, state_dot};
use crate::words::Word;
use crate::work::{About, Command, Group, Object, ObjectRef, SourceMood, Wishes, is_long_enough, is_too_long};

/// How long nothing must be typed before it is looked for.
const AFTER_SECS: f64 = 0.25;
/// How often the panel says anew how long a source has been silent.
const TELL: Duration = Duration::from_millis(250);

/// The search box.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) is_open: bool,
    /// The hit that the arrows chose, wherever it stands by now; until they did, the first.
    highlighted: Option<ObjectRef>,
    /// The same among the last searches, while nothing is typed.
    last: Option<usize>,
    typed_at: Option<f64>,
    asked_at: f64,
    /// What was pasted, where that was a list; the text says how many values.
    pub(super) list: Option<list_search::Pasted>,
}

impl Draft {
    /// Gives the box the keyboard and opens its panel.
    pub(super) fn open(&mut self, ui: &Ui) {
        ui.memory_mut(|memory| memory.request_focus(search_id()));
        self.is_open = true;
    }

    /// A source was clicked in the status bar: its state is told in the panel.
    pub(super) fn show_source(&mut self, _number: usize) {
        self.is_open = true;
    }

    /// The keys of the box, before it sees them itself: arrows walk through the hits, Enter opens one.
    pub(super) fn keys(&mut self, ui: &Ui, model: &Model, commands: &mut Commands) {
        let has_keyboard = ui.memory(|memory| memory.has_focus(search_id()));
        if !has_keyboard {
            return;
        }
        list_search::paste(self, ui, model, commands);
        list_search::keys(self, ui, model, commands);
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::NONE, Key::ArrowDown) {
            self.is_open = true;
            self.walk(model, true);
        }
        if pressed(Modifiers::NONE, Key::ArrowUp) {
            self.walk(model, false);
        }
        let stays = pressed(Modifiers::COMMAND, Key::Enter) || pressed(Modifiers::SHIFT, Key::Enter);
        if stays || pressed(Modifiers::NONE, Key::Enter) {
            self.enter(ui, model, stays, commands);
        }
    }

    /// Highlights the next line, or the one before it.
    fn walk(&mut self, model: &Model, forward: bool) {
        let next = |at: usize, count: usize| if forward { at + 1 } else { at.saturating_sub(1) }.min(count - 1);
        let (hits, searches) = (hits(model), model.work.searches.len());
        if self.text.trim().is_empty() {
            self.last = self.last.map_or(Some(0), |at| Some(next(at, searches.max(1)))).filter(|_| searches > 0);
        } else if !hits.is_empty() {
            self.highlighted = hits.get(next(self.place(&hits), hits.len())).map(|hit| hit.is.clone());
        }
    }

    /// The place of the highlighted hit.
    fn place(&self, hits: &[&Object]) -> usize {
        hits.iter().position(|hit| Some(&hit.is) == self.highlighted.as_ref()).unwrap_or(0)
    }

    fn enter(&mut self, ui: &Ui, model: &Model, stays: bool, commands: &mut Commands) {
        self.is_open = true;
        if self.text.trim().is_empty()
            && let Some(search) = self.last.and_then(|last| model.work.searches.get(last))
        {
            self.text.clone_from(search);
        }
        if self.list.is_none() && self.text.trim() != model.work.search.text {
            self.ask(ui, commands);
            return;
        }
        let hits = hits(model);
        if let Some(hit) = hits.get(self.place(&hits)) {
            self.choose(ui, model, hit, stays, commands);
        }
    }

    fn choose(&mut self, ui: &Ui, model: &Model, hit: &Object, stays: bool, commands: &mut Commands) {
        if !stays {
            self.is_open = false;
            ui.memory_mut(|memory| memory.surrender_focus(search_id()));
            if let Some(View::Object { .. }) = model.route.view() {
                go(model, View::Object { object_type: hit.is.object_type.clone(), key: hit.is.key.clone() }, commands);
            }
        }
        commands.work(Command::OpenFound(vec![hit.clone()]));
    }

    pub(super) fn ask(&mut self, ui: &Ui, commands: &mut Commands) {
        (self.typed_at, self.highlighted, self.last) = (None, None, None);
        self.asked_at = ui.input(|input| input.time);
        commands.work(match &self.list {
            Some(list) => list.search(),
            None => Command::Search(self.text.clone()),
        });
    }

    /// Takes over what was typed into the search box of another screen.
    pub(super) fn take_over(&mut self, ui: &Ui, model: &Model, commands: &mut Commands) {
        if let Some(text) = &model.work.look_for {
            self.list = None;
            self.text.clone_from(text);
            self.open(ui);
            self.ask(ui, commands);
            commands.work(Command::TakeLookFor);
        }
    }

    /// What happened in the box. A short pause in typing asks.
    pub(super) fn heard(&mut self, ui: &Ui, model: &Model, found: &SearchBoxResponse, commands: &mut Commands) {
        let now = ui.input(|input| input.time);
        if found.changed {
            list_search::typed(self, commands);
            (self.is_open, self.typed_at, self.last) = (true, Some(now), None);
        }
        if found.response.gained_focus() {
            self.is_open = true;
        }
        let Some(typed_at) = self.typed_at else { return };
        let left = AFTER_SECS - (now - typed_at);
        if left > 0.0 {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        } else if self.text.trim() != model.work.search.text {
            self.ask(ui, commands);
        } else {
            self.typed_at = None;
        }
    }
}

/// Groups with hits: those with an exact match of the key first, then those whose titles fit best.
fn ordered(model: &Model) -> Vec<&Group> {
    let search = &model.work.search;
    let text = search.text.to_lowercase();
    let rank = |hit: &Object| {
        let title = hit.title.to_lowercase();
        match () {
            () if hit.is.key.concat() == search.text => 0,
            () if title == text => 1,
            () if title.starts_with(&text) => 2,
            () if title.contains(&text) => 3,
            () => 4,
        }
    };
    let mut groups: Vec<&Group> = search.groups.iter().filter(|group| !group.hits.is_empty()).collect();
    groups.sort_by_key(|group| group.hits.iter().map(rank).min());
    groups
}

/// The hits in the order in which they are listed.
fn hits(model: &Model) -> Vec<&Object> {
    ordered(model).into_iter().flat_map(|group| &group.hits).collect()
}

/// Draws the panel under the box while it is open.
pub(super) fn panel_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, search_box: &Response, commands: &mut Commands) {
    if !draft.is_open {
        return;
    }
    let field = search_box.rect.expand2(egui::vec2(40.0, 6.0));
    let at = pos2(field.left() + 4.0, field.bottom() + 4.0);
    let most = ui.ctx().content_rect().bottom() - at.y - 48.0;
    let shown = popup::panel(ui, Id::unique("search panel"), at, field.width() - 8.0, |ui| {
        ScrollArea::vertical().max_height(most.min(620.0)).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            content_ui(ui, model, draft, commands);
        });
    });
    if popup::is_left(ui, &[shown.response.rect, field]) {
        draft.is_open = false;
        ui.memory_mut(|memory| memory.surrender_focus(search_id()));
    }
}

fn content_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let text = draft.text.trim().to_owned();
    let is_list = draft.list.is_some();
    if is_list {
        list_search::ui(ui, model, draft, commands);
    } else if text.is_empty() {
        last_searches_ui(ui, model, draft, commands);
    } else if is_too_long(&text) {
        note(ui, &words.with(Word::SearchTooLong, &[&words.count(LONGEST_SEARCH as u64)]));
    } else if !is_long_enough(&text) {
        note(ui, words.t(Word::KeepTyping));
    } else if model.work.search.text == text {
        found_ui(ui, model, draft, commands);
    }
    if model.work.search.is_running {
        look_again(ui.ctx(), TELL);
        let waited = ui.input(|input| input.time) - draft.asked_at;
        if waited >= CANCEL_AFTER_SECS && ui.add(Button::quiet(words.t(Word::Stop)).icon(icons::STOP)).clicked() {
            commands.work(Command::StopSearch);
        }
    } else if model.work.search.is_stopped && (is_list || model.work.search.text == text) {
        note(ui, words.t(Word::SearchStopped));
    }
}

pub(super) fn note(ui: &mut Ui, text: &str) {
    let text = RichText::new(text).color(Look::of(ui.ctx()).colours.dim);
    inset(ui, |ui| ui.label(text));
}

/// In line with the rows, every line of it.
fn inset(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> egui::Response) {
    egui::Frame::new().inner_margin(egui::Margin::symmetric(8, 0)).show(ui, content);
}

/// A source's state, in line with the rows.
fn dot(ui: &mut Ui, tone: Tone, text: &str) {
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        state_dot(ui, tone, text);
    });
}

fn last_searches_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    if model.work.searches.is_empty() {
        note(ui, words.t(Word::NoSearches));
    } else {
        menu_heading(ui, words.t(Word::LastSearches));
    }
    for (place, search) in model.work.searches.iter().enumerate() {
        let row = ListRow::new(search).icon(icons::HISTORY).selected(draft.last == Some(place));
        if ui.add(row).clicked() {
            draft.text.clone_from(search);
            draft.ask(ui, commands);
            ui.memory_mut(|memory| memory.request_focus(search_id()));
        }
    }
    failures_ui(ui, model);
}

/// Sources that could not answer, with what to do.
fn failures_ui(ui: &mut Ui, model: &Model) {
    for (id, mood) in &model.work.sources {
        if let SourceMood::Failed(fault) = mood {
            let (tone, text) = status::state(model, id, values::source_name(model, id));
            dot(ui, tone, &text);
            note(ui, &fault.to_string());
        }
    }
}

fn found_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let search = &model.work.search;
    groups_ui(ui, model, draft, commands);
    if !search.is_running && !search.is_stopped && search.hits() == 0 {
        nothing_ui(ui, model);
    } else if search.hits() > 0 {
        ui.separator();
        let keys = keys_here(ui.ctx(), model.words.t(Word::SearchKeys));
        note(ui, &keys);
    }
}

/// The hits by type, and the sources that have not answered.
pub(super) fn groups_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    if let Some(fault) = &model.work.search.fault
        && fault_box(ui, model, fault)
    {
        draft.ask(ui, commands);
    }
    let hits = hits(model);
    let highlighted = hits.get(draft.place(&hits)).map(|hit| &hit.is);
    for group in ordered(model) {
        group_ui(ui, model, draft, group, highlighted, commands);
    }
    sources_ui(ui, model, draft);
    withheld_ui(ui, model);
}

/// Types that were not searched because the person knows them by name only.
fn withheld_ui(ui: &mut Ui, model: &Model) {
    let (words, withheld) = (model.words, model.withheld());
    for group in model.work.search.groups.iter().filter(|group| group.is_withheld()) {
        let Some(kind) = withheld.and_then(|known| known.object_type(&group.object_type)) else { continue };
        note(ui, &words.with(Word::NotSearched, &[&kind.plural]));
    }
}

fn group_ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut Draft,
    group: &Group,
    highlighted: Option<&ObjectRef>,
    commands: &mut Commands,
) {
    let Some(kind) = model.object_type(&group.object_type) else { return };
    let words = model.words;
    let look = Look::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        let count = values::counted(words, group.found());
        ui.label(RichText::new(&kind.plural).font(TextSize::Small.semibold()).color(look.colours.dim));
        let found = words.with(Word::FoundIn, &[&count]);
        let found = ui.label(RichText::new(found).font(TextSize::Small.regular()).color(look.colours.dim));
        if let Some(close) = &group.close {
            found.on_hover_text(values::causes(model, &close.completeness).join("\n"));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            // A table asks for a text; there is none where a list was pasted.
            if model.work.search.list.is_some() {
                return;
            }
            let name = format!("{}: {}", words.t(Word::ShowAsTable), kind.plural);
            if ui.add(Button::icon_only(icons::TABLE, &name)).clicked() {
                let wishes = Wishes { text: Some(model.work.search.text.clone()), ..Wishes::default() };
                show_table(model, About::Objects(kind.id.clone()), wishes, commands);
                draft.is_open = false;
            }
        });
    });
    for (place, hit) in group.hits.iter().enumerate() {
        let key = list_search::answered(model, hit).unwrap_or_else(|| hit.is.key.join(" · "));
        let detail = if key == hit.title { "" } else { key.as_str() };
        let is_highlighted = Some(&hit.is) == highlighted;
        let row = ListRow::new(&hit.title).coloured_icon(values::type_icon(kind), values::type_colour(look, kind));
        let response =
            ui.push_id((&group.object_type, place), |ui| ui.add(row.detail(detail).selected(is_highlighted))).inner;
        if is_highlighted && response.rect.bottom() > ui.clip_rect().bottom() {
            response.scroll_to_me(None);
        }
        if response.clicked() {
            let stays = ui.input(|input| input.modifiers.command || input.modifiers.shift);
            draft.choose(ui, model, hit, stays, commands);
        }
    }
    if !group.beyond.is_empty() {
        note(ui, &words.with(Word::MoreHits, &[&words.count(group.beyond.len() as u64)]));
    }
}

/// Sources that have not answered yet, and those that could not.
fn sources_ui(ui: &mut Ui, model: &Model, draft: &Draft) {
    let search = &model.work.search;
    let words = model.words;
    let waited = ui.input(|input| input.time) - draft.asked_at;
    let mut told = std::collections::BTreeSet::new();
    for group in &search.groups {
        let Some(source) = &group.source else { continue };
        let name = values::source_name(model, source);
        match &group.close {
            None if search.is_running && told.insert(source) => {
                let millis = (waited.max(0.0) * 1_000.0) as u64;
                let text = words.with(Word::SourceWaiting, &[name, &words.duration_ms(millis)]);
                let text = going::with_progress(words, &text, &group.progress);
                dot(ui, Tone::Neutral, &text);
            }
            Some(close) => {
                if let Some(fault) = close.fault.as_ref().filter(|_| told.insert(source)) {
                    let (tone, text) = status::state(model, source, name);
                    dot(ui, tone, &text);
                    note(ui, &fault.to_string());
                }
            }
            None => {}
        }
    }
    if search.groups.is_empty() && search.is_running {
        note(ui, words.t(Word::Loading));
    }
}

/// Says what was searched, and who did not answer.
fn nothing_ui(ui: &mut Ui, model: &Model) {
    let search = &model.work.search;
    let words = model.words;
    if search.fault.is_some() {
        return;
    }
    let title = RichText::new(words.with(Word::NothingFor, &[&search.text])).font(TextSize::Body.semibold());
    inset(ui, |ui| ui.label(title));
    let named = |failed: bool| {
        let groups = search
            .groups
            .iter()
            .filter(|group| !group.is_withheld())
            .filter(|group| group.close.as_ref().is_none_or(|close| close.fault.is_some()) == failed);
        let names: Vec<&str> =
            groups.filter_map(|group| Some(model.object_type(&group.object_type)?.plural.as_str())).collect();
        names.join(", ")
    };
    let (searched, silent) = (named(false), named(true));
    if !searched.is_empty() {
        note(ui, &words.with(Word::SearchedIn, &[&searched]));
    }
    if !silent.is_empty() {
        note(ui, &words.with(Word::DidNotAnswer, &[&silent]));
    }
}
