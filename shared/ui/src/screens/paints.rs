//! The look of graph and table, from the one place that makes colours.

use egui::{Color32, Ui};

use crate::canvas;
use crate::look::{Colours, Face, Look, icons};
use crate::table;
use crate::words::{Word, Words};

/// Colours, fonts and words for the graph.
pub(crate) fn of_graph(ui: &Ui, words: Words) -> canvas::Paint {
    of_graph_in(Look::of(ui.ctx()), words)
}

/// The same in another look than the screen's.
pub(super) fn of_graph_in(look: Look, words: Words) -> canvas::Paint {
    let colours = look.colours;
    canvas::Paint {
        background: colours.background,
        panel: colours.panel,
        line: colours.line,
        text: colours.text,
        dim: colours.dim,
        faint: colours.faint,
        accent: colours.accent,
        bad: colours.bad,
        colours: of_values(colours),
        text_font: Face::Regular.font(13.0).family,
        icon_font: Face::Icons.font(13.0).family,
        pin_icon: icons::PUSH_PIN,
        words: canvas::Words {
            graph: words.t(Word::Graph),
            overview: words.t(Word::OverviewOfGraph),
            link: words.t(Word::LinkWord),
            links: words.t(Word::LinksWord),
            from: words.t(Word::FromWord),
            to: words.t(Word::ToWord),
            between: words.t(Word::BetweenWord),
            and: words.t(Word::AndWord),
        },
    }
}

/// What [`canvas::Paint::colours`] has: the colours of types, that of the rest, and the scale.
fn of_values(colours: &Colours) -> [Color32; 12] {
    std::array::from_fn(|at| match at {
        0..canvas::REST => colours.type_colour(at).ring,
        canvas::REST => colours.dim,
        step => colours.step((step - canvas::FIRST_STEP) as f32 / 4.0),
    })
}

/// Colours, fonts and words for a table that is called `name`.
pub(super) fn of_table(ui: &Ui, words: Words, name: Word) -> table::Paint {
    let colours = Look::of(ui.ctx()).colours;
    table::Paint {
        background: colours.background,
        panel: colours.panel,
        raised: colours.raised,
        line: colours.line,
        text: colours.text,
        dim: colours.dim,
        faint: colours.faint,
        accent: colours.accent,
        accent_surface: colours.accent_surface,
        text_font: Face::Regular.font(13.0).family,
        words: table::Words {
            table: words.t(name),
            row: words.t(Word::RowWord),
            null: "—",
            sort_up: words.t(Word::SortUp),
            sort_down: words.t(Word::SortDown),
            filter: words.t(Word::FilterColumn),
            fit_width: words.t(Word::FitWidth),
            hide: words.t(Word::HideColumn),
            show_all: words.t(Word::ShowAllColumns),
            marks: words.marks(),
        },
    }
}
