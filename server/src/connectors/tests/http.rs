//! What only a web address has: pages, credentials, values in paths, columns out of JSON, and everything that is refused.

use model::completeness::Cause;
use model::kind::Kind;
use serde_json::{Value, json as value};
use wire::secret::SecretText;

use super::fixture::{Came, all, empty_target, statement};
use super::web::{Asked, Web, absent, json, status};
use crate::connectors::http::Http;
use crate::connectors::{Bounds, Connection, Connector as _, Failure, FailureKind, Narrow, Statement, Target};
use crate::egress::tests::open_here;

fn target(port: u16, settings: &[(&str, &str)]) -> Target {
    let url = ("url".to_owned(), format!("http://127.0.0.1:{port}/v1/"));
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Target { settings: [url].into_iter().chain(settings).collect(), egress: open_here(), ..empty_target() }
}

fn with_secret(target: Target, secret: &str) -> Target {
    Target { secrets: [("secret".to_owned(), SecretText::new(secret.to_owned()))].into(), ..target }
}

/// Answers to the form: name and value.
pub(super) type Answers<'t> = &'t [(&'t str, &'t str)];

pub(super) type Opened = std::sync::Arc<dyn Connection>;

pub(super) async fn open(port: u16, settings: &[(&str, &str)]) -> Result<Opened, Failure> {
    Http.open(target(port, settings)).await
}

pub(super) async fn came(open: &Opened, statement: Statement) -> Result<(Came, Vec<Cause>), Failure> {
    let answer = open.run(statement, Bounds::default()).await?;
    let causes = answer.causes.clone();
    Ok((all(answer).await?, causes))
}

pub(super) async fn texts(open: &Opened, text: &str) -> Vec<String> {
    let (came, causes) = came(open, statement(text, &[], &[Kind::Text])).await.expect("rows");
    assert_eq!(causes, []);
    came.rows.into_iter().map(|row| row[0].clone().unwrap_or_else(|| "-".to_owned())).collect()
}

pub(super) fn people(from: u64, to: u64) -> Vec<Value> {
    (from..to).map(|id| value!({ "id": id, "name": format!("Person {id}") })).collect()
}

pub(super) fn number(asked: &Asked, name: &str) -> u64 {
    asked.parameter(name).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// 23 people, by whatever style is asked for.
fn paged(asked: &Asked) -> axum::response::Response {
    let page = |from: u64, size: u64| people(from.min(23), (from + size).min(23));
    match asked.path() {
        "/v1/page" => json(value!(page((number(asked, "page") - 1) * 10, 10)).to_string()),
        "/v1/zero" => json(value!(page(number(asked, "p") * 5, 5)).to_string()),
        "/v1/offset" => json(value!({ "data": page(number(asked, "offset"), number(asked, "limit")) }).to_string()),
        "/v1/cursor" => {
            let from = number(asked, "after");
            let next = (from + 7 < 23).then(|| (from + 7).to_string());
            json(value!({ "people": page(from, 7), "paging": { "next": next } }).to_string())
        }
        "/v1/link" => {
            let from = number(asked, "from");
            let next = (from + 9 < 23).then(|| format!("link?from={}", from + 9));
            json(value!({ "list": page(from, 9), "next": next }).to_string())
        }
        "/v1/header" => {
            let from = number(asked, "from");
            let mut answer = json(value!(page(from, 8)).to_string());
            let last = "</v1/header?from=0>; rel=\"first\"".to_owned();
            let link =
                if from + 8 < 23 { format!("{last}, </v1/header?from={}>; rel=\"next\"", from + 8) } else { last };
            answer.headers_mut().insert("link", link.parse().expect("a header"));
            answer
        }
        _ => absent(),
    }
}

#[tokio::test]
async fn every_style_of_pages_is_read_to_its_end() {
    let web = Web::start(paged).await;
    let table: [(&str, Answers<'_>, usize); 6] = [
        ("all = /page", &[("paging", "page")], 4),
        ("all = /zero", &[("paging", "page"), ("page_parameter", "p"), ("first_page", "0"), ("page_size", "5")], 6),
        ("all = /offset at /data", &[("paging", "offset"), ("size_parameter", "limit"), ("page_size", "6")], 5),
        ("all = /cursor at /people", &[("paging", "cursor"), ("page_parameter", "after"), ("next", "/paging/next")], 5),
        ("all = /link at /list", &[("paging", "link"), ("next", "/next")], 4),
        ("all = /header", &[("paging", "link")], 4),
    ];
    for (line, paging, most) in table {
        let before = web.asked().len();
        let settings = [&[("tables", line), ("columns", "all: id integer, name text")], paging].concat();
        let open = open(web.port, &settings).await.expect("a source");
        let names = texts(&open, "select name from \"all\" order by id").await;
        let expected: Vec<String> = (0..23).map(|id| format!("Person {id}")).collect();
        assert_eq!(names, expected, "{line}");
        assert!(web.asked().len() - before <= most, "{line}: {:?}", &web.targets()[before..]);
        // Asked again at once, nothing is fetched: pages of one answer fit each other.
        assert_eq!(texts(&open, "select count(*) from \"all\"").await, ["23"]);
        assert!(web.asked().len() - before <= most, "{line}");
    }
}

#[tokio::test]
async fn pages_end_where_they_repeat_or_lead_elsewhere_and_never_go_on_for_ever() {
    let other = Web::start(|_| json("[]")).await;
    let port = other.port;
    let web = Web::start(move |asked| match asked.path() {
        "/v1/same" => json(value!({ "list": [{ "id": 1 }], "next": "same" }).to_string()),
        "/v1/away" => json(value!({ "list": [{ "id": 1 }], "next": format!("http://127.0.0.1:{port}/") }).to_string()),
        "/v1/user" => json(value!({ "list": [{ "id": 1 }], "next": "//evil@127.0.0.1/x" }).to_string()),
        "/v1/endless" => json(
            value!({ "list": people(0, 100), "next": format!("endless?n={}", number(asked, "n") + 1) }).to_string(),
        ),
        _ => json(value!({ "list": people(0, 60_000) }).to_string()),
    })
    .await;
    let link = [("paging", "link"), ("next", "/next")];
    for (path, kind) in [("same", FailureKind::Other), ("away", FailureKind::Refused), ("user", FailureKind::Refused)] {
        let line = format!("all = /{path} at /list");
        let open = open(web.port, &[&[("tables", line.as_str())], link.as_slice()].concat()).await.expect("a source");
        let failure =
            came(&open, statement("select id from \"all\"", &[], &[Kind::Integer])).await.expect_err("refused");
        assert_eq!(failure.kind, kind, "{path}: {failure:?}");
    }
    assert!(other.asked().is_empty());
    for (path, rows, cause) in
        [("endless", "20000", Cause::RowLimit(20_000)), ("much", "50000", Cause::RowLimit(50_000))]
    {
        let line = format!("all = /{path} at /list");
        let open = open(web.port, &[&[("tables", line.as_str())], link.as_slice()].concat()).await.expect("a source");
        let counted = came(&open, statement("select count(*) from \"all\"", &[], &[Kind::Text])).await.expect("a row");
        assert_eq!((counted.0.rows[0][0].as_deref(), counted.1), (Some(rows), vec![cause]), "{path}: it is told");
    }
}

#[tokio::test]
async fn every_way_to_sign_in_sends_what_it_says_and_nothing_of_the_person() {
    let web = Web::start(|_| json("[{\"id\":1}]")).await;
    let table: [(Answers<'_>, &str, &str); 4] = [
        (&[("auth", "basic"), ("user", "clew")], "authorization", "Basic Y2xldzpzM2NyZXQgJg=="),
        (&[("auth", "bearer")], "authorization", "Bearer s3cret &"),
        (&[("auth", "header"), ("key_name", "X-Api-Key")], "x-api-key", "s3cret &"),
        (&[("auth", "query"), ("key_name", "key")], "", ""),
    ];
    for (auth, header, expected) in table {
        let settings = [&[("tables", "all = /x?a=b c")], auth].concat();
        let open = Http.open(with_secret(target(web.port, &settings), "s3cret &")).await.expect("a source");
        assert_eq!(texts(&open, "select id from \"all\"").await, ["1"]);
        let asked = web.asked().pop().expect("a request");
        assert_eq!(asked.parameter("a").as_deref(), Some("b c"));
        let names: Vec<&str> = asked.headers.iter().map(|(name, _)| name.as_str()).collect();
        let usual = ["accept", "user-agent", "host", "accept-encoding"];
        assert!(names.iter().all(|name| usual.contains(name) || *name == header), "{names:?}");
        match header {
            "" => assert_eq!(asked.parameter("key").as_deref(), Some("s3cret &")),
            header => assert_eq!(asked.header(header), Some(expected)),
        }
    }
    // Without it, nothing is asked.
    let before = web.asked().len();
    let refused = open(web.port, &[("tables", "all = /x"), ("auth", "bearer")]).await.err().expect("refused");
    assert_eq!((refused.kind, web.asked().len()), (FailureKind::Setting, before));
}

#[tokio::test]
async fn a_key_in_the_query_goes_with_every_page_and_is_in_no_failure() {
    let web = Web::start(|asked| match number(asked, "page") {
        1 => json("[{\"id\":1}]"),
        _ => status(500),
    })
    .await;
    let settings = [
        ("tables", "all = /x"),
        ("paging", "page"),
        ("auth", "query"),
        ("key_name", "key"),
        ("columns", "all: id integer"),
    ];
    let open = Http.open(with_secret(target(web.port, &settings), "planted-key")).await.expect("a source");
    let failure = came(&open, statement("select id from \"all\"", &[], &[Kind::Text])).await.expect_err("refused");
    assert!(web.targets().iter().all(|target| target.contains("key=planted-key")), "{:?}", web.targets());
    assert!(!format!("{failure:?}").contains("planted"), "{failure:?}");
    assert!(failure.sentence.contains("500"), "{failure:?}");
}

fn narrowed(text: &str, column: &str, values: &[&str]) -> Statement {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    let table = if text.contains("person") { "person" } else { "all" };
    let narrow = vec![Narrow { table: table.to_owned(), column: column.to_owned(), values }];
    Statement { narrow, ..statement(text, &[], &[Kind::Text]) }
}

#[tokio::test]
async fn a_path_asks_for_the_values_of_the_question_each_as_one_segment() {
    let web = Web::start(|asked| {
        let segment = asked.path().strip_prefix("/v1/people/").unwrap_or_default();
        if segment.is_empty() || segment == "nobody" {
            absent()
        } else {
            json(value!({ "id": segment, "in": segment.len() }).to_string())
        }
    })
    .await;
    let settings =
        [("tables", "person = /people/{id}?expand=all&lang={lang}"), ("columns", "person: id text, in integer")];
    let open = open(web.port, &settings).await.expect("a source");
    let needs =
        came(&open, statement("select id from \"person\"", &[], &[Kind::Text])).await.expect_err("needs a value");
    assert!(needs.sentence.contains("id") && web.asked().is_empty(), "{needs:?}");
    let (found, causes) =
        came(&open, narrowed("select id from \"person\"", "id", &["a", "nobody", "b/c"])).await.expect("rows");
    assert_eq!((found.rows.len(), causes), (2, vec![]), "one that is not there is none");
    assert_eq!(
        web.targets(),
        ["/v1/people/a?expand=all", "/v1/people/nobody?expand=all", "/v1/people/b%2Fc?expand=all"]
    );
    // Another column, or a table that is read twice, says nothing of the values.
    for text in ["select id from \"person\"", "select a.id from \"person\" a, \"person\" b"] {
        let column = if text.contains("a.id") { "id" } else { "name" };
        assert!(came(&open, narrowed(text, column, &["a"])).await.is_err(), "{text}");
    }
    let many: Vec<String> = (0..60).map(|id| format!("p{id}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (found, causes) = came(&open, narrowed("select id from \"person\"", "id", &many)).await.expect("rows");
    assert_eq!((found.rows.len(), causes), (50, vec![Cause::RowLimit(50)]));
}

/// Five hundred texts that would be more than a value, if they were taken for more.
fn injections() -> Vec<String> {
    let parts = [
        "\r\n",
        "\n",
        "\r",
        "\0",
        "%0d%0a",
        "%00",
        "\u{2028}",
        "\u{85}",
        "\t",
        "..",
        ".",
        "/",
        "\\",
        "?",
        "#",
        "&",
        "=",
        "%2e%2e",
        "%2f",
        "@",
        ":",
        "//",
        "http://127.0.0.1/",
    ];
    let ends = [
        "x-evil: 1",
        "Host: evil",
        "a=b",
        "../admin",
        "HTTP/1.1",
        "Set-Cookie: a",
        "evil.example",
        "",
        "GET / HTTP/1.1\r\n\r\n",
        "content-length: 0",
        "\r\n\r\n{}",
    ];
    let middle = |part: &str, end: &str| [format!("v{part}{end}"), format!("{part}{end}")];
    parts.iter().flat_map(|part| ends.iter().flat_map(move |end| middle(part, end))).collect()
}

#[tokio::test]
async fn five_hundred_hostile_values_stay_one_segment_one_parameter_or_are_refused() {
    let web = Web::start(|_| json("[]")).await;
    let settings = [("tables", "all = /people/{id}/x?q={id}"), ("columns", "all: id text")];
    let open = open(web.port, &settings).await.expect("a source");
    let injections = injections();
    assert!(injections.len() >= 500, "{}", injections.len());
    let mut sent = 0;
    for text in &injections {
        let before = web.asked().len();
        let came = came(&open, narrowed("select id from \"all\"", "id", &[text])).await;
        let asked = web.asked().split_off(before);
        if came.is_err() {
            assert!(asked.is_empty(), "{text:?}");
            continue;
        }
        sent += 1;
        let asked = asked.first().expect("a request");
        let segments: Vec<&str> = asked.path().split('/').collect();
        assert_eq!(
            (segments.len(), segments[1], segments[2], segments[4]),
            (5, "v1", "people", "x"),
            "{text:?}: {asked:?}"
        );
        assert_eq!(asked.parameter("q").as_deref(), Some(text.as_str()), "{asked:?}");
        let host = format!("127.0.0.1:{}", web.port);
        assert_eq!((asked.headers.len(), asked.header("host")), (4, Some(host.as_str())), "{text:?}: {asked:?}");
    }
    assert!(sent > 250 && sent < injections.len(), "{sent}");
    // The same in what the form says: refused before anything is asked, or sent as it is.
    let before = web.asked().len();
    for text in &injections {
        for auth in [vec![("auth", "header"), ("key_name", text.as_str())], vec![("auth", "bearer")]] {
            let settings = [vec![("tables", "all = /x")], auth].concat();
            let secret = if settings.iter().any(|(_, value)| *value == "bearer") { text.as_str() } else { "k" };
            drop(Http.open(with_secret(target(web.port, &settings), secret)).await);
        }
        let url = format!("http://127.0.0.1:{}/{text}", web.port);
        let settings = [("url".to_owned(), url), ("tables".to_owned(), "all = /x".to_owned())];
        drop(Http.open(Target { settings: settings.into(), ..empty_target() }).await);
    }
    for asked in &web.asked()[before..] {
        assert!(asked.header("x-evil").is_none() && asked.header("set-cookie").is_none(), "{asked:?}");
        assert!(asked.header("host").is_some_and(|host| host.starts_with("127.0.0.1")), "{asked:?}");
    }
}

#[tokio::test]
async fn a_secret_goes_in_clear_only_over_the_machines_own_wire_or_where_somebody_chose_it() {
    let web = Web::start(|_| json("[]")).await;
    let ways: [Answers<'_>; 4] = [
        &[("auth", "bearer")],
        &[("auth", "basic"), ("user", "clew")],
        &[("auth", "header"), ("key_name", "x-key")],
        &[("auth", "query"), ("key_name", "key")],
    ];
    let refused = "The setting \"Encryption\" cannot be used.";
    let said = async |way: Answers<'_>, more: Answers<'_>| {
        let settings = [&[("tables", "all = /x"), ("columns", "all: id text")], way, more].concat();
        Http.open(with_secret(target(web.port, &settings), "planted")).await.err().map(|failure| failure.sentence)
    };
    for way in ways {
        for url in ["http://api.invalid/v1", "http://192.0.2.7/v1", "HTTP://localhost.invalid/v1"] {
            assert_eq!(said(way, &[("url", url)]).await.as_deref(), Some(refused), "{way:?} {url}");
            assert_eq!(said(way, &[("url", url), ("tls", "verify")]).await.as_deref(), Some(refused), "{way:?} {url}");
            assert_ne!(said(way, &[("url", url), ("tls", "off")]).await.as_deref(), Some(refused), "{way:?} {url}");
        }
        assert_ne!(said(way, &[("url", "https://api.invalid/v1")]).await.as_deref(), Some(refused), "{way:?}");
        assert_eq!(said(way, &[]).await, None, "this machine's own wire: {way:?}");
    }
    assert_ne!(said(&[], &[("url", "http://api.invalid/v1")]).await.as_deref(), Some(refused), "without a secret");
}

#[tokio::test]
async fn columns_and_kinds_are_found_in_the_first_page_and_may_be_settled() {
    let records = value!({ "data": [
        { "id": 1, "name": "Ada", "born": "1815-12-10", "seen": "2026-01-02T03:04:05+01:00", "score": 1.5, "is_new": true,
          "address": { "city": "Oslo", "place": { "lat": 59.9 } }, "tags": ["a", 1], "zip": "0123", "none": null, "odd": 1 },
        { "id": 2, "name": null, "address": { "city": "Bergen" }, "score": 2, "odd": "x", "extra": {} },
    ] });
    let web = Web::start(move |_| json(records.to_string())).await;
    let opened = open(web.port, &[("tables", "people = /people at /data")]).await.expect("a source");
    let catalogue = opened.catalogue().await.expect("a catalogue");
    let mut found: Vec<String> =
        catalogue.tables[0].columns.iter().map(|column| format!("{} {}", column.name, column.kind.name())).collect();
    found.sort();
    let expected = [
        "address.city text",
        "address.place.lat float",
        "born date",
        "extra text",
        "id integer",
        "is_new bool",
        "name text",
        "none text",
        "odd text",
        "score float",
        "seen instant",
        "tags text",
        "zip text",
    ];
    assert_eq!(found, expected);
    let text = "select id || '|' || \"address.city\" || '|' || coalesce(tags, '-') || '|' || coalesce(seen, '-') || '|' || \
        odd || '|' || coalesce(\"address.place.lat\", '-') from people order by id";
    assert_eq!(texts(&opened, text).await, ["1|Oslo|[\"a\",1]|2026-01-02T02:04:05Z|1|59.9", "2|Bergen|-|-|x|-"]);
    let report = Http.test(target(web.port, &[("tables", "people = /people at /data")])).await;
    assert!(report.ok && report.steps[1].found.contains("address.city text"), "{report:?}");
    // Settled, they are what was said; what does not fit is empty, and counted.
    let settled = [("tables", "people = /people at /data"), ("columns", "People: id text, odd integer, missing date")];
    let open = open(web.port, &settled).await.expect("a source");
    let kinds = [Kind::Text, Kind::Integer, Kind::Date];
    let (came, _) =
        came(&open, statement("select id, odd, missing from people order by id", &[], &kinds)).await.expect("rows");
    let row = |id: &str, odd: Option<&str>| vec![Some(id.to_owned()), odd.map(str::to_owned), None];
    assert_eq!((came.rows, came.unreadable), (vec![row("1", Some("1")), row("2", None)], vec![(1, 1)]));
}

#[tokio::test]
async fn what_is_no_answer_says_so_in_words_and_repeats_nothing_of_it() {
    let web = Web::start(|asked| match asked.path() {
        "/v1/401" => status(401),
        "/v1/429" => status(429),
        "/v1/500" => status(500),
        "/v1/text" => json("planted but no JSON"),
        "/v1/deep" => json(format!("{}{}", "[".repeat(200), "]".repeat(200))),
        "/v1/number" => json("17"),
        "/v1/large" => json(format!("[\"{}\"]", "x".repeat(17 << 20))),
        "/v1/moved" => {
            let mut moved = status(302);
            moved.headers_mut().insert("location", "/v1/good".parse().expect("a header"));
            moved
        }
        "/v1/good" => json("[{\"id\":1}]"),
        _ => absent(),
    })
    .await;
    let table = [
        ("401", FailureKind::Refused),
        ("404", FailureKind::Setting),
        ("429", FailureKind::Busy),
        ("500", FailureKind::Other),
        ("text", FailureKind::Mismatch),
        ("deep", FailureKind::Other),
        ("number", FailureKind::Setting),
        ("large", FailureKind::Other),
        ("moved", FailureKind::Setting),
    ];
    for (path, kind) in table {
        let failure = open(web.port, &[("tables", &format!("all = /{path}"))]).await.err().expect("refused");
        assert_eq!(failure.kind, kind, "{path}: {failure:?}");
        assert!(!format!("{failure:?}").contains("planted") && !failure.remedy.is_empty(), "{path}: {failure:?}");
    }
    let followed = open(web.port, &[("tables", "all = /moved"), ("redirects", "on")]).await.expect("a source");
    assert_eq!(texts(&followed, "select id from \"all\"").await, ["1"]);
    let shut = Http
        .open(Target { egress: crate::egress::tests::with(&[]), ..target(web.port, &[("tables", "all = /good")]) })
        .await;
    let shut = shut.err().expect("refused");
    assert!(shut.kind == FailureKind::Setting && shut.remedy.contains("CLEW_EGRESS_ALLOW"), "{shut:?}");
}

#[tokio::test]
async fn a_form_that_cannot_be_meant_is_refused_with_a_remedy() {
    let tables = |text: &'static str| vec![("tables", text)];
    let table = [
        tables(""),
        tables("people"),
        tables("people = people"),
        tables("people = //evil.example/people"),
        tables("people = /people/../admin"),
        tables("people = /people\\..\\admin"),
        tables("people = /people#part"),
        tables("people = /people/{id"),
        tables("people = /people/{id}"),
        tables("people = /people at data"),
        tables("people = /a\nPeople = /b"),
        vec![("tables", "people = /people"), ("columns", "people: id")],
        vec![("tables", "people = /people"), ("columns", "people: id number")],
        vec![("tables", "people = /people"), ("columns", "people: id text, ID text")],
        vec![("tables", "people = /people"), ("columns", "others: id text")],
        vec![("tables", "people = /people"), ("paging", "cursor")],
        vec![("tables", "people = /people"), ("paging", "link"), ("next", "next")],
        vec![("tables", "people = /people"), ("auth", "nonsense")],
        vec![("tables", "people = /people"), ("url", "ftp://example.org")],
        vec![("tables", "people = /people"), ("url", "https://user:password@example.org")],
        vec![("tables", "people = /people"), ("url", "https://example.org/?a=b")],
        vec![("tables", "people = /people"), ("url", "https://exa\tmple.org/")],
        vec![("tables", "people = /people"), ("ca", "nonsense")],
        vec![("tables", "people = /people"), ("method", "POST")],
    ];
    let web = Web::start(|_| json("[]")).await;
    for settings in table {
        let failure = open(web.port, &settings).await.err().unwrap_or_else(|| panic!("{settings:?} is taken"));
        assert!(failure.kind == FailureKind::Setting && !failure.remedy.is_empty(), "{settings:?}: {failure:?}");
    }
    for name in ["Host", "Cookie", "Content-Length", "Transfer-Encoding", "", "a b", "x:y"] {
        let settings = [("tables", "people = /people"), ("auth", "header"), ("key_name", name)];
        let refused = Http.open(with_secret(target(web.port, &settings), "k")).await;
        assert_eq!(refused.err().map(|failure| failure.kind), Some(FailureKind::Setting), "{name}");
    }
    assert!(web.asked().is_empty());
    assert!(open(web.port, &[("tables", "people = /people")]).await.is_ok());
}
