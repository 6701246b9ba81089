//! Roles out of a token that was verified: the configured ways to claims, and what their values mean here.
//!
//! An issuer may name groups by its own ids. `CLEW_OIDC_ROLES_MAP` says which role such a value stands for; a value
//! that is not in it is a role by itself. A claim that is absent or malformed gives no roles, and nothing gives a role
//! by default. A claim that the issuer left out because there are too many values is no absent one: it is refused, with
//! what to do, because whoever has most roles would come in with none.

use access::AppRole;
use serde_json::Value;
use wire::set_up::{ClaimFound, ClaimValue};
use wire::{Code, Fault};

/// The most values that are taken from one claim.
const MOST_VALUES: usize = 500;
/// Entra ID says with these that it left groups out (OpenID Connect Core 1.0, section 5.6.2, names the first).
const LEFT_OUT: &str = "_claim_names";
const HAS_GROUPS: &str = "hasgroups";

/// Finds roles in a token.
#[derive(Debug, Clone, Default)]
pub(super) struct Roles {
    /// The ways through nested objects to the claims; what each gives adds up.
    pub(super) ways: Vec<Vec<String>>,
    /// Values of the claims, and the role that each stands for; a value may stand for several.
    pub(super) map: Vec<(String, AppRole)>,
}

impl Roles {
    /// The roles at the ends of the configured ways; each a list of texts, or one text.
    pub(super) fn of(&self, payload: &Value) -> Vec<AppRole> {
        self.explained(payload).values.into_iter().flat_map(|value| value.roles).collect()
    }

    /// Refuses a token whose issuer left one of the claims out because the person is in too many groups.
    ///
    /// # Errors
    /// [`Fault`] `Forbidden`, with what whoever runs the issuer can do.
    pub(super) fn refuse_overage(&self, payload: &Value) -> Result<(), Fault> {
        let Some(claim) = self.ways.iter().find(|way| is_left_out(payload, way)) else { return Ok(()) };
        let claim = claim.join(".");
        tracing::warn!(claim, "the issuer left the groups of a person out of the token because there are too many");
        Err(Fault::new(
            Code::Forbidden,
            format!("The sign-in service left \"{claim}\" out because you are in too many groups."),
            "Ask your administrator to use app roles instead: give the roles Task.* of the app registration to groups, and \
             set CLEW_OIDC_ROLES_CLAIM=roles; or to let the token carry only groups that are assigned to the application.",
        ))
    }

    /// The roles, with where each comes from.
    pub(super) fn explained(&self, payload: &Value) -> Explained {
        let mut explained = Explained { found: ClaimFound::Absent, values: Vec::new(), left_out: 0 };
        for end in self.ways.iter().filter_map(|way| find(payload, way)) {
            let (found, texts, all): (_, Vec<&str>, usize) = match end {
                Value::Array(list) => {
                    (ClaimFound::List, list.iter().filter_map(Value::as_str).take(MOST_VALUES).collect(), list.len())
                }
                Value::String(one) => (ClaimFound::Text, vec![one], 1),
                _ => (ClaimFound::Unfit, Vec::new(), 0),
            };
            // Of several claims, one that can be read says more than one that cannot.
            if explained.values.is_empty() {
                explained.found = found;
            }
            explained.left_out += (all - texts.len()) as u64;
            explained.values.extend(texts.into_iter().map(|text| self.meaning(text)));
        }
        explained
    }

    fn meaning(&self, text: &str) -> ClaimValue {
        let stands_for = self.map.iter().filter(|(value, _)| value == text).map(|(_, role)| role.clone());
        let roles: Vec<AppRole> = stands_for.collect();
        let mapped = !roles.is_empty();
        let roles = if mapped { roles } else { AppRole::new(text).into_iter().collect() };
        ClaimValue { value: text.to_owned(), mapped, roles }
    }
}

/// What is found at the end of the configured way.
pub(super) struct Explained {
    /// What kind of thing it is.
    pub(super) found: ClaimFound,
    /// Each text of it.
    pub(super) values: Vec<ClaimValue>,
    /// What is no text, or behind the most that are read.
    pub(super) left_out: u64,
}

/// Follows a way. A name may have dots of its own, as `https://clew.example.org/roles` or a client called `my.client`: the
/// shortest name that is there is taken first.
fn find<'v>(inside: &'v Value, way: &[String]) -> Option<&'v Value> {
    if way.is_empty() {
        return Some(inside);
    }
    (1..=way.len()).find_map(|length| {
        let (name, rest) = way.split_at_checked(length)?;
        find(inside.get(name.join("."))?, rest)
    })
}

fn is_left_out(payload: &Value, way: &[String]) -> bool {
    let Some(first) = way.first().filter(|_| find(payload, way).is_none()) else { return false };
    let is_named = payload.get(LEFT_OUT).and_then(|names| names.get(first)).is_some();
    is_named || (first == "groups" && payload.get(HAS_GROUPS).and_then(Value::as_bool).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn roles(ways: &[&str], map: &[(&str, &str)]) -> Roles {
        let ways = ways.iter().map(|way| way.split('.').map(str::to_owned).collect()).collect();
        let map = map.iter().map(|(value, role)| ((*value).to_owned(), AppRole::new(*role).unwrap())).collect();
        Roles { ways, map }
    }

    fn of(token: &Value, ways: &[&str], map: &[(&str, &str)]) -> Vec<String> {
        roles(ways, map).of(token).iter().map(|role| role.as_str().to_owned()).collect()
    }

    #[test]
    fn roles_come_from_the_configured_ways_and_nowhere_else() {
        let token = json!({
            "roles": ["Task.Read", 7, "Task.Audit"],
            "resource_access": { "clew": { "roles": "Task.Manage" } },
            "realm_access": { "roles": ["Bank.Analyst"] },
            "groups": { "a": 1 },
        });
        assert_eq!(of(&token, &["roles"], &[]), ["Task.Read", "Task.Audit"]);
        assert_eq!(of(&token, &["resource_access.clew.roles"], &[]), ["Task.Manage"]);
        let both = ["realm_access.roles", "resource_access.clew.roles"];
        assert_eq!(of(&token, &both, &[]), ["Bank.Analyst", "Task.Manage"], "realm and client roles add up");
        assert!(of(&token, &["groups"], &[]).is_empty());
        assert!(of(&token, &["absent.way"], &[]).is_empty());
    }

    #[test]
    fn a_name_may_have_dots_of_its_own() {
        let token = json!({
            "https://clew.example.org/roles": ["Task.Read"],
            "resource_access": { "my.client": { "roles": ["Task.Manage"] } },
        });
        assert_eq!(of(&token, &["https://clew.example.org/roles"], &[]), ["Task.Read"]);
        assert_eq!(of(&token, &["resource_access.my.client.roles"], &[]), ["Task.Manage"]);
    }

    #[test]
    fn a_value_stands_for_what_the_map_says_and_else_for_itself() {
        let token = json!({ "groups": ["6f1d", "/clew/auditors", "Bank.Analyst", "6F1D"] });
        let map = [("6f1d", "Task.Manage"), ("/clew/auditors", "Task.Audit"), ("6f1d", "Task.Read")];
        let expected = ["Task.Manage", "Task.Read", "Task.Audit", "Bank.Analyst", "6F1D"];
        let found = of(&token, &["groups"], &map);
        assert_eq!(found, expected, "letter for letter, and a value that is mapped is no role");
        let none = of(&token, &["roles"], &map);
        assert!(none.is_empty(), "the map gives nothing to whom the issuer names nothing for");
    }

    #[test]
    fn groups_that_the_issuer_left_out_are_refused_and_absent_ones_are_not() {
        let named = json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": {} } });
        let hinted = json!({ "hasgroups": true });
        for token in [&named, &hinted] {
            let fault = roles(&["groups"], &[]).refuse_overage(token).unwrap_err();
            assert!(fault.remedy.contains("CLEW_OIDC_ROLES_CLAIM=roles"), "{fault}");
            assert!(roles(&["roles"], &[]).refuse_overage(token).is_ok(), "another claim is asked for");
        }
        let whole = json!({ "groups": ["a"], "hasgroups": true });
        for token in [json!({}), json!({ "hasgroups": false }), whole] {
            assert!(roles(&["groups"], &[]).refuse_overage(&token).is_ok(), "{token}");
        }
    }
}
