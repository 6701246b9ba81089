//! Measures from the page's worker, a look that follows them, notes, and layouts along time, by mouse and keyboard.

use thirtyfour::Key;

use super::demo::Demo;
use super::graph::two_on_the_graph;
use super::page::Page;
use super::pictures::WIDE;
use super::transcript;

#[test]
fn the_graph_is_measured_by_the_worker_coloured_by_what_it_found_and_written_onto() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(WIDE).await;
        demo.sign_in(&page, "/p/harbour-bank", "astrid").await;
        two_on_the_graph(&page, "owned or run by").await;
        measured(&page).await;
        coloured(&page).await;
        written_onto(&page).await;
        along_time(&page).await;
        page.end().await;
    });
}

async fn measured(page: &Page) {
    page.click("radio", "Measures").await;
    page.find_text("2 objects, 1 link · exact").await;
    page.click("combobox", "Measure").await;
    page.click("menuitem", "Betweenness").await;
    page.find_text("go-betweens are high").await;
    page.find_text("2 objects, 1 link · exact").await;
    page.pictures("looks-measures").await;
    page.click("combobox", "Measure").await;
    page.click("menuitem", "Communities").await;
    page.find("listitem", "Community 1").await;
}

async fn coloured(page: &Page) {
    page.click("button", "Colour by it").await;
    page.find_text("Legend").await;
    page.click("radio", "Look").await;
    page.find_text("Colour · All objects · Communities").await;
    page.pictures("looks-coloured").await;
    page.chord(Key::Control, "z").await;
    page.find_text("Objects have the colour and icon of their type.").await;
}

async fn written_onto(page: &Page) {
    page.click("radio", "Details").await;
    page.click("button", "Fit to window").await;
    page.chord(Key::Control, "k").await;
    page.press(Key::Escape).await;
    page.press(Key::Escape).await;
    page.type_text("t").await;
    page.find("button", "Done").await;
    page.type_text("Who runs this?").await;
    page.click("button", "Done").await;
    page.find("button", "Note: Who runs this?").await;
    page.find("button", "Undo: Write a note").await;
    page.pictures("looks-note").await;
}

async fn along_time(page: &Page) {
    page.click("button", "Ways to lay out").await;
    page.click("menuitem", "By time: Registered").await;
    page.find("button", "Undo: Lay out by time").await;
    // Both are brought into view: what is outside of it has no place to be read out.
    page.find_settled("button", "Company Brygga Import AS, 1 link").await;
    page.find_settled("button", "Customer Mehmet Aasen, 1 link").await;
    page.pictures("looks-time").await;
}
