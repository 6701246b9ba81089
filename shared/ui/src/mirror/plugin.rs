//! The plugin that takes the description at the end of a frame and gives requests to the next one.

use egui::accesskit::{Action, ActionData, ActionRequest, NodeId, TreeId, TreeUpdate};
use egui::{Context, Event, FullOutput, Plugin, RawInput, mutex::Mutex};
use std::sync::Arc;

/// More requests than a person or a driver makes between two frames are dropped.
const LIMIT_REQUESTS: usize = 64;

/// What the plugin and the page share.
#[derive(Debug, Default)]
pub struct Shared {
    latest: Option<(TreeUpdate, f32)>,
    requests: Vec<ActionRequest>,
}

impl Shared {
    /// The newest description that nobody has looked at yet, and CSS pixels per egui point.
    pub fn take_latest(&mut self) -> Option<(TreeUpdate, f32)> {
        self.latest.take()
    }

    /// Is there a description that nobody has looked at?
    pub fn has_latest(&self) -> bool {
        self.latest.is_some()
    }

    /// Something was done in the page; the caller asks for a frame.
    pub fn push_request(&mut self, request: ActionRequest) {
        if self.requests.len() < LIMIT_REQUESTS {
            self.requests.push(request);
        }
    }
}

/// Something done to an element, as egui wants to hear it. `value` only for `SetValue`.
pub fn request(id: u64, action: Action, value: Option<&str>) -> ActionRequest {
    let data = value.map(|value| ActionData::Value(value.into()));
    ActionRequest { action, target_tree: TreeId::ROOT, target_node: NodeId(id), data }
}

/// Told that there is something new; must return at once.
pub type Wake = Box<dyn Fn() + Send + Sync>;

/// Sits in egui; knows nothing of a page.
pub struct MirrorPlugin {
    shared: Arc<Mutex<Shared>>,
    wake: Wake,
}

impl MirrorPlugin {
    /// `wake` is called after every frame that was drawn.
    pub fn new(shared: Arc<Mutex<Shared>>, wake: Wake) -> Self {
        Self { shared, wake }
    }
}

impl Plugin for MirrorPlugin {
    fn debug_name(&self) -> &'static str {
        "mirror"
    }

    fn setup(&mut self, ctx: &Context) {
        ctx.enable_accesskit();
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        let requests = std::mem::take(&mut self.shared.lock().requests);
        input.events.extend(requests.into_iter().map(Event::AccessKitActionRequest));
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        // On the machine itself the description goes on to the system's own accessibility.
        let update = if cfg!(target_arch = "wasm32") {
            output.platform_output.accesskit_update.take()
        } else {
            output.platform_output.accesskit_update.clone()
        };
        if let Some(update) = update {
            self.shared.lock().latest = Some((update, ctx.zoom_factor()));
            (self.wake)();
        }
    }
}
