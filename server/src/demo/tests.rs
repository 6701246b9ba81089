//! The demo's promises: the same every time, consistent, with the case in it.

use std::io::Cursor;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use super::*;
use crate::decimal::Decimal;

fn made(scale: &Scale) -> (tempfile::TempDir, DemoFiles) {
    let folder = tempfile::tempdir().unwrap();
    let files = generate(folder.path(), SEED, scale).unwrap();
    (folder, files)
}

fn bank(files: &DemoFiles) -> Connection {
    Connection::open_with_flags(&files.bank, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn number(bank: &Connection, sql: &str) -> i64 {
    bank.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn fingerprint(files: &DemoFiles) -> Vec<Vec<u8>> {
    let hash = |file: &Path| Sha256::digest(std::fs::read(file).unwrap()).to_vec();
    [&files.bank, &files.register, &files.roles, &files.sanctions].map(|file| hash(file)).to_vec()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    let (folder, first) = made(&Scale::SMALL);
    let (_other, second) = made(&Scale::SMALL);
    assert_eq!(fingerprint(&first), fingerprint(&second));
    let before = fingerprint(&first);
    let again = generate(folder.path(), SEED + 1, &Scale::SMALL).unwrap();
    assert!(fingerprint(&again).iter().zip(&before).all(|(a, b)| a != b));
}

#[test]
fn counts_are_as_asked_and_every_reference_holds() {
    let (_folder, files) = made(&Scale::SMALL);
    let bank = bank(&files);
    for (sql, count) in [
        ("select count(*) from customer where kind = 'person'", 400),
        ("select count(*) from customer where kind = 'company'", 64),
        ("select count(*) from account", 600),
        ("select count(*) from transfer", 10_000),
        ("select count(*) from account where account_no not in (select account_no from account_holder)", 0),
        ("select count(*) from pragma_foreign_key_check", 0),
        ("select count(*) from transfer where from_account = to_account", 0),
        ("select count(*) from transfer where typeof(amount) <> 'text' or cast(amount as real) <= 0", 0),
        ("select count(*) from transfer where booked_at not between '2025-10-01' and '2026-10-01'", 0),
        (
            "select count(*) from transfer a join transfer b on b.transfer_id = a.transfer_id + 1 where b.booked_at < a.booked_at",
            0,
        ),
    ] {
        assert_eq!(number(&bank, sql), count, "{sql}");
    }
}

/// Amount and time of the transfers between two accounts.
fn between(bank: &Connection, from: &str, to: &str) -> Vec<(Decimal, Timestamp)> {
    let sql = "select amount, booked_at from transfer where from_account = ? and to_account = ? order by transfer_id";
    let mut statement = bank.prepare(sql).unwrap();
    let rows = statement.query_map([from, to], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    rows.map(Result::unwrap).map(|(amount, at)| (Decimal::parse(&amount).unwrap(), at.parse().unwrap())).collect()
}

#[test]
fn the_money_goes_round_within_two_days_a_company_and_little_is_kept() {
    let (_folder, files) = made(&Scale::SMALL);
    let (bank, planted) = (bank(&files), planted());
    let accounts: Vec<_> = planted.ring.iter().map(|company| company.account.as_str()).collect();
    let hops: Vec<_> = (0..7).map(|hop| between(&bank, accounts[hop], accounts[(hop + 1) % 7])).collect();
    for (round, hop) in (0..ROUNDS).flat_map(|round| (1..7).map(move |hop| (round, hop))) {
        let ((paid_in, came), (paid_out, went)) = (hops[hop - 1][round], hops[hop][round]);
        let hours = went.duration_since(came).as_hours();
        assert!((0..PASSED_ON_WITHIN_HOURS).contains(&hours), "round {round} hop {hop}: {hours} h");
        let kept = paid_out.mantissa() * 1000 / paid_in.mantissa();
        assert!((980..1000).contains(&kept), "round {round} hop {hop}: {kept} per thousand");
    }
    let holders = "select count(*) from account_holder h join customer c using (customer_no) where c.orgnr is not null";
    assert_eq!(number(&bank, holders), 64);
}

/// Column `wanted` (empty where it is null) of the rows of an uploaded file in which column `given` is `value`.
fn look_up(image: &[u8], wanted: &str, given: &str, value: &str) -> Vec<String> {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.deserialize_read_exact("main", image, image.len(), true).unwrap();
    let sql = format!("select coalesce({wanted}, '') from rows where {given} = ? order by line");
    let mut statement = connection.prepare(&sql).unwrap();
    statement.query_map([value], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// A CSV file of the demo through the intake.
fn taken_in(file: &Path, rows: u64) -> Vec<u8> {
    let bytes = std::fs::read(file).unwrap();
    let (image, report) = intake::build(Cursor::new(&bytes), &layout(&bytes).unwrap()).unwrap();
    assert!(report.rows >= rows && report.problems.count() == 0, "{file:?}: {report:?}");
    assert!(report.columns.iter().all(|column| column.given_way.is_none() && column.unreadable == 0), "{report:?}");
    image.bytes
}

#[test]
fn three_ownerships_lead_from_the_ring_to_the_listed_man() {
    let (_folder, files) = made(&Scale::SMALL);
    let planted = planted();
    let (register, roles) = (taken_in(&files.register, 100), taken_in(&files.roles, 250));
    let sanctions = taken_in(&files.sanctions, 12);
    assert_eq!(look_up(&register, "orgnr", "address", planted.address.0).len(), 7);
    let owners = |orgnr: &str, wanted| look_up(&roles, wanted, "role = 'owner' and orgnr", orgnr);
    for place in planted.behind {
        assert_eq!(owners(&planted.ring[place].orgnr, "holder_orgnr"), [planted.holding.orgnr.as_str()]);
    }
    assert_eq!(owners(&planted.holding.orgnr, "holder_orgnr")[0], planted.parent.orgnr);
    assert_eq!(owners(&planted.parent.orgnr, "holder_name"), [planted.owner.name]);
    assert_eq!(owners(&planted.parent.orgnr, "born"), [planted.owner.born]);
    assert_eq!(look_up(&sanctions, "entry", "born", planted.owner.born), [planted.owner.entry]);
    assert_eq!(look_up(&sanctions, "lower(name)", "entry", planted.owner.entry), [planted.owner.name.to_lowercase()]);
}

#[test]
fn whoever_is_named_as_a_holder_exists() {
    let (_folder, files) = made(&Scale::SMALL);
    let bank = bank(&files);
    let image = taken_in(&files.roles, 250);
    let register = taken_in(&files.register, 100);
    let companies = look_up(&image, "holder_orgnr", "holder_kind", "company");
    assert!(companies.len() > 5 && companies.iter().all(|of| look_up(&register, "name", "orgnr", of).len() == 1));
    let people = look_up(&image, "holder_national_id", "holder_kind = 'person' and country", "Norway");
    let known = "select count(*) from customer where national_id = ?";
    let is_known = |of: &String| bank.query_row(known, [of], |row| row.get::<_, i64>(0)).unwrap() == 1;
    assert!(people.len() > 100 && people.iter().all(is_known));
    let strays = [("holder_orgnr", "person"), ("holder_national_id", "company")];
    for (column, kind) in strays {
        assert_eq!(look_up(&image, "count(*) || ''", &format!("{column} is not null and holder_kind"), kind), ["0"]);
    }
}

#[test]
fn shares_of_every_company_add_up_to_a_hundred_percent() {
    let (_folder, files) = made(&Scale::SMALL);
    let bytes = std::fs::read(&files.roles).unwrap();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(bytes.as_slice());
    let mut sums = std::collections::BTreeMap::new();
    for row in reader.records().map(Result::unwrap).filter(|row| &row[2] == "owner") {
        let sum: &mut Decimal = sums.entry(row[1].to_owned()).or_insert(Decimal::from(0));
        *sum = sum.checked_add(Decimal::parse(&row[9]).unwrap()).unwrap();
    }
    assert_eq!(sums.len(), 100);
    assert!(sums.values().all(|sum| *sum == Decimal::from(100)), "{sums:?}");
}

#[test]
#[ignore = "takes half a minute in a dev build: cargo test -p server --lib -- --ignored --nocapture demo"]
#[expect(clippy::disallowed_methods, reason = "prints how long the full demo takes")]
fn the_full_demo_is_made() {
    let begun = std::time::Instant::now();
    let (_folder, files) = made(&Scale::FULL);
    eprintln!("made in {:?}", begun.elapsed());
    for file in [&files.bank, &files.register, &files.roles, &files.sanctions] {
        eprintln!("{}: {} bytes", file.display(), file.metadata().unwrap().len());
    }
    let bank = bank(&files);
    for table in ["address", "customer", "account", "account_holder", "transfer", "pragma_foreign_key_check"] {
        eprintln!("{table}: {}", number(&bank, &format!("select count(*) from {table}")));
    }
    taken_in(&files.register, 5_000);
    taken_in(&files.roles, 15_000);
    taken_in(&files.sanctions, 600);
    if let Ok(keep) = std::env::var("CLEW_KEEP_DEMO") {
        for file in [&files.bank, &files.register, &files.roles, &files.sanctions] {
            std::fs::copy(file, Path::new(&keep).join(file.file_name().unwrap())).unwrap();
        }
    }
}
