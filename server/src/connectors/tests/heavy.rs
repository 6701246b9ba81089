//! Web addresses whose answers are short to send and large to build: refused, or read record by record, in little memory.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use model::kind::Kind;

use super::fixture::{all, empty_target, peak_kib, statement};
use super::web::Web;
use crate::connectors::http::Http;
use crate::connectors::{Bounds, Connector as _, Failure, Target};
use crate::egress::tests::open_here;

/// Nearly as much as is read of a page.
const PAGE: usize = (16 << 20) - 1_024;
/// Bytes of a piece; a page is never held by its sender.
const PIECE: usize = 64 << 10;

/// What a page begins with, what it repeats, and what it ends with.
const PAGES: [(&str, [&str; 3]); 7] = [
    ("records", ["[", "{\"\":0},", "{}]"]),
    ("lists", ["[", "[0],", "[]]"]),
    ("objects", ["{\"a\":[", "{\"\":0},", "0]}"]),
    ("numbers", ["[{\"a\":[", "0,", "0]}]"]),
    ("texts", ["{\"a\":[", "\"\",", "0]}"]),
    ("names", ["{\"a\":{", "\"\":{},", "\"b\":0}}"]),
    ("quoted", ["[", "1e400,", "0]"]),
];

fn page(path: &str) -> Response {
    let [begin, middle, end] = PAGES.iter().find(|(known, _)| *known == path).expect("a page").1;
    let piece = Bytes::from(middle.repeat(PIECE / middle.len()));
    let pieces = (PAGE - begin.len() - end.len()) / piece.len();
    let all = [Bytes::from_static(begin.as_bytes())]
        .into_iter()
        .chain(std::iter::repeat_n(piece, pieces))
        .chain([Bytes::from_static(end.as_bytes())]);
    Response::new(Body::from_stream(stream::iter(all.map(Ok::<_, std::io::Error>))))
}

fn target(port: u16, path: &str, columns: &str) -> Target {
    let answers = [
        ("url", format!("http://127.0.0.1:{port}/")),
        ("tables", format!("x = /{path}")),
        ("columns", columns.to_owned()),
    ];
    let settings = answers.map(|(name, value)| (name.to_owned(), value)).into();
    Target { settings, egress: open_here(), ..empty_target() }
}

/// How many records there were, looked for their columns or with one that is settled.
async fn count(port: u16, path: &str, columns: &str) -> Result<String, Failure> {
    let open = Http.open(target(port, path, columns)).await?;
    let answer = open.run(statement("select count(*) from x", &[], &[Kind::Text]), Bounds::default()).await?;
    Ok(all(answer).await?.rows[0][0].clone().expect("a number"))
}

/// In a process of its own: the memory of this one is that of every test that runs beside.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test program starts itself")]
fn an_answer_that_is_short_to_send_and_large_to_build_takes_little_memory() {
    let this = std::env::current_exe().expect("this program");
    let alone = ["--exact", "connectors::tests::heavy::each_page_alone", "--ignored", "--nocapture"];
    let output = std::process::Command::new(this).args(alone).output().expect("a test program");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is run by the test above, in a process of its own"]
async fn each_page_alone() {
    let web = Web::start(|asked| page(asked.path().trim_start_matches('/'))).await;
    let before = peak_kib();
    for (path, _) in PAGES {
        let is_one_record = ["objects", "numbers", "texts", "names"].contains(&path);
        // What is refused is refused when its columns are looked for.
        for columns in if is_one_record { [""].as_slice() } else { &["", "x: value text"] } {
            let came = count(web.port, path, columns).await;
            println!("{path} {columns:?}: {} KiB, {came:?}", peak_kib() - before);
            match came {
                Ok(records) => assert!(!is_one_record && records == "50000", "{path}: {records}"),
                Err(failure) => {
                    assert!(
                        is_one_record && failure.sentence.contains("larger than Clew reads"),
                        "{path}: {failure:?}"
                    );
                    assert!(failure.remedy.contains("records per page"), "{failure:?}");
                }
            }
        }
    }
    let grown = peak_kib() - before;
    assert!(grown < 64 * 1024, "it grew by {grown} KiB");
}
