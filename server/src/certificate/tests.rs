//! The certificate of the listener, as files that openssl made and what is said of them.
#![expect(clippy::disallowed_methods, reason = "openssl makes the files; the server starts no program")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;
use crate::settings::Secret;

struct At(Mutex<Timestamp>);

impl Clock for At {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// Runs openssl in a folder.
fn openssl(folder: &Path, line: &str) {
    let mut command = Command::new("openssl");
    let output = command
        .args(line.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("openssl is installed");
    assert!(output.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A certificate that signs for itself, as `name.pem` with `name.key`.
fn make(folder: &Path, name: &str, kind: &str, days: &str) {
    let line = format!(
        "req -x509 -newkey {kind} -nodes -keyout {name}.key -out {name}.pem -days {days} -subj /CN={name} \
         -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    );
    openssl(folder, &line);
}

fn pem(folder: &Path, certificate: &str, key: &str) -> CertificatePlace {
    CertificatePlace::Pem { certificate: folder.join(certificate), key: folder.join(key) }
}

fn p12(folder: &Path, file: &str, password: &str) -> CertificatePlace {
    CertificatePlace::Pkcs12 { file: folder.join(file), password: Secret::new(password.to_owned()) }
}

#[expect(clippy::disallowed_methods, reason = "the files are made by a program that reads the machine's clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// What comes of a place: how many certificates are shown, or the sentence.
fn said(place: &CertificatePlace) -> Result<usize, String> {
    examine(place, now()).map(|pair| pair.certified.cert.len()).map_err(|fault| fault.to_string())
}

fn assert_said(place: &CertificatePlace, parts: &[&str]) {
    let said = said(place).expect_err("it cannot be shown");
    assert!(parts.iter().all(|part| said.contains(part)), "{said:?} says {parts:?}");
    assert!(said.contains("; ") && !said.contains('\n'), "one sentence with a remedy: {said}");
    assert!(!said.contains("planted-password"), "{said}");
}

/// An authority, one below it, and a certificate of that: `root`, `middle` and `leaf`.
fn make_chain(folder: &Path) {
    make(folder, "root", "rsa:2048", "30");
    std::fs::write(folder.join("ca.cnf"), "basicConstraints=critical,CA:TRUE\n").unwrap();
    std::fs::write(folder.join("leaf.cnf"), "subjectAltName=DNS:clew.example.org,DNS:*.inside.example.org\n").unwrap();
    for (name, above, extensions) in [("middle", "root", "ca.cnf"), ("leaf", "middle", "leaf.cnf")] {
        openssl(folder, &format!("req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}"));
        openssl(
            folder,
            &format!(
                "x509 -req -in {name}.csr -CA {above}.pem -CAkey {above}.key -CAcreateserial -days 20 -out {name}.pem \
                 -extfile {extensions}"
            ),
        );
    }
}

fn join(folder: &Path, parts: &[&str], into: &str) {
    let whole: Vec<u8> = parts.iter().flat_map(|part| std::fs::read(folder.join(part)).unwrap()).collect();
    std::fs::write(folder.join(into), whole).unwrap();
}

#[test]
fn pem_files_of_every_usual_kind_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let kinds = [
        ("rsa", "rsa:2048"),
        ("p256", "ec -pkeyopt ec_paramgen_curve:P-256"),
        ("p384", "ec -pkeyopt ec_paramgen_curve:P-384"),
        ("ed", "ed25519"),
    ];
    for (name, kind) in kinds {
        make(at, name, kind, "30");
        assert_eq!(said(&pem(at, &format!("{name}.pem"), &format!("{name}.key"))), Ok(1), "{name}");
    }
    openssl(at, "rsa -in rsa.key -traditional -out traditional.key");
    assert_eq!(said(&pem(at, "rsa.pem", "traditional.key")), Ok(1), "the old form of a key");
}

#[test]
fn a_chain_is_shown_from_its_own_certificate_upwards_whatever_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    make_chain(at);
    make(at, "other", "rsa:2048", "30");
    for parts in [&["leaf.pem", "middle.pem", "root.pem"][..], &["root.pem", "other.pem", "middle.pem", "leaf.pem"]] {
        join(at, parts, "chain.pem");
        let pair = examine(&pem(at, "chain.pem", "leaf.key"), now()).unwrap();
        let shown = pair.certified.cert.iter().map(|certificate| crate::hash::sha256(certificate));
        let expected = ["leaf.pem", "middle.pem", "root.pem"].map(|file| {
            let text = std::fs::read_to_string(at.join(file)).unwrap();
            crate::hash::sha256(tls::certificates(&text).unwrap().first().unwrap())
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{parts:?}");
        let hosts = ["clew.example.org", "a.inside.example.org", "CLEW.example.org"];
        assert!(hosts.iter().all(|host| pair.is_for(host)));
        assert!(!["example.org", "a.b.inside.example.org", "evil.example", ""].iter().any(|host| pair.is_for(host)));
    }
    join(at, &["leaf.pem", "middle.pem"], "above.pem");
    openssl(at, "pkcs12 -export -in above.pem -inkey leaf.key -certfile root.pem -passout pass:a -out chain.p12");
    assert_eq!(said(&p12(at, "chain.p12", "a")), Ok(3));
}

#[test]
fn pkcs12_files_of_new_and_old_programs_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    make(at, "own", "rsa:2048", "30");
    let ways = [
        ("modern", "", "right"),
        ("legacy", "-legacy", "right"),
        ("rc2", "-legacy -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-3DES", "right"),
        ("des", "-legacy -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1", "right"),
        ("aes128", "-certpbe AES-128-CBC -keypbe AES-128-CBC -macalg sha512", "right"),
        ("empty", "", ""),
        ("odd", "", "pæss∆ \"$`"),
        ("named", "-name clew", "right"),
    ];
    for (name, how, password) in ways {
        let line =
            format!("pkcs12 -export -in own.pem -inkey own.key {how} -out {name}.p12 -passout file:{name}.password");
        std::fs::write(at.join(format!("{name}.password")), format!("{password}\n")).unwrap();
        openssl(at, &line);
        assert_eq!(said(&p12(at, &format!("{name}.p12"), password)), Ok(1), "{name}");
        let wrong = p12(at, &format!("{name}.p12"), "planted-password");
        assert_said(&wrong, &["CLEW_TLS_PKCS12_PASSWORD does not open", "the file was made with"]);
    }
}

#[test]
fn what_cannot_be_shown_is_said_with_its_setting_and_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    make(at, "own", "rsa:2048", "30");
    make(at, "other", "rsa:2048", "30");
    openssl(at, "req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.pem -days 9 -subj /CN=a");
    openssl(at, "pkey -in own.key -aes256 -passout pass:planted-password -out locked.key");
    openssl(at, "pkcs12 -export -nokeys -in own.pem -passout pass:a -out keyless.p12");
    openssl(at, "pkcs12 -export -nocerts -inkey own.key -passout pass:a -out alone.p12");
    std::fs::write(at.join("rubbish"), [0x30, 0x82, 0xff, 0xff, 0, 1, 2]).unwrap();
    std::fs::write(at.join("empty"), "").unwrap();
    let whole = std::fs::read(at.join("keyless.p12")).unwrap();
    std::fs::write(at.join("cut.p12"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(at.join("huge"), vec![b'a'; 600 << 10]).unwrap();

    let table: [(CertificatePlace, &[&str]); 15] = [
        (pem(at, "absent.pem", "own.key"), &["CLEW_TLS_CERTIFICATE names", "absent.pem", "cannot be read"]),
        (pem(at, "own.pem", "absent.key"), &["CLEW_TLS_KEY names", "absent.key", "cannot be read"]),
        (pem(at, "empty", "own.key"), &["CLEW_TLS_CERTIFICATE names", "no certificate", "BEGIN to END CERTIFICATE"]),
        (pem(at, "own.key", "own.key"), &["CLEW_TLS_CERTIFICATE names", "no certificate"]),
        (pem(at, "rubbish", "own.key"), &["CLEW_TLS_CERTIFICATE names", "no text", "CLEW_TLS_PKCS12"]),
        (pem(at, "huge", "own.key"), &["CLEW_TLS_CERTIFICATE names", "longer than 512 KB"]),
        (pem(at, "own.pem", "empty"), &["CLEW_TLS_KEY names", "no key in PEM"]),
        (pem(at, "own.pem", "own.pem"), &["CLEW_TLS_KEY names", "no key in PEM"]),
        (pem(at, "own.pem", "locked.key"), &["CLEW_TLS_KEY names", "a password of its own", "openssl pkey"]),
        (pem(at, "own.pem", "other.key"), &["CLEW_TLS_KEY names", "does not belong to the certificate"]),
        (pem(at, "weak.pem", "weak.key"), &["CLEW_TLS_KEY names", "a kind that cannot be used", "2048 bits"]),
        (p12(at, "rubbish", "a"), &["CLEW_TLS_PKCS12 names", "no PKCS12 file", "CLEW_TLS_CERTIFICATE"]),
        (p12(at, "cut.p12", "a"), &["CLEW_TLS_PKCS12 names", "no PKCS12 file"]),
        (p12(at, "keyless.p12", "a"), &["CLEW_TLS_PKCS12 names", "no private key", "openssl pkcs12 -export -inkey"]),
        (p12(at, "alone.p12", "a"), &["CLEW_TLS_PKCS12 names", "no certificate"]),
    ];
    for (place, parts) in table {
        assert_said(&place, parts);
    }
}

#[test]
fn one_that_has_ended_or_has_not_begun_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    make(at, "own", "rsa:2048", "30");
    let place = pem(at, "own.pem", "own.key");
    let day = |days: i64| now().checked_add(SignedDuration::from_hours(24 * days)).unwrap();
    assert!(examine(&place, day(29)).is_ok());
    let ended = examine(&place, day(31)).expect_err("it has ended").to_string();
    assert!(ended.contains("whose certificate ended on") && ended.ends_with("give a renewed one"), "{ended}");
    let early = examine(&place, day(-1)).expect_err("it has not begun").to_string();
    assert!(early.contains("holds only from") && early.contains("this machine's clock"), "{early}");
}

#[test]
fn it_is_warned_of_three_weeks_ahead() {
    let until: Timestamp = "2026-12-24T12:00:00Z".parse().unwrap();
    let table = [
        ("2026-12-03T11:59:59Z", None),
        ("2026-12-03T12:00:01Z", Some("the certificate ends in 20 days, on 2026-12-24T12:00:00Z")),
        ("2026-12-23T12:00:00Z", Some("the certificate ends in 1 days, on 2026-12-24T12:00:00Z")),
        ("2026-12-24T11:00:00Z", Some("the certificate ends within a day, on 2026-12-24T12:00:00Z")),
        ("2026-12-25T00:00:00Z", Some("the certificate ended on 2026-12-24T12:00:00Z")),
    ];
    for (now, expected) in table {
        assert_eq!(warning(until, now.parse().unwrap()).as_deref(), expected, "{now}");
    }
}

/// What a certificate's end is, to the second: enough to tell two apart.
fn shown(certificates: &Certificates) -> (Timestamp, usize) {
    (certificates.until(), certificates.warnings().len())
}

#[test]
fn a_new_file_is_taken_a_bad_one_is_not_and_the_one_before_stays() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    make(at, "old", "rsa:2048", "30");
    make(at, "new", "rsa:2048", "60");
    make(at, "late", "rsa:2048", "90");
    let put = |name: &str| {
        std::fs::copy(at.join(format!("{name}.pem")), at.join("shown.pem")).unwrap();
        std::fs::copy(at.join(format!("{name}.key")), at.join("shown.key")).unwrap();
    };
    put("old");
    let clock = Arc::new(At(Mutex::new(now())));
    let certificates = Certificates::open(pem(at, "shown.pem", "shown.key"), clock.clone()).unwrap();
    let first = shown(&certificates);
    let config = certificates.config();
    certificates.look();
    assert!(Arc::ptr_eq(&config, &certificates.config()), "nothing has changed");

    for spoil in ["cut", "mixed", "absent"] {
        let path: PathBuf = at.join("shown.pem");
        match spoil {
            "cut" => std::fs::write(&path, &std::fs::read(&path).unwrap()[..200]).unwrap(),
            "mixed" => drop(std::fs::copy(at.join("new.pem"), &path).unwrap()),
            _ => std::fs::remove_file(&path).unwrap(),
        }
        certificates.look();
        assert_eq!(shown(&certificates), (first.0, 1), "{spoil}: the one before is shown, and somebody is told");
        assert!(Arc::ptr_eq(&config, &certificates.config()), "{spoil}");
    }
    put("new");
    certificates.look();
    let second = shown(&certificates);
    assert!(second.0 > first.0 && second.1 == 0, "the new one is shown, and all is well");
    assert!(!Arc::ptr_eq(&config, &certificates.config()));

    // One that is not valid yet is taken when its time has come, without another change.
    *clock.0.lock().unwrap() = now().checked_sub(SignedDuration::from_hours(1)).unwrap();
    put("late");
    certificates.look();
    assert_eq!(shown(&certificates), (second.0, 1));
    *clock.0.lock().unwrap() = now();
    certificates.look();
    assert!(certificates.until() > second.0 && certificates.warnings().is_empty());
}
