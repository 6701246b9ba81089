//! The table: shows any number of rows straight from Arrow batches, keeps only its own view, and returns what was asked.

mod body;
mod cell;
mod columns;
mod copy;
mod header;
mod keys;
mod rows;
mod scroll;
mod selection;
mod sums;

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Color32, FontFamily, FontId, Galley, Id, Pos2, Rect, Sense, Ui, pos2};
use model::Format;

pub use cell::{Marks, Style, float, is_number, number, share, text};
pub use rows::{OtherColumns, Rows};
pub use selection::Selection;
pub use sums::{Sum, sums, sums_by};

use columns::Columns;
use scroll::Scroll;

pub const ROW_HEIGHT: f32 = 24.0;
pub const HEADER_HEIGHT: f32 = 28.0;
const TEXT_SIZE: f32 = 13.0;
/// Between a cell's edge and its text.
const PADDING: f32 = 8.0;

/// The title of a column and how it is sorted at the source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Header<'a> {
    pub title: &'a str,
    pub sorted: Option<Sorted>,
    /// Whether the source can sort and filter by it.
    pub can_sort: bool,
    pub can_filter: bool,
    /// How its cells are written, if not as their kind usually is.
    pub format: Option<Format>,
}

/// `rank` 0 is the first column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorted {
    pub descending: bool,
    pub rank: usize,
}

/// Colours, fonts and words, from the one place that makes them.
#[derive(Clone, Debug)]
pub struct Paint {
    pub background: Color32,
    pub panel: Color32,
    pub raised: Color32,
    pub line: Color32,
    pub text: Color32,
    pub dim: Color32,
    pub faint: Color32,
    pub accent: Color32,
    pub accent_surface: Color32,
    pub text_font: FontFamily,
    pub words: Words,
}

/// What menus say, and what is said to those who listen.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub table: &'static str,
    pub row: &'static str,
    pub null: &'static str,
    pub sort_up: &'static str,
    pub sort_down: &'static str,
    pub filter: &'static str,
    pub fit_width: &'static str,
    pub hide: &'static str,
    pub show_all: &'static str,
    pub marks: Marks,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            table: "Rows",
            row: "Row",
            null: "—",
            sort_up: "Sort ascending",
            sort_down: "Sort descending",
            filter: "Filter…",
            fit_width: "Fit width",
            hide: "Hide column",
            show_all: "Show all columns",
            marks: Marks::default(),
        }
    }
}

/// What the person asked for; the caller turns it into commands.
#[derive(Clone, Debug, PartialEq)]
pub enum TableAsk {
    /// `additive`: keep the columns sorted by so far. Without `descending` the other way round than now.
    Sort {
        column: usize,
        additive: bool,
        descending: Option<bool>,
    },
    /// Show the filter of a column beside `at`.
    Filter {
        column: usize,
        at: Pos2,
    },
    /// Read it from [`Table::selection`].
    SelectionChanged,
    Open(usize),
    /// Show the object of this row at the side.
    Side(usize),
    RowMenu {
        row: usize,
        at: Pos2,
    },
    /// `rows` were copied as text; `left_out` more were too many.
    Copied {
        rows: usize,
        left_out: usize,
    },
}

/// The state of one table view: where it stands, how wide its columns are, what is selected.
#[derive(Default)]
pub struct Table {
    scroll: Scroll,
    columns: Columns,
    selection: Selection,
    /// Changes with the selection, so that sums are only counted anew then.
    selection_revision: u64,
    sums: Option<Counted>,
    /// The same per currency: of which columns, and the sums.
    sums_by: Option<CountedBy>,
    cells: Cells,
}

impl Table {
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Selects these rows, as when their objects were selected on the graph, and shows the first of them.
    pub fn select(&mut self, rows: impl IntoIterator<Item = usize>) {
        self.selection.clear();
        self.select_also(rows);
    }

    /// Selects these rows too; the first one is shown where none was selected before.
    pub fn select_also(&mut self, rows: impl IntoIterator<Item = usize>) {
        let was_empty = self.selection.ranges().is_empty();
        self.selection.add_rows(rows);
        self.selection_revision += 1;
        if let Some(first) = self.selection.ranges().first().filter(|_| was_empty) {
            self.scroll.show(first.start);
        }
    }

    /// Brings a row into view at the next frame.
    pub fn show_row(&mut self, row: usize) {
        self.scroll.show(row);
    }

    /// The selected rows as text with tabs, or this row if it is not one of them; how many were taken, and how many more
    /// were too many.
    pub fn copied(&self, rows: &Rows, headers: &[Header<'_>], row: usize) -> (String, usize, usize) {
        let mut one = Selection::default();
        one.set(row);
        let selection = if self.selection.contains(row) { &self.selection } else { &one };
        let (text, taken) = copy::tsv(rows, headers, selection, &self.columns.order());
        (text, taken, selection.count() - taken)
    }

    /// The first row in view.
    pub fn top_row(&self) -> usize {
        self.scroll.top()
    }

    /// Forgets position, selection and formatted cells, for the answer to a new question; widths and hidden columns stay.
    pub fn reset(&mut self) {
        self.scroll = Scroll::default();
        self.selection = Selection::default();
        self.selection_revision += 1;
        self.cells = Cells::default();
    }

    /// Per column the sum of the selected rows; counted once per selection.
    pub fn sums(&mut self, rows: &Rows) -> &[Option<Sum>] {
        let now = (self.selection_revision, rows.revision());
        if self.sums.as_ref().is_none_or(|(counted, _)| *counted != now) {
            self.sums = Some((now, sums(rows, self.selection.ranges())));
        }
        self.sums.as_ref().map_or(&[], |(_, sums)| sums)
    }

    /// The sums of a column of the selected rows, for each value of another column; counted once per selection.
    pub fn sums_by(&mut self, rows: &Rows, column: usize, by: usize) -> &[(String, Sum)] {
        let now = (self.selection_revision, rows.revision(), column, by);
        if self.sums_by.as_ref().is_none_or(|(counted, _)| *counted != now) {
            self.sums_by = Some((now, sums_by(rows, self.selection.ranges(), column, by)));
        }
        self.sums_by.as_ref().map_or(&[], |(_, sums)| sums)
    }

    /// Draws the table into all the space of `ui` and says what the person asked for.
    pub fn ui(&mut self, ui: &mut Ui, rows: &Rows, headers: &[Header<'_>], paint: &Paint) -> Vec<TableAsk> {
        let rect = ui.available_rect_before_wrap();
        let id = ui.make_persistent_id("table");
        ui.allocate_rect(rect, Sense::hover());
        ui.ctx().allow_widget_id_changes_in(rect);
        let mut asks = Vec::new();
        let mut frame = Frame { rows, headers, paint, rect, id, body: rect, columns: Vec::new() };
        self.columns.keep_up(ui, &frame);
        let wide = self.columns.width() > rect.width() - scroll::BAR;
        frame.body = Rect::from_min_max(
            pos2(rect.min.x, (rect.min.y + HEADER_HEIGHT).min(rect.max.y)),
            pos2(rect.max.x - scroll::BAR, rect.max.y - if wide { scroll::BAR } else { 0.0 }),
        );
        self.scroll.keep_within(rows.len(), self.columns.width(), frame.body.size());
        frame.columns = self.columns.visible(frame.body, self.scroll.left());
        ui.painter().rect_filled(rect, 0.0, paint.background);
        body::ui(self, ui, &frame, &mut asks);
        header::ui(self, ui, &frame, &mut asks);
        self.scroll.bars(ui, &frame, self.columns.width());
        asks
    }

    fn change_selection(&mut self, change: impl FnOnce(&mut Selection), asks: &mut Vec<TableAsk>) {
        let before = self.selection.clone();
        change(&mut self.selection);
        if self.selection != before {
            self.selection_revision += 1;
            asks.push(TableAsk::SelectionChanged);
        }
    }
}

/// Sums, and of which selection and rows.
type Counted = ((u64, u64), Vec<Option<Sum>>);
/// The same for each value of another column, with the numbers of both columns.
type CountedBy = ((u64, u64, usize, usize), Vec<(String, Sum)>);

/// What all the drawing functions read in one frame.
struct Frame<'a> {
    rows: &'a Rows,
    headers: &'a [Header<'a>],
    paint: &'a Paint,
    rect: Rect,
    /// Where rows are, without header and bars.
    body: Rect,
    id: Id,
    /// The columns in view.
    columns: Vec<Place>,
}

/// A column in view: which one, and from where to where.
#[derive(Clone, Copy)]
struct Place {
    column: usize,
    left: f32,
    right: f32,
    is_number: bool,
}

impl Frame<'_> {
    /// How the cells of a column are written.
    fn style(&self, column: usize) -> Style {
        let marks = self.paint.words.marks;
        Style::Screen(marks, self.headers.get(column).and_then(|header| header.format))
    }

    fn title(&self, column: usize) -> &str {
        self.headers.get(column).map_or("", |header| header.title)
    }
}

/// The texts of the cells in view; others are forgotten.
#[derive(Default)]
struct Cells {
    texts: HashMap<(usize, usize), Option<Arc<str>>>,
    marks: Marks,
}

impl Cells {
    const MOST: usize = 20_000;

    fn text(&mut self, frame: &Frame<'_>, row: usize, column: usize) -> Option<Arc<str>> {
        let marks = frame.paint.words.marks;
        if self.texts.len() > Self::MOST || self.marks != marks {
            self.texts.clear();
            self.marks = marks;
        }
        let format = || {
            let (batch, index) = frame.rows.at(row)?;
            text(batch.columns().get(column)?, index, frame.style(column)).map(Arc::from)
        };
        self.texts.entry((row, column)).or_insert_with(format).clone()
    }
}

/// One line of text, cut with `…` where it is wider than `width`.
fn line(ui: &Ui, paint: &Paint, text: &str, width: f32) -> Arc<Galley> {
    let font = FontId::new(TEXT_SIZE, paint.text_font.clone());
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, Color32::PLACEHOLDER);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}
