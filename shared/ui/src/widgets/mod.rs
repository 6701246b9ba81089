//! The widgets that every screen is made of: all show hover and focus, take the keyboard, and have a name and a role.

mod avatar;
mod badge;
mod button;
mod cell_field;
mod checkbox;
mod chip;
mod dialog;
mod empty_state;
mod error_box;
mod form;
mod key_value;
mod keys;
mod list_row;
mod menu;
mod notice;
pub(crate) mod paint;
mod progress;
mod search_box;
mod segmented;
mod select;
mod tabs;
mod text_field;
mod tooltip;
mod tree;
mod type_icon;

pub use avatar::avatar;
pub use badge::{badge, state_dot};
pub use button::Button;
pub use cell_field::CellField;
pub use checkbox::{checkbox, mixed_checkbox};
pub use chip::{Chip, ChipResponse, Tone, flag, flags};
pub use dialog::{Answer, DialogButtons, confirm, dialog, dialog_or};
pub use empty_state::empty_state;
pub use error_box::{ErrorText, error_box};
pub use form::{Field, FieldKind, form, is_complete};
pub use key_value::{KeyValue, key_values};
pub use keys::keys_here;
pub use list_row::ListRow;
pub use menu::{context_menu, menu, menu_heading, menu_line, menu_row, popover, popover_beside};
pub use notice::{Notice, Notices};
pub use progress::{Waiting, look_again, progress, progress_or, stand_still};
pub use search_box::{SearchBoxResponse, named_search_box, search_box};
pub use segmented::{Segment, segmented, tool_group, tool_row};
pub use select::{labelled_select, select, select_of_width};
pub use tabs::{Tab, TabsResponse, tabs};
pub use text_field::TextField;
pub use tooltip::tooltip;
pub use tree::{TreeLine, TreeResponse, tree};
pub use type_icon::{Backing, type_icon};

#[cfg(test)]
mod tests;
