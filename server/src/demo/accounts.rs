//! The demo's accounts: one for every customer, and savings for some people.

use std::collections::HashMap;

use jiff::civil::Date;

use super::Scale;
use super::chance::Chance;
use super::companies::{Company, Role};
use super::numbers;
use super::people::{Person, day};
use super::planted::Planted;

/// An account. Its place in the list names it: people's main accounts first, then the companies', then savings.
pub(super) struct Account {
    pub(super) number: String,
    pub(super) kind: &'static str,
    pub(super) opened: Date,
    /// Place in the list of customers: people, then companies.
    pub(super) holder: usize,
    /// A second holder, also a place in the list of customers.
    pub(super) co_holder: Option<(usize, &'static str)>,
}

/// All accounts.
pub(super) fn accounts(
    chance: &mut Chance,
    scale: &Scale,
    people: &[Person],
    companies: &[Company],
    planted: &Planted,
    roles: &[Role],
) -> Vec<Account> {
    let mut serial = 1_000;
    let mut number = |chance: &mut Chance| {
        serial += chance.below(25);
        let branch = chance.pick(&[10, 11, 14, 20, 22, 30, 31, 40, 55]);
        numbers::next_valid(&mut serial, |serial| numbers::account(branch, serial))
    };
    let mut accounts = Vec::with_capacity(scale.accounts);
    for (holder, person) in people.iter().enumerate() {
        accounts.push(Account {
            number: number(chance),
            kind: "current",
            opened: person.since,
            holder,
            co_holder: None,
        });
    }
    let chairs = chairs(people, roles);
    let planted_numbers: Vec<_> =
        planted.ring.iter().chain([&planted.holding, &planted.parent]).map(|company| company.account.clone()).collect();
    for (place, company) in companies.iter().enumerate().take(scale.company_customers) {
        let number = planted_numbers.get(place).cloned().unwrap_or_else(|| number(chance));
        let signatory = chairs.get(company.orgnr.as_str()).map(|person| (*person, "signatory"));
        let holder = people.len() + place;
        accounts.push(Account { number, kind: "business", opened: company.registered, holder, co_holder: signatory });
    }
    while accounts.len() < scale.accounts {
        let holder = chance.below(people.len() as u64) as usize;
        let co_holder = chance.percent(30).then(|| (neighbour(holder, people.len()), "co-holder"));
        let account =
            Account { number: number(chance), kind: "savings", opened: day(chance, 2012, 2025), holder, co_holder };
        accounts.push(account);
    }
    accounts
}

/// The place of the person who chairs a company, by its number.
fn chairs<'a>(people: &[Person], roles: &'a [Role]) -> HashMap<&'a str, usize> {
    let places: HashMap<_, _> =
        people.iter().enumerate().map(|(place, person)| (person.national_id.as_str(), place)).collect();
    let chairs = roles.iter().filter(|role| role.role == "chair");
    chairs.filter_map(|role| Some((role.orgnr.as_str(), *places.get(role.holder.id.as_str())?))).collect()
}

/// Somebody of the same household, more often than not.
fn neighbour(place: usize, people: usize) -> usize {
    if place + 1 < people { place + 1 } else { place.saturating_sub(1) }
}
