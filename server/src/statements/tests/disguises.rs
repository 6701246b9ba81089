//! Every attack in every disguise: none gets through the check.

use std::collections::BTreeSet;

use super::super::{Dialect, check};
use super::attacks::{expressions, statements, tails};

/// The attacks of a dialect in all their disguises.
pub(super) fn all(dialect: Dialect) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for expression in expressions(dialect) {
        for written in written(dialect, expression) {
            found.extend(places(dialect).iter().map(|place| place.replace("{}", &written)));
        }
    }
    let reading = ["select * from t", "select id from t where id > 0", "select 1", "(select id from t)"];
    for tail in tails(dialect) {
        for start in reading {
            found.extend(written(dialect, tail).iter().map(|tail| format!("{start} {tail}")));
        }
    }
    for statement in statements(dialect) {
        found.extend(written(dialect, statement));
        // A word alone is a column where an expression is expected.
        if statement.contains(' ') {
            found.insert(format!("select ({statement})"));
        }
        found.insert(format!("select * from ({statement} ) q where 1 in ({statement} x)"));
        found.insert(format!("with q as ({statement}) select * from q"));
        found.insert(format!("select 1 union all ({statement})"));
        found.insert(format!("select 1;{statement}"));
        found.insert(format!("select 1) q; {statement}; select * from (select 1"));
        found.insert(format!("select 1 -- a\r; {statement}"));
        found.insert(format!("select '\\'; {statement} --'; select '"));
    }
    found.into_iter().map(|text| text.replace("{made}", "/made")).collect()
}

/// Where an expression may stand.
fn places(dialect: Dialect) -> Vec<&'static str> {
    let mut places = vec![
        "select {}",
        "select id, {} as x from t",
        "select * from t where {} is not null",
        "select * from t order by {}",
        "select count(*) from t group by {}",
        "select count(*) from t having max({}) is null",
        "select case when true then {} else null end",
        "select coalesce(null, {})",
        "select * from (select {} as x) q",
        "with q as (select {} as x) select * from q",
        "with a as (with b as (select {} as x) select * from b) select * from a",
        "select 1 union all select {}",
        "select * from t where id in (select {})",
        "select * from t where exists (select 1 where {} is null)",
        "values (({}))",
        "select * from t join (select {} as x) q on true",
        "select row_number() over (order by {}) from t",
    ];
    match dialect {
        Dialect::PostgreSql => places.extend([
            "select * from t cross join lateral (select {} as x) q",
            "select array[{}]",
            "select ({})::text",
            "select * from t limit ({})",
            "select jsonb_build_object('a', {})",
            "select count(*) filter (where {} is null) from t",
            "select percentile_cont(0.5) within group (order by {}) from t",
            "select 'x' -- {}\n , {}",
        ]),
        Dialect::Sqlite => places.extend(["select json_object('a', {})", "select cast({} as text)"]),
        Dialect::MariaDb => places.extend(["select if(true, {}, 0)", "select json_object('a', {})"]),
    }
    places
}

/// The same attack in other writing.
fn written(dialect: Dialect, attack: &str) -> Vec<String> {
    let (name, rest) = split(attack);
    let mut ways = vec![
        attack.to_owned(),
        attack.to_uppercase().replace("{MADE}", "{made}"),
        alternating(attack),
        attack.replace('(', " ("),
        attack.replace('(', "/**/("),
        attack.replace('(', "/* a 'b' \"c\" */\n("),
        attack.replace(' ', "\n\t"),
        attack.replace(' ', "/**/"),
        attack.replace(' ', " -- a ' b\n"),
        format!("/* a */ {attack} -- b"),
        attack.replace(' ', "\u{a0}"),
        attack.replace('(', "\u{2028}("),
        attack.replace(' ', "\r"),
    ];
    if !name.is_empty() {
        ways.push(format!("\"{name}\"{rest}"));
        ways.push(format!("\"{name}\" {rest}"));
        ways.push(format!("-1 + {name}{rest}"));
        ways.push(format!("1{name}{rest}"));
        ways.push(format!("/* /* */ {name}{rest} /* */ */"));
        match dialect {
            Dialect::PostgreSql => ways.extend([
                format!("pg_catalog.{name}{rest}"),
                format!("pg_catalog . \"{name}\"{rest}"),
                format!("U&\"{}\"{rest}", escaped(name)),
                format!("u&\"{}\" uescape '!' {rest}", escaped(name).replace('\\', "!")),
                format!("pg_catalog.U&\"{}\"{rest}", escaped(name)),
                format!("'a' 'b' , {name}{rest}"),
                format!("e'\\'' , {name}{rest} --'"),
                format!("$a$ ' $a$ || {name}{rest} || $a$ ' $a$"),
                format!("e'a'\n'\\' , {name}{rest} --'"),
                format!("variadic {name}{rest}"),
            ]),
            Dialect::Sqlite => {
                ways.extend([format!("[{name}]{rest}"), format!("`{name}`{rest}"), format!("main.{name}{rest}")]);
            }
            Dialect::MariaDb => ways.extend([
                format!("`{name}`{rest}"),
                format!("'\\'' , {name}{rest} # '"),
                format!("\"\\\"\" , {name}{rest} , \"\" , \"\\\"\""),
                format!("/*! {name}{rest} */"),
                format!("--1 , {name}{rest}"),
                format!("1 # a\n , {name}{rest}"),
            ]),
        }
    }
    ways
}

/// The name that an attack calls, and what follows; no name for those that begin otherwise.
fn split(attack: &str) -> (&str, &str) {
    let end = attack.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(attack.len());
    let (name, rest) = attack.split_at(end);
    if rest.starts_with('(') { (name, rest) } else { ("", attack) }
}

fn alternating(text: &str) -> String {
    let flip = |(place, c): (usize, char)| if place % 2 == 0 { c.to_ascii_uppercase() } else { c };
    text.char_indices().map(flip).collect::<String>().replace("{MaDe}", "{made}").replace("{mAdE}", "{made}")
}

/// The first letter as a code point.
fn escaped(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| format!("\\{:04x}", u32::from(first))).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

#[test]
fn no_attack_in_any_disguise_gets_through() {
    for dialect in [Dialect::PostgreSql, Dialect::Sqlite, Dialect::MariaDb] {
        let attacks = all(dialect);
        let through: Vec<&String> = attacks.iter().filter(|text| check(dialect, text).is_ok()).collect();
        println!("{dialect:?}: {} attacks, {} through", attacks.len(), through.len());
        assert!(attacks.len() >= 1_000, "{dialect:?}: only {} attacks", attacks.len());
        assert_eq!(through, Vec::<&String>::new(), "{dialect:?}");
    }
}

#[test]
fn the_same_places_and_writing_with_something_harmless_get_through() {
    for dialect in [Dialect::PostgreSql, Dialect::Sqlite, Dialect::MariaDb] {
        for place in places(dialect) {
            for written in ["upper('a')", "UPPER ('a')", "upper/**/('a')", "abs(-1)"] {
                let text = place.replace("{}", written);
                assert_eq!(check(dialect, &text), Ok(()), "{dialect:?}: {text}");
            }
        }
        for statement in ["select * from t", "with q as (select 1 as x) select * from q", "select 1 union all select 2"]
        {
            assert_eq!(check(dialect, statement), Ok(()), "{dialect:?}: {statement}");
        }
    }
}
