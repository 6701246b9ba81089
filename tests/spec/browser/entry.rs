//! Arriving and leaving: sign-in, the list of projects, links, back and forward, rest, sign-out.

use jiff::SignedDuration;
use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::pictures::NARROW;
use super::transcript;

/// The demo's project.
const PROJECT: &str = "/p/harbour-bank";

#[test]
fn a_person_signs_in_follows_links_and_signs_out() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.open("/").await;
        page.find("button", "Sign in").await;
        assert_eq!(page.path().await, "/");
        page.two_pictures("sign-in").await;

        page.click("button", "Sign in").await;
        page.html("input[name=password]").await;
        assert_eq!(page.path().await, "/issuer/authorize");
        page.two_pictures("issuer").await;

        demo.enter(&page, "ingrid").await;
        page.find("button", "Sign out").await;
        page.find_text("ingrid").await;
        page.find_text("A generated case").await;
        assert_eq!(page.path().await, "/");
        page.two_pictures("projects").await;

        page.click("listitem", "Harbour Bank").await;
        page.at(PROJECT).await;
        page.gone("listitem", "Harbour Bank").await;
        page.back().await;
        page.find("listitem", "Harbour Bank").await;
        page.at("/").await;
        page.forward().await;
        page.at(PROJECT).await;
        page.gone("listitem", "Harbour Bank").await;
        page.back().await;

        page.click("button", "Sign out").await;
        page.find("button", "Sign in").await;
        page.open(PROJECT).await;
        page.find("button", "Sign in").await;
        page.end().await;

        let calls: Vec<String> = demo.world.audit(100).await.into_iter().map(|entry| entry.call).collect();
        for call in ["sign_in", "read_project", "sign_out"] {
            assert!(calls.iter().any(|known| known == call), "{call} is in the audit log: {calls:?}");
        }
    });
}

#[test]
fn a_link_to_a_project_survives_signing_in() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        demo.sign_in(&page, PROJECT, "ingrid").await;
        page.at(PROJECT).await;
        page.gone("button", "Sign in").await;
        page.open("/p/harbour-bank/nowhere").await;
        page.click("button", "Projects").await;
        page.find("listitem", "Harbour Bank").await;
        page.end().await;
    });
}

#[test]
fn a_wrong_password_is_refused_in_words() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.open("/").await;
        page.click("button", "Sign in").await;
        page.html("input[name=password]").await;
        page.type_text("ingrid\u{e004}wrong\u{e007}").await;
        let told = page.html("[role=alert]").await;
        assert!(told.contains("password"), "{told}");
        page.picture("issuer-refused").await;
        page.forget_complaints().await;
        page.end().await;
    });
}

#[test]
fn screens_at_rest_draw_no_frame() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.open("/").await;
        page.find("button", "Sign in").await;
        page.at_rest("sign-in").await;
        demo.sign_in(&page, "/", "astrid").await;
        page.find("listitem", "Harbour Bank").await;
        page.at_rest("the list of projects").await;
        page.click("listitem", "Harbour Bank").await;
        page.gone("listitem", "Harbour Bank").await;
        page.at_rest("the workspace").await;
        page.chord(Key::Control, "k").await;
        page.type_text("Brygga Import").await;
        page.find("listitem", "Brygga Import AS").await;
        page.at_rest("the search, with the cursor in it").await;
        page.click("listitem", "Brygga Import AS").await;
        page.find_text("1 object · 0 links").await;
        page.press(Key::Enter).await;
        page.find("button", "Back to the graph").await;
        page.at_rest("an object").await;
        page.open("/p/harbour-bank/config/sources").await;
        page.find("listitem", "Core banking").await;
        page.at_rest("the configuration").await;
        page.end().await;
    });
}

#[test]
fn a_session_that_ends_is_renewed_beside_the_page() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        demo.sign_in(&page, PROJECT, "ingrid").await;
        work_of_a_morning(&page).await;
        demo.world.clock.pass(SignedDuration::from_hours(24 * 30));
        page.chord(Key::Control, "k").await;
        page.type_text("Ferjeveien 12").await;
        page.find("button", "Sign in again").await;
        page.two_pictures("session-ended").await;
        page.click("button", "Sign in again").await;
        page.newest_tab(2).await;
        demo.enter(&page, "ingrid").await;
        page.newest_tab(1).await;
        page.gone("button", "Sign in again").await;
        page.click("searchbox", "Search").await;
        page.find_text("7 found").await;
        let searched = page.find("searchbox", "Search").await;
        assert_eq!(searched.value.as_deref(), Some("Ferjeveien 12"), "what was typed is there");
        page.press(Key::Escape).await;
        page.find("button", "Remove Organisation number contains 91").await;
        page.click("button", "Graph").await;
        page.find("button", "Company Brygga Import AS, 0 links").await;
        page.forget_complaints().await;
        page.end().await;
    });
}

/// An object on the graph, and a table with a filter.
async fn work_of_a_morning(page: &Page) {
    page.find_text("The graph is empty").await;
    page.chord(Key::Control, "k").await;
    page.type_text("Brygga Import").await;
    page.click("listitem", "Brygga Import AS").await;
    page.find_text("1 object · 0 links").await;
    page.click("button", "Table").await;
    page.click("listitem", "Companies").await;
    page.find("columnheader", "Organisation number").await;
    page.click("button", "+ Filter").await;
    page.click("menuitem", "Organisation number").await;
    page.fill("Value", "91").await;
    page.click("button", "Apply").await;
    page.find("button", "Remove Organisation number contains 91").await;
}

#[test]
fn a_fine_screen_is_hit_where_it_is_pointed_at() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.screen(NARROW, 1.5).await;
        demo.sign_in(&page, "/", "ingrid").await;
        page.click("listitem", "Harbour Bank").await;
        page.at(PROJECT).await;
        page.end().await;
    });
}

#[test]
fn a_text_becomes_neither_markup_nor_a_script_nor_a_worker() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.open("/").await;
        page.find("button", "Sign in").await;
        let tried: Vec<(String, String)> = page
            .script(
                "const tries = {
                   markup: () => { document.createElement('p').innerHTML = '<b>x</b>'; },
                   script: () => { document.createElement('script').src = '/assets/x.js'; },
                   worker: () => new Worker('/assets/x.js'),
                   another: () => trustedTypes.createPolicy('another', {}),
                   again: () => trustedTypes.createPolicy('clew-worker', {}),
                   nothing: () => {},
                 };
                 return Object.entries(tries).map(([name, act]) => {
                   try { act(); return [name, 'done']; } catch (error) { return [name, error.name]; }
                 });",
            )
            .await;
        let refused = ["markup", "script", "worker", "another", "again"].map(|name| (name, "TypeError"));
        let tried: Vec<(&str, &str)> = tried.iter().map(|(name, told)| (name.as_str(), told.as_str())).collect();
        assert_eq!(tried, [&refused[..], &[("nothing", "done")]].concat());
        page.forget_complaints().await;
        page.end().await;
    });
}

#[test]
fn a_browser_that_cannot_draw_is_told_what_to_do() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page_with(&["--disable-3d-apis"]).await;
        page.open("/").await;
        assert_eq!(page.html("#notice[role=alert] h1").await, "This browser cannot draw Clew");
        page.picture("no-webgl").await;
        page.forget_complaints().await;
        page.end().await;
    });
}
