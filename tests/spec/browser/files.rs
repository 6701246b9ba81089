//! Files that the page takes and saves, and the clipboard.

use std::path::Path;

use base64::Engine as _;
use serde_json::{Value, json};

use super::page::{DEADLINE, PAUSE, Page};

/// Remembers the field that asks for a file; the dialog itself belongs to the system and is answered by the browser.
const WATCH: &str = "
    const click = HTMLInputElement.prototype.click;
    HTMLInputElement.prototype.click = function () { window.clewAsked = this; return click.call(this); };";

impl Page {
    /// From now on no dialog of the system opens when the page asks for a file: [`Self::give_file`] answers.
    pub(super) async fn expect_file(&self) {
        self.command("Page.setInterceptFileChooserDialog", json!({ "enabled": true })).await;
        self.script::<Value>(WATCH).await;
    }

    /// Waits until the page asks for a file, and gives it this one.
    pub(super) async fn give_file(&self, file: &Path) {
        for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
            let asked = self.command("Runtime.evaluate", json!({ "expression": "window.clewAsked" })).await;
            if let Some(field) = asked["result"]["objectId"].as_str() {
                self.command("DOM.setFileInputFiles", json!({ "files": [file], "objectId": field })).await;
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.fail("the page asks for no file").await;
    }

    /// Waits for a saved file and gives its bytes.
    pub(super) async fn saved(&self, ending: &str) -> Vec<u8> {
        for _ in 0..DEADLINE.as_millis() / PAUSE.as_millis() {
            let mut files = std::fs::read_dir(self.downloads.path()).expect("a folder").flatten();
            // What is not whole yet is called .crdownload.
            if let Some(file) = files.find(|file| file.path().extension().is_some_and(|known| known == ending)) {
                return std::fs::read(file.path()).expect("a file");
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.fail(&format!("no .{ending} file is saved")).await
    }

    /// Opens a picture in the browser: its width, its height, and how many colours are in it.
    pub(super) async fn look_into(&self, picture: &[u8]) -> [u64; 3] {
        let read = "const [text, done] = arguments;
            const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
            createImageBitmap(new Blob([bytes])).then((image) => {
                const { width, height } = image;
                const pen = new OffscreenCanvas(width, height).getContext('2d');
                pen.drawImage(image, 0, 0);
                const pixels = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
                done([width, height, new Set(pixels).size]);
            }, () => done([0, 0, 0]));";
        let text = base64::engine::general_purpose::STANDARD.encode(picture);
        let answer = self.driver.execute_async(read, vec![json!(text)]).await.expect("a script");
        answer.convert().expect("three numbers")
    }

    /// Copies a text, as another program would.
    pub(super) async fn put_on_clipboard(&self, text: &str) {
        let may = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.command("Browser.grantPermissions", may).await;
        let write = "const [text, done] = arguments;
            navigator.clipboard.writeText(text).then(() => done(''), (cause) => done(`refused: ${cause}`));";
        let answer = self.driver.execute_async(write, vec![json!(text)]).await.expect("a script");
        assert_eq!(answer.convert::<String>().expect("text"), "");
    }

    /// What was copied, as another program would paste it.
    pub(super) async fn clipboard(&self) -> String {
        let may = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.command("Browser.grantPermissions", may).await;
        let read = "const done = arguments[0];
            navigator.clipboard.readText().then(done, (cause) => done(`refused: ${cause}`));";
        let answer = self.driver.execute_async(read, Vec::new()).await.expect("a script");
        answer.convert().expect("text")
    }
}
