//! Every page of the configuration, drawn in dark and light, large and small, with a whole project in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use model::change::{Change, Misfit};
use support::{Screen, bank};
use ui::look::Theme;
use wire::project::ReadProject;
use wire::source::{ReadCatalogue, SourceKinds, SuggestModel};

fn open(page: &str, size: (f32, f32), theme: Theme, own: bool) -> Screen {
    let mut screen = Screen::open(&format!("/p/bank/config/{page}"), &bank::owner(), size, theme);
    let mut visible = bank::visible(bank::project());
    if own {
        let kind = visible.project.object_types[&bank::type_id("person")].clone();
        let link = model::project::LinkType {
            from: bank::type_id("vessel"),
            ..visible.project.link_types.values().next().unwrap().clone()
        };
        visible.own = vec![Change::PutObjectType(Box::new(kind)), Change::PutLinkType(Box::new(link))];
        visible.misfits = vec![(1, Misfit::Absent { what: "object type".to_owned(), id: "vessel".to_owned() })];
    }
    screen.server.answer::<ReadProject>(&visible);
    screen.server.answer::<SourceKinds>(&bank::kinds());
    screen.run();
    if screen.server.waiting().contains(&"read_catalogue") {
        screen.server.answer::<ReadCatalogue>(&bank::catalogue());
        screen.run();
    }
    screen
}

fn shots(name: &str, page: &str, own: bool, act: impl Fn(&mut Screen)) {
    for (size_name, size) in [("1920", (1920.0, 1080.0)), ("1280", (1280.0, 720.0))] {
        for (theme_name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
            let mut screen = open(page, size, theme, own);
            act(&mut screen);
            assert_eq!(screen.harness.unnamed_widgets(), Vec::<String>::new(), "{name}");
            screen.shot(&format!("config_{name}_{size_name}_{theme_name}"));
        }
    }
}

#[test]
fn sources() {
    shots("sources", "sources", false, |_| {});
    shots("source_form", "sources", false, |screen| screen.click("Edit"));
    shots("contents", "sources", false, |screen| {
        screen.click("Contents");
        screen.server.answer::<ReadCatalogue>(&bank::catalogue());
        screen.run();
        screen.click("transfer");
    });
    shots("suggestion", "sources", false, |screen| {
        screen.click("Suggested model");
        screen.click("Suggest a model");
        screen.server.answer::<SuggestModel>(&bank::suggestion());
        screen.run();
    });
}

#[test]
fn object_types() {
    shots("object_types", "object-types", true, |screen| {
        screen.click("Show my changes");
        screen.click("People");
    });
    shots("icons", "object-types", false, |screen| screen.click("Icon: account balance"));
}

#[test]
fn link_types() {
    shots("link_types", "link-types", false, |screen| {
        screen.click("paid to");
        if screen.server.waiting().contains(&"read_catalogue") {
            screen.server.answer::<ReadCatalogue>(&bank::catalogue());
        }
        screen.run();
    });
    shots("link_properties", "link-types", false, |screen| screen.click("holds account"));
}

#[test]
fn project_and_about() {
    shots("project", "project", false, |_| {});
    shots("about", "project", false, |screen| {
        screen.click_first("Astrid Lund");
        screen.run();
        screen.click("About Clew");
        screen.run();
        let notices = format!("# Libraries\n{}", "a library 1.0: MIT OR Apache-2.0\n".repeat(400));
        screen.server.answer_file(notices.as_bytes());
        screen.run();
    });
}

#[test]
fn access() {
    shots("access", "access", false, |_| {});
}
