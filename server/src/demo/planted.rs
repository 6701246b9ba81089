//! The case that is hidden in the demo: seven companies at one address pass money round in a circle, and behind three of
//! them, two ownerships further up, stands a man on the sanctions list. All of it is invented.

use super::numbers;

/// What there is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// Street and number, postcode, town: where all seven companies are registered.
    pub address: (&'static str, &'static str, &'static str),
    /// In the order in which the money goes round; the last pays the first.
    pub ring: Vec<PlantedCompany>,
    /// The places in `ring` (0, 2, 4) of the companies that `holding` owns.
    pub behind: [usize; 3],
    /// Owns three companies of the ring.
    pub holding: PlantedCompany,
    /// Owns `holding`.
    pub parent: PlantedCompany,
    /// Owns `parent`, and is on the sanctions list.
    pub owner: PlantedOwner,
}

/// A company of the case, with its account at the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedCompany {
    pub name: &'static str,
    pub orgnr: String,
    pub account: String,
    pub industry: &'static str,
}

/// The man behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlantedOwner {
    /// As the company register has it.
    pub name: &'static str,
    /// As the sanctions list has it.
    pub listed_name: &'static str,
    pub aliases: &'static str,
    pub born: &'static str,
    /// The entry of the sanctions list.
    pub entry: &'static str,
}

/// How often the money goes round.
pub const ROUNDS: usize = 12;
/// What a company of the ring receives it passes on within this time.
pub const PASSED_ON_WITHIN_HOURS: i64 = 48;

const NAMES: [(&str, &str); 9] = [
    ("Brygga Import AS", "Engros"),
    ("Sundet Handel AS", "Handel"),
    ("Lyngholmen Transport AS", "Transport"),
    ("Havneby Renhold AS", "Renhold"),
    ("Odden Konsult AS", "Konsult"),
    ("Skagerak Maskinutleie AS", "Utleie"),
    ("Fergekaien Eiendom AS", "Eiendom"),
    ("Grønnskjær Holding AS", "Eiendom"),
    ("Ostrand Invest AS", "Konsult"),
];

/// What there is to be found; the same for every seed and scale.
pub fn planted() -> Planted {
    let (mut serial_company, mut serial_account) = (9_120_000, 120_000);
    let mut companies: Vec<_> = NAMES
        .iter()
        .map(|(name, industry)| PlantedCompany {
            name,
            orgnr: numbers::next_valid(&mut serial_company, numbers::orgnr),
            account: numbers::next_valid(&mut serial_account, |serial| numbers::account(90, serial)),
            industry,
        })
        .collect();
    let mut owners = companies.drain(7..).collect::<Vec<_>>().into_iter();
    let nobody = || PlantedCompany { name: "", orgnr: String::new(), account: String::new(), industry: "" };
    Planted {
        address: ("Ferjeveien 12", "4790", "Lillesand"),
        ring: companies,
        behind: [0, 2, 4],
        holding: owners.next().unwrap_or_else(nobody),
        parent: owners.next().unwrap_or_else(nobody),
        owner: PlantedOwner {
            name: "Miroslav Drazhenko",
            listed_name: "MIROSLAV DRAZHENKO",
            aliases: "Miro Drazhenko; M. P. Drazenko",
            born: "1961-04-17",
            entry: "NSL-0417",
        },
    }
}
