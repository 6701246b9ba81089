//! The ground of the cases: SQLite files whose every name and row carries a word, and projects over them.
//!
//! A source that requires a role belongs to one of two marks. Everything of it that nobody without the role may learn
//! carries the mark's word: ids, names, settings, tables, columns, units, titles, limits' neighbours, rows. Where the
//! source keeps its model visible, the names and icons of its types carry another word, which is no secret.

use std::path::Path;

use access::{AppRole, Grant, LinkTypeId, ObjectTypeId, PersonId, SourceId};
use model::kind::Kind;
use model::project::{
    ColumnPair, Join, LinkType, Matching, ObjectType, Origin, Project, Property, PropertyPair, Source, Table,
};

use super::dice::Dice;
use crate::samples::{external, file};
use crate::world::{ParseId as _, project, role};

/// The words of the two marks.
pub(crate) const WORDS: [&str; 2] = ["qvxalpha", "qvxbeta"];
/// What stands in their place where a model is kept visible.
const SHOWN: [&str; 2] = ["showna", "shownb"];

/// The role that opens the sources of a mark; its name is a fact of them.
pub(crate) fn role_of(mark: usize) -> AppRole {
    role(&format!("{}.Role", WORDS[mark]))
}

/// The object types whose file is uploaded: its columns carry the first word.
pub(crate) const FILE: &[u8] = b"qvxalpha_number,qvxalpha_note\n1,qvxalpha one\n2,qvxalpha two\n";
/// The id of the source that reads it.
pub(crate) const FILE_SOURCE: &str = "qvxalpha-file";

/// The database that nobody reaches: its host, account and password carry the first word.
pub(crate) const DATABASE: &str = "qvxalpha-database";

/// The database of the first mark, or what somebody guesses of it: the right address, and another database there.
pub(crate) fn database(name: &str) -> Source {
    let settings = [("host", "qvxalpha-host.invalid"), ("port", "9"), ("database", name), ("user", "qvxalpha-user")];
    Source {
        name: "qvxalpha Database".to_owned(),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..external(DATABASE)
    }
}

/// Writes the files of all sources.
pub(crate) fn write_files(folder: &Path) {
    for word in ["", WORDS[0], WORDS[1]] {
        let p = if word.is_empty() { String::new() } else { format!("{word}_") };
        let script = format!(
            "CREATE TABLE {p}t1 ({p}id TEXT PRIMARY KEY, {p}name TEXT, {p}ref TEXT, {p}born TEXT);
             CREATE TABLE {p}t2 ({p}id TEXT PRIMARY KEY, {p}name TEXT, {p}ref TEXT, {p}born TEXT);
             CREATE TABLE {p}l1 ({p}a TEXT, {p}b TEXT, {p}amount INTEGER, {p}note TEXT);
             INSERT INTO {p}t1 VALUES ('1','{p}ada one','2','2001-01-01'),('2','{p}bob two','3','2002-01-01'),('3','{p}eve','1',NULL);
             INSERT INTO {p}t2 VALUES ('1','{p}x one','1','2001-01-01'),('2','{p}y','2',NULL);
             INSERT INTO {p}l1 VALUES ('1','2',10,'{p}n'),('1','1',20,'{p}m'),('2','1',5,NULL);"
        );
        let name = if word.is_empty() { "open" } else { word };
        let file = rusqlite::Connection::open(folder.join(format!("{name}.sqlite"))).expect("a file");
        file.execute_batch(&script).expect("a script");
    }
}

/// How the things of one source are called.
struct Names {
    source: SourceId,
    mark: Option<usize>,
    keeps: bool,
}

impl Names {
    /// What nobody without the role may learn.
    fn secret(&self) -> &'static str {
        self.mark.map_or("", |mark| WORDS[mark])
    }

    /// What stands on types: the same, unless the model is kept visible.
    fn shown(&self) -> &'static str {
        self.mark.filter(|_| self.keeps).map_or(self.secret(), |mark| SHOWN[mark])
    }

    fn column(&self, name: &str) -> String {
        if self.mark.is_none() { name.to_owned() } else { format!("{}_{name}", self.secret()) }
    }

    fn id(word: &str, name: &str) -> String {
        if word.is_empty() { name.to_owned() } else { format!("{word}-{name}") }
    }
}

/// A generated project, and what the marks' sources are like in it.
pub(crate) struct Ground {
    pub(crate) project: Project,
    /// Whether the sources of each mark keep their model visible.
    pub(crate) keeps: [bool; 2],
}

/// A project whose Own is `own`; `uploaded` is the source that reads the uploaded file.
pub(crate) fn generate(dice: &mut Dice, own: &PersonId, grants: &[Grant], uploaded: &Source) -> Ground {
    let keeps = [dice.one_in(3), dice.one_in(3)];
    let mut ground = Ground { project: project("bank", own), keeps };
    ground.project.grants.extend(grants.iter().cloned());
    let mut all = Vec::new();
    for (mark, number) in [(None, 0), (None, 1), (Some(0), 0), (Some(1), 0), (Some(0), 1)] {
        if number == 0 || dice.one_in(2) {
            all.push(ground.add_source(dice, mark, number));
        }
    }
    ground.add_file(uploaded);
    let database = Source { required_role: Some(role_of(0)), keep_model_visible: keeps[0], ..database("qvxalpha") };
    ground.project.sources.insert(database.id.clone(), database);
    for names in &all {
        ground.add_types(dice, names);
    }
    for number in 0..2 + dice.below(5) {
        ground.add_link(dice, &all, number);
    }
    ground
}

impl Ground {
    fn add_source(&mut self, dice: &mut Dice, mark: Option<usize>, number: usize) -> Names {
        let keeps = mark.is_some_and(|mark| self.keeps[mark]);
        let word = mark.map_or("", |mark| WORDS[mark]);
        let id: SourceId = Names::id(word, &format!("source-{number}")).as_str().parse_id();
        let base = if word.is_empty() { "open" } else { word };
        let source = Source {
            name: format!("{word} Source {number}"),
            kind: "sqlite".to_owned(),
            settings: [("file".to_owned(), format!("{base}.sqlite"))].into(),
            upload: None,
            required_role: mark.map(role_of),
            keep_model_visible: keeps,
            // A switch on a source without a role has no effect.
            ..file(id.as_str())
        };
        let source = if mark.is_none() { Source { keep_model_visible: dice.one_in(4), ..source } } else { source };
        self.project.sources.insert(id.clone(), source);
        Names { source: id, mark, keeps }
    }

    fn add_file(&mut self, uploaded: &Source) {
        let source = Source { required_role: Some(role_of(0)), keep_model_visible: self.keeps[0], ..uploaded.clone() };
        let names = Names { source: source.id.clone(), mark: Some(0), keeps: self.keeps[0] };
        self.project.sources.insert(source.id.clone(), source);
        let mut kind = object_type(&names, "file", &["number", "note"]);
        kind.origin = Origin::Table(Table { schema: None, name: "rows".to_owned() });
        self.project.object_types.insert(kind.id.clone(), kind);
    }

    fn add_types(&mut self, dice: &mut Dice, names: &Names) {
        for table in ["t1", "t2"] {
            if table == "t1" || dice.one_in(2) {
                let mut kind = object_type(names, table, &["id", "name", "ref", "born"]);
                let number = names.source.as_str().chars().last().expect("a number");
                kind.id = format!("{}-{number}", kind.id).as_str().parse_id();
                kind.properties[3].hidden = dice.one_in(2);
                self.project.object_types.insert(kind.id.clone(), kind);
            }
        }
    }

    /// A link type between any two types, by their properties or by the table of any source.
    fn add_link(&mut self, dice: &mut Dice, all: &[Names], number: usize) {
        let types: Vec<ObjectType> =
            self.project.object_types.values().filter(|kind| kind.properties.len() == 4).cloned().collect();
        let (Some(from), Some(to)) = (dice.pick(&types), dice.pick(&types)) else { return };
        let table = dice.pick(all).filter(|_| dice.one_in(2));
        let needed = [Some(&from.source), Some(&to.source), table.map(|names| &names.source)];
        let word = self.word_of(needed.into_iter().flatten());
        let id = Names::id(&word, &format!("link-{number}"));
        let join = match table {
            Some(names) => by_table(names, from, to),
            None => Join::Properties {
                pairs: vec![PropertyPair { from: from.properties[2].id.clone(), to: to.properties[0].id.clone() }],
                matching: Matching::Exact,
            },
        };
        let properties =
            table.map(|names| vec![property(names, "amount", Kind::Integer), property(names, "note", Kind::Text)]);
        let link = LinkType {
            id: id.as_str().parse_id(),
            name: format!("{word} leads to {number}"),
            reverse: format!("{word} comes from {number}"),
            plural: format!("{word} ways {number}"),
            from: from.id.clone(),
            to: to.id.clone(),
            directed: dice.one_in(2),
            join,
            key: Vec::new(),
            amount: properties.as_ref().map(|properties| properties[0].id.clone()),
            properties: properties.unwrap_or_default(),
            time: None,
            currency: None,
        };
        self.project.link_types.insert(link.id.clone(), link);
    }

    /// The words of every mark among these sources that does not keep its model visible; without one, the word that is
    /// no secret where there is a mark at all.
    fn word_of<'a>(&self, sources: impl Iterator<Item = &'a SourceId>) -> String {
        let mut words: Vec<&str> = Vec::new();
        let mut is_marked = false;
        for source in sources {
            let Some(mark) = self.mark_of(source) else { continue };
            is_marked = true;
            if !self.keeps[mark] && !words.contains(&WORDS[mark]) {
                words.push(WORDS[mark]);
            }
        }
        if words.is_empty() && is_marked { "shown".to_owned() } else { words.join("-") }
    }

    /// The mark of a source, if it requires a role.
    pub(crate) fn mark_of(&self, source: &SourceId) -> Option<usize> {
        let role = self.project.sources.get(source)?.required_role.as_ref()?;
        (0..WORDS.len()).find(|mark| role_of(*mark) == *role)
    }

    /// Sources that somebody who lacks the roles of `marks` may not know of.
    pub(crate) fn hidden(&self, marks: &[usize]) -> Vec<SourceId> {
        let is_hidden = |id: &&SourceId| self.mark_of(id).is_some_and(|mark| marks.contains(&mark));
        self.project.sources.keys().filter(is_hidden).cloned().collect()
    }
}

/// A project without some sources and everything that needs them: written here once more, as the judge of the server.
pub(crate) fn without(project: &Project, hidden: &[SourceId]) -> Project {
    let mut left = project.clone();
    let gone = |id: &SourceId| hidden.contains(id);
    left.sources.retain(|id, _| !gone(id));
    left.object_types.retain(|_, kind| !gone(&kind.source));
    let kinds: Vec<ObjectTypeId> = left.object_types.keys().cloned().collect();
    left.link_types.retain(|_, link| {
        let in_table = matches!(&link.join, Join::Table { source, .. } if gone(source));
        kinds.contains(&link.from) && kinds.contains(&link.to) && !in_table
    });
    left
}

fn by_table(names: &Names, from: &ObjectType, to: &ObjectType) -> Join {
    let end = |column: &str, kind: &ObjectType| {
        vec![ColumnPair { column: names.column(column), property: kind.properties[0].id.clone() }]
    };
    Join::Table {
        source: names.source.clone(),
        table: Table { schema: None, name: names.column("l1") },
        from: end("a", from),
        to: end("b", to),
        matching: Matching::Exact,
    }
}

fn property(names: &Names, name: &str, kind: Kind) -> Property {
    Property {
        id: Names::id(names.secret(), name).as_str().parse_id(),
        name: format!("{} {name}", names.shown()).trim().to_owned(),
        column: names.column(name),
        kind,
        format: None,
        unit: Some(format!("{}u", names.secret())),
        searchable: name == "name" || name == "note",
        hidden: false,
    }
}

/// An object type over a table of a source.
fn object_type(names: &Names, table: &str, columns: &[&str]) -> ObjectType {
    let properties: Vec<Property> = columns.iter().map(|column| property(names, column, Kind::Text)).collect();
    ObjectType {
        id: Names::id(names.shown(), table).as_str().parse_id(),
        name: format!("{} {table}", names.shown()).trim().to_owned(),
        plural: format!("{} {table}s", names.shown()).trim().to_owned(),
        icon: Names::id(names.shown(), "icon"),
        colour: 2,
        source: names.source.clone(),
        origin: Origin::Table(Table { schema: None, name: names.column(table) }),
        key: vec![properties[0].id.clone()],
        title: format!("{} {{{}}}", names.secret(), properties[1].id),
        properties,
    }
}

/// Ids for requests.
pub(crate) struct Ids {
    pub(crate) sources: Vec<SourceId>,
    pub(crate) object_types: Vec<ObjectTypeId>,
    pub(crate) link_types: Vec<LinkTypeId>,
}

impl Ids {
    pub(crate) fn of(project: &Project) -> Self {
        Self {
            sources: project.sources.keys().cloned().collect(),
            object_types: project.object_types.keys().cloned().collect(),
            link_types: project.link_types.keys().cloned().collect(),
        }
    }

    /// Those that the other has not.
    pub(crate) fn beyond(whole: &Project, seen: &Project) -> Self {
        Self {
            sources: whole.sources.keys().filter(|id| !seen.sources.contains_key(*id)).cloned().collect(),
            object_types: whole
                .object_types
                .keys()
                .filter(|id| !seen.object_types.contains_key(*id))
                .cloned()
                .collect(),
            link_types: whole.link_types.keys().filter(|id| !seen.link_types.contains_key(*id)).cloned().collect(),
        }
    }
}
