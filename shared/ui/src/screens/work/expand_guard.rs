//! Before an expansion brings so many objects that none of them can be told: how many are wanted, and which come first.

use access::LinkTypeId;
use egui::{Label, RichText, Ui};
use model::query::Direction;
use wire::frame::NOT_COUNTED;

use super::expand_menu::{ALL, Draft, Line, lines, orders_ui};
use crate::app::{Commands, Model};
use crate::look::{Look, icons};
use crate::widgets::{ListRow, menu_line};
use crate::words::Word;
use crate::work::ObjectRef;

/// More objects than this at once are asked about.
const MUCH: u64 = 250;
/// How many of them are offered instead.
const OFFERED: [u64; 3] = [25, 100, MUCH];

/// The line that is asked about.
pub(super) struct Asking {
    link: LinkTypeId,
    direction: Direction,
    /// The first frame gives the first choice the keyboard.
    is_new: bool,
}

impl Asking {
    pub(super) fn new(line: &Line<'_>) -> Self {
        Self { link: line.link.id.clone(), direction: line.direction, is_new: true }
    }
}

/// Whether a line leads to too many objects, or nobody knows to how many.
pub(super) fn is_much(line: &Line<'_>) -> bool {
    let far = line.count.map(|count| count.neighbours).filter(|far| *far != NOT_COUNTED);
    far.is_none_or(|far| far.more || far.number > MUCH)
}

/// Draws the question; true when something was expanded.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, first: &ObjectRef, commands: &mut Commands) -> bool {
    let words = model.words;
    let Some(Asking { link, direction, is_new }) = draft.asking.take() else { return false };
    let lines = lines(model, draft, first);
    let Some(line) = lines.iter().find(|line| line.link.id == link && line.direction == direction) else {
        return false;
    };
    let label = line.link.label(direction);
    let all = line.brings(words, ALL);
    let text = match all.as_str() {
        "" => words.with(Word::UnknownMany, &[label]),
        _ => words.with(Word::ManyAtOnce, &[label, &line.brings(words, u64::MAX)]),
    };
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        ui.add(Label::new(RichText::new(text).color(Look::of(ui.ctx()).colours.text)).wrap());
    });
    ui.add_space(8.0);
    orders_ui(ui, words, &mut draft.order, Some(line));
    ui.add_space(6.0);
    let offered = OFFERED.map(|limit| (limit, words.with(Word::FirstOfThem, &[&words.count(limit)])));
    let all = if all.is_empty() { words.with(Word::FirstOfThem, &[&words.count(ALL)]) } else { all };
    let mut chosen = None;
    for (number, (limit, text)) in offered.into_iter().chain([(ALL, all)]).enumerate() {
        let response = menu_line(ui, ListRow::new(&text).icon(icons::ACCOUNT_TREE));
        if is_new && number == 0 {
            response.request_focus();
        }
        if response.clicked() {
            chosen = Some(limit);
        }
    }
    ui.separator();
    let back = menu_line(ui, ListRow::new(words.t(Word::BackToLinks)).icon(icons::ARROW_BACK)).clicked();
    if let Some(limit) = chosen {
        commands.work(draft.expand(line, limit));
    } else if !back {
        draft.asking = Some(Asking { link, direction, is_new: false });
    }
    chosen.is_some()
}
