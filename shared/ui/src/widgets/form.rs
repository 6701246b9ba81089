//! A form made from a list of fields: what a connector describes is what a person fills in.

use super::{checkbox::checkbox, select::labelled_select, text_field::TextField};
use crate::look::{Look, TextSize};
use crate::words::{Word, Words};
use egui::{RichText, Ui};

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind<'a> {
    Text,
    LongText,
    Secret,
    Number,
    Flag,
    /// One of these; the value is the option itself.
    Choice(&'a [&'a str]),
}

/// One field; `value` is its draft as text ("true" and "false" for a flag).
#[derive(Debug)]
pub struct Field<'a> {
    pub label: &'a str,
    pub kind: FieldKind<'a>,
    pub required: bool,
    pub help: &'a str,
    /// What the server said about it, if anything.
    pub error: Option<&'a str>,
    pub value: &'a mut String,
}

/// Draws the fields below each other; true if any changed. Missing required values are marked once `checked`.
pub fn form(ui: &mut Ui, words: Words, fields: &mut [Field<'_>], checked: bool) -> bool {
    let mut changed = false;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 12.0;
        for (number, field) in fields.iter_mut().enumerate() {
            changed |= ui.push_id(number, |ui| one(ui, words, field, checked)).inner;
        }
    });
    changed
}

/// True if every required field has a value and every number is one.
pub fn is_complete(fields: &[Field<'_>]) -> bool {
    fields.iter().all(|field| fault(field).is_none())
}

fn fault(field: &Field<'_>) -> Option<Word> {
    let text = field.value.trim();
    match field.kind {
        _ if text.is_empty() => field.required.then_some(Word::Required),
        FieldKind::Number => text.parse::<i64>().is_err().then_some(Word::NotANumber),
        _ => None,
    }
}

fn one(ui: &mut Ui, words: Words, field: &mut Field<'_>, checked: bool) -> bool {
    match field.kind {
        FieldKind::Flag => flag(ui, field),
        FieldKind::Choice(options) => {
            let mut chosen = options.iter().position(|option| option == field.value).unwrap_or(usize::MAX);
            let changed = labelled_select(ui, field.label, options, &mut chosen);
            if let (true, Some(option)) = (changed, options.get(chosen)) {
                (*option).clone_into(field.value);
            }
            help(ui, field.help);
            changed
        }
        _ => typed(ui, words, field, checked),
    }
}

fn flag(ui: &mut Ui, field: &mut Field<'_>) -> bool {
    let mut on = field.value == "true";
    let changed = checkbox(ui, &mut on, field.label).changed();
    if changed {
        on.to_string().clone_into(field.value);
    }
    help(ui, field.help);
    changed
}

fn typed(ui: &mut Ui, words: Words, field: &mut Field<'_>, checked: bool) -> bool {
    let own = if checked { fault(field).map(|word| words.t(word)) } else { None };
    let label =
        if field.required { field.label.to_owned() } else { format!("{} ({})", field.label, words.t(Word::Optional)) };
    let mut edit = TextField::new(&label, field.value).error(field.error.or(own));
    if !field.help.is_empty() {
        edit = edit.help(field.help);
    }
    edit = match field.kind {
        FieldKind::Secret => edit.secret(),
        FieldKind::LongText => edit.rows(4),
        FieldKind::Number => edit.limit_chars(20),
        _ => edit,
    };
    edit.show(ui, words).changed()
}

fn help(ui: &mut Ui, text: &str) {
    if !text.is_empty() {
        let dim = Look::of(ui.ctx()).colours.dim;
        ui.label(RichText::new(text).font(TextSize::Small.regular()).color(dim));
    }
}
