//! What is looked for: of which time, of whom, which call, of which project, how it ended.

use egui::{Key, Response, RichText, Ui};
use wire::audit::{AuditEntry, AuditFilters, AuditOutcome};

use super::rows::outcome;
use crate::app::Commands;
use crate::audit::{Command, NoMoment, When, moment};
use crate::frame;
use crate::look::{Look, TextSize};
use crate::widgets::{Button, CellField, Segment, segmented, select_of_width};
use crate::words::{Word, Words};

/// The choices of a time, in their order.
const WHEN: [Word; 5] = [Word::AuditToday, Word::AuditWeek, Word::AuditMonth, Word::AuditEver, Word::AuditOwnTime];
const WEEK: usize = 1;
const EVER: usize = 3;
const OWN: usize = 4;

/// The width of a field, in points.
const FIELD: f32 = 142.0;
/// The width of the list of outcomes, in points.
const OUTCOMES: f32 = 150.0;
/// The width of a moment's field, in points.
const MOMENT: f32 = 170.0;

/// What is chosen and typed.
pub(super) struct Draft {
    when: usize,
    from: String,
    until: String,
    person: String,
    call: String,
    project: String,
    /// 0 is any; the others are those of [`AuditOutcome::ALL`].
    outcome: usize,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            when: WEEK,
            from: String::new(),
            until: String::new(),
            person: String::new(),
            call: String::new(),
            project: String::new(),
            outcome: 0,
        }
    }
}

/// One more filter, taken from an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Narrow {
    Person(String),
    Call(String),
    Project(String),
}

impl Narrow {
    /// What of an entry can be looked for.
    pub(super) fn of(entry: &AuditEntry) -> Vec<(Word, Self)> {
        let list = [
            (Word::AuditSamePerson, &entry.person, Self::Person as fn(String) -> Self),
            (Word::AuditSameCall, &entry.call, Self::Call),
            (Word::AuditSameProject, &entry.project, Self::Project),
        ];
        let filled = list.into_iter().filter(|(_, text, _)| !text.is_empty());
        filled.map(|(word, text, of)| (word, of(text.clone()))).collect()
    }
}

impl Draft {
    /// Whether clearing would find more.
    pub(super) fn is_narrow(&self) -> bool {
        let is_typed = [&self.person, &self.call, &self.project].iter().any(|text| !text.trim().is_empty());
        is_typed || self.outcome != 0 || self.when != EVER
    }

    /// Everything, of whatever time.
    pub(super) fn clear(&mut self) {
        *self = Self { when: EVER, ..Self::default() };
    }

    pub(super) fn narrow(&mut self, narrow: Narrow) {
        match narrow {
            Narrow::Person(person) => self.person = person,
            Narrow::Call(call) => self.call = call,
            Narrow::Project(project) => self.project = project,
        }
    }

    /// Looks for it; nothing happens while a moment cannot be read.
    pub(super) fn search(&self, commands: &mut Commands) {
        let Ok(when) = self.when() else { return };
        let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let filters = AuditFilters {
            from: None,
            until: None,
            person: typed(&self.person),
            call: typed(&self.call),
            project: typed(&self.project),
            outcome: self.outcome.checked_sub(1).and_then(|place| AuditOutcome::ALL.get(place).copied()),
        };
        commands.audit(Command::Search { when, filters });
    }

    fn when(&self) -> Result<When, NoMoment> {
        Ok(match self.when {
            0 => When::Days(1),
            WEEK => When::Days(7),
            2 => When::Days(30),
            OWN => When::Between(moment(&self.from, false)?, moment(&self.until, true)?),
            _ => When::Ever,
        })
    }
}

/// Draws it; looks anew when something was chosen, or Enter was pressed in a field.
pub(super) fn ui(ui: &mut Ui, words: Words, draft: &mut Draft, commands: &mut Commands) {
    let mut wanted = frame::strip(ui, |ui| {
        let choices = WHEN.map(|word| Segment::text(words.t(word)));
        let chosen = segmented(ui, words.t(Word::AuditWhen), &choices, &mut draft.when);
        let fields = [
            (Word::AuditPerson, Word::AuditPersonHint, &mut draft.person),
            (Word::AuditCall, Word::AuditCall, &mut draft.call),
            (Word::Project, Word::Project, &mut draft.project),
        ];
        let mut wanted = chosen && draft.when != OWN;
        for (name, hint, value) in fields {
            let field = CellField::new(words.t(name), value).hint(words.t(hint)).show(ui, FIELD);
            wanted |= entered(ui, &field);
        }
        wanted |= outcome_ui(ui, words, &mut draft.outcome);
        wanted |= ui.add(Button::primary(words.t(Word::Search))).clicked();
        wanted
    });
    if draft.when == OWN {
        wanted |= own_time_ui(ui, words, draft);
    }
    if wanted {
        draft.search(commands);
    }
}

fn outcome_ui(ui: &mut Ui, words: Words, chosen: &mut usize) -> bool {
    let known = AuditOutcome::ALL.map(|known| words.t(outcome(known).0));
    let options: Vec<&str> = std::iter::once(words.t(Word::AuditAnyOutcome)).chain(known).collect();
    select_of_width(ui, words.t(Word::AuditOutcomeColumn), &options, chosen, OUTCOMES)
}

fn own_time_ui(ui: &mut Ui, words: Words, draft: &mut Draft) -> bool {
    frame::strip(ui, |ui| {
        let mut wanted = false;
        let (mut is_wrong, dim) = (false, Look::of(ui.ctx()).colours.dim);
        let fields = [(Word::AuditFrom, &mut draft.from, false), (Word::AuditUntil, &mut draft.until, true)];
        for (name, value, to_its_end) in fields {
            let is_none = moment(value, to_its_end).is_err();
            is_wrong |= is_none;
            ui.label(RichText::new(words.t(name)).color(dim));
            let field = CellField::new(words.t(name), value).hint("2026-11-20 10:00").wrong(is_none).mono();
            let field = field.show(ui, MOMENT);
            wanted |= entered(ui, &field);
        }
        if is_wrong {
            let bad = Look::of(ui.ctx()).colours.bad;
            ui.label(RichText::new(words.t(Word::AuditTimeWrong)).font(TextSize::Small.regular()).color(bad));
        }
        wanted
    })
}

fn entered(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}
