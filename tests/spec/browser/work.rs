//! The main job: find somebody, open, expand, look at rows, take them along.

use std::time::Duration;

use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::transcript;

const COMPANY: &str = "Brygga Import AS";

async fn tell(page: &Page, step: &str) {
    page.picture(&format!("work-{step}")).await;
    println!("--- {step} at {}", page.path().await);
    for line in page.look().await {
        println!("{line} {:?}", line.bounds);
    }
}

#[test]
fn a_person_finds_opens_expands_and_exports() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(1920, 1080).await;
        demo.sign_in(&page, "/p/harbour-bank", "astrid").await;
        page.find_text("The graph is empty").await;

        page.chord(Key::Control, "k").await;
        page.type_text("Brygga").await;
        page.find("button", "Show as table: Companies").await;
        page.find("button", "Show as table: Customers").await;
        page.picture("work-found").await;
        page.click("listitem", COMPANY).await;
        page.find_text("1 objects").await;
        page.find_text("Ferjeveien 12").await;
        page.find("button", "Company Brygga Import AS, 0 links").await;

        page.type_text("e").await;
        page.find("menu", "Expand Brygga Import AS").await;
        page.picture("work-expand").await;
        page.click("menuitem", "customer of the bank").await;
        page.find_text("2 objects · 1 links").await;
        page.picture("work-expanded").await;
        page.chord(Key::Control, "z").await;
        page.find_text("1 objects · 0 links").await;
        page.chord(Key::Control, "y").await;
        page.find_text("2 objects · 1 links").await;

        page.type_text("2").await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        tell(&page, "table").await;
        page.click("searchbox", "Search").await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        tell(&page, "search-again").await;
        page.click("button", "Show as table: Companies").await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        tell(&page, "table-2").await;
        page.click("button", "Export").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        tell(&page, "export").await;
        page.no_complaints().await;
        page.end().await;
    });
}
