//! Whether an issuer vouches for a person's e-mail address. Only such an address binds a grant that waits for it.
//!
//! | the token | the address |
//! |---|---|
//! | `email_verified` (OpenID Connect Core 1.0, section 5.1) | is vouched for where it is `true`, and not where it is anything else |
//! | `xms_edov` (Entra ID: the domain's owner was verified) | the same, for `true` and `1`, also as texts |
//! | neither | is vouched for where its domain is one of `CLEW_OIDC_EMAIL_TRUSTED_DOMAINS` |
//!
//! An issuer that says no is not overruled by a setting.

use serde_json::Value;

/// Whether the address of these claims is vouched for.
pub(super) fn is_verified(claims: &Value, trusted_domains: &[String]) -> bool {
    let said = |name: &str| claims.get(name).filter(|said| !said.is_null());
    match (said("email_verified"), said("xms_edov")) {
        (Some(verified), _) => *verified == Value::Bool(true),
        (None, Some(owner)) => is_yes(owner),
        (None, None) => domain(claims).is_some_and(|domain| is_one_of(domain, trusted_domains)),
    }
}

fn is_yes(said: &Value) -> bool {
    match said {
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_u64() == Some(1),
        Value::String(text) => text == "1" || text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// What stands behind the one `@` of the address; none where it has not exactly one.
fn domain(claims: &Value) -> Option<&str> {
    let (local, domain) = claims.get("email")?.as_str()?.split_once('@')?;
    (!local.is_empty() && !domain.contains('@')).then_some(domain)
}

fn is_one_of(domain: &str, trusted: &[String]) -> bool {
    trusted.iter().any(|trusted| trusted.eq_ignore_ascii_case(domain))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::is_verified;

    #[test]
    fn an_address_is_vouched_for_by_a_claim_or_else_by_its_domain() {
        let trusted = ["bank.example".to_owned()];
        let table: [(Value, bool); 22] = [
            (json!({ "email": "a@bank.example", "email_verified": true }), true),
            (json!({ "email": "a@x.example", "email_verified": true }), true),
            (json!({ "email": "a@bank.example", "email_verified": false }), false),
            (json!({ "email": "a@bank.example", "email_verified": "true" }), false),
            (json!({ "email": "a@bank.example", "email_verified": false, "xms_edov": true }), false),
            (json!({ "email": "a@x.example", "xms_edov": true }), true),
            (json!({ "email": "a@x.example", "xms_edov": 1 }), true),
            (json!({ "email": "a@x.example", "xms_edov": "1" }), true),
            (json!({ "email": "a@x.example", "xms_edov": "true" }), true),
            (json!({ "email": "a@x.example", "xms_edov": "True" }), true),
            (json!({ "email": "a@bank.example", "xms_edov": false }), false),
            (json!({ "email": "a@bank.example", "xms_edov": 0 }), false),
            (json!({ "email": "a@bank.example", "xms_edov": "0" }), false),
            (json!({ "email": "a@bank.example", "xms_edov": ["true"] }), false),
            (json!({ "email": "a@BANK.example" }), true),
            (json!({ "email": "a@sub.bank.example" }), false),
            (json!({ "email": "a@evilbank.example" }), false),
            (json!({ "email": "a@bank.example@x.example" }), false),
            (json!({ "email": "a@x.example@bank.example" }), false),
            (json!({ "email": "@bank.example" }), false),
            (json!({ "email": "bank.example" }), false),
            (json!({ "email": 5 }), false),
        ];
        for (claims, expected) in table {
            assert_eq!(is_verified(&claims, &trusted), expected, "{claims}");
        }
        assert!(!is_verified(&json!({ "email": "a@bank.example" }), &[]), "no domain is trusted by itself");
    }
}
