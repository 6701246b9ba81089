//! Who sees a source: the role that it requires, and whether its model stays visible without it. Only an Own of the
//! project says so.

use access::{Action, AppRole, SourceId};
use egui::Ui;
use model::change::Change;
use model::project::Source;
use wire::project::Scope;

use super::parts::{self, Sending, text_select};
use crate::app::{Commands, Model};
use crate::widgets::{Button, CellField, checkbox};
use crate::words::Word;

/// The field for the role and the select beside it, in points.
const FIELD: f32 = 320.0;
const KNOWN: f32 = 140.0;
/// The longest role, in characters; identity providers use up to 120.
const LONGEST_ROLE: usize = 128;

/// The role as it is typed, and the switch.
#[derive(Default, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    /// Empty for everyone in the project.
    pub(super) role: String,
    pub(super) keeps_model: bool,
}

impl Rule {
    /// What is saved.
    pub(super) fn of(source: &Source) -> Self {
        let role = source.required_role.as_ref().map(ToString::to_string).unwrap_or_default();
        Self { role, keeps_model: source.keep_model_visible }
    }

    /// The role, if there is one.
    pub(super) fn required_role(&self) -> Option<AppRole> {
        AppRole::new(self.role.trim()).ok()
    }

    /// Whether the model stays visible; without a role there is nobody to keep it visible for.
    pub(super) fn keep_model_visible(&self) -> bool {
        self.keeps_model && self.required_role().is_some()
    }
}

/// Draws role and switch where the person may set them; true where that is so.
pub(super) fn rule_ui(ui: &mut Ui, model: &Model, rule: &mut Rule) -> bool {
    if parts::may(model, Action::SetSourceRole).is_err() {
        return false;
    }
    let words = model.words;
    parts::heading(ui, words.t(Word::WhoSees));
    ui.horizontal(|ui| {
        let field = CellField::new(words.t(Word::RequiredRole), &mut rule.role).hint(words.t(Word::EveryoneInProject));
        field.show(ui, FIELD);
        let roles = model.me.value().into_iter().flat_map(|me| &me.known_roles);
        let known: Vec<String> = roles.map(AppRole::to_string).collect();
        let mut chosen = words.t(Word::KnownRoles).to_owned();
        if text_select(ui, words.t(Word::KnownRoles), &known, &mut chosen, KNOWN) && known.contains(&chosen) {
            rule.role = chosen;
        }
    });
    rule.role = rule.role.chars().take(LONGEST_ROLE).collect();
    let Some(role) = rule.required_role() else {
        parts::hint(ui, words.t(Word::EveryoneSeesIt));
        return true;
    };
    let holds = model.caller().is_some_and(|caller| caller.roles.contains(&role));
    parts::hint(ui, words.t(if holds { Word::RequiredRoleHint } else { Word::RoleNotHeld }));
    checkbox(ui, &mut rule.keeps_model, words.t(Word::KeepModelVisible));
    parts::hint(ui, words.t(Word::KeepModelVisibleHint));
    true
}

/// The rule of a source whose page has no form: an uploaded file.
#[derive(Default)]
pub(super) struct Draft {
    source: Option<SourceId>,
    /// What is saved, as it was when the typing began.
    before: Rule,
    typed: Rule,
    sending: Sending,
}

/// Draws the rule of an uploaded file and saves it.
pub(super) fn file_ui(ui: &mut Ui, model: &Model, source: &Source, draft: &mut Draft, commands: &mut Commands) {
    if source.private_to.is_some() {
        return;
    }
    let saved = Rule::of(source);
    let is_other = draft.source.as_ref() != Some(&source.id);
    if is_other || draft.sending.saved(model) || (draft.typed == draft.before && draft.before != saved) {
        *draft = Draft { source: Some(source.id.clone()), before: saved.clone(), typed: saved, ..Draft::default() };
    }
    if !rule_ui(ui, model, &mut draft.typed) {
        return;
    }
    draft.sending.ui(ui, model);
    let (required_role, keep_model_visible) = (draft.typed.required_role(), draft.typed.keep_model_visible());
    if (&required_role, keep_model_visible) == (&source.required_role, source.keep_model_visible) {
        return;
    }
    let save = Button::primary(model.words.t(Word::SaveForEveryone)).enabled(!draft.sending.is_waiting(model));
    if parts::button_if(ui, save, &parts::may(model, Action::SaveConfiguration)) {
        let ruled = Source { required_role, keep_model_visible, ..source.clone() };
        draft.sending.change(model, commands, Scope::Everyone, vec![Change::PutSource(Box::new(ruled))]);
    }
}
