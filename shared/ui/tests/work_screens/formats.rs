//! Values in the format of their property: a year is no amount.

use egui::{Key, Modifiers, vec2};
use model::Format;
use ui::look::Theme;
use ui::work::{About, Command, Wishes};

use crate::work_case::{Bank, Case, id};

/// The bank, whose companies say when they were founded and, as a share of one, how sure that is.
fn with(format: Option<Format>) -> Case {
    let mut bank = Bank::default();
    let kind = bank.project.object_types.get_mut(&id("company")).unwrap();
    for property in &mut kind.properties {
        match property.id.as_str() {
            "employees" => {
                property.name = "Founded".to_owned();
                property.format = format;
            }
            "turnover" => {
                property.name = "Sure".to_owned();
                (property.unit, property.format) = (None, Some(Format::Percent));
            }
            _ => {}
        }
    }
    for row in bank.rows.get_mut("company").unwrap() {
        row.insert("employees".to_owned(), "2019".to_owned());
        row.insert("turnover".to_owned(), "0.75".to_owned());
    }
    Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Dark)
}

fn open_companies(case: &mut Case) {
    case.run(Command::OpenTable(About::Objects("company".to_owned().try_into().unwrap()), Wishes::default()));
}

/// Selects the first two rows; what the status bar says of them.
fn selected(case: &mut Case) -> String {
    use egui_kittest::kittest::Queryable;
    case.harness.get_all_by_label_contains("Row 1").next().unwrap().click();
    case.settle();
    case.press(Modifiers::SHIFT, Key::ArrowDown);
    case.texts().into_iter().find(|text| text.starts_with("2 selected")).unwrap_or_default()
}

#[test]
fn a_year_reads_2019_at_the_side_and_in_the_table_and_is_not_summed() {
    let mut case = with(Some(Format::Plain));
    case.open_first("nordfjord");
    assert!(case.has("2019") && case.has("75 %"), "{:?}", case.texts());
    open_companies(&mut case);
    assert!(case.has("2019") && !case.has("2,019"), "{:?}", case.texts());
    let told = selected(&mut case);
    assert!(!told.is_empty() && !told.contains("Founded") && !told.contains("Sure"), "{told:?}");
}

#[test]
fn a_number_without_a_format_is_an_amount() {
    let mut case = with(None);
    open_companies(&mut case);
    assert!(case.has("2,019"), "{:?}", case.texts());
    let told = selected(&mut case);
    assert!(told.contains("sum of Founded: 4,038"), "{told:?}");
}
