//! What the pages of the configuration share: headings, the list at the left, saving for everyone or for oneself.

use access::{Action, Need};
use egui::{Frame, Label, Margin, Panel, RichText, ScrollArea, Ui};
use model::change::Change;
use model::format::Format;
use model::kind::Kind;
use wire::Fault;
use wire::project::Scope;

use crate::app::{Commands, Model, Remote};
use crate::config::Command;
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, ErrorText, error_box, paint, select_of_width};
use crate::words::{Word, Words};

/// The list at the left, in points.
const LIST: f32 = 296.0;
/// The widest that a form gets, in points: longer lines are hard to follow.
const FORM: f32 = 860.0;
/// The same for fields below each other that take a name or an address.
const NARROW_FORM: f32 = 560.0;

/// Some air around what is in the middle.
pub(in crate::screens) fn margin<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    Frame::new().inner_margin(Margin::same(20)).show(ui, |ui| spaced(ui, content)).inner
}

/// The usual space between things, inside panels that lie edge to edge.
pub(super) fn spaced<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.spacing_mut().item_spacing.y = crate::look::GRID;
    content(ui)
}

/// A page with a list at the left; `list` is drawn inside a scrolled panel.
pub(in crate::screens) fn list_panel(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    let look = Look::of(ui.ctx());
    let frame = Frame::new().fill(look.colours.panel).inner_margin(Margin::symmetric(8, 10));
    let id = egui::Id::unique(id);
    Panel::left(id).exact_size(LIST).resizable(false).frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            content(ui);
        });
    });
}

/// A bar below what is edited, for its buttons.
pub(super) fn bottom_bar<R>(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui) -> R) -> R {
    let look = Look::of(ui.ctx());
    let frame = Frame::new().fill(look.colours.panel).inner_margin(Margin::symmetric(20, 10));
    Panel::bottom(egui::Id::unique((id, "bar"))).resizable(false).frame(frame).show(ui, |ui| spaced(ui, content)).inner
}

/// A scrolled form, not too wide.
pub(super) fn form(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    form_of_width(ui, id, FORM, content);
}

/// A scrolled page as wide as there is room, for rows of a table.
pub(in crate::screens) fn wide_form(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    form_of_width(ui, id, f32::INFINITY, content);
}

/// A scrolled form of fields below each other.
pub(super) fn narrow_form(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    form_of_width(ui, id, NARROW_FORM, content);
}

fn form_of_width(ui: &mut Ui, id: &str, width: f32, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(id).auto_shrink([false, false]).show(ui, |ui| {
        margin(ui, |ui| {
            ui.set_max_width(width.min(ui.available_width()));
            ui.spacing_mut().item_spacing.y = 10.0;
            content(ui);
        });
    });
}

/// The name of a part of a form.
pub(in crate::screens) fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(6.0);
    ui.label(RichText::new(text).font(TextSize::Heading.semibold()));
}

/// Words that stand back.
pub(in crate::screens) fn dim(ui: &mut Ui, text: &str) {
    let colour = Look::of(ui.ctx()).colours.dim;
    ui.add(Label::new(RichText::new(text).color(colour)).wrap());
}

/// A hint in small letters.
pub(in crate::screens) fn hint(ui: &mut Ui, text: &str) {
    let colour = Look::of(ui.ctx()).colours.dim;
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 14.0;
        ui.add(Label::new(RichText::new(text).font(TextSize::Small.regular()).color(colour)).wrap());
    });
}

/// A line between parts.
pub(in crate::screens) fn line(ui: &mut Ui) {
    let look = Look::of(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 9.0), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, paint::hairline(look));
}

/// A fault where the thing would have been.
pub(in crate::screens) fn fault_box(ui: &mut Ui, fault: &Fault) {
    error_box(ui, ErrorText { what: &fault.sentence, cause: "", remedy: &fault.remedy, button: None, code: "" });
}

/// A fault with a button that tries again.
pub(super) fn fault_again(ui: &mut Ui, model: &Model, fault: &Fault) -> bool {
    let button = Some(model.words.t(Word::TryAgain));
    error_box(ui, ErrorText { what: &fault.sentence, cause: "", remedy: &fault.remedy, button, code: "" })
}

/// Something that is asked for: how to ask, how it is called while it is on its way, and how to stop it.
pub(super) struct Asking {
    pub(super) what: Word,
    pub(super) ask: Command,
    pub(super) stop: Option<Command>,
}

/// What was asked for, once it is here; until then it is asked for, and drawn is how that goes.
pub(super) fn asked<'a, T>(
    ui: &mut Ui,
    model: &Model,
    known: Option<&'a Remote<T>>,
    asking: Asking,
    commands: &mut Commands,
) -> Option<&'a T> {
    match known {
        Some(Remote::Here(value) | Remote::Waiting(Some(value))) => return Some(value),
        Some(Remote::Waiting(None)) => stop_ui(ui, model, asking.what, asking.stop, commands),
        Some(Remote::Failed(fault)) => {
            if fault_again(ui, model, fault) {
                commands.config(asking.ask);
            }
        }
        None | Some(Remote::Idle) => commands.config(asking.ask),
    }
    None
}

/// Draws what is on its way; after a while it can be stopped, where `stop` says how.
pub(super) fn stop_ui(ui: &mut Ui, model: &Model, what: Word, stop: Option<Command>, commands: &mut Commands) {
    let cancelled = super::super::waiting_for_ui(ui, model, model.words.t(what), stop.is_some());
    if let (true, Some(stop)) = (cancelled, stop) {
        commands.config(stop);
    }
}

/// Whether the person may do something in the project of the route; says which right is missing.
pub(super) fn may(model: &Model, action: Action) -> Result<(), String> {
    let Some(project) = model.route.project() else { return Err(String::new()) };
    model.may(&Need::project(action, project)).map_err(|missing| model.words.with(Word::NeedsRight, &[&missing]))
}

/// A button that is greyed out with the missing right as its tooltip.
pub(super) fn button_if(ui: &mut Ui, button: Button<'_>, may: &Result<(), String>) -> bool {
    match may {
        Ok(()) => ui.add(button).clicked(),
        Err(why) => ui.add(button.disabled_because(why)).clicked(),
    }
}

/// Follows one save, so that a draft is only given up once it is kept.
#[derive(Default)]
pub(super) struct Sending {
    number: Option<u64>,
}

impl Sending {
    /// Sends changes for `scope`.
    pub(super) fn change(&mut self, model: &Model, commands: &mut Commands, scope: Scope, changes: Vec<Change>) {
        self.send(model, commands, Command::Change { scope, changes, forget: Vec::new() });
    }

    /// Sends a command that saves.
    pub(super) fn send(&mut self, model: &Model, commands: &mut Commands, command: Command) {
        self.number = Some(model.config.saves + 1);
        commands.config(command);
    }

    /// True once, when what was sent is saved. Ask before anything is drawn.
    pub(super) fn saved(&mut self, model: &Model) -> bool {
        let saved = self.number == Some(model.config.saves) && matches!(model.config.save, Remote::Here(_));
        if saved {
            self.number = None;
        }
        saved
    }

    /// Whether what was sent is still under way.
    pub(super) fn is_waiting(&self, model: &Model) -> bool {
        self.number == Some(model.config.saves) && model.config.save.is_waiting()
    }

    /// Draws how it goes: nothing, progress, or the fault.
    pub(super) fn ui(&self, ui: &mut Ui, model: &Model) {
        if self.number != Some(model.config.saves) {
            return;
        }
        match &model.config.save {
            Remote::Waiting(_) => super::super::waiting_ui(ui, model),
            Remote::Failed(fault) => fault_box(ui, fault),
            Remote::Idle | Remote::Here(_) => {}
        }
    }
}

/// What the buttons that save say: for everyone, and for oneself.
pub(super) const SAVE: [Word; 2] = [Word::SaveForEveryone, Word::SaveForMe];

/// The buttons that save a draft: for everyone where that is allowed, and for oneself. `ready` says what is missing.
pub(super) fn save_buttons(
    ui: &mut Ui,
    model: &Model,
    [for_everyone, for_me]: [Word; 2],
    ready: &Result<(), String>,
    waiting: bool,
) -> Option<Scope> {
    let words = model.words;
    let busy = if waiting { Err(words.t(Word::Loading).to_owned()) } else { Ok(()) };
    let everyone = may(model, Action::SaveConfiguration).and(busy.clone()).and(ready.clone());
    let mine = may(model, Action::ChangeOwnConfiguration).and(busy).and(ready.clone());
    let first = may(model, Action::SaveConfiguration).is_ok();
    let make = |primary: bool| if primary { Button::primary } else { Button::new };
    let mut chosen = None;
    if button_if(ui, make(first)(words.t(for_everyone)), &everyone) {
        chosen = Some(Scope::Everyone);
    }
    if button_if(ui, make(!first)(words.t(for_me)), &mine) {
        chosen = Some(Scope::Mine);
    }
    chosen
}

/// The button at the far end of a bar that asks before it removes what is edited.
pub(super) fn remove_button(ui: &mut Ui, model: &Model) -> bool {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let remove = Button::danger(model.words.t(Word::RemoveEllipsis)).icon(icons::DELETE);
        button_if(ui, remove, &may(model, Action::ChangeOwnConfiguration))
    })
    .inner
}

/// A kind in words.
pub(super) fn kind_name(words: Words, kind: Kind) -> &'static str {
    words.t(match kind {
        Kind::Text => Word::KindText,
        Kind::Integer => Word::KindInteger,
        Kind::Decimal => Word::KindDecimal,
        Kind::Float => Word::KindFloat,
        Kind::Bool => Word::KindBool,
        Kind::Date => Word::KindDate,
        Kind::Instant => Word::KindInstant,
        Kind::LocalTime => Word::KindLocalTime,
        Kind::Bytes => Word::KindBytes,
    })
}

/// A select of kinds; true if another one was chosen.
pub(super) fn kind_select(ui: &mut Ui, words: Words, name: &str, kind: &mut Kind, width: f32) -> bool {
    let names = Kind::ALL.map(|kind| kind_name(words, kind));
    let mut chosen = Kind::ALL.iter().position(|known| known == kind).unwrap_or(0);
    let changed = select_of_width(ui, name, &names, &mut chosen, width);
    *kind = Kind::ALL.get(chosen).copied().unwrap_or_default();
    changed
}

/// A select of the formats that a kind has; nothing where it has none, unless one was chosen that does not fit.
pub(super) fn format_select(
    ui: &mut Ui,
    words: Words,
    name: &str,
    kind: Kind,
    format: &mut Option<Format>,
    width: f32,
) {
    let is_shown = |known: &Format| known.fits(kind) || Some(*known) == *format;
    let options: Vec<Option<Format>> =
        std::iter::once(None).chain(Format::ALL.into_iter().filter(is_shown).map(Some)).collect();
    if options.len() == 1 {
        return;
    }
    let names: Vec<&str> = options.iter().map(|option| format_name(words, *option)).collect();
    let mut chosen = options.iter().position(|option| option == format).unwrap_or(0);
    select_of_width(ui, name, &names, &mut chosen, width);
    *format = options.get(chosen).copied().flatten();
}

fn format_name(words: Words, format: Option<Format>) -> &'static str {
    words.t(match format {
        None => Word::FormatUsual,
        Some(Format::Plain) => Word::FormatPlain,
        Some(Format::Grouped) => Word::FormatGrouped,
        Some(Format::Percent) => Word::FormatPercent,
        Some(Format::Day) => Word::FormatDay,
    })
}

/// A select of texts, of which the present one may be none; true if another one was chosen.
pub(super) fn text_select(ui: &mut Ui, name: &str, options: &[String], value: &mut String, width: f32) -> bool {
    let mut shown: Vec<&str> = options.iter().map(String::as_str).collect();
    let before = value.clone();
    if !options.contains(&before) {
        shown.insert(0, &before);
    }
    let mut chosen = shown.iter().position(|option| *option == before).unwrap_or(0);
    let changed = select_of_width(ui, name, &shown, &mut chosen, width);
    if let (true, Some(option)) = (changed, shown.get(chosen)) {
        (*option).clone_into(value);
    }
    changed
}

/// A label above whatever is filled in below it.
pub(super) fn labelled<R>(ui: &mut Ui, label: &str, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let colour = Look::of(ui.ctx()).colours.dim;
        ui.label(RichText::new(label).color(colour));
        content(ui)
    })
    .inner
}

/// A select with its label above it, as wide as there is room; true if another option was chosen.
pub(super) fn wide_select(ui: &mut Ui, label: &str, options: &[&str], chosen: &mut usize) -> bool {
    labelled(ui, label, |ui| select_of_width(ui, label, options, chosen, ui.available_width()))
}

/// The same for texts, of which the present one may be none.
pub(super) fn wide_text_select(ui: &mut Ui, label: &str, options: &[String], value: &mut String) -> bool {
    labelled(ui, label, |ui| text_select(ui, label, options, value, ui.available_width()))
}
