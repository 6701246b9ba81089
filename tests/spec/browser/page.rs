//! A browser's window as a person uses it: looks, waits, clicks, and fails when the page complains.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;
use thirtyfour::{By, WebDriver};

use super::chromium::Chromium;
use super::pictures::{Colours, NARROW};
use super::seen::{LOOK, Seen};

/// Generous: a machine without a graphics card, with other tests beside.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);
/// Between two looks.
pub(super) const PAUSE: Duration = Duration::from_millis(100);
/// The mirror changes at most five times a second: what is the same after this long has settled.
const SETTLED: Duration = Duration::from_millis(250);

/// Who has the keyboard, in the page and in the application.
const KEYBOARD: &str = "const at = document.activeElement;
    const within = at.getAttribute('aria-activedescendant');
    return `${at.tagName} ${at.id}, within it ${within}; hidden ${document.hidden}, focus ${document.hasFocus()}`;";

/// A window. Fields end in order: the session, then the browser, then its files.
pub(super) struct Page {
    pub(super) driver: WebDriver,
    origin: String,
    _chromium: Chromium,
    pub(super) downloads: TempDir,
}

impl Page {
    /// A window of 1280 by 720 in dark colours, at nothing yet; the browser gets further flags.
    pub(super) async fn start(origin: String, flags: &[&str]) -> Self {
        let chromium = Chromium::start();
        let downloads = tempfile::tempdir().expect("a folder");
        let driver = chromium.open(downloads.path(), flags).await;
        let page = Self { driver, origin, _chromium: chromium, downloads };
        page.size(NARROW).await;
        page.colours(Colours::Dark).await;
        page
    }

    /// Ends the browser in order; what the page complained of since the last look fails here.
    pub(super) async fn end(self) {
        self.no_complaints().await;
        self.driver.quit().await.expect("the browser ends");
    }

    /// Where the page comes from.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Opens a tab of its own, and goes there.
    pub(super) async fn fresh_tab(&self) {
        let tab = self.driver.new_tab().await.expect("a tab");
        self.driver.switch_to_window(tab).await.expect("a tab");
    }

    /// Types an address of the server into the address bar.
    pub(super) async fn open(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.origin)).await.expect("an address");
    }

    pub(super) async fn back(&self) {
        self.driver.back().await.expect("back");
    }

    pub(super) async fn forward(&self) {
        self.driver.forward().await.expect("forward");
    }

    /// The path of the address bar.
    pub(super) async fn path(&self) -> String {
        self.driver.current_url().await.expect("an address").path().to_owned()
    }

    /// Tells the browser itself something, by its debugging protocol; gives its answer.
    pub(super) async fn command(&self, name: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(name, parameters).await.expect("a command of the browser")
    }

    /// Runs a script in the page.
    pub(super) async fn script<T: DeserializeOwned>(&self, script: &str) -> T {
        let answer = self.driver.execute(script, Vec::new()).await.expect("a script");
        answer.convert().expect("an answer")
    }

    /// Everything that the page tells, in reading order.
    pub(super) async fn look(&self) -> Vec<Seen> {
        self.script(LOOK).await
    }

    /// Waits until `found` finds something in what the page tells.
    pub(super) async fn wait<T>(&self, what: &str, found: impl Fn(&[Seen]) -> Option<T>) -> T {
        for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
            if let Some(found) = found(&self.look().await) {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.fail(&format!("{what} does not come")).await
    }

    /// Waits for an element.
    pub(super) async fn find(&self, role: &str, name: &str) -> Seen {
        let what = format!("{role} {name:?}");
        self.wait(&what, |seen| seen.iter().find(|seen| seen.is(role, name)).cloned()).await
    }

    /// Waits for a text, wherever it stands.
    pub(super) async fn find_text(&self, text: &str) -> Seen {
        let what = format!("the text {text:?}");
        self.wait(&what, |seen| seen.iter().find(|seen| seen.name.contains(text)).cloned()).await
    }

    /// Waits until an element has gone.
    pub(super) async fn gone(&self, role: &str, name: &str) {
        let what = format!("the end of {role} {name:?}");
        self.wait(&what, |seen| (!seen.iter().any(|seen| seen.is(role, name))).then_some(())).await;
    }

    /// Waits until a text stands nowhere any more.
    pub(super) async fn gone_text(&self, text: &str) {
        let what = format!("the end of the text {text:?}");
        self.wait(&what, |seen| (!seen.iter().any(|seen| seen.name.contains(text))).then_some(())).await;
    }

    /// Waits until an element is there and no longer moves.
    pub(super) async fn find_settled(&self, role: &str, name: &str) -> Seen {
        self.settled(&format!("{role} {name:?}"), |seen| seen.iter().find(|seen| seen.is(role, name)).cloned()).await
    }

    /// Waits until `found` finds an element, and the same at the same place a moment later.
    pub(super) async fn settled(&self, what: &str, found: impl Fn(&[Seen]) -> Option<Seen>) -> Seen {
        let mut before = self.wait(what, &found).await;
        loop {
            tokio::time::sleep(SETTLED).await;
            let now = self.wait(what, &found).await;
            if now.bounds == before.bounds {
                return now;
            }
            before = now;
        }
    }

    /// Clicks the middle of an element with the mouse.
    pub(super) async fn click(&self, role: &str, name: &str) {
        let (x, y) = self.find_settled(role, name).await.centre();
        self.click_at(x, y).await;
    }

    /// Moves the mouse and clicks, as a hand does: the page sees the pointer arrive before it is pressed.
    pub(super) async fn click_at(&self, x: i64, y: i64) {
        let hand = self.driver.action_chain_with_delay(None, Some(PAUSE));
        hand.move_to(x, y).click().perform().await.expect("a click");
    }

    /// Clicks something of a page that is not drawn on the canvas: the issuer's.
    pub(super) async fn click_html(&self, selector: &str) {
        self.driver.find(By::Css(selector)).await.expect("an element").click().await.expect("a click");
    }

    /// Waits for something of a page that is not drawn on the canvas, and gives its text.
    pub(super) async fn html(&self, selector: &str) -> String {
        for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
            if let Ok(element) = self.driver.find(By::Css(selector)).await {
                return element.text().await.expect("its text");
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.fail(&format!("{selector} does not come")).await
    }

    /// Waits for an address.
    pub(super) async fn at(&self, path: &str) {
        for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
            if self.path().await == path {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.fail(&format!("the address is {}, not {path}", self.path().await)).await;
    }

    /// Goes to the tab that opened last, once there are so many.
    pub(super) async fn newest_tab(&self, tabs: usize) {
        for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
            let windows = self.driver.windows().await.expect("tabs");
            if let Some(window) = windows.last().filter(|_| windows.len() == tabs) {
                self.driver.switch_to_window(window.clone()).await.expect("a tab");
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("there are not {tabs} tabs");
    }

    /// Fails when the page complained: a panic, a refused resource, anything that the browser calls an error.
    pub(super) async fn no_complaints(&self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "the page complains:\n{}", complaints.join("\n"));
    }

    /// Drops what the page complained of so far, where a transcript has made it complain.
    pub(super) async fn forget_complaints(&self) {
        drop(self.complaints().await);
    }

    async fn complaints(&self) -> Vec<String> {
        let log = self.driver.browser_log().await.unwrap_or_default();
        let bad = ["panicked", "start failed", "Content Security Policy", "Refused to"];
        // Who is signed in is asked before anybody is.
        let expected = |text: &str| text.contains("/api/call/who_am_i") && text.contains(" 401 ");
        log.into_iter()
            .filter(|entry| entry.level == "SEVERE" || bad.iter().any(|bad| entry.message.contains(bad)))
            .map(|entry| entry.message)
            .filter(|text| !expected(text))
            .collect()
    }

    pub(super) async fn fail(&self, what: &str) -> ! {
        self.picture("failed").await;
        let seen: Vec<String> = self.look().await.iter().map(ToString::to_string).collect();
        let complaints = self.complaints().await;
        let keyboard: String = self.script(KEYBOARD).await;
        panic!(
            "{what}; at {}\nthe keyboard is at {keyboard}\nthe page tells:\n  {}\nthe browser complains: {complaints:#?}",
            self.path().await,
            seen.join("\n  ")
        );
    }
}
