//! A browser's window as a person uses it: looks, clicks, types, and fails when the page complains.

use std::path::PathBuf;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{By, Key, WebDriver};

use super::chromium::Chromium;
use super::seen::{LOOK, Seen};

/// Generous: a machine without a graphics card, with other tests beside.
const DEADLINE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// The mirror changes at most five times a second: what is the same after this long has settled.
const SETTLED: Duration = Duration::from_millis(300);

/// How long a screen at rest is watched.
const REST: Duration = Duration::from_secs(5);
/// The two sizes that are looked at, in CSS pixels.
pub(super) const WIDE: (u32, u32) = (1920, 1080);
pub(super) const NARROW: (u32, u32) = (1280, 720);

/// Colours that the system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colours {
    Dark,
    Light,
}

/// A window. Fields end in order: the session, then the browser, then its files.
pub(super) struct Page {
    driver: WebDriver,
    origin: String,
    _chromium: Chromium,
    downloads: TempDir,
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

    /// Gives the page exactly this many CSS pixels.
    pub(super) async fn size(&self, size: (u32, u32)) {
        self.screen(size, 1.0).await;
    }

    /// The same on a screen with so many pixels for one CSS pixel.
    pub(super) async fn screen(&self, (width, height): (u32, u32), scale: f64) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", screen).await;
    }

    async fn colours(&self, colours: Colours) {
        let value = if colours == Colours::Dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.command("Emulation.setEmulatedMedia", features).await;
    }

    async fn command(&self, name: &str, parameters: Value) {
        self.driver.cdp().send_raw(name, parameters).await.expect("a command of the browser");
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

    /// Waits until an element is there and no longer moves.
    pub(super) async fn find_settled(&self, role: &str, name: &str) -> Seen {
        let mut before = self.find(role, name).await;
        loop {
            tokio::time::sleep(SETTLED).await;
            let now = self.find(role, name).await;
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

    /// Acts on an element as a screen reader does, without mouse and keyboard.
    pub(super) async fn act(&self, role: &str, name: &str) {
        let element = self.find_settled(role, name).await;
        let id = element.attributes.get("id").expect("an id");
        self.script::<Value>(&format!("document.getElementById({id:?}).click(); return null;")).await;
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

    /// Types with the keyboard, wherever the cursor is. `thirtyfour::Key` gives the keys that are no letters.
    pub(super) async fn type_text(&self, text: impl AsRef<str>) {
        self.driver.action_chain().send_keys(text.as_ref()).perform().await.expect("typing");
    }

    /// Presses a letter while another key is held down.
    pub(super) async fn chord(&self, held: Key, letter: &str) {
        let hands = self.driver.action_chain().key_down(held.clone()).send_keys(letter).key_up(held);
        hands.perform().await.expect("keys");
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

    /// Counts every frame that is drawn from now on; [`Self::frames`] tells.
    pub(super) async fn count_frames(&self) {
        self.script::<Value>(
            "const gl = WebGL2RenderingContext.prototype;
             window.clewFrames = 0;
             if (!gl.clewClear) {
                 gl.clewClear = gl.clear;
                 gl.clear = function (...bits) { window.clewFrames += 1; return this.clewClear(...bits); };
             }",
        )
        .await;
    }

    pub(super) async fn frames(&self) -> u64 {
        self.script("return window.clewFrames;").await
    }

    /// Watches until nothing is drawn for five seconds: notices go away by themselves, layouts settle, then all is still.
    pub(super) async fn at_rest(&self, screen: &str) {
        self.count_frames().await;
        let mut before = self.frames().await;
        let mut drawn = Vec::new();
        for _ in 0..DEADLINE.as_secs() / REST.as_secs() {
            tokio::time::sleep(REST).await;
            let now = self.frames().await;
            drawn.push(now - before);
            before = now;
            if drawn.last() == Some(&0) {
                break;
            }
        }
        assert_eq!(drawn.last(), Some(&0), "frames of {screen} at rest, for every five seconds: {drawn:?}");
        let nowhere = self.driver.action_chain_with_delay(None, Some(PAUSE)).move_to(640, 4).move_to(642, 4);
        nowhere.perform().await.expect("a moved mouse");
        assert_ne!(self.frames().await, before, "frames are counted at all");
    }

    /// Notes of every key whether the page keeps it from the browser.
    pub(super) async fn watch_keys(&self) {
        self.script::<Value>(
            "addEventListener('keydown', (event) => { window.clewKept = event.defaultPrevented; }, true);",
        )
        .await;
    }

    pub(super) async fn is_last_key_ours(&self) -> bool {
        self.script("return window.clewKept === true;").await
    }

    /// Waits for a saved file and gives its bytes.
    pub(super) async fn saved(&self, ending: &str) -> Vec<u8> {
        for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
            let mut files = std::fs::read_dir(self.downloads.path()).expect("a folder").flatten();
            // What is not whole yet is called .crdownload.
            if let Some(file) = files.find(|file| file.path().extension().is_some_and(|known| known == ending)) {
                return std::fs::read(file.path()).expect("a file");
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.fail(&format!("no .{ending} file is saved")).await
    }

    /// Keeps pictures in both colours at both sizes; leaves it dark and as large as it was wide.
    pub(super) async fn pictures(&self, name: &str) {
        let width: u32 = self.script("return innerWidth;").await;
        for (colours, colour) in [(Colours::Light, "light"), (Colours::Dark, "dark")] {
            self.colours(colours).await;
            for size in [WIDE, NARROW] {
                self.size(size).await;
                tokio::time::sleep(Duration::from_millis(500)).await;
                self.picture(&format!("{name}-{colour}-{}", size.1)).await;
            }
        }
        self.size(if width == WIDE.0 { WIDE } else { NARROW }).await;
    }

    /// Keeps a picture under `name`, to be looked at.
    pub(super) async fn picture(&self, name: &str) {
        let folder = artifacts();
        std::fs::create_dir_all(&folder).expect("a folder");
        let picture = self.driver.screenshot_as_png().await.expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("written");
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

    async fn fail(&self, what: &str) -> ! {
        self.picture("failed").await;
        let seen: Vec<String> = self.look().await.iter().map(ToString::to_string).collect();
        let complaints = self.complaints().await;
        panic!(
            "{what}; at {}\nthe page tells:\n  {}\nthe browser complains: {complaints:#?}",
            self.path().await,
            seen.join("\n  ")
        );
    }
}

/// `CLEW_ARTIFACTS`, or a folder beside what Cargo builds.
#[expect(clippy::disallowed_methods, reason = "where pictures go is the machine's affair, not a setting of the server")]
pub(super) fn artifacts() -> PathBuf {
    let beside = || {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_clew-under-test"));
        program.ancestors().nth(2).expect("the target folder").join("artifacts")
    };
    std::env::var_os("CLEW_ARTIFACTS").map_or_else(beside, PathBuf::from)
}
