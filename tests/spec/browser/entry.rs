//! Arriving and leaving: sign-in, the list of projects, links, back and forward, rest, sign-out.

use jiff::SignedDuration;

use super::demo::Demo;
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
        page.pictures("sign-in").await;

        page.click("button", "Sign in").await;
        page.html("input[name=password]").await;
        assert_eq!(page.path().await, "/issuer/authorize");
        page.pictures("issuer").await;

        demo.enter(&page, "ingrid").await;
        page.find("button", "Sign out").await;
        page.find_text("ingrid").await;
        page.find_text("A generated case").await;
        assert_eq!(page.path().await, "/");
        page.pictures("projects").await;

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
        demo.sign_in(&page, "/", "ingrid").await;
        page.find("listitem", "Harbour Bank").await;
        page.at_rest("the list of projects").await;
        page.click("listitem", "Harbour Bank").await;
        page.gone("listitem", "Harbour Bank").await;
        page.at_rest("the workspace").await;
        page.end().await;
    });
}

#[test]
fn a_session_that_ends_is_renewed_beside_the_page() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        demo.sign_in(&page, "/", "ingrid").await;
        page.find("listitem", "Harbour Bank").await;
        demo.world.clock.pass(SignedDuration::from_hours(24 * 30));
        page.click("listitem", "Harbour Bank").await;
        page.find("button", "Sign in again").await;
        page.pictures("session-ended").await;
        page.click("button", "Sign in again").await;
        page.newest_tab(2).await;
        demo.enter(&page, "ingrid").await;
        page.newest_tab(1).await;
        page.gone("button", "Sign in again").await;
        page.at(PROJECT).await;
        page.forget_complaints().await;
        page.end().await;
    });
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
