//! The graph in Chromium without a graphics card, as large as an investigation is kept: how often a frame comes while it is
//! panned, how soon it is sharp again, and that nothing is drawn while nothing happens.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;

use crate::browser::Window;
use crate::clew::Clew;
use crate::person::Person;
use crate::report::{Report, percentile};
use crate::{Outcome, answer};

const PROJECT: &str = "harbour-bank";
const OBJECTS: usize = 5_000;
const LINKS: usize = 10_000;
/// Moves of the mouse, and what the page gets to draw one.
const MOVES: usize = 240;
const BETWEEN: Duration = Duration::from_millis(16);
const IDLE: Duration = Duration::from_secs(3);

/// `clew` is there, with its demo's project.
pub(crate) async fn measure(clew: &Clew, report: &mut Report) -> Outcome {
    let (objects, links) = keep(&clew.person().await?).await?;
    let window = Window::start(clew).await?;
    window.sign_in(clew, &format!("/p/{PROJECT}")).await?;
    window.find_text(&format!("{} objects", grouped(objects))).await?;
    window.settle().await?;
    let what = format!("graph of {objects} objects and {links} links, Chromium without a graphics card");
    pan(&window).await?.tell(&what, true, report);
    Ok(window.driver.quit().await?)
}

/// Keeps an investigation of accounts that pay each other, in a spiral so that most links are short.
async fn keep(person: &Person) -> Outcome<(usize, usize)> {
    let rows = json!({ "from": { "links": "transfer" }, "answer": { "rows": { "limit": 40_000 } } });
    let rows = answer::texts_of_rows(person.ask_in(PROJECT, &rows).await?).await?;
    let (mut places, mut links): (HashMap<String, usize>, Vec<[usize; 2]>) = (HashMap::new(), Vec::new());
    for row in rows {
        let [from, to, ..] = row.as_slice() else { continue };
        let new = [from, to].iter().filter(|key| !places.contains_key(**key)).count();
        if links.len() == LINKS || places.len() + new > OBJECTS {
            continue;
        }
        let ends = [from, to].map(|key| {
            let next = places.len();
            *places.entry(key.clone()).or_insert(next)
        });
        links.push(ends);
    }
    let mut objects: Vec<(String, usize)> = places.into_iter().collect();
    objects.sort_by_key(|(_, at)| *at);
    let kept = objects.iter().map(|(key, at)| {
        let (radius, angle) = (60.0 * (*at as f64).sqrt(), 2.399_963 * *at as f64);
        json!({ "object_type": "account", "key": [key], "x": radius * angle.cos(), "y": radius * angle.sin() })
    });
    let kept: Vec<_> = kept.collect();
    let pairs: Vec<_> = links.iter().map(|[from, to]| json!({ "link": "transfer", "from": from, "to": to })).collect();
    let work = json!({ "searches": [], "objects": kept, "links": pairs });
    person.call("keep_work", &json!({ "project": PROJECT, "work": work })).await?;
    Ok((objects.len(), links.len()))
}

/// What was seen while a graph was panned.
pub(crate) struct Panned {
    /// Between two frames, in milliseconds.
    gaps: Vec<f64>,
    /// Bytes sent to the card for each frame, and in all of what it is told to keep.
    sent: f64,
    pub(crate) kept: f64,
    /// From the last move to the last frame, in milliseconds.
    sharp: f64,
    longest_task: f64,
    /// The largest share of the pane that had no picture, where the page tells.
    pub(crate) bare: Option<f64>,
    pub(crate) idle_frames: usize,
}

/// Pans to and fro, and then does nothing.
pub(crate) async fn pan(window: &Window) -> Outcome<Panned> {
    let mouse = async |kind: &str, at: usize| window.pan(kind, 700 + (at % 80).abs_diff(40) * 8).await;
    mouse("mousePressed", 0).await?;
    window.record().await?;
    for step in 1..MOVES {
        mouse("mouseMoved", step).await?;
        tokio::time::sleep(BETWEEN).await;
    }
    let last: f64 = window.script("return performance.now();").await?;
    let times: Vec<f64> = window.script("return window.clewTimes;").await?;
    let sent: f64 = window.script("return window.clewSent;").await?;
    let kept: f64 = window.script("return window.clewKept;").await?;
    let bare: Option<f64> = window.script("return window.clewBare ?? null;").await?;
    mouse("mouseReleased", MOVES).await?;
    let gaps = times.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)).collect();
    window.settle().await?;
    let all: Vec<f64> = window.script("return window.clewTimes;").await?;
    let long: Vec<f64> = window.script("return window.clewLong;").await?;
    window.record().await?;
    tokio::time::sleep(IDLE).await;
    Ok(Panned {
        gaps,
        sent: sent / times.len().max(1) as f64,
        kept,
        sharp: all.last().copied().unwrap_or(last) - last,
        longest_task: long.iter().copied().fold(0.0, f64::max),
        bare,
        idle_frames: window.script("return window.clewFrames.length;").await?,
    })
}

impl Panned {
    pub(crate) fn frames_per_sec(&self) -> f64 {
        1_000.0 / percentile(&self.gaps, 50).max(0.1)
    }

    /// Reports it; speed and sharpness beside what is promised, where something is.
    pub(crate) fn tell(&self, what: &str, is_promised: bool, report: &mut Report) {
        let mut row = |of: &str, shown: String, promised: &'static str, is_kept: bool| {
            let what = format!("{what}: {of}");
            if is_promised { report.promise(what, shown, promised, is_kept) } else { report.add(what, shown) }
        };
        let (half, most) = (percentile(&self.gaps, 50), percentile(&self.gaps, 90));
        let shown = format!("{:.0} a second (gap p50 {half:.0} ms, p90 {most:.0} ms)", self.frames_per_sec());
        row("frames while it is panned", shown, "at least 15 a second", self.frames_per_sec() >= 15.0);
        let shown = format!("{:.0} ms", self.sharp);
        row("the last frame behind the last move", shown, "within 300 ms", self.sharp <= 300.0);
        if let Some(bare) = self.bare {
            let shown = format!("at most {:.0} % of the pane", 100.0 * bare);
            row("not drawn yet while it is panned", shown, "at most a fifth", bare <= 0.2);
        }
        report.add(
            format!("{what}: sent to the card per frame while it is panned"),
            format!("{:.0} kB", self.sent / 1e3),
        );
        report.add(format!("{what}: longest task"), format!("{:.0} ms", self.longest_task));
        let idle = self.idle_frames;
        report.promise(format!("{what}: frames in 3 s at rest"), idle.to_string(), "none", idle == 0);
    }
}

pub(crate) fn grouped(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}
