//! A proxy on the way: what it is told, what it is not asked for, and what goes past it.

use url::Url;

use super::server::{Canned, answer, fetcher};
use super::*;
use crate::egress::http::{Ask, Bounds, Unfetched};

async fn proxy() -> Canned {
    Canned::start(|head| {
        if head.starts_with("CONNECT ") {
            b"HTTP/1.1 200 Connected\r\n\r\n".to_vec()
        } else {
            answer("200 OK", "", b"by proxy")
        }
    })
    .await
}

async fn ask(egress: &Egress, address: &str) -> Result<Vec<u8>, Unfetched> {
    let url = Url::parse(address).expect("an address");
    fetcher(egress, Bounds::SOURCE).send(Ask::get(url)).await.map(|answer| answer.body)
}

#[tokio::test]
async fn a_proxy_is_told_the_whole_address_and_its_password_and_resolves_by_itself() {
    let proxy = proxy().await;
    let set = format!("http://clew:s%40cret@127.0.0.1:{}", proxy.port);
    let told = Told::new(&[]);
    let egress = with(&[("HTTP_PROXY", &set), ("HTTPS_PROXY", &set)]).resolving_by(told.clone());
    let came = ask(&egress, "http://api.example.org/people?page=1").await.expect("an answer");
    assert_eq!(came, b"by proxy");
    let heads = proxy.heads();
    assert!(heads[0].starts_with("GET http://api.example.org/people?page=1 HTTP/1.1\r\n"), "{heads:?}");
    let password = "proxy-authorization: Basic Y2xldzpzQGNyZXQ=\r\n";
    assert!(heads[0].contains(password) && heads[0].contains("host: api.example.org\r\n"), "{heads:?}");
    // It joins two ends; what it lets through has to be believed by its certificate.
    let joined = ask(&egress, "https://api.example.org/").await;
    assert!(matches!(joined, Err(Unfetched::Untrusted(_))), "{joined:?}");
    let heads = proxy.heads();
    assert!(
        heads[1].starts_with("CONNECT api.example.org:443 HTTP/1.1\r\n") && heads[1].contains(password),
        "{heads:?}"
    );
    assert_eq!(told.asked.load(Ordering::Relaxed), 0, "no name is resolved here");
}

#[tokio::test]
async fn a_proxy_is_never_asked_for_what_is_shut() {
    let proxy = proxy().await;
    let set = format!("127.0.0.1:{}", proxy.port);
    let egress = with(&[
        ("HTTP_PROXY", &set),
        ("HTTPS_PROXY", &set),
        ("JDBC_CONNECTION_STRING", "postgresql://clew:secret@store.example.org:8080/clew"),
    ]);
    let shut = [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://0xa9fea9fe/",
        "http://2852039166/",
        "http://0/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://store.example.org:8080/",
        "http://api.example.org:22/",
        "https://169.254.169.254/",
    ];
    for address in shut {
        let refused = ask(&egress, address).await;
        assert!(matches!(refused, Err(Unfetched::Barred(_))), "{address}: {refused:?}");
    }
    // Clew's own database at a port of web addresses, by its address in any spelling, whichever the settings have.
    for store in ["10.1.2.3", "store.example.org"] {
        let address = format!("postgresql://clew:secret@{store}:8080/clew");
        let egress = with(&[("HTTP_PROXY", &set), ("HTTPS_PROXY", &set), ("JDBC_CONNECTION_STRING", &address)])
            .resolving_by(Told::new(&[("store.example.org", &[&["10.1.2.3"]])]));
        for address in ["http://10.1.2.3:8080/", "https://0x0a010203:8080/", "http://[::ffff:10.1.2.3]:8080/"] {
            let refused = ask(&egress, address).await;
            assert!(matches!(refused, Err(Unfetched::Barred(Barred::Here))), "{store}: {address}: {refused:?}");
        }
    }
    assert_eq!(proxy.came(), 0);
    let open = with(&[("HTTP_PROXY", &set), ("JDBC_CONNECTION_STRING", "postgresql://clew@10.1.2.3:8080/clew")]);
    assert!(ask(&open, "http://10.1.2.3:8081/").await.is_ok() && ask(&open, "http://10.1.2.4:8080/").await.is_ok());
    let only = with(&[("HTTP_PROXY", &set), ("CLEW_EGRESS_ONLY", "*.example.org")]);
    assert!(matches!(ask(&only, "http://elsewhere.net/").await, Err(Unfetched::Barred(Barred::NotListed))));
    assert_eq!(proxy.came(), 2);
    assert!(ask(&only, "http://api.example.org/").await.is_ok());
    // This machine is reached without it, and the rules hold there.
    let here = Canned::start(|_| answer("200 OK", "", b"here")).await;
    let address = format!("http://localhost:{}/", here.port);
    assert!(matches!(ask(&egress, &address).await, Err(Unfetched::Barred(Barred::Here))));
    let open = with(&[("HTTP_PROXY", &set), ("CLEW_EGRESS_ALLOW", &format!("localhost:{}", here.port))]);
    assert_eq!(ask(&open, &address).await.expect("an answer"), b"here");
    assert_eq!(proxy.came(), 3);
}

#[tokio::test]
async fn what_is_to_go_past_the_proxy_goes_past_it() {
    let proxy = proxy().await;
    let set = format!("http://127.0.0.1:{}", proxy.port);
    let told = || Told::new(&[("db.example.org", &[&["127.0.0.1"]]), ("api.example.org", &[&["127.0.0.1"]])]);
    let here = Canned::start(|_| answer("200 OK", "", b"straight")).await;
    for (without, straight) in [
        ("", false),
        ("*", true),
        (".example.org", true),
        ("example.org", true),
        ("*.example.org", true),
        ("api.example.org", true),
        ("other.org, 10.0.0.0/8", false),
        ("pi.example.org", false),
    ] {
        let egress = with(&[("HTTP_PROXY", &set), ("NO_PROXY", without), ("CLEW_EGRESS_ALLOW", "127.0.0.1:*")]);
        let address = format!("http://api.example.org:{}/", here.port);
        let egress = egress.resolving_by(told()).naming("api.example.org", here.port);
        let expected: &[u8] = if straight { b"straight" } else { b"by proxy" };
        assert_eq!(ask(&egress, &address).await.expect("an answer"), expected, "{without:?}");
    }
}
