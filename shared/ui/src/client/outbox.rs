//! What the screens want from the server, and what came back.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
#[cfg(not(target_arch = "wasm32"))]
use std::sync::{Arc, Mutex, PoisonError};

use wire::frame::{Decoder, Frame};
use wire::{Call, Code, Download, Fault, Request, Stream, Upload};

use super::busy::{self, Asked};
use super::refused::{self, Repeat};
use super::{Client, Done, HearSaving, Saving, Stop, in_words, own, told};
use crate::app::Model;
use crate::words::{Word, Words};

/// What comes back, to be applied to the model.
type Arrival = Box<dyn FnOnce(&mut Model, &Outbox)>;

/// Asks for a frame.
type Wake = Box<dyn Fn()>;

/// What came back since the last frame.
#[derive(Clone, Default)]
pub struct Inbox {
    arrivals: Rc<RefCell<Vec<Arrival>>>,
    wake: Rc<RefCell<Option<Wake>>>,
    #[cfg(not(target_arch = "wasm32"))]
    post: Option<Post>,
}

/// The same from a thread.
#[cfg(not(target_arch = "wasm32"))]
type FromThread = Box<dyn FnOnce(&mut Model, &Outbox) + Send>;

/// The inbox of a window that works with threads, for those.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Default)]
pub struct Post(Arc<Mutex<Posted>>);

#[cfg(not(target_arch = "wasm32"))]
#[derive(Default)]
struct Posted {
    arrivals: Vec<FromThread>,
    wake: Option<Box<dyn Fn() + Send>>,
}

#[cfg(not(target_arch = "wasm32"))]
impl Post {
    /// Puts something in.
    pub fn put(&self, arrival: impl FnOnce(&mut Model, &Outbox) + Send + 'static) {
        let mut posted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        posted.arrivals.push(Box::new(arrival));
        if let Some(wake) = &posted.wake {
            wake();
        }
    }
}

impl Inbox {
    /// Calls `wake` whenever something arrives: asks for a frame.
    pub fn on_arrival(&self, wake: impl Fn() + Clone + Send + 'static) {
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(Post(posted)) = &self.post {
            posted.lock().unwrap_or_else(PoisonError::into_inner).wake = Some(Box::new(wake.clone()));
        }
        *self.wake.borrow_mut() = Some(Box::new(wake));
    }

    /// Puts something in.
    pub fn put(&self, arrival: impl FnOnce(&mut Model, &Outbox) + 'static) {
        self.arrivals.borrow_mut().push(Box::new(arrival));
        if let Some(wake) = self.wake.borrow().as_ref() {
            wake();
        }
    }

    /// Takes everything out, oldest first; what threads brought comes last.
    pub fn take(&self) -> Vec<Arrival> {
        #[cfg_attr(target_arch = "wasm32", expect(unused_mut, reason = "there are no threads in a page"))]
        let mut arrivals = std::mem::take(&mut *self.arrivals.borrow_mut());
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(Post(posted)) = &self.post {
            let posted = std::mem::take(&mut posted.lock().unwrap_or_else(PoisonError::into_inner).arrivals);
            arrivals.extend(posted.into_iter().map(|arrival| arrival as Arrival));
        }
        arrivals
    }

    /// One of a window that works with threads: what takes long is done on them, and otherwise at once.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn with_threads() -> Self {
        Self { post: Some(Post::default()), ..Self::default() }
    }

    /// For threads, where the window works with them.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn post(&self) -> Option<&Post> {
        self.post.as_ref()
    }
}

/// Sends requests and brings answers to the model.
#[derive(Clone)]
pub struct Outbox {
    client: Rc<dyn Client>,
    inbox: Inbox,
}

/// What stops a request. One that is sent again stops by the same.
type Stopping = RefCell<Option<Box<dyn Stop>>>;
/// How a request is sent.
type Way = Rc<dyn Fn(&dyn Client, Done) -> Option<Box<dyn Stop>>>;
/// Who hears of a stream.
type Hear = Rc<RefCell<dyn FnMut(&mut Model, &Outbox, StreamEvent)>>;
/// Who hears of a file.
type HearFile = Rc<RefCell<dyn FnMut(&mut Model, Saving)>>;

/// Something under way; dropping it stops it.
pub struct Streaming {
    _stop: Rc<Stopping>,
}

/// What a stream brings.
pub enum StreamEvent {
    /// A frame; heartbeats are left out.
    Frame(Frame),
    /// The end: everything came, or why not. Nothing comes after it.
    End(Result<(), Fault>),
}

impl Outbox {
    /// An outbox over a client.
    pub fn new(client: Rc<dyn Client>, inbox: Inbox) -> Self {
        Self { client, inbox }
    }

    /// The client, for what is no request.
    pub fn client(&self) -> &dyn Client {
        self.client.as_ref()
    }

    /// The inbox, for what comes from elsewhere: a chosen file, the layout worker.
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Sends a call; `then` gets the reply.
    pub fn call<C: Call>(&self, call: &C, then: impl FnOnce(&mut Model, &Outbox, Result<C::Reply, Fault>) + 'static) {
        let body = json(call);
        let send: Way = Rc::new(move |client, done| {
            client.call(C::NAME, body.clone(), done);
            None
        });
        let stop = Rc::new(Stopping::default());
        // It goes on although nobody can stop it.
        let kept = stop.clone();
        let then = move |model: &mut Model, outbox: &Outbox, reply| {
            drop(kept);
            then(model, outbox, reply);
        };
        self.ask(Asked::of::<C>(), &send, &stop, then);
    }

    /// Sends a call that may take long; dropping what is returned stops it.
    pub fn call_until<C: Call>(
        &self,
        call: &C,
        then: impl FnOnce(&mut Model, &Outbox, Result<C::Reply, Fault>) + 'static,
    ) -> Streaming {
        let body = json(call);
        let send: Way = Rc::new(move |client, done| Some(client.call_until(C::NAME, body.clone(), done)));
        let stop = Rc::new(Stopping::default());
        self.ask(Asked::of::<C>(), &send, &stop, then);
        Streaming { _stop: stop }
    }

    /// Sends a request with one reply, again if the session had ended or the server was busy.
    fn ask<T: serde::de::DeserializeOwned + 'static>(
        &self,
        asked: Asked,
        send: &Way,
        stop: &Rc<Stopping>,
        then: impl FnOnce(&mut Model, &Outbox, Result<T, Fault>) + 'static,
    ) {
        let (inbox, again, stopping) = (self.inbox.clone(), send.clone(), Rc::downgrade(stop));
        let done: Done = Box::new(move |answer: Result<Vec<u8>, Fault>| {
            let reply = answer.map_err(in_words).and_then(|bytes| read::<T>(&bytes));
            inbox.put(move |model, outbox| {
                model.note_fault(reply.as_ref().err());
                let fault = match reply {
                    Err(fault) => fault,
                    Ok(reply) => return then(model, outbox, Ok(reply)),
                };
                let send = move |outbox: &Outbox, stop: &Rc<Stopping>, then| {
                    outbox.ask::<T>(asked.again(), &again, stop, then);
                };
                let repeat = repeat(stopping, then, send, |model, outbox, then, fault| {
                    then(model, outbox, Err(fault));
                });
                outbox.wait_or_tell(model, asked, fault, repeat);
            });
        });
        let sent = send(self.client(), done);
        *stop.borrow_mut() = sent;
    }

    /// Sends a stream's request; `then` gets every event, in order.
    pub fn stream<S: Stream>(
        &self,
        request: &S,
        then: impl FnMut(&mut Model, &Outbox, StreamEvent) + 'static,
    ) -> Streaming {
        let stop = Rc::new(Stopping::default());
        self.stream_into(Asked::of::<S>(), json(request), Rc::new(RefCell::new(then)), &stop);
        Streaming { _stop: stop }
    }

    fn stream_into(&self, asked: Asked, body: Vec<u8>, hear: Hear, stop: &Rc<Stopping>) {
        let (inbox, stopping, sent) = (self.inbox.clone(), Rc::downgrade(stop), body.clone());
        let mut decoder = Decoder::new();
        let (mut has_begun, mut has_ended) = (false, false);
        let piece = move |piece: Result<Option<Vec<u8>>, Fault>| {
            if has_ended {
                return;
            }
            let events = events(&mut decoder, piece.map_err(in_words));
            has_ended = events.iter().any(|event| matches!(event, StreamEvent::End(_)));
            let is_first = !std::mem::replace(&mut has_begun, true);
            let (hear, stopping, body) = (hear.clone(), stopping.clone(), sent.clone());
            inbox.put(move |model, outbox| {
                for event in events {
                    if let StreamEvent::End(Err(fault)) = &event {
                        model.note_fault(Some(fault));
                        if is_first {
                            let fault = fault.clone();
                            let send = move |outbox: &Outbox, stop: &Rc<Stopping>, hear: Hear| {
                                outbox.stream_into(asked.again(), body, hear, stop);
                            };
                            let repeat = repeat(stopping, hear, send, |model, outbox, hear, fault| {
                                (hear.borrow_mut())(model, outbox, StreamEvent::End(Err(fault)));
                            });
                            return outbox.wait_or_tell(model, asked, fault, repeat);
                        }
                    }
                    let event = event_told(model.words, event);
                    (hear.borrow_mut())(model, outbox, event);
                }
            });
        };
        let sent = self.client.stream(asked.name, body, Box::new(piece));
        *stop.borrow_mut() = Some(sent);
    }

    /// Sends a file; `then` gets the reply. Dropping what is returned stops it. A file is not sent again by itself: it
    /// would have to be held for that.
    pub fn upload<U: Upload>(
        &self,
        request: &U,
        file: Vec<u8>,
        then: impl FnOnce(&mut Model, &Outbox, Result<U::Reply, Fault>) + 'static,
    ) -> Streaming {
        let inbox = self.inbox.clone();
        let done = move |answer: Result<Vec<u8>, Fault>| {
            let reply = answer.map_err(in_words).and_then(|bytes| read::<U::Reply>(&bytes));
            inbox.put(move |model, outbox| {
                model.note_fault(reply.as_ref().err());
                let words = model.words;
                then(model, outbox, reply.map_err(|fault| told(words, fault)));
            });
        };
        let stop = self.client.upload_until(U::NAME, text(request), file, Box::new(done));
        Streaming { _stop: Rc::new(RefCell::new(Some(stop))) }
    }

    /// Reads a file of the page that is only fetched when it is needed; `then` gets it.
    pub fn read_file(&self, name: &str, then: impl FnOnce(&mut Model, Result<Vec<u8>, Fault>) + 'static) {
        let inbox = self.inbox.clone();
        let done = move |answer: Result<Vec<u8>, Fault>| {
            inbox.put(move |model, _| {
                let words = model.words;
                then(model, answer.map_err(|fault| told(words, fault)));
            });
        };
        self.client.read_file(name, Box::new(done));
    }

    /// Lets the browser save what a download answers; `then` hears how far it is and how it ended. Dropping what is
    /// returned stops it.
    pub fn download<D: Download>(&self, request: &D, then: impl FnMut(&mut Model, Saving) + 'static) -> Streaming {
        let stop = Rc::new(Stopping::default());
        self.download_into(Asked::of::<D>(), text(request), Rc::new(RefCell::new(then)), &stop);
        Streaming { _stop: stop }
    }

    fn download_into(&self, asked: Asked, request: String, then: HearFile, stop: &Rc<Stopping>) {
        let (inbox, stopping, sent) = (self.inbox.clone(), Rc::downgrade(stop), request.clone());
        let hear: HearSaving = Box::new(move |saving| {
            let (then, stopping, request) = (then.clone(), stopping.clone(), sent.clone());
            inbox.put(move |model, outbox| {
                let Saving::Failed(fault) = saving else { return (then.borrow_mut())(model, saving) };
                let fault = in_words(fault);
                model.note_fault(Some(&fault));
                let send = move |outbox: &Outbox, stop: &Rc<Stopping>, then: HearFile| {
                    outbox.download_into(asked.again(), request, then, stop);
                };
                let repeat = repeat(stopping, then, send, |model, _, then, fault| {
                    (then.borrow_mut())(model, Saving::Failed(fault));
                });
                outbox.wait_or_tell(model, asked, fault, repeat);
            });
        });
        let sent = self.client.download(asked.name, request, hear);
        *stop.borrow_mut() = Some(sent);
    }

    /// Lets what was refused wait: for somebody who signs in, or for a server that is less busy; or tells whoever asked.
    fn wait_or_tell(&self, model: &mut Model, asked: Asked, fault: Fault, repeat: Repeat) {
        if let Some(asked_by) = refused::waits(model, asked.name, &fault) {
            return refused::wait(model, asked_by, fault, repeat);
        }
        let Some(millis) = asked.waits(model, &fault) else { return repeat(model, self, Some(fault)) };
        // Whichever comes about takes it.
        let (repeat, inbox) = (Rc::new(RefCell::new(Some(repeat))), self.inbox.clone());
        let waiting = repeat.clone();
        let send = move || {
            inbox.put(move |model, outbox| {
                busy::end(model);
                if let Some(repeat) = waiting.take() {
                    repeat(model, outbox, None);
                }
            });
        };
        if self.client.later(millis, Box::new(send)) {
            busy::begin(model);
        } else if let Some(repeat) = repeat.take() {
            repeat(model, self, Some(fault));
        }
    }
}

/// A request that waits for the session; what was stopped meanwhile is neither sent again nor heard of.
fn repeat<Then: 'static>(
    stopping: Weak<Stopping>,
    then: Then,
    send: impl FnOnce(&Outbox, &Rc<Stopping>, Then) + 'static,
    give_up: impl FnOnce(&mut Model, &Outbox, Then, Fault) + 'static,
) -> Repeat {
    Box::new(move |model, outbox, fault| match (stopping.upgrade(), fault) {
        (None, _) => {}
        (Some(stop), None) => send(outbox, &stop, then),
        (Some(_), Some(fault)) => {
            let fault = told(model.words, fault);
            give_up(model, outbox, then, fault);
        }
    })
}

/// What an event says went wrong, in the person's language.
fn event_told(words: Words, event: StreamEvent) -> StreamEvent {
    match event {
        StreamEvent::End(Err(fault)) => StreamEvent::End(Err(told(words, fault))),
        StreamEvent::Frame(Frame::Close(part, mut close)) => {
            close.fault = close.fault.map(|fault| told(words, fault));
            StreamEvent::Frame(Frame::Close(part, close))
        }
        other => other,
    }
}

/// The events in a piece of a body. A body that ends without `Done` or `Failed` was cut off, and never complete.
fn events(decoder: &mut Decoder, piece: Result<Option<Vec<u8>>, Fault>) -> Vec<StreamEvent> {
    let mut events = Vec::new();
    match piece {
        Err(fault) => events.push(StreamEvent::End(Err(fault))),
        Ok(None) => events.push(StreamEvent::End(Err(cut_off()))),
        Ok(Some(bytes)) => {
            decoder.push(&bytes);
            loop {
                match decoder.next_frame() {
                    Ok(Some(Frame::Heartbeat)) => {}
                    Ok(Some(Frame::Done)) => {
                        events.push(StreamEvent::End(Ok(())));
                        break;
                    }
                    Ok(Some(Frame::Failed(fault))) => {
                        events.push(StreamEvent::End(Err(fault)));
                        break;
                    }
                    Ok(Some(frame)) => events.push(StreamEvent::Frame(frame)),
                    Ok(None) => break,
                    Err(_) => {
                        events.push(StreamEvent::End(Err(cut_off())));
                        break;
                    }
                }
            }
        }
    }
    events
}

fn cut_off() -> Fault {
    own(Code::SourceFailed, Word::AnswerCutOff, Word::AskAgain, "")
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|_| own(Code::OtherVersion, Word::AnswerUnreadable, Word::ReloadThePage, ""))
}

fn json(request: &impl Request) -> Vec<u8> {
    serde_json::to_vec(request).unwrap_or_default()
}

fn text(request: &impl Request) -> String {
    serde_json::to_string(request).unwrap_or_default()
}
