//! The demo's accounts: one for every customer, and savings for some people.

use jiff::civil::Date;

use super::Scale;
use super::chance::Chance;
use super::companies::Company;
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

/// All accounts. `customers`: how many companies, the first ones of the register, have an account.
pub(super) fn accounts(
    chance: &mut Chance,
    scale: &Scale,
    people: &[Person],
    companies: &[Company],
    planted: &Planted,
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
    let planted_numbers: Vec<_> =
        planted.ring.iter().chain([&planted.holding, &planted.parent]).map(|company| company.account.clone()).collect();
    for (place, company) in companies.iter().enumerate().take(scale.company_customers) {
        let number = planted_numbers.get(place).cloned().unwrap_or_else(|| number(chance));
        let signatory = (chance.below(people.len() as u64) as usize, "signatory");
        let holder = people.len() + place;
        accounts.push(Account {
            number,
            kind: "business",
            opened: company.registered,
            holder,
            co_holder: Some(signatory),
        });
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

/// Somebody of the same household, more often than not.
fn neighbour(place: usize, people: usize) -> usize {
    if place + 1 < people { place + 1 } else { place.saturating_sub(1) }
}
