//! A server for tests of whole screens: it keeps what was sent, and answers when and what the test wants.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

pub mod bank;

use std::cell::RefCell;
use std::rc::Rc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use ui::app::{App, ShellSettings};
use ui::client::{Client, HearSaving, HearSigningIn, Inbox, Outbox, SigningIn, Stop, TakeShell};
use ui::look::{self, Theme};
use ui::picture::{Camera, Picture};
use wire::frame::Frame;
use wire::project::{ReadProject, VisibleProject};
use wire::session::{Me, WhoAmI};
use wire::source::{ReadCatalogue, SourceKinds};
use wire::{Call, Fault, Stream, Upload};

type Done = Box<dyn FnOnce(Result<Vec<u8>, Fault>)>;
type Piece = Box<dyn FnMut(Result<Option<Vec<u8>>, Fault>)>;
type Chosen = Box<dyn FnOnce(String, Result<Vec<u8>, Fault>)>;

/// A request that waits for its answer.
struct Waiting<D> {
    name: &'static str,
    body: Vec<u8>,
    done: D,
}

#[derive(Default)]
struct Kept {
    calls: Vec<Waiting<Done>>,
    streams: Vec<Waiting<Piece>>,
    uploads: Vec<Waiting<Done>>,
    files: Vec<Vec<u8>>,
    choosing: Vec<Chosen>,
    addresses: Vec<String>,
    left_for: Vec<String>,
    opened_beside: Vec<String>,
    stopped: Vec<&'static str>,
    asked_files: Vec<(String, Done)>,
    downloads: Vec<(String, String)>,
    saved: Vec<(String, Vec<u8>)>,
    later: Vec<(u32, Box<dyn FnOnce()>)>,
    asked: usize,
    /// What the browser speaks; English if it does not say.
    language: Option<&'static str>,
    /// The desktop program around the screens; none in a browser.
    shell: Option<ShellSettings>,
    connecting: Vec<(String, TakeShell)>,
    signing_in: Vec<HearSigningIn>,
}

/// The server; clones are the same one.
#[derive(Clone, Default)]
pub struct Server(Rc<RefCell<Kept>>);

struct Nothing;

/// Takes note that a request was let go.
struct Told(Server, &'static str);

impl Stop for Told {}

impl Drop for Told {
    fn drop(&mut self) {
        self.0.0.borrow_mut().stopped.push(self.1);
    }
}

impl Stop for Nothing {}

impl Client for Server {
    fn language_tag(&self) -> String {
        self.0.borrow().language.unwrap_or("en").to_owned()
    }

    fn call(&self, name: &'static str, body: Vec<u8>, done: Done) {
        let mut kept = self.0.borrow_mut();
        kept.asked += 1;
        kept.calls.push(Waiting { name, body, done });
    }

    fn stream(&self, name: &'static str, body: Vec<u8>, done: Piece) -> Box<dyn Stop> {
        let mut kept = self.0.borrow_mut();
        kept.asked += 1;
        kept.streams.push(Waiting { name, body, done });
        Box::new(Nothing)
    }

    fn upload(&self, name: &'static str, request: String, file: Vec<u8>, done: Done) {
        let mut kept = self.0.borrow_mut();
        kept.files.push(file);
        kept.uploads.push(Waiting { name, body: request.into_bytes(), done });
    }

    fn download(&self, name: &'static str, request: String, _: HearSaving) -> Box<dyn Stop> {
        self.0.borrow_mut().downloads.push((name.to_owned(), request));
        Box::new(Nothing)
    }

    fn save(&self, name: &str, _content_type: &str, bytes: Vec<u8>) {
        self.0.borrow_mut().saved.push((name.to_owned(), bytes));
    }

    fn choose_file(&self, _accept: &str, chosen: Chosen) {
        self.0.borrow_mut().choosing.push(chosen);
    }

    fn read_file(&self, name: &str, done: Done) {
        self.0.borrow_mut().asked_files.push((name.to_owned(), done));
    }

    fn call_until(&self, name: &'static str, body: Vec<u8>, done: Done) -> Box<dyn Stop> {
        self.call(name, body, done);
        Box::new(Told(self.clone(), name))
    }

    fn upload_until(&self, name: &'static str, request: String, file: Vec<u8>, done: Done) -> Box<dyn Stop> {
        self.upload(name, request, file, done);
        Box::new(Told(self.clone(), name))
    }

    fn leave(&self, address: &str) {
        self.0.borrow_mut().left_for.push(address.to_owned());
    }

    fn open_beside(&self, address: &str) {
        self.0.borrow_mut().opened_beside.push(address.to_owned());
    }

    fn shell(&self) -> Option<ShellSettings> {
        self.0.borrow().shell.clone()
    }

    fn connect(&self, address: String, done: TakeShell) {
        self.0.borrow_mut().connecting.push((address, done));
    }

    fn sign_in_outside(&self, hear: HearSigningIn) -> Box<dyn Stop> {
        self.0.borrow_mut().signing_in.push(hear);
        Box::new(Told(self.clone(), "sign_in_outside"))
    }

    fn show_address(&self, path: &str, _replace: bool) {
        self.0.borrow_mut().addresses.push(path.to_owned());
    }

    fn later(&self, millis: u32, then: Box<dyn FnOnce()>) -> bool {
        self.0.borrow_mut().later.push((millis, then));
        true
    }

    /// Half past ten on 20 November 2026.
    fn unix_secs(&self) -> Option<i64> {
        Some(1_795_170_600)
    }
}

fn taken<D>(list: &mut Vec<Waiting<D>>, name: &str) -> Option<Waiting<D>> {
    let place = list.iter().position(|waiting| waiting.name == name)?;
    Some(list.remove(place))
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> T {
    serde_json::from_slice(bytes).unwrap()
}

impl Server {
    /// Lets the time pass that something waits for; gives how many milliseconds these were, oldest first.
    pub fn pass(&self) -> Vec<u32> {
        let later = std::mem::take(&mut self.0.borrow_mut().later);
        later.into_iter().map(|(millis, then)| (millis, then()).0).collect()
    }

    /// Answers the oldest waiting call of this type; returns what was asked.
    #[track_caller]
    pub fn answer<C: Call>(&self, reply: &C::Reply) -> C {
        self.finish(Ok(serde_json::to_vec(reply).unwrap()))
    }

    /// Refuses the oldest waiting call of this type; returns what was asked.
    #[track_caller]
    pub fn refuse<C: Call>(&self, fault: Fault) -> C {
        self.finish(Err(fault))
    }

    #[track_caller]
    fn finish<C: Call>(&self, answer: Result<Vec<u8>, Fault>) -> C {
        let waiting = taken(&mut self.0.borrow_mut().calls, C::NAME);
        let Some(waiting) = waiting else { panic!("{} was not asked; waiting: {:?}", C::NAME, self.waiting()) };
        (waiting.done)(answer);
        read(&waiting.body)
    }

    /// How many calls and streams were sent so far.
    pub fn asked(&self) -> usize {
        self.0.borrow().asked
    }

    /// The names of the calls that wait.
    pub fn waiting(&self) -> Vec<&'static str> {
        self.0.borrow().calls.iter().map(|waiting| waiting.name).collect()
    }

    /// Answers the oldest waiting upload of this type; returns what was asked and the file.
    #[track_caller]
    pub fn answer_upload<U: Upload>(&self, reply: &U::Reply) -> (U, Vec<u8>) {
        let waiting = taken(&mut self.0.borrow_mut().uploads, U::NAME).expect("an upload");
        (waiting.done)(Ok(serde_json::to_vec(reply).unwrap()));
        let file = self.0.borrow_mut().files.remove(0);
        (read(&waiting.body), file)
    }

    /// Sends frames to the oldest waiting stream of this type, and ends it; returns what was asked.
    #[track_caller]
    pub fn answer_stream<S: Stream>(&self, frames: &[Frame]) -> S {
        let mut waiting = taken(&mut self.0.borrow_mut().streams, S::NAME).expect("a stream");
        (waiting.done)(Ok(Some(frames.iter().flat_map(Frame::to_bytes).collect())));
        (waiting.done)(Ok(None));
        read(&waiting.body)
    }

    /// The person chooses this file.
    #[track_caller]
    pub fn choose_file(&self, name: &str, bytes: &[u8]) {
        let chosen = self.0.borrow_mut().choosing.pop().expect("a file is asked for");
        chosen(name.to_owned(), Ok(bytes.to_vec()));
    }

    /// Answers the file of the page that was asked for first; returns its name.
    #[track_caller]
    pub fn answer_file(&self, bytes: &[u8]) -> String {
        let (name, done) = self.0.borrow_mut().asked_files.remove(0);
        done(Ok(bytes.to_vec()));
        name
    }

    /// Whether a file of the page is asked for.
    pub fn waits_for_file(&self) -> bool {
        !self.0.borrow().asked_files.is_empty()
    }

    /// The files that were asked for: of which download, and the request.
    pub fn downloads(&self) -> Vec<(String, String)> {
        self.0.borrow().downloads.clone()
    }

    /// The requests that were let go of, answered or not, in order.
    pub fn stopped(&self) -> Vec<&'static str> {
        self.0.borrow().stopped.clone()
    }

    /// What was opened in a tab beside the page.
    pub fn opened_beside(&self) -> Vec<String> {
        self.0.borrow().opened_beside.clone()
    }

    /// What the desktop program finds at the address that was entered; gives the address.
    #[track_caller]
    pub fn connected(&self, answer: Result<ShellSettings, Fault>) -> String {
        let (address, done) = self.0.borrow_mut().connecting.pop().expect("an address was entered");
        done(answer);
        address
    }

    /// What becomes of the sign-in in the system's browser.
    #[track_caller]
    pub fn signing_in(&self, what: SigningIn) {
        let mut hear = self.0.borrow_mut().signing_in.pop().expect("somebody signs in");
        let goes_on = matches!(what, SigningIn::Began { .. });
        hear(what);
        if goes_on {
            self.0.borrow_mut().signing_in.push(hear);
        }
    }

    /// The address that was shown last.
    pub fn address(&self) -> String {
        self.0.borrow().addresses.last().cloned().unwrap_or_default()
    }
}

/// The whole application on a screen, with somebody signed in.
pub struct Screen {
    pub server: Server,
    pub harness: Harness<'static>,
    camera: Camera,
}

impl Screen {
    /// Opens a page of the bank's configuration, with everything answered that it asks for first.
    pub fn open_config(page: &str, me: &Me, visible: &VisibleProject, theme: Theme) -> Self {
        let mut screen = Self::open(&format!("/p/bank/config/{page}"), me, (1280.0, 720.0), theme);
        screen.server.answer::<ReadProject>(visible);
        screen.server.answer::<SourceKinds>(&bank::kinds());
        screen.run();
        if screen.server.waiting().contains(&"read_catalogue") {
            screen.server.answer::<ReadCatalogue>(&bank::catalogue());
            screen.run();
        }
        screen
    }

    /// Opens the application at an address, `size` points large.
    pub fn open(path: &str, me: &Me, size: (f32, f32), theme: Theme) -> Self {
        let mut screen = Self::arrive(path, None, size, theme);
        screen.server.answer::<WhoAmI>(me);
        screen.run();
        screen
    }

    /// The same in a browser of some language, before the server has said who it is.
    pub fn arrive(path: &str, language: Option<&'static str>, size: (f32, f32), theme: Theme) -> Self {
        let server = Server::default();
        server.0.borrow_mut().language = language;
        Self::arrive_at(server, path, size, theme)
    }

    /// The same in the desktop program.
    pub fn in_desktop(path: &str, shell: ShellSettings, size: (f32, f32), theme: Theme) -> Self {
        let server = Server::default();
        server.0.borrow_mut().shell = Some(shell);
        Self::arrive_at(server, path, size, theme)
    }

    fn arrive_at(server: Server, path: &str, size: (f32, f32), theme: Theme) -> Self {
        let (camera, client) = (Camera::default(), server.clone());
        let (seen, path) = (camera.clone(), path.to_owned());
        let mut app: Option<App> = None;
        let harness = Harness::builder()
            .with_size(egui::vec2(size.0, size.1))
            .with_context_setup(move |ctx| {
                ctx.add_plugin(seen);
                look::install_fonts(ctx);
            })
            .allow_missing_glyphs()
            .build_ui(move |ui| {
                let outbox = || Outbox::new(Rc::new(client.clone()), Inbox::default());
                app.get_or_insert_with(|| App::new(ui.ctx(), outbox(), &path)).ui(ui);
            });
        let mut screen = Self { server, harness, camera };
        let system = if theme == Theme::Light { egui::Theme::Light } else { egui::Theme::Dark };
        screen.harness.input_mut().system_theme = Some(system);
        screen.run();
        screen
    }

    /// Draws until nothing changes.
    pub fn run(&mut self) {
        self.harness.run_ok();
    }

    /// Brings what has this label into view and clicks it.
    #[track_caller]
    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).scroll_to_me();
        self.run();
        self.harness.get_by_label(label).click();
        self.run();
    }

    /// Clicks the first of the things that have this label.
    #[track_caller]
    pub fn click_first(&mut self, label: &str) {
        self.harness.get_all_by_label(label).next().expect(label).click();
        self.run();
    }

    /// The field with this label.
    #[track_caller]
    fn field<'a>(&'a self, label: &'a str) -> egui_kittest::Node<'a> {
        let is_field = |role| matches!(role, Role::TextInput | Role::PasswordInput | Role::MultilineTextInput);
        let mut found = self.harness.query_all_by_label(label).filter(|node| is_field(node.accesskit_node().role()));
        found.next().unwrap_or_else(|| panic!("no field is called {label}"))
    }

    /// Types into the field with this label, in place of what is there, and leaves it.
    #[track_caller]
    pub fn fill(&mut self, label: &str, text: &str) {
        self.field(label).focus();
        self.run();
        self.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.run();
        self.field(label).type_text(text);
        self.run();
        self.harness.key_press(egui::Key::Tab);
        self.run();
    }

    /// Whether something has this text in its label.
    pub fn shows(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    /// Whether a field holds this text.
    pub fn shows_value(&self, text: &str) -> bool {
        self.harness.query_all_by_value(text).next().is_some()
    }

    /// What is on the screen, as a picture.
    pub fn picture(&self) -> Picture {
        self.camera.shoot(&self.harness.ctx, self.harness.output())
    }

    /// Writes a picture into the folder named by `CLEW_SHOTS` at build time.
    pub fn shot(&mut self, name: &str) {
        if let Some(folder) = option_env!("CLEW_SHOTS") {
            self.run();
            std::fs::write(format!("{folder}/{name}.png"), self.picture().to_png().unwrap()).unwrap();
        }
    }
}
