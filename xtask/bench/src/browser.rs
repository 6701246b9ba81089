//! The page in Chromium: a cold load on a thin line, and the tasks of the page while a person scrolls and pans.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::{By, WebDriver};

use crate::chromium::Chromium;
use crate::clew::{Clew, PROJECT};
use crate::database::TABLE;
use crate::person::Person;
use crate::report::{Report, percentile, spread};
use crate::seen::{LOOK, Seen};
use crate::{Outcome, answer};

const COLD_RUNS: usize = 3;
/// 10 Mbit/s, and the way to a server in the same country.
const THIN_LINE_BYTES_PER_SEC: f64 = 1_250_000.0;
const LATENCY_MILLIS: f64 = 20.0;
/// Nodes of the graph that is panned, and turns of the wheel and moves of the mouse.
const NODES: usize = 10_000;
const STEPS: usize = 300;
const PATIENCE: Duration = Duration::from_secs(60);

/// Notes how long every drawn frame keeps the page busy, every task that blocks it for long, and the bytes that go to the card,
/// apart those that it is told to keep. The page asks for the
/// next frame whether or not there is something to draw; only what clears the canvas has drawn.
const RECORDER: &str = "
    window.clewFrames = [];
    window.clewTimes = [];
    window.clewSent = 0;
    window.clewKept = 0;
    window.clewLong = [];
    const gl = WebGL2RenderingContext.prototype;
    for (const name of ['bufferData', 'bufferSubData', 'texImage2D', 'texSubImage2D']) {
        const send = gl[name];
        gl[name] = function (...given) {
            for (const one of given) if (ArrayBuffer.isView(one)) {
                window.clewSent += one.byteLength;
                if (name === 'bufferData' && given[2] === gl.STATIC_DRAW) window.clewKept += one.byteLength;
            }
            return send.apply(this, given);
        };
    }
    const clear = gl.clear;
    let drawn = false;
    gl.clear = function (...bits) { drawn = true; return clear.apply(this, bits); };
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (draw) => ask((time) => {
        const from = performance.now();
        drawn = false;
        draw(time);
        if (drawn) {
            window.clewFrames.push(performance.now() - from);
            window.clewTimes.push(time);
        }
    });
    new PerformanceObserver((list) => list.getEntries().forEach((task) => window.clewLong.push(task.duration)))
        .observe({ entryTypes: ['longtask'] });";

/// A browser's window.
pub(crate) struct Window {
    pub(crate) driver: WebDriver,
    pub(crate) origin: String,
    _chromium: Chromium,
}

/// `clew` has the project of the database already.
pub(crate) async fn measure(clew: &Clew, report: &mut Report) -> Outcome {
    let mut secs = Vec::new();
    for _ in 0..COLD_RUNS {
        secs.push(cold_load(clew).await?);
    }
    let shown = spread(&secs, "s");
    let what = "cold load at 10 Mbit/s, until the sign-in button has answered a click";
    report.promise(what, shown, "within 3 s", percentile(&secs, 100) <= 3.0);
    keep_many_nodes(&clew.person().await?).await?;
    let window = Window::start(clew).await?;
    window.sign_in(clew, &format!("/p/{PROJECT}/table")).await?;
    scroll(&window, report).await?;
    pan(&window, report).await?;
    Ok(window.driver.quit().await?)
}

/// A browser that has never been here opens the page and signs in; seconds until the issuer's page is asked for.
async fn cold_load(clew: &Clew) -> Outcome<f64> {
    let window = Window::start(clew).await?;
    window.command("Network.enable", json!({})).await?;
    let line = json!({
        "offline": false, "latency": LATENCY_MILLIS,
        "downloadThroughput": THIN_LINE_BYTES_PER_SEC, "uploadThroughput": THIN_LINE_BYTES_PER_SEC,
    });
    window.command("Network.emulateNetworkConditions", line).await?;
    let start = Instant::now();
    window.driver.goto(&window.origin).await?;
    window.click("button", "Sign in").await?;
    while window.driver.current_url().await?.path() != "/issuer/authorize" {
        window.still_patient(start, "the issuer's page")?;
    }
    let took = start.elapsed().as_secs_f64();
    window.driver.quit().await?;
    Ok(took)
}

/// Keeps an investigation with so many accounts, as the page itself does; the next page that opens shows it.
async fn keep_many_nodes(person: &Person) -> Outcome {
    let rows = json!({ "rows": { "limit": NODES } });
    let keys = answer::first_texts(
        person.ask_in("harbour-bank", &json!({ "from": { "objects": "account" }, "answer": rows })).await?,
    )
    .await?;
    let place = |at: usize| ((at % 100) as f64 * 60.0, (at / 100) as f64 * 60.0);
    let objects = keys.iter().enumerate().map(|(at, key)| {
        let (x, y) = place(at);
        json!({ "object_type": "account", "key": [key], "x": x, "y": y })
    });
    let work = json!({ "searches": [], "objects": Vec::from_iter(objects), "links": [] });
    person.call("keep_work", &json!({ "project": "harbour-bank", "work": work })).await?;
    Ok(())
}

/// The million rows of the database in one table, scrolled with the wheel.
async fn scroll(window: &Window, report: &mut Report) -> Outcome {
    window.click("listitem", TABLE).await?;
    window.find("columnheader", "amount").await?;
    window.click("combobox", "Most rows").await?;
    window.click("menuitem", "At most 1,000,000").await?;
    window.find_text("Showing 1,000,000 of 1,000,000").await?;
    window.settle().await?;
    window.record().await?;
    for step in 0..STEPS {
        let down = if step % 100 < 80 { 700 } else { -2_000 };
        let wheel = json!({ "type": "mouseWheel", "x": 700, "y": 500, "deltaX": 0, "deltaY": down });
        window.command("Input.dispatchMouseEvent", wheel).await?;
    }
    window.tell("table of 1,000,000 rows, scrolled with the wheel", report).await
}

/// The graph of [`NODES`] nodes, dragged to and fro.
async fn pan(window: &Window, report: &mut Report) -> Outcome {
    window.driver.goto(format!("{}/p/harbour-bank", window.origin)).await?;
    window.find_text("10,000 objects").await?;
    window.settle().await?;
    window.record().await?;
    let mouse = async |kind: &str, at: usize| window.pan(kind, 700 + (at % 100).abs_diff(50) * 6).await;
    mouse("mousePressed", 0).await?;
    for step in 1..STEPS {
        mouse("mouseMoved", step).await?;
    }
    mouse("mouseReleased", 0).await?;
    window.tell("graph of 10,000 nodes, panned", report).await
}

impl Window {
    pub(crate) async fn start(clew: &Clew) -> Outcome<Self> {
        Self::open(clew.origin()).await
    }

    /// A window for whatever is served there.
    pub(crate) async fn open(origin: String) -> Outcome<Self> {
        let chromium = Chromium::start();
        let driver = chromium.open(Path::new("/nonexistent"), &[]).await;
        let window = Self { driver, origin, _chromium: chromium };
        let screen = json!({ "width": 1920, "height": 1080, "deviceScaleFactor": 1.0, "mobile": false });
        window.command("Emulation.setDeviceMetricsOverride", screen).await?;
        window.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": RECORDER })).await?;
        Ok(window)
    }

    pub(crate) async fn sign_in(&self, clew: &Clew, path: &str) -> Outcome {
        let (name, password) = clew.sign_in_of("astrid")?;
        self.driver.goto(format!("{}{path}", self.origin)).await?;
        self.click("button", "Sign in").await?;
        let start = Instant::now();
        while self.driver.find(By::Css("input[name=password]")).await.is_err() {
            self.still_patient(start, "the issuer's page")?;
        }
        self.driver.find(By::Css("input[name=name]")).await?.send_keys(name).await?;
        self.driver.find(By::Css("input[name=password]")).await?.send_keys(password).await?;
        Ok(self.driver.find(By::Css("button")).await?.click().await?)
    }

    pub(crate) async fn command(&self, name: &str, parameters: Value) -> Outcome<Value> {
        Ok(self.driver.cdp().send_raw(name, parameters).await?)
    }

    pub(crate) async fn script<T: DeserializeOwned>(&self, script: &str) -> Outcome<T> {
        Ok(self.driver.execute(script, Vec::new()).await?.convert()?)
    }

    async fn find(&self, role: &str, name: &str) -> Outcome<Seen> {
        self.wait(name, |seen| seen.is(role, name)).await
    }

    pub(crate) async fn find_text(&self, text: &str) -> Outcome<Seen> {
        self.wait(text, |seen| seen.name.contains(text)).await
    }

    async fn wait(&self, what: &str, is_it: impl Fn(&Seen) -> bool) -> Outcome<Seen> {
        let start = Instant::now();
        loop {
            let all: Vec<Seen> = self.script(LOOK).await?;
            if let Some(seen) = all.iter().find(|seen| is_it(seen)) {
                return Ok(seen.clone());
            }
            if self.still_patient(start, what).is_err() {
                let all = Vec::from_iter(all.iter().map(ToString::to_string));
                return Err(format!("{what} does not come; the page tells:\n  {}", all.join("\n  ")).into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn click(&self, role: &str, name: &str) -> Outcome {
        let (x, y) = self.find(role, name).await?.centre();
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1 });
            self.command("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// The middle button goes down, moves or comes up at this column of the screen.
    pub(crate) async fn pan(&self, kind: &str, x: usize) -> Outcome<Value> {
        let button = if kind == "mouseMoved" { "none" } else { "middle" };
        let buttons = if kind == "mouseReleased" { 0 } else { 4 };
        let event = json!({ "type": kind, "x": x, "y": 500, "button": button, "buttons": buttons, "clickCount": 1 });
        self.command("Input.dispatchMouseEvent", event).await
    }

    /// Waits until nothing has been drawn for a second.
    pub(crate) async fn settle(&self) -> Outcome {
        let start = Instant::now();
        let mut before = usize::MAX;
        loop {
            let now: usize = self.script("return window.clewFrames.length;").await?;
            if now == before {
                return Ok(());
            }
            before = now;
            self.still_patient(start, "rest")?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    pub(crate) async fn record(&self) -> Outcome {
        let none = "window.clewFrames.length = window.clewTimes.length = window.clewLong.length = 0; window.clewSent = window.clewKept = 0;";
        self.script::<Value>(&format!("{none} return null;")).await.map(drop)
    }

    /// Reports the frames and the long tasks since [`Self::record`].
    async fn tell(&self, what: &str, report: &mut Report) -> Outcome {
        self.settle().await?;
        let frames: Vec<f64> = self.script("return window.clewFrames;").await?;
        let long: Vec<f64> = self.script("return window.clewLong;").await?;
        let (half, most) = (percentile(&frames, 50), percentile(&frames, 99));
        let longest = long.iter().chain(&frames).copied().fold(0.0, f64::max);
        let what = format!("Chromium without a graphics card, {what}");
        let shown = format!("{} frames, p50 {half:.1} ms, p99 {most:.1} ms", frames.len());
        report.promise(format!("{what}: the page's part of a frame"), shown, "p99 at most 16 ms", most <= 16.0);
        let shown = format!("{longest:.0} ms, {} over 50 ms", long.len());
        report.promise(format!("{what}: longest task"), shown, "none over 100 ms", longest <= 100.0);
        Ok(())
    }

    pub(crate) fn still_patient(&self, start: Instant, what: &str) -> Outcome {
        if start.elapsed() < PATIENCE { Ok(()) } else { Err(format!("{what} does not come").into()) }
    }
}
