//! The graph by the mouse itself: nodes are dragged, the view is zoomed and panned, many are selected at once; and a
//! source that is down beside others that answer.

use thirtyfour::Key;

use super::demo::Demo;
use super::page::{PAUSE, Page};
use super::pictures::WIDE;
use super::seen::{Seen, node};
use super::transcript;

const COMPANY: &str = "Company Brygga Import AS";
const CUSTOMER: &str = "Customer Brygga Import AS";

#[test]
fn nodes_follow_the_mouse_and_the_view_follows_the_wheel() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(WIDE).await;
        demo.sign_in(&page, "/p/harbour-bank", "ingrid").await;
        two_on_the_graph(&page, "customer of the bank").await;
        drag_one(&page).await;
        zoom_and_pan(&page).await;
        select_both(&page).await;
        page.end().await;
    });
}

/// A company, and whom it is linked with along a kind of link.
pub(super) async fn two_on_the_graph(page: &Page, along: &str) {
    page.find_text("The graph is empty").await;
    page.chord(Key::Control, "k").await;
    page.type_text("Brygga Import").await;
    page.click("listitem", "Brygga Import AS").await;
    page.find_text("1 object · 0 links").await;
    page.type_text("e").await;
    page.click("menuitem", along).await;
    page.find_text("2 objects · 1 link").await;
}

async fn place(page: &Page, named: &str) -> (i64, i64) {
    page.settled(named, |seen| node(seen, named).cloned()).await.centre()
}

fn apart((x, y): (i64, i64), (other_x, other_y): (i64, i64)) -> f64 {
    ((x - other_x) as f64).hypot((y - other_y) as f64)
}

/// Presses the left button at one point and lets go at another; a key may be held meanwhile.
async fn drag(page: &Page, from: (i64, i64), to: (i64, i64), held: Option<Key>) {
    let mut hand = page.driver.action_chain_with_delay(None, Some(PAUSE)).move_to(from.0, from.1);
    if let Some(key) = held.clone() {
        hand = hand.key_down(key);
    }
    let half = ((from.0 + to.0) / 2, (from.1 + to.1) / 2);
    hand = hand.click_and_hold().move_to(half.0, half.1).move_to(to.0, to.1).release();
    if let Some(key) = held {
        hand = hand.key_up(key);
    }
    hand.perform().await.expect("a drag");
}

async fn drag_one(page: &Page) {
    let (before, other) = (place(page, CUSTOMER).await, place(page, COMPANY).await);
    let target = (before.0 + 180, before.1 + 120);
    drag(page, before, target, None).await;
    let dragged = place(page, CUSTOMER).await;
    assert!(apart(dragged, target) < 12.0, "dragged to {target:?}, stands at {dragged:?}");
    assert!(apart(place(page, COMPANY).await, other) < 4.0, "what is placed stays");
    page.chord(Key::Control, "z").await;
    let is_back = |seen: &[Seen]| node(seen, CUSTOMER).filter(|seen| apart(seen.centre(), before) < 4.0).cloned();
    page.wait("the node where it was before", is_back).await;
}

async fn zoom_and_pan(page: &Page) {
    let (company, customer) = (place(page, COMPANY).await, place(page, CUSTOMER).await);
    let hand = page.driver.action_chain_with_delay(None, Some(PAUSE));
    hand.move_to(company.0, company.1).perform().await.expect("a moved mouse");
    page.wheel(company, -240).await;
    page.still().await;
    let (zoomed, far) = (place(page, COMPANY).await, place(page, CUSTOMER).await);
    assert!(apart(zoomed, company) < 6.0, "the point below the mouse stays: {company:?}, then {zoomed:?}");
    assert!(apart(zoomed, far) > 1.1 * apart(company, customer), "the view is nearer");
    page.wheel(zoomed, 240).await;
    page.still().await;
    let empty = (company.0, company.1 + 200);
    drag(page, empty, (empty.0 + 90, empty.1 - 60), None).await;
    let panned = place(page, COMPANY).await;
    assert!(apart(panned, (company.0 + 90, company.1 - 60)) < 12.0, "panned from {company:?} to {panned:?}");
}

async fn select_both(page: &Page) {
    let (one, other) = (place(page, COMPANY).await, place(page, CUSTOMER).await);
    let (left, right) = (one.0.min(other.0) - 60, one.0.max(other.0) + 60);
    let (top, bottom) = (one.1.min(other.1) - 60, one.1.max(other.1) + 60);
    drag(page, (left, top), (right, bottom), Some(Key::Shift)).await;
    page.find_text("2 objects selected").await;
}

#[test]
fn a_source_that_is_down_takes_nothing_from_the_others() {
    transcript(async {
        let demo = Demo::start().await;
        std::fs::rename(demo.folder().join("bank.sqlite"), demo.folder().join("elsewhere.sqlite")).expect("renamed");
        let page = demo.page().await;
        demo.sign_in(&page, "/p/harbour-bank", "ingrid").await;
        page.find_text("The graph is empty").await;
        page.chord(Key::Control, "k").await;
        page.type_text("Brygga Import").await;
        page.find("listitem", "Brygga Import AS").await;
        page.find("button", "Show as table: Companies").await;
        page.find_text("Core banking: failed").await;
        page.two_pictures("source-down").await;
        std::fs::rename(demo.folder().join("elsewhere.sqlite"), demo.folder().join("bank.sqlite")).expect("renamed");
        page.chord(Key::Control, "a").await;
        page.type_text("Brygga Import AS").await;
        page.find("button", "Show as table: Customers").await;
        page.forget_complaints().await;
        page.end().await;
    });
}
