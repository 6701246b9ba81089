//! A file that streams in from the server: counted as it comes, and saved when all of it has come.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader};
use wire::{Code, Fault};

use super::client::{chunk, send};
use super::files;
use crate::client::{HearSaving, Saving, own};
use crate::words::Word;

/// How often is told how much has come, in milliseconds.
const TELL_MS: f64 = 250.0;
/// So many bytes are handed over to the browser at once, which keeps large files on its disk and not in the page.
const PART_BYTES: u32 = 4 * 1024 * 1024;

/// Fetches a file and lets the browser save it; a file that was cut off is not saved.
pub(super) async fn fetch(
    path: &str,
    request: String,
    signal: Option<&AbortSignal>,
    hear: &mut HearSaving,
) -> Result<Saving, Fault> {
    let response = send(path, request.into_bytes(), "application/json", signal).await?;
    let disposition = response.headers().get("content-disposition").ok().flatten().unwrap_or_default();
    // `attachment; filename*=UTF-8''name`, the name in percent signs.
    let named = disposition.split_once("''").and_then(|(_, name)| js_sys::decode_uri_component(name).ok());
    let name = named.map_or_else(|| "rows.csv".to_owned(), String::from);
    let kind = response.headers().get("content-type").ok().flatten().unwrap_or_default();
    let body = response.body().ok_or_else(cut_off)?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let (parts, latest) = (Array::new(), Array::new());
    let (mut bytes, mut latest_bytes, mut told_ms) = (0_u64, 0_u32, js_sys::Date::now());
    while let Some(piece) = chunk(&JsFuture::from(reader.read()).await.map_err(|_| cut_off())?) {
        bytes += u64::from(piece.length());
        latest_bytes += piece.length();
        latest.push(&piece);
        if latest_bytes >= PART_BYTES {
            parts.push(files::blob(&latest, "")?.as_ref());
            latest.set_length(0);
            latest_bytes = 0;
        }
        let now_ms = js_sys::Date::now();
        if now_ms - told_ms >= TELL_MS {
            told_ms = now_ms;
            hear(Saving::Came(bytes));
        }
    }
    parts.push(files::blob(&latest, "")?.as_ref());
    files::save_blob(&name, &files::blob(&parts, &kind)?);
    Ok(Saving::Saved { name, bytes })
}

fn cut_off() -> Fault {
    own(Code::SourceFailed, Word::FileCutOff, Word::FileCutOffRemedy, "")
}
