//! What an analyst writes passes the check and runs, on PostgreSQL and on SQLite, through the fence of the connectors.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::{Dialect, check};
use super::fenced::{describe_and_run, postgresql, sqlite};
use crate::connectors::Connection;

/// A case with people, accounts and payments; for both languages.
pub(super) const CASE: &str = "
    create table people (id integer primary key, name text, born date, city text, boss integer);
    create table accounts (number text primary key, person integer, opened date, balance decimal(14, 2));
    create table payments (id integer primary key, payer text, payee text, amount decimal(14, 2), day date, note text);
    insert into people values (1, 'Ada', '1990-01-02', 'Oslo', null), (2, 'Bo', '1985-05-06', 'Bergen', 1),
        (3, 'Cy', null, 'Oslo', 1), (4, 'Dee', '2001-12-31', null, 2);
    insert into accounts values ('A1', 1, '2020-01-01', 10.50), ('B1', 2, '2021-02-03', -3.25), ('C1', 3, null, 99);
    insert into payments values (1, 'A1', 'B1', 100.10, '2024-01-05', 'rent'), (2, 'B1', 'C1', 50, '2024-02-06', null),
        (3, 'A1', 'C1', 25.5, '2024-02-07', 'it''s food'), (4, 'C1', 'A1', 1, '2025-01-01', '-- no comment');";

/// Expressions over `payments p` that both languages know.
const EXPRESSIONS: &[&str] = &[
    "p.id",
    "p.amount * 2 + 1",
    "p.amount / 3.0",
    "-p.id",
    "p.id % 2",
    "p.payer || ' to ' || p.payee",
    "upper(p.note)",
    "lower(p.note)",
    "length(p.note)",
    "coalesce(p.note, 'none')",
    "nullif(p.note, 'rent')",
    "abs(-p.amount)",
    "round(p.amount)",
    "substr(p.payer, 1, 1)",
    "replace(p.note, 'r', 'R')",
    "trim(p.note)",
    "case when p.amount > 30 then 'large' when p.amount > 10 then 'medium' else 'small' end",
    "case p.payer when 'A1' then 1 else 0 end",
    "cast(p.id as text)",
    "cast(p.amount as integer)",
    "p.note is null",
    "p.note like '%o%'",
    "p.amount between 10 and 60",
    "p.payer in ('A1', 'B1')",
    "p.payer not in ('A1')",
    "exists (select 1 from accounts a where a.number = p.payer)",
    "(select max(a.balance) from accounts a where a.number = p.payee)",
    "p.id in (select id from people)",
    "'it''s'",
    "'a -- b'",
    "'/* a */'",
    "'\\d+'",
    "1e3",
    "0.5",
    "null",
    "true",
    "not (p.id = 1 or p.id = 2)",
    "(p.id, p.payer) = (1, 'A1')",
    "\"p\".\"id\"",
    "p.id & 1",
];

/// Windows over `payments p`.
const WINDOWS: &[&str] = &[
    "row_number() over (order by p.id)",
    "rank() over (partition by p.payer order by p.amount desc)",
    "dense_rank() over (order by p.payer)",
    "lag(p.amount) over (partition by p.payer order by p.day)",
    "lead(p.amount, 1, 0) over (order by p.day)",
    "sum(p.amount) over (partition by p.payer)",
    "sum(p.amount) over (order by p.day rows between unbounded preceding and current row)",
    "avg(p.amount) over (order by p.id rows between 1 preceding and 1 following)",
    "first_value(p.payee) over (partition by p.payer order by p.day)",
    "last_value(p.payee) over (order by p.day rows between unbounded preceding and unbounded following)",
    "ntile(2) over (order by p.id)",
    "percent_rank() over (order by p.amount)",
    "cume_dist() over (order by p.amount)",
    "nth_value(p.payer, 2) over (order by p.id)",
    "sum(p.amount) over (order by p.id range between unbounded preceding and current row)",
];

/// Around an expression.
const FRAMES: &[&str] = &[
    "select p.id as id, {} as value from payments p",
    "select distinct {} as value from payments p where p.amount > 0 order by 1",
    "with p as (select * from payments where id > 0) select {} as value from p limit 3",
    "select q.value from (select {} as value from payments p) q where q.value is not null",
    "select {} as value from payments p left join accounts a on a.number = p.payer",
];

const AGGREGATES: &[&str] = &[
    "count(*)",
    "count(distinct p.payee)",
    "sum(p.amount)",
    "avg(p.amount)",
    "min(p.day)",
    "max(p.day)",
    "sum(case when p.amount > 30 then 1 else 0 end)",
    "count(*) filter (where p.amount > 30)",
    "max(p.amount) - min(p.amount)",
    "sum(p.amount) / count(*)",
];

const GROUPS: &[&str] = &[
    "select p.payer as payer, {} as value from payments p group by p.payer",
    "select p.payer as payer, {} as value from payments p group by p.payer having count(*) > 1 order by 2 desc",
    "select {} as value from payments p",
    "select p.payer as payer, p.payee as payee, {} as value from payments p group by p.payer, p.payee",
];

/// Written by hand, for both languages.
const BOTH: &[&str] = &[
    "select * from people",
    "select people.* from people",
    "select p.*, a.number from people p join accounts a on a.person = p.id",
    "select id, name from people where city = 'Oslo' order by name desc nulls last limit 10 offset 1",
    "values (1, 'a'), (2, 'b')",
    "select 1 as one union select 2 union all select 3",
    "select id from people intersect select person from accounts",
    "select id from people except select person from accounts",
    "with recursive chain(id, boss, depth) as (select id, boss, 0 from people where boss is null union all \
        select p.id, p.boss, c.depth + 1 from people p join chain c on c.id = p.boss) select * from chain",
    "with a as (select id from people), b as (select id from a where id > 1) select * from b",
    "with a (x, y) as (values (1, 2), (3, 4)) select x + y as z from a",
    "select a.name, b.name as boss from people a left join people b on b.id = a.boss",
    "select * from people cross join accounts",
    "select * from people natural join (select 1 as id) q",
    "select name from people where id = (select max(person) from accounts)",
    "select name as \"Full name\", city as \"by\" from people",
    "select name as \"select\" from people",
    "select payer, count(*) as n from payments group by 1 order by 2 desc",
    "select * from people where name like 'A%' escape '!'",
    "select id /* the key */, name -- what it is called\nfrom people",
    "SELECT ID FROM PEOPLE WHERE NAME IS NOT NULL",
    "select count(*) as n from payments where day >= '2024-02-01' and day < '2025-01-01'",
    "select p.day, sum(p.amount) over w as so_far from payments p window w as (order by p.day)",
    "select name from people where city is distinct from 'Oslo'",
    "select payer as party from payments union select payee from payments order by 1",
    "select case when exists (select 1 from payments where amount > 1000) then 'yes' else 'no' end as large",
    "select max(day) as last_day, min(day) as first_day from payments",
    "select 'Ærlig ÅSE 你好' as text",
    "select name as navn_på_norsk from people",
];

/// Only PostgreSQL.
const POSTGRESQL: &[&str] = &[
    "select id::text, balance::float8 from people, accounts",
    "select name::varchar(3) from people",
    "select array[1, 2, 3] as a",
    "select (array['a', 'b'])[1] as first",
    "select array_agg(name order by id) as names from people",
    "select string_agg(name, ', ' order by name) as names from people",
    "select unnest(array[1, 2]) as n",
    "select * from unnest(array['a', 'b']) with ordinality as u(letter, place)",
    "select * from generate_series(1, 10) as g(n)",
    "select d::date from generate_series('2024-01-01'::date, '2024-02-01', '1 week') d",
    "select p.name, l.total from people p cross join lateral (select sum(amount) as total from payments where payer = 'A1') l",
    "select p.name, l.number from people p left join lateral (select number from accounts a where a.person = p.id limit 1) l on true",
    "select city, count(*) from people group by grouping sets ((city), ())",
    "select city, boss, count(*) from people group by rollup (city, boss)",
    "select city, boss, count(*), grouping(city) as g from people group by cube (city, boss)",
    "select distinct on (payer) payer, amount from payments order by payer, amount desc",
    "select '{\"a\": {\"b\": [1, 2]}}'::jsonb -> 'a' -> 'b' ->> 0 as v",
    "select '{\"a\": 1}'::jsonb #>> '{a}' as v",
    "select '{\"a\": 1}'::jsonb @> '{\"a\": 1}' as v",
    "select '{\"a\": 1}'::jsonb ? 'a' as v",
    "select to_jsonb(p) as v from people p",
    "select jsonb_build_object('id', id, 'name', name) as v from people",
    "select jsonb_agg(p) as v from people p",
    "select key, value from jsonb_each('{\"a\": 1, \"b\": 2}'::jsonb)",
    "select * from jsonb_array_elements_text('[\"a\", \"b\"]') as e(v)",
    "select x.a, x.b from jsonb_to_recordset('[{\"a\": 1, \"b\": \"x\"}]') as x(a int, b text)",
    "select jsonb_path_query('{\"a\": [1, 2]}', '$.a[*]') as v",
    "select date_trunc('month', day) as month, sum(amount) from payments group by 1",
    "select extract(year from day) as year, extract(dow from day) as dow from payments",
    "select day + interval '1 month' as later from payments",
    "select age(now(), born) as age from people",
    "select to_char(day, 'YYYY-MM') as month from payments",
    "select now() at time zone 'Europe/Oslo' as here",
    "select current_date as today, current_timestamp as moment, current_user as me",
    "select name ilike 'a%' as a, name ~* '^b' as b, name !~ 'x' as c from people",
    "select regexp_replace(name, '[aeiou]', '*', 'gi') as masked from people",
    "select regexp_matches('a1b2', '\\d', 'g') as m",
    "select e'tab\\there' as v",
    "select split_part('a,b,c', ',', 2) as v",
    "select left(name, 1) as initial, right(name, 2) as rest from people",
    "select concat_ws(' ', name, city) as label from people",
    "select format('%s from %s', name, city) as label from people",
    "select percentile_cont(0.5) within group (order by amount) as median from payments",
    "select mode() within group (order by payer) as m from payments",
    "select corr(amount, id) as c, stddev(amount) as s, variance(amount) as v from payments",
    "select bool_and(amount > 0) as all_paid from payments",
    "select width_bucket(amount, 0, 200, 4) as bucket, count(*) from payments group by 1",
    "select greatest(1, 2, 3) as g, least(1, 2) as l",
    "select row(1, 'a') = row(1, 'a') as same",
    "select (1, 2) < (1, 3) as less",
    "select name from people where id = any(array[1, 2])",
    "select name from people where id = all(select 1)",
    "select * from people fetch first 2 rows only",
    "select * from people order by id offset 1 rows fetch next 1 row only",
    "select * from people tablesample system (100)",
    "select * from people tablesample bernoulli (100)",
    "select 'abc'::bytea as b, encode('abc', 'hex') as h",
    "select md5(name) as h from people",
    "select gen_random_uuid() as u, random() as r, clock_timestamp() as c",
    "select int4range(1, 5) * int4range(3, 8) as both_ranges",
    "select '10.0.0.1'::inet << '10.0.0.0/8' as inside",
    "select point(1, 2) <-> point(3, 4) as far",
    "select to_tsvector('simple', 'a b') @@ to_tsquery('simple', 'a') as hit",
    "select pg_typeof(id) as kind from people limit 1",
    "select table_name, column_name from information_schema.columns where table_schema = 'public'",
    "select c.relname, n.nspname from pg_catalog.pg_class c join pg_namespace n on n.oid = c.relnamespace",
    "select 'people'::regclass::text as t",
    "with a as materialized (select * from people) select * from a",
    "with a as not materialized (select * from people) select * from a",
    "with recursive t(n) as (values (1) union all select n + 1 from t where n < 5) select sum(n) from t",
    "select sum(amount) filter (where payer = 'A1') over (order by id) as s from payments",
    "select amount, sum(amount) over (order by id groups between 1 preceding and current row) as g from payments",
    "select cast(amount as numeric(10, 1)) as a, amount::int8 as b from payments",
    "select 2 ^ 3 as p, |/ 16 as r, @ -5 as a, 7 / 2 as d, 7 % 3 as m, 5 # 3 as x",
    "select overlay('abc' placing 'x' from 2 for 1) as o, position('b' in 'abc') as p, substring('abcdef' from 2 for 3) as s, trim(both 'x' from 'xax') as t",
    "select nullif(city, '') as city, coalesce(boss, 0) as boss from people",
    "select make_date(2024, 1, 2) as d, make_interval(days => 3) as i",
    "select x'ff'::int as n, b'101'::int as m",
    "select (p).name from people p",
    "select count(*) from people p where (p.name, p.city) in (select 'Ada', 'Oslo')",
    "select a.number, b.number from accounts a full outer join accounts b on a.number = b.number and a.balance < b.balance",
    "select name collate \"C\" as n from people order by name collate \"C\"",
    "select lower(name) as n from public.people",
    "select json_object_agg(name, id) as o from people",
    "select lag(amount, 1) over (partition by payer order by day, id) as before from payments",
    "select 'a' || 1 || true as t",
    "select interval '1 day' * 3 as i, date '2024-01-01' + 7 as d, time '12:30' as t",
    "select * from (values (1, 'x'), (2, 'y')) as v(id, label)",
    "select * from (select id from people order by id limit 2) a union all (select id from people order by id desc limit 1)",
];

/// Only SQLite.
const SQLITE: &[&str] = &[
    "select rowid, * from people",
    "select group_concat(name, ', ') as names from people",
    "select ifnull(city, 'none') as city from people",
    "select strftime('%Y-%m', day) as month, sum(amount) from payments group by 1",
    "select date(day, '+1 month') as later from payments",
    "select julianday(day) as j from payments",
    "select typeof(amount) as t from payments",
    "select json_extract('{\"a\": [1, 2]}', '$.a[0]') as v",
    "select '{\"a\": 1}' -> 'a' as v, '{\"a\": 1}' ->> 'a' as w",
    "select value from json_each('[1, 2, 3]')",
    "select key, value from json_each('{\"a\": 1}')",
    "select json_group_array(name) as names from people",
    "select json_object('id', id) as o from people",
    "select instr(name, 'a') as at from people",
    "select printf('%.2f', amount) as a from payments",
    "select iif(amount > 30, 'large', 'small') as size from payments",
    "select name from people where name glob 'A*'",
    "select [name] as n, `city` as c from people",
    "select total(amount) as t from payments",
    "select max(1, 2, 3) as m, min(1, 2) as l",
    "select x'00ff' as b, hex('a') as h, unhex('61') as u",
    "select name from people order by name collate nocase",
    "select cast(balance as real) as b from accounts",
    "select quote(name) as q from people",
    "select unicode(name) as u, char(65, 66) as c from people",
    "select random() as r, abs(random() % 10) as d",
    "select 7 / 2 as d, 7 % 3 as m, 5 | 2 as o, ~1 as n",
    "select sqlite_version() as v",
    "select 1 == 1 as same, 1 <> 2 as other",
    "select name, row_number() over () as n from people limit 2 offset 1",
    "select exists (select 1 from people) as any",
    "select unixepoch('2024-01-01') as s",
    "select name from sqlite_schema where type = 'table'",
    "select trim(name, 'A') as t, ltrim(name) as l from people",
    "select round(amount, 1) as r from payments",
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) select sum(i) as s from n",
    "select likely(id > 1) as l from people",
];

fn fill(frames: &[&str], parts: &[&str], into: &mut BTreeSet<String>) {
    for frame in frames {
        into.extend(parts.iter().map(|part| frame.replace("{}", part)));
    }
}

/// Everything for one language.
fn all(dialect: Dialect) -> Vec<String> {
    let mut found = BTreeSet::new();
    fill(FRAMES, EXPRESSIONS, &mut found);
    fill(&FRAMES[..1], WINDOWS, &mut found);
    fill(GROUPS, AGGREGATES, &mut found);
    let by_hand = if dialect == Dialect::Sqlite { SQLITE } else { POSTGRESQL };
    found.extend(BOTH.iter().chain(by_hand).map(|text| (*text).to_owned()));
    found.into_iter().collect()
}

async fn pass_and_run(dialect: Dialect, open: &Arc<dyn Connection>) {
    let texts = all(dialect);
    let mut wrong = Vec::new();
    for text in &texts {
        if let Err(refusal) = check(dialect, text) {
            wrong.push(format!("refused: {text}: {refusal}"));
        } else if let Err(said) = describe_and_run(&**open, text).await {
            wrong.push(format!("failed: {text}: {said}"));
        }
    }
    println!("{dialect:?}: {} queries of analysts", texts.len());
    assert!(texts.len() >= 300, "{}", texts.len());
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn what_an_analyst_writes_passes_and_runs_on_postgresql() {
    pass_and_run(Dialect::PostgreSql, &postgresql("clew_reads").await).await;
}

#[tokio::test]
async fn what_an_analyst_writes_passes_and_runs_on_sqlite() {
    pass_and_run(Dialect::Sqlite, &sqlite().await.0).await;
}
