//! What the screens want from the server, carried out beside the window: answers wait in a queue until the next frame takes them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use egui::Context;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use ui::app::ShellSettings;
use ui::client::{
    Client, Done, HearSaving, HearSigningIn, Saving, SigningIn, Stop, TakeFile, TakePiece, TakeShell, unreachable,
};
use wire::Fault;

use crate::program::Program;
use crate::trouble::Trouble;

/// How many answers may wait for the next frame; who brings more waits, and so does the server.
const WAITING: usize = 64;
/// The largest answer that is no stream, in bytes.
const MOST_ANSWER_BYTES: usize = 256 << 20;

/// Who waits for an answer.
enum Hears {
    Once(Done),
    Pieces(TakePiece),
    Saving(HearSaving),
    Shell(TakeShell),
    SigningIn(HearSigningIn),
    File(TakeFile),
    Later(Box<dyn FnOnce()>),
}

/// What came.
pub(super) enum Came {
    Whole(Result<Vec<u8>, Fault>),
    Piece(Result<Option<Vec<u8>>, Fault>),
    Saving(Saving),
    Shell(Result<ShellSettings, Fault>),
    SigningIn(SigningIn),
    /// A file was chosen, or none.
    File(Option<(String, Result<Vec<u8>, Fault>)>),
    Now,
}

/// The client of the native window.
pub(super) struct NativeClient {
    shared: Rc<Shared>,
    program: Arc<Program>,
    runtime: Handle,
    ctx: Context,
    tell: mpsc::Sender<(u64, Came)>,
}

/// What the window takes from in each frame.
pub(super) struct Shared {
    hears: RefCell<BTreeMap<u64, Hears>>,
    next: RefCell<u64>,
    came: RefCell<mpsc::Receiver<(u64, Came)>>,
}

impl Shared {
    fn add(&self, hears: Hears) -> u64 {
        let mut next = self.next.borrow_mut();
        *next += 1;
        self.hears.borrow_mut().insert(*next, hears);
        *next
    }

    /// Hands over what came since the last frame.
    pub(super) fn deliver(&self) {
        loop {
            let came = self.came.borrow_mut().try_recv();
            let Ok((number, came)) = came else { return };
            // Whoever hears may ask for more, so nothing is held meanwhile.
            let Some(hears) = self.hears.borrow_mut().remove(&number) else { continue };
            if let Some(goes_on) = hand_over(hears, came) {
                self.hears.borrow_mut().insert(number, goes_on);
            }
        }
    }
}

/// Gives what came to whoever waits; gives back who waits for more.
fn hand_over(hears: Hears, came: Came) -> Option<Hears> {
    match (hears, came) {
        (Hears::Once(done), Came::Whole(answer)) => done(answer),
        (Hears::Pieces(mut take), Came::Piece(piece)) => {
            let goes_on = matches!(piece, Ok(Some(_)));
            take(piece);
            return goes_on.then_some(Hears::Pieces(take));
        }
        (Hears::Saving(mut hear), Came::Saving(saving)) => {
            let goes_on = matches!(saving, Saving::Came(_));
            hear(saving);
            return goes_on.then_some(Hears::Saving(hear));
        }
        (Hears::Shell(done), Came::Shell(answer)) => done(answer),
        (Hears::SigningIn(mut hear), Came::SigningIn(heard)) => {
            let goes_on = matches!(heard, SigningIn::Began { .. });
            hear(heard);
            return goes_on.then_some(Hears::SigningIn(hear));
        }
        (Hears::File(take), Came::File(Some((name, bytes)))) => take(name, bytes),
        (Hears::Later(then), Came::Now) => then(),
        // Nothing was chosen, or it was stopped meanwhile.
        _ => {}
    }
    None
}

/// Something under way.
struct Begun {
    number: u64,
    task: JoinHandle<()>,
}

/// Ends what is under way when it is dropped.
struct Ends {
    number: u64,
    task: JoinHandle<()>,
    shared: Rc<Shared>,
}

impl Stop for Ends {}

impl Drop for Ends {
    fn drop(&mut self) {
        self.task.abort();
        self.shared.hears.borrow_mut().remove(&self.number);
    }
}

/// Tells the window what came.
#[derive(Clone)]
struct Tell {
    number: u64,
    tell: mpsc::Sender<(u64, Came)>,
    ctx: Context,
}

impl Tell {
    /// Waits while too much waits already. Nobody may be there any more, where the window is closing.
    async fn say(&self, came: Came) {
        drop(self.tell.send((self.number, came)).await);
        self.ctx.request_repaint();
    }
}

impl NativeClient {
    pub(super) fn new(program: Arc<Program>, runtime: Handle, ctx: Context) -> Self {
        let (tell, came) = mpsc::channel(WAITING);
        let shared = Shared { hears: RefCell::default(), next: RefCell::default(), came: RefCell::new(came) };
        Self { shared: Rc::new(shared), program, runtime, ctx, tell }
    }

    pub(super) fn shared(&self) -> Rc<Shared> {
        self.shared.clone()
    }

    /// Does something beside the window, which goes on whether somebody holds what is returned or not.
    fn begin<F: Future<Output = ()> + Send + 'static>(&self, hears: Hears, work: impl FnOnce(Tell) -> F) -> Begun {
        let number = self.shared.add(hears);
        let tell = Tell { number, tell: self.tell.clone(), ctx: self.ctx.clone() };
        Begun { number, task: self.runtime.spawn(work(tell)) }
    }

    /// What ends it when it is dropped.
    fn ends(&self, Begun { number, task }: Begun) -> Box<dyn Stop> {
        Box::new(Ends { number, task, shared: self.shared.clone() })
    }

    fn whole(&self, path: String, content_type: &'static str, body: Vec<u8>, done: Done) -> Begun {
        let program = self.program.clone();
        self.begin(Hears::Once(done), |tell| async move {
            let answer = async { read(program.send(&path, headers(content_type), body).await?).await };
            tell.say(Came::Whole(answer.await)).await;
        })
    }
}

impl Client for NativeClient {
    fn call(&self, name: &'static str, body: Vec<u8>, done: Done) {
        self.whole(format!("/api/call/{name}"), JSON, body, done);
    }

    fn call_until(&self, name: &'static str, body: Vec<u8>, done: Done) -> Box<dyn Stop> {
        self.ends(self.whole(format!("/api/call/{name}"), JSON, body, done))
    }

    fn stream(&self, name: &'static str, body: Vec<u8>, piece: TakePiece) -> Box<dyn Stop> {
        let program = self.program.clone();
        self.ends(self.begin(Hears::Pieces(piece), |tell| async move {
            let ended = stream(&program, &format!("/api/stream/{name}"), body, &tell).await;
            tell.say(Came::Piece(ended.map(|()| None))).await;
        }))
    }

    fn upload(&self, name: &'static str, request: String, file: Vec<u8>, done: Done) {
        self.whole(upload_path(name, &request), BYTES, file, done);
    }

    fn upload_until(&self, name: &'static str, request: String, file: Vec<u8>, done: Done) -> Box<dyn Stop> {
        self.ends(self.whole(upload_path(name, &request), BYTES, file, done))
    }

    fn read_file(&self, name: &str, done: Done) {
        let (program, name) = (self.program.clone(), name.to_owned());
        self.begin(Hears::Once(done), |tell| async move {
            tell.say(Came::Whole(program.read_file(&name).await)).await;
        });
    }

    fn download(&self, name: &'static str, request: String, hear: HearSaving) -> Box<dyn Stop> {
        let program = self.program.clone();
        self.ends(self.begin(Hears::Saving(hear), |tell| async move {
            let path = format!("/api/download/{name}");
            let saved = download(&program, &path, request.into_bytes(), &tell).await;
            tell.say(Came::Saving(saved.unwrap_or_else(Saving::Failed))).await;
        }))
    }

    fn save(&self, name: &str, _content_type: &str, bytes: Vec<u8>) {
        let name = name.to_owned();
        self.runtime.spawn(async move {
            if let Some(file) = rfd::AsyncFileDialog::new().set_file_name(&name).save_file().await
                && let Err(error) = file.write(&bytes).await
            {
                let text = format!("{name} could not be saved: {error}. Look whether the disk is full, or choose another folder.");
                rfd::AsyncMessageDialog::new().set_level(rfd::MessageLevel::Error).set_description(text).show().await;
            }
        });
    }

    fn choose_file(&self, accept: &str, chosen: TakeFile) {
        let endings: Vec<String> =
            accept.split(',').filter_map(|ending| ending.trim().strip_prefix('.')).map(str::to_owned).collect();
        self.begin(Hears::File(chosen), |tell| async move {
            let mut dialog = rfd::AsyncFileDialog::new();
            if !endings.is_empty() {
                dialog = dialog.add_filter("", &endings);
            }
            let came = match dialog.pick_file().await {
                Some(file) => Some((file.file_name(), Ok(file.read().await))),
                None => None,
            };
            tell.say(Came::File(came)).await;
        });
    }

    fn leave(&self, address: &str) {
        self.open_beside(address);
    }

    fn open_beside(&self, address: &str) {
        self.program.open_in_browser(address);
    }

    fn shell(&self) -> Option<ShellSettings> {
        Some(self.program.settings())
    }

    fn connect(&self, address: String, done: TakeShell) {
        let program = self.program.clone();
        self.begin(Hears::Shell(done), |tell| async move {
            tell.say(Came::Shell(program.connect(&address).await)).await;
        });
    }

    fn sign_in_outside(&self, hear: HearSigningIn) -> Box<dyn Stop> {
        let program = self.program.clone();
        self.ends(self.begin(Hears::SigningIn(hear), |tell| async move {
            let began = |number| {
                let tell = tell.clone();
                async move { tell.say(Came::SigningIn(SigningIn::Began { number })).await }
            };
            let ended = program.sign_in(began).await;
            tell.say(Came::SigningIn(SigningIn::Ended(ended))).await;
        }))
    }

    fn later(&self, millis: u32, then: Box<dyn FnOnce()>) -> bool {
        self.begin(Hears::Later(then), |tell| async move {
            tokio::time::sleep(std::time::Duration::from_millis(millis.into())).await;
            tell.say(Came::Now).await;
        });
        true
    }

    fn clock_time(&self) -> Option<String> {
        Some(jiff::Zoned::now().strftime("%H:%M").to_string())
    }

    fn unix_secs(&self) -> Option<i64> {
        Some(jiff::Timestamp::now().as_second())
    }

    fn language_tag(&self) -> String {
        sys_locale::get_locale().unwrap_or_else(|| "en".to_owned())
    }

    fn link_to(&self, path: &str) -> String {
        self.program.link_to(path)
    }

    fn show_address(&self, _path: &str, _replace: bool) {}
}

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

fn headers(content_type: &'static str) -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (HeaderName::from_static(wire::VERSION_HEADER), HeaderValue::from(wire::VERSION)),
    ])
}

fn upload_path(name: &str, request: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("request", request).finish();
    format!("/api/upload/{name}?{query}")
}

/// The whole of an answer.
async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, Trouble> {
    let mut whole = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| broke_off(&error))? {
        if whole.len() + piece.len() > MOST_ANSWER_BYTES {
            return Err(unreachable("the answer is too large"));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

async fn stream(program: &Program, path: &str, body: Vec<u8>, tell: &Tell) -> Result<(), Trouble> {
    let mut answer = program.send(path, headers(JSON), body).await?;
    while let Some(piece) = answer.chunk().await.map_err(|error| broke_off(&error))? {
        tell.say(Came::Piece(Ok(Some(piece.to_vec())))).await;
    }
    Ok(())
}

/// Saves what a download answers where the person wants it: first beside it, so that a file that broke off is never there.
async fn download(program: &Program, path: &str, body: Vec<u8>, tell: &Tell) -> Result<Saving, Trouble> {
    let mut answer = program.send(path, headers(JSON), body).await?;
    let name = answer.headers().get(CONTENT_DISPOSITION).and_then(|value| file_name(value.to_str().ok()?));
    let name = name.unwrap_or_else(|| "export".to_owned());
    let mut file = crate::saving::File::begin().map_err(|error| crate::saving::failed(&name, &error))?;
    while let Some(piece) = answer.chunk().await.map_err(|error| broke_off(&error))? {
        file.write(&piece).map_err(|error| crate::saving::failed(&name, &error))?;
        tell.say(Came::Saving(Saving::Came(file.len()))).await;
    }
    let bytes = file.len();
    let Some(place) = rfd::AsyncFileDialog::new().set_file_name(&name).save_file().await else {
        return Err(crate::saving::nowhere(&name));
    };
    file.end(place.path()).map_err(|error| crate::saving::failed(&name, &error))?;
    Ok(Saving::Saved { name: place.file_name(), bytes })
}

/// The name in `attachment; filename*=UTF-8''name`.
fn file_name(disposition: &str) -> Option<String> {
    let (_, escaped) = disposition.split_once("filename*=UTF-8''")?;
    let mut pairs = url::form_urlencoded::parse(escaped.as_bytes());
    let name = pairs.next()?.0.into_owned();
    // Nothing that leads elsewhere.
    let plain: String = name.chars().filter(|letter| !matches!(letter, '/' | '\\' | ':') && !letter.is_control()).collect();
    (!plain.trim_matches('.').is_empty()).then_some(plain)
}

fn broke_off(error: &reqwest::Error) -> Trouble {
    unreachable(&format!("the answer broke off: {error}"))
}
