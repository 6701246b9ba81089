//! The configuration of a project: sources, object types, link types, access.

use egui::Ui;

use crate::app::{Commands, Model};

/// What is half typed or open in the configuration.
#[derive(Default)]
pub(super) struct Draft {}

/// Draws the configuration.
pub(super) fn ui(_ui: &mut Ui, _model: &Model, _draft: &mut Draft, _commands: &mut Commands) {}
