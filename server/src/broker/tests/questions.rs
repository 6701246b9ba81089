//! The questions of the real data sets as trees, and what SQLite answers on tables of the same shape.

use std::sync::Arc;

use model::project::{LinkType, Matching, Project};
use model::query::{Answer, Direction, Field, Filter, From, GroupColumn, GroupSort, Groups, Measure, Query, Test};

use super::bank::*;
use super::{files, rows};

const FORWARD: Direction = Direction::Forward;
const BACKWARD: Direction = Direction::Backward;

/// The same columns as the data sets, a handful of rows.
const DATA: &str = r#"
CREATE TABLE nodes (nodeid TEXT, "isFraud" TEXT);
INSERT INTO nodes VALUES ('1', '1'), ('2', '0'), ('3', '1');
CREATE TABLE transactions (id TEXT, "sourceNodeId" TEXT, "targetNodeId" TEXT, value TEXT, time TEXT);
INSERT INTO transactions VALUES ('a', '1', '2', '10.10', '1'), ('b', '1', '3', '0.2', '2'), ('c', '2', '3', '5', '3'),
  ('d', '3', '1', '7', '4');
CREATE TABLE sdn (ent_num TEXT, sdn_name TEXT, sdn_type TEXT, remarks TEXT, vess_flag TEXT);
INSERT INTO sdn VALUES ('1', 'Ship', 'vessel', 'x; Linked To: MAHAN AIR.', 'Iran'), ('2', 'Boat', 'vessel', NULL, 'Panama'),
  ('3', 'Man', 'individual', 'Linked to: Mahan Air.', NULL), ('4', 'Raft', 'vessel', '-', 'Iran');
CREATE TABLE "add" (ent_num TEXT, address TEXT, city_state_zip TEXT, country TEXT);
INSERT INTO "add" VALUES ('1', 'Main 1', 'Oslo', 'NO'), ('1', 'Main 1', 'Oslo', 'NO'), ('2', 'Main 1', 'Oslo', 'NO'),
  ('3', '-0- ', 'Oslo', 'NO'), ('4', 'Side 2', 'Oslo', 'NO');
CREATE TABLE alt (alt_num TEXT, ent_num TEXT);
INSERT INTO alt VALUES ('1', '1'), ('2', '3'), ('3', '3'), ('4', '9');
CREATE TABLE customer (customer_id INTEGER, first_name TEXT, last_name TEXT, country TEXT);
INSERT INTO customer VALUES (6, 'Helena', 'Holý', 'Czech Republic'), (7, 'Ada', 'Bø', 'Norway');
CREATE TABLE invoice (invoice_id INTEGER, customer_id INTEGER, total TEXT);
INSERT INTO invoice VALUES (1, 6, '1.98'), (2, 6, '0.99'), (3, 7, '2.00');
CREATE TABLE track (track_id INTEGER);
INSERT INTO track VALUES (1), (2), (3);
CREATE TABLE invoice_line (line_id INTEGER, track_id INTEGER);
INSERT INTO invoice_line VALUES (1, 1), (2, 1);
"#;

fn data() -> Project {
    let transfer = LinkType {
        properties: properties(&["value:decimal"]),
        amount: Some(prop("value")),
        ..link_type(
            "transfer",
            "account",
            "account",
            by_table("data", "transactions", &[("sourceNodeId", "id")], &[("targetNodeId", "id")]),
        )
    };
    let kinds = vec![
        object_type("account", "data", "nodes", &["id"], &["id=nodeid", "fraud=isFraud"]),
        object_type("entry", "data", "sdn", &["ent_num"], &["ent_num", "sdn_name", "sdn_type", "remarks", "vess_flag"]),
        object_type("address", "data", "add", &[], &["ent_num", "address", "city_state_zip", "country"]),
        object_type("alias", "data", "alt", &["alt_num"], &["alt_num", "ent_num"]),
        object_type(
            "customer",
            "data",
            "customer",
            &["customer_id"],
            &["customer_id:integer", "first_name", "last_name", "country"],
        ),
        object_type(
            "invoice",
            "data",
            "invoice",
            &["invoice_id"],
            &["invoice_id:integer", "customer_id:integer", "total:decimal"],
        ),
        object_type("track", "data", "track", &["track_id"], &["track_id:integer"]),
        object_type("line", "data", "invoice_line", &["line_id"], &["line_id:integer", "track_id:integer"]),
    ];
    let links = vec![
        transfer,
        link_type("alias_of", "alias", "entry", by_properties("ent_num", "ent_num", Matching::Exact)),
        link_type("invoiced", "customer", "invoice", by_properties("customer_id", "customer_id", Matching::Exact)),
        link_type("sold", "track", "line", by_properties("track_id", "track_id", Matching::Exact)),
    ];
    project_of("sqlite", &["data"], kinds, links)
}

#[tokio::test]
async fn a_query_that_does_more_than_read_is_not_asked_however_it_came_into_the_project() {
    for text in ["select * from nodes; delete from nodes", "select load_extension('x') as nodeid", "delete from nodes"]
    {
        let mut project = data();
        let account = project.object_types.get_mut(&object("account")).expect("a type");
        account.origin = model::Origin::Query(text.to_owned());
        let case = files(&[("data", DATA)]);
        let refused = super::ask(&case, &Arc::new(project), Query::count(&object("account"))).await;
        let fault = refused.expect_err("refused");
        assert_eq!(fault.code, wire::Code::Invalid, "{text}");
        assert!(fault.sentence.contains("so it is not asked") && !fault.sentence.contains("load_extension"), "{fault}");
        assert_eq!(rows(&case, &Arc::new(data()), Query::count(&object("account"))).await, ["3"]);
    }
}

fn objects(id: &str, answer: Answer) -> Query {
    Query::new(From::Objects(object(id)), answer)
}

fn transfers(answer: Answer) -> Query {
    Query::new(From::Links(link("transfer")), answer)
}

/// Groups with the greatest of the first measures first.
fn top(by: Vec<Field>, measures: Vec<Measure>, measure: Option<usize>, limit: u64) -> Answer {
    let sort = measure.map(|place| GroupSort { by: GroupColumn::Measure(place), descending: true });
    Answer::Groups(Groups { by, measures, sort: sort.into_iter().collect(), limit })
}

/// Name, question and answer.
type Asked = (&'static str, Query, &'static str);

fn about_accounts() -> Vec<Asked> {
    let value = || own("value");
    let flagged = |which| is(end(which, "fraud"), Test::Equals("1".into()));
    vec![
        ("A1 accounts", Query::count(&object("account")), "3"),
        (
            "A1 flagged",
            Query { filter: is(own("fraud"), Test::Equals("1".into())), ..Query::count(&object("account")) },
            "2",
        ),
        (
            "A1 transfers and value",
            transfers(top(vec![], vec![Measure::Count, Measure::Sum(value())], None, 1)),
            "4|22.3",
        ),
        (
            "A2",
            transfers(top(vec![end(BACKWARD, "id")], vec![Measure::Sum(value()), Measure::Count], Some(0), 1)),
            "1|10.3|2",
        ),
        (
            "A3",
            transfers(top(
                vec![end(FORWARD, "id")],
                vec![Measure::Distinct(end(BACKWARD, "id")), Measure::Count, Measure::Sum(value())],
                Some(0),
                1,
            )),
            "3|2|2|5.2",
        ),
        (
            "A4",
            Query {
                filter: Filter::All(vec![flagged(FORWARD), flagged(BACKWARD)]),
                ..transfers(top(vec![], vec![Measure::Count, Measure::Sum(value())], None, 1))
            },
            "2|7.2",
        ),
    ]
}

fn about_listed() -> Vec<Asked> {
    vec![
        ("O1", objects("entry", top(vec![own("sdn_type")], vec![Measure::Count], None, 9)), "individual|1;vessel|3"),
        (
            "O2",
            Query {
                filter: is(own("remarks"), Test::Contains("linked to: mahan air.".into())),
                ..objects("entry", top(vec![own("sdn_type")], vec![Measure::Count], None, 9))
            },
            "individual|1;vessel|1",
        ),
        (
            "O3",
            Query {
                filter: is(own("address"), Test::Differs("-0- ".into())),
                ..objects(
                    "address",
                    top(
                        vec![own("address"), own("city_state_zip"), own("country")],
                        vec![Measure::Distinct(own("ent_num"))],
                        Some(0),
                        1,
                    ),
                )
            },
            "Main 1|Oslo|NO|2",
        ),
        (
            "O4",
            objects(
                "alias",
                top(
                    vec![through("alias_of", FORWARD, "ent_num"), through("alias_of", FORWARD, "sdn_name")],
                    vec![Measure::Count],
                    Some(0),
                    1,
                ),
            ),
            "3|Man|2",
        ),
        (
            "O6",
            Query {
                filter: is(own("sdn_type"), Test::Equals("vessel".into())),
                ..objects("entry", top(vec![own("vess_flag")], vec![Measure::Count], Some(0), 3))
            },
            "Iran|2;Panama|1",
        ),
    ]
}

fn about_music() -> Vec<Asked> {
    let invoiced = |property| through("invoiced", FORWARD, property);
    vec![
        (
            "C1",
            objects(
                "customer",
                top(
                    vec![own("customer_id"), own("first_name"), own("last_name"), own("country")],
                    vec![Measure::Sum(invoiced("total")), Measure::Count],
                    Some(0),
                    1,
                ),
            ),
            "6|Helena|Holý|Czech Republic|2.97|2",
        ),
        (
            "C3",
            Query {
                filter: Filter::Linked { link: link("sold"), direction: FORWARD, present: false },
                ..Query::count(&object("track"))
            },
            "2",
        ),
    ]
}

#[tokio::test]
async fn the_questions_of_the_real_data_sets_can_be_asked() {
    let case = files(&[("data", DATA)]);
    let project = Arc::new(data());
    for (name, query, expected) in [about_accounts(), about_listed(), about_music()].concat() {
        assert_eq!(rows(&case, &project, query).await.join(";"), expected, "{name}");
    }
}
