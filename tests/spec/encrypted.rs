//! The encrypted listener: what it shows and whom it answers, and how its certificate changes under people who work.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use server::certificate::Certificates;
use server::settings::{CertificatePlace, Secret};
use server::tls::{Believe, client, provider};
use server::web::Limits;
use server::world::SystemClock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::program::{Place, Serving, changed, clew, environment, finish, not_run, told};
use crate::world::{Reply, World, exchange, read_reply, run};

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);

#[expect(clippy::disallowed_methods, reason = "openssl makes certificates and judges; the server starts no program")]
fn openssl(folder: &Path, line: &str) -> Output {
    let mut command = Command::new("openssl");
    command
        .args(line.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("openssl is installed")
}

/// A certificate for localhost that signs for itself, as `name.pem` with `name.key`.
fn make(folder: &Path, name: &str, days: u32) {
    // Without the extensions of the system's own configuration, which would make it an authority.
    std::fs::write(folder.join("req.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n").expect("a file");
    let line = format!(
        "req -x509 -config req.cnf -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.pem -days {days} -subj /CN={name} \
         -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    );
    let made = openssl(folder, &line);
    assert!(made.status.success(), "{made:?}");
}

fn copy(folder: &Path, from: &str, to: &str) {
    for ending in ["pem", "key"] {
        std::fs::copy(folder.join(format!("{from}.{ending}")), folder.join(format!("{to}.{ending}"))).expect("a copy");
    }
}

/// A place whose server shows `shown.pem`.
struct Encrypted {
    place: Place,
    certificate: String,
    key: String,
    url: String,
}

impl Encrypted {
    async fn new(days: u32) -> Self {
        let place = Place::new().await;
        let at = place.folder.path();
        make(at, "first", days);
        copy(at, "first", "shown");
        let path = |name: &str| at.join(name).display().to_string();
        let url = format!("https://localhost:{}", place.port);
        Self { certificate: path("shown.pem"), key: path("shown.key"), url, place }
    }

    fn folder(&self) -> &Path {
        self.place.folder.path()
    }

    fn settings(&self) -> [(&str, &str); 3] {
        [("CLEW_TLS_CERTIFICATE", &self.certificate), ("CLEW_TLS_KEY", &self.key), ("CLEW_PUBLIC_URL", &self.url)]
    }

    async fn serve(&self, changes: &[(&str, &str)]) -> Serving {
        let base = environment(&self.place.store, self.place.port);
        let all = [&self.settings()[..], changes].concat();
        let command = clew(&["serve"], &changed(&base, &all));
        Serving::listening_by(command, self.folder(), self.place.port).await
    }

    async fn connect(&self, believed: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let pem = std::fs::read_to_string(self.folder().join(believed)).expect("a certificate");
        let config = client(Believe::Authorities(&pem), None).expect("a certificate to believe");
        connect(self.place.port, config).await
    }

    async fn get(&self, believed: &str, path: &str) -> Reply {
        let mut stream = self.connect(believed).await.expect("a connection");
        ask(&mut stream, self.place.port, path, true).await
    }

    /// What `openssl s_client` says when it connects in a way.
    fn judged(&self, how: &str) -> (bool, String) {
        let line = format!("s_client -connect 127.0.0.1:{} -servername localhost {how}", self.place.port);
        let output = openssl(self.folder(), &line);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &*String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    }
}

async fn connect(port: u16, config: rustls::ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn ask(stream: &mut TlsStream<TcpStream>, port: u16, path: &str, is_last: bool) -> Reply {
    let close = if is_last { "connection: close\r\n" } else { "" };
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\n{close}\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    loop {
        let came = stream.read_buf(&mut answer).await.expect("read");
        if let Some(reply) = read_reply(&answer) {
            let length: usize = reply.header("content-length").parse().unwrap_or(0);
            if came == 0 || (!is_last && reply.body.len() >= length) {
                return reply;
            }
        }
        assert!(came > 0, "an answer: {}", String::from_utf8_lossy(&answer));
    }
}

fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    let (_, connection) = stream.get_ref();
    connection.peer_certificates().expect("a certificate")[0].clone().into_owned()
}

#[test]
fn both_versions_are_spoken_and_no_older_one_and_no_weak_cipher() {
    run(async {
        let encrypted = Encrypted::new(90).await;
        let serving = encrypted.serve(&[]).await;
        let good = [
            ("-tls1_3", "TLSv1.3"),
            ("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"),
            ("-tls1_2", "TLSv1.2"),
            ("-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
            ("-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"),
            ("-alpn h2,http/1.1", "ALPN protocol: h2"),
            ("-alpn http/1.1", "ALPN protocol: http/1.1"),
            ("-CAfile shown.pem -verify_return_error -verify_hostname localhost", "Verify return code: 0 (ok)"),
        ];
        for (how, expected) in good {
            let (is_ok, said) = encrypted.judged(how);
            assert!(is_ok && said.contains(expected), "{how}: {said}");
        }
        let bad = [
            "-tls1_1 -cipher DEFAULT:@SECLEVEL=0",
            "-tls1 -cipher DEFAULT:@SECLEVEL=0",
            "-tls1_2 -cipher AES128-GCM-SHA256:@SECLEVEL=0",
            "-tls1_2 -cipher AES256-SHA256:@SECLEVEL=0",
            "-tls1_2 -cipher ECDHE-RSA-AES128-SHA:@SECLEVEL=0",
            "-tls1_2 -cipher ECDHE-RSA-AES256-SHA384:@SECLEVEL=0",
            "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
            "-tls1_2 -cipher ECDHE-RSA-NULL-SHA:@SECLEVEL=0",
            "-tls1_2 -cipher ADH-AES128-GCM-SHA256:AECDH-AES128-SHA:@SECLEVEL=0",
            "-alpn spdy/3",
        ];
        for how in bad {
            let (is_ok, said) = encrypted.judged(how);
            assert!(!is_ok && said.to_lowercase().contains("alert"), "{how} is refused by the server: {said}");
        }
        for versions in [&[&TLS12][..], &[&TLS13]] {
            let pem = std::fs::read_to_string(encrypted.folder().join("shown.pem")).expect("a certificate");
            let mut roots = rustls::RootCertStore::empty();
            use rustls::pki_types::pem::PemObject as _;
            roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")).expect("believed");
            let builder = rustls::ClientConfig::builder_with_provider(provider());
            let builder = builder.with_protocol_versions(versions).expect("a version").with_root_certificates(roots);
            let mut stream = connect(encrypted.place.port, builder.with_no_client_auth()).await.expect("a connection");
            let ready = ask(&mut stream, encrypted.place.port, "/readyz", true).await;
            assert_eq!((ready.status, ready.text().as_str()), (200, "ready\n"));
        }
        serving.end();
    });
}

/// A scanner that is not ours, where `CLEW_SSLYZE` names its program (docs/measured.md says how it is installed).
#[test]
#[expect(clippy::disallowed_methods, reason = "the tests start other programs; the server starts nothing")]
fn a_scanner_that_is_not_ours_finds_nothing_but_that_the_certificate_signs_for_itself() {
    let Some(program) = std::env::var_os("CLEW_SSLYZE") else {
        not_run("a scan of the listener", "CLEW_SSLYZE is not set");
        return;
    };
    run(async {
        let encrypted = Encrypted::new(90).await;
        let serving = encrypted.serve(&[]).await;
        let mut scan = Command::new(program);
        scan.arg("--mozilla_config=intermediate").arg(format!("localhost:{}", encrypted.place.port));
        let said = String::from_utf8_lossy(&scan.output().expect("a scan").stdout).into_owned();
        let (_, judged) = said.split_once("COMPLIANCE AGAINST TLS CONFIGURATION").expect("a judgement");
        let found: Vec<&str> = judged.lines().filter_map(|line| line.trim().strip_prefix("* ")).collect();
        let expected = "certificate_path_validation: Certificate path validation failed";
        assert!(matches!(found.as_slice(), [one] if one.starts_with(expected)), "{said}");
        assert!(said.contains("OK - Not vulnerable to Heartbleed") && !said.contains("VULNERABLE - "), "{said}");
        serving.end();
    });
}

#[test]
fn an_encrypted_listener_sends_secure_cookies_and_says_to_stay_encrypted() {
    run(async {
        let encrypted = Encrypted::new(90).await;
        let serving = encrypted.serve(&[]).await;
        let left = encrypted.get("shown.pem", "/sign-in").await;
        assert_eq!(left.status, 303, "{}", left.text());
        assert!(left.header("location").starts_with(&format!("{}/issuer/authorize?", encrypted.url)));
        let cookie = left.cookies().next().expect("a cookie").to_owned();
        assert!(cookie.starts_with("__Host-clew_flow="), "{cookie}");
        for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert_eq!(left.header("strict-transport-security"), "max-age=31536000");
        let port = encrypted.place.port;
        let clear = format!("GET / HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n");
        let told = exchange(port, clear.as_bytes()).await;
        assert_eq!(
            (told.status, told.text().as_str()),
            (400, "This address is encrypted: write https:// in front of it.\n")
        );
        serving.end();
    });
}

#[test]
fn health_is_asked_over_the_encrypted_connection_whoever_issued_the_certificate() {
    run(async {
        let encrypted = Encrypted::new(90).await;
        let serving = encrypted.serve(&[]).await;
        let base = environment(&encrypted.place.store, encrypted.place.port);
        let healthy = finish(&["health"], &changed(&base, &encrypted.settings()));
        assert_eq!(healthy.status.code(), Some(0), "{healthy:?}");
        assert!(healthy.stdout.starts_with(b"ready\n"), "{healthy:?}");
        serving.end();
    });
}

#[test]
fn a_client_of_http_2_is_answered_over_the_encrypted_connection() {
    run(async {
        let encrypted = Encrypted::new(90).await;
        let serving = encrypted.serve(&[]).await;
        drop(rustls::crypto::ring::default_provider().install_default());
        let pem = std::fs::read(encrypted.folder().join("shown.pem")).expect("a certificate");
        let believed = reqwest::Certificate::from_pem(&pem).expect("a certificate");
        #[expect(clippy::disallowed_methods, reason = "a client of its own judges; the server has one")]
        let client = reqwest::Client::builder().tls_certs_only([believed]).no_proxy().build().expect("a client");
        let answers = (0..50).map(|_| client.get(format!("{}/readyz", encrypted.url)).send());
        for answer in futures::future::join_all(answers).await {
            let answer = answer.expect("an answer");
            assert_eq!((answer.status().as_u16(), answer.version()), (200, reqwest::Version::HTTP_2));
        }
        serving.end();
    });
}

/// Waits until a new connection is shown this certificate.
async fn until_shown(encrypted: &Encrypted, name: &str) {
    let shows = async {
        loop {
            if encrypted.connect(name).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, shows).await.unwrap_or_else(|_| panic!("{name} is not shown"));
}

#[test]
fn a_renewed_certificate_is_shown_and_no_connection_ends_by_it_and_a_bad_one_changes_nothing() {
    run(async {
        let encrypted = Encrypted::new(90).await;
        let (at, port) = (encrypted.folder(), encrypted.place.port);
        make(at, "second", 90);
        make(at, "third", 90);
        let serving = encrypted.serve(&[]).await;
        let mut before = encrypted.connect("first.pem").await.expect("a connection");
        let first = shown(&before);
        assert_eq!(ask(&mut before, port, "/healthz", false).await.status, 200);

        copy(at, "second", "shown");
        serving.signal("HUP");
        until_shown(&encrypted, "second.pem").await;
        assert_ne!(shown(&encrypted.connect("second.pem").await.expect("a connection")), first);
        assert!(encrypted.connect("first.pem").await.is_err(), "nobody is shown the old one any more");
        assert_eq!(ask(&mut before, port, "/healthz", false).await.status, 200, "whoever was there goes on");

        // The certificate of one and the key of another: what a renewal leaves behind that broke off.
        std::fs::copy(at.join("third.pem"), at.join("shown.pem")).expect("a copy");
        serving.signal("HUP");
        let said = async {
            while !serving.said().contains("does not belong to the certificate") {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, said).await.expect("the log says why");
        let ready = encrypted.get("second.pem", "/readyz").await;
        assert_eq!(ready.status, 200, "the one before is shown on, and people go on");
        assert_eq!(ready.text(), "ready\nwarning: the new certificate cannot be used; the log says why\n");

        // Nobody says anything: the file is looked at by itself.
        copy(at, "third", "shown");
        until_shown(&encrypted, "third.pem").await;
        assert_eq!(encrypted.get("third.pem", "/readyz").await.text(), "ready\n");
        assert_eq!(ask(&mut before, port, "/healthz", true).await.status, 200, "whoever was there goes on");
        serving.end();
    });
}

#[test]
fn readiness_and_doctor_warn_three_weeks_before_a_certificate_ends() {
    run(async {
        let encrypted = Encrypted::new(12).await;
        let serving = encrypted.serve(&[]).await;
        let ready = encrypted.get("shown.pem", "/readyz").await;
        assert_eq!(ready.status, 200);
        assert!(ready.text().starts_with("ready\nwarning: the certificate ends in 11 days, on 20"), "{}", ready.text());
        let base = environment(&encrypted.place.store, encrypted.place.port);
        let settings = encrypted.settings();
        let doctor = finish(&["doctor"], &changed(&base, &settings));
        let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
        assert!(doctor.status.success(), "a warning is no failure: {said}");
        let line = said.lines().find(|line| line.contains(" certificate ")).expect("a line");
        assert!(line.starts_with("warn") && line.contains("ends in 11 days") && line.contains("Renew it"), "{line}");
        let listener = said.lines().find(|line| line.contains(" listener ")).expect("a line");
        assert!(listener.starts_with("ok"), "its own server listens there: {listener}");
        serving.end();

        make(encrypted.folder(), "long", 90);
        copy(encrypted.folder(), "long", "shown");
        let url = "https://clew.example.org";
        let doctor = finish(&["doctor"], &changed(&base, &[settings[0], settings[1], ("CLEW_PUBLIC_URL", url)]));
        let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
        let line = said.lines().find(|line| line.contains(" certificate ")).expect("a line");
        assert!(line.starts_with("warn") && line.contains("is not for clew.example.org"), "{line}");
    });
}

#[test]
fn a_certificate_that_cannot_be_shown_ends_the_start_with_code_78_and_makes_no_store() {
    run(async {
        let encrypted = Encrypted::new(90).await;
        let at = encrypted.folder();
        make(at, "other", 90);
        let made =
            openssl(at, "pkcs12 -export -in first.pem -inkey first.key -passout pass:planted-right -out own.p12");
        assert!(made.status.success(), "{made:?}");
        let path = |name: &str| at.join(name).display().to_string();
        let (other, absent, p12) = (path("other.key"), path("absent.pem"), path("own.p12"));
        let pem = |certificate: &str, key: &str| {
            vec![
                ("CLEW_TLS_CERTIFICATE".to_owned(), certificate.to_owned()),
                ("CLEW_TLS_KEY".to_owned(), key.to_owned()),
            ]
        };
        let table = [
            (pem(&encrypted.certificate, &other), "CLEW_TLS_KEY names"),
            (pem(&absent, &encrypted.key), "CLEW_TLS_CERTIFICATE names"),
            (
                vec![
                    ("CLEW_TLS_PKCS12".to_owned(), p12),
                    ("CLEW_TLS_PKCS12_PASSWORD".to_owned(), "planted-wrong".to_owned()),
                ],
                "CLEW_TLS_PKCS12_PASSWORD does not open",
            ),
        ];
        let base = environment(&encrypted.place.store, encrypted.place.port);
        for (settings, expected) in table {
            let mut changes: Vec<(&str, &str)> =
                settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            changes.push(("CLEW_PUBLIC_URL", &encrypted.url));
            let (code, said) = told(&finish(&["serve"], &changed(&base, &changes)));
            assert_eq!((code, said.lines().count()), (78, 1), "{said}");
            assert!(said.starts_with(&format!("clew: {expected}")) && said.contains("; "), "{said}");
            assert!(!said.contains("planted"), "{said}");
            let doctor = finish(&["doctor"], &changed(&base, &changes));
            let examined = String::from_utf8_lossy(&doctor.stdout).into_owned();
            let line = examined.lines().find(|line| line.contains(" certificate ")).expect("a line");
            assert!(line.starts_with("bad") && line.contains(expected), "{line}");
        }
        assert_eq!(std::fs::read_dir(&encrypted.place.store).expect("a folder").count(), 0, "no store was made");

        // And with the right password it serves.
        let file = at.join("password");
        std::fs::write(&file, "planted-right\n").expect("a file");
        let changes = [
            ("CLEW_TLS_PKCS12", path("own.p12")),
            ("CLEW_TLS_PKCS12_PASSWORD_FILE", file.display().to_string()),
            ("CLEW_PUBLIC_URL", encrypted.url.clone()),
        ];
        let changes: Vec<(&str, &str)> = changes.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let serving =
            Serving::listening_by(clew(&["serve"], &changed(&base, &changes)), at, encrypted.place.port).await;
        assert_eq!(encrypted.get("first.pem", "/readyz").await.status, 200);
        let said = serving.end();
        assert!(!said.contains("planted"), "{said}");
    });
}

/// A world whose listener is encrypted, with these limits.
async fn world(limits: Limits, folder: &Path) -> World {
    make(folder, "own", 90);
    let made = openssl(folder, "pkcs12 -export -in own.pem -inkey own.key -passout pass:x -out own.p12");
    assert!(made.status.success(), "{made:?}");
    let (file, password): (PathBuf, _) = (folder.join("own.p12"), Secret::new("x".to_owned()));
    let place = CertificatePlace::Pkcs12 { file, password };
    let certificates = Certificates::open(place, Arc::new(SystemClock::new())).expect("a certificate");
    World::start_among(limits, &[], |outside| server::start::Outside {
        certificates: Some(Arc::new(certificates)),
        ..outside
    })
    .await
}

#[test]
fn a_handshake_that_does_not_come_to_its_end_is_closed_and_counts_meanwhile() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let limits = Limits { opening: Duration::from_millis(1_500), of_address: 4, ..Limits::default() };
        let world = world(limits, folder.path()).await;
        let pem = std::fs::read_to_string(folder.path().join("own.pem")).expect("a certificate");
        let believed = || client(Believe::Authorities(&pem), None).expect("a certificate to believe");
        let hello = [&[22, 3, 1, 2, 0][..], &[1, 0, 1, 252, 3, 3], &[7; 100]].concat();
        let begun: [&[u8]; 3] = [b"", &hello[..3], &hello];
        let mut silent = Vec::new();
        for begin in begun {
            let mut stream = TcpStream::connect(("127.0.0.1", world.port)).await.expect("a server");
            stream.write_all(begin).await.expect("sent");
            silent.push(stream);
        }
        // One that shook hands and then says nothing.
        let mut quiet = connect(world.port, believed()).await.expect("a connection");
        let mut one_more = TcpStream::connect(("127.0.0.1", world.port)).await.expect("a server");
        let ended = tokio::time::timeout(PATIENCE, one_more.read(&mut [0])).await.expect("no wait for the others");
        assert!(matches!(ended, Ok(0) | Err(_)), "four that shake hands are four: {ended:?}");
        for stream in &mut silent {
            let ended = tokio::time::timeout(PATIENCE, stream.read(&mut [0; 64])).await.expect("it is closed");
            assert!(matches!(ended, Ok(_) | Err(_)));
        }
        let ended = tokio::time::timeout(PATIENCE, quiet.read(&mut [0])).await.expect("it is closed");
        assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
        let again = async {
            loop {
                if let Ok(mut stream) = connect(world.port, believed()).await {
                    return ask(&mut stream, world.port, "/healthz", true).await.status;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        assert_eq!(tokio::time::timeout(PATIENCE, again).await, Ok(200), "and there is room again");
    });
}
