//! A small bank, and a client that answers for it with the frames that a server would send.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod answers;
mod bank;
mod frames;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use serde::Serialize;
use serde_json::Value;
use ui::app::{App, Command};
use ui::client::{Client, HearSaving, Inbox, Outbox, Saving, Stop, TakePiece};
use ui::look;
use ui::picture::Camera;
use wire::{Code, Fault};

pub use bank::{Bank, id};

/// What was asked of the fake server, oldest first.
pub type Asked = Rc<RefCell<Vec<(String, Value)>>>;

/// A saved file: name and bytes.
pub type Saved = Rc<RefCell<Vec<(String, Vec<u8>)>>>;

/// A stream that a test keeps from ending.
struct Held {
    piece: TakePiece,
    rest: Vec<u8>,
    is_stopped: Rc<Cell<bool>>,
}

/// A file that a test keeps from coming to its end.
struct HeldFile {
    hear: HearSaving,
    is_stopped: Rc<Cell<bool>>,
}

/// What a request is refused with, by its name and body; none where it is answered.
pub type Refuses = Box<dyn Fn(&str, &Value) -> Option<Fault>>;

/// What a test makes the server do.
#[derive(Default)]
pub struct Server {
    /// Every request is refused until somebody signs in again.
    pub is_signed_out: bool,
    /// Which requests are refused.
    pub refuses: Option<Refuses>,
    /// A stream or file that fails.
    pub fails: Option<&'static str>,
    /// A stream or file that begins, says how far it is, and then waits.
    pub holds: Option<&'static str>,
    /// How many parts of it come before it waits.
    pub parts: u16,
    /// How many frames of the next part do: its columns, then its rows in two halves.
    pub frames: usize,
    /// What it says meanwhile.
    pub note: String,
    /// The file that the person chooses, name and bytes.
    pub chooses: Option<(String, Vec<u8>)>,
    held: Vec<Held>,
    files: Vec<HeldFile>,
    /// How many held streams were stopped.
    pub stopped: usize,
}

impl Server {
    fn refusal(&self, name: &str, body: &Value) -> Option<Fault> {
        if self.is_signed_out { Some(signed_out()) } else { self.refuses.as_ref()?(name, body) }
    }

    /// Lets the held streams bring their answers.
    pub fn release(&mut self) {
        self.holds = None;
        for mut held in self.held.drain(..).filter(|held| !held.is_stopped.get()) {
            (held.piece)(Ok(Some(held.rest)));
        }
        for mut held in self.files.drain(..).filter(|held| !held.is_stopped.get()) {
            (held.hear)(Saving::Saved { name: "bank.csv".to_owned(), bytes: 24_000_000 });
        }
    }
}

struct FakeClient {
    server: Rc<RefCell<Server>>,
    bank: Rc<RefCell<Bank>>,
    asked: Asked,
    saved: Saved,
}

struct Nothing;

impl Stop for Nothing {}

/// Tells when a held stream is dropped.
struct Told(Rc<RefCell<Server>>, Rc<Cell<bool>>);

impl Stop for Told {}

impl Drop for Told {
    fn drop(&mut self) {
        self.1.set(true);
        // A stream that ends by itself is dropped, too, while the server is at work.
        if let Ok(mut server) = self.0.try_borrow_mut() {
            server.stopped += 1;
        }
    }
}

fn signed_out() -> Fault {
    Fault::new(Code::SignedOut, "Nobody is signed in.", "Sign in, then try again.")
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

impl Client for FakeClient {
    fn call(&self, name: &'static str, body: Vec<u8>, done: Box<dyn FnOnce(Result<Vec<u8>, Fault>)>) {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let refusal = self.server.borrow().refusal(name, &body);
        self.asked.borrow_mut().push((name.to_owned(), body));
        if let Some(fault) = refusal {
            done(Err(fault));
            return;
        }
        done(match name {
            "who_am_i" => Ok(json(&self.bank.borrow().me())),
            "read_project" => Ok(json(&self.bank.borrow().seen())),
            "read_work" => Ok(json(&self.bank.borrow().kept)),
            "keep_work" | "keep_preferences" => Ok(b"{}".to_vec()),
            "announce_picture" => Ok(br#"{"line":"Astrid Lund, 30 Sep 2026 10:42, Harbour Bank"}"#.to_vec()),
            _ => Err(Fault::new(Code::NotFound, "There is no such call.", "")),
        });
    }

    fn stream(
        &self,
        name: &'static str,
        body: Vec<u8>,
        mut piece: Box<dyn FnMut(Result<Option<Vec<u8>>, Fault>)>,
    ) -> Box<dyn Stop> {
        let request: Value = serde_json::from_slice(&body).unwrap();
        let refusal = self.server.borrow().refusal(name, &request);
        self.asked.borrow_mut().push((name.to_owned(), request));
        if let Some(fault) = refusal {
            piece(Err(fault));
            return Box::new(Nothing);
        }
        if self.server.borrow().fails == Some(name) {
            piece(Err(Fault::new(Code::SourceFailed, "The source did not answer.", "Ask again.")));
            return Box::new(Nothing);
        }
        let answer = answers::stream(&self.bank.borrow(), name, &body);
        let mut server = self.server.borrow_mut();
        if server.holds == Some(name) {
            let (first, rest) = frames::first_parts(&answer, server.parts, server.frames, &server.note);
            piece(Ok(Some(first)));
            let is_stopped = Rc::new(Cell::new(false));
            server.held.push(Held { piece, rest, is_stopped: is_stopped.clone() });
            return Box::new(Told(self.server.clone(), is_stopped));
        }
        drop(server);
        // In small pieces, as a network does.
        for part in answer.chunks(1_000) {
            piece(Ok(Some(part.to_vec())));
        }
        Box::new(Nothing)
    }

    fn upload(&self, _: &'static str, _: String, _: Vec<u8>, _: Box<dyn FnOnce(Result<Vec<u8>, Fault>)>) {}

    fn download(&self, name: &'static str, request: String, mut hear: HearSaving) -> Box<dyn Stop> {
        self.asked.borrow_mut().push((name.to_owned(), serde_json::from_str(&request).unwrap()));
        let refusal = self.server.borrow().refusal(name, &Value::Null);
        if let Some(fault) = refusal {
            hear(Saving::Failed(fault));
            return Box::new(Nothing);
        }
        hear(Saving::Came(12_000_000));
        let mut server = self.server.borrow_mut();
        if server.fails == Some(name) {
            let fault = Fault::new(Code::SourceFailed, "The file was cut off, so it was not saved.", "Export again.");
            hear(Saving::Failed(fault));
        } else if server.holds == Some(name) {
            let is_stopped = Rc::new(Cell::new(false));
            server.files.push(HeldFile { hear, is_stopped: is_stopped.clone() });
            return Box::new(Told(self.server.clone(), is_stopped));
        } else {
            self.saved.borrow_mut().push(("bank.csv".to_owned(), Vec::new()));
            hear(Saving::Saved { name: "bank.csv".to_owned(), bytes: 24_000_000 });
        }
        Box::new(Nothing)
    }

    fn save(&self, name: &str, _: &str, bytes: Vec<u8>) {
        self.saved.borrow_mut().push((name.to_owned(), bytes));
    }

    fn choose_file(&self, _: &str, chosen: Box<dyn FnOnce(String, Result<Vec<u8>, Fault>)>) {
        if let Some((name, bytes)) = self.server.borrow().chooses.clone() {
            chosen(name, Ok(bytes));
        }
    }

    fn leave(&self, _: &str) {}

    fn open_beside(&self, _: &str) {}

    fn travel(&self, steps: i32) {
        self.asked.borrow_mut().push(("travel".to_owned(), Value::from(steps)));
    }

    fn show_address(&self, path: &str, _: bool) {
        self.asked.borrow_mut().push(("address".to_owned(), Value::String(path.to_owned())));
    }

    fn language_tag(&self) -> String {
        self.bank.borrow().language.clone()
    }

    fn clock_time(&self) -> Option<String> {
        Some("10:42".to_owned())
    }
}

/// The application in front of the fake server.
pub struct Case {
    pub harness: Harness<'static, Option<App>>,
    pub asked: Asked,
    pub saved: Saved,
    pub camera: Camera,
    pub server: Rc<RefCell<Server>>,
    pub bank: Rc<RefCell<Bank>>,
}

impl Case {
    pub fn new(bank: Bank, path: &str, size: Vec2, theme: look::Theme) -> Self {
        Self::with_inbox(bank, path, size, theme, Inbox::default())
    }

    /// The same in a window that works with threads, as the desktop program's does.
    pub fn with_threads(bank: Bank) -> Self {
        Self::with_inbox(bank, "/p/bank", egui::vec2(1280.0, 720.0), look::Theme::Dark, Inbox::with_threads())
    }

    fn with_inbox(bank: Bank, path: &str, size: Vec2, theme: look::Theme, inbox: Inbox) -> Self {
        let (asked, saved) = (Asked::default(), Saved::default());
        let server = Rc::new(RefCell::new(Server::default()));
        let bank = Rc::new(RefCell::new(bank));
        let (asked_too, saved_too) = (asked.clone(), saved.clone());
        let client =
            Rc::new(FakeClient { server: server.clone(), bank: bank.clone(), asked: asked_too, saved: saved_too });
        let outbox = Outbox::new(client, inbox);
        let camera = Camera::default();
        let seen = camera.clone();
        let path = path.to_owned();
        let mut harness = Harness::builder()
            .with_size(size)
            .with_max_steps(60)
            .with_context_setup(move |ctx| {
                look::install_fonts(ctx);
                ctx.add_plugin(seen);
            })
            .allow_missing_glyphs()
            .build_ui_state(
                move |ui, app: &mut Option<App>| {
                    let app = app.get_or_insert_with(|| {
                        let mut app = App::new(ui.ctx(), outbox.clone(), &path);
                        let appearance = look::Appearance { theme, reduced_motion: true, without_card: false };
                        app.run(Command::SetAppearance(appearance));
                        app
                    });
                    app.ui(ui);
                },
                None,
            );
        harness.run_ok();
        Self { harness, asked, saved, camera, server, bank }
    }

    /// The bank's workspace at its graph.
    pub fn open() -> Self {
        Self::new(Bank::default(), "/p/bank", egui::vec2(1280.0, 720.0), look::Theme::Dark)
    }

    pub fn app(&self) -> &App {
        self.harness.state().as_ref().unwrap()
    }

    pub fn run(&mut self, command: ui::work::Command) {
        self.harness.state_mut().as_mut().unwrap().run(Command::Work(command));
        self.settle();
    }

    /// A command of the whole application.
    pub fn tell(&mut self, command: Command) {
        self.harness.state_mut().as_mut().unwrap().run(command);
        self.settle();
    }

    /// Opens the first hit of a search.
    pub fn open_first(&mut self, text: &str) {
        self.search(text);
        self.harness.key_press(egui::Key::Enter);
        self.settle();
    }

    /// A key of the whole keyboard, as a person would press it.
    pub fn press(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Everything that is read out or written on the screen.
    pub fn texts(&self) -> std::collections::BTreeSet<String> {
        use egui_kittest::kittest::NodeT;
        let root = self.harness.root();
        let all = root.children_recursive();
        let texts = all.flat_map(|node| {
            let node = node.accesskit_node();
            [node.label(), node.value()]
        });
        texts.flatten().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    /// Draws until nothing moves; a second passes so that what waits for a pause happens.
    pub fn settle(&mut self) {
        for _ in 0..6 {
            self.harness.run_ok();
            self.harness.run_steps(2);
        }
    }

    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.settle();
    }

    pub fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    pub fn has_part(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }

    /// Types into the search box and waits for the answer.
    pub fn search(&mut self, text: &str) {
        self.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
        self.harness.run_ok();
        self.harness.get_by_role(egui::accesskit::Role::SearchInput).type_text(text);
        self.harness.run_steps(20);
        self.settle();
    }

    pub fn requests(&self, name: &str) -> Vec<Value> {
        self.asked.borrow().iter().filter(|(asked, _)| asked == name).map(|(_, body)| body.clone()).collect()
    }

    /// How many objects and links are shown.
    pub fn on_graph(&self) -> (usize, usize) {
        let graph = &self.app().model().work.board.graph;
        (graph.shown().count(), graph.shown_links().count())
    }

    /// Writes a picture into the folder named by `CLEW_SHOTS` at build time, for people to look at.
    pub fn shot(&mut self, name: &str) {
        if let Some(folder) = option_env!("CLEW_SHOTS") {
            let picture = self.camera.shoot(&self.harness.ctx, self.harness.output());
            std::fs::write(format!("{folder}/work_{name}.png"), picture.to_png().unwrap()).unwrap();
        }
    }
}
