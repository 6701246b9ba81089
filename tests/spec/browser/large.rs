//! What is large: half a million rows, a question that never ends, a thousand objects laid out beside the page.

use std::time::Duration;

use serde_json::{Value, json};
use server::demo::Scale;
use thirtyfour::Key;
use tokio_postgres::NoTls;

use super::demo::Demo;
use super::page::{DEADLINE, PAUSE, Page};
use super::pictures::WIDE;
use super::{configure, pictures, transcript};
use crate::postgres::Postgres;
use crate::world::{Browser, PASSWORD, World};

/// Generous: the server under test is not optimised, and draws share the machine with it.
const LONGEST_TASK_MILLIS: f64 = 1_000.0;

#[test]
fn half_a_million_rows_scroll_and_a_thousand_objects_are_laid_out_beside_the_page() {
    transcript(async {
        let demo = Demo::start_with(&Scale::FULL).await;
        let page = demo.page().await;
        page.size(WIDE).await;
        demo.sign_in(&page, "/p/harbour-bank/table", "astrid").await;
        scroll_to_the_end(&page).await;
        filter_by_a_missing_link(&demo, &page).await;
        lay_out(&page).await;
        page.end().await;
    });
}

async fn scroll_to_the_end(page: &Page) {
    page.click("listitem", "transfers").await;
    page.choose("combobox", "Most rows", "At most 1,000,000").await;
    page.find("button", "Showing 500,000 of 500,000 · exact").await;
    page.click("row", "Row 1").await;
    page.press(Key::End).await;
    page.find("row", "Row 500000").await;
    page.pictures("large-end").await;
    page.press(Key::Home).await;
    let first = page.find("row", "Row 1").await;
    page.wheel(first.centre(), 1_000_000_000).await;
    page.find("row", "Row 500000").await;
    page.wheel(first.centre(), -1_000_000_000).await;
    page.find("row", "Row 1").await;
}

async fn filter_by_a_missing_link(demo: &Demo, page: &Page) {
    page.choose("button", "New tab", "Accounts").await;
    page.find("button", "Showing 1,000 of 30,000 · exact").await;
    page.choose("button", "+ Filter", "has no “received from”").await;
    page.find("button", "Remove has no “received from”").await;
    page.gone("button", "Stop").await;
    page.find("row", "Row 1").await;
    let entries = demo.world.audit(50).await;
    let newest = entries.iter().find(|entry| entry.call == "run_query").expect("a question");
    let asked = String::from_utf8_lossy(&newest.details).into_owned();
    assert!(asked.contains("\"linked\"") && asked.contains("\"present\":false"), "{asked}");
    page.click("button", "Remove has no “received from”").await;
    page.gone("button", "Remove has no “received from”").await;
    page.find("button", "Showing 1,000 of 30,000 · exact").await;
}

/// Every task of the page that is longer than 50 ms is noted by the browser.
const WATCH_TASKS: &str = "
    window.clewTasks = [];
    const note = (list) => window.clewTasks.push(...list.getEntries().map((entry) => entry.duration));
    new PerformanceObserver(note).observe({ type: 'longtask' });";

async fn lay_out(page: &Page) {
    page.click("row", "Row 1").await;
    page.chord(Key::Control, "a").await;
    page.find_text("1,000 selected").await;
    page.click_right("row", "Row 3").await;
    page.click("menuitem", "Put on the graph").await;
    page.click("button", "Graph").await;
    page.find_text("1,000 objects").await;
    assert_eq!(workers(page).await, 2, "the layout has a thread of its own, and so has the painter");
    page.script::<Value>(WATCH_TASKS).await;
    page.click("button", "Lay out again").await;
    page.at_rest("a thousand objects").await;
    let tasks: Vec<f64> = page.script("return window.clewTasks;").await;
    let longest = tasks.iter().copied().fold(0.0, f64::max);
    pictures::keep("large-tasks.txt", format!("longest task {longest} ms; longer than 50 ms: {tasks:?}\n").as_bytes());
    assert!(longest < LONGEST_TASK_MILLIS, "{tasks:?}");
    page.picture("large-graph").await;
}

async fn workers(page: &Page) -> usize {
    let known = page.command("Target.getTargets", json!({ "filter": [{ "type": "worker" }] })).await;
    known["targetInfos"].as_array().map_or(0, Vec::len)
}

#[test]
fn a_question_that_is_stopped_ends_at_the_source() {
    transcript(async {
        let world = World::start().await;
        let mut own = world.signed_in("mona", &["Task.Manage"]).await;
        project_with_crawl(&mut own).await;
        let page = Page::start(world.origin(), &[]).await;
        page.sign_in("/p/crawl/table", "mona", PASSWORD).await;
        for leave in [true, false] {
            page.click("listitem", "Crawls").await;
            running(true).await;
            if leave {
                page.find("button", "Stop").await;
                page.picture("large-running").await;
                page.click("button", "Stop").await;
                page.find_text("stopped").await;
                running(false).await;
                page.click("button", "Close tab: Crawls").await;
            } else {
                page.open("/").await;
                running(false).await;
            }
        }
        page.end().await;
    });
}

/// Waits until questions of ours run in the database, the rows and their count; or until none does.
async fn running(wanted: bool) {
    let address = format!("host=127.0.0.1 port={} user=postgres dbname=harbour", Postgres::shared().port);
    let (client, connection) = tokio_postgres::connect(&address, NoTls).await.expect("the database");
    let talking = tokio::spawn(connection);
    let count = "SELECT count(*) FROM pg_stat_activity
        WHERE usename = 'careful' AND state = 'active' AND query LIKE '%crawl%'";
    for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
        let running: i64 = client.query_one(count, &[]).await.expect("a count").get(0);
        if (running > 0) == wanted {
            talking.abort();
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("questions run at the source: not {wanted}");
}

/// A project with the view that takes an hour.
async fn project_with_crawl(own: &mut Browser) {
    configure::harbour();
    let made = own.call("create_project", &json!({ "id": "crawl", "name": "Crawl", "description": "" })).await;
    assert_eq!(made.verdict(), "200", "{}", made.text());
    let port = Postgres::shared().port.to_string();
    let settings = json!({ "host": "127.0.0.1", "port": port, "database": "harbour", "user": "careful", "tls": "off" });
    let source = json!({ "id": "harbour", "name": "Harbour", "kind": "postgresql", "settings": settings });
    let base = own.revision("crawl").await;
    let secrets = json!({ "password": configure::DATABASE_PASSWORD });
    let save = json!({ "project": "crawl", "base": base, "source": source, "secrets": secrets });
    let saved = own.call("save_source", &save).await;
    assert_eq!(saved.verdict(), "200", "{}", saved.text());
    let property = |id: &str, kind: &str| json!({ "id": id, "name": id, "column": id, "kind": kind });
    let crawl = json!({
        "id": "crawl", "name": "Crawl", "plural": "Crawls", "icon": "category", "colour": 0, "source": "harbour",
        "table": { "schema": "public", "name": "crawl" }, "key": ["crawl_id"], "title": "{crawl_id}",
        "properties": [property("crawl_id", "integer"), property("nap", "text")],
    });
    let base = own.revision("crawl").await;
    let change =
        json!({ "project": "crawl", "base": base, "scope": "everyone", "changes": [{ "put_object_type": crawl }] });
    let changed = own.call("change_project", &change).await;
    assert_eq!(changed.verdict(), "200", "{}", changed.text());
}
