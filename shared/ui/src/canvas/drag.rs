//! What is being dragged.

use egui::{Pos2, Vec2};

#[derive(Debug, Default)]
pub(super) enum Drag {
    #[default]
    Nothing,
    /// The whole picture.
    Picture,
    /// A box that selects.
    Box { from: Pos2, to: Pos2 },
    /// Nodes, moved so far by this much in the graph's own measure; the model learns of it when they are let go.
    Nodes { nodes: Vec<u32>, moved: Vec2 },
    /// The same by keyboard, until Ctrl is let go.
    Pushed { nodes: Vec<u32>, moved: Vec2 },
}
