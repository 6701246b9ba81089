//! Writes the demo's files: the bank as SQLite, the register and the sanctions list as CSV.

use std::path::Path;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rusqlite::{Connection, params};

use super::Failed;
use super::accounts::Account;
use super::companies::{Company, Role};
use super::people::{Address, Person};
use super::sanctions::Listed;
use super::transfers::{Text, Transfer};

/// The first moment of the year of transfers.
pub(super) const YEAR_BEGINS: Timestamp = Timestamp::constant(1_759_276_800, 0);

const TABLES: &str = "
    pragma page_size = 4096; pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off;
    create table address (
        address_id INTEGER PRIMARY KEY, street TEXT NOT NULL, postcode TEXT NOT NULL, town TEXT NOT NULL
    );
    create table customer (
        customer_no INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, national_id TEXT UNIQUE,
        orgnr TEXT UNIQUE, born DATE, address_id INTEGER NOT NULL REFERENCES address(address_id), phone TEXT,
        customer_since DATE NOT NULL
    );
    create table account (
        account_no TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, currency TEXT NOT NULL, opened DATE NOT NULL
    );
    create table account_holder (
        account_no TEXT NOT NULL REFERENCES account(account_no),
        customer_no INTEGER NOT NULL REFERENCES customer(customer_no),
        role TEXT NOT NULL, since DATE NOT NULL, PRIMARY KEY (account_no, customer_no)
    );
    create table transfer (
        transfer_id INTEGER PRIMARY KEY, from_account TEXT NOT NULL REFERENCES account(account_no),
        to_account TEXT NOT NULL REFERENCES account(account_no), amount DECIMAL_TEXT(38,2) NOT NULL,
        currency TEXT NOT NULL, booked_at INSTANT NOT NULL, text TEXT NOT NULL
    );
    begin;";

/// Indexes are made after the rows, which is faster and gives the same file.
const INDEXES: &str = "
    create index customer_address on customer(address_id);
    create index account_holder_customer on account_holder(customer_no);
    create index transfer_from on transfer(from_account);
    create index transfer_to on transfer(to_account);
    commit;";

/// What the bank knows.
pub(super) struct BankFile<'a> {
    pub(super) addresses: &'a [Address],
    pub(super) people: &'a [Person],
    /// Those of the register that are customers.
    pub(super) companies: &'a [Company],
    pub(super) accounts: &'a [Account],
    pub(super) transfers: &'a [Transfer],
}

impl BankFile<'_> {
    pub(super) fn write(&self, path: &Path) -> Result<(), Failed> {
        let bank = Connection::open(path)?;
        bank.execute_batch(TABLES)?;
        self.addresses(&bank)?;
        self.customers(&bank)?;
        self.accounts(&bank)?;
        self.transfers(&bank)?;
        bank.execute_batch(INDEXES)?;
        Ok(())
    }

    fn addresses(&self, bank: &Connection) -> Result<(), Failed> {
        let mut insert = bank.prepare("insert into address values (?, ?, ?, ?)")?;
        for (place, address) in self.addresses.iter().enumerate() {
            insert.execute(params![place as i64 + 1, address.street, address.postcode, address.town])?;
        }
        Ok(())
    }

    fn customers(&self, bank: &Connection) -> Result<(), Failed> {
        let mut insert = bank.prepare("insert into customer values (?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
        for (place, person) in self.people.iter().enumerate() {
            let (born, since) = (person.born.to_string(), person.since.to_string());
            let address = person.address as i64 + 1;
            let number = customer_no(place);
            let none = None::<&str>;
            insert.execute(params![
                number,
                "person",
                person.name,
                person.national_id,
                none,
                born,
                address,
                person.phone,
                since
            ])?;
        }
        for (place, company) in self.companies.iter().enumerate() {
            let (number, address) = (customer_no(self.people.len() + place), company.address as i64 + 1);
            let since = company.registered.to_string();
            let none = None::<&str>;
            insert.execute(params![
                number,
                "company",
                company.name,
                none,
                company.orgnr,
                none,
                address,
                none,
                since
            ])?;
        }
        Ok(())
    }

    fn accounts(&self, bank: &Connection) -> Result<(), Failed> {
        let mut account = bank.prepare("insert into account values (?, ?, 'NOK', ?)")?;
        let mut holder = bank.prepare("insert into account_holder values (?, ?, ?, ?)")?;
        for row in self.accounts {
            let opened = row.opened.to_string();
            account.execute(params![row.number, row.kind, opened])?;
            holder.execute(params![row.number, customer_no(row.holder), "owner", opened])?;
            if let Some((second, role)) = row.co_holder.filter(|(second, _)| *second != row.holder) {
                holder.execute(params![row.number, customer_no(second), role, opened])?;
            }
        }
        Ok(())
    }

    fn transfers(&self, bank: &Connection) -> Result<(), Failed> {
        let mut insert = bank.prepare("insert into transfer values (?, ?, ?, ?, 'NOK', ?, ?)")?;
        let number = |place: usize| self.accounts.get(place).map(|account| account.number.as_str());
        for (place, row) in self.transfers.iter().enumerate() {
            let at = (YEAR_BEGINS + row.at.seconds()).to_string();
            let text = match row.text {
                Text::Plain(text) => text.to_owned(),
                Text::Numbered(text, count) => format!("{text} {count}"),
            };
            insert.execute(params![place as i64 + 1, number(row.from), number(row.to), kroner(row.ore), at, text])?;
        }
        Ok(())
    }
}

/// Customer numbers begin at 100001.
fn customer_no(place: usize) -> i64 {
    place as i64 + 100_001
}

/// Hundredths as plain digits: 123450 is `1234.50`.
fn kroner(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Norwegian style, semicolons. In the order of the organisation numbers.
pub(super) fn register(path: &Path, companies: &[&Company], addresses: &[Address]) -> Result<(), Failed> {
    let mut file = csv::WriterBuilder::new().delimiter(b';').from_path(path)?;
    file.write_record([
        "orgnr",
        "name",
        "address",
        "postcode",
        "town",
        "industry_code",
        "industry",
        "employees",
        "registered",
    ])?;
    for company in companies {
        let Some(address) = addresses.get(company.address) else { continue };
        let (_, code, industry) = company.industry;
        let (employees, registered) = (company.employees.to_string(), company.registered.to_string());
        let row = [
            &company.orgnr,
            &company.name,
            &address.street,
            address.postcode,
            address.town,
            code,
            industry,
            &employees,
            &registered,
        ];
        file.write_record(row)?;
    }
    Ok(file.flush()?)
}

/// One row per role; a share only for owners.
pub(super) fn roles(path: &Path, roles: &[Role]) -> Result<(), Failed> {
    let mut file = csv::WriterBuilder::new().delimiter(b';').from_path(path)?;
    file.write_record([
        "role_id",
        "orgnr",
        "role",
        "holder_kind",
        "holder_national_id",
        "holder_orgnr",
        "holder_name",
        "born",
        "country",
        "share_percent",
        "since",
    ])?;
    for (place, role) in roles.iter().enumerate() {
        let (id, since, holder) = ((place + 1).to_string(), role.since.to_string(), &role.holder);
        let (born, share) = (day_text(holder.born), role.share.map(kroner).unwrap_or_default());
        // A column each: a link that joins the one never meets a number of the other kind.
        let (national_id, orgnr) = if holder.is_company() { ("", &*holder.id) } else { (&*holder.id, "") };
        let holder = [holder.kind, national_id, orgnr, &holder.name, &born, holder.country];
        let row = [id.as_str(), &role.orgnr, role.role].into_iter().chain(holder).chain([share.as_str(), &since]);
        file.write_record(row)?;
    }
    Ok(file.flush()?)
}

/// International style, commas.
pub(super) fn sanctions(path: &Path, list: &[Listed]) -> Result<(), Failed> {
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(["entry", "kind", "name", "aliases", "born", "country", "programme", "listed"])?;
    for row in list {
        let (born, listed) = (day_text(row.born), row.listed.to_string());
        file.write_record([&row.entry, row.kind, &row.name, &row.aliases, &born, row.country, row.programme, &listed])?;
    }
    Ok(file.flush()?)
}

fn day_text(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
