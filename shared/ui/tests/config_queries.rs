//! Queries of object types and accounts of sources: what is checked, shown, kept back, and sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use egui_kittest::kittest::Queryable;
use model::Origin;
use model::catalogue::Column;
use model::change::Change;
use model::kind::Kind;
use support::{Screen, bank};
use ui::look::Theme;
use wire::Fault;
use wire::project::{ChangeProject, Saved, VisibleProject};
use wire::source::{
    AccountRights, CheckQuery, CheckedQuery, ProbeRights, SaveSource, TYPE_THE_NAME, TestReport, TestSource, WrongQuery,
};

fn whole() -> VisibleProject {
    bank::visible(bank::project())
}

/// The project whose people come from a query.
fn with_query(text: &str) -> VisibleProject {
    let mut project = bank::project();
    let person = project.object_types.get_mut(&bank::type_id("person")).unwrap();
    person.origin = Origin::Query(text.to_owned());
    bank::visible(project)
}

fn column(name: &str, kind: Kind) -> Column {
    Column { name: name.to_owned(), kind, native: "text".to_owned(), nullable: true }
}

#[test]
fn a_query_is_checked_its_columns_become_properties_and_it_is_saved() {
    let mut screen = Screen::open_config("object-types", &bank::owner(), &whole(), Theme::Dark);
    screen.click("New object type…");
    screen.fill("Name", "Large payer");
    screen.fill("Plural", "Large payers");
    screen.click("From a query");
    screen.fill("Query", "select payer, sum(amount) from payments group by 1");
    screen.click("Check the query");
    let wrong = WrongQuery {
        line: 1,
        column: 15,
        fault: Fault::invalid("Column 2 has no name of its own.", "Name it with AS."),
        said: Some("no name".to_owned()),
    };
    let asked: CheckQuery =
        screen.server.answer::<CheckQuery>(&CheckedQuery { columns: Vec::new(), wrong: Some(wrong) });
    assert!(asked.text.starts_with("select payer"));
    screen.run();
    assert!(screen.shows("Line 1, column 15: Column 2 has no name of its own."));
    screen.fill("Query", "select payer, sum(amount) as total from payments group by 1");
    assert!(!screen.shows("Line 1, column 15: Column 2 has no name of its own."), "it was about another text");
    screen.click("Check the query");
    let columns = vec![column("payer", Kind::Text), column("total", Kind::Decimal)];
    screen.server.answer::<CheckQuery>(&CheckedQuery { columns, wrong: None });
    screen.run();
    assert!(screen.shows("The query can be used. It has 2 columns."));
    screen.click("Add the other columns");
    screen.click("Save for everyone");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let [Change::PutObjectType(kind)] = asked.changes.as_slice() else { panic!("{asked:?}") };
    assert_eq!(kind.origin.query(), Some("select payer, sum(amount) as total from payments group by 1"));
    let properties: Vec<(&str, Kind)> = kind.properties.iter().map(|one| (one.column.as_str(), one.kind)).collect();
    assert_eq!(properties, [("payer", Kind::Text), ("total", Kind::Decimal)]);
}

#[test]
fn who_may_not_write_queries_is_not_offered_one_and_cannot_save_a_type_that_has_one() {
    let mut screen = Screen::open_config("object-types", &bank::reader(), &with_query(""), Theme::Dark);
    screen.click("People");
    assert!(screen.shows("The query is shown only to those who may set up the source."));
    screen.fill("Name", "Customer");
    screen.click("Save for me");
    assert!(!screen.server.waiting().contains(&"change_project"), "nothing is sent");
    screen.click("New object type…");
    assert!(screen.harness.query_by_label("From a query").is_none());
    let mut owner = Screen::open_config("object-types", &bank::owner(), &with_query("select 1 as id"), Theme::Dark);
    owner.click("People");
    assert!(owner.shows_value("select 1 as id"));
}

fn account() -> AccountRights {
    AccountRights {
        account: "clew".to_owned(),
        writable: 12,
        tables: vec!["core.person".to_owned()],
        remedy: vec!["GRANT SELECT ON ALL TABLES IN SCHEMA \"core\" TO clew_reader;".to_owned()],
        ..AccountRights::default()
    }
}

#[test]
fn a_source_tells_what_its_account_may_do_and_how_to_get_one_that_only_reads() {
    let mut visible = whole();
    visible.rights = vec![(bank::source_id("core"), account())];
    let name = visible.project.sources[&bank::source_id("core")].name.clone();
    let mut screen = Screen::open_config("sources", &bank::owner(), &visible, Theme::Dark);
    screen.click_first(&name);
    assert!(screen.shows("The account clew may change 12 tables: core.person"));
    assert!(screen.shows("GRANT SELECT ON ALL TABLES IN SCHEMA \"core\" TO clew_reader;"));
    screen.click("Look at the account");
    let asked: ProbeRights = screen.server.answer::<ProbeRights>(&Some(account()));
    assert_eq!(asked.source, bank::source_id("core"));
}

#[test]
fn a_source_whose_account_reaches_too_far_says_that_it_is_asked_nothing_until_somebody_takes_it() {
    let mut visible = whole();
    let id = bank::source_id("core");
    let reads_files = AccountRights { reads_files: true, ..account() };
    let name = visible.project.sources[&id].name.clone();
    let (badge, hint) = ("not asked: its account may do too much", "Clew asks this source nothing with this account.");
    for (taken, shown) in [(false, true), (true, false)] {
        visible.rights = vec![(id.clone(), AccountRights { taken, ..reads_files.clone() })];
        let mut screen = Screen::open_config("sources", &bank::owner(), &visible, Theme::Dark);
        screen.click_first(&name);
        assert!(screen.shows("The account clew may read files on the database's machine."));
        assert_eq!((screen.shows(badge), screen.shows(hint)), (shown, shown));
        assert_eq!(screen.shows("Somebody typed the source's name to take this account all the same."), taken);
    }
    // A file has no account that somebody could look at, and who may not look into a source is told nothing of it.
    visible.rights = Vec::new();
    let mut owner = Screen::open_config("sources", &bank::owner(), &visible, Theme::Dark);
    owner.click_first(&name);
    assert!(owner.shows("Not looked at yet"));
    owner.click_first("Company register");
    assert!(!owner.shows("Not looked at yet"));
    let mut reader = Screen::open_config("sources", &bank::reader(), &visible, Theme::Dark);
    reader.click_first(&name);
    assert!(!reader.shows("Not looked at yet"));
}

#[test]
fn an_account_that_may_do_everything_is_saved_with_the_sources_name_typed() {
    let mut screen = Screen::open_config("sources", &bank::owner(), &bank::visible(bank::empty_project()), Theme::Dark);
    screen.click_first("Add source…");
    screen.click("PostgreSQL");
    screen.fill("Name", "Core");
    screen.fill("Host", "db.bank.example");
    screen.fill("Database", "core");
    screen.fill("User", "postgres");
    screen.click("Save for everyone");
    let fault = Fault::new(wire::Code::Conflict, "The account \"postgres\" may do everything.", TYPE_THE_NAME);
    let first: SaveSource = screen.server.refuse::<SaveSource>(fault);
    assert_eq!(first.typed_name, "");
    screen.run();
    screen.fill("Type “Core” to take this account all the same", "Core");
    screen.click("Save for everyone");
    let second: SaveSource = screen.server.answer::<SaveSource>(&Saved { revision: 8 });
    assert_eq!(second.typed_name, "Core");
}

#[test]
fn a_test_tells_of_an_account_that_may_write() {
    let mut visible = whole();
    visible.rights = Vec::new();
    let name = visible.project.sources[&bank::source_id("core")].name.clone();
    let mut screen = Screen::open_config("sources", &bank::owner(), &visible, Theme::Dark);
    screen.click_first(&name);
    assert!(screen.shows("Not looked at yet"));
    screen.click("Test the connection");
    let report = TestReport { steps: Vec::new(), ok: true, rights: Some(account()) };
    screen.server.answer::<TestSource>(&report);
    screen.run();
    assert!(screen.shows("The account clew may change 12 tables: core.person"));
}
