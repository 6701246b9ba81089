//! Signing in: what is set, a trial of the issuer, and which roles some claims give.

use access::AppRole;
use wire::Fault;
use wire::health::State;
use wire::set_up::{ClaimFound, ClaimValue, ClaimsTried, RoleMeaning, SignInNow, SignInSettings, TryClaims, TryIssuer};

use super::{answer, finding, is_disabled, open, shots};

fn role(name: &str) -> AppRole {
    AppRole::new(name).unwrap()
}

fn sign_in(embedded: bool) -> SignInNow {
    SignInNow {
        embedded,
        issuer: "https://login.bank.example/realms/bank".to_owned(),
        client_id: "clew".to_owned(),
        has_secret: true,
        has_certificate: false,
        has_authorities: true,
        scopes: vec!["profile".to_owned(), "email".to_owned()],
        roles_claim: "groups".to_owned(),
        roles_map: vec![RoleMeaning { value: "6f1d0c".to_owned(), role: role("Task.Manage") }],
        redirect: "https://clew.bank.example/sign-in/callback".to_owned(),
        after_sign_out: "https://clew.bank.example/".to_owned(),
        back_channel: (!embedded).then(|| "https://clew.bank.example/sign-in/back-channel".to_owned()),
    }
}

/// Nothing is asked again.
pub(super) fn at_rest() -> SignInNow {
    sign_in(false)
}

fn judged() -> ClaimsTried {
    let value = |value: &str, mapped, roles: &[&str]| ClaimValue {
        value: value.to_owned(),
        mapped,
        roles: roles.iter().map(|name| role(name)).collect(),
    };
    ClaimsTried {
        found: ClaimFound::List,
        values: vec![
            value("6f1d0c", true, &["Task.Manage"]),
            value("Bank.Analyst", false, &["Bank.Analyst"]),
            value("two words", false, &[]),
        ],
        left_out: 1,
        roles: vec![role("Bank.Analyst"), role("Task.Manage")],
        enters: true,
        remarks: vec![finding(
            "aud",
            State::Bad,
            "The token is for another client than clew.",
            "Take the ID token of this client, and not an access token.",
        )],
    }
}

#[test]
fn signing_in_is_described_without_a_secret_and_its_redirect_address_is_there_to_copy() {
    let mut screen = open("sign-in");
    answer::<SignInSettings>(&mut screen, &sign_in(false));
    for text in
        ["https://login.bank.example/realms/bank", "6f1d0c = Task.Manage", "Client secret", "openid profile email"]
    {
        assert!(screen.shows(text), "{text}");
    }
    assert!(screen.shows("Copy https://clew.bank.example/sign-in/callback"));
    assert!(screen.shows("Copy https://clew.bank.example/sign-in/back-channel"));
    screen.click("Keycloak");
    assert!(screen.shows("Copy CLEW_OIDC_ISSUER=https://HOST/realms/REALM"));
    let mut screen = open("sign-in");
    answer::<SignInSettings>(&mut screen, &sign_in(true));
    assert!(screen.shows("the issuer inside Clew") && !screen.shows("Client secret"));
    assert!(!screen.shows("Back-channel logout"), "nobody would say it");
}

#[test]
fn the_issuer_is_tried_with_a_way_out_and_every_finding_says_what_to_do() {
    let mut screen = open("sign-in");
    answer::<SignInSettings>(&mut screen, &sign_in(false));
    screen.click("Try the issuer");
    for _ in 0..12 {
        screen.harness.step();
    }
    screen.click("Cancel");
    assert_eq!(screen.server.stopped(), ["try_issuer"]);
    screen.click("Try the issuer");
    let findings = vec![
        finding("discovery", State::Ok, "https://login.bank.example/realms/bank answers under its name.", ""),
        finding(
            "redirect address",
            State::Bad,
            "The issuer refuses to send people back.",
            "Register it at the issuer.",
        ),
    ];
    screen.server.answer::<TryIssuer>(&findings);
    screen.server.answer::<TryIssuer>(&findings);
    screen.run();
    assert!(screen.shows("Discovery") && screen.shows("Register it at the issuer."));
}

#[test]
fn claims_are_judged_value_by_value_and_the_own_sign_in_can_be_taken() {
    let mut screen = open("sign-in");
    answer::<SignInSettings>(&mut screen, &sign_in(false));
    assert!(is_disabled(&screen, "Which roles?"), "nothing is pasted");
    screen.fill("Content of an ID token, as JSON", "{\"groups\":[\"6f1d0c\"]}");
    screen.click("Which roles?");
    let asked = answer::<TryClaims>(&mut screen, &judged());
    assert_eq!(asked.claims.as_deref(), Some("{\"groups\":[\"6f1d0c\"]}"));
    for text in [
        "This person gets in, with Bank.Analyst, Task.Manage.",
        "6f1d0c stands for Task.Manage",
        "Bank.Analyst is itself a role",
        "two words is no name of a role",
        "another client",
    ] {
        assert!(screen.shows(text), "{text}");
    }
    screen.click("Use my own sign-in");
    let absent = ClaimsTried {
        found: ClaimFound::Absent,
        values: Vec::new(),
        left_out: 0,
        roles: Vec::new(),
        enters: false,
        remarks: Vec::new(),
    };
    assert_eq!(answer::<TryClaims>(&mut screen, &absent).claims, None);
    assert!(screen.shows("This person does not get in") && screen.shows("There is no groups in it"));
    screen.click("Which roles?");
    screen
        .server
        .refuse::<TryClaims>(Fault::invalid("This is not JSON (line 1, column 1).", "Paste the decoded content."));
    screen.run();
    assert!(screen.shows("This is not JSON"));
}

#[test]
fn signing_in_in_pictures() {
    shots("sign_in", "sign-in", |screen| {
        answer::<SignInSettings>(screen, &sign_in(false));
    });
    shots("sign_in_judged", "sign-in", |screen| {
        answer::<SignInSettings>(screen, &sign_in(false));
        let own =
            ["Use my own sign-in", "Bruk min egen innlogging"].into_iter().find(|name| screen.shows(name)).unwrap();
        screen.click(own);
        answer::<TryClaims>(screen, &judged());
    });
}
