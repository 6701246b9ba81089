//! The page and its files: compressed beforehand, named by their content, kept by browsers for as long as they may be.

use crate::world::{Reply, World, run};

/// One file as it comes for one answer of the browser to the question what it understands.
async fn get(world: &World, path: &str, accepted: &str, known: &str) -> Reply {
    let headers = [("accept-encoding", accepted), ("if-none-match", known)];
    let headers: Vec<(&str, &str)> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    world.browser().send("GET", path, &headers, b"").await
}

/// The files that the page names.
fn assets(page: &str) -> Vec<String> {
    let named = page.split(['"', '\'']).filter(|text| text.starts_with("/assets/") || text.starts_with("assets/"));
    named.map(|path| format!("/{}", path.trim_start_matches('/'))).collect()
}

/// Whether a file's name has a hash of its content in it: at least eight hexadecimal digits between two signs.
fn has_hash(path: &str) -> bool {
    path.split(['-', '.', '/']).any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[test]
fn the_page_and_its_files_come_compressed_and_are_kept_as_long_as_their_names_allow() {
    run(async {
        let world = World::start().await;
        let plain = get(&world, "/", "", "").await;
        if !server::web::has_page() {
            assert_eq!(plain.status, 404);
            assert!(plain.text().contains("cargo demo"), "it says what to do: {}", plain.text());
            return;
        }
        let files = assets(&plain.text());
        assert!(!files.is_empty(), "{}", plain.text());
        for path in ["/".to_owned()].iter().chain(&files) {
            let lasting = path != "/";
            assert!(!lasting || has_hash(path), "{path}");
            let kept = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
            let (mut lengths, mut tags) = (Vec::new(), std::collections::BTreeMap::new());
            let table = [("br, gzip", "br"), ("gzip", "gzip"), ("gzip;q=1.0, deflate", "gzip"), ("", ""), ("zstd", "")];
            for (accepted, encoding) in table {
                let reply = get(&world, path, accepted, "").await;
                assert_eq!((reply.status, reply.header("cache-control")), (200, kept), "{path}, {accepted:?}");
                assert_eq!(reply.header("content-encoding"), encoding, "{path}, {accepted:?}");
                assert_eq!(reply.header("vary"), "accept-encoding", "{path}");
                assert_eq!(reply.header("content-length"), reply.body.len().to_string(), "{path}, {accepted:?}");
                lengths.push(reply.body.len());

                let tag = reply.header("etag").to_owned();
                assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{path}: {tag}");
                let again = get(&world, path, accepted, &tag).await;
                assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()), "{path}");
                let heads = [reply.header("cache-control"), reply.header("vary")];
                assert_eq!([again.header("cache-control"), again.header("vary")], heads, "{path}: it stays kept");
                assert_eq!(get(&world, path, accepted, "\"another\"").await.status, 200, "{path}");
                assert_eq!(*tags.entry(encoding).or_insert_with(|| tag.clone()), tag, "{path}: one tag for one form");
            }
            let different: std::collections::BTreeSet<_> = tags.values().collect();
            assert_eq!(different.len(), tags.len(), "{path}: other bytes, another tag: {tags:?}");
            assert!(lengths[0] <= lengths[1] && lengths[1] <= lengths[3], "{path}: {lengths:?}");
        }
        let page = get(&world, "/p/bank/o/person/1", "", "").await;
        assert_eq!(page.body, plain.body, "an address of the app gives the page");
        for path in ["/assets/", "/assets/none.js", &format!("{}x", files[0]), "/assets/index.html"] {
            assert_eq!(get(&world, path, "br", "").await.status, 404, "{path}");
        }
    });
}
