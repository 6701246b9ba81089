//! More than a thousand tries to reach what is shut: by every spelling, straight, through a redirect, through a name, and
//! with a name server that changes its mind. None comes through, and what is open is reached in the same ways.

use std::net::{IpAddr, Ipv4Addr};

use url::Url;

use super::places::{OPEN, SHUT_V4, SHUT_V6, spellings};
use super::server::{Canned, answer, fetcher};
use super::*;
use crate::egress::http::{Ask, Bounds, Unfetched};

/// Every host that is tried.
fn hosts() -> Vec<String> {
    let v6 = SHUT_V6.iter().map(|text| format!("[{text}]"));
    SHUT_V4.iter().flat_map(|parts| spellings(*parts)).chain(v6).collect()
}

/// A server that must not be reached, at a port that is open to web addresses.
async fn shut() -> Canned {
    for port in 8000..9999_u16 {
        let place = format!("127.0.0.1:{port}");
        if tokio::net::TcpListener::bind(&place).await.is_ok() {
            return Canned::at(&place, |_| answer("200 OK", "", b"{\"secret\":1}")).await;
        }
    }
    panic!("every port is taken");
}

#[tokio::test]
async fn none_of_a_thousand_tries_reaches_what_is_shut() {
    let secret = shut().await;
    let port = secret.port;
    let sends_on = Canned::start(move |head| {
        let host = head.split_whitespace().nth(1).and_then(|path| path.strip_prefix("/to/")).unwrap_or_default();
        let host = String::from_utf8(hex(host)).expect("a host");
        answer("302 Found", &format!("location: http://{host}:{port}/\r\n"), b"")
    })
    .await;
    let egress = with(&[("CLEW_EGRESS_ALLOW", &format!("127.0.0.1:{}", sends_on.port))]);
    let web = fetcher(&egress, Bounds::SOURCE);
    let (mut tries, mut through) = (0, Vec::new());
    let mut note = |what: String, came: bool| {
        tries += 1;
        if came {
            through.push(what);
        }
    };
    for host in hosts() {
        let straight = egress.tcp(&host, port, Purpose::Database).await;
        note(format!("tcp {host}"), straight.is_ok());
        let bare = host.trim_matches(['[', ']']);
        note(format!("tcp bare {bare}"), egress.tcp(bare, port, Purpose::Database).await.is_ok());
        // What no reader takes for an address goes nowhere.
        if let Ok(url) = Url::parse(&format!("http://{host}:{port}/")) {
            note(format!("http {host}"), web.send(Ask::get(url)).await.is_ok());
        }
        let bytes: String = host.bytes().map(|byte| format!("{byte:02x}")).collect();
        let url = Url::parse(&format!("http://127.0.0.1:{}/to/{bytes}", sends_on.port)).expect("an address");
        let sent_on = web.send(Ask { redirects: 3, ..Ask::get(url) }).await;
        note(format!("redirect {host}"), sent_on.is_ok());
    }
    assert!(through.is_empty(), "{through:?}");
    assert_eq!(secret.came(), 0);
    println!("{tries} tries, none through");
    assert!(tries >= 1_000, "{tries}");
    // The same ways, where they are open.
    let open = with(&[("CLEW_EGRESS_ALLOW", "127.0.0.0/8:*")]);
    for host in spellings([127, 0, 0, 1]).iter().take(12) {
        assert!(open.tcp(host, port, Purpose::Database).await.is_ok(), "{host}");
    }
    let bytes: String = "127.0.0.1".bytes().map(|byte| format!("{byte:02x}")).collect();
    let url = Url::parse(&format!("http://127.0.0.1:{}/to/{bytes}", sends_on.port)).expect("an address");
    let came = fetcher(&open, Bounds::SOURCE).send(Ask { redirects: 1, ..Ask::get(url) }).await.expect("an answer");
    assert_eq!(came.body, b"{\"secret\":1}");
}

fn hex(text: &str) -> Vec<u8> {
    crate::hash::from_hex(text).unwrap_or_default()
}

#[tokio::test]
async fn a_name_leads_nowhere_that_its_address_may_not() {
    let secret = shut().await;
    let inside = |text: &String| text.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let shut: Vec<IpAddr> = hosts().iter().filter_map(inside).collect();
    assert!(shut.len() > 150, "{}", shut.len());
    for address in shut {
        let text: &'static str = address.to_string().leak();
        let egress = with(&[]).resolving_by(Told::new(&[("inside.example.org", &[&[text]])]));
        let refused = egress.tcp("inside.example.org", secret.port, Purpose::Database).await;
        assert!(matches!(refused, Err(Unreached::Barred(_))), "{address}: {refused:?}");
    }
    assert_eq!(secret.came(), 0);
    // A name with a shut and an open address leads to the open one.
    let told = Told::new(&[("both.example.org", &[&["169.254.169.254", "127.0.0.1"]])]);
    let egress = with(&[("CLEW_EGRESS_ALLOW", &format!("127.0.0.1:{}", secret.port))]).resolving_by(told);
    assert!(egress.tcp("both.example.org.", secret.port, Purpose::Database).await.is_ok());
}

#[tokio::test]
async fn a_name_server_that_changes_its_mind_leads_nowhere_else() {
    let open = Canned::start(|_| answer("200 OK", "", b"open")).await;
    let other = Canned::at(&format!("127.0.0.2:{}", open.port), |_| answer("200 OK", "", b"shut")).await;
    let told = Told::new(&[("turns.example.org", &[&["127.0.0.1"], &["127.0.0.2"], &["169.254.169.254"]])]);
    let allow = format!("127.0.0.1:{}", open.port);
    let egress = with(&[("CLEW_EGRESS_ALLOW", &allow)]).resolving_by(told.clone());
    let web = fetcher(&egress, Bounds::SOURCE);
    let url = Url::parse(&format!("http://turns.example.org:{}/", open.port)).expect("an address");
    let (mut came, mut barred) = (0, 0);
    for _ in 0..999 {
        match web.send(Ask::get(url.clone())).await {
            Ok(answer) if answer.body == b"open" => came += 1,
            Err(Unfetched::Barred(_)) => barred += 1,
            odd => panic!("{odd:?}"),
        }
    }
    assert_eq!((came, barred, other.came()), (333, 666, 0));
    assert_eq!(told.asked.load(Ordering::Relaxed), 999, "once per connection");
    // It would be seen: the other address is there, and is reached where it is open.
    let wider = with(&[("CLEW_EGRESS_ALLOW", "127.0.0.0/8:*")]);
    assert!(wider.tcp("127.0.0.2", open.port, Purpose::Web).await.is_ok());
}

#[tokio::test]
async fn the_machines_own_resolver_is_held_to_the_same() {
    let server = shut().await;
    let refused = with(&[]).tcp("localhost", server.port, Purpose::Database).await;
    assert!(matches!(refused, Err(Unreached::Barred(Barred::Here))), "{refused:?}");
    assert_eq!(server.came(), 0);
    for allow in ["localhost", "LOCALHOST", "127.0.0.1"] {
        let egress = with(&[("CLEW_EGRESS_ALLOW", &format!("{allow}:{}", server.port))]);
        assert!(egress.tcp("LocalHost.", server.port, Purpose::Database).await.is_ok(), "{allow}");
        let refused = egress.tcp("localhost", server.port.wrapping_add(1).max(1), Purpose::Database).await;
        assert!(matches!(refused, Err(Unreached::Barred(Barred::Here))), "{allow} opens one port: {refused:?}");
    }
    let unknown = with(&[]).tcp("no-such-name.invalid", 80, Purpose::Web).await;
    assert!(matches!(unknown, Err(Unreached::Away(_))), "{unknown:?}");
}

/// This machine under its address in the network, if it is in one.
#[expect(clippy::disallowed_methods, reason = "the system says which address it would send from; nothing is sent")]
fn address_in_the_network() -> IpAddr {
    let found = std::net::UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    found.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip())
}

#[tokio::test]
async fn nothing_reaches_clew_itself_nor_its_database_whatever_is_allowed() {
    let own = Canned::at("0.0.0.0:0", |_| answer("200 OK", "", b"")).await;
    let everywhere = format!("0.0.0.0:{}", own.port);
    let settings = [
        ("CLEW_LISTEN", everywhere.as_str()),
        ("CLEW_BEHIND_PROXY", "10.0.0.0/8"),
        ("CLEW_EGRESS_ALLOW", "0.0.0.0/0:*, localhost:*, [::/0]:*"),
    ];
    let egress = with(&settings);
    for host in ["127.0.0.1", "127.9.9.9", "localhost", &address_in_the_network().to_string()] {
        let refused = egress.tcp(host, own.port, Purpose::Web).await;
        assert!(matches!(refused, Err(Unreached::Barred(Barred::Never))), "{host}: {refused:?}");
    }
    // Another port of this machine is another matter.
    let other = shut().await;
    assert!(egress.tcp("127.0.0.1", other.port, Purpose::Web).await.is_ok());
    // Its databases are closed under their names, under other ones, and by their address; and opened by the exact place alone.
    let databases: [(&str, &str); 2] = [
        ("JDBC_CONNECTION_STRING", "postgresql://clew:secret@DB.local/clew"),
        ("CLEW_AUDIT_SQL", "postgresql://clew@DB.local/audit"),
    ];
    for database in databases {
        let told = Told::new(&[("db.local", &[&["10.255.255.1"]]), ("alias.local", &[&["10.255.255.1"]])]);
        let closed = with(&[database]).resolving_by(told.clone());
        for host in ["db.local", "alias.local", "10.255.255.1", "::ffff:10.255.255.1"] {
            let refused = closed.tcp(host, 5432, Purpose::Database).await;
            assert!(matches!(refused, Err(Unreached::Barred(Barred::Here))), "{host}: {refused:?}");
        }
        let opened = with(&[database, ("CLEW_EGRESS_ALLOW", "db.local:5432")]).resolving_by(told);
        let address = "10.255.255.1".parse().unwrap();
        assert_eq!(opened.rules.check("db.local", address, 5432, Purpose::Database, &[]), Ok(()));
    }
}

#[tokio::test]
async fn a_list_that_is_set_refuses_everything_else() {
    let of = |only: &str| with(&[("CLEW_EGRESS_ONLY", only), ("CLEW_EGRESS_ALLOW", "127.0.0.1:4000")]);
    let table = [
        ("db.example.org", "db.example.org", "10.1.1.1", 5432, true),
        ("db.example.org:5432", "db.example.org", "10.1.1.1", 5432, true),
        ("db.example.org:5432", "db.example.org", "10.1.1.1", 5433, false),
        ("db.example.org", "evil-db.example.org", "10.1.1.1", 5432, false),
        ("*.example.org", "db.example.org", "10.1.1.1", 5432, true),
        ("*.example.org", "example.org", "10.1.1.1", 5432, false),
        ("*.example.org", "db.example.org.evil.net", "10.1.1.1", 5432, false),
        ("10.0.0.0/8", "any.name", "10.1.1.1", 5432, true),
        ("10.0.0.0/8", "any.name", "11.1.1.1", 5432, false),
        ("10.0.0.0/8:5432", "any.name", "10.1.1.1", 22, false),
        ("fd00::/8", "any.name", "fd12::1", 5432, true),
        ("[fd00::/8]:443", "any.name", "fd12::1", 443, true),
        ("db.example.org", "any.name", "127.0.0.1", 4000, true),
        // The list opens nothing that is shut.
        ("0.0.0.0/0", "any.name", "127.0.0.1", 5432, false),
        ("meta.example.org", "meta.example.org", "169.254.169.254", 80, false),
    ];
    for (only, name, address, port, open) in table {
        let checked = of(only).rules.check(name, address.parse().unwrap(), port, Purpose::Database, &[]);
        assert_eq!(checked.is_ok(), open, "{only} {name} {address} {port}: {checked:?}");
    }
    // What IT names elsewhere is reached beside the list, at its own port.
    let named = of("10.0.0.0/8").naming("login.example.org", 8443);
    let login = |port| named.rules.check("login.example.org", "203.0.113.1".parse().unwrap(), port, Purpose::Web, &[]);
    assert_eq!((login(8443), login(443)), (Ok(()), Err(Barred::NotListed)));
}

#[test]
fn what_is_open_is_open_and_a_web_address_has_a_usual_port() {
    let egress = with(&[]);
    for address in OPEN {
        let checked = egress.rules.check("", address.parse().unwrap(), 5432, Purpose::Database, &[]);
        assert_eq!(checked, Ok(()), "{address}");
    }
    let web = |port| egress.rules.check("", "203.0.113.7".parse().unwrap(), port, Purpose::Web, &[]);
    for port in [80, 443, 8000, 8443, 9999] {
        assert_eq!(web(port), Ok(()), "{port}");
    }
    for port in [22, 25, 5432, 6379, 11211, 7999, 10_000] {
        assert_eq!(web(port), Err(Barred::Port), "{port}");
    }
}

#[tokio::test]
async fn a_refusal_tells_nothing_of_what_is_there() {
    let there = shut().await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let egress = with(&[]);
    let mut said = Vec::new();
    for port in [there.port, nobody] {
        let refused = egress.tcp("127.0.0.1", port, Purpose::Database).await.unwrap_err();
        let Unreached::Barred(reason) = refused else { panic!("{refused:?}") };
        said.push(format!("{reason} {}", reason.remedy()));
    }
    assert_eq!(said[0], said[1]);
    assert!(said[0].contains("CLEW_EGRESS_ALLOW"), "{}", said[0]);
    assert_eq!(there.came(), 0);
}
