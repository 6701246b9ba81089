//! Requests by `fetch`, answers piece by piece; dropping a stream aborts its request.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Headers, ReadableStreamDefaultReader, RequestInit, Response};
use wire::{Code, Fault};

use super::{address, download, files};
use crate::client::{Client, Done, HearSaving, Saving, Stop, TakeFile, TakePiece, own, unreachable};
use crate::words::Word;

/// The browser.
pub(super) struct BrowserClient;

/// Aborts a request when it is dropped.
struct Aborts(AbortController);

impl Stop for Aborts {}

impl Drop for Aborts {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Client for BrowserClient {
    fn call(&self, name: &'static str, body: Vec<u8>, done: Done) {
        let path = format!("/api/call/{name}");
        spawn_local(async move { done(whole(&path, body, "application/json", None).await) });
    }

    fn call_until(&self, name: &'static str, body: Vec<u8>, done: Done) -> Box<dyn Stop> {
        stoppable(format!("/api/call/{name}"), body, "application/json", done)
    }

    fn stream(&self, name: &'static str, body: Vec<u8>, mut piece: TakePiece) -> Box<dyn Stop> {
        let Ok(controller) = AbortController::new() else {
            piece(Err(unreachable("this browser cannot stop requests")));
            return Box::new(Nothing);
        };
        let signal = controller.signal();
        spawn_local(async move {
            let path = format!("/api/stream/{name}");
            match send(&path, body, "application/json", Some(&signal)).await {
                Ok(response) => pieces(&response, &mut piece).await,
                Err(fault) => piece(Err(fault)),
            }
        });
        Box::new(Aborts(controller))
    }

    fn upload(&self, name: &'static str, request: String, file: Vec<u8>, done: Done) {
        let path = upload_path(name, &request);
        spawn_local(async move { done(whole(&path, file, "application/octet-stream", None).await) });
    }

    fn upload_until(&self, name: &'static str, request: String, file: Vec<u8>, done: Done) -> Box<dyn Stop> {
        stoppable(upload_path(name, &request), file, "application/octet-stream", done)
    }

    fn read_file(&self, name: &str, done: Done) {
        let address = files::address_of(name).ok_or_else(|| unreachable(name));
        spawn_local(async move {
            done(match address {
                Ok(address) => file(&address).await,
                Err(fault) => Err(fault),
            });
        });
    }

    fn download(&self, name: &'static str, request: String, mut hear: HearSaving) -> Box<dyn Stop> {
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        spawn_local(async move {
            let ended = download::fetch(&format!("/api/download/{name}"), request, signal.as_ref(), &mut hear).await;
            hear(ended.unwrap_or_else(Saving::Failed));
        });
        stops(controller)
    }

    fn save(&self, name: &str, content_type: &str, bytes: Vec<u8>) {
        files::save(name, content_type, &bytes);
    }

    fn choose_file(&self, accept: &str, chosen: TakeFile) {
        files::choose(accept, chosen);
    }

    fn leave(&self, address: &str) {
        let left = address::window().map(|window| window.location().assign(address));
        if let Some(Err(cause)) = left {
            web_sys::console::warn_2(&"clew: the page could not be left:".into(), &cause);
        }
    }

    fn open_beside(&self, address: &str) {
        let opened = address::window().map(|window| window.open_with_url_and_target(address, "_blank"));
        if let Some(Err(cause)) = opened {
            web_sys::console::warn_2(&"clew: no tab could be opened:".into(), &cause);
        }
    }

    fn clock_time(&self) -> Option<String> {
        let now = js_sys::Date::new_0();
        Some(format!("{:02}:{:02}", now.get_hours(), now.get_minutes()))
    }

    fn unix_secs(&self) -> Option<i64> {
        Some((js_sys::Date::now() / 1_000.0) as i64)
    }

    fn later(&self, millis: u32, then: Box<dyn FnOnce()>) -> bool {
        let Some(window) = address::window() else { return false };
        let callback = Closure::once_into_js(then);
        let wait = i32::try_from(millis).unwrap_or(i32::MAX);
        window.set_timeout_with_callback_and_timeout_and_arguments_0(callback.unchecked_ref(), wait).is_ok()
    }

    fn language_tag(&self) -> String {
        address::window().and_then(|window| window.navigator().language()).unwrap_or_default()
    }

    fn link_to(&self, path: &str) -> String {
        let origin = address::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
        format!("{origin}{path}")
    }

    fn travel(&self, steps: i32) {
        address::travel(steps);
    }

    fn show_address(&self, path: &str, replace: bool) {
        address::show(path, replace);
    }
}

/// Stops nothing.
struct Nothing;

impl Stop for Nothing {}

/// Sends a request; a fault of the server's is a fault here.
pub(super) async fn send(
    path: &str,
    body: Vec<u8>,
    content_type: &str,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<Response, Fault> {
    let headers = Headers::new().map_err(|cause| lost(&cause))?;
    for (name, value) in [("content-type", content_type), (wire::VERSION_HEADER, &wire::VERSION.to_string())] {
        headers.set(name, value).map_err(|cause| lost(&cause))?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&Uint8Array::from(body.as_slice()));
    init.set_signal(signal);
    let window = address::window().ok_or_else(|| unreachable("there is no window"))?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await.map_err(|cause| lost(&cause))?;
    faultless(answer.dyn_into().map_err(|cause| lost(&cause))?).await
}

/// The answer, unless it is a fault of the server's.
async fn faultless(response: Response) -> Result<Response, Fault> {
    if response.ok() {
        return Ok(response);
    }
    let bytes = body_of(&response).await?;
    let status = response.status();
    Err(serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| own(Code::Internal, Word::ServerStatus, Word::TryAgainSentence, &status.to_string())))
}

async fn whole(
    path: &str,
    body: Vec<u8>,
    content_type: &str,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<Vec<u8>, Fault> {
    body_of(&send(path, body, content_type, signal).await?).await
}

/// Sends a request that is aborted when what is returned is dropped.
fn stoppable(path: String, body: Vec<u8>, content_type: &'static str, done: Done) -> Box<dyn Stop> {
    let controller = AbortController::new().ok();
    let signal = controller.as_ref().map(AbortController::signal);
    spawn_local(async move { done(whole(&path, body, content_type, signal.as_ref()).await) });
    stops(controller)
}

fn stops(controller: Option<AbortController>) -> Box<dyn Stop> {
    match controller {
        Some(controller) => Box::new(Aborts(controller)),
        None => Box::new(Nothing),
    }
}

fn upload_path(name: &str, request: &str) -> String {
    format!("/api/upload/{name}?request={}", String::from(js_sys::encode_uri_component(request)))
}

/// A file of the page that is only read when somebody asks for it.
async fn file(path: &str) -> Result<Vec<u8>, Fault> {
    let window = address::window().ok_or_else(|| unreachable("there is no window"))?;
    let answer = JsFuture::from(window.fetch_with_str(path)).await.map_err(|cause| lost(&cause))?;
    let response: Response = answer.dyn_into().map_err(|cause| lost(&cause))?;
    if response.ok() { body_of(&response).await } else { Err(unreachable(path)) }
}

async fn body_of(response: &Response) -> Result<Vec<u8>, Fault> {
    let buffer = response.array_buffer().map_err(|cause| lost(&cause))?;
    let buffer = JsFuture::from(buffer).await.map_err(|cause| lost(&cause))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

async fn pieces(response: &Response, piece: &mut TakePiece) {
    let Some(body) = response.body() else {
        return piece(Ok(None));
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    loop {
        let read = JsFuture::from(reader.read()).await;
        match read.map(|read| chunk(&read)) {
            Ok(Some(bytes)) => piece(Ok(Some(bytes.to_vec()))),
            Ok(None) => return piece(Ok(None)),
            Err(cause) => return piece(Err(lost(&cause))),
        }
    }
}

/// The bytes of what a reader read; none at the end.
pub(super) fn chunk(read: &JsValue) -> Option<Uint8Array> {
    let done = Reflect::get(read, &"done".into()).ok()?;
    if done.is_truthy() {
        return None;
    }
    Reflect::get(read, &"value".into()).ok()?.dyn_into().ok()
}

pub(super) fn lost(cause: &JsValue) -> Fault {
    let text = cause.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| String::from(error.message()));
    unreachable(&text)
}
