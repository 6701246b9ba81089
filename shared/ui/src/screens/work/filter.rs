//! Adding a filter: which property, then what must hold, by the property's kind; or whether there is a link.

use std::collections::HashSet;

use egui::{Popup, RichText, ScrollArea, Ui};
use model::query::{Direction, Field, Filter, MOST_VALUES, Test};
use model::{Kind, Property};

use super::{expand_menu, table_names};
use crate::app::{Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, ListRow, TextField, menu_heading, menu_row, paint, popover};
use crate::words::{Word, Words};
use crate::work::{Command, Condition, Tab};

/// The longest text that is filtered by, in characters.
const LONGEST: usize = 200;
/// The longest list of values, in characters: the most values that are asked for, at a usual length.
const LONGEST_LIST: usize = 200_000;
/// A list with more values is told by their number.
const MOST_TOLD: usize = 5;
/// How much of a list is seen, in points.
const LIST_HEIGHT: f32 = 160.0;

/// The filter that is being made up.
#[derive(Default)]
pub(super) struct Draft {
    field: Option<Field>,
    opened_by_header: bool,
    test: usize,
    first: String,
    second: String,
    checked: bool,
    /// Whether the field was given the keyboard since the form appeared, or since another test was chosen.
    has_keyboard: bool,
}

impl Draft {
    /// Opens the popover for a field, from the menu of its column.
    pub(super) fn open(&mut self, field: Option<Field>) {
        *self = Self { field, opened_by_header: true, ..Self::default() };
    }
}

/// The properties of a row itself.
pub(super) fn properties<'a>(model: &'a Model, tab: &Tab) -> &'a [Property] {
    match (tab.object_type(model), tab.link_type(model)) {
        (Some(kind), _) => &kind.properties,
        (None, Some(link)) => &link.properties,
        (None, None) => &[],
    }
}

/// Draws the button and, while it is open, the popover.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    let words = model.words;
    let button = ui.add(Button::new(words.t(Word::AddFilter)));
    if std::mem::take(&mut draft.opened_by_header) {
        Popup::open_id(ui.ctx(), Popup::default_response_id(&button));
    }
    let shown = popover(&button, words.t(Word::Filter), |ui| {
        ui.set_width(300.0);
        let made = match draft.field.clone() {
            Some(field) => form_ui(ui, model, draft, tab, &field),
            None => choose_ui(ui, model, draft, tab),
        };
        if let Some(condition) = made {
            let mut wishes = tab.wishes.clone();
            wishes.conditions.push(condition);
            commands.work(Command::Wish(tab.id, wishes));
            ui.close();
        }
    });
    if shown.is_none() {
        *draft = Draft::default();
    }
}

fn choose_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab) -> Option<Condition> {
    let words = model.words;
    let mut made = None;
    ScrollArea::vertical().max_height(440.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        menu_heading(ui, words.t(Word::Properties));
        for property in properties(model, tab) {
            if menu_row(ui, ListRow::new(&property.name).icon(kind_icon(property.kind))) {
                draft.field = Some(Field::Own(property.id.clone()));
            }
        }
        let Some(kind) = tab.object_type(model) else { return };
        menu_heading(ui, words.t(Word::LinkFilter));
        for (link, direction, _) in expand_menu::ways(model, &kind.id) {
            for present in [true, false] {
                let word = if present { Word::HasLink } else { Word::HasNoLink };
                let text = words.with(word, &[link.label(direction)]);
                let icon = if present { icons::LINK } else { icons::LINK_OFF };
                if menu_row(ui, ListRow::new(&text).icon(icon)) {
                    made = Some(Condition { filter: linked(link.id.clone(), direction, present), text });
                }
            }
        }
    });
    made
}

fn linked(link: access::LinkTypeId, direction: Direction, present: bool) -> Filter {
    Filter::Linked { link, direction, present }
}

fn kind_icon(kind: Kind) -> char {
    match kind {
        Kind::Text | Kind::Bytes => icons::TEXT_FIELDS,
        Kind::Integer | Kind::Decimal | Kind::Float => icons::NUMBERS,
        Kind::Bool => icons::TOGGLE_ON,
        Kind::Date | Kind::Instant | Kind::LocalTime => icons::EVENT,
    }
}

/// What can be asked of a kind: the words, and what to type.
fn tests(kind: Kind) -> &'static [Word] {
    match kind {
        Kind::Text | Kind::Bytes => {
            &[Word::Contains, Word::StartsWith, Word::Equals, Word::OneOf, Word::IsEmpty, Word::IsFilled]
        }
        Kind::Bool => &[Word::Yes, Word::No, Word::IsEmpty],
        _ => &[Word::FromValue, Word::OneOf, Word::IsEmpty, Word::IsFilled],
    }
}

fn kind_of(model: &Model, tab: &Tab, field: &Field) -> Kind {
    let property = match field {
        Field::Own(id) => model::project::property(properties(model, tab), id),
        Field::End { end, property } => tab
            .link_type(model)
            .and_then(|link| model.object_type(link.far(*end)))
            .and_then(|kind| model::project::property(&kind.properties, property)),
        Field::Through { .. } | Field::OfLink { .. } => None,
    };
    property.map(|property| property.kind).unwrap_or_default()
}

fn form_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, field: &Field) -> Option<Condition> {
    let words = model.words;
    let kind = kind_of(model, tab, field);
    let name = table_names::title(model, tab, field).unwrap_or_default();
    ui.spacing_mut().item_spacing.y = 8.0;
    ui.label(RichText::new(&name).strong());
    let tests = tests(kind);
    let is_range = |word: Word| word == Word::FromValue;
    let label = |word: &Word| {
        if is_range(*word) {
            format!("{} – {}", words.t(Word::FromValue), words.t(Word::ToValue))
        } else {
            words.t(*word).to_owned()
        }
    };
    let mut chose = false;
    ui.horizontal_wrapped(|ui| {
        let names: Vec<String> = tests.iter().map(label).collect();
        for (place, name) in names.iter().enumerate() {
            if ui.add(Button::quiet(name).selected(place == draft.test)).clicked() {
                (draft.test, draft.has_keyboard, chose) = (place, false, true);
            }
        }
    });
    let test = tests.get(draft.test).copied().unwrap_or(Word::Equals);
    // A text that is too long was cut already: that is said before anybody asks by what is left of it.
    let error = if draft.checked { fault(words, kind, test, draft) } else { too_long(words, test, draft) };
    fields_ui(ui, words, draft, test, error.as_deref());
    // Enter on one of the tests chooses it, and applies nothing yet; in a list it begins the next line.
    let entered = !chose
        && ui.input(|input| input.key_pressed(egui::Key::Enter) && (test != Word::OneOf || input.modifiers.command));
    if ui.add(Button::primary(words.t(Word::Apply))).clicked() || entered {
        // What is wrong is put right in the field.
        (draft.checked, draft.has_keyboard) = (true, false);
        if fault(words, kind, test, draft).is_none() {
            return condition(words, field, &name, kind, test, draft);
        }
    }
    None
}

fn fields_ui(ui: &mut Ui, words: Words, draft: &mut Draft, test: Word, error: Option<&str>) {
    match test {
        Word::FromValue => {
            let first = TextField::new(words.t(Word::FromValue), &mut draft.first).limit_chars(40).error(error);
            let first = first.show(ui, words);
            focus_once(ui, draft, &first);
            TextField::new(words.t(Word::ToValue), &mut draft.second).limit_chars(40).show(ui, words);
        }
        Word::Contains | Word::StartsWith | Word::Equals => {
            // One more than is taken, so that a text which is cut is known from one that just fits.
            let field = TextField::new(words.t(Word::ValueHint), &mut draft.first).limit_chars(LONGEST + 1);
            let field = field.error(error).show(ui, words);
            focus_once(ui, draft, &field);
        }
        Word::OneOf => {
            let field = ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
                let field = TextField::new(words.t(Word::ListHint), &mut draft.first).rows(4);
                field.limit_chars(LONGEST_LIST + 1).show(ui, words)
            });
            list_error_ui(ui, &field.inner, error);
            focus_once(ui, draft, &field.inner);
        }
        _ => {}
    }
}

/// What is wrong with a list stands below what is seen of it: below all of it nobody would see it.
fn list_error_ui(ui: &mut Ui, field: &egui::Response, error: Option<&str>) {
    let Some(error) = error else { return };
    let bad = Look::of(ui.ctx()).colours.bad;
    let small = |text: &str| RichText::new(text.to_owned()).font(TextSize::Small.regular()).color(bad);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(small(&icons::ERROR.to_string()));
        ui.label(small(error));
    });
    paint::describe(ui, field, |node| {
        node.set_description(error);
        node.set_invalid(egui::accesskit::Invalid::True);
    });
}

/// The field has the keyboard when the form appears, and again after another test was chosen.
fn focus_once(ui: &Ui, draft: &mut Draft, field: &egui::Response) {
    if !draft.has_keyboard && !ui.is_sizing_pass() {
        field.request_focus();
        draft.has_keyboard = true;
    }
}

/// A typed value as canonical text; a number may be written as people of the language write it.
fn canonical(words: Words, kind: Kind, text: &str, at_end: bool) -> String {
    let text = text.trim();
    match kind {
        Kind::Integer | Kind::Decimal | Kind::Float => words.canonical_number(text),
        Kind::Instant | Kind::LocalTime if text.len() == 10 => {
            let time = if at_end { "T23:59:59.999999" } else { "T00:00:00" };
            format!("{text}{time}{}", if kind == Kind::Instant { "Z" } else { "" })
        }
        _ => text.to_owned(),
    }
}

/// The values of a list, each once: one a line, or with a semicolon between.
fn values(words: Words, kind: Kind, text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let values = text.split(['\n', ';']).map(|value| canonical(words, kind, value, false));
    values.filter(|value| !value.is_empty() && seen.insert(value.clone())).collect()
}

/// That a text is longer than what is taken; it was cut behind that.
fn too_long(words: Words, test: Word, draft: &Draft) -> Option<String> {
    let most = match test {
        Word::Contains | Word::StartsWith | Word::Equals => LONGEST,
        Word::OneOf => LONGEST_LIST,
        _ => return None,
    };
    // As many bytes are at least as many characters; most texts need not be counted.
    let is_longer = draft.first.len() > most && draft.first.chars().count() > most;
    is_longer.then(|| words.with(Word::TextTooLong, &[&words.count(most as u64)]))
}

fn fault(words: Words, kind: Kind, test: Word, draft: &Draft) -> Option<String> {
    let wrong = || words.t(if kind.is_time() { Word::BadDate } else { Word::BadNumber }).to_owned();
    let required = || words.t(Word::Required).to_owned();
    let fits = |text: &str| text.trim().is_empty() || kind.accepts(&canonical(words, kind, text, false));
    if let Some(long) = too_long(words, test, draft) {
        return Some(long);
    }
    match test {
        Word::FromValue if draft.first.trim().is_empty() && draft.second.trim().is_empty() => Some(required()),
        Word::FromValue => (!fits(&draft.first) || !fits(&draft.second)).then(wrong),
        Word::Contains | Word::StartsWith if draft.first.trim().is_empty() => Some(required()),
        Word::OneOf => {
            let values = values(words, kind, &draft.first);
            if values.is_empty() {
                return Some(required());
            }
            if values.len() > MOST_VALUES {
                let counts = [values.len(), MOST_VALUES].map(|count| words.count(count as u64));
                return Some(words.with(Word::TooManyValues, &[&counts[0], &counts[1]]));
            }
            (!values.iter().all(|value| kind.accepts(value))).then(wrong)
        }
        _ => None,
    }
}

fn condition(words: Words, field: &Field, name: &str, kind: Kind, test: Word, draft: &Draft) -> Option<Condition> {
    let is = |test: Test| Filter::Is { field: field.clone(), test };
    let text = draft.first.trim().to_owned();
    let with_text = |filter: Filter| Condition { filter, text: format!("{name} {} {text}", words.t(test)) };
    let plain = |filter: Filter| Condition { filter, text: format!("{name} {}", words.t(test)) };
    Some(match test {
        Word::FromValue => range(words, field, name, kind, draft),
        Word::Contains => with_text(is(Test::Contains(text.clone()))),
        Word::StartsWith => with_text(is(Test::StartsWith(text.clone()))),
        Word::Equals => with_text(is(Test::Equals(text.clone()))),
        Word::OneOf => {
            let values = values(words, kind, &text);
            let told = match values.len() {
                0..=MOST_TOLD => values.join("; "),
                more => words.with(Word::ValuesCount, &[&words.count(more as u64)]),
            };
            Condition { text: format!("{name} {} {told}", words.t(test)), filter: is(Test::In(values)) }
        }
        Word::IsEmpty => plain(is(Test::Empty)),
        Word::IsFilled => plain(is(Test::Filled)),
        Word::Yes => plain(is(Test::Equals("true".to_owned()))),
        Word::No => plain(is(Test::Equals("false".to_owned()))),
        _ => return None,
    })
}

fn range(words: Words, field: &Field, name: &str, kind: Kind, draft: &Draft) -> Condition {
    let is = |test: Test| Filter::Is { field: field.clone(), test };
    let (first, second) = (draft.first.trim(), draft.second.trim());
    let from = (!first.is_empty()).then(|| is(Test::AtLeast(canonical(words, kind, first, false))));
    let to = (!second.is_empty()).then(|| is(Test::AtMost(canonical(words, kind, second, true))));
    let text = match (first.is_empty(), second.is_empty()) {
        (false, true) => format!("{name} ≥ {first}"),
        (true, _) => format!("{name} ≤ {second}"),
        (false, false) => format!("{name} {first} – {second}"),
    };
    let mut both: Vec<Filter> = from.into_iter().chain(to).collect();
    let filter = if both.len() == 1 { both.remove(0) } else { Filter::All(both) };
    Condition { filter, text }
}

#[cfg(test)]
mod trial {
    use super::*;

    fn draft(first: String) -> Draft {
        Draft { first, ..Draft::default() }
    }

    #[test]
    fn a_pasted_list_is_whole_or_says_why_not() {
        let words = Words::default();
        let field = Field::Own("id".to_owned().try_into().expect("an id"));
        let made = |text: &str, kind: Kind| {
            let draft = draft(text.to_owned());
            let fault = fault(words, kind, Word::OneOf, &draft);
            (fault, condition(words, &field, "Id", kind, Word::OneOf, &draft).expect("a filter"))
        };
        let (fault, condition) = made("b-1\r\na-2; b-1\n\n c 3 ;", Kind::Text);
        let test = Test::In(["b-1", "a-2", "c 3"].map(str::to_owned).to_vec());
        assert_eq!((fault, condition.filter), (None, Filter::Is { field: field.clone(), test }));
        assert_eq!(condition.text, "Id one of b-1; a-2; c 3");

        let list = |count: usize| (0..count).map(|number| format!("p-{number}\n")).collect::<String>();
        let (fault, condition) = made(&list(MOST_VALUES), Kind::Text);
        assert_eq!((fault, condition.text.as_str()), (None, "Id one of 10,000 values"));
        assert!(matches!(condition.filter, Filter::Is { test: Test::In(values), .. } if values.len() == MOST_VALUES));
        let (fault, _) = made(&list(MOST_VALUES + 1), Kind::Text);
        assert!(fault.is_some_and(|fault| fault.contains("10,001") && fault.contains("10,000")));

        let (fault, _) = made(&"x".repeat(LONGEST_LIST + 1), Kind::Text);
        assert!(fault.is_some_and(|fault| fault.contains("200,000")));
        for (text, kind, fits) in
            [(" \n;", Kind::Text, false), ("1\n2,000", Kind::Integer, true), ("1\nx", Kind::Integer, false)]
        {
            assert_eq!(made(text, kind).0.is_none(), fits, "{text:?}");
        }
    }

    #[test]
    fn what_is_typed_becomes_canonical_text() {
        let table = [
            (Kind::Decimal, "50,000.5", false, "50000.5"),
            (Kind::Instant, "2024-03-14", false, "2024-03-14T00:00:00Z"),
            (Kind::Instant, "2024-03-14", true, "2024-03-14T23:59:59.999999Z"),
            (Kind::LocalTime, "2024-03-14", false, "2024-03-14T00:00:00"),
            (Kind::Date, " 2024-03-14 ", true, "2024-03-14"),
            (Kind::Text, " a ", false, "a"),
        ];
        for (kind, typed, at_end, expected) in table {
            assert_eq!(canonical(Words::default(), kind, typed, at_end), expected, "{kind:?}");
        }
    }
}
