//! The demo's data: an invented bank, company register and sanctions list with a case to be found in them.
//!
//! Every person, company, number and list is invented by seeded chance; the same seed and scale give the same files, byte
//! for byte. Numbers have valid check digits and come from ranges that nobody real has. What is hidden is told by
//! [`planted`].
//!
//! The sources belong together over these columns: `customer.orgnr`, `orgnr` of the register and of the roles, and
//! `holder_orgnr` of a role held by a company; `customer.national_id` and `holder_national_id` of a role held by a person;
//! `holder_name` of a role and `name` of the sanctions list, but for upper case.

mod accounts;
pub mod case;
mod chance;
mod companies;
mod files;
mod numbers;
mod people;
mod planted;
mod sanctions;
#[cfg(test)]
mod tests;
mod transfers;
mod words;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use model::kind::Kind;

use crate::intake::{self, Layout, Refusal};
use chance::Chance;
pub use planted::{PASSED_ON_WITHIN_HOURS, Planted, PlantedCompany, PlantedOwner, ROUNDS, planted};

/// "Today" in the demo: the last day with transfers.
pub const CASE_DATE: Date = Date::constant(2026, 9, 30);
/// The seed of the demo that everybody gets.
pub const SEED: u64 = 14_445;

/// How much is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    pub people: usize,
    /// In the register; the nine planted ones included.
    pub companies: usize,
    /// How many companies of the register are customers of the bank.
    pub company_customers: usize,
    /// At least one for every customer; the rest are savings accounts.
    pub accounts: usize,
    pub transfers: usize,
    /// Entries of the sanctions list.
    pub sanctions: usize,
}

impl Scale {
    /// What `clew demo` shows.
    pub const FULL: Self = Self {
        people: 20_000,
        companies: 5_000,
        company_customers: 3_200,
        accounts: 30_000,
        transfers: 500_000,
        sanctions: 600,
    };
    /// The same case in a fiftieth of the data, for tests.
    pub const SMALL: Self =
        Self { people: 400, companies: 100, company_customers: 64, accounts: 600, transfers: 10_000, sanctions: 12 };
}

/// Where the files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoFiles {
    /// `bank.sqlite`: address, customer, account, account_holder, transfer.
    pub bank: PathBuf,
    /// `company_register.csv`, semicolons.
    pub register: PathBuf,
    /// `company_roles.csv`, semicolons: owners, chairs, managers.
    pub roles: PathBuf,
    /// `sanctions.csv`, commas.
    pub sanctions: PathBuf,
}

/// Why the files could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("The demo's files could not be written. Is there room on the disk, and may the folder be written?")]
    Writing(#[from] std::io::Error),
    #[error("The demo's tables could not be written. Is there room on the disk, and may the folder be written?")]
    Csv(#[from] csv::Error),
    #[error("The demo's bank could not be written. Is there room on the disk, and may the folder be written?")]
    Bank(#[from] rusqlite::Error),
}

/// Makes the demo's files in `folder`, which must exist; files of the same names are replaced.
pub fn generate(folder: &Path, seed: u64, scale: &Scale) -> Result<DemoFiles, Failed> {
    let files = DemoFiles {
        bank: folder.join("bank.sqlite"),
        register: folder.join("company_register.csv"),
        roles: folder.join("company_roles.csv"),
        sanctions: folder.join("sanctions.csv"),
    };
    let planted = planted();
    let mut addresses = people::offices(&mut Chance::new(seed, 1), &planted);
    let people = people::people(&mut Chance::new(seed, 2), scale, &mut addresses);
    let companies = companies::companies(&mut Chance::new(seed, 3), scale, &planted, &mut addresses);
    let roles = companies::roles(&mut Chance::new(seed, 4), &planted, &companies, &people);
    let accounts = accounts::accounts(&mut Chance::new(seed, 5), scale, &people, &companies, &planted, &roles);
    let customers = companies.get(..scale.company_customers).unwrap_or(&companies);
    let bank =
        transfers::Bank { people: people.len(), companies: customers.len(), accounts: &accounts, planted: &planted };
    let transfers = transfers::transfers(seed, scale, &bank);
    remove(&files.bank)?;
    let bank = files::BankFile {
        addresses: &addresses,
        people: &people,
        companies: customers,
        accounts: &accounts,
        transfers: &transfers,
    };
    bank.write(&files.bank)?;
    let mut by_number: Vec<_> = companies.iter().collect();
    by_number.sort_by(|a, b| a.orgnr.cmp(&b.orgnr));
    files::register(&files.register, &by_number, &addresses)?;
    files::roles(&files.roles, &roles)?;
    files::sanctions(&files.sanctions, &sanctions::sanctions(&mut Chance::new(seed, 6), scale, &planted))?;
    Ok(files)
}

fn remove(file: &Path) -> Result<(), Failed> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// How one of the demo's CSV files is read: as detected, but numbers that name somebody are text, as in the bank, so that
/// the sources match; and empty dates and shares are null.
pub fn layout(file: &[u8]) -> Result<Layout, Refusal> {
    let mut layout = intake::detect(file, true)?;
    for column in &mut layout.columns {
        let is_holder = matches!(column.name.as_str(), "holder_national_id" | "holder_orgnr");
        if is_holder || matches!(column.name.as_str(), "orgnr" | "postcode" | "industry_code") {
            (column.kind, column.chosen) = (Kind::Text, true);
        }
        if is_holder {
            column.null_words = vec![String::new()];
        }
    }
    Ok(layout)
}
