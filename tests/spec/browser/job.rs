//! The whole main job on the demo's case, by mouse and keyboard: search, look, expand, take back, rows, take along.

use serde_json::Value;
use server::store::AuditFound;
use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::pictures::WIDE;
use super::seen::{Seen, node};
use super::transcript;

/// The company at which everything begins, its customer and its account.
const COMPANY: &str = "Brygga Import AS";
const ACCOUNT: &str = "99901200013";
/// The account that receives the most from it.
const NEXT: &str = "99901200021";

#[test]
fn the_whole_job_by_mouse_and_keyboard() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(WIDE).await;
        demo.sign_in(&page, "/p/harbour-bank", "astrid").await;
        open_by_keyboard(&page).await;
        look_at_object(&page).await;
        follow_the_money(&page).await;
        take_back(&page).await;
        shortest_way(&page).await;
        rows_and_graph(&page).await;
        sort_and_filter(&demo, &page).await;
        sum_and_copy(&page).await;
        take_along(&page).await;
        nothing_is_kept(&page).await;
        page.end().await;
        let calls: Vec<String> = demo.world.audit(200).await.into_iter().map(|entry| entry.call).collect();
        for call in ["search", "count_links", "expand", "run_query", "export_rows", "announce_picture"] {
            assert!(calls.iter().any(|known| known == call), "{call} is in the audit log: {calls:?}");
        }
    });
}

/// After all of that the browser holds nothing of it: no storage of any kind has an entry, and no cookie can be read.
async fn nothing_is_kept(page: &Page) {
    let kept: Value = page
        .script(
            "return Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])
               .then(([databases, caches, workers]) => ({
                 local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookie: document.cookie,
                 databases: databases.map((one) => one.name), caches, workers: workers.length, name: window.name,
                 state: JSON.stringify(history.state),
               }));",
        )
        .await;
    let nothing = serde_json::json!({
        "local": [], "session": [], "cookie": "", "databases": [], "caches": [], "workers": 0, "name": "", "state": "null",
    });
    assert_eq!(kept, nothing);
    // A script sees what is kept when there is something.
    let seen: Vec<String> =
        page.script("localStorage.setItem('planted', 'x'); const seen = Object.keys(localStorage); localStorage.clear(); return seen;").await;
    assert_eq!(seen, ["planted"]);
}

/// What the status bar says of the graph.
async fn on_graph(page: &Page, objects: usize, links: usize) {
    let word = |number, one, many| if number == 1 { one } else { many };
    let (of_objects, of_links) = (word(objects, "object", "objects"), word(links, "link", "links"));
    page.find_text(&format!("{objects} {of_objects} · {links} {of_links}")).await;
}

async fn open_by_keyboard(page: &Page) {
    page.find_text("The graph is empty").await;
    page.chord(Key::Control, "k").await;
    page.type_text("Ferjeveien 12").await;
    page.find_text("7 found").await;
    page.find("listitem", COMPANY).await;
    let highlighted = |seen: &[Seen]| seen.iter().find(|seen| seen.role == "listitem" && seen.is_selected()).cloned();
    let first = page.wait("a highlighted hit", highlighted).await;
    page.press(Key::Down).await;
    let second = page.wait("the next hit", |seen| highlighted(seen).filter(|now| now.name != first.name)).await;
    page.press(Key::Enter).await;
    page.find("button", &format!("Company {}, 0 links", second.name)).await;
    on_graph(page, 1, 0).await;
    page.chord(Key::Control, "z").await;
    page.find_text("The graph is empty").await;
    page.chord(Key::Control, "k").await;
    page.chord(Key::Control, "a").await;
    page.type_text(COMPANY).await;
    page.wait("the company first", |seen| highlighted(seen).filter(|hit| hit.name == COMPANY)).await;
    page.press(Key::Enter).await;
    page.find("button", &format!("Company {COMPANY}, 0 links")).await;
    on_graph(page, 1, 0).await;
}

async fn look_at_object(page: &Page) {
    page.press(Key::Enter).await;
    page.find("button", "Back to the graph").await;
    assert!(page.path().await.starts_with("/p/harbour-bank/o/company/"), "{}", page.path().await);
    page.find_text("Ferjeveien 12").await;
    let link = page.find("listitem", "customer of the bank").await;
    assert_eq!(link.attribute("aria-description"), Some("1"));
    page.click("listitem", "customer of the bank").await;
    page.find("cell", COMPANY).await;
    page.pictures("job-1-object").await;
    page.click("button", "Back to the graph").await;
    page.at("/p/harbour-bank").await;
    on_graph(page, 1, 0).await;
}

async fn expand(page: &Page, named: &str, link: &str) -> Seen {
    page.click_node(named).await;
    page.type_text("e").await;
    let what = format!("{link:?} with its count");
    let is_counted = |seen: &&Seen| {
        seen.is("menuitem", link) && seen.attribute("aria-description").is_some_and(|text| !text.contains('…'))
    };
    let line = page.wait(&what, |seen| seen.iter().find(is_counted).cloned()).await;
    page.click("menuitem", link).await;
    line
}

async fn follow_the_money(page: &Page) {
    expand(page, &format!("Company {COMPANY}"), "customer of the bank").await;
    on_graph(page, 2, 1).await;
    expand(page, &format!("Customer {COMPANY}"), "holds account").await;
    on_graph(page, 3, 2).await;
    let paid = expand(page, &format!("Account {ACCOUNT}"), "paid to").await;
    let told = paid.attribute("aria-description").unwrap_or_default();
    assert!(told.contains("transfers · ") && told.ends_with("accounts"), "counted before it is fetched: {told}");
    page.wait("the next account", |seen| node(seen, &format!("Account {NEXT}")).cloned()).await;
    page.pictures("job-2-money").await;
}

/// The numbers of the status bar: objects, links.
async fn counted(page: &Page) -> (usize, usize) {
    let told = page.find_text(" objects · ").await.name;
    let mut numbers = told.split(|sign: char| !sign.is_ascii_digit()).filter_map(|number| number.parse().ok());
    numbers.next().zip(numbers.next()).expect("two numbers")
}

async fn take_back(page: &Page) {
    let (objects, links) = counted(page).await;
    page.chord(Key::Control, "z").await;
    on_graph(page, 3, 2).await;
    page.chord(Key::Control, "y").await;
    on_graph(page, objects, links).await;
    page.click_beginning("button", "Undo: ").await;
    on_graph(page, 3, 2).await;
    page.click_beginning("button", "Redo: ").await;
    on_graph(page, objects, links).await;
    page.click_node(&format!("Account {NEXT}")).await;
    page.type_text("h").await;
    page.wait("one hidden", |seen| {
        let one_less = format!("{} objects", objects - 1);
        seen.iter().any(|seen| seen.name.starts_with(&one_less)).then_some(())
    })
    .await;
    page.click("button", "Show hidden").await;
    on_graph(page, objects, links).await;
}

async fn shortest_way(page: &Page) {
    page.click_node(&format!("Company {COMPANY}")).await;
    let far = page.settled("the account", |seen| node(seen, &format!("Account {NEXT}")).cloned()).await;
    page.click_holding(Key::Control, "button", &far.name).await;
    page.click("button", "Shortest way").await;
    page.find_text("The shortest way has 3 links; it is selected.").await;
    page.find_text("4 objects selected").await;
    page.picture("job-3-way").await;
}

async fn open_table(page: &Page, name: &str) {
    page.click("button", "Table").await;
    page.at("/p/harbour-bank/table").await;
    page.still().await;
    page.choose("button", "New tab", name).await;
    page.find("tab", name).await;
}

async fn rows_and_graph(page: &Page) {
    open_table(page, "Accounts").await;
    page.find("columnheader", "Account number").await;
    page.click("button", "Graph").await;
    page.click("button", "+ Filter").await;
    page.click("menuitem", "Account number").await;
    page.fill("Value", "999012000").await;
    page.click("button", "Apply").await;
    page.find("button", "Remove Account number contains 999012000").await;
    page.find("cell", NEXT).await;
    page.click_node(&format!("Account {NEXT}")).await;
    let is_row_of = |seen: &[Seen], text: &str| {
        let cell = seen.iter().find(|seen| seen.is("cell", text))?;
        let index = cell.attribute("aria-rowindex")?;
        seen.iter().find(|seen| seen.role == "row" && seen.attribute("aria-rowindex") == Some(index)).cloned()
    };
    page.wait("the row of the node", |seen| is_row_of(seen, NEXT).filter(Seen::is_selected)).await;
    page.click("cell", ACCOUNT).await;
    page.wait("the node of the row", |seen| {
        node(seen, &format!("Account {ACCOUNT}")).filter(|it| it.is_selected()).cloned()
    })
    .await;
    page.wait("the first row left", |seen| is_row_of(seen, NEXT).filter(|row| !row.is_selected())).await;
    page.pictures("job-4-rows-and-graph").await;
}

/// What the newest question of a table asked for, as the audit log has it.
async fn asked(demo: &Demo) -> Value {
    let entries = demo.world.audit(200).await;
    let of_rows = |entry: &&AuditFound| {
        let details: Value = serde_json::from_slice(&entry.details).unwrap_or_default();
        entry.call == "run_query" && details["request"]["query"]["answer"]["rows"].is_object()
    };
    let newest = entries.iter().find(of_rows).expect("a question for rows");
    serde_json::from_slice(&newest.details).unwrap_or_default()
}

async fn sort_and_filter(demo: &Demo, page: &Page) {
    open_table(page, "transfers").await;
    page.find("columnheader", "Amount").await;
    for order in ["ascending", "descending"] {
        page.still().await;
        page.click("columnheader", "Amount").await;
        page.wait(&format!("Amount, {order}"), |seen| {
            let header = seen.iter().find(|seen| seen.is("columnheader", "Amount"))?;
            (header.attribute("aria-sort") == Some(order)).then_some(())
        })
        .await;
    }
    page.click("button", "+ Filter").await;
    page.click("menuitem", "Amount").await;
    page.fill("From", "600,000").await;
    page.click("button", "Apply").await;
    page.find("button", "Remove Amount ≥ 600,000").await;
    page.wait("only what fits", |seen| {
        let amounts = column(seen, "Amount");
        (!amounts.is_empty() && amounts.iter().all(|amount| number(amount) >= 600_000.0)).then_some(())
    })
    .await;
    let asked = asked(demo).await.to_string();
    for part in ["at_least", "600000", "\"descending\":true"] {
        assert!(asked.contains(part), "{part} went to the source: {asked}");
    }
}

/// A cell as a number: `1,234.50`.
fn number(text: &str) -> f64 {
    let plain: String = text.chars().filter(|sign| sign.is_ascii_digit() || *sign == '.').collect();
    plain.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// The texts of a column, by row from above.
fn column(seen: &[Seen], title: &str) -> Vec<String> {
    let header =
        seen.iter().find(|seen| seen.is("columnheader", title)).and_then(|seen| seen.attribute("aria-colindex"));
    let cells = seen.iter().filter(|seen| seen.role == "cell" && seen.attribute("aria-colindex") == header);
    cells.map(|cell| cell.name.clone()).collect()
}

async fn sum_and_copy(page: &Page) {
    let amounts = column(&page.look().await, "Amount");
    let expected: f64 = amounts.iter().take(3).map(|amount| number(amount)).sum();
    page.click("row", "Row 1").await;
    page.click_holding(Key::Shift, "row", "Row 3").await;
    let told = page.find_text("3 selected · ").await.name;
    let (_, sum) = told.split_once("NOK ").unwrap_or_else(|| panic!("no sum by currency: {told}"));
    assert!((number(sum) - expected).abs() < 0.005, "{told} of {amounts:?}");
    page.picture("job-5-sums").await;
    page.chord(Key::Control, "c").await;
    page.find_text("3 rows copied").await;
    let pasted = page.clipboard().await;
    let lines: Vec<&str> = pasted.lines().collect();
    assert_eq!(lines.len(), 4, "titles and three rows: {pasted}");
    assert!(lines[0].contains("Amount") && lines[0].contains('\t'), "{pasted}");
    let copied: f64 = lines[1..]
        .iter()
        .flat_map(|line| line.split('\t'))
        .filter_map(|cell| cell.parse().ok())
        .filter(|n: &f64| n.fract() != 0.0 || *n >= 600_000.0)
        .filter(|n| *n < 1e9)
        .sum();
    assert!((copied - expected).abs() < 0.005, "{pasted}");
}

async fn take_along(page: &Page) {
    page.choose("button", "Export", "Table as CSV").await;
    let file = String::from_utf8(page.saved("csv").await).expect("text");
    for line in ["# Exported by: astrid", "# Project: Harbour Bank", "# Sources: Core banking", "rows, exact"] {
        assert!(file.contains(line), "{line} in {file}");
    }
    for line in ["Filters: Amount at least 600,000", "Order: Amount descending, then the key", "Text: none", "600000"] {
        assert!(file.contains(line), "what was asked stands in the file, in words and for programs: {line} in {file}");
    }
    page.choose("button", "Export", "Graph as picture (PNG)").await;
    let picture = page.saved("png").await;
    let [width, height, colours] = page.look_into(&picture).await;
    assert!(width >= 3_000 && height >= 1_800, "{width} x {height}");
    assert!(colours > 50, "{colours} colours: a graph is drawn");
}
