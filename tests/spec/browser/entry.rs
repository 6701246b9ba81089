//! Arriving and leaving: sign-in, the list of projects, links, back and forward, rest, sign-out.

use std::time::Duration;

use jiff::SignedDuration;

use super::demo::Demo;
use super::page::{Colours, Page};
use super::transcript;

/// How long a screen at rest is watched.
const REST: Duration = Duration::from_secs(5);
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
        pictures(&page, "sign-in").await;

        page.click("button", "Sign in").await;
        page.html("input[name=password]").await;
        assert_eq!(page.path().await, "/issuer/authorize");
        pictures(&page, "issuer").await;

        demo.enter(&page, "ingrid").await;
        page.find("button", "Sign out").await;
        page.find_text("ingrid").await;
        page.find_text("A generated case").await;
        assert_eq!(page.path().await, "/");
        pictures(&page, "projects").await;

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
        at_rest(&page, "sign-in").await;
        demo.sign_in(&page, "/", "ingrid").await;
        page.find("listitem", "Harbour Bank").await;
        at_rest(&page, "the list of projects").await;
        page.click("listitem", "Harbour Bank").await;
        page.gone("listitem", "Harbour Bank").await;
        at_rest(&page, "the workspace").await;
        page.end().await;
    });
}

#[test]
fn everything_can_be_done_through_the_mirror_alone() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.open("/").await;
        page.act("button", "Sign in").await;
        demo.enter(&page, "ingrid").await;
        page.act("listitem", "Harbour Bank").await;
        page.at(PROJECT).await;
        page.back().await;
        page.act("button", "Sign out").await;
        page.find("button", "Sign in").await;
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
        pictures(&page, "session-ended").await;
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
        page.screen(1280, 720, 1.5).await;
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

/// Waits until nothing is drawn for a while, then watches: not one frame more.
async fn at_rest(page: &Page, screen: &str) {
    page.count_frames().await;
    let mut before = page.frames().await;
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = page.frames().await;
        if now == before {
            break;
        }
        before = now;
    }
    tokio::time::sleep(REST).await;
    assert_eq!(page.frames().await, before, "frames of {screen} at rest");
    page.click_at(5, 5).await;
    assert_ne!(page.frames().await, before, "frames are counted at all");
}

/// Both colours, at the two sizes that are looked at.
async fn pictures(page: &Page, name: &str) {
    for (colours, colour) in [(Colours::Light, "light"), (Colours::Dark, "dark")] {
        page.colours(colours).await;
        for (width, height) in [(1920, 1080), (1280, 720)] {
            page.size(width, height).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            page.picture(&format!("{name}-{colour}-{height}")).await;
        }
    }
}
