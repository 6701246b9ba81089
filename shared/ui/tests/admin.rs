//! The administration: who gets which pages, and one's own sessions for everybody.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use access::AppRole;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use support::{Screen, bank};
use ui::look::Theme;
use wire::session::Me;

const SIZE: (f32, f32) = (1280.0, 720.0);

/// Somebody with these roles of the instance and no project.
fn somebody(roles: &[&str]) -> Me {
    let mut me = bank::reader();
    me.caller.roles = roles.iter().map(|role| AppRole::new(*role).unwrap()).collect();
    me.projects.clear();
    me
}

fn open(path: &str, me: &Me) -> Screen {
    Screen::open(path, me, SIZE, Theme::Dark)
}

fn tabs(screen: &Screen) -> Vec<String> {
    let tabs = screen.harness.get_all_by_role(Role::Tab);
    tabs.map(|tab| egui_kittest::kittest::NodeT::accesskit_node(&tab).label().unwrap_or_default()).collect()
}

#[test]
fn an_auditor_without_a_project_reaches_the_administration_from_the_list_of_projects() {
    let mut screen = open("/", &somebody(&["Task.Audit"]));
    screen.click("Administration");
    assert_eq!(screen.server.address(), "/admin/audit");
    assert_eq!(tabs(&screen), ["My sessions", "Audit"]);
}

#[test]
fn an_instance_manager_sees_people_and_no_audit() {
    let mut screen = open("/", &bank::owner());
    screen.click("Administration");
    assert_eq!(screen.server.address(), "/admin/people");
    assert_eq!(tabs(&screen), ["My sessions", "People"]);
}

#[test]
fn whoever_may_do_nothing_there_has_no_way_to_it_but_to_the_own_sessions() {
    let mut screen = open("/", &somebody(&["Task.Read"]));
    assert!(!screen.shows("Administration"));
    screen.click_first("Astrid Lund");
    screen.click("My sessions");
    assert_eq!(screen.server.address(), "/admin/sessions");
    assert_eq!(tabs(&screen), ["My sessions"]);
    for page in ["people", "audit"] {
        let screen = open(&format!("/admin/{page}"), &somebody(&["Task.Read"]));
        assert!(screen.shows("Nothing found"), "{page}");
    }
}

#[test]
fn the_rail_of_a_project_leads_to_the_administration_below_the_configuration() {
    let mut screen = Screen::open_config("project", &bank::owner(), &bank::visible(bank::project()), Theme::Dark);
    screen.harness.get_by_role_and_label(Role::Button, "Administration").click();
    screen.run();
    assert_eq!(screen.server.address(), "/admin/people");
    let reader = Screen::open_config("project", &bank::reader(), &bank::visible(bank::project()), Theme::Dark);
    assert!(!reader.shows("Administration"));
}
