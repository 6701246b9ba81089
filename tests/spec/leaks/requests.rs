//! Requests of the cases: for every call of the table some that a person without the role would send, to what there is and
//! to what is hidden. A call that is not named here ends the chapter.

use access::{LinkTypeId, PersonId};
use model::query::{
    Answer, Direction, Field, Filter, From, GroupColumn, GroupSort, Groups, Measure, Query, Rows, Sort, Test,
};
use model::{ObjectTypeId, PropertyId};
use serde_json::{Value, json};

use super::dice::Dice;
use super::ground::{Ids, WORDS, database, role_of};
use crate::samples::{external, object_type, samples};
use crate::world::ParseId as _;

/// What requests are made of: what the person sees, and what is hidden.
pub(crate) struct Material {
    pub(crate) ids: Ids,
    pub(crate) hidden: Ids,
    /// Somebody who has every role.
    pub(crate) everything: PersonId,
}

/// Whether a call changes the project, so that it must be put back afterwards.
pub(crate) fn changes(call: &str) -> bool {
    matches!(call, "change_project" | "save_source" | "accept_file" | "name_owner" | "create_project" | "upload_file")
}

/// Whether a call leaves something behind that later answers may tell: it is put back before the next one is asked, in both
/// of the projects that are compared.
pub(crate) fn leaves_something(call: &str) -> bool {
    changes(call) || call == "keep_work"
}

/// Whether an answer depends on nothing but the project and the request.
fn is_about_the_project(call: &str) -> bool {
    let of_people = ["my_sessions", "sessions_of", "people", "add_person", "set_person_roles"];
    // What an instance manager is told of the whole instance: sizes, times, and how many sources are well.
    let of_the_instance =
        ["store_state", "check_store", "verify_backup", "back_up", "look_at_health", "read_figures", "environment"];
    !changes(call) && !ends_sessions(call) && !of_people.contains(&call) && !of_the_instance.contains(&call)
}

/// Whether an answer is compared with that of a project in which nothing is hidden: also what is said to a change.
pub(crate) fn is_compared(call: &str) -> bool {
    is_about_the_project(call) || matches!(call, "change_project" | "save_source" | "accept_file")
}

/// Whether a call may end the sessions that it is asked with.
pub(crate) fn ends_sessions(call: &str) -> bool {
    call == "sign_out"
        || call.starts_with("end_")
        || matches!(call, "disable_person" | "reset_person" | "reset_second_factor")
}

/// Calls that say nothing of a source; the sample of each will do.
const OF_SAMPLES: [&str; 37] = [
    "who_am_i",
    "keep_preferences",
    "sign_out",
    "my_sessions",
    "end_my_session",
    "end_my_other_sessions",
    "people",
    "sessions_of",
    "end_session",
    "end_sessions_of",
    "end_all_sessions",
    "add_person",
    "set_person_roles",
    "disable_person",
    "reset_person",
    "reset_second_factor",
    "create_project",
    "projects_without_owner",
    "name_owner",
    "key_state",
    "roll_key",
    "store_state",
    "check_store",
    "verify_backup",
    "back_up",
    "look_at_health",
    "read_figures",
    "sign_in_settings",
    "try_issuer",
    "try_claims",
    "environment",
    "source_kinds",
    "upload_file",
    "preview_file",
    "search_audit",
    "verify_audit",
    "export_audit",
];

impl Material {
    /// Some requests of a call.
    pub(crate) fn requests(&self, dice: &mut Dice, call: &str) -> Vec<Value> {
        match call {
            call if OF_SAMPLES.contains(&call) => of_samples(call),
            "read_project" | "read_work" => vec![json!({ "project": "bank" })],
            "keep_work" => vec![json!({ "project": "bank", "work": {} })],
            "view_as" => {
                let person = json!({ "project": "bank", "viewer": { "person": self.everything } });
                vec![self.view_as(dice), person]
            }
            "change_project" => self.changes(dice),
            "accept_file" => self.accept(dice),
            "test_source" | "save_source" => {
                let guessed = json!({ "project": "bank", "base": 0, "source": database("other"), "secrets": {} });
                vec![self.source(dice), guessed]
            }
            "read_catalogue" | "suggest_model" | "probe_rights" => {
                let sources = [self.a_source(dice, false), self.a_source(dice, true)];
                sources.into_iter().flatten().map(|id| json!({ "project": "bank", "source": id })).collect()
            }
            "check_query" => {
                let text = dice.pick(&["select * from t1", "select nope from rows", "drop table t1"]).expect("a text");
                let sources = [self.a_source(dice, false), self.a_source(dice, true)];
                let request = |id| json!({ "project": "bank", "source": id, "text": text });
                sources.into_iter().flatten().map(request).collect()
            }
            "sample_table" => self.samples(dice),
            "search" => self.searches(dice),
            "run_query" | "export_rows" => {
                let queries = [self.query(dice, false), self.query(dice, true)];
                queries.into_iter().map(|query| json!({ "project": "bank", "query": query })).collect()
            }
            "count_links" => self.counts(dice),
            "expand" => self.expands(dice),
            "announce_picture" => vec![self.picture(dice)],
            new => panic!("{new} is not looked at for leaks: say here what to ask"),
        }
    }

    fn a_source(&self, dice: &mut Dice, hidden: bool) -> Option<String> {
        let ids = if hidden { &self.hidden } else { &self.ids };
        dice.pick(&ids.sources).map(ToString::to_string)
    }

    fn a_type(&self, dice: &mut Dice, hidden: bool) -> ObjectTypeId {
        let hidden = if hidden { dice.pick(&self.hidden.object_types) } else { None };
        hidden.or_else(|| dice.pick(&self.ids.object_types)).expect("a type").clone()
    }

    fn a_link(&self, dice: &mut Dice, hidden: bool) -> LinkTypeId {
        let hidden = if hidden { dice.pick(&self.hidden.link_types) } else { None };
        hidden.or_else(|| dice.pick(&self.ids.link_types)).cloned().unwrap_or_else(|| "absent".parse_id())
    }

    fn view_as(&self, dice: &mut Dice) -> Value {
        // The role is named by whoever asks, so that it may come back.
        let app: Vec<String> = ["Task.Read".to_owned(), role_of(0).to_string(), role_of(1).to_string()].into();
        let project = dice.pick(&["read", "manage", "own"]).expect("a role");
        json!({ "project": "bank", "viewer": { "roles": { "app": app, "project": project } } })
    }

    fn changes(&self, dice: &mut Dice) -> Vec<Value> {
        let kind = self.a_type(dice, true);
        let (link, source) =
            (self.a_link(dice, true), self.a_source(dice, true).unwrap_or_else(|| "absent".to_owned()));
        let open = self.a_source(dice, false).expect("a source");
        let guessed = if dice.one_in(2) { json!(database("other")) } else { json!(external(&source)) };
        let change = match dice.below(11) {
            0 => json!({ "remove_object_type": kind }),
            1 => json!({ "remove_link_type": link }),
            2 => json!({ "remove_source": source }),
            3 => json!({ "remove_source": open }),
            4 => json!({ "put_object_type": object_type("fresh", &source) }),
            5 => json!({ "put_object_type": object_type(kind.as_str(), &open) }),
            6 => json!({ "remove_object_type": self.a_type(dice, false) }),
            7 => json!({ "put_object_type": object_type("fresh", &open) }),
            8 | 9 => json!({ "put_source": guessed }),
            _ => json!({ "describe": { "name": "Another", "description": "" } }),
        };
        let scope = if dice.one_in(2) { "everyone" } else { "mine" };
        vec![json!({ "project": "bank", "scope": scope, "base": 0, "changes": [change] })]
    }

    fn source(&self, dice: &mut Dice) -> Value {
        let id = self.a_source(dice, true).unwrap_or_else(|| "ledger".to_owned());
        json!({ "project": "bank", "base": 0, "source": external(&id), "secrets": {} })
    }

    fn accept(&self, dice: &mut Dice) -> Vec<Value> {
        let mut accept = of_samples("accept_file");
        let request = &mut accept[0];
        request["replaces"] = json!(dice.one_in(2));
        if let Some(hidden) = self.a_source(dice, true) {
            request["source"] = json!(hidden);
        }
        accept
    }

    fn samples(&self, dice: &mut Dice) -> Vec<Value> {
        let sources = [self.a_source(dice, false), self.a_source(dice, true)];
        let table = dice.pick(&["t1", "l1", "rows", "sqlite_master", "none"]).expect("a table");
        let request = |id| json!({ "project": "bank", "source": id, "table": { "name": table }, "limit": 10 });
        sources.into_iter().flatten().map(request).collect()
    }

    fn searches(&self, dice: &mut Dice) -> Vec<Value> {
        let text = dice.pick(&["one", "ada", "1", "qvx", "ref"]).expect("a text");
        let mut types = Vec::new();
        if dice.one_in(3) {
            types.push(self.a_type(dice, dice_half(text)));
        }
        let request = json!({ "project": "bank", "text": text, "object_types": types, "limit": 20 });
        let list = json!({ "project": "bank", "text": "", "texts": ["1", "ada one", WORDS[0]], "limit": 20 });
        vec![request, list]
    }

    fn query(&self, dice: &mut Dice, hidden: bool) -> Query {
        let keys = || vec![vec!["1".to_owned()], vec!["2".to_owned()]];
        let direction = if dice.one_in(2) { Direction::Forward } else { Direction::Backward };
        let from = match dice.below(5) {
            0 => From::Keys { object_type: self.a_type(dice, hidden), keys: keys() },
            1 => From::Links(self.a_link(dice, hidden)),
            2 => From::LinksOf { link: self.a_link(dice, hidden), direction, keys: keys() },
            3 => From::Neighbours { link: self.a_link(dice, hidden), direction, keys: keys() },
            _ => From::Objects(self.a_type(dice, hidden)),
        };
        let own = |id: &str| Field::Own(id.parse_id());
        let answer = match dice.below(3) {
            0 => Answer::Count,
            1 => Answer::Groups(Groups {
                by: vec![own("ref")],
                measures: vec![Measure::Count, Measure::Max(own("name"))],
                sort: vec![GroupSort { by: GroupColumn::Measure(0), descending: true }],
                limit: 10,
            }),
            _ => Answer::Rows(Rows {
                sort: vec![Sort { field: own("name"), descending: dice.one_in(2) }],
                ..Rows::first(10)
            }),
        };
        Query { filter: self.filter(dice, hidden), ..Query::new(from, answer) }
    }

    fn filter(&self, dice: &mut Dice, hidden: bool) -> Filter {
        let link = self.a_link(dice, hidden);
        let (direction, property): (_, PropertyId) = (Direction::Forward, "name".parse_id());
        match dice.below(6) {
            0 => Filter::Linked { link, direction, present: dice.one_in(2) },
            1 => {
                Filter::Is { field: Field::Through { link, direction, property }, test: Test::Contains("o".to_owned()) }
            }
            2 => Filter::Not(Box::new(Filter::Linked { link, direction, present: true })),
            3 => Filter::own(&property, Test::Filled),
            _ => Filter::default(),
        }
    }

    fn counts(&self, dice: &mut Dice) -> Vec<Value> {
        let of = [self.a_type(dice, false), self.a_type(dice, true)];
        of.into_iter().map(|id| json!({ "project": "bank", "object_type": id, "keys": [["1"], ["2"]] })).collect()
    }

    fn expands(&self, dice: &mut Dice) -> Vec<Value> {
        let of = [self.a_link(dice, false), self.a_link(dice, true)];
        let direction = dice.pick(&["forward", "backward"]).expect("a direction");
        let request = |id| {
            json!({ "project": "bank", "link": id, "direction": direction, "keys": [["1"], ["2"]], "order": "name",
                "limit": 20 })
        };
        of.into_iter().map(request).collect()
    }

    fn picture(&self, dice: &mut Dice) -> Value {
        let types = [self.a_type(dice, false), self.a_type(dice, true)];
        let links = [self.a_link(dice, false), self.a_link(dice, true)];
        json!({ "project": "bank", "objects": 3, "links": 2, "object_types": types, "link_types": links, "cut": 0 })
    }
}

/// Half of the texts look into a hidden type.
fn dice_half(text: &str) -> bool {
    text.len().is_multiple_of(2)
}

fn of_samples(call: &str) -> Vec<Value> {
    samples().into_iter().filter(|sample| sample.call == call).map(|sample| sample.request).collect()
}
