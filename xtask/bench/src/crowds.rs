//! Made-up graphs of growing size in Chromium, on a page with nothing but the canvas of the product: how it is panned, how soon
//! it is sharp again, how much of it is missing meanwhile, and rest.

use std::path::Path;
use std::time::Instant;

use crate::Outcome;
use crate::browser::Window;
use crate::drawing::{grouped, pan};
use crate::host::Host;
use crate::report::Report;

/// Objects and links; what is promised is promised of the second.
const SIZES: [[usize; 2]; 4] = [[1_000, 3_000], PROMISED, [10_000, 30_000], LARGEST];
const PROMISED: [usize; 2] = [5_000, 10_000];
const LARGEST: [usize; 2] = [100_000, 300_000];
/// What an address says for the way of a graphics card, whether there is one or not.
const ON_CARD: &str = "&card";
/// Frames a second of the largest with a graphics card: what the screen shows.
const WITH_CARD: f64 = 59.0;

/// `page` is the folder of the page with the feature `crowd`.
pub(crate) async fn measure(page: &Path, report: &mut Report) -> Outcome {
    let host = Host::start(page).await?;
    let mut has_card = false;
    for size in SIZES {
        has_card = one(&host, size, "", report).await?;
    }
    if !has_card {
        for size in SIZES {
            one(&host, size, ON_CARD, report).await?;
        }
        let [nodes, links] = LARGEST.map(grouped);
        let what =
            format!("with a graphics card, graph of {nodes} objects and {links} links: frames while it is panned");
        report.add(what, "not measured, no card here; 60 a second are aimed at");
    }
    Ok(())
}

/// `way` is [`ON_CARD`] or empty. Gives whether there is a card.
async fn one(host: &Host, size: [usize; 2], way: &str, report: &mut Report) -> Outcome<bool> {
    let window = Window::open(host.origin.clone()).await?;
    let [nodes, links] = size;
    window.driver.goto(format!("{}/?crowd={nodes}x{links}{way}", host.origin)).await?;
    let start = Instant::now();
    while !window.script::<bool>("return performance.getEntriesByName('clew started').length > 0;").await? {
        window.still_patient(start, "the page")?;
    }
    window.settle().await?;
    let has_card = !window.script::<bool>("return Boolean(window.clewDrawsInSoftware);").await?;
    let [nodes, links] = size.map(grouped);
    let with = match (has_card, way) {
        (true, _) => "with a graphics card",
        (false, ON_CARD) => "as with a graphics card, drawn in software, so that only bytes say something",
        (false, _) => "Chromium without a graphics card",
    };
    let what = format!("{with}, graph of {nodes} objects and {links} links");
    window.script::<Option<u8>>("window.clewBare = 0; return null;").await?;
    let panned = pan(&window).await?;
    if has_card && size == LARGEST {
        let frames = panned.frames_per_sec();
        let shown = format!("{frames:.0} a second");
        report.promise(format!("{what}: frames while it is panned"), shown, "60 a second", frames >= WITH_CARD);
    }
    let is_on_card = has_card || way == ON_CARD;
    panned.tell(&what, size == PROMISED && !is_on_card, report);
    if is_on_card {
        let shown = format!("{:.0} kB", panned.kept / 1e3);
        report.promise(format!("{what}: sent anew of what it keeps"), shown, "nothing", panned.kept == 0.0);
    }
    if let Ok(folder) = std::env::var("CLEW_ARTIFACTS") {
        let name = format!("crowd-{}{}.png", size.map(|number| number.to_string()).join("x"), way.replace('&', "-"));
        std::fs::write(Path::new(&folder).join(name), window.driver.screenshot_as_png().await?)?;
    }
    window.driver.quit().await?;
    Ok(has_card)
}
