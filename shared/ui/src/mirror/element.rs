//! One element of the mirror: what AccessKit says about a widget, in the words of HTML and ARIA.

use egui::accesskit::{self, Invalid, Live, Node, Orientation, Role, SortDirection, Toggled};

/// Which HTML element it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Div,
    Input,
    PasswordInput,
    TextArea,
}

/// An element as the page should have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// AccessKit's number of the widget; stays the same from frame to frame.
    pub id: u64,
    pub tag: Tag,
    /// Sorted by name, each at most once.
    pub attributes: Vec<(&'static str, String)>,
    /// What stands in a field; never set for secrets.
    pub value: Option<String>,
    /// Plain text (labels).
    pub text: Option<String>,
    /// Left, top, width, height in CSS pixels.
    pub bounds: [i32; 4],
}

/// Words for one node; `name` is its label, already looked up. `None` for what nobody needs to hear of.
pub(super) fn element(id: u64, node: &Node, name: Option<&str>, focused: bool, zoom: f32) -> Option<Element> {
    if node.is_hidden() {
        return None;
    }
    let role = aria_role(node.role());
    let is_text = matches!(node.role(), Role::Label | Role::Paragraph);
    let text = if is_text { node.value().or(name).filter(|text| !is_icon(text)).map(limited) } else { None };
    if text.is_none() && (role.is_none() || is_text) {
        return None;
    }
    let tag = tag(node);
    let mut attributes = attributes(node, role, name, focused);
    attributes.sort_unstable_by_key(|(key, _)| *key);
    let is_field = matches!(tag, Tag::Input | Tag::TextArea);
    let value = if is_field { Some(limited(node.value().unwrap_or(""))) } else { None };
    Some(Element { id, tag, attributes, value, text, bounds: bounds(node, zoom) })
}

/// Icons are letters of their own font that nobody can read out.
fn is_icon(text: &str) -> bool {
    let is_private = |letter: char| ('\u{e000}'..='\u{f8ff}').contains(&letter);
    !text.is_empty() && text.chars().all(is_private)
}

/// Longer text is of no use in a name and costs time in every comparison.
const LIMIT_CHARS: usize = 2_000;

fn limited(text: &str) -> String {
    text.chars().take(LIMIT_CHARS).collect()
}

fn tag(node: &Node) -> Tag {
    match node.role() {
        Role::TextInput | Role::SearchInput | Role::NumberInput | Role::EmailInput | Role::UrlInput => Tag::Input,
        Role::PasswordInput => Tag::PasswordInput,
        Role::MultilineTextInput => Tag::TextArea,
        _ => Tag::Div,
    }
}

fn attributes(node: &Node, role: Option<&str>, name: Option<&str>, focused: bool) -> Vec<(&'static str, String)> {
    let mut out: Vec<(&'static str, String)> = Vec::with_capacity(6);
    let mut text = |key: &'static str, value: Option<String>| out.extend(value.map(|value| (key, value)));
    let flag = |value: Option<bool>| value.map(|on| on.to_string());
    let yes = |on: bool| on.then(|| "true".to_owned());
    text("role", role.map(str::to_owned));
    text("aria-label", name.map(limited));
    text("aria-description", node.description().map(limited));
    text("aria-placeholder", node.placeholder().filter(|hint| !hint.is_empty()).map(limited));
    let toggled = if is_pressed(node.role()) { "aria-pressed" } else { "aria-checked" };
    text(toggled, node.toggled().map(checked));
    text("aria-expanded", flag(node.is_expanded()));
    text("aria-selected", flag(node.is_selected()));
    text("aria-disabled", yes(node.is_disabled()));
    text("aria-modal", yes(node.is_modal()));
    text("aria-invalid", yes(matches!(node.invalid(), Some(Invalid::True))));
    text("aria-level", node.level().map(|level| level.to_string()));
    // AccessKit counts rows from 0, ARIA from 1.
    text("aria-rowindex", node.row_index().map(|row| (row + 1).to_string()));
    text("aria-colindex", node.column_index().map(|column| (column + 1).to_string()));
    text("aria-rowcount", node.row_count().map(|count| count.to_string()));
    text("aria-live", node.live().map(|live| live_word(live).to_owned()));
    text("aria-orientation", node.orientation().map(|way| orientation_word(way).to_owned()));
    text("aria-keyshortcuts", node.keyboard_shortcut().map(str::to_owned));
    text("aria-haspopup", node.has_popup().map(|_| "menu".to_owned()));
    text("aria-current", node.aria_current().map(|_| "page".to_owned()));
    text("aria-valuenow", node.numeric_value().map(|value| value.to_string()));
    text("aria-valuetext", combo_value(node));
    text("aria-sort", node.sort_direction().map(|way| sort_word(way).to_owned()));
    text("data-focused", yes(focused));
    out
}

fn combo_value(node: &Node) -> Option<String> {
    (node.role() == Role::ComboBox).then(|| node.value().map(limited)).flatten()
}

fn is_pressed(role: Role) -> bool {
    matches!(role, Role::Button | Role::DefaultButton)
}

fn checked(toggled: Toggled) -> String {
    match toggled {
        Toggled::True => "true",
        Toggled::False => "false",
        Toggled::Mixed => "mixed",
    }
    .to_owned()
}

fn sort_word(way: SortDirection) -> &'static str {
    match way {
        SortDirection::Ascending => "ascending",
        SortDirection::Descending => "descending",
        SortDirection::Other => "other",
    }
}

fn live_word(live: Live) -> &'static str {
    match live {
        Live::Off => "off",
        Live::Polite => "polite",
        Live::Assertive => "assertive",
    }
}

fn orientation_word(way: Orientation) -> &'static str {
    match way {
        Orientation::Horizontal => "horizontal",
        Orientation::Vertical => "vertical",
    }
}

fn bounds(node: &Node, zoom: f32) -> [i32; 4] {
    let rect = node.bounds().unwrap_or(accesskit::Rect { x0: 0.0, y0: 0.0, x1: 0.0, y1: 0.0 });
    let pixels = |points: f64| (points * f64::from(zoom)).round() as i32;
    let (left, top) = (pixels(rect.x0), pixels(rect.y0));
    [left, top, (pixels(rect.x1) - left).max(1), (pixels(rect.y1) - top).max(1)]
}

/// The ARIA word for a role (WAI-ARIA 1.2); `None` where the element carries its own or needs none.
fn aria_role(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Button | Role::DefaultButton => "button",
        Role::CheckBox => "checkbox",
        Role::Switch => "switch",
        Role::RadioButton => "radio",
        Role::RadioGroup => "radiogroup",
        Role::TextInput | Role::MultilineTextInput | Role::PasswordInput => "textbox",
        Role::NumberInput | Role::EmailInput | Role::UrlInput => "textbox",
        Role::SearchInput => "searchbox",
        Role::ComboBox | Role::EditableComboBox => "combobox",
        Role::Link => "link",
        Role::Menu | Role::MenuListPopup => "menu",
        Role::MenuBar => "menubar",
        Role::MenuItem | Role::MenuListOption => "menuitem",
        Role::Tab => "tab",
        Role::TabList => "tablist",
        Role::TabPanel => "tabpanel",
        Role::Tree => "tree",
        Role::TreeItem => "treeitem",
        Role::List => "list",
        Role::ListItem => "listitem",
        Role::ListBox => "listbox",
        Role::ListBoxOption => "option",
        Role::Table => "table",
        Role::Grid => "grid",
        Role::Row => "row",
        Role::Cell => "cell",
        Role::GridCell => "gridcell",
        Role::ColumnHeader => "columnheader",
        Role::RowHeader => "rowheader",
        Role::Dialog => "dialog",
        Role::AlertDialog => "alertdialog",
        Role::Alert => "alert",
        Role::Status => "status",
        Role::ProgressIndicator => "progressbar",
        Role::Slider => "slider",
        Role::SpinButton => "spinbutton",
        Role::Splitter => "separator",
        Role::Heading => "heading",
        Role::Image | Role::Canvas | Role::GraphicsSymbol => "img",
        Role::GraphicsObject | Role::Group => "group",
        Role::Navigation => "navigation",
        Role::Banner => "banner",
        Role::Main => "main",
        Role::Complementary => "complementary",
        Role::Toolbar => "toolbar",
        Role::Tooltip => "tooltip",
        Role::Application => "application",
        _ => return None,
    })
}
