//! What hands do in the window: keys, fields, choices, other buttons of the mouse, the wheel; and readers without hands.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::page::{PAUSE, Page};
use super::seen::{Seen, node};

impl Page {
    /// Types with the keyboard, wherever the cursor is. `thirtyfour::Key` gives the keys that are no letters.
    pub(super) async fn type_text(&self, text: impl AsRef<str>) {
        self.driver.action_chain().send_keys(text.as_ref()).perform().await.expect("typing");
    }

    /// Presses a letter while another key is held down.
    pub(super) async fn chord(&self, held: Key, letter: &str) {
        let hands = self.driver.action_chain().key_down(held.clone()).send_keys(letter).key_up(held);
        hands.perform().await.expect("keys");
    }

    /// Presses one key.
    pub(super) async fn press(&self, key: Key) {
        self.driver.action_chain().key_down(key.clone()).key_up(key).perform().await.expect("a key");
    }

    /// Puts a text into a field, in place of what stood there.
    pub(super) async fn fill(&self, name: &str, text: &str) {
        self.retype("textbox", name, text).await;
        self.wait(&format!("{text:?} in {name:?}"), |seen| {
            let field = seen.iter().find(|seen| seen.is("textbox", name))?;
            (field.value.as_deref() == Some(text)).then_some(())
        })
        .await;
    }

    /// The same in a field that shows nobody what stands in it.
    pub(super) async fn fill_secret(&self, name: &str, text: &str) {
        self.retype("textbox", name, text).await;
    }

    async fn retype(&self, role: &str, name: &str, text: &str) {
        self.click(role, name).await;
        self.chord(Key::Control, "a").await;
        self.type_text(text).await;
    }

    /// Chooses a line of a menu that a button or a select opens.
    pub(super) async fn choose(&self, role: &str, name: &str, line: &str) {
        self.click(role, name).await;
        self.click("menuitem", line).await;
    }

    /// The whole name of an element whose name begins so, and says more behind it.
    pub(super) async fn beginning(&self, role: &str, begins: &str) -> String {
        let is_it = |seen: &&Seen| seen.role == role && seen.name.starts_with(begins);
        self.wait(&format!("{role} {begins}…"), |seen| seen.iter().find(is_it).map(|seen| seen.name.clone())).await
    }

    /// Clicks it.
    pub(super) async fn click_beginning(&self, role: &str, begins: &str) {
        let name = self.beginning(role, begins).await;
        self.click(role, &name).await;
    }

    /// Selects a node of the graph by a click.
    pub(super) async fn click_node(&self, named: &str) {
        let (x, y) = self.settled(&format!("the node {named}"), |seen| node(seen, named).cloned()).await.centre();
        self.click_at(x, y).await;
        self.wait(&format!("{named}, selected"), |seen| node(seen, named).filter(|seen| seen.is_selected()).cloned())
            .await;
    }

    /// Clicks an element while a key is held down, which is let go once the page has drawn what came of it.
    pub(super) async fn click_holding(&self, held: Key, role: &str, name: &str) {
        let (x, y) = self.find_settled(role, name).await.centre();
        self.driver.action_chain().key_down(held.clone()).perform().await.expect("a key");
        self.click_at(x, y).await;
        self.still().await;
        self.driver.action_chain().key_up(held).perform().await.expect("a key");
    }

    /// Clicks an element with the right button.
    pub(super) async fn click_right(&self, role: &str, name: &str) {
        let (x, y) = self.find_settled(role, name).await.centre();
        let hand = self.driver.action_chain_with_delay(None, Some(PAUSE));
        hand.move_to(x, y).context_click().perform().await.expect("a click");
    }

    /// Opens an address and signs in there, through the issuer's page.
    pub(super) async fn sign_in(&self, path: &str, name: &str, password: &str) {
        self.open(path).await;
        self.click("button", "Sign in").await;
        self.enter(name, password).await;
    }

    /// Answers the issuer's page.
    pub(super) async fn enter(&self, name: &str, password: &str) {
        self.html("input[name=password]").await;
        self.click_html("input[name=name]").await;
        self.type_text(name).await;
        self.click_html("input[name=password]").await;
        self.type_text(password).await;
        self.click_html("button").await;
    }

    /// Turns the wheel over a point, so many pixels down.
    pub(super) async fn wheel(&self, (x, y): (i64, i64), down: i64) {
        let turn = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": down });
        self.command("Input.dispatchMouseEvent", turn).await;
    }

    /// Notes of every key whether the page keeps it from the browser.
    pub(super) async fn watch_keys(&self) {
        self.script::<Value>(
            "addEventListener('keydown', (event) => { window.clewKept = event.defaultPrevented; }, true);",
        )
        .await;
    }

    pub(super) async fn is_last_key_ours(&self) -> bool {
        self.script("return window.clewKept === true;").await
    }

    /// Puts a text into a field as a screen reader does.
    pub(super) async fn act_value(&self, role: &str, name: &str, text: &str) {
        let element = self.find_settled(role, name).await;
        let id = element.attribute("id").expect("an id");
        let put = format!(
            "const field = document.getElementById({id:?});
             field.value = {text:?};
             field.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));
             return null;"
        );
        self.script::<Value>(&put).await;
    }

    /// Acts on an element as a screen reader does, without mouse and keyboard.
    pub(super) async fn act(&self, role: &str, name: &str) {
        let element = self.find_settled(role, name).await;
        let id = element.attributes.get("id").expect("an id");
        self.script::<Value>(&format!("document.getElementById({id:?}).click(); return null;")).await;
    }

    /// Asks for the menu of an element as a screen reader does.
    pub(super) async fn act_menu(&self, role: &str, name: &str) {
        let element = self.find_settled(role, name).await;
        let id = element.attributes.get("id").expect("an id");
        let ask = format!(
            "const asked = new MouseEvent('contextmenu', {{ bubbles: true, cancelable: true }});
             document.getElementById({id:?}).dispatchEvent(asked);
             return null;"
        );
        self.script::<Value>(&ask).await;
    }
}
