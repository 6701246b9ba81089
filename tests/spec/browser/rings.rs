//! Money that goes round: the ring of the demo's case, found in the order of time by the page's worker.

use server::demo::planted;
use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::pictures::WIDE;
use super::transcript;

#[test]
fn the_ring_of_the_case_is_found_in_the_order_of_time() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(WIDE).await;
        demo.sign_in(&page, "/p/harbour-bank", "astrid").await;
        page.find_text("The graph is empty").await;
        accounts(&page).await;
        ring(&page).await;
        too_fast(&page).await;
        page.end().await;
    });
}

/// The accounts of the seven companies, with all that they paid to.
async fn accounts(page: &Page) {
    let numbers: Vec<String> = planted().ring.into_iter().map(|company| company.account).collect();
    page.put_on_clipboard(&numbers.join("\n")).await;
    page.chord(Key::Control, "k").await;
    page.chord(Key::Control, "v").await;
    page.find_text("7 of 7 values found").await;
    page.click_beginning("button", "Put all ").await;
    page.find_text("7 objects · 0 links").await;
    page.type_text("e").await;
    page.click("menuitem", "paid to").await;
    page.gone_text("7 objects · 0 links").await;
    page.still().await;
}

async fn ring(page: &Page) {
    page.type_text("r").await;
    page.choose("combobox", "Longest ring", "8 links").await;
    page.click("checkbox", "Follow the order of time").await;
    page.fill("Most days between two links", "2").await;
    page.click("button", "What to leave out").await;
    page.fill("Least amount", "300,000").await;
    page.click("button", "Find").await;
    page.find_text("Ring of 7 links").await;
    page.find_text("7 selected").await;
    page.pictures("rings").await;
}

/// A tenth of a day is too little for money that waits some hours in each account.
async fn too_fast(page: &Page) {
    page.fill("Most days between two links", "0.1").await;
    page.click("button", "Find").await;
    page.find_text("No ring of at most 8 links was found. Allow longer ones, or expand more.").await;
}
