//! Addresses: an object's opens that object, back and forward walk, and what is hidden is not there.

use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::transcript;
use crate::world::{PASSWORD, project};

/// A company of the demo, by its address.
const NAME: &str = "Brygga Import AS";
const HIDDEN: &str = "Quiet harbour";

#[test]
fn an_address_leads_to_its_object_and_hides_what_is_hidden() {
    transcript(async {
        let demo = Demo::start().await;
        demo.world.add_person("own", &["Task.Manage"]).await;
        let mut own = demo.world.browser();
        own.sign_in("own", PASSWORD).await;
        let mut hidden = project("quiet", &own.person().await);
        hidden.name = HIDDEN.to_owned();
        demo.world.put_project(&hidden).await;
        let page = demo.page().await;
        demo.sign_in(&page, "/p/harbour-bank", "ingrid").await;
        let address = copied_address(&page).await;
        in_a_fresh_tab(&page, &address).await;
        back_and_forward(&page, &address).await;
        hidden_projects(&page).await;
        page.end().await;
    });
}

/// Opens a company and copies its link, as one sends it to a colleague; gives its path.
async fn copied_address(page: &Page) -> String {
    page.find_text("The graph is empty").await;
    page.chord(Key::Control, "k").await;
    page.type_text(NAME).await;
    page.click("listitem", NAME).await;
    page.find_text("Ferjeveien 12").await;
    page.click("button", "Copy link").await;
    page.find_text("The link is copied.").await;
    let link = page.clipboard().await;
    let path = link.strip_prefix(page.origin()).expect("an address of this server");
    assert!(path.starts_with("/p/harbour-bank/o/company/"), "{link}");
    path.to_owned()
}

async fn in_a_fresh_tab(page: &Page, address: &str) {
    page.fresh_tab().await;
    page.open(address).await;
    page.find("button", "Back to the graph").await;
    page.find_text(NAME).await;
    page.find_text("Ferjeveien 12").await;
    page.at(address).await;
}

async fn back_and_forward(page: &Page, address: &str) {
    page.click("button", "Back to the graph").await;
    page.at("/p/harbour-bank").await;
    page.click("button", "Table").await;
    page.at("/p/harbour-bank/table").await;
    page.find_text("Choose what to see as rows.").await;
    page.back().await;
    page.at("/p/harbour-bank").await;
    page.gone("button", "Back to the graph").await;
    page.back().await;
    page.at(address).await;
    page.find("button", "Back to the graph").await;
    page.find_text("Ferjeveien 12").await;
    page.forward().await;
    page.forward().await;
    page.at("/p/harbour-bank/table").await;
    page.find_text("Choose what to see as rows.").await;
}

async fn hidden_projects(page: &Page) {
    for path in ["/p/quiet", "/p/quiet/table", "/p/quiet/o/person/1", "/p/quiet/config/sources", "/p/no-such"] {
        page.open(path).await;
        page.find_text("This does not exist, or you have no access to it.").await;
        let told: Vec<String> = page.look().await.iter().map(ToString::to_string).collect();
        assert!(!told.join("\n").contains(HIDDEN), "{path} tells nothing: {told:#?}");
    }
    page.picture("addresses-hidden").await;
    page.open("/p/harbour-bank/o/company/no-such-number").await;
    page.find_text("This does not exist, or you have no access to it.").await;
    page.open("/p/harbour-bank/o/no-such-type/1").await;
    page.find_text("This does not exist, or you have no access to it.").await;
    page.picture("addresses-no-object").await;
    page.forget_complaints().await;
}
