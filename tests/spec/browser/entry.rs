//! Arriving and leaving: sign-in, the list of projects, links, back and forward, rest, sign-out.

use std::time::Duration;

use super::demo::Demo;
use super::page::{Colours, Page};
use super::transcript;

#[test]
fn a_person_signs_in_follows_links_and_signs_out() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.open("/").await;
        page.find("button", "Sign in").await;
        pictures(&page, "sign-in").await;
        page.click("button", "Sign in").await;
        page.html("input[name=password]").await;
        pictures(&page, "issuer").await;
        demo.enter(&page, "ingrid").await;
        page.find_text("Projects").await;
        pictures(&page, "projects").await;
        for line in page.look().await {
            println!("{line} {:?}", line.bounds);
        }
        page.end().await;
    });
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
