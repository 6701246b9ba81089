//! The graph on a graphics card, which draws in software here: it looks as the processor paints it, wherever one looks, and
//! moving the view sends nothing of it to the card.

use std::io::Cursor;

use serde_json::Value;
use thirtyfour::Key;

use super::demo::Demo;
use super::graph::two_on_the_graph;
use super::page::{PAUSE, Page};
use super::pictures::{Colours, WIDE};
use super::{pictures, transcript};

const ON_REQUEST: &str = "Draw the graph without the graphics card";

/// Notes how many bytes of what is kept go to the card: egui says of its own that they are for one frame.
const WATCH_BUFFERS: &str = "
    const gl = WebGL2RenderingContext.prototype;
    const send = gl.bufferData;
    window.clewKept = 0;
    gl.bufferData = function (target, given, usage, ...rest) {
        if (usage === gl.STATIC_DRAW) window.clewKept += given.byteLength;
        return send.call(this, target, given, usage, ...rest);
    };";

/// Where the graph is in the window, where its ground is empty, and where it is not.
const MIDDLE: (i64, i64) = (700, 400);
const EMPTY: (i64, i64) = (1_450, 560);
const AWAY: (i64, i64) = (640, 4);

/// How many of a thousand pixels of two pictures may differ by more than [`FAR`]: smooth edges, rounded by different hands.
const MOST_DIFFERING: usize = 5;
const FAR: u8 = 6;

#[test]
fn the_card_draws_what_the_processor_paints_and_is_sent_nothing_while_the_view_moves() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(WIDE).await;
        demo.sign_in(&page, "/p/harbour-bank", "astrid").await;
        many_on_the_graph(&page).await;
        page.script::<Value>(WATCH_BUFFERS).await;
        both_ways(&page, "all").await;
        move_about(&page).await;
        both_ways(&page, "moved").await;
        come_nearer(&page).await;
        both_ways(&page, "near").await;
        page.colours(Colours::Light).await;
        both_ways(&page, "light").await;
        page.end().await;
    });
}

/// Two that are linked, and some hundred accounts.
async fn many_on_the_graph(page: &Page) {
    two_on_the_graph(page, "owned or run by").await;
    page.click("button", "Table").await;
    page.choose("button", "New tab", "Accounts").await;
    page.click("row", "Row 1").await;
    page.chord(Key::Control, "a").await;
    page.click_right("row", "Row 3").await;
    page.click("menuitem", "Put on the graph").await;
    page.click("button", "Graph").await;
    page.click("button", "Lay out again").await;
    page.at_rest("some hundred objects").await;
}

/// Changes from one way of drawing to the other.
async fn other_way(page: &Page) {
    let hands = || page.driver.action_chain().key_down(Key::Control).key_down(Key::Shift).send_keys("p");
    hands().key_up(Key::Shift).key_up(Key::Control).perform().await.expect("keys");
    page.type_text("card").await;
    page.find("listitem", ON_REQUEST).await;
    page.press(Key::Enter).await;
    page.gone("listitem", ON_REQUEST).await;
    page.still().await;
}

/// Both pictures, held against each other; the processor paints before and after.
async fn both_ways(page: &Page, name: &str) {
    page.still().await;
    let processor = keep(page, &format!("card-{name}-processor")).await;
    let before = sent(page).await;
    other_way(page).await;
    assert!(sent(page).await > before, "{name}: the graph goes to the card");
    let card = keep(page, &format!("card-{name}")).await;
    let differing = differing(&processor, &card);
    assert!(differing <= MOST_DIFFERING, "{name}: {differing} of 1000 pixels differ");
    other_way(page).await;
}

/// The ground is dragged by the mouse.
async fn move_about(page: &Page) {
    other_way(page).await;
    let before = sent(page).await;
    let mut hand = page.driver.action_chain_with_delay(None, Some(PAUSE)).move_to(EMPTY.0, EMPTY.1).click_and_hold();
    for step in 1..8 {
        hand = hand.move_to(EMPTY.0 - 20 * step, EMPTY.1 - 8 * step);
    }
    hand.release().move_to(AWAY.0, AWAY.1).perform().await.expect("a drag");
    page.still().await;
    assert_eq!(sent(page).await, before, "of what is kept nothing goes to the card");
    other_way(page).await;
}

async fn come_nearer(page: &Page) {
    let hand = || page.driver.action_chain_with_delay(None, Some(PAUSE));
    hand().move_to(MIDDLE.0, MIDDLE.1).perform().await.expect("a moved mouse");
    page.wheel(MIDDLE, -480).await;
    page.still().await;
    hand().move_to(AWAY.0, AWAY.1).perform().await.expect("a moved mouse");
}

/// Bytes of what is kept that went to the card.
async fn sent(page: &Page) -> u64 {
    page.script("return window.clewKept;").await
}

/// A picture of the window, kept to be looked at.
async fn keep(page: &Page, name: &str) -> Vec<u8> {
    let png = page.driver.screenshot_as_png().await.expect("a picture");
    pictures::keep(&format!("{name}.png"), &png);
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().expect("a picture");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let kind = reader.next_frame(&mut pixels).expect("pixels");
    let channels = kind.color_type.samples();
    pixels.chunks_exact(channels).flat_map(|pixel| pixel.iter().take(3)).copied().collect()
}

/// How many of a thousand pixels are far from each other.
fn differing(one: &[u8], other: &[u8]) -> usize {
    assert_eq!(one.len(), other.len());
    let pixels = one.chunks_exact(3).zip(other.chunks_exact(3));
    let far = pixels.filter(|(one, other)| one.iter().zip(*other).any(|(one, other)| one.abs_diff(*other) > FAR));
    3_000 * far.count() / one.len()
}
