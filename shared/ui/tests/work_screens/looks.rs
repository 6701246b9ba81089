//! How the graph looks: rules in order, and the legend that says what they mean.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use model::query::{Direction, Test};
use model::style::{By, Condition, Of, Rule, Says};
use ui::look::Theme;
use ui::work::Command;

use super::measures::{accounts, expand, object};
use super::work_case::{Bank, Case, id};

fn choose(case: &mut Case, list: &str, option: &str) {
    case.harness.get_by_role_and_label(Role::ComboBox, list).click();
    case.settle();
    case.harness.get_by_role_and_label(Role::MenuItem, option).click();
    case.settle();
}

fn rule(kind: &str, says: Says) -> Rule {
    Rule { of: Of::Objects(Some(id(kind))), when: None, says }
}

/// Companies with their directors.
fn companies(theme: Theme) -> Case {
    let mut case = Case::new(Bank::default(), "/p/bank", egui::vec2(1920.0, 1080.0), theme);
    for key in ["918224553", "921447018", "919030411", "930555120"] {
        let company = object("company", key);
        case.run(Command::Put(vec![company.clone()]));
        expand(&mut case, company, "directs", Direction::Backward);
    }
    case.run(Command::Select(Vec::new()));
    case
}

#[test]
fn a_rule_is_put_together_in_the_panel_and_the_legend_counts_what_it_colours() {
    let mut case = companies(Theme::Dark);
    case.click("Look");
    assert!(case.has("Objects have the colour and icon of their type."));
    case.click("Add a rule");
    choose(&mut case, "For", "People");
    choose(&mut case, "By", "City");
    case.harness.get_all_by_label("Add a rule").next().unwrap().click();
    case.settle();
    assert_eq!(case.app().model().work.board.rules(), [rule("person", Says::ColourBy(By::Property(id("city"))))]);
    assert!(case.has("Colour · People · City"), "{:?}", case.texts());
    let people: Vec<String> = case.texts().into_iter().filter(|text| text.starts_with("Oslo ")).collect();
    assert_eq!(people.len(), 1, "{:?}", case.texts());
    case.shot("look");
    case.click("Remove “Colour · People · City”");
    assert_eq!(case.app().model().work.board.rules(), []);
    assert_eq!(case.app().model().work.board.history.undo_title(), Some("Look"));
}

#[test]
fn choosing_a_line_of_the_legend_selects_what_looks_so() {
    let mut case = companies(Theme::Light);
    case.run(Command::Style(vec![
        rule("person", Says::ColourBy(By::Property(id("city")))),
        rule("company", Says::SizeBy(By::Property(id("turnover")))),
        Rule {
            of: Of::Objects(Some(id("company"))),
            when: Some(Condition { by: By::Property(id("employees")), test: Test::AtMost("0".to_owned()) }),
            says: Says::Icon("flag".to_owned()),
        },
    ]));
    case.shot("legend-light");
    let line = case.texts().into_iter().find(|text| text.starts_with("Oslo ")).expect("a line for the city");
    case.harness.get_all_by_role_and_label(Role::Button, &line).next().unwrap().click();
    case.settle();
    assert_eq!(case.app().model().work.board.selected_objects(), [object("person", "p-1004")]);
    case.click("Hide the legend");
    assert!(!case.has("Legend"));
    case.click("Show the legend");
    assert!(case.has("Legend"));
}

#[test]
fn the_upper_of_two_rules_decides_and_can_be_moved_down() {
    let mut case = companies(Theme::Dark);
    let (green, violet) = (rule("person", Says::Colour(2)), rule("person", Says::Colour(3)));
    case.run(Command::Style(vec![green.clone(), violet.clone()]));
    case.click("Look");
    assert!(case.has("Of several rules that say the same, the upper one decides."));
    let down: Vec<_> = case.harness.query_all_by_label("Move “Colour · People” down").collect();
    down[0].click();
    case.settle();
    assert_eq!(case.app().model().work.board.rules(), [violet, green]);
}

#[test]
fn links_are_coloured_and_sized_by_what_stands_behind_them() {
    let mut case = accounts();
    let of = Of::Links(Some(id("transfer")));
    let says = |says| Rule { of: of.clone(), when: None, says };
    case.run(Command::Style(vec![says(Says::ColourBy(By::Sum)), says(Says::SizeBy(By::Rows))]));
    assert!(case.has("Colour · paid to · sum") && case.has("Width · paid to · rows"), "{:?}", case.texts());
    case.shot("links-by-sum");
}

#[test]
fn a_rule_about_a_value_that_was_not_fetched_says_for_how_many_that_is_so() {
    let mut case = Case::open();
    case.open_first("918224553");
    case.run(Command::Style(vec![rule("company", Says::ColourBy(By::Property(id("nothing"))))]));
    assert!(!case.has_part("Not known"), "without a value there is nothing to explain");
    case.run(Command::Style(vec![Rule {
        of: Of::Objects(None),
        when: None,
        says: Says::ColourBy(By::Property(id("industry"))),
    }]));
    case.open_first("ingrid");
    assert!(case.has("Not known 1"), "{:?}", case.texts());
}
