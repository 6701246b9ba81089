//! Projects that nobody owns, below the list of projects: an instance manager names an Own for each.

use std::collections::BTreeMap;

use access::{Grantee, ProjectId};
use egui::{Align, Frame, Label, Layout, Margin, RichText, Ui};
use wire::owner::ProjectName;

use crate::app::{Command, Commands, Model, Remote};
use crate::look::{Look, RADIUS, TextSize, icons};
use crate::widgets::{Button, CellField, ErrorText, Tone, badge, error_box, paint};
use crate::words::Word;

/// The field for an address, in points.
const FIELD: f32 = 300.0;

/// The addresses that are typed, for each project.
#[derive(Default)]
pub(super) struct Draft {
    typed: BTreeMap<ProjectId, String>,
}

/// Draws them; nothing for people who may not know.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    ui.with_layout(Layout::top_down(Align::Min), |ui| list_ui(ui, model, draft, commands));
}

fn list_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    match &model.ownerless.projects {
        Remote::Idle | Remote::Waiting(None) => {}
        Remote::Failed(fault) => super::fault_ui(ui, model, fault, Command::AskOwnerless, commands),
        Remote::Here(projects) | Remote::Waiting(Some(projects)) => {
            let look = Look::of(ui.ctx());
            if projects.is_empty() {
                ui.label(RichText::new(words.t(Word::AllHaveOwners)).color(look.colours.dim));
                return;
            }
            ui.label(RichText::new(words.t(Word::WithoutOwner)).font(TextSize::Heading.semibold()));
            ui.add(Label::new(RichText::new(words.t(Word::WithoutOwnerSentence)).color(look.colours.dim)).wrap());
            ui.add_space(4.0);
            for project in projects {
                ui.push_id(&project.id, |ui| card_ui(ui, model, project, draft, commands));
                ui.add_space(8.0);
            }
        }
    }
}

fn card_ui(ui: &mut Ui, model: &Model, project: &ProjectName, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let look = Look::of(ui.ctx());
    let frame = Frame::new().fill(look.colours.panel).stroke(paint::hairline(look)).corner_radius(RADIUS);
    let named = model.ownerless.named.get(&project.id);
    frame.inner_margin(Margin::symmetric(14, 12)).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.horizontal(|ui| {
            ui.label(RichText::new(icons::FOLDER).size(18.0).color(look.colours.dim));
            ui.label(RichText::new(&project.name).font(TextSize::Body.semibold()));
            badge(ui, Tone::Warn, words.t(Word::NoOwner));
        });
        let is_waiting = named.is_some_and(|(_, going)| going.is_waiting());
        ui.horizontal(|ui| {
            let typed = draft.typed.entry(project.id.clone()).or_default();
            let label = words.with(Word::OwnerOf, &[&project.name]);
            let entered = CellField::new(&label, typed).hint("ada@bank.example").show(ui, FIELD).lost_focus()
                && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let name = Button::primary(words.t(Word::NameOwner)).enabled(!is_waiting);
            let clicked = match super::address(typed) {
                Some(_) => ui.add(name).clicked() || entered,
                None => ui.add(name.disabled_because(words.t(Word::TypeEmail))).clicked(),
            };
            if let (true, false, Some(to)) = (clicked, is_waiting, super::address(typed)) {
                commands.send(Command::NameOwner { project: project.id.clone(), to });
            }
        });
        match named {
            Some((_, Remote::Failed(fault))) => {
                let (what, remedy) = (fault.sentence.as_str(), fault.remedy.as_str());
                error_box(ui, ErrorText { what, cause: "", remedy, button: None, code: "" });
            }
            // The card stays: an address counts once somebody comes with it.
            Some((Grantee::Email(email), Remote::Here(()))) => {
                let text = words.with(Word::OwnerNamed, &[email]);
                ui.add(Label::new(RichText::new(text).color(look.colours.dim)).wrap());
            }
            _ => {}
        }
    });
}
