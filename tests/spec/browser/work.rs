//! The main job: find somebody, open, expand, undo, look at rows, take them along.

use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::pictures::WIDE;
use super::transcript;

const COMPANY: &str = "Brygga Import AS";
/// What the status bar says of the graph.
const ALONE: &str = "1 object · 0 links";
const WITH_CUSTOMER: &str = "2 objects · 1 link";

#[test]
fn a_person_finds_opens_expands_and_exports() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(WIDE).await;
        demo.sign_in(&page, "/p/harbour-bank", "astrid").await;
        page.find_text("The graph is empty").await;
        page.pictures("work-empty").await;
        look_for_a_list(&page).await;
        search_and_open(&page).await;
        expand_and_undo(&page).await;
        page.at_rest("the graph").await;
        page.pictures("work-graph").await;
        show_rows(&page).await;
        page.at_rest("the table").await;
        page.pictures("work-table").await;
        export(&page).await;
        page.end().await;
        let calls: Vec<String> = demo.world.audit(100).await.into_iter().map(|entry| entry.call).collect();
        for call in ["search", "count_links", "expand", "run_query", "export_rows", "announce_picture"] {
            assert!(calls.iter().any(|known| known == call), "{call} is in the audit log: {calls:?}");
        }
    });
}

/// Three lines from another program: two are found, one is not and comes back.
async fn look_for_a_list(page: &Page) {
    page.put_on_clipboard("brygga import as\r\n99901200013\r\n\r\nNobody of that name\r\n").await;
    page.chord(Key::Control, "k").await;
    page.chord(Key::Control, "v").await;
    page.find_text("2 of 3 values found").await;
    page.find_text("Not found: Nobody of that name").await;
    page.find("listitem", COMPANY).await;
    page.pictures("work-list").await;
    page.click("button", "Copy what was not found").await;
    page.find_text("It is copied.").await;
    assert_eq!(page.clipboard().await, "Nobody of that name");
    page.click_beginning("button", "Put all ").await;
    page.find("button", "Account 99901200013, 0 links").await;
    page.find("button", "Company Brygga Import AS, 0 links").await;
    page.chord(Key::Control, "z").await;
    page.find_text("The graph is empty").await;
}

async fn search_and_open(page: &Page) {
    page.watch_keys().await;
    page.chord(Key::Control, "k").await;
    assert!(page.is_last_key_ours().await, "the browser leaves Ctrl+K to the page");
    page.type_text("Brygga").await;
    page.find("button", "Show as table: Companies").await;
    page.find("button", "Show as table: Customers").await;
    page.pictures("work-found").await;
    page.click("listitem", COMPANY).await;
    page.find_text(ALONE).await;
    page.find_text("Ferjeveien 12").await;
    page.find("button", "Company Brygga Import AS, 0 links").await;
}

async fn expand_and_undo(page: &Page) {
    page.type_text("e").await;
    page.find("menu", "Expand Brygga Import AS").await;
    page.find("menuitem", "customer of the bank").await;
    page.pictures("work-expand").await;
    page.click("menuitem", "customer of the bank").await;
    page.find_text(WITH_CUSTOMER).await;
    page.chord(Key::Control, "z").await;
    page.find_text(ALONE).await;
    page.chord(Key::Control, "y").await;
    page.find_text(WITH_CUSTOMER).await;
    page.find("button", "Customer Brygga Import AS, 1 link").await;
}

async fn show_rows(page: &Page) {
    page.click("searchbox", "Search").await;
    page.click("button", "Show as table: Companies").await;
    page.find("tab", "Companies · “Brygga”").await;
    page.find("columnheader", "Organisation number").await;
    page.find("cell", COMPANY).await;
    page.find("cell", "2025-11-11").await;
    page.click("button", "Fields").await;
    page.click("checkbox", "Address").await;
    page.click("button", "Apply").await;
    page.gone("columnheader", "Address").await;
    page.find("columnheader", "Organisation number").await;
    page.find("cell", COMPANY).await;
}

async fn export(page: &Page) {
    page.click("button", "Export").await;
    page.click("menuitem", "Table as CSV").await;
    let rows = String::from_utf8(page.saved("csv").await).expect("text");
    assert!(rows.contains(COMPANY) && rows.contains("2025-11-11"), "{rows}");
    assert!(!rows.contains("Ferjeveien 12"), "the field that was left out does not leave either: {rows}");
    page.click("button", "Export").await;
    page.click("menuitem", "Graph as picture (PNG)").await;
    let picture = page.saved("png").await;
    assert_eq!(picture.get(1..4), Some(&b"PNG"[..]));
    page.click("button", "Table").await;
    page.at("/p/harbour-bank/table").await;
    page.find("cell", COMPANY).await;
    page.pictures("work-table-whole").await;
}
