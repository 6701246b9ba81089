//! The demo's company register: companies, who owns them and who runs them.

use std::collections::HashSet;

use jiff::civil::Date;

use super::Scale;
use super::chance::Chance;
use super::numbers;
use super::people::{Address, OFFICES, PLANTED_ADDRESS, Person, address, day};
use super::planted::{Planted, PlantedCompany};
use super::words::{COMPANY_ROOTS, FIRST_NAMES, INDUSTRIES, LISTED_FIRST, LISTED_LAST};

/// A company in the register.
pub(super) struct Company {
    pub(super) orgnr: String,
    pub(super) name: String,
    pub(super) industry: (&'static str, &'static str, &'static str),
    /// Place in the list of addresses.
    pub(super) address: usize,
    pub(super) employees: i64,
    pub(super) registered: Date,
}

/// Who owns or runs a company.
pub(super) struct Role {
    pub(super) orgnr: String,
    pub(super) role: &'static str,
    pub(super) holder: Holder,
    /// Hundredths of a percent; only of owners.
    pub(super) share: Option<i64>,
    pub(super) since: Date,
}

/// The kind of a holder that is no person.
const COMPANY: &str = "company";

/// The holder of a role, as the register writes it down.
#[derive(Clone)]
pub(super) struct Holder {
    pub(super) kind: &'static str,
    /// National identity number or organisation number; empty for people from abroad.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) born: Option<Date>,
    pub(super) country: &'static str,
}

impl Holder {
    pub(super) fn is_company(&self) -> bool {
        self.kind == COMPANY
    }

    fn person(person: &Person) -> Self {
        Self {
            kind: "person",
            id: person.national_id.clone(),
            name: person.name.clone(),
            born: Some(person.born),
            country: "Norway",
        }
    }

    fn company(orgnr: &str, name: &str) -> Self {
        Self { kind: COMPANY, id: orgnr.to_owned(), name: name.to_owned(), born: None, country: "Norway" }
    }
}

/// All companies; the nine planted ones come first, the ring in its order.
pub(super) fn companies(
    chance: &mut Chance,
    scale: &Scale,
    planted: &Planted,
    addresses: &mut Vec<Address>,
) -> Vec<Company> {
    let mut companies: Vec<_> = planted.ring.iter().map(|company| planted_company(chance, company)).collect();
    for owner in [&planted.holding, &planted.parent] {
        addresses.push(address(chance));
        let company = planted_company(chance, owner);
        companies.push(Company { address: addresses.len() - 1, registered: day(chance, 2021, 2023), ..company });
    }
    let (mut serial, mut names) = (100_000, HashSet::new());
    while companies.len() < scale.companies {
        serial += chance.below(1_700);
        let orgnr = numbers::next_valid(&mut serial, numbers::orgnr);
        companies.push(company(chance, orgnr, addresses, &mut names));
    }
    companies
}

/// Young, almost without employees, at the planted address.
fn planted_company(chance: &mut Chance, planted: &PlantedCompany) -> Company {
    let industry = INDUSTRIES.iter().find(|(word, _, _)| *word == planted.industry).copied().unwrap_or_default();
    let registered = Date::constant(2025, 11, 3).saturating_add(jiff::Span::new().days(chance.between(0, 20)));
    Company {
        orgnr: planted.orgnr.clone(),
        name: planted.name.to_owned(),
        industry,
        address: PLANTED_ADDRESS,
        employees: chance.between(0, 1),
        registered,
    }
}

fn company(chance: &mut Chance, orgnr: String, addresses: &mut Vec<Address>, names: &mut HashSet<String>) -> Company {
    let industry = chance.pick(&INDUSTRIES);
    let address = if chance.percent(35) {
        1 + chance.popular(OFFICES)
    } else {
        addresses.push(address(chance));
        addresses.len() - 1
    };
    let employees = chance.amount(5, 1.6) / 100 - 1;
    Company {
        orgnr,
        name: name(chance, industry.0, names),
        industry,
        address,
        employees,
        registered: day(chance, 1989, 2025),
    }
}

fn name(chance: &mut Chance, word: &str, names: &mut HashSet<String>) -> String {
    loop {
        let root = chance.pick(&COMPANY_ROOTS);
        let name = match chance.below(5) {
            0 => format!("{root} {} {word} AS", chance.pick(&COMPANY_ROOTS)),
            1 => format!("{}s {word} AS", chance.pick(&FIRST_NAMES)),
            2 => format!("{word} {root} AS"),
            3 => format!("{root} & {} {word} AS", chance.pick(&COMPANY_ROOTS)),
            _ => format!("{root} {word} AS"),
        };
        if names.insert(name.clone()) {
            return name;
        }
    }
}

/// Owners, chair and manager of every company.
pub(super) fn roles(chance: &mut Chance, planted: &Planted, companies: &[Company], people: &[Person]) -> Vec<Role> {
    let mut roles = planted_roles(planted, companies, people);
    for (place, company) in companies.iter().enumerate().skip(planted.ring.len() + 2) {
        let owners = owners(chance, companies.get(..place).unwrap_or_default(), people);
        let shares = shares(chance, owners.len());
        let chair =
            owners.iter().find(|owner| owner.kind == "person").cloned().unwrap_or_else(|| any_person(chance, people));
        let manager = if chance.percent(60) { chair.clone() } else { any_person(chance, people) };
        let role =
            |role, holder, share| Role { orgnr: company.orgnr.clone(), role, holder, share, since: company.registered };
        roles.extend(owners.into_iter().zip(shares).map(|(holder, share)| role("owner", holder, Some(share))));
        roles.push(role("chair", chair, None));
        roles.push(role("manager", manager, None));
    }
    roles
}

/// One to three owners: people of the country mostly, at times a company that is there already (so that no company owns
/// itself over a detour), at times somebody from abroad.
fn owners(chance: &mut Chance, earlier: &[Company], people: &[Person]) -> Vec<Holder> {
    let count = chance.pick(&[1, 1, 1, 2, 2, 3]);
    let owners = (0..count).map(|_| match chance.below(100) {
        // Nobody owns the planted companies but the planted owners, and they own nobody else.
        0..14 if earlier.len() > 30 => {
            let place = 20 + chance.popular(earlier.len() - 20);
            earlier.get(place).map_or_else(|| any_person(chance, people), |c| Holder::company(&c.orgnr, &c.name))
        }
        14..17 => from_abroad(chance),
        _ => any_person(chance, people),
    });
    let mut seen = HashSet::new();
    owners.filter(|owner| seen.insert(owner.name.clone())).collect()
}

fn any_person(chance: &mut Chance, people: &[Person]) -> Holder {
    let place = chance.below(people.len() as u64) as usize;
    people.get(place).map_or_else(|| from_abroad(chance), Holder::person)
}

fn from_abroad(chance: &mut Chance) -> Holder {
    let name = format!("{} {}", chance.pick(&LISTED_FIRST), chance.pick(&LISTED_LAST));
    let country = chance.pick(&["Sweden", "Denmark", "Poland", "Lithuania", "Germany", "Cyprus", "Velmaria"]);
    Holder { kind: "person", id: String::new(), name, born: Some(day(chance, 1945, 1990)), country }
}

/// Shares that add up to 100 percent, in hundredths.
fn shares(chance: &mut Chance, count: usize) -> Vec<i64> {
    match count {
        1 => vec![10_000],
        2 => {
            let first = chance.pick(&[5_000, 5_100, 6_000, 6_667, 7_500, 9_000]);
            vec![first, 10_000 - first]
        }
        _ => vec![3_334, 3_333, 3_333],
    }
}

/// Two straw men run all seven; three belong to the holding, it to the parent, and that to the listed man.
fn planted_roles(planted: &Planted, companies: &[Company], people: &[Person]) -> Vec<Role> {
    let mut straw_men = people.iter().skip(people.len() / 3).map(Holder::person);
    let (first, second) = (straw_men.next(), straw_men.nth(20));
    let mut roles = Vec::new();
    for (place, company) in companies.iter().enumerate().take(planted.ring.len() + 2) {
        let mut add = |role, holder: Option<Holder>, share| {
            let made = holder.map(|holder| Role {
                orgnr: company.orgnr.clone(),
                role,
                holder,
                share,
                since: company.registered,
            });
            roles.extend(made);
        };
        let straw_man = if place % 3 == 0 { &first } else { &second };
        for (owner, share) in planted_owners(planted, place, straw_man) {
            add("owner", owner, Some(share));
        }
        add("chair", straw_man.clone(), None);
        add("manager", first.clone(), None);
    }
    roles
}

fn planted_owners(planted: &Planted, place: usize, straw_man: &Option<Holder>) -> Vec<(Option<Holder>, i64)> {
    let company = |company: &PlantedCompany| Some(Holder::company(&company.orgnr, company.name));
    let listed = Holder {
        kind: "person",
        id: String::new(),
        name: planted.owner.name.to_owned(),
        born: planted.owner.born.parse().ok(),
        country: "Velmaria",
    };
    match place {
        _ if planted.behind.contains(&place) => vec![(company(&planted.holding), 10_000)],
        7 => vec![(company(&planted.parent), 7_500), (straw_man.clone(), 2_500)],
        8 => vec![(Some(listed), 10_000)],
        _ => vec![(straw_man.clone(), 10_000)],
    }
}
