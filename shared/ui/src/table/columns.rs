//! Which columns are shown and how wide they are.

use std::collections::BTreeSet;

use egui::{Rect, Ui};

use super::{Frame, PADDING, Place, is_number, line, text};

const NARROWEST: f32 = 48.0;
/// What a column may take by itself; by hand it can be made wider.
const WIDEST_BY_ITSELF: f32 = 320.0;
const WIDEST: f32 = 2_000.0;
const SAMPLED_ROWS: usize = 40;
/// Room for the mark of a sorted column.
pub(super) const MARK: f32 = 16.0;

#[derive(Default)]
pub(super) struct Columns {
    titles: Vec<String>,
    widths: Vec<f32>,
    numbers: Vec<bool>,
    hidden: BTreeSet<usize>,
    /// Whether widths were measured on rows, not only on titles.
    measured: bool,
    /// What the columns take by themselves; none once a person made one wider or narrower.
    natural: Option<Vec<f32>>,
    /// The width that was given to the columns.
    spread_over: f32,
}

impl Columns {
    /// Measures when columns are new or their first rows have come.
    pub(super) fn keep_up(&mut self, ui: &Ui, frame: &Frame<'_>) {
        let same = self.titles.len() == frame.headers.len()
            && self.titles.iter().zip(frame.headers).all(|(kept, header)| kept == header.title);
        if !same {
            self.titles = frame.headers.iter().map(|header| header.title.to_owned()).collect();
            self.hidden.clear();
        }
        if !same || (!self.measured && !frame.rows.is_empty()) {
            self.measured = !frame.rows.is_empty();
            let schema = frame.rows.schema();
            let kind = |column: usize| schema.as_ref().and_then(|schema| schema.fields().get(column).cloned());
            self.numbers = (0..frame.headers.len())
                .map(|column| kind(column).is_some_and(|field| is_number(field.data_type())))
                .collect();
            self.natural = Some((0..frame.headers.len()).map(|column| measure(ui, frame, column, 0)).collect());
            self.spread_over = 0.0;
        }
        let width = frame.rect.width() - super::scroll::BAR;
        if let Some(natural) = self.natural.as_ref().filter(|_| self.spread_over != width) {
            self.widths.clone_from(natural);
            self.spread(width);
            self.spread_over = width;
        }
    }

    /// Gives what is left of the width to the columns in equal parts.
    fn spread(&mut self, width: f32) {
        let left = width - self.width();
        let shown = self.widths.len() - self.hidden.len().min(self.widths.len());
        if left > 0.0 && shown > 0 {
            let part = left / shown as f32;
            self.widths.iter_mut().for_each(|width| *width += part);
        }
    }

    /// Of all columns that are shown.
    pub(super) fn width(&self) -> f32 {
        self.shown().map(|(_, width)| width).sum()
    }

    fn shown(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.widths.iter().copied().enumerate().filter(|(column, _)| !self.hidden.contains(column))
    }

    /// The columns that reach into `body` when it is scrolled `scrolled` points to the right.
    pub(super) fn visible(&self, body: Rect, scrolled: f32) -> Vec<Place> {
        let mut left = body.min.x - scrolled;
        let mut places = Vec::new();
        for (column, width) in self.shown() {
            let right = left + width;
            if right > body.min.x && left < body.max.x {
                let is_number = self.numbers.get(column).copied().unwrap_or(false);
                places.push(Place { column, left: left.round(), right: right.round(), is_number });
            }
            left = right;
        }
        places
    }

    pub(super) fn order(&self) -> Vec<usize> {
        self.shown().map(|(column, _)| column).collect()
    }

    pub(super) fn widen(&mut self, column: usize, by: f32) {
        if let Some(width) = self.widths.get_mut(column) {
            self.natural = None;
            *width = (*width + by).clamp(NARROWEST, WIDEST);
        }
    }

    /// As wide as what is in view.
    pub(super) fn fit(&mut self, ui: &Ui, frame: &Frame<'_>, column: usize, top: usize) {
        let wanted = measure(ui, frame, column, top);
        if let Some(width) = self.widths.get_mut(column) {
            self.natural = None;
            *width = wanted;
        }
    }

    /// The last column that is shown cannot be hidden.
    pub(super) fn hide(&mut self, column: usize) {
        if self.shown().count() > 1 {
            self.hidden.insert(column);
        }
    }

    pub(super) fn has_hidden(&self) -> bool {
        !self.hidden.is_empty()
    }

    pub(super) fn show_all(&mut self) {
        self.hidden.clear();
    }
}

fn measure(ui: &Ui, frame: &Frame<'_>, column: usize, top: usize) -> f32 {
    let title = line(ui, frame.paint, frame.title(column), WIDEST).size().x + MARK;
    let cells = (top..frame.rows.len().min(top + SAMPLED_ROWS)).filter_map(|row| {
        let (batch, index) = frame.rows.at(row)?;
        text(batch.columns().get(column)?, index, frame.style(column))
    });
    let widest = cells.map(|cell| line(ui, frame.paint, &cell, WIDEST_BY_ITSELF).size().x).fold(title, f32::max);
    (widest + 2.0 * PADDING).ceil().clamp(NARROWEST, WIDEST_BY_ITSELF.max(title + 2.0 * PADDING))
}
