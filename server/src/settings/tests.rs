//! The settings, as transcripts: what is given, and what is said.

use std::time::Duration;

use base64::Engine as _;

use super::*;

const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

fn given(pairs: &[(&str, &str)]) -> Given {
    let environment = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Given { environment, flags: BTreeMap::new() }
}

fn said(pairs: &[(&str, &str)]) -> String {
    match Settings::read(&given(pairs)).and_then(|settings| settings.for_serve().map(|_| ())) {
        Ok(()) => "serves".to_owned(),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn without_any_setting_the_defaults_hold() {
    let settings = Settings::read(&Given::default()).unwrap();
    assert_eq!(settings.store, StorePlace::Sqlite("/opt/clew/data/clew.db".into()));
    assert_eq!(settings.listen.iter().map(ToString::to_string).collect::<Vec<_>>(), ["127.0.0.1:14445", "[::1]:14445"]);
    assert_eq!(settings.upload_memory_bytes, 128 << 20);
    assert_eq!((settings.upload_person_bytes, settings.upload_all_bytes), (2 << 30, 20 << 30));
    assert_eq!(settings.roles_claims, [["roles"]]);
    assert_eq!(settings.session_idle, Duration::from_secs(1800));
    assert_eq!(settings.session_length, Duration::from_secs(43_200));
    assert!(settings.oidc.is_none() && settings.encryption_key.is_none() && settings.source_secrets.is_empty());
}

/// What is given on top of what serves, and what is said.
type Said = (&'static [(&'static str, &'static str)], &'static str);

const OF_THE_SERVER: &[Said] = &[
    (
        &[("CONFIG_B64_ENCRYPTION_KEY", "")],
        "CONFIG_B64_ENCRYPTION_KEY is missing; make one with `openssl rand -base64 32`",
    ),
    (
        &[("CONFIG_B64_ENCRYPTION_KEY", "c2hvcnQ=")],
        "CONFIG_B64_ENCRYPTION_KEY holds 5 bytes, not 32; make one with `openssl rand -base64 32`",
    ),
    (&[("CLEW_PUBLIC_URL", "")], "CLEW_PUBLIC_URL is missing; set it to the address that people type into the browser"),
    (
        &[("CLEW_PUBLIC_URL", "http://clew.example.org")],
        "CLEW_PUBLIC_URL is http on another machine than localhost, where a session could be overheard; use https",
    ),
    (
        &[("CLEW_PUBLIC_URL", "https://clew.example.org/app")],
        "CLEW_PUBLIC_URL is `https://clew.example.org/app`; write `https://host` or `https://host:port`",
    ),
    (
        &[("CLEW_LISTEN", "0.0.0.0:80")],
        "CLEW_LISTEN names 0.0.0.0:80, which would serve clear text beyond this machine; give a certificate with CLEW_TLS_CERTIFICATE, name your TLS proxy's network in CLEW_BEHIND_PROXY, or listen on loopback",
    ),
    (&[("CLEW_LISTEN", "0.0.0.0:80"), ("CLEW_BEHIND_PROXY", "10.0.0.0/8")], "serves"),
    (&[("CLEW_LISTEN", "localhost")], "CLEW_LISTEN is `localhost`; write addresses as `127.0.0.1:14445`, with commas"),
    (
        &[("CLEW_LISTNE", "x")],
        "CLEW_LISTNE is not a setting; did you mean CLEW_LISTEN? All names are in docs/settings.md",
    ),
    (
        &[("CLEW_LISTEN_FILE", "/x")],
        "CLEW_LISTEN_FILE is not a setting; set CLEW_LISTEN itself: only secrets come from files",
    ),
];

const CERTIFICATE: (&str, &str) = ("CLEW_TLS_CERTIFICATE", "/c.pem");
const KEY_FILE: (&str, &str) = ("CLEW_TLS_KEY", "/k.pem");
const PKCS12: (&str, &str) = ("CLEW_TLS_PKCS12", "/c.p12");
const EVERYWHERE: (&str, &str) = ("CLEW_LISTEN", "0.0.0.0:443");
const PUBLIC: (&str, &str) = ("CLEW_PUBLIC_URL", "https://clew.example.org");
const PROXY: (&str, &str) = ("CLEW_BEHIND_PROXY", "10.0.0.0/8");
const OPEN: &str = "CLEW_LISTEN names 0.0.0.0:443, which would serve clear text beyond this machine; give a certificate with \
    CLEW_TLS_CERTIFICATE, name your TLS proxy's network in CLEW_BEHIND_PROXY, or listen on loopback";

/// Where it listens, under which address, behind what, and encrypted or not.
const OF_LISTENING: &[Said] = &[
    (&[("CLEW_LISTEN", "127.0.0.1:1, [::1]:1, 127.9.9.9:1, [::ffff:127.0.0.1]:1")], "serves"),
    (&[("CLEW_PUBLIC_URL", "http://[::1]:14445")], "serves"),
    // A proxy of the same machine encrypts.
    (&[PUBLIC], "serves"),
    (&[EVERYWHERE], OPEN),
    (&[EVERYWHERE, PUBLIC], OPEN),
    (&[("CLEW_LISTEN", "127.0.0.1:1, 0.0.0.0:443"), PUBLIC], OPEN),
    (&[EVERYWHERE, PUBLIC, PROXY], "serves"),
    (
        &[EVERYWHERE, PROXY, ("CLEW_PUBLIC_URL", "http://clew.example.org")],
        "CLEW_PUBLIC_URL is http on another machine than localhost, where a session could be overheard; use https",
    ),
    (&[EVERYWHERE, PUBLIC, CERTIFICATE, KEY_FILE], "serves"),
    (&[EVERYWHERE, PUBLIC, PKCS12], "serves"),
    (&[EVERYWHERE, PUBLIC, PKCS12, ("CLEW_TLS_PKCS12_PASSWORD", "x")], "serves"),
    (&[EVERYWHERE, PUBLIC, PROXY, CERTIFICATE, KEY_FILE], "serves"),
    (
        &[CERTIFICATE, KEY_FILE],
        "CLEW_PUBLIC_URL is http, and CLEW_TLS_CERTIFICATE is set, so that browsers speak https; write it with https",
    ),
    (
        &[("CLEW_PUBLIC_URL", "http://clew.example.org"), PKCS12],
        "CLEW_PUBLIC_URL is http, and CLEW_TLS_PKCS12 is set, so that browsers speak https; write it with https",
    ),
    (&[PUBLIC, CERTIFICATE], "CLEW_TLS_KEY is missing, and CLEW_TLS_CERTIFICATE is set; set both or neither"),
    (&[PUBLIC, KEY_FILE], "CLEW_TLS_CERTIFICATE is missing, and CLEW_TLS_KEY is set; set both or neither"),
    (
        &[PUBLIC, CERTIFICATE, KEY_FILE, PKCS12],
        "CLEW_TLS_PKCS12 and CLEW_TLS_CERTIFICATE are both set; unset one: the listener shows one certificate",
    ),
    (
        &[PUBLIC, KEY_FILE, PKCS12],
        "CLEW_TLS_PKCS12 and CLEW_TLS_KEY are both set; unset one: the listener shows one certificate",
    ),
    (
        &[("CLEW_TLS_PKCS12_PASSWORD", "hunter2")],
        "CLEW_TLS_PKCS12 is missing, and CLEW_TLS_PKCS12_PASSWORD is set; set both or neither",
    ),
    (&[("CLEW_CALLS_PER_SECOND", "0")], "CLEW_CALLS_PER_SECOND is `0`; write 1 to 100000"),
];

const OF_WHAT_IT_USES: &[Said] = &[
    (
        &[("JDBC_CONNECTION_STRING", "jdbc:postgresql://u:hunter2@h/db")],
        "JDBC_CONNECTION_STRING holds an account before the host; name it behind the question mark: `?user=clew`",
    ),
    (&[("JDBC_CONNECTION_STRING", "jdbc:postgresql://h/db?user=u")], "serves"),
    (
        &[("CLEW_STORE_PASSWORD", "hunter2")],
        "CLEW_STORE_PASSWORD is set, and JDBC_CONNECTION_STRING names no PostgreSQL; unset it, or name the database",
    ),
    (
        &[("JDBC_CONNECTION_STRING", "jdbc:mysql://u:hunter2@h/db")],
        "JDBC_CONNECTION_STRING names no store that is known; use a file: `jdbc:sqlite:/path`, or `jdbc:postgresql://host/database`",
    ),
    (
        &[("CLEW_OIDC_ISSUER", "https://id.example.org")],
        "CLEW_OIDC_CLIENT_ID is missing, and CLEW_OIDC_ISSUER is set; set it to the client's name at the issuer",
    ),
    (
        &[("CLEW_OIDC_CLIENT_SECRET", "x")],
        "CLEW_OIDC_CLIENT_SECRET is set without CLEW_OIDC_ISSUER; set CLEW_OIDC_ISSUER too, or unset this one to use the embedded issuer",
    ),
    (
        &[("CLEW_OIDC_ISSUER", "http://id.example.org")],
        "CLEW_OIDC_ISSUER is `http://id.example.org`; write the issuer's https address",
    ),
    (
        &[("CLEW_OIDC_ROLES_MAP", "6f1d0c=Task.Manage")],
        "CLEW_OIDC_ROLES_MAP is set without CLEW_OIDC_ISSUER; set CLEW_OIDC_ISSUER too, or unset this one to use the embedded issuer",
    ),
    (
        &[("CLEW_OIDC_EMAIL_TRUSTED_DOMAINS", "example.org")],
        "CLEW_OIDC_EMAIL_TRUSTED_DOMAINS is set without CLEW_OIDC_ISSUER; set CLEW_OIDC_ISSUER too, or unset this one to use the embedded issuer",
    ),
    (
        &[("CLEW_OIDC_EMAIL_TRUSTED_DOMAINS", "*.example.org")],
        "CLEW_OIDC_EMAIL_TRUSTED_DOMAINS is `*.example.org`; write domains with commas between, such as `example.org, example.com`",
    ),
    (
        &[("CLEW_OIDC_EMAIL_TRUSTED_DOMAINS", "example.org, @example.com")],
        "CLEW_OIDC_EMAIL_TRUSTED_DOMAINS is `example.org, @example.com`; write domains with commas between, such as `example.org, example.com`",
    ),
    (&[("CLEW_OIDC_AUTH_TIME", "no")], "CLEW_OIDC_AUTH_TIME is `no`; write `required` or `never-sent`"),
    (&[("CLEW_UPLOAD_MEMORY", "lots")], "CLEW_UPLOAD_MEMORY is `lots`; write a size such as `128 MB`"),
    (
        &[("CLEW_BEHIND_PROXY", "10.0.0.0/33")],
        "CLEW_BEHIND_PROXY is `10.0.0.0/33`; write networks as `10.0.0.0/8`, with commas",
    ),
    (
        &[("CLEW_EGRESS_ALLOW", "127.0.0.1")],
        "CLEW_EGRESS_ALLOW is `127.0.0.1`; write `host:port` with commas between, such as `127.0.0.1:8080` or `localhost:*`",
    ),
    (
        &[("CLEW_EGRESS_ONLY", "db.example.org, 10.0.0.0/33")],
        "CLEW_EGRESS_ONLY is `db.example.org, 10.0.0.0/33`; write hosts, `host:port` and networks with commas between, such as `*.example.org, 10.0.0.0/8:5432`",
    ),
    (
        &[("CLEW_EGRESS_ONLY", "0x7f000001, db:0, db:port")],
        "CLEW_EGRESS_ONLY is `0x7f000001, db:0, db:port`; write hosts, `host:port` and networks with commas between, such as `*.example.org, 10.0.0.0/8:5432`",
    ),
    (
        &[
            ("CLEW_EGRESS_ONLY", "*.example.org, db:5432, [fd00::/8]:443, fd00::1, 10.0.0.0/8"),
            ("NO_PROXY", ".a.org,*"),
        ],
        "serves",
    ),
    (
        &[("HTTPS_PROXY", "socks5://u:hunter2@proxy:1080")],
        "HTTPS_PROXY is no address of a proxy; write `http://host:port`",
    ),
    (
        &[("HTTP_PROXY", "http://u:hunter2@proxy:3128/path")],
        "HTTP_PROXY is no address of a proxy; write `http://host:port`",
    ),
    (&[("HTTP_PROXY", "proxy.example.org:3128"), ("HTTPS_PROXY", "http://u:p@[fd00::1]:3128")], "serves"),
    (&[("CLEW_SESSION_HOURS", "0")], "CLEW_SESSION_HOURS is `0`; write 1 to 168"),
    (&[("CLEW_LOG", "xml")], "CLEW_LOG is `xml`; write `text` or `json`"),
    (&[("CLEW_SQLITE_DIR", "data")], "CLEW_SQLITE_DIR is `data`; write an absolute path"),
];

#[test]
fn serve_says_in_one_line_what_is_missing_or_wrong() {
    let good = [("CONFIG_B64_ENCRYPTION_KEY", KEY), ("CLEW_PUBLIC_URL", "http://localhost:14445")];
    assert_eq!(said(&good), "serves");
    for (pairs, expected) in OF_THE_SERVER.iter().chain(OF_LISTENING).chain(OF_WHAT_IT_USES) {
        let mut all = good.to_vec();
        all.extend_from_slice(pairs);
        assert_eq!(said(&all), *expected, "{pairs:?}");
    }
}

#[test]
fn what_a_group_stands_for_is_read_and_a_slip_in_it_ends_the_start() {
    let issuer = [("CLEW_OIDC_ISSUER", "https://id.example.org"), ("CLEW_OIDC_CLIENT_ID", "clew")];
    let with = |map: &'static str| [&issuer[..], &[("CLEW_OIDC_ROLES_MAP", map)]].concat();
    let read = |map| {
        let oidc = Settings::read(&given(&with(map))).unwrap().oidc.unwrap();
        let pairs = oidc.roles_map.iter().map(|(value, role)| format!("{value} -> {role}"));
        pairs.collect::<Vec<_>>()
    };
    assert!(read("").is_empty());
    assert_eq!(read("group-id=Task.Manage,other=Task.Read"), ["group-id -> Task.Manage", "other -> Task.Read"]);
    assert_eq!(read(" a b = Task.Read , a b=Bank.Analyst "), ["a b -> Task.Read", "a b -> Bank.Analyst"]);
    assert_eq!(read("cn=readers=Task.Read"), ["cn=readers -> Task.Read"]);
    assert_eq!(
        read(r"cn=a\,ou=b=Task.Read, DOMAIN\group=Task.Audit,x\,\,y=Task.Read"),
        ["cn=a,ou=b -> Task.Read", r"DOMAIN\group -> Task.Audit", "x,,y -> Task.Read"]
    );
    for map in ["group", "group=", "=Task.Read", "a=Task.Read,", ",", "a=Task.Read,b", "a=b\u{7}c"] {
        let said = Settings::read(&given(&with(map))).unwrap_err().to_string();
        let remedy = "; write `value=role` with commas between, such as `6f1d0c=Task.Manage,/clew/readers=Task.Read`";
        assert!(said.starts_with("CLEW_OIDC_ROLES_MAP is `") && said.ends_with(remedy), "{map:?}: {said}");
        assert!(!said.contains('\n'), "one line: {said}");
    }
}

/// Name and value.
type Pair<'t> = (&'t str, &'t str);

#[test]
fn a_certificate_for_the_issuer_that_cannot_be_used_names_its_setting_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let nonsense = folder.path().join("nonsense.pem").display().to_string();
    std::fs::write(&nonsense, "nonsense").unwrap();
    let issuer = [("CLEW_OIDC_ISSUER", "https://id.example.org"), ("CLEW_OIDC_CLIENT_ID", "clew")];
    let lines = "give lines from BEGIN to END CERTIFICATE";
    let table: [(&[Pair<'_>], &[&str]); 7] = [
        (&[("CLEW_CA_FILE", &nonsense)], &["CLEW_CA_FILE holds no certificate", lines]),
        (&[("CLEW_OIDC_CA_FILE", "/nowhere/ca.pem")], &["CLEW_OIDC_CA_FILE names /nowhere/ca.pem", "cannot be read"]),
        (&[("CLEW_OIDC_CA_FILE", &nonsense)], &["CLEW_OIDC_CA_FILE holds no certificate", lines]),
        (&[("CLEW_OIDC_CLIENT_KEY", "x")], &["CLEW_OIDC_CLIENT_CERTIFICATE_FILE is missing", "both or neither"]),
        (&[("CLEW_OIDC_CLIENT_CERTIFICATE_FILE", &nonsense)], &["CLEW_OIDC_CLIENT_KEY is missing", "both or neither"]),
        (
            &[("CLEW_OIDC_CLIENT_CERTIFICATE_FILE", &nonsense), ("CLEW_OIDC_CLIENT_KEY", "hunter2")],
            &["CLEW_OIDC_CLIENT_CERTIFICATE_FILE holds no certificate", lines],
        ),
        (
            &[("CLEW_OIDC_ISSUER", ""), ("CLEW_OIDC_CLIENT_ID", ""), ("CLEW_OIDC_CA_FILE", &nonsense)],
            &["CLEW_OIDC_CA_FILE is set without CLEW_OIDC_ISSUER"],
        ),
    ];
    for (pairs, parts) in table {
        let all =
            [&[("CONFIG_B64_ENCRYPTION_KEY", KEY), ("CLEW_PUBLIC_URL", "http://localhost:1")], &issuer[..], pairs];
        let said = said(&all.concat());
        assert!(parts.iter().all(|part| said.contains(part)), "{pairs:?}: {said}");
        assert!(!said.contains('\n') && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_key_is_base64_of_32_bytes_that_nobody_can_guess() {
    let bytes = [0xFB, 0xEF, 0xBE].repeat(11);
    let standard = base64::engine::general_purpose::STANDARD.encode(&bytes[..32]);
    let url = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes[..32]);
    assert!(standard.contains('+') && url.contains('-'));
    let spaced = format!("  {}\n{}\r\n", &standard[..20], &standard[20..]);
    for good in [&standard, &url, &spaced, &standard.trim_end_matches('=').to_owned()] {
        assert_eq!(MasterKey::from_base64(good).unwrap().expose().as_slice(), &bytes[..32], "{good}");
    }
    let of = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let counting: Vec<u8> = (0..32).collect();
    let table = [
        (String::new(), KeyFault::Length(0)),
        ("not base64!".to_owned(), KeyFault::NotBase64),
        (of(&bytes[..31]), KeyFault::Length(31)),
        (of(&bytes[..33]), KeyFault::Length(33)),
        (of(&[0; 32]), KeyFault::Repeated),
        (of(&[0xAA; 32]), KeyFault::Repeated),
        (of(&counting), KeyFault::Sample),
        (of(b"0123456789abcdef0123456789abcdef"), KeyFault::Sample),
    ];
    for (text, fault) in table {
        assert_eq!(MasterKey::from_base64(&text).unwrap_err(), fault, "{text}");
    }
}

#[test]
fn a_secret_may_come_from_a_file_but_not_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, format!("{KEY}\n")).unwrap();
    let path = path.to_str().unwrap();
    let settings = Settings::read(&given(&[("CONFIG_B64_ENCRYPTION_KEY_FILE", path)])).unwrap();
    assert!(settings.encryption_key.is_some());
    let both = given(&[("CONFIG_B64_ENCRYPTION_KEY_FILE", path), ("CONFIG_B64_ENCRYPTION_KEY", KEY)]);
    assert_eq!(
        Settings::read(&both).unwrap_err().to_string(),
        "CONFIG_B64_ENCRYPTION_KEY_FILE and CONFIG_B64_ENCRYPTION_KEY are both set; unset one"
    );
    let absent = Settings::read(&given(&[("CLEW_OIDC_CLIENT_SECRET_FILE", "/nowhere/x")])).unwrap_err().to_string();
    assert!(absent.starts_with("CLEW_OIDC_CLIENT_SECRET_FILE names /nowhere/x, which cannot be read"), "{absent}");
}

#[test]
fn credentials_of_sources_are_collected_and_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p");
    std::fs::write(&path, "from file\n").unwrap();
    let pairs = [
        ("CLEW_SOURCE_BANK_PASSWORD", "hunter2"),
        ("CLEW_SOURCE_REGISTER_FILE", path.to_str().unwrap()),
        ("CLEW_OIDC_ISSUER", "https://id.example.org"),
        ("CLEW_OIDC_CLIENT_ID", "clew"),
        ("CLEW_OIDC_CLIENT_SECRET", "hunter3"),
        ("CONFIG_B64_ENCRYPTION_KEY", KEY),
    ];
    let settings = Settings::read(&given(&pairs)).unwrap();
    assert_eq!(settings.source_secrets["CLEW_SOURCE_BANK_PASSWORD"].expose(), "hunter2");
    assert_eq!(settings.source_secrets["CLEW_SOURCE_REGISTER"].expose(), "from file");
    let printed = format!("{settings:?}");
    assert!(!printed.contains("hunter") && !printed.contains("from file") && !printed.contains(KEY), "{printed}");
}

#[test]
fn every_way_to_name_a_file_of_the_store_is_understood() {
    let table = ["jdbc:sqlite:/d/c.db", "sqlite:/d/c.db", "/d/c.db", "jdbc:sqlite:///d/c.db", " /d/c.db "];
    for text in table {
        let settings = Settings::read(&given(&[("JDBC_CONNECTION_STRING", text)])).unwrap();
        assert_eq!(settings.store, StorePlace::Sqlite("/d/c.db".into()), "{text}");
    }
    for text in ["jdbc:sqlite::memory:", "jdbc:sqlite:", "sqlite:/d/c.db?mode=memory", "https://x/y"] {
        assert!(Settings::read(&given(&[("JDBC_CONNECTION_STRING", text)])).is_err(), "{text}");
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_secrets_have_none() {
    let command = clap::Command::new("clew").args(arguments());
    let matches = command.try_get_matches_from(["clew", "--listen", "127.0.0.1:9"]).unwrap();
    let given = given(&[("CLEW_LISTEN", "127.0.0.1:8")]).with_flags(&matches);
    assert_eq!(Settings::read(&given).unwrap().listen[0].port(), 9);
    assert!(TABLE.iter().all(|setting| !setting.secret || setting.flag.is_empty()));
    assert!(help_for_secrets().contains("CONFIG_B64_ENCRYPTION_KEY"));
}

#[test]
fn networks_hold_what_they_say() {
    let table = [
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.6", false),
        ("fd00::/8", "fd12::1", true),
        ("fd00::/8", "fe80::1", false),
        ("::/0", "::1", true),
    ];
    for (network, address, held) in table {
        assert_eq!(Cidr::parse(network).unwrap().contains(address.parse().unwrap()), held, "{network} {address}");
    }
}

fn documented() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md")
}

#[test]
fn the_documented_table_is_the_one_in_the_program() {
    let found = std::fs::read_to_string(documented()).unwrap_or_default();
    let remedy = "write it anew: cargo test -p server write_the_documented_table -- --ignored";
    assert!(found == markdown(), "docs/settings.md is out of date; {remedy}");
}

#[test]
#[ignore = "writes docs/settings.md"]
fn write_the_documented_table() {
    std::fs::create_dir_all(documented().parent().unwrap()).unwrap();
    std::fs::write(documented(), markdown()).unwrap();
}

#[test]
fn a_password_of_the_store_comes_from_its_own_setting_and_never_from_the_command_line() {
    let with = |store: &str, password: &[(&'static str, &'static str)], is_flag: bool| {
        let mut given = given(password);
        let place = if is_flag { &mut given.flags } else { &mut given.environment };
        let name = if is_flag { "store" } else { "JDBC_CONNECTION_STRING" };
        place.insert(name.to_owned(), store.to_owned());
        Settings::read(&given).map(|settings| match settings.store {
            StorePlace::PostgreSql(place) => place.password.map(|secret| secret.expose().to_owned()),
            StorePlace::Sqlite(_) => panic!("a database"),
        })
    };
    let (bare, holds) = ("jdbc:postgresql://h/d?user=u", "jdbc:postgresql://h/d?user=u&password=hunter2");
    let own: &[_] = &[("CLEW_STORE_PASSWORD", "hunter2")];
    assert_eq!(with(bare, own, false), Ok(Some("hunter2".to_owned())));
    assert_eq!(with(bare, own, true), Ok(Some("hunter2".to_owned())));
    assert_eq!(with(holds, &[], false), Ok(Some("hunter2".to_owned())));
    let said = with(holds, &[], true).unwrap_err().to_string();
    assert!(said.contains("on the command line") && said.contains("CLEW_STORE_PASSWORD_FILE"), "{said}");
    assert!(!said.contains("hunter2") && !with(holds, own, false).unwrap_err().to_string().contains("hunter2"));
}
