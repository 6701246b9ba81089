//! One's own sessions: which there are, which is this one, and ending them.

use egui::Ui;

use super::{ended_ui, session_table};
use crate::admin::Command;
use crate::app::{AdminPage, Command as AppCommand, Commands, Model, Remote};
use crate::look::TextSize;
use crate::screens::config::parts;
use crate::widgets::Button;
use crate::words::Word;

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    parts::wide_form(ui, "my sessions", |ui| {
        ui.label(egui::RichText::new(words.t(Word::MySessions)).font(TextSize::Heading.semibold()));
        parts::dim(ui, words.t(Word::MySessionsSentence));
        ended_ui(ui, model);
        let sessions = match &model.admin.mine {
            Remote::Here(sessions) | Remote::Waiting(Some(sessions)) => sessions,
            Remote::Failed(fault) => {
                let again = AppCommand::Admin(Command::Ask(AdminPage::Sessions));
                return super::super::fault_ui(ui, model, fault, again, commands);
            }
            Remote::Idle | Remote::Waiting(None) => return super::super::waiting_ui(ui, model),
        };
        let is_free = !model.admin.ending.is_waiting();
        if let Some(session) = session_table::ui(ui, words, sessions, is_free) {
            commands.admin(Command::EndMine(session));
        }
        let others = sessions.iter().filter(|session| !session.is_this).count();
        if others == 0 {
            parts::dim(ui, words.t(Word::OnlyThisSession));
        } else if ui.add(Button::new(words.t(Word::EndMyOthers)).enabled(is_free)).clicked() {
            commands.admin(Command::EndMyOthers);
        }
    });
}
