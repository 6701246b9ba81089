//! What is wrong with a draft, from the same check that the server makes.

use egui::{Frame, Margin, RichText, Role, Stroke, Ui};
use model::change::Change;
use model::check::check;
use model::project::Project;

use crate::app::Model;
use crate::look::{Look, RADIUS, TextSize};
use crate::widgets::{Tone, paint};
use crate::words::Word;

/// What would be wrong at a place, if a type were changed.
pub(super) fn of_change(project: &Project, change: Change, place: &str) -> Vec<String> {
    let mut small = around(project);
    match change {
        Change::PutObjectType(kind) => {
            small.object_types.insert(kind.id.clone(), *kind);
        }
        Change::PutLinkType(link) => {
            let known = [&link.from, &link.to].into_iter().filter_map(|end| project.object_types.get(end));
            small.object_types = known.map(|kind| (kind.id.clone(), kind.clone())).collect();
            small.link_types.insert(link.id.clone(), *link);
        }
        _ => {}
    }
    check(&small).into_iter().filter(|finding| finding.place == place).map(|finding| finding.sentence).collect()
}

/// The project's sources alone: nothing else matters to one type, and a large project is not copied for each frame.
fn around(project: &Project) -> Project {
    Project {
        id: project.id.clone(),
        name: project.name.clone(),
        description: String::new(),
        sources: project.sources.clone(),
        object_types: std::collections::BTreeMap::new(),
        link_types: std::collections::BTreeMap::new(),
        grants: Vec::new(),
    }
}

/// Draws the sentences; nothing when there are none.
pub(super) fn ui(ui: &mut Ui, model: &Model, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    let colours = Look::of(ui.ctx()).colours;
    let frame =
        Frame::new().stroke(Stroke::new(1.0, colours.warn)).corner_radius(RADIUS).inner_margin(Margin::same(10));
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 18.0;
        ui.horizontal(|ui| {
            ui.label(RichText::new(Tone::Warn.icon()).size(16.0).color(colours.warn));
            ui.label(RichText::new(model.words.t(Word::BeforeItWorks)).font(TextSize::Body.semibold()));
        });
        for sentence in sentences {
            ui.label(model.words.said(sentence, Word::CheckSays));
        }
    });
    paint::describe(ui, &shown.response, |node| {
        node.set_role(Role::Status);
        node.set_label(model.words.t(Word::BeforeItWorks));
    });
}
