//! The main job: find somebody, open, expand, look at rows, take them along.

use super::demo::Demo;
use super::page::Page;
use super::transcript;

async fn tell(page: &Page, step: &str) {
    page.picture(&format!("work-{step}")).await;
    println!("--- {step} at {}", page.path().await);
    for line in page.look().await {
        println!(
            "{line} {:?} {:?}",
            line.bounds,
            line.attributes.keys().filter(|key| key.starts_with("aria")).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_person_finds_opens_expands_and_exports() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(1920, 1080).await;
        demo.sign_in(&page, "/p/harbour-bank", "astrid").await;
        page.find("button", "Search").await;
        tell(&page, "1-empty").await;
        page.click("button", "Search").await;
        page.type_text("Brygga").await;
        page.find("listitem", "Brygga Import AS").await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        tell(&page, "2-found").await;
        page.click("listitem", "Brygga Import AS").await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        tell(&page, "3-opened").await;
        page.type_text("e").await;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        tell(&page, "4-expand").await;
        page.no_complaints().await;
        page.end().await;
    });
}
