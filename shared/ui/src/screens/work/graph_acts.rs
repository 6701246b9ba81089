//! What the palette can do with groups, with expansions, with what lies near, and with parallel links.

use graph::{NodeId, Parallel};

use crate::app::{Commands, Model};
use crate::words::{Word, Words};
use crate::work::{Command, Grouping};

/// One of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum GraphAct {
    TakeBack,
    Collapse,
    Within(usize),
    IsolateWithin(usize),
    ShowBeside,
    MakeGroup,
    Ungroup,
    ToggleGroup,
    GroupByType,
    OpenAllGroups,
    CloseAllGroups,
    Parallel(Parallel),
}

impl GraphAct {
    /// What it is called, where a number belongs into that.
    pub(super) fn name(self, words: Words) -> Option<String> {
        let with = |word, steps: usize| Some(words.with(word, &[&words.count(steps as u64)]));
        match self {
            Self::Within(steps) => with(Word::SelectWithin, steps),
            Self::IsolateWithin(steps) => with(Word::IsolateWithin, steps),
            _ => None,
        }
    }

    /// Whether it has an effect now.
    pub(super) fn is_possible(self, model: &Model) -> bool {
        let board = &model.work.board;
        let graph = &board.graph;
        let has_group = |is_open: bool| graph.groups().any(|(_, group)| group.is_open == is_open);
        match self {
            Self::Collapse | Self::Within(_) | Self::IsolateWithin(_) => !board.selected.is_empty(),
            Self::TakeBack => {
                let objects = board.selected_objects();
                model.work.on_graph().any(|known| known.of.iter().any(|object| objects.contains(object)))
            }
            Self::ShowBeside => !board.selected.is_empty() && graph.nodes().any(|(id, _)| graph.flags(id).hidden),
            Self::MakeGroup => board.selected.len() > 1,
            Self::Ungroup | Self::ToggleGroup => board.selected.iter().any(|id| graph.group_of(*id).is_some()),
            Self::GroupByType => graph.shown().nth(1).is_some(),
            Self::OpenAllGroups => has_group(false),
            Self::CloseAllGroups => has_group(true),
            Self::Parallel(parallel) => parallel != board.parallel && graph.shown_links().next().is_some(),
        }
    }

    /// Carries it out.
    pub(super) fn carry_out(self, model: &Model, commands: &mut Commands) {
        let selected: Vec<NodeId> = model.work.board.selected.iter().copied().collect();
        commands.work(match self {
            Self::TakeBack => Command::TakeBackNewest(selected),
            Self::Collapse => Command::Collapse(selected),
            Self::Within(steps) => Command::SelectWithin(selected, steps),
            Self::IsolateWithin(steps) => Command::IsolateWithin(selected, steps),
            Self::ShowBeside => Command::ShowBeside(selected),
            Self::MakeGroup => Command::Group(Grouping::Group(selected)),
            Self::Ungroup => Command::Group(Grouping::Ungroup(selected)),
            Self::ToggleGroup => Command::Group(Grouping::Toggle(selected)),
            Self::GroupByType => Command::Group(Grouping::ByType(selected)),
            Self::OpenAllGroups => Command::Group(Grouping::OpenAll),
            Self::CloseAllGroups => Command::Group(Grouping::CloseAll),
            Self::Parallel(parallel) => Command::DrawParallel(parallel),
        });
    }
}
