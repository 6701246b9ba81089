//! The changelog of the environment: which settings appeared, vanished or changed from start to start, and never a value.

use serde_json::{Value, json};

use crate::program::Place;
use crate::secrets::{assert_absent, first_manager};
use crate::world::run;

const SECRET: &str = "CLEW_SOURCE_BANK__PASSWORD";
const PLANTED: [&str; 3] = ["planted-value-one", "planted-value-two", "planted-value-of-a-file"];

/// Where the value of a name came from, and whether it is a secret.
fn origin<'a>(answer: &'a Value, name: &str) -> (&'a str, bool) {
    let names = answer["names"].as_array().expect("a list");
    let found = names.iter().find(|known| known["name"] == name).expect("a name");
    (found["origin"].as_str().expect("a word"), found["secret"] == true)
}

#[test]
fn names_that_appear_vanish_or_change_are_kept_from_start_to_start_and_no_value_is() {
    run(async {
        let place = Place::new().await;
        let file = place.folder.path().join("secret");
        std::fs::write(&file, PLANTED[2]).expect("a file");
        let file = file.to_str().expect("plain");
        let mut browser = None;
        let mut said = String::new();
        let starts: [&[(&str, &str)]; 5] = [
            &[(SECRET, PLANTED[0]), ("CLEW_SESSION_HOURS", "5")],
            &[(SECRET, PLANTED[1]), ("CLEW_SESSION_HOURS", "5")],
            &[(SECRET, PLANTED[1]), ("CLEW_SESSION_HOURS", "6")],
            &[("CLEW_SOURCE_BANK__PASSWORD_FILE", file)],
            &[("CLEW_SOURCE_BANK__PASSWORD_FILE", file)],
        ];
        let mut answer = Value::Null;
        for (number, settings) in starts.into_iter().enumerate() {
            let serving = place.serve(settings).await;
            if number == 0 {
                browser = Some(first_manager(&serving, place.port).await);
            }
            let asked = browser.as_mut().expect("a manager").call("environment", &json!({})).await;
            assert_eq!(asked.verdict(), "200", "{}", asked.text());
            answer = asked.json();
            said.push_str(&asked.text());
            said.push_str(&serving.end());
        }
        let changes: Vec<[&Value; 3]> = answer["changes"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|change| [&change["appeared"], &change["vanished"], &change["changed"]])
            .collect();
        let hours = "CLEW_SESSION_HOURS";
        assert_eq!(
            changes[..3],
            [
                [&json!([]), &json!([hours]), &json!([SECRET])],
                [&json!([]), &json!([]), &json!([hours])],
                [&json!([]), &json!([]), &json!([SECRET])],
            ],
            "newest first; the last start changed nothing"
        );
        assert_eq!(changes.len(), 4);
        let appeared = changes[3][0].as_array().expect("a list");
        assert!(appeared.contains(&json!(SECRET)) && appeared.contains(&json!("CONFIG_B64_ENCRYPTION_KEY")));
        for (name, expected) in
            [(SECRET, ("file", true)), ("CLEW_PUBLIC_URL", ("environment", false)), (hours, ("default", false))]
        {
            assert_eq!(origin(&answer, name), expected, "{name}");
        }

        for planted in PLANTED {
            assert!(!said.contains(planted), "{planted}");
        }
        std::fs::remove_file(file).expect("removed");
        assert_absent(place.folder.path(), &PLANTED);
        let out = place.folder.path().join("log.jsonl");
        let out = out.to_str().expect("plain");
        let base = crate::program::environment(&place.store, 1);
        let export = crate::program::finish(&["audit", "export", out], &crate::program::changed(&base, &[]));
        assert!(export.status.success(), "{export:?}");
        let log = std::fs::read_to_string(out).expect("a file");
        let count = |call: &str| log.lines().filter(|line| line.contains(&format!("\"call\":\"{call}\""))).count();
        assert_eq!((count("start"), count("stop")), (5, 5), "each start and each end is written down");
        assert!(log.contains(hours) && PLANTED.iter().all(|planted| !log.contains(planted)));
    });
}

#[test]
fn of_two_servers_each_is_compared_with_its_own_start_before() {
    run(async {
        let store = crate::replicas::fresh(crate::postgres::Postgres::shared().port);
        let (one, other) = (Place::new().await, Place::new().await);
        let address = format!("http://localhost:{}", one.port);
        let settings = [("JDBC_CONNECTION_STRING", store.as_str()), ("CLEW_PUBLIC_URL", address.as_str())];
        let mut counts = Vec::new();
        let mut manager = None;
        let hours = [("CLEW_SESSION_HOURS", "5")];
        let starts: [(&Place, &[(&str, &str)]); 6] =
            [(&one, &[]), (&other, &[]), (&one, &[]), (&other, &[]), (&other, &hours), (&one, &[])];
        for (place, further) in starts {
            let serving = place.serve(&[&settings[..], further].concat()).await;
            if manager.is_none() {
                manager = Some(first_manager(&serving, place.port).await);
            }
            let browser = manager.as_mut().expect("a manager");
            browser.port = place.port;
            let asked = browser.call("environment", &json!({})).await;
            assert_eq!(asked.verdict(), "200", "{}", asked.text());
            counts.push(asked.json()["changes"].as_array().expect("a list").len());
            serving.end();
        }
        // The first start of each, and the one setting that appeared: not what differs between the two.
        assert_eq!(counts, [1, 2, 2, 2, 3, 3]);
    });
}
