//! A configuration that changes while one works: what is on the screen follows.

use ui::app::{Command as AppCommand, ConfigPage, Route, View};
use ui::work::{About, Command, Wishes};

use crate::work_case::{Case, id};

/// Another name for a column of people, and another title for each.
fn change(case: &Case) {
    let mut bank = case.bank.borrow_mut();
    let person = bank.project.object_types.get_mut(&id("person")).unwrap();
    person.properties[1].name = "Full name".to_owned();
    person.title = "{name}, {city}".to_owned();
}

fn working() -> Case {
    let mut case = Case::open();
    case.open_first("ingrid moe");
    case.run(Command::OpenTable(About::Objects(id("person")), Wishes::default()));
    case.run(Command::OpenTable(About::Objects(id("account")), Wishes::default()));
    case.run(Command::ShowTable(0));
    case
}

fn label(case: &Case) -> String {
    case.app().model().work.board.graph.shown().next().unwrap().1.label.clone()
}

#[test]
fn tables_and_names_on_the_graph_follow_the_configuration() {
    let mut case = working();
    let steps = case.app().model().work.board.history.position();
    let asked = case.requests("run_query").len();
    case.tell(AppCommand::AskAgain);
    let again = case.requests("run_query").len();
    assert_eq!(again, asked + 1, "nothing has changed: only the open object is read again");
    change(&case);
    case.tell(AppCommand::AskAgain);
    assert!(case.has("Full name"), "{:?}", case.texts());
    assert_eq!(label(&case), "Ingrid Moe, Bergen");
    assert_eq!(case.app().model().work.board.history.position(), steps, "no step of the person");
    let tabs: Vec<u64> = case.app().model().work.tables.tabs.iter().map(|tab| tab.question).collect();
    assert_eq!(tabs, [2, 1], "accounts are as they were");
}

#[test]
fn what_changed_in_the_configuration_is_asked_for_when_one_comes_back() {
    let mut case = working();
    let project = || id("bank");
    case.tell(AppCommand::Go(Route::Config { project: project(), page: ConfigPage::ObjectTypes }));
    change(&case);
    case.tell(AppCommand::AskAgain);
    case.tell(AppCommand::Go(Route::Work { project: project(), view: View::Graph }));
    assert!(case.has("Full name"), "{:?}", case.texts());
    assert_eq!(label(&case), "Ingrid Moe, Bergen");
}
