//! Texts, arrows and frames over the graph: drawn, moved, written and taken away, by mouse and by keyboard.

use egui::{
    Align2, Color32, CursorIcon, Id, Key, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, vec2,
};
use graph::{LONGEST_NOTE, Note, NoteId, NoteKind, Place};

use crate::app::{Commands, Model};
use crate::canvas::View;
use crate::look::{Look, RADIUS, TextSize, icons};
use crate::widgets::{Button, TextField, paint, popover_beside};
use crate::words::Word;
use crate::work::Command;
use crate::work::style::COLOURS;

/// The widest text, in points.
const WIDEST: f32 = 240.0;
/// The knobs at the ends of arrows and the corners of frames, in points.
const KNOB: f32 = 6.0;
/// How far an arrow key moves a note, in points.
const STEP: f32 = 16.0;
/// How long a new arrow is, and how much room a new frame leaves around objects, at zoom 1.
const LENGTH: f32 = 140.0;
const ROOM: f32 = 48.0;
/// How many places for a new text are looked at.
const TRIES: u8 = 10;
/// The most characters that are typed; each takes at most four bytes.
const MOST_CHARS: usize = LONGEST_NOTE / 4;

/// What is being written and moved.
#[derive(Default)]
pub(super) struct Draft {
    /// The note whose text is open, and the text.
    writing: Option<(NoteId, String)>,
    /// A text that is not on the graph yet: one without words never comes there.
    new: Option<(NoteId, Note)>,
    /// What is dragged, by which part, and how far, in points on the screen.
    drag: Option<(NoteId, Grip, Vec2)>,
}

/// Which part of a note is taken hold of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Grip {
    All,
    From,
    To,
}

/// Where the graph lies on the screen.
#[derive(Clone, Copy)]
pub(super) struct Ground {
    pub(super) view: View,
    pub(super) pane: Rect,
}

impl Ground {
    fn on_screen(self, [x, y]: Place) -> Pos2 {
        self.pane.center() + vec2(x - self.view.x, y - self.view.y) * self.view.zoom
    }

    fn on_graph(self, at: Pos2) -> Place {
        let at = (at - self.pane.center()) / self.view.zoom;
        [at.x + self.view.x, at.y + self.view.y]
    }
}

/// A new note of a kind: around what is selected, or in the middle of what is seen. Its text is open at once.
pub(super) fn add(model: &Model, draft: &mut Draft, kind: NoteKind, ground: Ground, commands: &mut Commands) {
    let board = &model.work.board;
    let places: Vec<Place> = board.selected.iter().map(|id| board.graph.place(*id)).collect();
    let around = |grow: f32| {
        let low = |at: usize| places.iter().filter_map(|place| place.get(at).copied()).fold(f32::MAX, f32::min);
        let high = |at: usize| places.iter().filter_map(|place| place.get(at).copied()).fold(f32::MIN, f32::max);
        ([low(0) - grow, low(1) - grow], [high(0) + grow, high(1) + grow])
    };
    let middle = ground.on_graph(ground.pane.center());
    let beside = |by: f32| [middle[0] + by, middle[1] + by];
    let (from, to) = match (kind, places.as_slice()) {
        (NoteKind::Arrow, [from, to]) => between(*from, *to),
        (NoteKind::Arrow, [to]) => ([to[0] - LENGTH, to[1] - LENGTH], *to),
        (NoteKind::Arrow, _) => (beside(-LENGTH / 2.0), beside(LENGTH / 2.0)),
        (NoteKind::Frame, []) => (beside(-LENGTH), beside(LENGTH)),
        (NoteKind::Frame, _) => around(ROOM),
        (NoteKind::Text, []) => {
            let at = free_above(model, middle);
            (at, at)
        }
        (NoteKind::Text, _) => {
            let (low, high) = around(ROOM);
            let above = [(low[0] + high[0]) / 2.0, low[1]];
            (above, above)
        }
    };
    let id = board.graph.new_note();
    let note = Note { kind, from, to, text: String::new(), colour: 0 };
    if kind == NoteKind::Text {
        draft.new = Some((id, note));
    } else {
        commands.work(Command::SetNote(id, note));
    }
    draft.writing = Some((id, String::new()));
}

/// The place, or the nearest above it where no object lies.
fn free_above(model: &Model, [x, y]: Place) -> Place {
    let graph = &model.work.board.graph;
    let places: Vec<Place> = graph.items().into_iter().map(|item| graph.item_place(item)).collect();
    let is_free = |at: &Place| !places.iter().any(|place| (place[0] - at[0]).hypot(place[1] - at[1]) < ROOM);
    (0..TRIES).map(|step| [x, y - f32::from(step) * ROOM]).find(is_free).unwrap_or([x, y])
}

/// From beside the one disc to beside the other, so that both can still be clicked.
fn between(from: Place, to: Place) -> (Place, Place) {
    let [start, end] = [vec2(from[0], from[1]), vec2(to[0], to[1])];
    let aside = (end - start).normalized() * (ROOM / 1.5).min(start.to_pos2().distance(end.to_pos2()) / 3.0);
    let [start, end] = [start + aside, end - aside];
    if aside.is_finite() { (start.into(), end.into()) } else { (from, to) }
}

/// Draws all of them, and the text of the one that is being written.
pub(super) fn ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut Draft,
    ground: Ground,
    surface: &Response,
    commands: &mut Commands,
) {
    let known = model.work.board.graph.notes().map(|(id, note)| (id, note.clone()));
    let notes: Vec<(NoteId, Note)> = known.chain(draft.new.clone()).collect();
    if notes.is_empty() {
        draft.drag = None;
        // What was just drawn comes with the next frame.
        return;
    }
    let mut beside = None;
    for (id, note) in &notes {
        let shown = dragged(draft, *id, note, ground);
        let rect = note_ui(ui, model, draft, (*id, note, &shown), ground, commands);
        if draft.writing.as_ref().is_some_and(|(writing, _)| writing == id) {
            beside = Some((*id, note, rect));
        }
    }
    if let Some((id, note, rect)) = beside {
        writing_ui(model, draft, (id, note, rect), surface, commands);
    }
}

/// The note as it lies while it is dragged.
fn dragged(draft: &Draft, id: NoteId, note: &Note, ground: Ground) -> Note {
    let Some((_, grip, by)) = draft.drag.filter(|(dragged, ..)| *dragged == id) else { return note.clone() };
    moved(note, grip, by / ground.view.zoom)
}

fn moved(note: &Note, grip: Grip, by: Vec2) -> Note {
    let shifted = |[x, y]: Place| [x + by.x, y + by.y];
    match grip {
        Grip::All => note.clone().moved([by.x, by.y]),
        Grip::From => Note { from: shifted(note.from), ..note.clone() },
        Grip::To => Note { to: shifted(note.to), ..note.clone() },
    }
}

/// Draws all of them, for a picture.
pub(super) fn draw(ui: &Ui, model: &Model, ground: Ground) {
    for (_, note) in model.work.board.graph.notes() {
        draw_one(ui, model, note, ground);
    }
}

/// Draws one; where its text lies on the screen.
fn draw_one(ui: &Ui, model: &Model, note: &Note, ground: Ground) -> Rect {
    let look = Look::of(ui.ctx());
    let colour = look.colours.type_colour(usize::from(note.colour)).ring;
    let (from, to) = (ground.on_screen(note.from), ground.on_screen(note.to));
    let painter = ui.painter().with_clip_rect(ground.pane);
    let font = TextSize::Body.regular();
    let galley = painter.layout(text_of(model, note).to_owned(), font, look.colours.text, WIDEST);
    let size = galley.size() + vec2(12.0, 8.0);
    let (anchor, place) = match note.kind {
        NoteKind::Text => (Align2::CENTER_CENTER, from),
        NoteKind::Arrow => (Align2::CENTER_CENTER, from.lerp(to, 0.5)),
        NoteKind::Frame => (Align2::LEFT_BOTTOM, Rect::from_two_pos(from, to).min),
    };
    let rect = anchor.anchor_size(place, size);
    match note.kind {
        NoteKind::Text => {}
        NoteKind::Arrow => arrow(&painter, from, to, colour),
        NoteKind::Frame => {
            let frame = Rect::from_two_pos(from, to);
            painter.rect(frame, RADIUS, colour.gamma_multiply(0.06), Stroke::new(1.6, colour), StrokeKind::Middle);
        }
    }
    if !note.text.is_empty() || note.kind == NoteKind::Text {
        painter.rect_filled(rect, RADIUS, look.colours.panel.gamma_multiply(0.92));
        painter.rect_stroke(rect, RADIUS, Stroke::new(1.0, colour), StrokeKind::Inside);
        painter.galley(rect.min + vec2(6.0, 4.0), galley, look.colours.text);
    }
    rect
}

/// Its text, or what asks for one.
fn text_of<'a>(model: &Model, note: &'a Note) -> &'a str {
    if note.text.is_empty() { model.words.t(Word::EmptyNote) } else { &note.text }
}

/// Draws one and lets it be moved; where it lies on the screen.
fn note_ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut Draft,
    (id, note, shown): (NoteId, &Note, &Note),
    ground: Ground,
    commands: &mut Commands,
) -> Rect {
    let look = Look::of(ui.ctx());
    let colour = look.colours.type_colour(usize::from(shown.colour)).ring;
    let rect = draw_one(ui, model, shown, ground);
    let painter = ui.painter().with_clip_rect(ground.pane);
    let ends = (ground.on_screen(shown.from), ground.on_screen(shown.to));
    let said = format!("{}: {}", model.words.t(kind_word(shown.kind)), text_of(model, shown));
    for (grip, area) in grips(shown.kind, rect.intersect(ground.pane), ends) {
        let response =
            ui.interact(area.intersect(ground.pane), Id::unique(("note", id.0, grip)), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
        act(ui, draft, (id, note), grip, &response, ground, commands);
        if response.has_focus() || response.hovered() {
            painter.rect_stroke(rect.expand(2.0), RADIUS, Stroke::new(1.6, look.colours.accent), StrokeKind::Outside);
        }
        if grip != Grip::All {
            let knob = if response.hovered() { look.colours.accent } else { colour };
            painter.circle_filled(area.center(), KNOB / 1.6, knob);
        }
        response.on_hover_cursor(CursorIcon::Move);
    }
    rect
}

/// What can be taken hold of: the text, or its place; both ends of an arrow and two corners of a frame. What lies in a frame
/// stays within reach of the pointer.
fn grips(kind: NoteKind, text: Rect, (from, to): (Pos2, Pos2)) -> Vec<(Grip, Rect)> {
    let knob = |at: Pos2| Rect::from_center_size(at, Vec2::splat(2.0 * KNOB));
    let mut grips = vec![(Grip::All, text)];
    if kind != NoteKind::Text {
        grips.extend([(Grip::From, knob(from)), (Grip::To, knob(to))]);
    }
    grips
}

fn kind_word(kind: NoteKind) -> Word {
    match kind {
        NoteKind::Text => Word::NoteText,
        NoteKind::Arrow => Word::NoteArrow,
        NoteKind::Frame => Word::NoteFrame,
    }
}

fn arrow(painter: &egui::Painter, from: Pos2, to: Pos2, colour: Color32) {
    let along = (to - from).normalized();
    if !along.is_finite() || from.distance(to) < 1.0 {
        return;
    }
    painter.line_segment([from, to - along * 8.0], Stroke::new(2.0, colour));
    let aside = along.rot90() * 5.0;
    let head = vec![to, to - along * 12.0 + aside, to - along * 12.0 - aside];
    painter.add(egui::Shape::convex_polygon(head, colour, Stroke::NONE));
}

/// Moves, opens and takes away.
fn act(
    ui: &Ui,
    draft: &mut Draft,
    (id, note): (NoteId, &Note),
    grip: Grip,
    response: &Response,
    ground: Ground,
    commands: &mut Commands,
) {
    if response.drag_started() {
        draft.drag = Some((id, grip, Vec2::ZERO));
    }
    if let Some((_, _, by)) = draft.drag.as_mut().filter(|(dragged, held, _)| (*dragged, *held) == (id, grip)) {
        *by += response.drag_delta();
        if response.drag_stopped() {
            let by = *by / ground.view.zoom;
            draft.drag = None;
            commands.work(Command::SetNote(id, moved(note, grip, by)));
        }
    }
    if response.clicked() {
        response.request_focus();
    }
    let opens = response.double_clicked() || (response.has_focus() && pressed(ui, Key::Enter));
    if opens {
        draft.writing = Some((id, note.text.clone()));
    }
    if !response.has_focus() {
        return;
    }
    if pressed(ui, Key::Delete) || pressed(ui, Key::Backspace) {
        commands.work(Command::RemoveNote(id));
    }
    let arrows = egui::EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: false };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let ways = [
        (Key::ArrowLeft, vec2(-1.0, 0.0)),
        (Key::ArrowRight, vec2(1.0, 0.0)),
        (Key::ArrowUp, vec2(0.0, -1.0)),
        (Key::ArrowDown, vec2(0.0, 1.0)),
    ];
    for (key, way) in ways {
        if pressed(ui, key) {
            commands.work(Command::SetNote(id, moved(note, grip, way * STEP / ground.view.zoom)));
        }
    }
}

fn pressed(ui: &Ui, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(Modifiers::NONE, key))
}

/// The text and the colour of a note.
fn writing_ui(
    model: &Model,
    draft: &mut Draft,
    (id, note, rect): (NoteId, &Note, Rect),
    surface: &Response,
    commands: &mut Commands,
) {
    let words = model.words;
    let Some((_, text)) = &mut draft.writing else { return };
    let (mut open, mut is_done, mut is_gone) = (true, false, false);
    let mut colour = None;
    popover_beside(surface, Id::unique("writing a note"), rect, &mut open, words.t(kind_word(note.kind)), |ui| {
        ui.set_width(260.0);
        ui.spacing_mut().item_spacing.y = 8.0;
        let field = TextField::new(words.t(Word::NoteWords), text).rows(3).limit_chars(MOST_CHARS).show(ui, words);
        if !field.has_focus() && ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        ui.horizontal(|ui| {
            let look = Look::of(ui.ctx());
            for number in 0..COLOURS {
                let (place, response) = ui.allocate_exact_size(Vec2::splat(24.0), Sense::click());
                let name = words.with(Word::ColourNumber, &[&words.count(number as u64 + 1)]);
                response.widget_info(|| {
                    WidgetInfo::selected(Role::RadioButton, true, usize::from(note.colour) == number, &name)
                });
                ui.painter().circle_filled(place.center(), 8.0, look.colours.type_colour(number).ring);
                if usize::from(note.colour) == number || response.has_focus() {
                    ui.painter().circle_stroke(place.center(), 11.0, paint::hairline(look));
                    ui.painter().circle_stroke(place.center(), 11.0, Stroke::new(1.6, look.colours.accent));
                }
                if response.clicked() {
                    colour = Some(number as u8);
                }
            }
        });
        ui.horizontal(|ui| {
            is_done = ui.add(Button::primary(words.t(Word::Done))).clicked();
            is_gone = ui.add(Button::new(words.t(Word::NoteAway)).icon(icons::DELETE)).clicked();
        });
    });
    let is_new = draft.new.as_ref().is_some_and(|(new, _)| *new == id);
    let changed = Note { text: text.trim().to_owned(), colour: colour.unwrap_or(note.colour), ..note.clone() };
    if let Some((_, new)) = draft.new.as_mut().filter(|_| is_new) {
        new.colour = changed.colour;
        if (is_done || !open) && !changed.text.is_empty() {
            commands.work(Command::SetNote(id, changed));
        }
    } else if is_gone {
        commands.work(Command::RemoveNote(id));
    } else if (is_done || !open || colour.is_some()) && changed != *note {
        commands.work(Command::SetNote(id, changed));
    }
    if is_done || is_gone || !open {
        (draft.writing, draft.new) = (None, None);
    }
}
