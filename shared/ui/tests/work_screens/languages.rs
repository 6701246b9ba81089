//! In Norwegian nothing on the main screens is said in English.

use std::collections::BTreeSet;

use egui::{Key, Modifiers, vec2};
use ui::app::Command as AppCommand;
use ui::look::Theme;
use ui::words::{Language, Word, Words};
use ui::work::{About, Command, Wishes};

use crate::work_case::{Bank, Case};

/// Everything that the main screens say, gathered on a walk through them.
fn walk(language: Language) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    let mut case = Case::new(Bank::default(), "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    case.tell(AppCommand::SetLanguage(language));
    said.extend(case.texts());
    case.search("n");
    said.extend(case.texts());
    case.search("ordfjord");
    said.extend(case.texts());
    case.press(Modifiers::NONE, Key::Enter);
    said.extend(case.texts());
    case.press(Modifiers::NONE, Key::E);
    said.extend(case.texts());
    case.press(Modifiers::SHIFT, Key::Enter);
    said.extend(case.texts());
    case.press(Modifiers::COMMAND, Key::F);
    said.extend(case.texts());
    case.press(Modifiers::NONE, Key::Escape);
    case.press(Modifiers::NONE, Key::A);
    said.extend(case.texts());
    let link = case.app().model().work.board.graph.shown_links().next().unwrap().0;
    case.run(Command::SelectLink(link));
    said.extend(case.texts());
    let about = About::Links("transfer".to_owned().try_into().unwrap());
    case.run(Command::OpenTable(about, Wishes::default()));
    said.extend(case.texts());
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    said.extend(case.texts());
    for path in ["/", "/p/bank/table", "/p/bank/o/company/918224553"] {
        let mut case = Case::new(Bank::default(), path, vec2(1280.0, 720.0), Theme::Dark);
        case.tell(AppCommand::SetLanguage(language));
        said.extend(case.texts());
    }
    let mut case = Case::open();
    case.tell(AppCommand::SetLanguage(language));
    case.server.borrow_mut().fails = Some("run_query");
    let about = About::Objects("company".to_owned().try_into().unwrap());
    case.run(Command::OpenTable(about, Wishes::default()));
    said.extend(case.texts());
    for page in ["sources", "object-types", "link-types", "access", "project"] {
        let path = format!("/p/bank/config/{page}");
        let mut case = Case::new(Bank::default(), &path, vec2(1280.0, 720.0), Theme::Dark);
        case.tell(AppCommand::SetLanguage(language));
        said.extend(case.texts());
    }
    said
}

#[test]
fn no_text_of_the_main_screens_is_english_in_norwegian() {
    let (english, norwegian) = (Words::new(Language::English), Words::new(Language::Norwegian));
    let same: BTreeSet<&str> =
        Word::ALL.iter().filter(|word| english.t(**word) == norwegian.t(**word)).map(|word| english.t(*word)).collect();
    let bank = Bank::default();
    // Roles are called the same in every language, as in the organisation's directory.
    let roles = access::ProjectRole::ALL;
    let data = format!("{:?} {:?} {:?} {roles:?} Astrid Lund", bank.project, bank.rows, bank.links).to_lowercase();
    let said = walk(Language::Norwegian);
    let both: Vec<String> = walk(Language::English).intersection(&said).cloned().collect();
    assert!(both.len() > 20, "names of the data are the same in both: {both:?}");
    let is_data = |text: &str| {
        let parts = text.split([':', '·', '→', ',', '\t', '\n']).flat_map(|part| part.split(" – "));
        parts.map(str::trim).all(|part| {
            let name = part.trim_start_matches(|letter: char| !letter.is_alphabetic()).trim_end_matches('}');
            data.contains(&name.to_lowercase()) || same.contains(part) || is_key(part)
        })
    };
    let untold: Vec<&String> = both.iter().filter(|text| !is_data(text)).collect();
    assert!(untold.is_empty(), "said in English also in Norwegian: {untold:?}");
}

/// "AL", "14 Mar": initials, and keys on the keyboard.
fn is_key(text: &str) -> bool {
    text.chars().count() <= 2
        || ["Ctrl", "Shift", "Alt", "Enter", "Delete", "Space"].iter().any(|key| text.starts_with(key))
}
