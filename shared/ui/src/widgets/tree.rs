//! A tree of names, for catalogues: only the visible lines are drawn, so a hundred thousand tables cost nothing.

use super::{list_row::ListRow, paint};
use crate::look::{Look, TABLE_ROW, icons};
use egui::{Id, Key, Rect, Response, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo, pos2};

/// One line of the tree as it is unfolded now.
#[derive(Clone, Copy, Debug)]
pub struct TreeLine<'a> {
    pub name: &'a str,
    /// 0 at the root.
    pub depth: u16,
    pub icon: char,
    /// Some where it has lines below it.
    pub expanded: Option<bool>,
    pub selected: bool,
    /// Dim, at the right.
    pub detail: Option<&'a str>,
}

/// What was done; the numbers are places among the unfolded lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TreeResponse {
    pub chosen: Option<usize>,
    /// Fold or unfold this one.
    pub toggled: Option<usize>,
}

const INDENT: f32 = 16.0;

/// Draws `count` lines, asking for those that can be seen. Left and Right fold and unfold, Enter chooses.
pub fn tree<'a>(ui: &mut Ui, name: &str, count: usize, line: impl Fn(usize) -> TreeLine<'a>) -> TreeResponse {
    let mut done = TreeResponse::default();
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt(name).auto_shrink([false, true]);
    let shown = area.show_rows(ui, TABLE_ROW, count, |ui, visible| {
        for number in visible {
            let (chosen, toggled) = ui.push_id(number, |ui| one(ui, line(number), number)).inner;
            done.chosen = if chosen { Some(number) } else { done.chosen };
            done.toggled = if toggled { Some(number) } else { done.toggled };
        }
    });
    let area_id: Id = shown.id;
    let _absent_when_nobody_listens: Option<()> = ui.ctx().accesskit_node_builder(area_id, |node| {
        node.set_role(Role::Tree);
        node.set_label(name);
    });
    done
}

fn one(ui: &mut Ui, line: TreeLine<'_>, number: usize) -> (bool, bool) {
    let indent = f32::from(line.depth) * INDENT + INDENT;
    let mut row = ListRow::new(line.name).icon(line.icon).selected(line.selected).role(Role::TreeItem);
    row = row.indent(indent).height(TABLE_ROW);
    if let Some(detail) = line.detail {
        row = row.detail(detail);
    }
    let response = ui.add(row);
    paint::describe(ui, &response, |node| {
        node.set_level(usize::from(line.depth) + 1);
        node.set_row_index(number);
        if let Some(expanded) = line.expanded {
            node.set_expanded(expanded);
        }
    });
    let Some(expanded) = line.expanded else { return (response.clicked(), false) };
    let arrow = arrow(ui, &response, indent, expanded);
    let toggled = arrow || response.double_clicked() || folded_by_key(ui, &response, expanded);
    (response.clicked(), toggled)
}

fn arrow(ui: &mut Ui, row: &Response, indent: f32, expanded: bool) -> bool {
    let centre = pos2(row.rect.left() + indent - 2.0, row.rect.center().y);
    let rect = Rect::from_center_size(centre, Vec2::splat(18.0));
    // The row itself has the keyboard; the arrow is only for the pointer.
    let response = ui.interact(rect, row.id.with("arrow"), Sense::CLICK);
    response.widget_info(|| WidgetInfo::new(Role::GenericContainer));
    let icon = if expanded { icons::EXPAND_MORE } else { icons::CHEVRON_RIGHT };
    paint::icon_at(ui, centre, icon, 16.0, Look::of(ui.ctx()).colours.dim);
    response.clicked()
}

fn folded_by_key(ui: &Ui, row: &Response, expanded: bool) -> bool {
    if !row.has_focus() {
        return false;
    }
    // Left and Right are ours while a line has the keyboard; Up and Down go on moving between lines.
    let filter = egui::EventFilter { horizontal_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(row.id, filter));
    let key = if expanded { Key::ArrowLeft } else { Key::ArrowRight };
    ui.input(|input| input.key_pressed(key))
}
