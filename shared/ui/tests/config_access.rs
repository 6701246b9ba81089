//! Who sees a source, types that are known by name only, and looking at the project as somebody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use access::{AppRole, Caller, PersonId, ProjectRole};
use egui_kittest::kittest::{NodeT, Queryable};
use model::change::Change;
use model::withheld::{Withheld, WithheldObjectType};
use support::{Screen, bank};
use ui::look::Theme;
use wire::people::{People, PersonLine};
use wire::project::{ChangeProject, Saved, Scope, VisibleProject};
use wire::session::{Language, Me};
use wire::source::SaveSource;
use wire::view::{ViewAs, ViewedAs, Viewer};
use wire::{Code, Fault};

fn open(page: &str, me: &Me) -> Screen {
    Screen::open_config(page, me, &bank::visible(bank::project()), Theme::Dark)
}

fn role(name: &str) -> AppRole {
    AppRole::new(name).unwrap()
}

#[test]
fn an_own_types_any_role_and_keeps_the_model_visible() {
    let mut screen = open("sources", &bank::owner());
    screen.click("Edit");
    screen.fill("User", "clew");
    screen.fill("Role that is required", "Bank.Secret");
    assert!(screen.shows("You do not have this role yourself"), "whoever would lock the own door is told");
    screen.click("Keep the model visible");
    screen.shot("config_who_sees");
    screen.click("Save for everyone");
    let saved: SaveSource = screen.server.answer::<SaveSource>(&Saved { revision: 8 });
    assert_eq!((saved.source.required_role, saved.source.keep_model_visible), (Some(role("Bank.Secret")), true));

    let mut screen = open("sources", &bank::owner());
    screen.click("Edit");
    screen.fill("User", "clew");
    screen.click("Save for everyone");
    let saved: SaveSource = screen.server.answer::<SaveSource>(&Saved { revision: 8 });
    assert_eq!(
        (saved.source.required_role, saved.source.keep_model_visible),
        (None, false),
        "without a role no switch"
    );
}

#[test]
fn a_file_gets_its_role_on_its_page_and_only_an_own_is_offered_it() {
    let mut screen = open("sources", &bank::owner());
    screen.click("Sanctions list");
    screen.fill("Role that is required", "Bank.Fraud");
    screen.click("Keep the model visible");
    screen.click("Save for everyone");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let [Change::PutSource(source)] = asked.changes.as_slice() else { panic!("{asked:?}") };
    assert_eq!((asked.scope, source.id.as_str()), (Scope::Everyone, "sanctions"));
    assert_eq!((&source.required_role, source.keep_model_visible), (&Some(role("Bank.Fraud")), true));

    let mut screen = open("sources", &bank::me(ProjectRole::Manage, &["Task.Manage"]));
    screen.click("Sanctions list");
    assert!(!screen.shows("Role that is required"));
}

#[test]
fn a_project_is_shared_with_any_app_role() {
    let mut screen = open("access", &bank::owner());
    screen.fill("Role from the identity provider", "Bank.Investigator");
    screen.click("Give");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let [Change::PutGrant(grant)] = asked.changes.as_slice() else { panic!("{asked:?}") };
    assert_eq!(grant.to, access::Grantee::Role(role("Bank.Investigator")));
}

#[test]
fn types_that_are_known_by_name_only_stand_greyed_out_in_the_list() {
    let payments = WithheldObjectType {
        id: bank::type_id("payment"),
        name: "Payment".to_owned(),
        plural: "Payments".to_owned(),
        icon: "payments".to_owned(),
        fields: Vec::new(),
    };
    let withheld = Withheld { object_types: vec![payments], link_types: Vec::new() };
    let visible = VisibleProject { withheld, ..bank::visible(bank::project()) };
    let screen = Screen::open_config("object-types", &bank::reader(), &visible, Theme::Dark);
    assert!(screen.harness.get_by_label("Payments").accesskit_node().is_disabled());
    assert!(!screen.harness.get_by_label("People").accesskit_node().is_disabled());
}

/// What a reader would see of the bank: one source, and no grants.
fn seen_by_a_reader() -> ViewedAs {
    let mut project = bank::project();
    project.grants.clear();
    project.link_types.clear();
    project.object_types.clear();
    project.sources.retain(|id, _| id.as_str() == "register");
    let me = bank::reader();
    let caller = Caller::new(PersonId::new("ada").unwrap(), [role("Task.Read")]);
    ViewedAs { caller, policy: me.policy, project: Some(Box::new(bank::visible(project))) }
}

fn as_reader(screen: &mut Screen) {
    screen.shot("config_view_as_chosen");
    screen.click("Show the project so");
    let asked: ViewAs = screen.server.answer::<ViewAs>(&seen_by_a_reader());
    let expected = Viewer::Roles { app: vec![role("Task.Read")], project: Some(ProjectRole::Read) };
    assert_eq!(asked.viewer, expected);
    screen.run();
}

#[test]
fn a_manager_looks_at_the_project_as_a_reader_under_a_banner_until_it_is_ended() {
    let mut screen = open("view-as", &bank::owner());
    as_reader(&mut screen);
    assert!(screen.shows("You see this project as Read (Task.Read)"));
    assert_eq!(screen.server.address(), "/p/bank/config/sources");
    assert!(screen.shows("Company register") && !screen.shows("Core banking"), "only what is there for a reader");
    let is_disabled = screen.harness.get_by_label("Add source…").accesskit_node().is_disabled();
    assert!(is_disabled, "and greyed out is what is for others");
    screen.shot("config_viewed");
    screen.click("Access");
    assert!(screen.shows("Only an Own of the project sees"), "a reader does not see who has access");
    assert!(screen.shows("You see this project as Read (Task.Read)"), "the banner stays on every page");
    let waiting = screen.server.waiting();
    assert!(
        !waiting.iter().any(|call| ["read_catalogue", "change_project", "test_source"].contains(call)),
        "{waiting:?}"
    );

    screen.harness.get_by_label("End").focus();
    screen.run();
    screen.harness.key_press(egui::Key::Enter);
    screen.run();
    assert!(!screen.shows("You see this project as"));
    assert!(screen.shows("Who may work in this project") && !screen.shows("Only an Own of the project sees"));
}

#[test]
fn nothing_is_changed_while_one_looks_as_somebody_else() {
    let mut screen = open("view-as", &bank::owner());
    as_reader(&mut screen);
    screen.click("Upload file…");
    assert!(screen.shows("While you view as somebody else, nothing is changed and no source is asked."));
    screen.click("Object types");
    assert!(!screen.server.waiting().contains(&"change_project"));
    screen.click("Sources");
    screen.click("Contents");
    let waiting = screen.server.waiting();
    assert!(
        !waiting.iter().any(|call| ["read_catalogue", "change_project", "upload_file"].contains(call)),
        "{waiting:?}"
    );
}

#[test]
fn a_person_is_chosen_by_name_and_leaving_the_configuration_ends_the_look() {
    let mut screen = open("view-as", &bank::owner());
    screen.click("As a person");
    screen.run();
    let person = PersonLine {
        person: Some(PersonId::new("jonas").unwrap()),
        name: "Jonas Eide".to_owned(),
        email: None,
        roles: vec![role("Task.Read")],
        sessions: 0,
        last_seen: None,
        local: None,
    };
    assert!(screen.harness.get_by_label("Show the project so").accesskit_node().is_disabled());
    screen.server.answer::<People>(&vec![person]);
    screen.run();
    screen.click("Jonas Eide");
    screen.click("Show the project so");
    let absent = ViewedAs { project: None, ..seen_by_a_reader() };
    let asked: ViewAs = screen.server.answer::<ViewAs>(&absent);
    assert_eq!(asked.viewer, Viewer::Person(PersonId::new("jonas").unwrap()));
    screen.run();
    assert!(screen.shows("This project does not exist for Jonas Eide"));
    screen.click("Graph");
    screen.run();
    assert!(screen.shows("You see the project as yourself again."));
    assert!(!screen.shows("This project does not exist"));
}

#[test]
fn whoever_is_no_instance_manager_is_not_offered_it_and_a_refusal_is_shown() {
    let screen = open("sources", &bank::me(ProjectRole::Own, &["Task.Read"]));
    assert!(!screen.shows("View as"));
    let mut screen = open("view-as", &bank::me(ProjectRole::Own, &["Task.Read"]));
    assert!(screen.shows("This takes the role Task.Manage.") && !screen.shows("Show the project so"));
    screen = open("view-as", &bank::owner());
    screen.click("Show the project so");
    screen.server.refuse::<ViewAs>(Fault::new(Code::NotFound, "This does not exist.", "Ask somebody."));
    screen.run();
    assert!(screen.shows("This does not exist.") && !screen.shows("You see this project as"));
}

#[test]
fn in_norwegian_the_banner_and_its_end_are_norwegian() {
    let mut me = bank::owner();
    me.preferences.language = Some(Language::Norwegian);
    let mut screen = open("view-as", &me);
    screen.click("Vis prosjektet slik");
    screen.server.answer::<ViewAs>(&seen_by_a_reader());
    screen.run();
    assert!(screen.shows("Du ser dette prosjektet som Read (Task.Read)") && screen.shows("Avslutt"));
    screen.shot("config_view_as");
}
