//! Frames: whether a screen at rest draws none.

use std::time::Duration;

use serde_json::Value;

use super::page::{DEADLINE, PAUSE, Page};

/// How long a screen at rest is watched.
const REST: Duration = Duration::from_secs(5);

/// How long nothing is drawn by a page that is still.
const MOMENT: Duration = Duration::from_millis(300);

impl Page {
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

    /// Waits until nothing is drawn for a moment: menus are open, objects have found their places.
    pub(super) async fn still(&self) {
        self.count_frames().await;
        let mut before = u64::MAX;
        for _ in 0..DEADLINE.as_millis() / MOMENT.as_millis() {
            let now = self.frames().await;
            if now == before {
                return;
            }
            before = now;
            tokio::time::sleep(MOMENT).await;
        }
        self.fail("the page is never still").await;
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
}
