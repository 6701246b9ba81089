//! Link types: their line in the list, and the form that one is edited in.

use std::collections::BTreeMap;

use access::{LinkTypeId, ObjectTypeId};
use egui::Ui;
use model::change::Change;
use model::project::{LinkType, Project};
use model::withheld::Withheld;

use super::link_draft::LinkDraft;
use super::object_draft::known_table;
use super::parts::{self, Sending};
use super::removal::Removal;
use super::type_page::{Nothing, Row, TypeDraft};
use super::{join, properties};
use crate::app::{Commands, ConfigPage, Model};
use crate::look::{Look, icons};
use crate::widgets::{TextField, checkbox};
use crate::words::{Word, Words};

/// The page of link types.
impl TypeDraft for LinkDraft {
    type Id = LinkTypeId;
    type Type = LinkType;

    const PAGE: &'static str = "link types";
    const NEW: Word = Word::NewLinkType;

    fn all(project: &Project) -> &BTreeMap<LinkTypeId, LinkType> {
        &project.link_types
    }

    fn id(saved: &LinkType) -> &LinkTypeId {
        &saved.id
    }

    fn new(project: &Project) -> Self {
        Self::begin(project)
    }

    fn of(saved: &LinkType) -> Self {
        Self::edit(saved)
    }

    fn saved(&self) -> Option<&LinkType> {
        self.saved.as_ref()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn is_begun(&self) -> bool {
        !self.name.is_empty() || !self.reverse.is_empty() || !self.table.is_empty()
    }

    fn build(&self, project: &Project) -> Result<LinkType, String> {
        self.built(project)
    }

    fn missing(words: Words, built: &Result<LinkType, String>) -> Option<String> {
        match built {
            Err(what) if what.is_empty() => Some(words.t(Word::FillPairs).to_owned()),
            Err(what) => Some(words.with(Word::CannotBeId, &[what])),
            Ok(link) => link.name.is_empty().then(|| words.t(Word::GiveName).to_owned()),
        }
    }

    fn sending(&mut self) -> &mut Sending {
        &mut self.sending
    }

    fn put(built: LinkType) -> Change {
        Change::PutLinkType(Box::new(built))
    }

    fn removal(_project: &Project, saved: &LinkType) -> Removal {
        Removal::link_type(saved)
    }

    fn place(built: &LinkType) -> String {
        format!("link type \"{}\"", built.id)
    }

    fn row<'a>(look: Look, project: &'a Project, saved: &'a LinkType) -> Row<'a> {
        let icon = if saved.directed { icons::ARROW_FORWARD } else { icons::SWAP_HORIZ };
        let detail = format!("{} → {}", name_of(project, &saved.from), name_of(project, &saved.to));
        Row { name: &saved.name, icon, colour: look.colours.dim, detail }
    }

    fn withheld(withheld: &Withheld) -> Vec<(&str, char)> {
        withheld.link_types.iter().map(|link| (link.plural.as_str(), icons::LINK)).collect()
    }

    fn nothing(project: &Project) -> Nothing {
        let (sentence, button, first) = if project.object_types.is_empty() {
            (Word::LinksNeedObjects, Word::GoToObjectTypes, Some(ConfigPage::ObjectTypes))
        } else {
            (Word::NoLinkTypesSentence, Word::NewLinkType, None)
        };
        Nothing { icon: icons::LINK, title: Word::ConfigNoLinkTypes, sentence, button, first }
    }

    fn fields_ui(&mut self, ui: &mut Ui, model: &Model, project: &Project, commands: &mut Commands) {
        ends_ui(ui, model, project, self);
        names_ui(ui, model, self);
        join::ui(ui, model, project, self, commands);
        if self.by_table {
            properties_ui(ui, model, self);
            meanings_ui(ui, model, self);
        }
    }
}

fn name_of<'a>(project: &'a Project, id: &'a ObjectTypeId) -> &'a str {
    project.object_types.get(id).map_or(id.as_str(), |kind| kind.name.as_str())
}

fn ends_ui(ui: &mut Ui, model: &Model, project: &Project, edited: &mut LinkDraft) {
    let words = model.words;
    let ids: Vec<&ObjectTypeId> = project.object_types.keys().collect();
    let names: Vec<&str> = project.object_types.values().map(|kind| kind.name.as_str()).collect();
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        for (ui, word, end) in [(left, Word::FromType, &mut edited.from), (right, Word::ToType, &mut edited.to)] {
            let mut chosen = ids.iter().position(|id| Some(*id) == end.as_ref()).unwrap_or(usize::MAX);
            if parts::wide_select(ui, words.t(word), &names, &mut chosen) {
                *end = ids.get(chosen).copied().cloned();
            }
        }
    });
}

fn names_ui(ui: &mut Ui, model: &Model, edited: &mut LinkDraft) {
    let words = model.words;
    ui.columns(3, |columns| {
        let [left, middle, right] = columns else { return };
        for (ui, word, hint, text) in [
            (left, Word::LinkName, Word::LinkNameHint, &mut edited.name),
            (middle, Word::LinkReverse, Word::LinkReverseHint, &mut edited.reverse),
            (right, Word::LinkPlural, Word::LinkPluralHint, &mut edited.plural),
        ] {
            TextField::new(words.t(word), text).hint(words.t(hint)).limit_chars(120).show(ui, words);
        }
    });
    let mut directed = !edited.undirected;
    checkbox(ui, &mut directed, words.t(Word::HasDirection));
    edited.undirected = !directed;
}

fn properties_ui(ui: &mut Ui, model: &Model, edited: &mut LinkDraft) {
    parts::heading(ui, model.words.t(Word::PropertiesOfLink));
    let columns = join::columns(model, edited);
    properties::ui(ui, model.words, &mut edited.rows, &columns);
    let catalogue = edited.source.as_ref().and_then(|id| model.config.catalogues.get(id));
    let table = known_table(catalogue.and_then(|known| known.value()), &edited.table);
    properties::add_ui(ui, model.words, &mut edited.rows, table);
}

fn meanings_ui(ui: &mut Ui, model: &Model, edited: &mut LinkDraft) {
    let words = model.words;
    let rows = &edited.rows.list;
    let mut names = vec![words.t(Word::None)];
    names.extend(rows.iter().map(|row| row.name.as_str()));
    ui.columns(3, |columns| {
        let [left, middle, right] = columns else { return };
        for (ui, word, uid) in [
            (left, Word::LinkTime, &mut edited.time),
            (middle, Word::LinkAmount, &mut edited.amount),
            (right, Word::LinkCurrency, &mut edited.currency),
        ] {
            let mut chosen = rows.iter().position(|row| Some(row.uid) == *uid).map_or(0, |place| place + 1);
            if parts::wide_select(ui, words.t(word), &names, &mut chosen) {
                *uid = chosen.checked_sub(1).and_then(|place| rows.get(place)).map(|row| row.uid);
            }
        }
    });
}
