//! The same screens for somebody who reads Norwegian, light and small, dark and large.

use thirtyfour::Key;

use super::demo::Demo;
use super::transcript;

#[test]
fn every_screen_speaks_norwegian() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.reads("nb-NO").await;
        page.open("/").await;
        page.find("button", "Logg inn").await;
        page.two_pictures("norwegian-1-sign-in").await;
        page.click("button", "Logg inn").await;
        demo.enter(&page, "astrid").await;
        page.find("button", "Logg ut").await;
        page.two_pictures("norwegian-2-projects").await;
        page.click("listitem", "Harbour Bank").await;
        page.find_text("Grafen er tom").await;
        page.two_pictures("norwegian-3-empty").await;
        page.chord(Key::Control, "k").await;
        page.type_text("Brygga Import").await;
        page.find("button", "Vis som tabell: Companies").await;
        page.two_pictures("norwegian-4-found").await;
        page.press(Key::Enter).await;
        page.find_text("Ferjeveien 12").await;
        page.type_text("e").await;
        page.find("menu", "Utvid Brygga Import AS").await;
        page.two_pictures("norwegian-5-expand").await;
        page.click("menuitem", "customer of the bank").await;
        page.find_text("Steg 2 av 2").await;
        page.open("/p/harbour-bank/table").await;
        page.click("listitem", "Accounts").await;
        page.find_text("nøyaktig").await;
        page.two_pictures("norwegian-6-table").await;
        for (tab, said) in [
            ("Kilder", "Grenser for ett spørsmål"),
            ("Objekttyper", "Egenskaper"),
            ("Lenketyper", "Retningen betyr noe"),
            ("Tilgang", "Hva hver rolle kan"),
        ] {
            if tab == "Kilder" {
                page.click("button", "Oppsett").await;
            }
            page.click("tab", tab).await;
            page.find_text(said).await;
            page.two_pictures(&format!("norwegian-7-{}", tab.to_lowercase())).await;
        }
        page.end().await;
    });
}
