//! A person's own changes over the shared project: how many, which, why some do not fit, and how to forget them.

use egui::{Frame, Margin, RichText, Ui};
use model::change::Change;
use wire::project::{Scope, VisibleProject};

use super::parts::{self, Sending};
use crate::app::{Commands, Model};
use crate::config::Command;
use crate::look::{Look, icons};
use crate::widgets::{Button, Tone, badge, paint};
use crate::words::{Word, Words};

/// Whether the list is open, and what is being forgotten.
#[derive(Default)]
pub(super) struct Draft {
    open: bool,
    sending: Sending,
}

/// Draws the line, and the list when it is open; nothing when there are no own changes.
pub(super) fn ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    draft.sending.saved(model);
    if visible.own.is_empty() {
        return;
    }
    let look = Look::of(ui.ctx());
    let frame = Frame::new().fill(look.colours.accent_surface).inner_margin(Margin::symmetric(20, 4));
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        line_ui(ui, model, visible, draft);
        if draft.open {
            egui::ScrollArea::vertical().id_salt("own changes").max_height(240.0).show(ui, |ui| {
                list_ui(ui, model, visible, draft, commands);
            });
            draft.sending.ui(ui, model);
        }
    });
    let rect = shown.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, paint::hairline(look));
}

fn line_ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft) {
    let words = model.words;
    ui.horizontal(|ui| {
        let (own, misfits) = (visible.own.len() as u64, visible.misfits.len() as u64);
        ui.label(words.with(Word::OwnChanges, &[&words.count(own)]));
        if misfits > 0 {
            badge(ui, Tone::Warn, &words.with(Word::OwnMisfits, &[&words.count(misfits)]));
        }
        let (word, icon) = if draft.open {
            (Word::HideOwnChanges, icons::EXPAND_LESS)
        } else {
            (Word::ShowOwnChanges, icons::EXPAND_MORE)
        };
        if ui.add(Button::quiet(words.t(word)).trailing(icon).expanded(draft.open)).clicked() {
            draft.open = !draft.open;
        }
    });
}

fn list_ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    for (place, change) in visible.own.iter().enumerate() {
        let name = named(words, change);
        let misfit = visible.misfits.iter().find(|(misfit, _)| *misfit == place);
        ui.push_id(place, |ui| {
            ui.horizontal(|ui| {
                let forget = words.with(Word::ForgetNamed, &[&name]);
                let button = Button::icon_only(icons::DELETE, &forget).enabled(!draft.sending.is_waiting(model));
                if ui.add(button).clicked() {
                    let command = Command::Change { scope: Scope::Mine, changes: Vec::new(), forget: vec![place] };
                    draft.sending.send(model, commands, command);
                }
                ui.label(&name);
                if let Some((_, why)) = misfit {
                    let look = Look::of(ui.ctx());
                    ui.label(RichText::new(Tone::Warn.icon()).color(look.colours.warn));
                    parts::dim(ui, &words.said(&why.to_string(), Word::ServerSays));
                }
            });
        });
    }
}

/// A change in words: "Object type Person".
pub(super) fn named(words: Words, change: &Change) -> String {
    let (word, name) = match change {
        Change::Describe { name, .. } => (Word::ChangeDescribe, name.clone()),
        Change::PutSource(source) => (Word::ChangePutSource, source.name.clone()),
        Change::RemoveSource(id) => (Word::ChangeRemoveSource, id.to_string()),
        Change::PutObjectType(kind) => (Word::ChangePutObjectType, kind.name.clone()),
        Change::RemoveObjectType(id) => (Word::ChangeRemoveObjectType, id.to_string()),
        Change::PutLinkType(link) => (Word::ChangePutLinkType, link.name.clone()),
        Change::RemoveLinkType(id) => (Word::ChangeRemoveLinkType, id.to_string()),
        Change::PutGrant(grant) => (Word::ChangePutGrant, grant.role.name().to_owned()),
        Change::RemoveGrant(_) => (Word::ChangeRemoveGrant, String::new()),
    };
    words.with(word, &[&name])
}
