//! The environment: settings by name, and what changed between starts.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use wire::environment::{EnvironmentChange, EnvironmentName, EnvironmentNow, EnvironmentOrigin, ReadEnvironment};

use super::{answer, open, shots};

fn environment() -> EnvironmentNow {
    let name = |name: &str, origin, secret| EnvironmentName { name: name.to_owned(), origin, secret };
    let change = |at: &str, appeared: &[&str], vanished: &[&str], changed: &[&str]| {
        let [appeared, vanished, changed] =
            [appeared, vanished, changed].map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        EnvironmentChange { at: at.to_owned(), version: "0.3.0".to_owned(), appeared, vanished, changed }
    };
    EnvironmentNow {
        names: vec![
            name("CLEW_DATA", EnvironmentOrigin::Default, false),
            name("CLEW_LISTEN", EnvironmentOrigin::Flag, false),
            name("CLEW_OIDC_CLIENT_SECRET", EnvironmentOrigin::File, true),
            name("CLEW_PUBLIC_URL", EnvironmentOrigin::Environment, false),
            name("CLEW_SOURCE_BANK__PASSWORD", EnvironmentOrigin::Environment, true),
            name("CONFIG_B64_ENCRYPTION_KEY", EnvironmentOrigin::Environment, true),
        ],
        changes: vec![
            change("2026-11-20T09:30:00Z", &["CLEW_OIDC_CLIENT_SECRET"], &[], &["CLEW_PUBLIC_URL"]),
            change("2026-11-12T07:00:12Z", &[], &["CLEW_LOG"], &[]),
        ],
    }
}

#[test]
fn settings_are_listed_by_name_with_their_origin_and_what_changed_between_starts() {
    let mut screen = open("environment");
    answer::<ReadEnvironment>(&mut screen, &environment());
    for text in [
        "CLEW_PUBLIC_URL",
        "command line",
        "file",
        "secret",
        "2026-11-20 09:30 UTC · version 0.3.0",
        "CLEW_LOG",
        "gone",
    ] {
        assert!(screen.shows(text), "{text}");
    }
    assert!(!screen.shows("CLEW_DATA"), "defaults are left out at first");
    screen.click("Only what is given");
    assert!(screen.shows("CLEW_DATA") && screen.shows("default"));
    let box_of_search = screen.harness.get_by_role_and_label(Role::SearchInput, "Find a setting…");
    box_of_search.focus();
    screen.run();
    screen.harness.get_by_role_and_label(Role::SearchInput, "Find a setting…").type_text("bank__");
    screen.run();
    assert!(screen.shows("CLEW_SOURCE_BANK__PASSWORD") && !screen.shows("CLEW_LISTEN"));
    let mut screen = open("environment");
    answer::<ReadEnvironment>(&mut screen, &EnvironmentNow { names: Vec::new(), changes: Vec::new() });
    assert!(screen.shows("Nothing is given but defaults.") && screen.shows("No start differed from the one before."));
}

#[test]
fn the_environment_in_pictures() {
    shots("environment", "environment", |screen| {
        answer::<ReadEnvironment>(screen, &environment());
    });
}
