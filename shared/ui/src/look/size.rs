//! Sizes and distances in points (one CSS pixel), on a grid of four, and times in seconds.

use egui::CornerRadius;

/// The grid: every distance is a multiple of it (halves where a line needs it).
pub const GRID: f32 = 4.0;

pub const TOP_BAR: f32 = 48.0;
pub const RAIL: f32 = 52.0;
pub const STATUS_BAR: f32 = 26.0;
pub const TABS_BAR: f32 = 34.0;
pub const SIDE_PANEL: f32 = 372.0;
pub const SIDE_PANEL_MIN: f32 = 260.0;
pub const SIDE_PANEL_MAX: f32 = 640.0;
pub const TABLE_HEADER: f32 = 28.0;
pub const TABLE_ROW: f32 = 24.0;
/// A line of a menu or a list.
pub const LIST_ROW: f32 = 30.0;
/// Buttons, chips, selects.
pub const CONTROL: f32 = 28.0;
/// A row of tool groups over the graph.
pub const TOOL_ROW: f32 = 34.0;
/// Text fields and the search box.
pub const FIELD: f32 = 32.0;
pub const CHIP: f32 = 22.0;
pub const RAIL_BUTTON: f32 = 40.0;
pub const AVATAR: f32 = 28.0;
/// An object in the graph; its icon square in the side panel is a little larger.
pub const DISC: f32 = 36.0;
pub const DISC_RING: f32 = 1.6;
pub const ICON: f32 = 16.0;
pub const ICON_LARGE: f32 = 20.0;
pub const SEARCH_BOX_MAX: f32 = 620.0;
pub const DIALOG: f32 = 440.0;
pub const MENU_MIN: f32 = 200.0;

pub const HAIRLINE: f32 = 1.0;
pub const FOCUS_RING: f32 = 2.0;
/// From the edge of the focused thing to its ring's middle.
pub const FOCUS_GAP: f32 = 2.0;

pub const RADIUS: CornerRadius = CornerRadius::same(6);
pub const RADIUS_LARGE: CornerRadius = CornerRadius::same(10);
pub const RADIUS_SMALL: CornerRadius = CornerRadius::same(4);
pub const RADIUS_ROUND: CornerRadius = CornerRadius::same(255);

/// No layout change takes longer than this; most are done in half of it.
pub const GLIDE_SECS: f32 = 0.16;
/// Hover and press.
pub const FLASH_SECS: f32 = 0.06;
/// Waiting that ends sooner than this shows nothing.
pub const PROGRESS_AFTER_SECS: f64 = 0.2;
/// Waiting that lasts longer than this can be cancelled.
pub const CANCEL_AFTER_SECS: f64 = 2.0;
