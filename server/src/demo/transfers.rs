//! The demo's transfers of one year: wages, rent, savings, purchases, invoices, friends, and the planted circle.

use super::Scale;
use super::accounts::Account;
use super::chance::Chance;
use super::planted::{Planted, ROUNDS};

/// A transfer; accounts are places in the list of accounts.
pub(super) struct Transfer {
    /// Seconds since the beginning of the year.
    pub(super) at: i64,
    pub(super) from: usize,
    pub(super) to: usize,
    /// Hundredths of a krone.
    pub(super) ore: i64,
    pub(super) text: Text,
}

/// What stands on the statement.
#[derive(Clone, Copy)]
pub(super) enum Text {
    Plain(&'static str),
    Numbered(&'static str, u64),
}

const DAY: i64 = 86_400;
const DAYS: i64 = 365;
/// The first day of each month within the year that begins in October.
const MONTHS: [(i64, i64); 12] = [
    (0, 31),
    (31, 30),
    (61, 31),
    (92, 31),
    (123, 28),
    (151, 31),
    (182, 30),
    (212, 31),
    (243, 30),
    (273, 31),
    (304, 31),
    (335, 30),
];
/// How much is bought in a month, in percent of the busiest.
const SEASON: [u64; 12] = [62, 70, 100, 52, 50, 58, 64, 66, 72, 80, 66, 60];

/// Who has which accounts.
pub(super) struct Bank<'a> {
    pub(super) people: usize,
    pub(super) companies: usize,
    pub(super) accounts: &'a [Account],
    pub(super) planted: &'a Planted,
}

impl Bank<'_> {
    /// The main account of a company, some much more often than others; never a planted one. `first`, in percent of the
    /// list, is where the most frequent ones stand, so that the greatest shop is not the greatest employer too.
    fn popular(&self, chance: &mut Chance, first: usize) -> usize {
        let planted = self.planted_companies();
        let others = self.companies - planted;
        self.people + planted + (chance.popular(others) + others * first / 100) % others
    }

    fn any_company(&self, chance: &mut Chance) -> usize {
        let planted = self.planted_companies();
        self.people + planted + chance.below((self.companies - planted) as u64) as usize
    }

    fn any_person(&self, chance: &mut Chance) -> usize {
        chance.below(self.people as u64) as usize
    }

    fn planted_companies(&self) -> usize {
        (self.planted.ring.len() + 2).min(self.companies)
    }
}

/// All transfers by time.
pub(super) fn transfers(seed: u64, scale: &Scale, bank: &Bank<'_>) -> Vec<Transfer> {
    let mut all = Vec::with_capacity(scale.transfers);
    circle(&mut Chance::new(seed, 20), bank, &mut all);
    cover(&mut Chance::new(seed, 21), bank, &mut all);
    wages(&mut Chance::new(seed, 22), bank, &mut all);
    rent(&mut Chance::new(seed, 23), bank, &mut all);
    savings(&mut Chance::new(seed, 24), bank, &mut all);
    invoices(&mut Chance::new(seed, 25), bank, scale.transfers / 8, &mut all);
    friends(&mut Chance::new(seed, 26), bank, scale.transfers / 10, &mut all);
    let rest = scale.transfers.saturating_sub(all.len());
    purchases(&mut Chance::new(seed, 27), bank, rest, &mut all);
    all.sort_by_key(|transfer| (transfer.at, transfer.from, transfer.to, transfer.ore));
    all
}

/// A moment of `day` between two hours.
fn moment(day: i64, from_hour: i64, to_hour: i64, chance: &mut Chance) -> i64 {
    day.clamp(0, DAYS - 1) * DAY + chance.between(from_hour * 3600, to_hour * 3600 - 1)
}

fn wages(chance: &mut Chance, bank: &Bank<'_>, all: &mut Vec<Transfer>) {
    for person in 0..bank.people {
        if !chance.percent(60) {
            continue;
        }
        let (employer, wage) = (bank.popular(chance, 20), chance.amount(36_000, 0.5));
        let payday = chance.pick(&[11, 14, 24, 24, 24]);
        for (first, _) in MONTHS {
            let at = moment(first + payday, 5, 7, chance);
            let ore = wage + chance.between(-wage / 50, wage / 50);
            all.push(Transfer { at, from: employer, to: person, ore, text: Text::Plain("Lønn") });
        }
    }
}

fn rent(chance: &mut Chance, bank: &Bank<'_>, all: &mut Vec<Transfer>) {
    for person in 0..bank.people {
        if !chance.percent(20) {
            continue;
        }
        let landlord = if chance.percent(60) { bank.popular(chance, 50) } else { bank.any_person(chance) };
        let ore = chance.amount(11_000, 0.5) / 10_000 * 10_000 + 50_000;
        for (first, _) in MONTHS {
            let at = moment(first + chance.between(0, 2), 6, 12, chance);
            all.push(Transfer { at, from: person, to: landlord, ore, text: Text::Plain("Husleie") });
        }
    }
}

fn savings(chance: &mut Chance, bank: &Bank<'_>, all: &mut Vec<Transfer>) {
    for (place, account) in bank.accounts.iter().enumerate().skip(bank.people + bank.companies) {
        if !chance.percent(55) {
            continue;
        }
        let ore = chance.amount(1_500, 1.0) / 5_000 * 5_000 + 5_000;
        for (first, length) in MONTHS {
            let at = moment(first + chance.between(0, length - 1), 6, 9, chance);
            all.push(Transfer { at, from: account.holder, to: place, ore, text: Text::Plain("Sparing") });
        }
    }
}

fn invoices(chance: &mut Chance, bank: &Bank<'_>, count: usize, all: &mut Vec<Transfer>) {
    for _ in 0..count {
        let (from, to) = (bank.popular(chance, 75), bank.any_company(chance));
        let working_day = chance.between(0, DAYS / 7 - 1) * 7 + chance.pick(&[0, 1, 2, 5, 6]);
        let at = moment(working_day, 7, 17, chance);
        let (ore, text) = (chance.amount(9_000, 1.7), Text::Numbered("Faktura", 10_000 + chance.below(80_000)));
        all.extend((from != to).then_some(Transfer { at, from, to, ore, text }));
    }
}

fn friends(chance: &mut Chance, bank: &Bank<'_>, count: usize, all: &mut Vec<Transfer>) {
    for _ in 0..count {
        let from = bank.any_person(chance);
        // Most people pay the same few others: neighbours in the list.
        let to =
            if chance.percent(85) { (from + 1 + chance.popular(12)) % bank.people } else { bank.any_person(chance) };
        let at = moment(chance.between(0, DAYS - 1), 8, 24, chance);
        let text = chance.pick(
            &["Takk for sist", "Middag", "Gave", "Bensin", "Hytte", "Fotball", "Kino", "Vipps", "Barnehage"].map(Some),
        );
        let text = Text::Plain(text.unwrap_or_default());
        all.extend((from != to).then(|| Transfer { at, from, to, ore: chance.amount(280, 1.2), text }));
    }
}

fn purchases(chance: &mut Chance, bank: &Bank<'_>, count: usize, all: &mut Vec<Transfer>) {
    let end = all.len() + count;
    while all.len() < end {
        let day = chance.between(0, DAYS - 1);
        let month = MONTHS.iter().rposition(|(first, _)| *first <= day).unwrap_or_default();
        if !chance.percent(SEASON.get(month).copied().unwrap_or(50)) {
            continue;
        }
        let at = moment(day, 8, 22, chance);
        let text = Text::Numbered("Varekjøp", 100_000 + chance.below(900_000));
        all.push(Transfer {
            at,
            from: bank.any_person(chance),
            to: bank.popular(chance, 0),
            ore: chance.amount(340, 1.3),
            text,
        });
    }
}

/// Money comes in from private accounts, goes round through all seven companies and back to the first, each passing it on
/// within two days and keeping a little; part of it then goes up to the holding and its parent.
fn circle(chance: &mut Chance, bank: &Bank<'_>, all: &mut Vec<Transfer>) {
    let ring = bank.planted.ring.len();
    for round in 0..ROUNDS {
        let begin = (128 + round as i64 * 18 + chance.between(0, 3)) * DAY + chance.between(9, 15) * 3600;
        let mut ore = chance.between(42_000_000, 88_000_000);
        feed(chance, bank, begin, ore, all);
        let mut at = begin;
        for hop in 0..ring {
            let (from, to) = (bank.people + hop, bank.people + (hop + 1) % ring);
            let text = Text::Numbered(
                ["Faktura", "Konsulenttjenester", "Leie maskiner", "Varer"].get(hop % 4).unwrap_or(&""),
                200 + (round * ring + hop) as u64,
            );
            all.push(Transfer { at, from, to, ore, text });
            at += chance.between(3 * 3600, 40 * 3600);
            ore -= ore * chance.between(2, 15) / 1000;
        }
        pass_up(chance, bank, at + DAY * 2, ore, all);
    }
}

/// Part of what went round goes from three companies to the holding, and from there to its parent.
fn pass_up(chance: &mut Chance, bank: &Bank<'_>, at: i64, ore: i64, all: &mut Vec<Transfer>) {
    let (holding, parent) = (bank.people + bank.planted.ring.len(), bank.people + bank.planted.ring.len() + 1);
    for owned in bank.planted.behind {
        let ore = ore * chance.between(450, 850) / 10_000;
        let at = at + chance.between(0, DAY);
        all.push(Transfer { at, from: bank.people + owned, to: holding, ore, text: Text::Plain("Konsernbidrag") });
        let (at, ore) = (at + chance.between(DAY, 3 * DAY), ore * 9 / 10);
        all.push(Transfer { at, from: holding, to: parent, ore, text: Text::Plain("Utbytte") });
    }
}

/// What a round begins with, in payments under 200,000 kroner from private accounts.
fn feed(chance: &mut Chance, bank: &Bank<'_>, begin: i64, ore: i64, all: &mut Vec<Transfer>) {
    let mut left = ore;
    while left > 0 {
        let part = chance.between(9_000_000, 19_900_000).min(left);
        left -= part;
        let from = 40 + chance.below(25.min(bank.people as u64 - 40)) as usize;
        let at = begin - chance.between(2 * 3600, 44 * 3600);
        all.push(Transfer { at, from, to: bank.people, ore: part, text: Text::Plain("Lån") });
    }
}

/// A little ordinary business of the ring, so that the circle is not all there is.
fn cover(chance: &mut Chance, bank: &Bank<'_>, all: &mut Vec<Transfer>) {
    for company in 0..bank.planted.ring.len() {
        for _ in 0..chance.between(14, 30) {
            let (own, other) = (bank.people + company, bank.any_company(chance));
            let (from, to) = if chance.percent(70) { (own, other) } else { (other, own) };
            let at = moment(chance.between(60, DAYS - 1), 8, 16, chance);
            let text = Text::Numbered("Faktura", 10_000 + chance.below(80_000));
            all.push(Transfer { at, from, to, ore: chance.amount(4_000, 1.2), text });
        }
    }
}
