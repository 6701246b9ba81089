//! Fills in egui's own style from our colours and sizes, so that its plain widgets look like ours.

use super::{Colours, Face, TextSize, size};
use egui::{
    Margin, Shadow, Stroke, Style, TextStyle, Vec2, Visuals,
    style::{ScrollAnimation, ScrollStyle, Selection, Spacing, TextCursorStyle, WidgetVisuals, Widgets},
};

/// The complete style for one set of colours.
pub(super) fn style(colours: &Colours, reduced_motion: bool) -> Style {
    let mut style = Style {
        visuals: visuals(colours),
        animation_time: if reduced_motion { 0.0 } else { size::FLASH_SECS },
        text_styles: [
            (TextStyle::Small, TextSize::Small.regular()),
            (TextStyle::Body, TextSize::Body.regular()),
            (TextStyle::Button, TextSize::Body.regular()),
            (TextStyle::Heading, TextSize::Heading.semibold()),
            (TextStyle::Monospace, TextSize::Body.mono()),
            (TextStyle::Name("title".into()), TextSize::Title.semibold()),
            (TextStyle::Name("icon".into()), Face::Icons.font(size::ICON)),
        ]
        .into(),
        scroll_animation: if reduced_motion { ScrollAnimation::none() } else { ScrollAnimation::duration(0.1) },
        ..Style::default()
    };
    spacing(&mut style.spacing);
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = true;
    style
}

fn spacing(spacing: &mut Spacing) {
    let grid = size::GRID;
    spacing.item_spacing = Vec2::new(2.0 * grid, grid);
    spacing.button_padding = Vec2::new(2.5 * grid, grid);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.indent = 4.0 * grid;
    // A row is as high as its controls, so that labels beside them stand in their middle.
    spacing.interact_size = Vec2::new(size::CONTROL, size::CONTROL);
    spacing.icon_width = size::ICON;
    spacing.icon_width_inner = 10.0;
    spacing.icon_spacing = 2.0 * grid;
    spacing.tooltip_width = 360.0;
    spacing.menu_width = size::MENU_MIN;
    spacing.menu_spacing = grid;
    spacing.scroll = ScrollStyle { bar_width: 8.0, floating_width: 4.0, ..ScrollStyle::floating() };
}

fn visuals(colours: &Colours) -> Visuals {
    let base = if colours.dark { Visuals::dark() } else { Visuals::light() };
    let line = Stroke::new(size::HAIRLINE, colours.line);
    Visuals {
        dark_mode: colours.dark,
        override_text_color: None,
        weak_text_color: Some(colours.dim),
        widgets: widgets(colours),
        selection: Selection { bg_fill: colours.accent_surface, stroke: Stroke::new(size::HAIRLINE, colours.accent) },
        hyperlink_color: colours.accent,
        faint_bg_color: colours.raised,
        extreme_bg_color: colours.background,
        text_edit_bg_color: Some(colours.background),
        code_bg_color: colours.raised,
        warn_fg_color: colours.warn,
        error_fg_color: colours.bad,
        window_corner_radius: size::RADIUS_LARGE,
        window_shadow: shadow(colours),
        window_fill: colours.panel,
        window_stroke: line,
        window_highlight_topmost: false,
        menu_corner_radius: size::RADIUS_LARGE,
        panel_fill: colours.panel,
        popup_shadow: shadow(colours),
        // A blinking cursor would draw a frame twice a second for as long as the window is open.
        text_cursor: TextCursorStyle { stroke: Stroke::new(2.0, colours.accent), blink: false, ..base.text_cursor },
        button_frame: true,
        indent_has_left_vline: false,
        striped: false,
        slider_trailing_fill: true,
        interact_cursor: Some(egui::CursorIcon::PointingHand),
        image_loading_spinners: false,
        disabled_alpha: 0.45,
        ..base
    }
}

fn shadow(colours: &Colours) -> Shadow {
    Shadow { offset: [0, 6], blur: 20, spread: 0, color: colours.shadow }
}

fn widgets(colours: &Colours) -> Widgets {
    let state = |fill, line, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(size::HAIRLINE, line),
        fg_stroke: Stroke::new(size::HAIRLINE, text),
        corner_radius: size::RADIUS,
        expansion: 0.0,
    };
    Widgets {
        noninteractive: state(colours.panel, colours.line, colours.text),
        inactive: state(colours.raised, colours.line, colours.text),
        hovered: state(colours.hover, colours.field_line, colours.text),
        active: state(colours.hover, colours.accent, colours.text),
        open: state(colours.hover, colours.accent, colours.text),
    }
}
