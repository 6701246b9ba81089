//! Moving nodes by keyboard: Ctrl and the arrows push them, and letting Ctrl go puts them down.

use egui::{Modifiers, Response, Ui, Vec2};

use super::drag::Drag;
use super::keys::{ARROWS, pressed};
use super::{Canvas, CanvasAsk, Scene, pointer};

/// How far one press pushes, in points on the screen.
const STEP_POINTS: f32 = 16.0;

/// Pushes while Ctrl is held. A run of presses is one move, as one drag of the mouse is.
pub(super) fn act(canvas: &mut Canvas, ui: &Ui, response: &Response, scene: Scene<'_>, asks: &mut Vec<CanvasAsk>) {
    let has_keyboard = response.has_focus() || is_free(ui);
    if has_keyboard {
        for (key, direction) in ARROWS {
            if pressed(ui, Modifiers::COMMAND, key) {
                push(canvas, response, scene, direction);
                ui.ctx().request_repaint();
            }
        }
    }
    let is_held = has_keyboard && ui.input(|input| input.modifiers.command);
    if matches!(canvas.drag, Drag::Pushed { .. }) && !is_held {
        pointer::end(std::mem::take(&mut canvas.drag), canvas, scene, false, asks);
    }
}

/// The keys mean the selection also while nothing has the keyboard: after opening something from the search.
fn is_free(ui: &Ui) -> bool {
    ui.memory(|memory| memory.focused().is_none()) && !egui::Popup::is_any_open(ui.ctx())
}

fn push(canvas: &mut Canvas, response: &Response, scene: Scene<'_>, direction: Vec2) {
    let by = direction * STEP_POINTS / canvas.view.zoom;
    match &mut canvas.drag {
        Drag::Pushed { moved, .. } => *moved += by,
        Drag::Nothing => {
            let nodes = if response.has_focus() { canvas.meant() } else { canvas.chosen.nodes.clone() };
            if nodes.is_empty() {
                return;
            }
            canvas.drag = Drag::Pushed { nodes, moved: by };
        }
        // The mouse has hold of something.
        Drag::Picture | Drag::Box { .. } | Drag::Loop(_) | Drag::Nodes { .. } => return,
    }
    if let Drag::Pushed { nodes, moved } = &canvas.drag
        && let Some([x, y]) = nodes.first().and_then(|first| scene.place(*first))
    {
        canvas.view.reveal(response.rect, canvas.tools, x + moved.x, y + moved.y);
    }
}
