//! The menu of the person, the same on every screen: the look, the language, the way out.

use egui::{Response, Ui};

use crate::app::{AdminPage, Command, Commands, IssuerPage, Model, Route};
use crate::look::{Appearance, Theme, icons};
use crate::widgets::{ListRow, menu, menu_heading, menu_row};
use crate::words::{Language, Word};

/// Opens under the button with the person's initial.
pub(super) fn person_menu(button: &Response, model: &Model, commands: &mut Commands) {
    menu(button, model.words.t(Word::Person), |ui| lines_ui(ui, model, commands));
}

fn lines_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    ui.set_min_width(240.0);
    let words = model.words;
    let person = model.me.value().map_or("", |me| me.name.as_str());
    menu_heading(ui, &words.with(Word::SignedInAs, &[person]));
    ui.separator();
    look_ui(ui, model, commands);
    ui.separator();
    menu_heading(ui, words.t(Word::LanguageName));
    for language in Language::ALL {
        let row = ListRow::new(language.own_name()).icon(icons::LANGUAGE).selected(words.language == language);
        if menu_row(ui, row) {
            commands.send(Command::SetLanguage(language));
        }
    }
    ui.separator();
    let administration = model
        .administration()
        .map(|page| (icons::ADMIN_PANEL_SETTINGS, Word::Administration, Command::Go(Route::Admin { page })));
    let places = [
        (icons::FOLDER, Word::Projects, Command::Go(Route::Projects)),
        (icons::DEVICES, Word::MySessions, Command::Go(Route::Admin { page: AdminPage::Sessions })),
    ];
    let is_embedded = model.me.value().is_some_and(|me| me.embedded_issuer);
    let own = [
        (icons::KEY, Word::ChangePassword, Command::OpenIssuer(IssuerPage::Password)),
        (icons::SMARTPHONE, Word::SecondStep, Command::OpenIssuer(IssuerPage::SecondStep)),
    ];
    let own = own.into_iter().filter(|_| is_embedded);
    let last =
        [(icons::INFO, Word::AboutClew, Command::Go(Route::About)), (icons::LOGOUT, Word::SignOut, Command::SignOut)];
    for (icon, word, command) in administration.into_iter().chain(places).chain(own).chain(last) {
        if menu_row(ui, ListRow::new(words.t(word)).icon(icon)) {
            commands.send(command);
        }
    }
}

fn look_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    menu_heading(ui, words.t(Word::Appearance));
    let themes = [
        (Theme::System, Word::ThemeSystem, icons::COMPUTER),
        (Theme::Dark, Word::ThemeDark, icons::DARK_MODE),
        (Theme::Light, Word::ThemeLight, icons::LIGHT_MODE),
        (Theme::HighContrast, Word::ThemeHighContrast, icons::VISIBILITY),
    ];
    for (theme, word, icon) in themes {
        let row = ListRow::new(words.t(word)).icon(icon).selected(model.appearance.theme == theme);
        if menu_row(ui, row) {
            commands.send(Command::SetAppearance(Appearance { theme, ..model.appearance }));
        }
    }
    let calm = model.appearance.reduced_motion;
    if menu_row(ui, ListRow::new(words.t(Word::ReducedMotion)).icon(icons::TUNE).selected(calm)) {
        commands.send(Command::SetAppearance(Appearance { reduced_motion: !calm, ..model.appearance }));
    }
    let without_card = model.appearance.without_card;
    if menu_row(ui, ListRow::new(words.t(Word::WithoutCard)).icon(icons::MEMORY).selected(without_card)) {
        commands.send(Command::SetAppearance(Appearance { without_card: !without_card, ..model.appearance }));
    }
}
