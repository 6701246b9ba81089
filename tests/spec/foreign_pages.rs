//! Other pages: whatever they can make a browser send to any route is refused, and what they can read of it is nothing.

use serde_json::json;
use server::api::{Shape, table};

use crate::world::{PAGE_HEADERS, World, run, with_request};

#[test]
fn no_request_of_the_table_is_taken_from_another_page_or_from_a_form() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage", "Task.Audit", "Task.Read"]).await;
        for entry in table() {
            let path =
                if entry.shape == Shape::Upload { with_request(&entry.path(), &json!({})) } else { entry.path() };
            let what = entry.name;
            let plain = [("content-type", "application/json"), ("clew-wire", "1")];
            for site in ["cross-site", "same-site", "none", "", "same-origin, cross-site"] {
                let headers = [&plain[..], &[("sec-fetch-site", site)]].concat();
                let reply = manager.send("POST", &path, &headers, b"{}").await;
                assert_eq!(reply.verdict(), "403 forbidden", "{what}: {site:?}");
            }
            for origin in ["https://evil.example", "null", "http://localhost", "http://localhost:1"] {
                let headers = [&plain[..], &[("origin", origin)]].concat();
                let reply = manager.send("POST", &path, &headers, b"{}").await;
                assert_eq!(reply.verdict(), "403 forbidden", "{what}: {origin:?}");
            }
            // What a form can send without asking: none of these types, and no header of ours.
            for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", ""] {
                let headers = [("content-type", kind), ("sec-fetch-site", "same-origin")];
                let reply = manager.send("POST", &path, &headers, b"{}").await;
                assert!(reply.status >= 400, "{what}: {kind:?}: {}", reply.status);
                if entry.shape != Shape::Upload {
                    let headers = [&headers[..], &[("clew-wire", "1")]].concat();
                    let reply = manager.send("POST", &path, &headers, b"{}").await;
                    assert_eq!(reply.verdict(), "400 malformed", "{what}: {kind:?}");
                }
            }
            for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
                let reply = manager.send(method, &path, &PAGE_HEADERS, b"").await;
                assert_eq!(reply.status, 405, "{what}: {method}");
            }
            let asked = [("origin", "https://evil.example"), ("access-control-request-method", "POST")];
            let reply = manager.send("OPTIONS", &path, &asked, b"").await;
            let told = reply.headers.iter().find(|(name, _)| name.starts_with("access-control-"));
            assert!(reply.status == 405 && told.is_none(), "{what}: {told:?}");
        }
        let entries = world.audit(1_000).await;
        let asked = entries.iter().filter(|entry| table().iter().any(|known| known.name == entry.call));
        assert_eq!(asked.count(), 0, "nothing of it came as far as the log");
        assert_eq!(manager.call("who_am_i", &json!({})).await.status, 200, "and the page itself is answered");
    });
}

#[test]
fn a_path_with_anything_odd_anywhere_is_not_found_whoever_asks() {
    run(async {
        let world = World::start().await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let paths =
            ["/api/call/who_am_i", "/api/stream/search", "/issuer/token", "/sign-in", "/assets/page.js", "/healthz"];
        let odd = [
            "//",
            "/./",
            "/../",
            "/%2e/",
            "/%2E%2e/",
            "/.%2e/",
            "/..%2f",
            "/%2f",
            "/%5c",
            "/..%5c",
            "/\\",
            "/..;/",
            "/;a=b/",
            "/%00/",
            "/%0d%0a/",
            "/%c0%ae%c0%ae/",
            "/%c0%af",
            "/%e0%80%af",
            "/%ff/",
            "/%/",
            "/%2/",
            "/%zz",
            "/%u002f",
        ];
        let mut tried = 0;
        for path in paths {
            for (place, _) in path.match_indices('/') {
                for odd in odd {
                    let spoiled = format!("{}{odd}{}", &path[..place], &path[place + 1..]);
                    for browser in [&mut reader, &mut world.browser()] {
                        let reply = browser.send("POST", &spoiled, &PAGE_HEADERS, b"{}").await;
                        assert!([400, 404].contains(&reply.status), "{spoiled}: {}", reply.status);
                        tried += 1;
                    }
                }
            }
        }
        assert!(tried > 500, "{tried}");
        assert_eq!(reader.call("who_am_i", &json!({})).await.status, 200);
    });
}
