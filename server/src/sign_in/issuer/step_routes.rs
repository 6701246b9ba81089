//! The pages after the password: the code, another password, another telephone.
//!
//! Every page is the answer to a form, and names how far the sign-in has come by an opaque id in the next form.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};

use super::pages::Entering;
use super::people::{LocalPerson, NotSet};
use super::proving::{NotIn, Stuck};
use super::routes::{BUSY, Marked, back_with_code, html, is_own_form, marked, one, refused, unavailable};
use super::second::Used;
use super::steps::{Found, Goal, State as At, Step};
use super::tokens::Holder;
use super::{Issuer, pages, qr, step_pages};
use crate::gate::client_address;

/// The pages, without the path of the issuer.
pub(super) fn routes() -> Router<Arc<Issuer>> {
    Router::new()
        .route("/password/change", get(ask_old_password).post(enter_to_change))
        .route("/password/new", post(new_password))
        .route("/second-step", get(ask_before_telephone).post(enter_for_telephone))
        .route("/code", post(code))
        .route("/code/confirm", post(confirm))
        .route("/code/go-on", post(go_on))
}

/// Judges name and password, and gives the page that comes next; `again` makes the page that asks for them once more.
pub(super) async fn enter(
    issuer: &Issuer,
    headers: &HeaderMap,
    (name, password): (&str, String),
    goal: Goal,
    again: impl Fn(&str) -> String,
) -> Response {
    match issuer.people.check(name, password, client_address(headers)).await {
        Ok(person) => entered(issuer, person, goal).await,
        Err(NotIn::Wrong) => {
            let page = again("The name or the password is wrong.");
            marked(html(StatusCode::UNAUTHORIZED, page), Marked::WrongPassword)
        }
        Err(NotIn::Wait(seconds)) => {
            marked(html(StatusCode::TOO_MANY_REQUESTS, again(&wait(seconds))), Marked::WrongPassword)
        }
        Err(NotIn::Unavailable) => unavailable(),
    }
}

async fn entered(issuer: &Issuer, person: LocalPerson, goal: Goal) -> Response {
    let state = issuer.first_state(&person, &goal);
    let password = Step::mark(person.password.as_deref());
    let holder = Holder::of(person, issuer.clock.now().as_second(), false);
    if let (At::Proved, Goal::SignIn { request }) = (&state, &goal) {
        return back_with_code(issuer, holder, request).await;
    }
    let name = holder.name.clone();
    let Ok(id) = issuer.steps.begin(holder, password, goal, state.clone()).await else { return unavailable() };
    html(StatusCode::OK, page_at(issuer, &state, &id, &name, None))
}

/// The page that a state waits for.
fn page_at(issuer: &Issuer, state: &At, id: &str, name: &str, wrong: Option<&str>) -> String {
    match state {
        At::Code => step_pages::code(id, name, wrong),
        At::Enrolling { secret, .. } => {
            let address = secret.address(name, &issuer.instance);
            let shown =
                step_pages::Shown { picture: qr::picture(&address), secret: &secret.in_groups(), address: &address };
            step_pages::enrol(id, name, &shown, wrong)
        }
        At::Proved => step_pages::new_password(id, name, wrong),
    }
}

const CHANGE: Entering<'static> = Entering {
    title: "Change your password",
    intro: "First sign in as always, with the password that you have now.",
    action: "/issuer/password/change",
};

const TELEPHONE: Entering<'static> = Entering {
    title: "Second step at sign-in",
    intro: "A telephone that shows a code at every sign-in, the first one or another one. First sign in as always.",
    action: "/issuer/second-step",
};

async fn ask_old_password(RawQuery(query): RawQuery) -> Response {
    html(StatusCode::OK, pages::enter(&CHANGE, &given_name(query), None))
}

async fn ask_before_telephone(RawQuery(query): RawQuery) -> Response {
    html(StatusCode::OK, pages::enter(&TELEPHONE, &given_name(query), None))
}

/// The name that the way here brought along, to be corrected by whoever it is not.
fn given_name(query: Option<String>) -> String {
    one(&query.unwrap_or_default(), "name").ok().flatten().unwrap_or_default().chars().take(64).collect()
}

async fn enter_to_change(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Response {
    enter_for(&issuer, &headers, &form, &CHANGE, Goal::Password).await
}

async fn enter_for_telephone(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Response {
    enter_for(&issuer, &headers, &form, &TELEPHONE, Goal::Telephone).await
}

async fn enter_for(
    issuer: &Issuer,
    headers: &HeaderMap,
    form: &Bytes,
    entering: &Entering<'_>,
    goal: Goal,
) -> Response {
    if !is_own_form(issuer, headers) {
        return refused(FOREIGN);
    }
    let form = Form::of(form);
    let name = form.field("name");
    let again = |wrong: &str| pages::enter(entering, &name, Some(wrong));
    enter(issuer, headers, (&name, form.field("password")), goal, again).await
}

async fn code(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Response {
    if !is_own_form(&issuer, &headers) {
        return refused(FOREIGN);
    }
    let form = Form::of(&form);
    match issuer.prove(&form.field("step"), &form.field("code"), client_address(&headers)).await {
        Ok((found, Used::Code)) => next(&issuer, found).await,
        Ok((found, Used::Recovery { .. })) if matches!(found.step.goal, Goal::Telephone) => next(&issuer, found).await,
        Ok((found, Used::Recovery { left })) => {
            html(StatusCode::OK, step_pages::recovered(&found.id, &found.step.holder.name, left))
        }
        Err(stuck) => stuck_page(&issuer, stuck),
    }
}

async fn confirm(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Response {
    if !is_own_form(&issuer, &headers) {
        return refused(FOREIGN);
    }
    let form = Form::of(&form);
    match issuer.enrol(&form.field("step"), &form.field("code"), client_address(&headers)).await {
        Ok((found, codes)) => {
            let goes_on = !matches!(found.step.goal, Goal::Telephone);
            html(StatusCode::OK, step_pages::recovery_codes(&found.id, &found.step.holder.name, &codes, goes_on))
        }
        Err(stuck) => stuck_page(&issuer, stuck),
    }
}

async fn go_on(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Response {
    if !is_own_form(&issuer, &headers) {
        return refused(FOREIGN);
    }
    let form = Form::of(&form);
    let id = form.field("step");
    if form.field("then") == "another" {
        return enrol_page(&issuer, &id).await;
    }
    match issuer.at(&id, |state| matches!(state, At::Proved)).await {
        Ok(found) => next(&issuer, found).await,
        Err(stuck) => stuck_page(&issuer, stuck),
    }
}

/// Where somebody goes who owes nothing any more.
async fn next(issuer: &Issuer, found: Found) -> Response {
    match found.step.goal {
        Goal::SignIn { .. } => match issuer.arrive(&found.id).await {
            Ok(Step { goal: Goal::SignIn { request }, holder, .. }) => back_with_code(issuer, holder, &request).await,
            Ok(_) => refused(NO_STEP),
            Err(stuck) => stuck_page(issuer, stuck),
        },
        Goal::Password => html(StatusCode::OK, step_pages::new_password(&found.id, &found.step.holder.name, None)),
        Goal::Telephone => enrol_page(issuer, &found.id).await,
    }
}

async fn enrol_page(issuer: &Issuer, id: &str) -> Response {
    match issuer.another_telephone(id).await {
        Ok(found) => html(StatusCode::OK, page_at(issuer, &found.step.state, id, &found.step.holder.name, None)),
        Err(stuck) => stuck_page(issuer, stuck),
    }
}

async fn new_password(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Response {
    if !is_own_form(&issuer, &headers) {
        return refused(FOREIGN);
    }
    let form = Form::of(&form);
    let (id, password) = (form.field("step"), form.field("password"));
    let name = match issuer.at(&id, |state| matches!(state, At::Proved)).await {
        Ok(found) => found.step.holder.name,
        Err(stuck) => return stuck_page(&issuer, stuck),
    };
    let again = |wrong: &str| html(StatusCode::UNPROCESSABLE_ENTITY, step_pages::new_password(&id, &name, Some(wrong)));
    if password != form.field("again") {
        return again("The two passwords are not the same.");
    }
    match issuer.change_password(&id, password).await {
        Ok(subject) => {
            let page = pages::plain("Your password is changed", &[CHANGED], Some(("/", "Go to Clew")));
            marked(html(StatusCode::OK, page), Marked::PasswordChanged(subject))
        }
        Err(NotSet::Weak(weak)) => again(weak.sentence()),
        Err(NotSet::Busy) => again(BUSY),
        Err(NotSet::NoLink) => refused(NO_STEP),
        Err(NotSet::Unavailable) => unavailable(),
    }
}

const CHANGED: &str = "Everywhere else where you were signed in, you are out. You can close this page.";
const FOREIGN: &str = "The form was not sent from this page.";
const NO_STEP: &str = "It took longer than ten minutes, went on in another window, or has ended already.";

fn wait(seconds: u64) -> String {
    format!("Too many tries. Wait {seconds} seconds, then try again.")
}

fn stuck_page(issuer: &Issuer, stuck: Stuck) -> Response {
    let again = |found: &Found, status, wrong: &str| {
        let page = page_at(issuer, &found.step.state, &found.id, &found.step.holder.name, Some(wrong));
        marked(html(status, page), Marked::WrongCode)
    };
    match stuck {
        Stuck::NoStep => refused(NO_STEP),
        Stuck::Wrong(found) => again(&found, StatusCode::UNAUTHORIZED, "The code is wrong, or was used already."),
        Stuck::Wait(found, seconds) => again(&found, StatusCode::TOO_MANY_REQUESTS, &wait(seconds)),
        Stuck::Unavailable => unavailable(),
    }
}

/// A form as it was sent.
struct Form(String);

impl Form {
    fn of(bytes: &Bytes) -> Self {
        Self(String::from_utf8_lossy(bytes).into_owned())
    }

    /// A field; empty when it is absent or there twice.
    fn field(&self, name: &str) -> String {
        one(&self.0, name).ok().flatten().unwrap_or_default()
    }
}
