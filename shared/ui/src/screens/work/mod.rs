//! The workspace: search, graph, tables, objects, around them the frame.

use egui::Ui;

use crate::app::{Commands, Model};

/// What is half typed or open in the workspace.
#[derive(Default)]
pub(super) struct Draft {}

/// Draws the workspace.
pub(super) fn ui(_ui: &mut Ui, _model: &Model, _draft: &mut Draft, _commands: &mut Commands) {}
