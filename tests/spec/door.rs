//! The door: who is let in with what, before any call runs, and what every answer carries.

use serde_json::json;

use crate::program::Place;
use crate::world::{Browser, PAGE_HEADERS, Reply, World, exchange, project, run};

const CALL: &str = "/api/call/who_am_i";

async fn reader(world: &World) -> Browser {
    world.signed_in("reader", &["Task.Read"]).await
}

#[test]
fn a_page_of_another_version_is_told_to_reload_or_to_wait_for_an_update() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let table = [("1", "200", ""), ("2", "200", ""), ("0", "426 other_version", "reload")];
        let odd = [
            ("3", "426 other_version", "update"),
            ("", "426 other_version", "reload"),
            ("one", "426 other_version", "reload"),
        ];
        for (version, expected, remedy) in table.into_iter().chain(odd) {
            let headers = [("content-type", "application/json"), ("clew-wire", version)];
            let reply = reader.send("POST", CALL, &headers, b"{}").await;
            assert_eq!(reply.verdict(), expected, "version {version:?}");
            assert_eq!(reply.json()["remedy"].as_str().unwrap_or_default(), remedy, "version {version:?}");
        }
        let none = reader.send("POST", CALL, &[("content-type", "application/json")], b"{}").await;
        assert_eq!(none.verdict(), "426 other_version");
        let query = json!({ "project": "bank", "query": { "from": { "objects": "a" }, "answer": "count" } });
        let headers = [("content-type", "application/json"), ("clew-wire", "7")];
        let download = reader.send("POST", "/api/download/export_rows", &headers, query.to_string().as_bytes()).await;
        assert_eq!(download.verdict(), "426 other_version");
    });
}

#[test]
fn a_page_of_the_next_version_may_say_more_than_is_known_here() {
    run(async {
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        world.put_project(&project("bank", &own.person().await)).await;
        let newer = json!({ "project": "bank", "scope": "everyone", "base": own.revision("bank").await, "later": 1,
            "changes": [{ "describe": { "name": "New", "description": "", "later": { "a": [] } } }] });
        for (version, expected) in [("1", "400 malformed"), ("2", "200"), ("3", "426 other_version")] {
            let headers = [("content-type", "application/json"), ("clew-wire", version)];
            let reply = own.send("POST", "/api/call/change_project", &headers, newer.to_string().as_bytes()).await;
            assert_eq!(reply.verdict(), expected, "version {version}: {}", reply.text());
        }
        let read = own.call("read_project", &json!({ "project": "bank" })).await.json();
        assert_eq!(read["project"]["name"], "New", "what is known of it was done");
        let headers = [("content-type", "application/json"), ("clew-wire", "2")];
        for wrong in ["{", "[]", "{\"project\":7}", "{\"changes\":[{\"later\":{}}]}", "null"] {
            let reply = own.send("POST", "/api/call/change_project", &headers, wrong.as_bytes()).await;
            assert_eq!(reply.verdict(), "400 malformed", "{wrong}");
        }
    });
}

#[test]
fn a_question_about_a_thousand_objects_with_long_keys_is_read() {
    run(async {
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        world.put_project(&project("bank", &own.person().await)).await;
        let keys: Vec<_> = (0..1_000).map(|number| json!([format!("{number:0>200}")])).collect();
        let values: Vec<_> = (0..10_000).map(|number| format!("{number:0>40}")).collect();
        let test = json!({ "is": { "field": { "own": "a" }, "test": { "in": values } } });
        let rows = json!({ "from": { "objects": "a" }, "filter": test, "answer": { "rows": { "limit": 1 } } });
        for (path, request) in [
            ("count_links", json!({ "project": "bank", "object_type": "a", "keys": keys })),
            (
                "expand",
                json!({ "project": "bank", "link": "a", "direction": "forward", "keys": keys, "order": "name", "limit": 1 }),
            ),
            ("run_query", json!({ "project": "bank", "query": rows })),
        ] {
            let reply = own.post_json(&format!("/api/stream/{path}"), &request).await;
            assert_eq!(reply.verdict(), "422 invalid", "read, and there is no such type: {path}: {}", reply.text());
        }
    });
}

/// Status and code, a part of the sentence, and a part of the remedy.
type Said = (&'static str, &'static str, &'static str);

fn said_as(reply: &Reply, (verdict, sentence, remedy): Said, what: &str) {
    assert_eq!(reply.verdict(), verdict, "{what}: {}", reply.text());
    let fault = reply.json();
    for (part, expected) in [("sentence", sentence), ("remedy", remedy)] {
        assert!(fault[part].as_str().is_some_and(|text| text.contains(expected)), "{what}: {part} of {fault}");
    }
}

#[test]
fn what_is_no_request_is_refused_with_a_code_and_a_sentence() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let many = format!("{{\"project\":\"{}\"}}", "a".repeat(70_000));
        let deep = "[".repeat(20_000);
        let absent = ("404 not_found", "This server does not know this request.", "Reload the page");
        let not_json = ("400 malformed", "The request cannot be read: it is not JSON", "Reload the page.");
        let too_deep = ("400 malformed", "The request is nested too deeply.", "Reload the page.");
        let unfit = ("400 malformed", "a value is not what it should be", "Reload the page.");
        let unknown = ("400 malformed", "a field is not known here", "Reload the page.");
        let missing = ("400 malformed", "\"project\" is missing", "Reload the page.");
        let large = ("413 too_large", "The request is larger than 65536 bytes.", "Make it smaller: fewer filters");
        let table: [(&str, &[u8], Said); 13] = [
            ("/api/call/no_such_call", b"{}", absent),
            ("/api/stream/who_am_i", b"{}", absent),
            ("/api/upload/who_am_i", b"{}", absent),
            ("/api/", b"{}", absent),
            ("/api/call/who_am_i", b"{\"surprise\":1}", unknown),
            ("/api/call/who_am_i", b"", not_json),
            ("/api/call/who_am_i", b"{", not_json),
            ("/api/call/who_am_i", b"\xff\xfe", not_json),
            ("/api/call/who_am_i", deep.as_bytes(), too_deep),
            ("/api/call/read_project", b"{}", missing),
            ("/api/call/read_project", b"{\"project\":\"../etc\"}", unfit),
            ("/api/call/read_project", b"{\"project\":7}", unfit),
            ("/api/call/read_project", many.as_bytes(), large),
        ];
        for (path, body, said) in table {
            let reply = reader.send("POST", path, &PAGE_HEADERS, body).await;
            said_as(&reply, said, &format!("{path} {}", String::from_utf8_lossy(&body[..body.len().min(40)])));
        }
        for (body, said) in [(&b""[..], not_json), (b"\xff", not_json), (b"{}", missing)] {
            let download = reader.send("POST", "/api/download/export_rows", &PAGE_HEADERS, body).await;
            said_as(&download, said, &format!("{body:?}"));
        }
        said_as(&reader.post_json("/api/download/no_such_call", &json!({})).await, absent, "no such download");
        let upload = reader.send("POST", "/api/upload/upload_file", &PAGE_HEADERS, b"a,b").await;
        said_as(&upload, not_json, "a file without a request");
        let text = reader.send("POST", CALL, &[("content-type", "text/plain"), ("clew-wire", "1")], b"{}").await;
        let plain = ("400 malformed", "The request is not JSON.", "Send Content-Type: application/json.");
        said_as(&text, plain, "a plain form of another page can send no JSON");
        assert_eq!(reader.call("who_am_i", &json!({})).await.verdict(), "200", "and what is a request is answered");
    });
}

#[test]
fn a_query_that_asks_for_something_impossible_is_refused_before_any_source_is_asked() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let table = [
            json!({ "project": "bank" }),
            json!({ "project": "bank", "query": "select 1" }),
            json!({ "project": "bank", "query": { "from": { "tables": "x" }, "answer": "count" } }),
            json!({ "project": "bank", "query": { "from": { "objects": "a" }, "answer": "everything" } }),
            json!({ "project": "bank", "query": { "from": { "objects": "a; drop" }, "answer": "count" } }),
            json!({ "project": "bank", "query": { "from": { "objects": "a" }, "answer": { "rows": { "limit": -1 } } } }),
        ];
        for request in table {
            let reply = reader.post_json("/api/stream/run_query", &request).await;
            said_as(
                &reply,
                ("400 malformed", "The request cannot be read: ", "Reload the page."),
                &request.to_string(),
            );
        }
    });
}

#[test]
fn a_refusal_repeats_nothing_of_what_was_sent() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let table = [
            ("read_project", json!({ "project": { "planted": 1 } })),
            ("read_project", json!({ "project": "PLANTED-value" })),
            ("change_project", json!({ "project": "bank", "scope": "planted", "base": 1, "changes": [] })),
            ("create_project", json!({ "id": "a", "name": ["planted"] })),
            ("test_source", json!({ "project": "bank", "source": "planted", "secrets": {} })),
        ];
        for (call, request) in table {
            let reply = reader.call(call, &request).await;
            assert_eq!(reply.verdict(), "400 malformed", "{call}");
            assert!(!reply.text().to_lowercase().contains("planted"), "{call}: {}", reply.text());
        }
    });
}

#[test]
fn a_request_from_another_page_is_refused_whatever_it_carries() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let own = world.origin();
        let sites = [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none"), Some("")];
        let origins = [None, Some(own.as_str()), Some("https://evil.example"), Some("null")];
        for site in sites {
            for origin in origins {
                let mut headers = vec![("content-type", "application/json"), ("clew-wire", "1")];
                headers.extend(site.map(|site| ("sec-fetch-site", site)));
                headers.extend(origin.map(|origin| ("origin", origin)));
                let allowed = match (site, origin) {
                    (Some(site), _) => site == "same-origin",
                    // No browser: a program that holds a session of its own.
                    (None, origin) => origin.is_none_or(|origin| origin == own),
                };
                let expected = if allowed { "200" } else { "403 forbidden" };
                let reply = reader.send("POST", CALL, &headers, b"{}").await;
                assert_eq!(reply.verdict(), expected, "Sec-Fetch-Site {site:?}, Origin {origin:?}");
            }
        }
        let headers = [("content-type", "application/json"), ("clew-wire", "1"), ("sec-fetch-site", "cross-site")];
        let foreign = reader.send("POST", "/api/download/export_rows", &headers, b"{\"project\":\"absent\"}").await;
        assert_eq!(foreign.verdict(), "403 forbidden", "another page cannot probe for data");
    });
}

#[test]
fn a_request_of_another_page_is_counted_under_its_address_with_a_cookie_and_without() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let before = world.audit(50).await.len();
        let headers = [("content-type", "application/json"), ("clew-wire", "1"), ("sec-fetch-site", "cross-site")];
        for browser in [&mut reader, &mut world.browser()] {
            for path in [CALL, "/api/stream/search", "/api/download/export_rows", "/api/upload/upload_file?wire=1"] {
                assert_eq!(browser.send("POST", path, &headers, b"{}").await.verdict(), "403 forbidden", "{path}");
            }
        }
        // A form of another page can send no header of ours.
        let form = [("content-type", "text/plain"), ("origin", "https://evil.example")];
        assert_eq!(reader.send("POST", CALL, &form, b"{}").await.verdict(), "403 forbidden");
        world.server.audit.flush_refusals(true).await.expect("written");
        let entries = world.audit(50).await;
        assert_eq!(entries.len(), before + 1, "one entry for an address and a minute");
        assert_eq!((entries[0].call.as_str(), entries[0].outcome.as_str()), ("refused", "denied"));
        assert_eq!(entries[0].person, "", "that it was this person nobody can say");
        let details: serde_json::Value = serde_json::from_slice(&entries[0].details).expect("JSON");
        let calls = ["export_rows", "search", "upload_file", "who_am_i"];
        assert_eq!(details, json!({ "address": "127.0.0.1", "count": 9, "calls": calls }));
    });
}

#[test]
fn each_path_has_its_method_and_no_other() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let table = [
            ("GET", CALL, 405),
            ("HEAD", CALL, 405),
            ("PUT", CALL, 405),
            ("DELETE", CALL, 405),
            ("PATCH", CALL, 405),
            ("OPTIONS", CALL, 405),
            ("TRACE", CALL, 405),
            ("CONNECT", CALL, 405),
            ("GET", "/api/download/export_rows", 405),
            ("POST", "/", 405),
            ("POST", "/p/bank", 405),
            ("POST", "/sign-in", 405),
            ("POST", "/healthz", 405),
            ("GET", "/csp-report", 405),
            ("GET", "/issuer/token", 405),
            ("GET", "/healthz", 200),
            ("GET", "/readyz", 200),
        ];
        for (method, path, expected) in table {
            let reply = reader.send(method, path, &PAGE_HEADERS, b"").await;
            assert_eq!(reply.status, expected, "{method} {path}");
            assert_eq!(reply.header("access-control-allow-origin"), "", "{method} {path}");
            if expected == 405 && !matches!(method, "HEAD" | "CONNECT") {
                assert_eq!(reply.verdict(), "405 malformed", "{method} {path}");
                assert!(reply.text().contains("\"remedy\""), "{method} {path}: {}", reply.text());
            }
        }
    });
}

#[test]
fn what_is_not_there_is_said_in_words_that_fit() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        for (path, said) in [
            ("/api/call/fly", "This server does not know this request."),
            ("/api/nothing", "This server does not know this request."),
            ("/issuer/nothing", "There is nothing at this address."),
        ] {
            let reply = reader.send("POST", path, &PAGE_HEADERS, b"{}").await;
            assert_eq!(reply.verdict(), "404 not_found", "{path}");
            assert_eq!(reply.json()["sentence"], said, "{path}");
        }
        if server::web::has_page() {
            let absent = world.browser().send("GET", "/assets/none.js", &[], b"").await;
            assert_eq!(
                (absent.verdict().as_str(), &absent.json()["sentence"]),
                ("404 not_found", &"There is nothing at this address.".into())
            );
        }
    });
}

#[test]
fn a_host_that_is_not_ours_is_not_answered() {
    run(async {
        let world = World::start().await;
        let port = world.port;
        let own = [format!("localhost:{port}"), format!("LOCALHOST:{port}"), format!("127.0.0.1:{port}")];
        let foreign =
            ["evil.example".to_owned(), format!("evil.example:{port}"), "localhost".to_owned(), String::new()];
        let hosts = own.iter().map(|host| (host, 200)).chain(foreign.iter().map(|host| (host, 421)));
        for (host, expected) in hosts {
            let reply = world.browser().send("GET", "/healthz", &[("host", host)], b"").await;
            assert_eq!(reply.status, expected, "{host:?}");
        }
        let raw = [
            "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n".to_owned(),
            format!(
                "GET /healthz HTTP/1.1\r\nhost: localhost:{port}\r\nhost: evil.example\r\nconnection: close\r\n\r\n"
            ),
        ];
        for request in raw {
            let reply = exchange(port, request.as_bytes()).await;
            assert!([400, 421].contains(&reply.status), "{request:?}: {}", reply.status);
        }
    });
}

#[test]
fn a_path_that_two_parsers_could_read_differently_is_not_found() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let paths = [
            "//api/call/who_am_i",
            "/api//call/who_am_i",
            "/api/call//who_am_i",
            "/api/./call/who_am_i",
            "/api/../api/call/who_am_i",
            "/api/call/who_am_i/..",
            "/api/call%2fwho_am_i",
            "/api/call%2Fwho_am_i",
            "/api%5ccall/who_am_i",
            "/api/call/who_am_i%00",
            "/api/call/who_am_i;a=b",
            "/api/%2e%2e/api/call/who_am_i",
            "/api/%2E/call/who_am_i",
            "/%c0%ae%c0%ae/",
            "/%ff",
            "/a%0d%0ab",
            "/a%0",
            "/assets/../../etc/passwd",
            "/api/call/:name",
        ];
        for path in paths {
            for method in ["GET", "POST"] {
                for browser in [&mut reader, &mut world.browser()] {
                    let reply = browser.send(method, path, &PAGE_HEADERS, b"{}").await;
                    assert!([400, 404].contains(&reply.status), "{method} {path}: {}", reply.status);
                }
            }
        }
    });
}

#[test]
fn a_deep_link_whose_key_holds_a_slash_gives_the_page() {
    run(async {
        let world = World::start().await;
        let plain = world.browser().get("/p/bank/o/case/1").await;
        for path in ["/p/bank/o/case/12%2F34", "/p/bank/o/case/12%2f34?x=1", "/p/bank/o/case/%2F"] {
            let page = world.browser().get(path).await;
            assert_eq!((page.status, &page.body), (plain.status, &plain.body), "{path}");
        }
        assert_eq!(world.browser().get("/p/bank/..%2F..%2Fapi").await.verdict(), "404 not_found");
    });
}

#[test]
fn every_answer_carries_the_headers_that_keep_other_pages_out() {
    run(async {
        let world = World::start().await;
        let mut reader = reader(&world).await;
        let paths = ["/", "/healthz", "/sign-in", "/sign-in/callback", "/sign-in/style.css", "/api/call/who_am_i"];
        let errors = ["/api/call/none", "//x", "/issuer/authorize", "/issuer/keys", "/assets/none.js"];
        for path in paths.into_iter().chain(errors) {
            for (method, headers) in [("GET", &[][..]), ("POST", &PAGE_HEADERS[..]), ("PUT", &[][..])] {
                let reply = reader.send(method, path, headers, b"").await;
                check_headers(&reply, &format!("{method} {path}"));
            }
        }
        let foreign = reader.send("GET", "/", &[("host", "evil.example")], b"").await;
        check_headers(&foreign, "a foreign host");
    });
}

fn check_headers(reply: &crate::world::Reply, what: &str) {
    let policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; manifest-src 'self'; \
                  img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
                  form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; \
                  trusted-types clew-worker; report-to csp; report-uri /csp-report";
    assert_eq!(reply.header("content-security-policy"), policy, "{what}");
    let off = ["camera=()", "microphone=()", "geolocation=()", "usb=()", "serial=()", "display-capture=()"];
    assert!(off.iter().all(|off| reply.header("permissions-policy").contains(off)), "{what}");
    let table = [
        ("reporting-endpoints", "csp=\"/csp-report\""),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("server", ""),
        ("access-control-allow-origin", ""),
    ];
    for (name, expected) in table {
        assert_eq!(reply.header(name), expected, "{what}: {name}");
    }
    // The page itself is asked for again each time; everything else is not kept at all.
    let cached = reply.header("cache-control");
    let is_page = reply.status == 200 && reply.header("content-type").starts_with("text/html") && what == "GET /";
    assert!(cached == "no-store" || (is_page && cached == "no-cache"), "{what}: {cached}");
    assert_eq!(reply.header("clew-request").len(), 16, "{what}: its number in the log");
}

/// What a browser says when it refused a script of somebody else's on the page of an object.
const REPORT: &str = r#"[{"type": "csp-violation", "body": {"effectiveDirective": "script-src-elem",
    "blockedURL": "https://evil.example/planted-path?planted", "sample": "planted sample",
    "documentURL": "http://localhost/p/bank/o/person/planted-key"}}]"#;

#[test]
fn a_browsers_report_is_logged_within_limits_and_without_anything_personal() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut browser = Browser { port: place.port, cookies: Default::default() };
        let own = [("content-type", "application/reports+json"), ("sec-fetch-site", "same-origin")];
        let foreign = [("content-type", "application/reports+json"), ("sec-fetch-site", "cross-site")];
        let large = vec![b' '; 16 * 1024 + 1];
        assert_eq!(browser.send("POST", "/csp-report", &foreign, REPORT.as_bytes()).await.verdict(), "403 forbidden");
        assert_eq!(browser.send("POST", "/csp-report", &own, &large).await.verdict(), "413 too_large");
        assert!(!serving.said().contains("script-src-elem"), "neither is taken");
        for _ in 0..9 {
            assert_eq!(browser.send("POST", "/csp-report", &own, REPORT.as_bytes()).await.status, 204);
        }
        let refused = browser.send("POST", "/csp-report", &own, REPORT.as_bytes()).await;
        assert_eq!(refused.verdict(), "429 busy");
        assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds <= 60));
        let said = serving.end();
        let lines: Vec<&str> = said.lines().filter(|line| line.contains("script-src-elem")).collect();
        assert_eq!(lines.len(), 9, "{said}");
        for part in ["WARN", "blocked=\"https://evil.example\"", "page=\"/p/bank/…\""] {
            assert!(lines[0].contains(part), "{part}: {}", lines[0]);
        }
        assert!(!said.contains("planted"), "{said}");
    });
}

#[test]
fn whoever_is_not_signed_in_is_counted_and_cannot_fill_the_audit_log() {
    run(async {
        let world = World::start().await;
        let before = world.audit(10).await.len();
        for _ in 0..20 {
            let reply = world.browser().call("who_am_i", &json!({})).await;
            assert_eq!(reply.verdict(), "401 signed_out");
            let lost = world.browser().get("/sign-in/callback?code=a&state=b").await;
            assert_eq!(lost.status, 403);
        }
        world.server.audit.flush_refusals(true).await.expect("written");
        let entries = world.audit(50).await;
        assert_eq!(entries.len(), before + 1, "one entry for one address and minute");
        let details: serde_json::Value = serde_json::from_slice(&entries[0].details).expect("JSON");
        assert_eq!(details["count"], 40);
        assert_eq!(details["address"], "127.0.0.1", "the address is the connection's, not a header's");
    });
}

#[test]
fn an_address_in_a_header_is_believed_from_a_trusted_proxy_only() {
    run(async {
        for (proxies, expected) in [("", "127.0.0.1"), ("127.0.0.0/8", "198.51.100.7")] {
            let world = World::start_with(&[("CLEW_BEHIND_PROXY", proxies)]).await;
            let headers = [
                ("content-type", "application/json"),
                ("clew-wire", "1"),
                ("x-forwarded-for", "203.0.113.9, 198.51.100.7"),
                ("clew-client-address", "192.0.2.1"),
            ];
            world.browser().send("POST", CALL, &headers, b"{}").await;
            world.server.audit.flush_refusals(true).await.expect("written");
            let entries = world.audit(1).await;
            let details: serde_json::Value = serde_json::from_slice(&entries[0].details).expect("JSON");
            assert_eq!(details["address"], expected);
        }
    });
}
