//! The columns of a query and the kinds that fit them, as each source says; and where a text cannot be understood.

use model::kind::Kind;

use super::fixture::fixtures;

#[tokio::test]
async fn a_column_has_the_kind_of_its_type_or_else_of_its_first_values() {
    let postgresql = "select 1::int8 as a, 1.5::numeric as b, 'x'::text as c, now() as d, current_date as e, true as f, \
        1::float8 as g, '\\x00'::bytea as h, array[1] as i, null as j, localtimestamp as k -- the last";
    let sqlite = "select 1 as a, '1.5' as b, 'x' as c, id as d, null as e, 1 as f, 1.5 as g, x'00' as h, name as i, \
        case when id = 1 then 1 else 'x' end as j, count(*) over () as k from people -- the last";
    for fixture in fixtures() {
        let is_postgresql = fixture.name == "postgresql";
        let (text, kinds) = if is_postgresql {
            let others = [Kind::Instant, Kind::Date, Kind::Bool, Kind::Float, Kind::Bytes, Kind::Text, Kind::Text];
            (postgresql, [&[Kind::Integer, Kind::Decimal, Kind::Text], others.as_slice(), &[Kind::LocalTime]].concat())
        } else {
            let others = [Kind::Integer, Kind::Text, Kind::Integer, Kind::Float, Kind::Bytes, Kind::Text, Kind::Text];
            (sqlite, [&[Kind::Integer, Kind::Text, Kind::Text], others.as_slice(), &[Kind::Integer]].concat())
        };
        let columns = fixture.open().await.describe(text).await.expect("columns");
        let found: Vec<(&str, Kind)> = columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
        let expected: Vec<(&str, Kind)> = names.into_iter().zip(kinds).collect();
        // What a web address has is not fetched to describe a query, so there are no first values.
        let has_values = fixture.name != "http";
        let told = |all: &[(&str, Kind)]| -> Vec<(String, Option<Kind>)> {
            all.iter().map(|(name, kind)| ((*name).to_owned(), has_values.then_some(*kind))).collect()
        };
        assert_eq!(told(&found), told(&expected), "{}", fixture.name);
    }
}

#[tokio::test]
async fn a_text_that_is_not_understood_is_told_with_its_place_and_nothing_that_writes_is_described() {
    for fixture in fixtures() {
        let open = fixture.open().await;
        let wrong = open.describe("select id,\n nope from people").await.expect_err("no such column");
        assert_eq!(wrong.at, Some(12), "{}: {wrong:?}", fixture.name);
        assert!(wrong.said.as_ref().is_some_and(|said| said.contains("nope")), "{}: {wrong:?}", fixture.name);
        for text in
            ["delete from people", "delete from people returning id", "select 1; select 2", "create table made (n int)"]
        {
            assert!(open.describe(text).await.is_err(), "{}: {text}", fixture.name);
        }
        assert_eq!(open.describe("select id from people").await.expect("columns").len(), 1, "{}", fixture.name);
    }
}
