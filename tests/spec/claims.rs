//! What follows from the claims of an issuer: a verified e-mail binds a grant, and groups become roles.

use access::{Grant, Grantee, ProjectRole};
use jiff::SignedDuration;
use model::project::Source;
use serde_json::{Value, json};

use crate::samples::file;
use crate::signing_issuer::{Draft, SigningIssuer};
use crate::world::{Browser, ParseId as _, World, grant, project, role, run};

/// What is changed of a token.
type Change = Box<dyn Fn(&mut Draft)>;

/// Names and values.
type Settings<'t> = &'t [(&'t str, &'t str)];

/// A token that says so of the address.
fn with_email(email: &'static str, verified: Option<Value>) -> Change {
    Box::new(move |draft| {
        draft.claim("email", email);
        if let Some(verified) = &verified {
            draft.claim("email_verified", verified.clone());
        }
    })
}

async fn reads_bank(browser: &mut Browser) -> String {
    browser.call("read_project", &json!({ "project": "bank" })).await.verdict()
}

/// The grants of the project, as they are kept.
fn grants(world: &World) -> Vec<Grant> {
    let config = world.server.keeper.current();
    config.project(&"bank".parse_id()).expect("a project").project.grants.clone()
}

#[test]
fn a_grant_to_an_address_waits_for_the_first_person_whose_issuer_verified_it() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut bank = project("bank", &"somebody-else".parse_id());
        let waiting = Grant { to: Grantee::Email("ada@example.org".to_owned()), role: ProjectRole::Read };
        bank.grants.push(waiting.clone());
        world.put_project(&bank).await;

        let unverified: [(&str, Change); 4] = [
            ("says-false", with_email("ada@example.org", Some(json!(false)))),
            ("says-nothing", with_email("ada@example.org", None)),
            ("names-no-address", Box::new(|draft| draft.claim("email_verified", true))),
            ("another-address", with_email("bob@example.org", Some(json!(true)))),
        ];
        for (subject, change) in &unverified {
            let mut stranger = issuer.signed_in(&world, subject, change).await;
            assert_eq!(reads_bank(&mut stranger).await, "404 not_found", "{subject}");
            assert!(grants(&world).contains(&waiting), "{subject}: it still waits");
        }

        let verified = with_email("Ada@Example.org", Some(json!(true)));
        let mut ada = issuer.signed_in(&world, "ada", &verified).await;
        assert_eq!(reads_bank(&mut ada).await, "200");
        let person = ada.person().await;
        assert!(grants(&world).contains(&grant(&person, ProjectRole::Read)) && !grants(&world).contains(&waiting));

        let bound =
            world.audit(20).await.into_iter().find(|entry| entry.call == "bind_grant").expect("it is written down");
        assert_eq!((bound.person.as_str(), bound.project.as_str()), (person.as_str(), "bank"));

        let mut second = issuer.signed_in(&world, "second", &verified).await;
        assert_eq!(reads_bank(&mut second).await, "404 not_found", "it is bound once, to one person");
        let mut ada = issuer.signed_in(&world, "ada", with_email("other@example.org", Some(json!(false)))).await;
        assert_eq!((reads_bank(&mut ada).await.as_str(), ada.person().await), ("200", person), "whatever the address");
    });
}

#[test]
fn a_grant_to_an_address_binds_where_entra_vouches_for_its_domain_or_the_settings_do() {
    run(async {
        let domains = [("CLEW_OIDC_EMAIL_TRUSTED_DOMAINS", "bank.example, Second.example")];
        let vouched = |name: &'static str, value: Value| -> Change {
            Box::new(move |draft| {
                draft.claim("email", "ada@example.org");
                draft.claim(name, value.clone());
            })
        };
        let table: [(&str, &str, Settings<'_>, Change, bool); 7] = [
            ("edov", "ada@example.org", &[], vouched("xms_edov", json!(true)), true),
            ("edov as a text", "ada@example.org", &[], vouched("xms_edov", json!("1")), true),
            ("not edov", "ada@example.org", &[], vouched("xms_edov", json!("0")), false),
            ("a trusted domain", "ada@second.example", &domains, with_email("ada@SECOND.example", None), true),
            ("another domain", "ada@example.org", &domains, with_email("ada@example.org", None), false),
            ("the issuer says no", "a@bank.example", &domains, with_email("a@bank.example", Some(json!(false))), false),
            ("no domain is trusted", "ada@second.example", &[], with_email("ada@second.example", None), false),
        ];
        for (what, address, settings, change, binds) in table {
            let issuer = SigningIssuer::start().await;
            let world = issuer.clew(settings).await;
            let mut bank = project("bank", &"somebody-else".parse_id());
            bank.grants.push(Grant { to: Grantee::Email(address.to_owned()), role: ProjectRole::Read });
            world.put_project(&bank).await;
            let mut ada = issuer.signed_in(&world, "ada", change).await;
            let expected = if binds { "200" } else { "404 not_found" };
            assert_eq!(reads_bank(&mut ada).await, expected, "{what}");
        }
    });
}

/// Groups as an issuer names them by ids of its own, and what they stand for.
const GROUPS: [(&str, &str); 2] = [
    ("CLEW_OIDC_ROLES_CLAIM", "realm.groups"),
    ("CLEW_OIDC_ROLES_MAP", "6f1d0c=Task.Manage, /clew/auditors=Task.Audit, 77aa=Task.Read"),
];

/// A token that names these groups.
fn in_groups(groups: &[&str]) -> impl Fn(&mut Draft) {
    let groups = json!({ "groups": groups });
    move |draft| draft.claim("realm", groups.clone())
}

#[test]
fn groups_become_the_roles_that_the_map_says_and_others_stay_what_they_are() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&GROUPS).await;
        let table: [(&str, &[&str], Value); 3] = [
            ("ada", &["6f1d0c", "/clew/auditors"], json!(["Task.Audit", "Task.Manage"])),
            ("bob", &["77aa", "Bank.Analyst"], json!(["Bank.Analyst", "Task.Read"])),
            ("eve", &["Task.Read", "6F1D0C"], json!(["6F1D0C", "Task.Read"])),
        ];
        for (subject, groups, expected) in table {
            let mut browser = issuer.signed_in(&world, subject, in_groups(groups)).await;
            assert_eq!(browser.roles().await, expected, "{subject}");
        }
        for groups in [&["somebody-elses"][..], &[]] {
            let (_, arrived) = issuer.sign_in(&world, "mallory", in_groups(groups)).await;
            assert_eq!(arrived.status, 403, "{groups:?}");
            assert!(arrived.text().contains("no role that lets you in"), "{groups:?}: {}", arrived.text());
        }
    });
}

#[test]
fn a_group_that_is_taken_away_takes_its_role_within_five_minutes() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&GROUPS).await;
        let mut ada = issuer.signed_in(&world, "ada", in_groups(&["6f1d0c", "77aa"])).await;
        assert_eq!(ada.roles().await, json!(["Task.Manage", "Task.Read"]));
        for (left, verdict) in [
            (&["77aa"][..], "200"),
            // Nothing is left that lets anybody in.
            (&[], "403 forbidden"),
        ] {
            world.clock.pass(SignedDuration::from_mins(5));
            let mut now = issuer.draft(&world.clock, "ada", "");
            in_groups(left)(&mut now);
            issuer.gives(&now);
            let refused = ada.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await;
            assert_eq!(refused.verdict(), "403 forbidden", "{left:?}: the first request after five minutes");
            assert_eq!(ada.call("who_am_i", &json!({})).await.verdict(), verdict, "{left:?}");
        }
    });
}

#[test]
fn realm_and_client_roles_of_one_token_add_up() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let claims = [("CLEW_OIDC_ROLES_CLAIM", "realm_access.roles, resource_access.my.client.roles")];
        let world = issuer.clew(&claims).await;
        let of_both = |draft: &mut Draft| {
            draft.claim("realm_access", json!({ "roles": ["Bank.Analyst"] }));
            draft.claim("resource_access", json!({ "my.client": { "roles": ["Task.Read"] } }));
        };
        let mut ada = issuer.signed_in(&world, "ada", of_both).await;
        assert_eq!(ada.roles().await, json!(["Bank.Analyst", "Task.Read"]));
    });
}

#[test]
fn a_token_without_its_groups_because_there_are_too_many_is_refused_with_what_to_do() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[("CLEW_OIDC_ROLES_CLAIM", "groups")]).await;
        let named = |draft: &mut Draft| {
            draft.claim("_claim_names", json!({ "groups": "src1" }));
            draft.claim("_claim_sources", json!({ "src1": { "endpoint": "https://graph.example/groups" } }));
        };
        let (browser, refused) = issuer.sign_in(&world, "ada", named).await;
        assert_eq!(refused.status, 403, "{}", refused.text());
        for said in ["you are in too many groups", "app roles", "CLEW_OIDC_ROLES_CLAIM=roles"] {
            assert!(refused.text().contains(said), "{said}: {}", refused.text());
        }
        assert!(!browser.cookies.contains_key("clew_sid"), "nobody is let in with no role, or with an old one");
        let mut ada = issuer.signed_in(&world, "ada", |draft| draft.claim("groups", json!(["Task.Read"]))).await;
        assert_eq!(ada.roles().await, json!(["Task.Read"]), "whose groups fit comes in");
    });
}

#[test]
fn an_address_that_changes_changes_no_right_and_one_address_is_not_one_person() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let verified = |email: &'static str| with_email(email, Some(json!(true)));
        let mut ada = issuer.signed_in(&world, "ada", verified("ada@example.org")).await;
        let mut bank = project("bank", &"somebody-else".parse_id());
        bank.grants.push(grant(&ada.person().await, ProjectRole::Read));
        world.put_project(&bank).await;
        assert_eq!(reads_bank(&mut ada).await, "200");
        let mut moved = issuer.signed_in(&world, "ada", verified("eve@example.org")).await;
        assert_eq!((reads_bank(&mut moved).await.as_str(), moved.person().await), ("200", ada.person().await));
        let mut eve = issuer.signed_in(&world, "eve", verified("ada@example.org")).await;
        assert_eq!(reads_bank(&mut eve).await, "404 not_found", "the address of another is not the other");
        assert_ne!(eve.person().await, ada.person().await);
    });
}

#[test]
fn a_group_that_stands_for_a_role_of_ones_own_opens_the_project_and_the_source_that_name_it() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let map = "77aa=Task.Read, 9c=Bank.Analyst, 1f=Bank.Fraud";
        let world = issuer.clew(&[("CLEW_OIDC_ROLES_CLAIM", "groups"), ("CLEW_OIDC_ROLES_MAP", map)]).await;
        let mut bank = project("bank", &"somebody-else".parse_id());
        bank.grants.push(Grant { to: Grantee::Role(role("Bank.Analyst")), role: ProjectRole::Read });
        let closed = Source { required_role: Some(role("Bank.Fraud")), ..file("closed") };
        for source in [file("open"), closed] {
            bank.sources.insert(source.id.clone(), source);
        }
        world.put_project(&bank).await;
        let table: [(&str, &[&str], &[&str]); 4] = [
            ("ada", &["77aa", "9c", "1f"], &["closed", "open"]),
            ("bob", &["77aa", "9c"], &["open"]),
            ("eve", &["77aa", "1f"], &[]),
            ("mallory", &["77aa"], &[]),
        ];
        for (subject, groups, sources) in table {
            let groups = json!(groups);
            let mut browser = issuer.signed_in(&world, subject, |draft| draft.claim("groups", groups)).await;
            let read = browser.call("read_project", &json!({ "project": "bank" })).await;
            let seen =
                read.json()["project"]["sources"].as_object().map(|seen| seen.keys().cloned().collect::<Vec<_>>());
            assert_eq!(seen.unwrap_or_default(), sources, "{subject}: {}", read.text());
            let verdict = if sources.is_empty() { "404 not_found" } else { "200" };
            assert_eq!(read.verdict(), verdict, "{subject}");
        }
        let (_, refused) = issuer.sign_in(&world, "oscar", |draft| draft.claim("groups", json!(["9c", "1f"]))).await;
        assert_eq!(refused.status, 403, "roles of one's own open no door alone");
    });
}

#[test]
fn where_another_issuer_signs_people_in_the_embedded_one_is_not_there() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        assert!(world.server.sign_in.issuer().is_none());
        for path in ["/issuer/authorize", "/issuer/.well-known/openid-configuration", "/issuer/keys", "/issuer/token"] {
            assert_eq!(world.browser().get(path).await.status, 404, "{path}");
        }
        let mut manager =
            issuer.signed_in(&world, "manager", |draft| draft.claim("roles", json!(["Task.Manage"]))).await;
        let added = manager.call("add_person", &json!({ "name": "eve", "email": null, "roles": ["Task.Read"] })).await;
        assert_eq!(added.verdict(), "422 invalid", "no password beside the issuer: {}", added.text());
    });
}
