//! Numbers for whoever watches the server: on a listener of their own, only where it is set, and nobody's name among them.

use serde_json::json;
use server::metrics;

use crate::ports::free_port;
use crate::program::{Place, changed, environment, finish, told};
use crate::uploads::{accepted, bank};
use crate::world::{Reply, World, exchange, project, run};

async fn get(port: u16, path: &str) -> Reply {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
    exchange(port, request.as_bytes()).await
}

/// The value of a line; nothing where there is none.
fn value(page: &str, line: &str) -> Option<f64> {
    page.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' ')?.parse().ok())
}

#[test]
fn requests_are_counted_by_call_and_outcome_and_nothing_else_is_told_of_them() {
    run(async {
        let world = World::start().await;
        let mut ada = world.signed_in("ada-the-planted", &["Task.Read"]).await;
        let person = ada.person().await;
        world.put_project(&project("planted-project", &person)).await;
        for _ in 0..3 {
            assert_eq!(ada.call("who_am_i", &json!({})).await.status, 200);
        }
        assert_eq!(ada.call("create_project", &json!({ "id": "a", "name": "A" })).await.verdict(), "403 forbidden");
        assert_eq!(world.browser().call("who_am_i", &json!({})).await.verdict(), "401 signed_out");
        let page = metrics::page(&world.server).await.expect("numbers");
        for (line, expected) in [
            ("clew_requests_total{call=\"who_am_i\",outcome=\"done\"}", 4.0),
            ("clew_requests_total{call=\"who_am_i\",outcome=\"signed_out\"}", 1.0),
            ("clew_requests_total{call=\"create_project\",outcome=\"denied\"}", 1.0),
            ("clew_request_seconds_bucket{call=\"who_am_i\",le=\"+Inf\"}", 4.0),
            ("clew_request_seconds_bucket{call=\"who_am_i\",le=\"0.005\"}", 4.0),
            ("clew_request_seconds_count{call=\"who_am_i\"}", 4.0),
            ("clew_requests_running", 0.0),
            ("clew_sessions", 1.0),
            ("clew_store_healthy", 1.0),
        ] {
            assert_eq!(value(&page, line), Some(expected), "{line}\n{page}");
        }
        let entries = value(&page, "clew_audit_entries").expect("a number");
        assert!(entries >= 2.0 && value(&page, "process_resident_memory_bytes").expect("a number") > 1e6, "{page}");
        assert!(value(&page, "process_cpu_seconds_total").expect("a number") > 0.0, "{page}");
        for planted in ["planted", person.as_str(), "127.0.0.1"] {
            assert!(!page.contains(planted), "{planted}\n{page}");
        }
    });
}

#[test]
fn rows_are_counted_by_kind_of_source() {
    run(async {
        let world = World::start().await;
        let mut ada = bank(&world).await;
        let file = accepted(&mut ada, "names", b"name;age\nada;1\nbob;2\neve;3\n").await;
        assert_eq!(file.verdict(), "200", "{}", file.text());
        let sample = json!({ "project": "bank", "source": "names", "table": { "name": "rows" }, "limit": 10 });
        let sampled = ada.post_json("/api/stream/sample_table", &sample).await;
        assert_eq!(sampled.status, 200, "{}", sampled.text());
        let page = metrics::page(&world.server).await.expect("numbers");
        assert_eq!(value(&page, "clew_source_rows_total{kind=\"csv\"}"), Some(3.0), "{page}");
        assert!(value(&page, "clew_source_bytes_total{kind=\"csv\"}").expect("a number") > 0.0, "{page}");
        assert_eq!(value(&page, "clew_requests_total{call=\"sample_table\",outcome=\"done\"}"), Some(1.0), "{page}");
    });
}

#[test]
fn numbers_are_told_on_a_listener_of_their_own_and_only_where_one_is_set() {
    run(async {
        let place = Place::new().await;
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        let serving = place.serve(&[("CLEW_METRICS_LISTEN", &address)]).await;
        let told_there = get(port, "/metrics").await;
        assert_eq!((told_there.status, told_there.header("content-type")), (200, metrics::CONTENT_TYPE));
        assert_eq!(value(&told_there.text(), "clew_store_healthy"), Some(1.0));
        for path in ["/", "/sign-in", "/api/call/who_am_i"] {
            assert_eq!(get(port, path).await.status, 404, "{path}: nothing but numbers");
        }
        assert!(
            !get(place.port, "/metrics").await.text().contains("clew_store_healthy"),
            "and they are told nowhere else"
        );
        drop(serving.end());

        for elsewhere in ["0.0.0.0:14446", "[::]:14446", "14446"] {
            let base = environment(&place.store, place.port);
            let refused = finish(&["serve"], &changed(&base, &[("CLEW_METRICS_LISTEN", elsewhere)]));
            let (code, said) = told(&refused);
            assert!(code == 2 && said.contains("CLEW_METRICS_LISTEN") && said.contains("loopback"), "{code} {said}");
        }
    });
}
