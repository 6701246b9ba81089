//! The demo's sanctions list: invented people, companies and ships of invented states, and one who matters.

use jiff::civil::Date;

use super::Scale;
use super::chance::Chance;
use super::people::day;
use super::planted::Planted;
use super::words::{COMPANY_ROOTS, INDUSTRIES, LISTED_COUNTRIES, LISTED_FIRST, LISTED_LAST, PROGRAMMES};

/// An entry of the list.
pub(super) struct Listed {
    pub(super) entry: String,
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) aliases: String,
    pub(super) born: Option<Date>,
    pub(super) country: &'static str,
    pub(super) programme: &'static str,
    pub(super) listed: Date,
}

/// All entries, in the order of their numbers; the planted one always among them, under its own number.
pub(super) fn sanctions(chance: &mut Chance, scale: &Scale, planted: &Planted) -> Vec<Listed> {
    let mut list: Vec<_> = (1..=scale.sanctions).map(|number| listed(chance, format!("NSL-{number:04}"))).collect();
    list.retain(|listed| listed.entry != planted.owner.entry);
    list.push(Listed {
        entry: planted.owner.entry.to_owned(),
        kind: "person",
        name: planted.owner.listed_name.to_owned(),
        aliases: planted.owner.aliases.to_owned(),
        born: planted.owner.born.parse().ok(),
        country: "Velmaria",
        programme: "Illicit-Finance",
        listed: Date::constant(2023, 5, 8),
    });
    list.sort_by(|a, b| a.entry.cmp(&b.entry));
    list
}

fn listed(chance: &mut Chance, entry: String) -> Listed {
    let kind = chance.pick(&["person", "person", "person", "company", "company", "ship"]);
    let (first, last) = (chance.pick(&LISTED_FIRST), chance.pick(&LISTED_LAST));
    let (name, aliases) = match kind {
        "person" => (format!("{first} {last}"), person_aliases(chance, first, last)),
        "ship" => (format!("{last} Star {}", chance.between(2, 9)), String::new()),
        _ => (
            format!("{last} {} Trading", chance.pick(&COMPANY_ROOTS)),
            format!("{last} {}", chance.pick(&INDUSTRIES).0),
        ),
    };
    Listed {
        entry,
        kind,
        name: name.to_uppercase(),
        aliases,
        born: (kind == "person" && chance.percent(85)).then(|| day(chance, 1940, 1992)),
        country: chance.pick(&LISTED_COUNTRIES),
        programme: chance.pick(&PROGRAMMES),
        listed: day(chance, 2009, 2025),
    }
}

fn person_aliases(chance: &mut Chance, first: &str, last: &str) -> String {
    let initial: String = first.chars().take(1).collect();
    match chance.below(3) {
        0 => String::new(),
        1 => format!("{initial}. {last}"),
        _ => format!("{initial}. {last}; {} {last}", chance.pick(&LISTED_FIRST)),
    }
}
