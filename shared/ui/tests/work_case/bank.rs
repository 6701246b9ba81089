//! People, companies, accounts and addresses, what links them, and the project that describes them.

use std::collections::BTreeMap;

use access::{Action, AppRole, Caller, Grant, Grantee, PersonId, Policy, ProjectId, ProjectPolicy, ProjectRole};
use model::project::{ColumnPair, Join, Limits, LinkType, Matching, ObjectType, Origin, Property, Source, Table};
use model::{Kind, LinkTypeId, ObjectTypeId, Project, PropertyId, SourceId};
use wire::project::VisibleProject;
use wire::session::{Me, ProjectCard};

/// A row: property to canonical text.
pub type Row = BTreeMap<String, String>;

/// Everything that the fake server knows.
pub struct Bank {
    pub project: Project,
    pub rows: BTreeMap<String, Vec<Row>>,
    /// Link type to rows; `from` and `to` are keys.
    pub links: BTreeMap<String, Vec<Row>>,
    pub kept: wire::project::Work,
    /// A source that fails to search, if any.
    pub failing: Option<String>,
    pub role: ProjectRole,
    pub preferences: wire::session::Preferences,
    /// The language of the browser.
    pub language: String,
    /// Counting takes too long.
    pub uncounted: bool,
    /// Rows that the file behind every question lost when it was brought in.
    pub left_out: u64,
    /// The most rows that a source gives.
    pub most_rows: u64,
    /// What the person knows by name only.
    pub withheld: model::Withheld,
}

pub fn id<T: TryFrom<String>>(text: &str) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(text.to_owned()).unwrap()
}

fn row(cells: &[(&str, &str)]) -> Row {
    cells.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn property(name: &str, title: &str, kind: Kind) -> Property {
    Property {
        id: id(name),
        name: title.to_owned(),
        column: name.to_owned(),
        kind,
        format: None,
        unit: None,
        searchable: kind == Kind::Text,
        hidden: false,
    }
}

fn object_type(
    slug: &str,
    name: &str,
    plural: &str,
    look: (&str, u8),
    source: &str,
    properties: Vec<Property>,
) -> ObjectType {
    ObjectType {
        id: id(slug),
        name: name.to_owned(),
        plural: plural.to_owned(),
        icon: look.0.to_owned(),
        colour: look.1,
        source: id(source),
        origin: Origin::Table(Table { schema: None, name: slug.to_owned() }),
        key: vec![properties[0].id.clone()],
        // Accounts are called by their number, everything else by its name.
        title: format!("{{{}}}", properties[usize::from(slug != "account").min(properties.len() - 1)].id),
        properties,
    }
}

fn link_type(slug: &str, names: [&str; 3], from: &str, to: &str, source: &str) -> LinkType {
    let pair = |column: &str, kind: &str| {
        let property = match kind {
            "person" => "id",
            "company" => "orgno",
            "account" => "number",
            _ => "address",
        };
        vec![ColumnPair { column: column.to_owned(), property: id(property) }]
    };
    LinkType {
        id: id(slug),
        name: names[0].to_owned(),
        reverse: names[1].to_owned(),
        plural: names[2].to_owned(),
        from: id(from),
        to: id(to),
        directed: true,
        join: Join::Table {
            source: id(source),
            table: Table { schema: None, name: slug.to_owned() },
            from: pair("from", from),
            to: pair("to", to),
            matching: Matching::Exact,
        },
        key: Vec::new(),
        properties: Vec::new(),
        time: None,
        amount: None,
        currency: None,
    }
}

fn source(slug: &str, name: &str, kind: &str) -> Source {
    Source {
        id: id(slug),
        name: name.to_owned(),
        kind: kind.to_owned(),
        settings: BTreeMap::new(),
        secrets_from: BTreeMap::new(),
        upload: None,
        required_role: None,
        keep_model_visible: false,
        private_to: None,
        limits: Limits::default(),
    }
}

fn object_types() -> Vec<ObjectType> {
    let text = |name, title| property(name, title, Kind::Text);
    let money = Property { unit: Some("NOK".to_owned()), ..property("turnover", "Turnover", Kind::Decimal) };
    vec![
        object_type(
            "person",
            "Person",
            "People",
            ("person", 0),
            "core",
            vec![
                text("id", "Number"),
                text("name", "Name"),
                property("born", "Born", Kind::Date),
                text("city", "City"),
            ],
        ),
        object_type(
            "company",
            "Company",
            "Companies",
            ("apartment", 1),
            "register",
            vec![
                text("orgno", "Organisation number"),
                text("name", "Name"),
                property("registered", "Registered", Kind::Date),
                text("address", "Address"),
                text("industry", "Industry"),
                property("employees", "Employees", Kind::Integer),
                money,
            ],
        ),
        object_type(
            "account",
            "Account",
            "Accounts",
            ("account_balance", 2),
            "core",
            vec![text("number", "Number"), text("holder", "Holder"), property("opened", "Opened", Kind::Date)],
        ),
        object_type("place", "Address", "Addresses", ("location_on", 3), "register", vec![text("address", "Address")]),
        object_type(
            "listed",
            "Sanctioned person",
            "Sanctioned people",
            ("gavel", 4),
            "sanctions",
            vec![text("entry", "Entry"), text("name", "Name")],
        ),
    ]
}

fn link_types() -> Vec<LinkType> {
    let mut transfers = link_type("transfer", ["paid to", "received from", "Transfers"], "account", "account", "core");
    transfers.properties = vec![
        property("booked", "Booked", Kind::LocalTime),
        Property { unit: Some("NOK".to_owned()), ..property("amount", "Amount", Kind::Decimal) },
        property("currency", "Ccy", Kind::Text),
        property("text", "Text", Kind::Text),
    ];
    (transfers.time, transfers.amount) = (Some(id("booked")), Some(id("amount")));
    vec![
        transfers,
        link_type("holds", ["holds account", "held by", "Accounts held"], "person", "account", "core"),
        link_type("has-account", ["holds account", "held by", "Company accounts"], "company", "account", "core"),
        link_type("directs", ["director of", "directed by", "Directors"], "person", "company", "register"),
        link_type("owns", ["owns", "owned by", "Owners"], "person", "company", "register"),
        link_type("seat", ["registered at", "seat of", "Seats"], "company", "place", "register"),
    ]
}

const PEOPLE: [(&str, &str, &str, &str); 7] = [
    ("p-1001", "Ingrid Moe", "1979-02-11", "Bergen"),
    ("p-1002", "Jonas Eide", "1984-07-30", "Førde"),
    ("p-1003", "Marit Solberg", "1968-12-02", "Florø"),
    ("p-1004", "Pål Haugen", "1991-05-19", "Oslo"),
    ("p-1005", "Viktor Aleksandrov", "1962-09-08", "Limassol"),
    ("p-1006", "Ferry Johansen", "1975-03-03", "Måløy"),
    ("p-1007", "Nora Lie", "1988-10-21", "Førde"),
];

const COMPANIES: [(&str, &str, &str, &str, &str, &str, &str); 5] = [
    (
        "918224553",
        "Nordfjord Shipping AS",
        "2019-03-14",
        "Ferry Road 12, 6800 Førde",
        "50.201 Freight shipping",
        "0",
        "48200000.00",
    ),
    (
        "921447018",
        "Vestlandet Import AS",
        "2020-01-20",
        "Ferry Road 12, 6800 Førde",
        "46.390 Wholesale of food",
        "2",
        "12750000.00",
    ),
    ("919030411", "Sunnfjord Trading", "2018-11-02", "Ferry Road 12, 6800 Førde", "46.190 Agents", "1", "9100000.00"),
    ("924118206", "Fjellheim Holding", "2021-06-09", "Strandgata 4, 6900 Florø", "64.202 Holding", "0", "2400000.00"),
    ("930555120", "Blue Strait Ltd", "2017-08-15", "Arch. Makariou 3, Limassol", "70.220 Consulting", "0", "0.00"),
];

const ACCOUNTS: [(&str, &str, &str); 9] = [
    ("1503.61.00417", "Nordfjord Shipping AS", "2019-04-01"),
    ("1503.44.18820", "Vestlandet Import AS", "2020-02-03"),
    ("9710.22.55103", "Ingrid Moe", "2011-09-12"),
    ("1207.05.44210", "Ingrid Moe", "2016-01-15"),
    ("3000.12.87765", "Sunnfjord Trading", "2018-12-01"),
    ("6011.90.22117", "Fjellheim Holding", "2021-07-01"),
    ("4202.10.99318", "Blue Strait Ltd", "2017-10-10"),
    ("8101.33.70052", "Marit Solberg", "2009-03-20"),
    ("5520.48.11906", "Jonas Eide", "2012-05-05"),
];

/// From, to, how many transfers, the first amount.
const FLOWS: [(usize, usize, usize, u64); 11] = [
    (2, 0, 24, 480_000),
    (1, 0, 37, 310_500),
    (4, 0, 19, 294_000),
    (3, 0, 6, 187_250),
    (0, 6, 58, 220_000),
    (6, 5, 21, 180_000),
    (5, 3, 18, 150_000),
    (3, 2, 12, 166_000),
    (2, 1, 12, 98_400),
    (7, 2, 4, 12_500),
    (8, 4, 3, 9_900),
];

const TEXTS: [&str; 5] = ["invoice 4417", "freight", "invoice 118", "loan", "consulting, March"];

impl Default for Bank {
    fn default() -> Self {
        let sources = [
            source("core", "Core banking", "sqlite"),
            source("register", "Company register", "csv"),
            source("sanctions", "Sanctions", "csv"),
        ];
        let project = Project {
            id: id("bank"),
            name: "Harbour Bank".to_owned(),
            description: String::new(),
            sources: sources.into_iter().map(|source| (source.id.clone(), source)).collect::<BTreeMap<SourceId, _>>(),
            object_types: object_types()
                .into_iter()
                .map(|kind| (kind.id.clone(), kind))
                .collect::<BTreeMap<ObjectTypeId, _>>(),
            link_types: link_types()
                .into_iter()
                .map(|link| (link.id.clone(), link))
                .collect::<BTreeMap<LinkTypeId, _>>(),
            grants: Vec::new(),
        };
        let mut bank = Self {
            project,
            rows: BTreeMap::new(),
            links: BTreeMap::new(),
            kept: wire::project::Work::default(),
            failing: None,
            role: ProjectRole::Own,
            preferences: wire::session::Preferences::default(),
            language: "en".to_owned(),
            uncounted: false,
            left_out: 0,
            most_rows: u64::MAX,
            withheld: model::Withheld::default(),
        };
        bank.fill();
        bank
    }
}

impl Bank {
    fn fill(&mut self) {
        let people =
            PEOPLE.map(|(id, name, born, city)| row(&[("id", id), ("name", name), ("born", born), ("city", city)]));
        let companies = COMPANIES.map(|(orgno, name, registered, address, industry, employees, turnover)| {
            row(&[
                ("orgno", orgno),
                ("name", name),
                ("registered", registered),
                ("address", address),
                ("industry", industry),
                ("employees", employees),
                ("turnover", turnover),
            ])
        });
        let accounts =
            ACCOUNTS.map(|(number, holder, opened)| row(&[("number", number), ("holder", holder), ("opened", opened)]));
        let places: Vec<Row> = ["Ferry Road 12, 6800 Førde", "Strandgata 4, 6900 Florø", "Arch. Makariou 3, Limassol"]
            .map(|address| row(&[("address", address)]))
            .to_vec();
        self.rows.insert("person".to_owned(), people.to_vec());
        self.rows.insert("company".to_owned(), companies.to_vec());
        self.rows.insert("account".to_owned(), accounts.to_vec());
        self.rows.insert("place".to_owned(), places);
        self.rows.insert("listed".to_owned(), vec![row(&[("entry", "OFAC-33120"), ("name", "ALEKSANDROV, Viktor")])]);
        let link = |from: &str, to: &str| row(&[("from", from), ("to", to)]);
        let holder =
            |name: &'static str| ACCOUNTS.iter().filter(move |account| account.1 == name).map(|account| account.0);
        let holds = PEOPLE.iter().flat_map(|person| holder(person.1).map(|number| link(person.0, number))).collect();
        let has =
            COMPANIES.iter().flat_map(|company| holder(company.1).map(|number| link(company.0, number))).collect();
        let seats = COMPANIES.iter().map(|company| link(company.0, company.3)).collect();
        let directs = [(0, 1), (2, 0), (2, 1), (1, 0), (3, 4)]
            .map(|(person, company): (usize, usize)| link(PEOPLE[person].0, COMPANIES[company].0));
        let owns = [(1, 0), (4, 4), (2, 3), (0, 2)]
            .map(|(person, company): (usize, usize)| link(PEOPLE[person].0, COMPANIES[company].0));
        self.links.insert("holds".to_owned(), holds);
        self.links.insert("has-account".to_owned(), has);
        self.links.insert("seat".to_owned(), seats);
        self.links.insert("directs".to_owned(), directs.to_vec());
        self.links.insert("owns".to_owned(), owns.to_vec());
        self.links.insert("transfer".to_owned(), transfers());
    }

    pub fn me(&self) -> Me {
        let person = PersonId::new("astrid").unwrap();
        let grants = vec![Grant { to: Grantee::Person(person.clone()), role: self.role }];
        let policy = Policy {
            projects: BTreeMap::from([(id::<ProjectId>("bank"), ProjectPolicy { grants, sources: BTreeMap::new() })]),
            ..Policy::default()
        };
        Me {
            name: "Astrid Lund".to_owned(),
            email: None,
            caller: Caller::new(person, [AppRole::new("Task.Read").unwrap()]),
            policy,
            projects: vec![ProjectCard {
                id: id("bank"),
                name: "Harbour Bank".to_owned(),
                description: String::new(),
                sources: 3,
                object_types: 5,
            }],
            version: "0.1.0".to_owned(),
            embedded_issuer: false,
            preferences: self.preferences,
            known_roles: Vec::new(),
        }
    }

    pub fn seen(&self) -> VisibleProject {
        VisibleProject {
            revision: 1,
            project: self.project.clone(),
            own: Vec::new(),
            misfits: Vec::new(),
            findings: Vec::new(),
            secrets: Vec::new(),
            grantees: Vec::new(),
            files: Vec::new(),
            rights: Vec::new(),
            withheld: self.withheld.clone(),
        }
    }

    pub fn key_of(&self, object_type: &ObjectTypeId) -> PropertyId {
        self.project.object_types[object_type].key[0].clone()
    }

    pub fn may_export(&self) -> Action {
        Action::Export
    }
}

fn transfers() -> Vec<Row> {
    let mut rows = Vec::new();
    for (from, to, count, first) in FLOWS {
        for number in 0..count {
            let (day, month) = (1 + (number * 7 + from * 3) % 28, 1 + (number + to) % 12);
            let amount = first / (number as u64 + 1) + 1_250;
            rows.push(row(&[
                ("from", ACCOUNTS[from].0),
                ("to", ACCOUNTS[to].0),
                ("booked", &format!("2024-{month:02}-{day:02}T{:02}:{:02}:00", 8 + number % 9, (number * 13) % 60)),
                ("amount", &format!("{amount}.00")),
                ("currency", "NOK"),
                ("text", TEXTS[(number + from) % TEXTS.len()]),
            ]));
        }
    }
    rows
}
