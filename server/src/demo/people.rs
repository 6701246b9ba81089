//! The demo's people and addresses: households that share an address, and office buildings that companies share.

use std::collections::HashSet;

use jiff::civil::Date;

use super::Scale;
use super::chance::Chance;
use super::numbers;
use super::planted::Planted;
use super::words::{FIRST_NAMES, LAST_NAMES, STREETS, TOWNS};

/// A street address.
pub(super) struct Address {
    pub(super) street: String,
    pub(super) postcode: &'static str,
    pub(super) town: &'static str,
}

/// A customer of the bank who is a person.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) national_id: String,
    pub(super) born: Date,
    /// Place in the list of addresses.
    pub(super) address: usize,
    pub(super) phone: String,
    pub(super) since: Date,
}

/// How many addresses after the first belong to office buildings.
pub(super) const OFFICES: usize = 160;
/// The place of the planted address.
pub(super) const PLANTED_ADDRESS: usize = 0;

/// The planted address, then the office buildings; homes are added with the people.
pub(super) fn offices(chance: &mut Chance, planted: &Planted) -> Vec<Address> {
    let (street, postcode, town) = planted.address;
    let first = Address { street: street.to_owned(), postcode, town };
    std::iter::once(first).chain((0..OFFICES).map(|_| address(chance))).collect()
}

pub(super) fn address(chance: &mut Chance) -> Address {
    let (postcode, town) = chance.pick(&TOWNS);
    let letter = if chance.percent(15) { ["A", "B", "C", "D"].map(Some) } else { [None; 4] };
    let letter = chance.pick(&letter).unwrap_or_default();
    Address { street: format!("{} {}{letter}", chance.pick(&STREETS), chance.between(1, 140)), postcode, town }
}

/// A day from the first of January of `first_year` to the 28th of December of `last_year`.
pub(super) fn day(chance: &mut Chance, first_year: i16, last_year: i16) -> Date {
    let year = chance.between(i64::from(first_year), i64::from(last_year)) as i16;
    Date::new(year, chance.between(1, 12) as i8, chance.between(1, 28) as i8).unwrap_or_default()
}

/// Households of one to five, most of them with one family name.
pub(super) fn people(chance: &mut Chance, scale: &Scale, addresses: &mut Vec<Address>) -> Vec<Person> {
    let mut people = Vec::with_capacity(scale.people);
    let mut taken = HashSet::new();
    while people.len() < scale.people {
        addresses.push(address(chance));
        let family = chance.pick(&LAST_NAMES);
        for _ in 0..chance.pick(&[1, 1, 1, 2, 2, 2, 2, 3, 4, 5]).min(scale.people - people.len()) {
            let last = if chance.percent(80) { family } else { chance.pick(&LAST_NAMES) };
            people.push(person(chance, last, addresses.len() - 1, &mut taken));
        }
    }
    people
}

fn person(chance: &mut Chance, last_name: &str, address: usize, taken: &mut HashSet<String>) -> Person {
    let (born, national_id) = birth(chance, taken);
    let middle = if chance.percent(25) { format!(" {}", chance.pick(&LAST_NAMES)) } else { String::new() };
    let name = format!("{}{middle} {last_name}", chance.pick(&FIRST_NAMES));
    let phone = format!(
        "+47 {} {:02} {:02} {:03}",
        chance.pick(&["4", "9"]),
        chance.below(100),
        chance.below(100),
        chance.below(1000)
    );
    Person { name, national_id, born, address, phone, since: day(chance, 2004, 2024) }
}

fn birth(chance: &mut Chance, taken: &mut HashSet<String>) -> (Date, String) {
    loop {
        let born = day(chance, 1938, 2008);
        let id = numbers::national_id(born.year(), born.month(), born.day(), chance.below(1000));
        if let Some(id) = id.filter(|id| taken.insert(id.clone())) {
            return (born, id);
        }
    }
}
