//! A source while it is edited: the answers to the connector's form, secrets that were typed, limits.

use std::collections::BTreeMap;

use access::{ProjectId, SourceId};
use model::project::{Limits, Project, Source, is_variable_of, variable_prefix};
use wire::SecretText;
use wire::form::{About, Input};

use super::parts::Sending;
use super::who_sees::Rule;
use crate::app::slug::free_slug;

/// A source while it is edited.
#[derive(Default)]
pub(super) struct SourceDraft {
    /// What is saved; none for a new one.
    pub(super) saved: Option<Source>,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) settings: BTreeMap<String, String>,
    /// What was typed; a secret that is saved is never shown.
    pub(super) secrets: BTreeMap<String, String>,
    /// Secrets that come from variables of the server: field to variable.
    pub(super) variables: BTreeMap<String, String>,
    /// Rows, megabytes, seconds, questions at once.
    pub(super) limits: [String; 4],
    /// Who sees it.
    pub(super) rule: Rule,
    /// Whether somebody tried to save or test: what is missing is marked from then on.
    pub(super) checked: bool,
    /// The source's name, typed to take an account that may do far more than read.
    pub(super) typed_name: String,
    /// The id under which a new one was sent.
    pub(super) built_id: Option<SourceId>,
    pub(super) sending: Sending,
}

impl SourceDraft {
    /// A new one of a kind, with the defaults of its form.
    pub(super) fn new(about: &About) -> Self {
        let fields = about.fields.iter().filter(|field| !matches!(field.input, Input::Secret));
        Self {
            kind: about.kind.clone(),
            settings: fields.map(|field| (field.name.clone(), field.default.clone())).collect(),
            limits: texts(Limits::default()),
            ..Self::default()
        }
    }

    /// One that is saved.
    pub(super) fn of(source: &Source) -> Self {
        Self {
            saved: Some(source.clone()),
            kind: source.kind.clone(),
            name: source.name.clone(),
            settings: source.settings.clone(),
            variables: source.secrets_from.clone(),
            limits: texts(source.limits),
            rule: Rule::of(source),
            ..Self::default()
        }
    }

    /// Whether anything differs from what is saved.
    pub(super) fn is_changed(&self, project: &Project) -> bool {
        self.saved != self.build(project) || !self.typed_secrets().is_empty()
    }

    /// Whether it leads elsewhere than what is saved, so that the saved secrets are not for it.
    pub(super) fn is_moved(&self) -> bool {
        self.saved.as_ref().is_some_and(|saved| {
            let settings = self.settings.iter().filter(|(_, value)| !value.trim().is_empty());
            let settings = settings.map(|(name, value)| (name.clone(), value.trim().to_owned())).collect();
            let draft = Source { kind: self.kind.clone(), settings, ..saved.clone() };
            !draft.has_address_of(saved)
        })
    }

    /// The source as it would be saved.
    pub(super) fn build(&self, project: &Project) -> Option<Source> {
        let id = match &self.saved {
            Some(saved) => saved.id.clone(),
            None => {
                let taken = |id: &str| project.sources.keys().any(|known| known.as_str() == id);
                SourceId::new(free_slug(&self.name, '-', "source", taken)).ok()?
            }
        };
        let settings = self.settings.iter().filter(|(_, value)| !value.trim().is_empty());
        let saved = self.saved.as_ref();
        Some(Source {
            id,
            name: self.name.trim().to_owned(),
            kind: self.kind.clone(),
            settings: settings.map(|(name, value)| (name.clone(), value.trim().to_owned())).collect(),
            secrets_from: self.variables.iter().map(|(field, name)| (field.clone(), name.trim().to_owned())).collect(),
            upload: saved.and_then(|saved| saved.upload.clone()),
            required_role: self.rule.required_role(),
            keep_model_visible: self.rule.keep_model_visible(),
            private_to: saved.and_then(|saved| saved.private_to.clone()),
            limits: self.limits()?,
        })
    }

    fn limits(&self) -> Option<Limits> {
        let [rows, megabytes, seconds, at_once] = &self.limits;
        let one = |text: &String| text.trim().parse::<u64>().ok().filter(|number| *number > 0);
        let at_once = u32::try_from(one(at_once)?).ok()?;
        Some(Limits { rows: one(rows)?, megabytes: one(megabytes)?, seconds: one(seconds)?, at_once })
    }

    /// A name for the variable that a secret is to come from: the project's prefix, the source, the field.
    pub(super) fn suggested_variable(&self, project: &ProjectId, field: &str) -> String {
        let words = self.name.split(|letter: char| !letter.is_ascii_alphanumeric());
        let words = words.chain(field.split('_')).filter(|word| !word.is_empty());
        let name: Vec<String> = words.map(str::to_ascii_uppercase).collect();
        format!("{}{}", variable_prefix(project), name.join("_"))
    }

    /// The secrets that were typed.
    pub(super) fn typed_secrets(&self) -> BTreeMap<String, SecretText> {
        let typed = self.secrets.iter().filter(|(_, value)| !value.is_empty());
        typed.map(|(name, value)| (name.clone(), SecretText::new(value.clone()))).collect()
    }

    /// Whether everything that must be given is, and fits.
    pub(super) fn is_complete(&self, project: &ProjectId, about: &About) -> bool {
        let fits = |field: &wire::form::FormField| {
            let given = self.settings.get(&field.name).map_or("", |value| value.trim());
            match field.input {
                Input::Secret => true,
                _ if given.is_empty() => !field.required || !field.default.is_empty(),
                Input::Number { least, most } => {
                    given.parse::<i64>().is_ok_and(|number| (least..=most).contains(&number))
                }
                Input::Text | Input::Choice(_) | Input::Lines => true,
            }
        };
        let named = self.variables.values().all(|name| is_variable_of(project, name.trim()));
        named && !self.name.trim().is_empty() && self.limits().is_some() && about.fields.iter().all(fits)
    }
}

fn texts(limits: Limits) -> [String; 4] {
    [limits.rows.to_string(), limits.megabytes.to_string(), limits.seconds.to_string(), limits.at_once.to_string()]
}
