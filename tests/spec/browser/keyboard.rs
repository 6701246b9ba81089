//! What the keyboard says: letters of every script, composed ones too, and the palette of commands.

use serde_json::json;
use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::transcript;

#[test]
fn every_script_can_be_typed_and_every_command_be_found() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        demo.sign_in(&page, "/p/harbour-bank", "ingrid").await;
        page.find_text("The graph is empty").await;
        letters(&page).await;
        composed(&page).await;
        palette(&page).await;
        page.end().await;
    });
}

async fn searched(page: &Page, text: &str) {
    page.wait(&format!("{text:?} in the search box"), |seen| {
        let search_box = seen.iter().find(|seen| seen.is("searchbox", "Search"))?;
        (search_box.value.as_deref() == Some(text)).then_some(())
    })
    .await;
}

async fn letters(page: &Page) {
    for text in ["grønnskjær", "Ålesund Æ", "Юлия", "Ωμέγα", "Ada 🙂"] {
        page.chord(Key::Control, "k").await;
        page.chord(Key::Control, "a").await;
        page.type_text(text).await;
        searched(page, text).await;
        match text {
            "grønnskjær" => drop(page.find("listitem", "Grønnskjær Holding AS").await),
            "Юлия" | "Ωμέγα" | "Ada 🙂" => {
                drop(page.find_text(&format!("Nothing found for “{text}”")).await);
            }
            _ => {}
        }
    }
    page.picture("keyboard-letters").await;
}

/// Dead keys and input methods: what is composed stands in the box while it is composed, and once when it is done.
async fn composed(page: &Page) {
    page.chord(Key::Control, "a").await;
    page.press(Key::Backspace).await;
    for (shown, done) in [("´", "é"), ("n", "ñ"), ("にほ", "日本")] {
        let length = shown.encode_utf16().count();
        let composing = json!({ "text": shown, "selectionStart": length, "selectionEnd": length });
        page.command("Input.imeSetComposition", composing).await;
        page.command("Input.insertText", json!({ "text": done })).await;
    }
    searched(page, "éñ日本").await;
    page.press(Key::Backspace).await;
    searched(page, "éñ日").await;
    page.press(Key::Escape).await;
}

async fn palette(page: &Page) {
    page.click("button", "Graph").await;
    let hands = || page.driver.action_chain().key_down(Key::Control).key_down(Key::Shift).send_keys("p");
    hands().key_up(Key::Shift).key_up(Key::Control).perform().await.expect("keys");
    page.find("listitem", "Shortest way").await;
    page.two_pictures("keyboard-palette").await;
    page.type_text("tabl").await;
    page.gone("listitem", "Shortest way").await;
    page.find("listitem", "Show the tables").await;
    page.press(Key::Enter).await;
    page.at("/p/harbour-bank/table").await;
    page.type_text("1").await;
    page.at("/p/harbour-bank").await;
    page.type_text("?").await;
    let line = page.find("listitem", "Undo").await;
    assert_eq!(line.attribute("aria-description"), Some("Ctrl Z"));
    page.gone("listitem", "Sign out").await;
    page.press(Key::Escape).await;
    page.gone("listitem", "Undo").await;
}
