//! `/sign-in` and `/sign-in/callback`: out to the issuer and back, with one audit entry for each arrival; `/sign-in/desktop` for
//! the desktop program; and, for an issuer elsewhere, `/sign-in/back-channel`.

use std::net::IpAddr;
use std::sync::Arc;

use access::{Action, Caller, Decision, Need, PersonId};
use axum::Router;
use axum::extract::{DefaultBodyLimit, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use subtle::ConstantTimeEq;
use wire::desktop::Asked;
use wire::{Code, Fault};

use super::flow::Flow;
use super::fresh::Freshness;
use super::issuer::Marked;
use super::known::Known;
use super::refusal::{Reason, Refusal};
use super::session::{SessionBody, session_name};
use super::{Arrived, back_channel, desktop, issuer, known, own_password};
use crate::Server;
use crate::audit;
use crate::gate;
use crate::store::Outcome;

/// The routes of signing in, with those of the embedded issuer if it is in use.
pub fn routes(server: &Arc<Server>) -> Router<Arc<Server>> {
    let routes = Router::new()
        .route("/sign-in", get(leave))
        .route("/sign-in/callback", get(come_back))
        .route("/sign-in/style.css", get(style))
        .route(wire::desktop::PATH, get(leave_for_desktop))
        .route(wire::desktop::TRADE_PATH, post(desktop::trade).layer(DefaultBodyLimit::max(MOST_TRADE_BYTES)))
        .route(wire::desktop::ROTATE_PATH, post(desktop::rotate).layer(DefaultBodyLimit::max(MOST_TRADE_BYTES)));
    match server.sign_in.issuer() {
        Some(issuer) => {
            let follow = middleware::from_fn_with_state(server.clone(), follow_up);
            routes.nest_service(issuer::PATH, issuer::routes(issuer).layer(follow))
        }
        None => {
            let form = DefaultBodyLimit::max(back_channel::MOST_FORM_BYTES);
            routes.route("/sign-in/back-channel", post(back_channel::hear).layer(form))
        }
    }
}

/// More than a code and a verifier take.
const MOST_TRADE_BYTES: usize = 4 << 10;

/// What follows from an answer of the issuer. Wrong passwords and codes are counted in the audit log: one entry for each
/// address and minute, without what was typed.
async fn follow_up(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let count = |call| gate::client_address(&headers).map(|address| server.audit.refused(address, call));
    match response.extensions().get::<Marked>() {
        Some(Marked::WrongPassword) => count("wrong_password").unwrap_or_default(),
        Some(Marked::WrongCode) => count("wrong_code").unwrap_or_default(),
        Some(Marked::PasswordChanged(subject)) => {
            if let Err(fault) = own_password::end_others(&server, &headers, subject).await {
                return page(&fault);
            }
        }
        None => {}
    }
    response
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], issuer::pages::STYLE).into_response()
}

/// Leaves for the issuer.
async fn leave(State(server): State<Arc<Server>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let return_to = parameter(&query, "return").ok().flatten().unwrap_or_default();
    go(begin(&server, &return_to, is_fresh(&query), None, gate::client_address(&headers)).await)
}

/// The same, for the desktop program.
async fn leave_for_desktop(
    State(server): State<Arc<Server>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    match desktop::asked(&query) {
        Ok(asked) => go(begin(&server, "", is_fresh(&query), Some(asked), gate::client_address(&headers)).await),
        Err(fault) => page(&fault),
    }
}

fn go(begun: Result<(String, HeaderValue), Fault>) -> Response {
    match begun {
        Ok((address, cookie)) => redirect(&address, vec![cookie]),
        Err(fault) => page(&fault),
    }
}

fn is_fresh(query: &str) -> bool {
    parameter(query, FRESH).is_ok_and(|fresh| fresh.is_some())
}

async fn begin(
    server: &Server,
    return_to: &str,
    fresh: bool,
    desktop: Option<Asked>,
    from: Option<IpAddr>,
) -> Result<(String, HeaderValue), Fault> {
    if let Err(seconds) = server.sign_in.leaving.count(from, server.clock.monotonic()) {
        let remedy = format!("Wait {seconds} seconds, then sign in again.");
        return Err(Fault::new(Code::Busy, "Too many sign-ins were begun from your address.", remedy));
    }
    let (flow, cookie) = server.sign_in.flows.begin(return_to, fresh, desktop).await?;
    let address = server.sign_in.party.sign_in_address(&flow).await?;
    Ok((address.into(), cookie))
}

/// The parameter of `/sign-in` that makes the issuer ask for the password.
const FRESH: &str = "fresh";

/// How somebody who comes back from the issuer goes on.
enum Entry {
    /// To this page, with this session.
    In(String, HeaderValue),
    /// To the desktop program, with this code, in the name of this person.
    Desktop(Asked, String, String),
    /// To the issuer once more, by this address.
    Again(String),
}

fn asked_again(Flow { return_to, desktop, .. }: &Flow) -> String {
    if let Some(asked) = desktop {
        return format!("{}?{}&{FRESH}=1", wire::desktop::PATH, asked.query());
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair(FRESH, "1")
        .append_pair("return", return_to)
        .finish();
    format!("/sign-in?{query}")
}

/// Comes back from the issuer.
async fn come_back(State(server): State<Arc<Server>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let forget = server.sign_in.flows.forget();
    match arrive(&server, query.as_deref().unwrap_or_default(), &headers).await {
        Ok(Entry::In(return_to, session)) => redirect(&return_to, vec![forget, session]),
        Ok(Entry::Desktop(asked, code, name)) => {
            let mut response = desktop::confirm(&asked, &name, &code);
            response.headers_mut().append(header::SET_COOKIE, forget);
            response
        }
        Ok(Entry::Again(address)) => redirect(&address, vec![forget]),
        Err(fault) => {
            let mut response = page(&fault);
            response.headers_mut().append(header::SET_COOKIE, forget);
            response
        }
    }
}

async fn arrive(server: &Server, query: &str, headers: &HeaderMap) -> Result<Entry, Fault> {
    let arrived = match check_and_believe(server, query, headers).await {
        Ok(arrived) => arrived,
        Err(refusal) => {
            // Nobody is known yet: counted, so that nobody can fill the log.
            gate::count_refusal_because(server, headers, "sign_in", Some(refusal.reason.as_str()));
            return Err(refusal.fault);
        }
    };
    let (claimed, roles) = (arrived.believed.claimed, arrived.believed.roles);
    let person = server.people.welcome(&server.keeper, claimed, &roles).await?;
    let caller = Caller::new(person.id.clone(), roles.iter().cloned());
    let policy = server.keeper.current().policy_for(&caller);
    let is_desktop = arrived.flow.desktop.is_some();
    let details = serde_json::json!({ "roles": roles, "name": person.name, "desktop": is_desktop });
    let signed_in = |details| entry(person.id.as_str(), "sign_in", details);
    if policy.decide(&caller, &Need::instance(Action::SignIn)) != Decision::Allow {
        let refused = signed_in(details).because("none of these roles opens Clew");
        server.audit.note(refused, Outcome::Denied).await?;
        return Err(no_role(&person.name));
    }
    match server.sign_in.fresh.judge(&person.id, &arrived.flow, arrived.believed.auth_time).await? {
        Freshness::Enough => {}
        Freshness::AskAgain => return Ok(Entry::Again(asked_again(&arrived.flow))),
        Freshness::NotAsked => {
            let refused = signed_in(details).because("the issuer did not ask for the password");
            server.audit.note(refused, Outcome::Denied).await?;
            return Err(not_fresh());
        }
        Freshness::Unsaid => {
            let refused = signed_in(details).because("the issuer sends no auth_time");
            server.audit.note(refused, Outcome::Denied).await?;
            return Err(unsaid());
        }
    }
    server.audit.note(signed_in(details), Outcome::Done).await?;
    let (address, agent) = known::origin(headers);
    let body = SessionBody {
        name: person.name,
        email: person.email,
        roles,
        tokens: Some(arrived.believed.tokens),
        address,
        agent,
        at_issuer: arrived.believed.at_issuer,
        is_desktop,
        ..SessionBody::default()
    };
    if let Some(asked) = arrived.flow.desktop {
        let name = body.name.clone();
        let code = server.sign_in.codes.give(&asked, &person.id, body).await?;
        return Ok(Entry::Desktop(asked, code, name));
    }
    let cookie = open(server, headers, &person.id, &body).await?;
    Ok(Entry::In(arrived.flow.return_to, cookie))
}

/// A new session at every sign-in. An older one of this browser ends here, and the oldest where there are too many, each
/// with what it holds at the issuer and an entry in the name of whose it was.
async fn open(
    server: &Server,
    headers: &HeaderMap,
    person: &PersonId,
    body: &SessionBody,
) -> Result<HeaderValue, Fault> {
    if let Ok(old) = server.sessions.find(headers).await {
        let tokens = server.sessions.tokens(old.session).await?;
        let details = serde_json::json!({ "session": old.session_name() });
        let replaced = entry(old.caller.person.as_str(), "replace_session", details);
        server.audit.note(replaced, Outcome::Done).await?;
        server.sessions.end(old.session).await?;
        server.sign_in.revoke(tokens).await?;
    }
    let opened = server.sessions.open(person, body, server.clock.now()).await?;
    let cookie = server.sessions.cookie(&opened);
    note_ended(server, opened.ended).await?;
    Ok(cookie)
}

/// Writes down which sessions ended for a newer one, and gives back what they hold at the issuer.
pub(super) async fn note_ended(server: &Server, ended: Vec<Known>) -> Result<(), Fault> {
    for oldest in ended {
        let details = serde_json::json!({ "session": session_name(&oldest.hash) });
        server.audit.note(entry(&oldest.person, "end_oldest_session", details), Outcome::Done).await?;
        server.sign_in.revoke(oldest.body.tokens).await?;
    }
    Ok(())
}

pub(super) fn entry(person: &str, call: &str, details: serde_json::Value) -> audit::Entry {
    audit::Entry { person: person.to_owned(), call: call.to_owned(), project: String::new(), details }
}

async fn check_and_believe(server: &Server, query: &str, headers: &HeaderMap) -> Result<Arrived, Refusal> {
    let refuse = |reason: Reason, sentence| Err(reason.with(Fault::new(Code::Forbidden, sentence, "Begin again.")));
    let flow = server.sign_in.flows.finish(headers).await.map_err(|error| Reason::Failed.with(error.into()))?;
    let Some(flow) = flow else {
        return refuse(Reason::Flow, "This sign-in was not begun in this browser, or it took longer than ten minutes.");
    };
    let malformed = |fault| Reason::Malformed.with(fault);
    let state = parameter(query, "state").map_err(malformed)?.unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(flow.state.as_bytes())) {
        return refuse(Reason::State, "The answer does not belong to this sign-in.");
    }
    let party = &server.sign_in.party;
    let is_from_issuer = match parameter(query, "iss").map_err(malformed)? {
        Some(issuer) => issuer == party.issuer(),
        None => !party.names_itself().await.map_err(|fault| Reason::Unreachable.with(fault))?,
    };
    if !is_from_issuer {
        return refuse(Reason::Issuer, "The answer comes from another sign-in service.");
    }
    if parameter(query, "error").map_err(malformed)?.is_some() {
        return refuse(Reason::Denied, "The sign-in service refused the sign-in, or you left it.");
    }
    let no_code = || malformed(Fault::new(Code::Malformed, "The answer carries no code.", "Begin again."));
    let code = parameter(query, "code").map_err(malformed)?.ok_or_else(no_code)?;
    let believed = party.believe(&flow, code).await?;
    Ok(Arrived { believed, flow })
}

/// A parameter of a query; one that is there twice is refused, because two parsers might read two different values.
pub(super) fn parameter(query: &str, name: &str) -> Result<Option<String>, Fault> {
    let mut found = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    match (found.next(), found.next()) {
        (_, Some(_)) => {
            Err(Fault::new(Code::Malformed, format!("The answer carries \"{name}\" twice."), "Begin again."))
        }
        (first, None) => Ok(first.map(|(_, value)| value.into_owned())),
    }
}

fn redirect(address: &str, cookies: Vec<HeaderValue>) -> Response {
    let Ok(address) = HeaderValue::from_str(address) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn not_fresh() -> Fault {
    Fault::new(
        Code::Forbidden,
        "Your sessions were ended, and the sign-in service did not ask for your password anew.",
        "Sign out there, then sign in again; if it lasts, tell your administrator.",
    )
}

fn unsaid() -> Fault {
    Fault::new(
        Code::Forbidden,
        "Your sessions were ended, and the sign-in service does not say when it asked for your password.",
        "Tell your administrator: the issuer must send the claim auth_time, or CLEW_OIDC_AUTH_TIME must say that it never does.",
    )
}

fn no_role(name: &str) -> Fault {
    Fault::new(
        Code::Forbidden,
        format!("{name}, you are known here but have no role that lets you in."),
        "Ask your administrator for the role Task.Read, Task.Manage or Task.Audit.",
    )
}

/// A page that says what went wrong, with the one thing to do.
fn page(fault: &Fault) -> Response {
    let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = issuer::pages::plain("Sign-in", &[&fault.sentence, &fault.remedy], Some(("/sign-in", "Sign in again")));
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}
