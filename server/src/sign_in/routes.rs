//! `/sign-in` and `/sign-in/callback`: out to the issuer and back, with one audit entry for each arrival; and, for an
//! issuer elsewhere, `/sign-in/back-channel`.

use std::net::IpAddr;
use std::sync::Arc;

use access::{Action, Caller, Decision, Need};
use axum::Router;
use axum::extract::{DefaultBodyLimit, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use subtle::ConstantTimeEq;
use wire::{Code, Fault};

use super::fresh::Freshness;
use super::issuer::Marked;
use super::session::SessionBody;
use super::{Arrived, back_channel, issuer, known, own_password};
use crate::Server;
use crate::audit;
use crate::gate;
use crate::store::Outcome;

/// The routes of signing in, with those of the embedded issuer if it is in use.
pub fn routes(server: &Arc<Server>) -> Router<Arc<Server>> {
    let routes = Router::new()
        .route("/sign-in", get(leave))
        .route("/sign-in/callback", get(come_back))
        .route("/sign-in/style.css", get(style));
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
    let fresh = parameter(&query, FRESH).is_ok_and(|fresh| fresh.is_some());
    match begin(&server, &return_to, fresh, gate::client_address(&headers)).await {
        Ok((address, cookie)) => redirect(&address, vec![cookie]),
        Err(fault) => page(&fault),
    }
}

async fn begin(
    server: &Server,
    return_to: &str,
    fresh: bool,
    from: Option<IpAddr>,
) -> Result<(String, HeaderValue), Fault> {
    if let Err(seconds) = server.sign_in.leaving.count(from, server.clock.monotonic()) {
        let remedy = format!("Wait {seconds} seconds, then sign in again.");
        return Err(Fault::new(Code::Busy, "Too many sign-ins were begun from your address.", remedy));
    }
    let (flow, cookie) = server.sign_in.flows.begin(return_to, fresh).await?;
    let address = server.sign_in.party.sign_in_address(&flow).await?;
    Ok((address.into(), cookie))
}

/// The parameter of `/sign-in` that makes the issuer ask for the password.
const FRESH: &str = "fresh";

/// How somebody who comes back from the issuer goes on.
enum Entry {
    /// To this page, with this session.
    In(String, HeaderValue),
    /// To the issuer once more, and then to this page.
    Again(String),
}

fn asked_again(return_to: &str) -> String {
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
        Ok(Entry::Again(return_to)) => redirect(&asked_again(&return_to), vec![forget]),
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
        Err(fault) => {
            // Nobody is known yet: counted, so that nobody can fill the log.
            gate::count_refusal(server, headers, "sign_in");
            return Err(fault);
        }
    };
    let (claimed, roles) = (arrived.believed.claimed, arrived.believed.roles);
    let person = server.people.welcome(&server.keeper, claimed, &roles).await?;
    let caller = Caller::new(person.id.clone(), roles.iter().cloned());
    let policy = server.keeper.current().policy_for(&caller);
    let details = serde_json::json!({ "roles": roles, "name": person.name });
    if policy.decide(&caller, &Need::instance(Action::SignIn)) != Decision::Allow {
        let refused = entry(person.id.as_str(), details).because("none of these roles opens Clew");
        server.audit.note(refused, Outcome::Denied).await?;
        return Err(no_role(&person.name));
    }
    match server.sign_in.fresh.judge(&person.id, &arrived.flow, arrived.believed.auth_time).await? {
        Freshness::Enough => {}
        Freshness::AskAgain => return Ok(Entry::Again(arrived.flow.return_to)),
        Freshness::NotAsked => {
            server.audit.note(entry(person.id.as_str(), details), Outcome::Denied).await?;
            return Err(not_fresh());
        }
    }
    server.audit.note(entry(person.id.as_str(), details), Outcome::Done).await?;
    let (address, agent) = known::origin(headers);
    let body = SessionBody {
        name: person.name,
        email: person.email,
        roles,
        tokens: Some(arrived.believed.tokens),
        address,
        agent,
        ..SessionBody::default()
    };
    // A new session at every sign-in; an older one of this browser ends here.
    if let Ok(old) = server.sessions.find(headers).await {
        server.sessions.end(old.session).await?;
    }
    Ok(Entry::In(arrived.flow.return_to, server.sessions.open(&person.id, &body).await?))
}

fn entry(person: &str, details: serde_json::Value) -> audit::Entry {
    audit::Entry { person: person.to_owned(), call: "sign_in".to_owned(), project: String::new(), details }
}

async fn check_and_believe(server: &Server, query: &str, headers: &HeaderMap) -> Result<Arrived, Fault> {
    let flow = server.sign_in.flows.finish(headers).await?.ok_or_else(|| {
        Fault::new(
            Code::Forbidden,
            "This sign-in was not begun in this browser, or it took longer than ten minutes.",
            "Begin again.",
        )
    })?;
    let state = parameter(query, "state")?.unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(flow.state.as_bytes())) {
        return Err(Fault::new(Code::Forbidden, "The answer does not belong to this sign-in.", "Begin again."));
    }
    let is_from_issuer = match parameter(query, "iss")? {
        Some(issuer) => issuer == server.sign_in.party.issuer(),
        None => !server.sign_in.party.names_itself().await?,
    };
    if !is_from_issuer {
        return Err(Fault::new(Code::Forbidden, "The answer comes from another sign-in service.", "Begin again."));
    }
    if parameter(query, "error")?.is_some() {
        return Err(Fault::new(
            Code::Forbidden,
            "The sign-in service refused the sign-in, or you left it.",
            "Begin again.",
        ));
    }
    let code = parameter(query, "code")?;
    let code = code.ok_or_else(|| Fault::new(Code::Malformed, "The answer carries no code.", "Begin again."))?;
    let believed = server.sign_in.party.believe(&flow, code).await?;
    Ok(Arrived { believed, flow })
}

/// A parameter of a query; one that is there twice is refused, because two parsers might read two different values.
fn parameter(query: &str, name: &str) -> Result<Option<String>, Fault> {
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
