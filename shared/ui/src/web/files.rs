//! Files in and out of the browser.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlInputElement, Url};

use wire::Fault;

use super::{address, client};
use crate::client::{TakeFile, unreachable};

/// Where a file of the page lies that is only fetched when it is needed; none where the page was packed without it.
pub(super) fn address_of(name: &str) -> Option<String> {
    let files = Reflect::get(&js_sys::global(), &"clewFiles".into()).ok()?;
    Reflect::get(&files, &name.into()).ok()?.as_string()
}

/// Lets the browser follow a link, to save what is behind it under `name`.
pub(super) fn follow_link(address: &str, name: &str) {
    let element = address::window().and_then(|window| window.document()).map(|page| page.create_element("a"));
    let Some(Ok(element)) = element else { return };
    let Ok(link) = element.dyn_into::<HtmlAnchorElement>() else { return };
    link.set_href(address);
    link.set_download(name);
    link.click();
}

/// Lets the browser save bytes under a name.
pub(super) fn save(name: &str, content_type: &str, bytes: &[u8]) {
    match blob(&Array::of1(&Uint8Array::from(bytes)), content_type) {
        Ok(blob) => save_blob(name, &blob),
        Err(fault) => web_sys::console::warn_1(&format!("clew: the file could not be saved: {fault}").into()),
    }
}

/// A file's content, made of bytes or of such contents.
pub(super) fn blob(parts: &JsValue, content_type: &str) -> Result<Blob, Fault> {
    let kind = BlobPropertyBag::new();
    kind.set_type(content_type);
    Blob::new_with_blob_sequence_and_options(parts, &kind).map_err(|cause| client::lost(&cause))
}

/// Lets the browser save a file's content under a name.
pub(super) fn save_blob(name: &str, blob: &Blob) {
    let address = Url::create_object_url_with_blob(blob);
    match address {
        Ok(address) => {
            follow_link(&address, name);
            // The browser has taken hold of it by the next task; it must not stay for ever.
            let forget = Closure::once_into_js(move || Url::revoke_object_url(&address));
            let later = address::window().map(|window| {
                window.set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), 60_000)
            });
            if !matches!(later, Some(Ok(_))) {
                web_sys::console::warn_1(&"clew: a saved file stays in memory".into());
            }
        }
        Err(cause) => web_sys::console::warn_2(&"clew: the file could not be saved:".into(), &cause),
    }
}

/// Asks the person for a file.
pub(super) fn choose(accept: &str, chosen: TakeFile) {
    let element = address::window().and_then(|window| window.document()).map(|page| page.create_element("input"));
    let Some(Ok(element)) = element else { return };
    let Ok(input) = element.dyn_into::<HtmlInputElement>() else { return };
    input.set_type("file");
    input.set_accept(accept);
    let field = input.clone();
    let changed = Closure::once_into_js(move || {
        let Some(file) = field.files().and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            let bytes = JsFuture::from(file.array_buffer()).await;
            let bytes = bytes.map(|buffer| Uint8Array::new(&buffer).to_vec());
            chosen(file.name(), bytes.map_err(|_| unreachable("the file cannot be read")));
        });
    });
    input.set_onchange(Some(changed.unchecked_ref()));
    input.click();
}
