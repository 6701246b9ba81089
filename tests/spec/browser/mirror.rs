//! The main job through the mirror alone, as a screen reader does it: no mouse, no key, no picture.

use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::transcript;

/// The demo's project.
const PROJECT: &str = "/p/harbour-bank";
const COMPANY: &str = "Brygga Import AS";

#[test]
fn everything_can_be_done_through_the_mirror_alone() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.open("/").await;
        page.act("button", "Sign in").await;
        demo.enter(&page, "ingrid").await;
        page.act("listitem", "Harbour Bank").await;
        page.at(PROJECT).await;
        page.find_text("The graph is empty").await;
        page.act("button", "Search").await;
        page.act_value("searchbox", "Search", "Brygga Import").await;
        page.find_text("1 found").await;
        page.act("listitem", COMPANY).await;
        page.find_text("Ferjeveien 12").await;
        page.find("button", &format!("Company {COMPANY}, 0 links")).await;
        let counted = page.find("listitem", "customer of the bank").await;
        assert_eq!(counted.attribute("aria-description"), Some("1"));
        page.act("listitem", "customer of the bank").await;
        page.find("cell", COMPANY).await;
        page.act("button", "Expand").await;
        page.find_text("2 objects · 1 link").await;
        page.act("button", &format!("Customer {COMPANY}, 1 link")).await;
        page.find("listitem", "holds account").await;
        let undo = page.beginning("button", "Undo: ").await;
        page.act("button", &undo).await;
        page.find_text("1 object · 0 links").await;
        way_and_rows(&page).await;
        tree_and_keyboard(&page).await;
        page.open("/").await;
        page.act("button", "Sign out").await;
        page.find("button", "Sign in").await;
        page.end().await;
        let calls: Vec<String> = demo.world.audit(100).await.into_iter().map(|entry| entry.call).collect();
        for call in ["search", "count_links", "expand", "run_query", "export_rows"] {
            assert!(calls.iter().any(|known| known == call), "{call} is in the audit log: {calls:?}");
        }
    });
}

/// The shortest way between two, then rows: filtered, sorted, taken along.
async fn way_and_rows(page: &Page) {
    let redo = page.beginning("button", "Redo: ").await;
    page.act("button", &redo).await;
    page.find_text("2 objects · 1 link").await;
    page.act("button", &format!("Customer {COMPANY}, 1 link")).await;
    page.act_menu("button", &format!("Company {COMPANY}, 1 link")).await;
    page.act("menuitem", "Add to the selection").await;
    page.act("button", "Shortest way").await;
    page.find_text("The shortest way has 1 link; it is selected.").await;
    // Where two are selected, the side has a line for companies, as the list of tables has.
    page.act("button", &format!("Company {COMPANY}, 1 link")).await;
    page.find_text("Ferjeveien 12").await;
    page.act("button", "Table").await;
    page.act("listitem", "Companies").await;
    page.find("columnheader", "Organisation number").await;
    page.act("columnheader", "Organisation number").await;
    page.act("button", "+ Filter").await;
    page.act("menuitem", "Name").await;
    page.act_value("textbox", "Value", "Brygga").await;
    page.act("button", "Apply").await;
    page.find("button", "Remove Name contains Brygga").await;
    page.find("cell", COMPANY).await;
    page.act("button", "Export").await;
    page.act("menuitem", "Table as CSV").await;
    let rows = String::from_utf8(page.saved("csv").await).expect("text");
    assert!(rows.contains(COMPANY), "{rows}");
    page.act("button", "Graph").await;
    page.find_text("2 objects · 1 link").await;
}

/// What is in what, and what has the keyboard, as the page tells readers.
async fn tree_and_keyboard(page: &Page) {
    page.act("button", &format!("Customer {COMPANY}, 1 link")).await;
    let link = page.beginning("button", "registered as, from ").await;
    assert!(link.contains(COMPANY), "{link}");
    page.act("button", &link).await;
    page.find("button", "Show the rows").await;
    // The rows stand under the graph already: only once the graph is gone has the table the screen to itself.
    page.act("button", "Table").await;
    page.gone("group", "Graph").await;
    page.find("cell", COMPANY).await;
    // Every cell lies in a row, and every row in a table; what is named is there.
    let (owned, missing): (usize, usize) = page
        .script(
            "const all = [...document.querySelectorAll('#mirror [aria-owns]')];
             const ids = (element) => element.getAttribute('aria-owns').split(' ');
             const within = (role, child) => all.filter((element) => element.getAttribute('role') === role)
                 .flatMap(ids).filter((id) => document.getElementById(id)?.getAttribute('role') === child);
             return [Math.min(within('row', 'cell').length, within('table', 'row').length),
                 all.flatMap(ids).filter((id) => !document.getElementById(id)).length];",
        )
        .await;
    assert!(owned > 0, "no row is in a table, or no cell in a row");
    assert_eq!(missing, 0, "what is named is there");
    page.press(Key::Tab).await;
    page.wait("what has the keyboard", |seen| {
        seen.iter().find(|seen| seen.attribute("data-focused") == Some("true")).map(|_| ())
    })
    .await;
    let pointed: bool = page
        .script(
            "const id = document.activeElement.getAttribute('aria-activedescendant');
             const at = id && document.getElementById(id);
             return Boolean(at) && at.dataset.focused === 'true' && document.activeElement.closest('#mirror') === null;",
        )
        .await;
    assert!(pointed, "whatever has the page's keyboard points at what has the application's");
}
