//! Applies the changes to `<div id="mirror">` and listens there. The elements are see-through and take no pointer.

use super::{DomOp, Element, Gathered, Kept, MirrorPlugin, PERIOD_MS, SLICE_MS, Shared, Tag, gather, request};
use egui::{Context, accesskit::Action, mutex::Mutex};
use std::{cell::RefCell, collections::HashMap, collections::VecDeque, sync::Arc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement, Window};

const ID: &str = "mirror";
/// eframe's hidden field, which stands right after the canvas.
const AGENT: &str = "canvas + input";
/// Not `opacity: 0` or `visibility: hidden`: readers and drivers would skip it.
const HOST_STYLE: &str = "position:fixed;inset:0;opacity:1;pointer-events:none;z-index:-1";
const STYLE: &str = "position:fixed;margin:0;padding:0;border:0;outline:0;overflow:hidden;white-space:nowrap;\
    background:transparent;color:transparent;caret-color:transparent;pointer-events:none;resize:none;font-size:8px";

thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// The page's side of the mirror.
struct Page {
    window: Window,
    document: Document,
    host: HtmlElement,
    shared: Arc<Mutex<Shared>>,
    kept: Kept,
    nodes: HashMap<u64, HtmlElement>,
    queue: VecDeque<DomOp>,
    /// What has the keyboard.
    focus: Option<u64>,
    /// What the page was told has it.
    told_focus: Option<u64>,
    timer_set: bool,
    last_ms: f64,
    tick: Closure<dyn FnMut()>,
    // Kept because dropping them would end the listening.
    _listeners: Vec<Closure<dyn FnMut(Event)>>,
}

/// Begins to mirror. Call once, when the application starts.
///
/// # Errors
/// When the page has no body to put the mirror into.
pub fn attach(ctx: &Context) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let document = window.document().ok_or("no document")?;
    let host = host(&document)?;
    let shared = Arc::new(Mutex::new(Shared::default()));
    let listeners = listen(&host, ctx, &shared)?;
    let page = Page {
        window,
        document,
        host,
        shared: Arc::clone(&shared),
        kept: Kept::default(),
        nodes: HashMap::new(),
        queue: VecDeque::new(),
        focus: None,
        told_focus: None,
        timer_set: false,
        last_ms: 0.0,
        tick: Closure::new(|| with_page(Page::tick)),
        _listeners: listeners,
    };
    PAGE.with(|slot| *slot.borrow_mut() = Some(page));
    ctx.add_plugin(MirrorPlugin::new(shared, Box::new(|| with_page(Page::schedule))));
    Ok(())
}

fn with_page(act: impl FnOnce(&mut Page)) {
    PAGE.with(|slot| {
        // Busy means that a change of the page called back; the timer that is set will see what is new.
        if let Ok(mut slot) = slot.try_borrow_mut()
            && let Some(page) = slot.as_mut()
        {
            act(page);
        }
    });
}

fn host(document: &Document) -> Result<HtmlElement, JsValue> {
    let found = document.get_element_by_id(ID);
    let host: HtmlElement = match found {
        Some(found) => found.dyn_into()?,
        None => {
            let made: HtmlElement = document.create_element("div")?.dyn_into()?;
            made.set_id(ID);
            document.body().ok_or("no body")?.append_child(&made)?;
            made
        }
    };
    host.style().set_css_text(HOST_STYLE);
    Ok(host)
}

/// Something of ours that the page calls.
type Listener = Closure<dyn FnMut(Event)>;

fn listen(host: &HtmlElement, ctx: &Context, shared: &Arc<Mutex<Shared>>) -> Result<Vec<Listener>, JsValue> {
    let mut listeners = Vec::new();
    let heard = [
        ("click", Action::Click),
        ("contextmenu", Action::ShowContextMenu),
        ("focusin", Action::Focus),
        ("input", Action::SetValue),
    ];
    for (kind, action) in heard {
        let (ctx, shared) = (ctx.clone(), Arc::clone(shared));
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some((id, value)) = target(&event) {
                let value = (action == Action::SetValue).then_some(value.as_deref()).flatten();
                shared.lock().push_request(request(id, action, value));
                ctx.request_repaint();
            }
            if action == Action::Focus {
                give_keyboard_back(&event);
            }
            if action == Action::ShowContextMenu {
                // The menu is ours.
                event.prevent_default();
            }
            event.stop_propagation();
        });
        host.add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref())?;
        listeners.push(listener);
    }
    Ok(listeners)
}

/// The widget has the keyboard now; in the page it must stay with eframe's hidden field, or Enter, Escape and Tab would
/// never reach egui.
fn give_keyboard_back(event: &Event) {
    let element: Option<HtmlElement> = event.target().and_then(|target| target.dyn_into().ok());
    let document = element.and_then(|element| element.owner_document());
    let agent = document.and_then(|document| document.query_selector(AGENT).ok().flatten());
    if let Some(agent) = agent.and_then(|agent| agent.dyn_into::<HtmlElement>().ok()) {
        // Refused only where the page has no focus at all, and then there is nothing to keep.
        let _refused: Result<(), JsValue> = agent.focus();
    }
}

fn target(event: &Event) -> Option<(u64, Option<String>)> {
    let element: HtmlElement = event.target()?.dyn_into().ok()?;
    let id = element.id().strip_prefix('m')?.parse().ok()?;
    Some((id, field_value(&element)))
}

fn field_value(element: &HtmlElement) -> Option<String> {
    let input = element.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
    input.or_else(|| element.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value))
}

impl Page {
    fn now_ms(&self) -> f64 {
        self.window.performance().map_or(0.0, |performance| performance.now())
    }

    /// Sets the browser's timer, if it is not set.
    fn schedule(&mut self) {
        let wait = (self.last_ms + PERIOD_MS - self.now_ms()).clamp(0.0, PERIOD_MS);
        self.set_timer(wait as i32);
    }

    fn set_timer(&mut self, wait_ms: i32) {
        if !self.timer_set {
            let callback = self.tick.as_ref().unchecked_ref();
            let set = self.window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, wait_ms);
            self.timer_set = set.is_ok();
        }
    }

    fn tick(&mut self) {
        self.timer_set = false;
        let began = self.now_ms();
        if self.queue.is_empty() {
            let latest = self.shared.lock().take_latest();
            let Some((update, zoom)) = latest else { return };
            let Gathered { elements, focus } = gather(&update, zoom);
            self.queue = self.kept.diff(elements).into();
            self.focus = focus;
            self.last_ms = began;
        }
        while let Some(op) = self.queue.pop_front() {
            // A change that the page refuses (it was torn out from outside) is not worth losing the others.
            let _refused: Result<(), JsValue> = self.apply(op);
            if self.now_ms() - began > SLICE_MS {
                break;
            }
        }
        if self.queue.is_empty() {
            self.tell_focus();
            self.schedule_if_new();
        } else {
            self.set_timer(0);
        }
    }

    /// Points from whatever has the page's keyboard at the element that has it in the application: eframe gives it to its
    /// hidden field while a text is edited, and to the canvas otherwise.
    fn tell_focus(&mut self) {
        if self.told_focus == self.focus {
            return;
        }
        self.told_focus = self.focus;
        for holder in ["#clew", AGENT] {
            let Ok(Some(holder)) = self.document.query_selector(holder) else { continue };
            // Refused only for what is no name of an attribute.
            let _refused: Result<(), JsValue> = match self.focus {
                Some(id) => holder.set_attribute("aria-activedescendant", &format!("m{id}")),
                None => holder.remove_attribute("aria-activedescendant"),
            };
            let _refused: Result<(), JsValue> = holder.set_attribute("aria-controls", ID);
        }
    }

    fn schedule_if_new(&mut self) {
        if self.shared.lock().has_latest() {
            self.schedule();
        }
    }

    fn apply(&mut self, op: DomOp) -> Result<(), JsValue> {
        match op {
            DomOp::Create { element, after } => self.create(&element, after),
            DomOp::Move { id, after } => match self.nodes.get(&id) {
                Some(node) => self.put(&node.clone(), after),
                None => Ok(()),
            },
            DomOp::Remove { id } => {
                if let Some(node) = self.nodes.remove(&id) {
                    node.remove();
                }
                Ok(())
            }
            DomOp::SetAttribute { id, key, value } => self.on(id, |node| node.set_attribute(key, &value)),
            DomOp::RemoveAttribute { id, key } => self.on(id, |node| node.remove_attribute(key)),
            DomOp::SetValue { id, value } => self.on(id, |node| {
                set_value(node, &value);
                Ok(())
            }),
            DomOp::SetText { id, text } => self.on(id, |node| {
                node.set_text_content(Some(&text));
                Ok(())
            }),
            DomOp::Place { id, bounds } => self.on(id, |node| place(node, bounds)),
        }
    }

    fn on(&self, id: u64, act: impl FnOnce(&HtmlElement) -> Result<(), JsValue>) -> Result<(), JsValue> {
        self.nodes.get(&id).map_or(Ok(()), act)
    }

    fn create(&mut self, element: &Element, after: Option<u64>) -> Result<(), JsValue> {
        let name = match element.tag {
            Tag::Div => "div",
            Tag::Input | Tag::PasswordInput => "input",
            Tag::TextArea => "textarea",
        };
        let node: HtmlElement = self.document.create_element(name)?.dyn_into()?;
        node.set_id(&format!("m{}", element.id));
        node.style().set_css_text(STYLE);
        if element.tag != Tag::Div {
            // Reached through its role, not by Tab: egui has its own order.
            node.set_attribute("tabindex", "-1")?;
            node.set_attribute("autocomplete", "off")?;
        }
        if element.tag == Tag::PasswordInput {
            node.set_attribute("type", "password")?;
        }
        for (key, value) in &element.attributes {
            node.set_attribute(key, value)?;
        }
        if let Some(value) = &element.value {
            set_value(&node, value);
        }
        if let Some(text) = &element.text {
            node.set_text_content(Some(text));
        }
        place(&node, element.bounds)?;
        self.put(&node, after)?;
        self.nodes.insert(element.id, node);
        Ok(())
    }

    fn put(&self, node: &HtmlElement, after: Option<u64>) -> Result<(), JsValue> {
        let next = match after.and_then(|id| self.nodes.get(&id)) {
            Some(before) => before.next_sibling(),
            None => self.host.first_child(),
        };
        self.host.insert_before(node, next.as_ref()).map(|_| ())
    }
}

/// Writing the same value again would move the cursor of whoever types there.
fn set_value(node: &HtmlElement, value: &str) {
    if let Some(input) = node.dyn_ref::<HtmlInputElement>() {
        if input.value() != value {
            input.set_value(value);
        }
    } else if let Some(area) = node.dyn_ref::<HtmlTextAreaElement>()
        && area.value() != value
    {
        area.set_value(value);
    }
}

fn place(node: &HtmlElement, [left, top, width, height]: [i32; 4]) -> Result<(), JsValue> {
    let style = node.style();
    for (key, pixels) in [("left", left), ("top", top), ("width", width), ("height", height)] {
        style.set_property(key, &format!("{pixels}px"))?;
    }
    Ok(())
}
