//! The graph as a picture: pixels are painted here, a band in each frame; vectors are described here and written elsewhere.
//! Under it stand the legend and a line that says whose it is and how complete.

use std::collections::HashSet;

use egui::{Rect, Ui, Vec2, pos2, vec2};
use graph::NodeId;
use graph::exchange::{Chart, Entry, Mark, Remark, Ring, Tie};
use wire::data::{PictureFormat, PictureScope};

use super::graph::Draft as View;
use super::{notes, picture_legend, scene};
use crate::app::{Commands, Model};
use crate::canvas::{Canvas, Hull, Paint, Scene};
use crate::look::{FontFiles, Look, TextSize};
use crate::picture::{Development, Negative};
use crate::screens::paints;
use crate::work::{Command, Shot};

/// The size of a picture of all of the graph, in points.
const SIZE: Vec2 = vec2(1600.0, 1000.0);
/// The strip for the line under the graph, in points.
const STRIP: f32 = 44.0;
const MARGIN: f32 = 12.0;
/// The widths of lines, as on the screen from near.
const THIN: f32 = 1.2;
const WIDEST: f32 = 6.4;
/// As many fonts as the module takes.
const MOST_FONTS: usize = 60;

/// The picture that is being painted.
#[derive(Default)]
pub(super) struct Draft(Option<(u64, Development)>);

/// Draws the picture that was announced, and hands it over to be saved or written.
pub(super) fn act(ui: &Ui, model: &Model, draft: &mut Draft, graph: &View, commands: &mut Commands) {
    let Some(shot) = &model.work.shot else {
        draft.0 = None;
        return;
    };
    if shot.export.format != PictureFormat::Png {
        commands.work(Command::WritePicture(written(ui, model, shot)));
        return;
    }
    let is_begun = draft.0.as_ref().is_some_and(|(number, _)| *number == shot.number);
    if !is_begun {
        let development = developed(ui, model, shot, graph).and_then(|negative| Development::new(negative).ok());
        draft.0 = development.map(|development| (shot.number, development));
    }
    let step = draft.0.as_mut().map(|(_, development)| (development.step(), development.bytes()));
    match step {
        Some((Ok(None), bytes)) => {
            commands.work(Command::NotePicture(bytes));
            ui.ctx().request_repaint();
        }
        Some((Ok(Some(png)), _)) => commands.work(Command::SavePicture(png)),
        Some((Err(_), _)) | None => commands.work(Command::SavePicture(Vec::new())),
    }
}

/// What is shown of the graph, everything else hidden.
fn drawn(model: &Model, nodes: &[NodeId]) -> scene::Drawn {
    let mut drawn = scene::Drawn::default();
    drawn.keep_up_without_selection(model);
    let wanted: HashSet<NodeId> = nodes.iter().copied().collect();
    let graph = &model.work.board.graph;
    for (item, node) in drawn.items.iter().zip(&mut drawn.nodes) {
        node.hidden = !graph.members(*item).iter().any(|id| wanted.contains(id));
    }
    drawn
}

/// The size of a picture in points: what is in view is as large as the pane, and below stand legend and line.
pub(super) fn size(ui: &Ui, scope: PictureScope, pane: Rect, entries: &[Entry]) -> Vec2 {
    match scope {
        PictureScope::View => {
            let pane = pane.size().max(vec2(320.0, 200.0));
            vec2(pane.x, pane.y + below(ui, entries, pane.x))
        }
        PictureScope::Shown | PictureScope::Selection => SIZE,
    }
}

/// What legend and line take below the graph.
fn below(ui: &Ui, entries: &[Entry], width: f32) -> f32 {
    STRIP + picture_legend::height(ui, entries, width - 2.0 * MARGIN)
}

/// The legend of these objects, for whoever wants to know how large the picture will be.
pub(super) fn legend_of(ui: &Ui, model: &Model, nodes: &[NodeId]) -> Vec<Entry> {
    picture_legend::entries(model, nodes, &paints::of_graph(ui, model.words))
}

fn developed(ui: &Ui, model: &Model, shot: &Shot, graph: &View) -> Option<Negative> {
    let paint = paints::of_graph(ui, model.words);
    let drawn = drawn(model, &shot.export.nodes);
    let places = drawn.places(model);
    let entries = picture_legend::entries(model, &shot.export.nodes, &paint);
    let scene = Scene { places: &places, wiring: 1, ..drawn.scene() };
    let mut canvas = match shot.export.scope {
        PictureScope::View => Canvas::looking(graph.canvas.view),
        PictureScope::Shown | PictureScope::Selection => Canvas::default(),
    };
    let size = size(ui, shot.export.scope, graph.pane, &entries);
    Negative::of_ui(ui.ctx(), size, f32::from(shot.export.times), paint.background, |ui| {
        let whole = ui.max_rect();
        let foot = whole.max.y - below(ui, &entries, size.x);
        let graph = Rect::from_min_max(whole.min, pos2(whole.max.x, foot));
        ui.scope_builder(egui::UiBuilder::new().max_rect(graph), |ui| {
            ui.set_clip_rect(graph);
            canvas.ui(ui, scene, &paint)
        });
        notes::draw(ui, model, notes::Ground { view: canvas.view, pane: graph });
        picture_legend::draw(ui, &entries, pos2(whole.min.x + MARGIN, foot), size.x - 2.0 * MARGIN, &paint);
        line_ui(ui, whole, &shot.line, &paint);
    })
}

/// A line that is too long for its strip ends in the next one.
fn line_ui(ui: &Ui, whole: Rect, line: &str, paint: &Paint) {
    let width = whole.width() - 2.0 * MARGIN;
    let line = ui.painter().layout(line.to_owned(), TextSize::Small.regular(), paint.dim, width);
    let at = pos2(whole.min.x + MARGIN, whole.max.y - STRIP / 2.0 - line.size().y / 2.0);
    ui.painter().galley(at, line, paint.dim);
}

/// The chart as JSON, and the fonts: that of the icons, then those of the text.
fn written(ui: &Ui, model: &Model, shot: &Shot) -> Vec<Vec<u8>> {
    // Text and numbers: nothing that JSON could refuse.
    let chart = serde_json::to_vec(&chart(model, shot)).unwrap_or_default();
    let FontFiles { icons, text } = FontFiles::of(ui.ctx());
    [chart, icons].into_iter().chain(text.into_iter().take(MOST_FONTS)).collect()
}

/// The graph as it is seen from near, in the colours of paper.
fn chart(model: &Model, shot: &Shot) -> Chart {
    let paint = paints::of_graph_in(Look::on_paper(), model.words);
    let paint = Paint { background: paint.panel, ..paint };
    let mut drawn = drawn(model, &shot.export.nodes);
    let all = drawn.places(model);
    drawn.tell(model, &all, |_| true);
    let mut places: Vec<Option<u32>> = Vec::with_capacity(drawn.nodes.len());
    let mut marks = Vec::new();
    for (node, place) in drawn.nodes.iter().zip(&all) {
        places.push((!node.hidden).then_some(marks.len() as u32));
        if !node.hidden {
            marks.push(Mark {
                place: *place,
                tint: picture_legend::tint(picture_legend::colour(&paint, Some(node.colour))),
                icon: node.icon,
                name: node.label.clone(),
                second: node.sub_label.clone(),
                missing: node.missing,
                larger: node.larger,
                square: node.members.is_some(),
                badge: node.badge_text().unwrap_or_default(),
            });
        }
    }
    let at = |end: u32| places.get(end as usize).copied().flatten();
    let ring = |hull: &Hull| Ring {
        name: hull.label.clone(),
        tint: picture_legend::tint(
            hull.colour.map_or(paint.dim, |colour| picture_legend::colour(&paint, Some(colour))),
        ),
        around: hull.members.iter().filter_map(|member| at(*member)).collect(),
    };
    let ties = drawn.links.iter().filter_map(|link| {
        let colour = picture_legend::colour(&paint, link.colour);
        let quiet = link.colour.map_or(colour, |_| paint.background.lerp_to_gamma(colour, 0.75));
        Some(Tie {
            from: at(link.from)?,
            to: at(link.to)?,
            tint: picture_legend::tint(quiet),
            width: THIN + (WIDEST - THIN) * link.weight.clamp(0.0, 1.0),
            directed: link.directed,
            text: link.label.clone(),
        })
    });
    Chart {
        title: model.project().map(|seen| seen.project.name.clone()).unwrap_or_default(),
        note: shot.line.clone(),
        background: picture_legend::tint(paint.background),
        text: picture_legend::tint(paint.text),
        dim: picture_legend::tint(paint.dim),
        ties: ties.collect(),
        marks,
        legend: picture_legend::entries(model, &shot.export.nodes, &paint),
        rings: drawn.hulls().iter().map(ring).filter(|ring| !ring.around.is_empty()).collect(),
        remarks: remarks(model, &paint),
    }
}

/// What is written and drawn onto the graph.
fn remarks(model: &Model, paint: &Paint) -> Vec<Remark> {
    let remark = |note: &graph::Note| Remark {
        kind: note.kind,
        from: note.from,
        to: note.to,
        tint: picture_legend::tint(picture_legend::colour(paint, Some(usize::from(note.colour)))),
        text: note.text.clone(),
    };
    model.work.board.graph.notes().map(|(_, note)| remark(note)).collect()
}
