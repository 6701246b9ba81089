//! What the window looks like: its size, colours and language, and pictures of it, for looking at.

use std::path::PathBuf;

use serde_json::json;

use super::page::Page;

/// The two sizes that are looked at, in CSS pixels.
pub(super) const WIDE: (u32, u32) = (1920, 1080);
pub(super) const NARROW: (u32, u32) = (1280, 720);

/// Colours that the system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    Dark,
    Light,
}

impl Page {
    /// Gives the page exactly this many CSS pixels.
    pub(super) async fn size(&self, size: (u32, u32)) {
        self.screen(size, 1.0).await;
    }

    /// The same on a screen with so many pixels for one CSS pixel.
    pub(super) async fn screen(&self, (width, height): (u32, u32), scale: f64) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", screen).await;
    }

    pub(super) async fn colours(&self, colours: Colours) {
        let value = if colours == Colours::Dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.command("Emulation.setEmulatedMedia", features).await;
    }

    /// The language that the person has told the browser, from the next page on.
    pub(super) async fn reads(&self, language: &str) {
        let agent: String = self.script("return navigator.userAgent;").await;
        let told = json!({ "userAgent": agent, "acceptLanguage": language });
        self.command("Emulation.setUserAgentOverride", told).await;
    }

    /// Keeps pictures in both colours at both sizes; leaves it dark and as large as it was wide.
    pub(super) async fn pictures(&self, name: &str) {
        let (light, dark) = (Colours::Light, Colours::Dark);
        self.pictures_of(name, &[(light, WIDE), (light, NARROW), (dark, WIDE), (dark, NARROW)]).await;
    }

    /// Two of the four.
    pub(super) async fn two_pictures(&self, name: &str) {
        self.pictures_of(name, &[(Colours::Light, NARROW), (Colours::Dark, WIDE)]).await;
    }

    async fn pictures_of(&self, name: &str, looks: &[(Colours, (u32, u32))]) {
        let width: u32 = self.script("return innerWidth;").await;
        for (colours, size) in looks {
            self.colours(*colours).await;
            self.size(*size).await;
            self.still().await;
            let colour = if *colours == Colours::Light { "light" } else { "dark" };
            self.picture(&format!("{name}-{colour}-{}", size.1)).await;
        }
        self.size(if width == WIDE.0 { WIDE } else { NARROW }).await;
    }

    /// Keeps a picture under `name`, to be looked at.
    pub(super) async fn picture(&self, name: &str) {
        let picture = self.driver.screenshot_as_png().await.expect("a picture");
        keep(&format!("{name}.png"), &picture);
    }
}

/// Keeps something of this run, to be looked at.
pub(super) fn keep(name: &str, content: &[u8]) {
    let folder = artifacts();
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), content).expect("written");
}

/// `CLEW_ARTIFACTS`, or a folder beside what Cargo builds.
#[expect(clippy::disallowed_methods, reason = "where pictures go is the machine's affair, not a setting of the server")]
fn artifacts() -> PathBuf {
    let beside = || {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_clew-under-test"));
        program.ancestors().nth(2).expect("the target folder").join("artifacts")
    };
    std::env::var_os("CLEW_ARTIFACTS").map_or_else(beside, PathBuf::from)
}
