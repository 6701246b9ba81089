//! The table: every request there is, its shape and its handler.
//!
//! Beside the table stands the closed list of what is served without it: `/healthz`, `/readyz`, `/csp-report`, the page and its
//! assets, `/sign-in*` and, when no external issuer is set, `/issuer/*`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::routing::{MethodRouter, post};

use crate::Server;
use crate::body::Incoming;
use crate::broker::Pieces;
use crate::gate::{self, Allowed, File};
use crate::handlers::{
    audit, data, environment, health, keeping, key, local, owner, people, project, query, rights, session, set_up,
    source, upload, view, work,
};
use wire::{Fault, Record, Request};

/// Every request there is.
pub fn table() -> Vec<Entry> {
    vec![
        call(session::who_am_i),
        call(session::keep_preferences),
        last_call(session::sign_out),
        call(people::my_sessions),
        call(people::end_my_session),
        call(people::end_my_other_sessions),
        call(people::people),
        call(people::sessions_of),
        call(people::end_session),
        call(people::end_sessions_of),
        call(people::end_all_sessions),
        call(local::add_person),
        call(local::set_person_roles),
        call(local::disable_person),
        call(local::reset_person),
        call(local::reset_second_factor),
        call(project::create_project),
        call(project::read_project),
        call(project::change_project),
        call(view::view_as),
        call(owner::projects_without_owner),
        call(owner::name_owner),
        call(key::key_state),
        call(key::roll_key),
        call(environment::environment),
        call(keeping::store_state),
        call(keeping::check_store),
        call(keeping::verify_backup),
        file(keeping::back_up),
        call(health::look_at_health),
        call(health::read_figures),
        call(set_up::sign_in_settings),
        call(set_up::try_issuer),
        call(set_up::try_claims),
        call(work::keep_work),
        call(work::read_work),
        call(source::source_kinds),
        call(source::test_source),
        call(source::save_source),
        call(rights::probe_rights),
        call(source::read_catalogue),
        call(source::suggest_model),
        call(query::check_query),
        stream(source::sample_table),
        body(upload::upload_file),
        call(upload::preview_file),
        call(upload::accept_file),
        stream(data::search),
        stream(data::run_query),
        stream(data::count_links),
        stream(data::expand),
        file(data::export_rows),
        call(data::announce_picture),
        call(audit::search_audit),
        call(audit::verify_audit),
        file(audit::export_audit),
    ]
}

/// One line of the table.
pub struct Entry {
    /// The request's name.
    pub name: &'static str,
    /// How it travels.
    pub shape: Shape,
    /// How it is written down.
    pub record: Record,
    /// How large its JSON may be.
    pub most_bytes: usize,
    route: MethodRouter<Arc<Server>>,
}

/// How a request travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// JSON in, JSON out.
    Call,
    /// JSON in, frames out.
    Stream,
    /// Bytes in, JSON out.
    Upload,
    /// A file out.
    Download,
}

impl Shape {
    /// The part of the path that stands for it.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Stream => "stream",
            Self::Upload => "upload",
            Self::Download => "download",
        }
    }
}

impl Entry {
    fn new<R: Request>(shape: Shape, route: MethodRouter<Arc<Server>>) -> Self {
        Self { name: R::NAME, shape, record: R::RECORD, most_bytes: R::MOST_BYTES, route }
    }

    /// The request's path.
    pub fn path(&self) -> String {
        format!("/api/{}/{}", self.shape.path(), self.name)
    }
}

/// The routes of the table.
pub fn routes() -> Router<Arc<Server>> {
    table().into_iter().fold(Router::new(), |router, entry| {
        let path = entry.path();
        router.route(&path, entry.route)
    })
}

fn call<C, Run, Fut>(run: Run) -> Entry
where
    C: wire::Call,
    Run: Fn(Arc<Server>, Allowed<C>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<C::Reply, Fault>> + Send + 'static,
{
    let handler = move |State(server): State<Arc<Server>>, headers: HeaderMap, body: Body| {
        let run = run.clone();
        async move { gate::call(server, headers, body, run).await }
    };
    Entry::new::<C>(Shape::Call, post(handler))
}

/// A call that ends the session that asks: the browser's cookie goes with it, and whatever this page has kept there, pages
/// that the browser could go back to among it.
/// Cookies as such are not cleared: that would sign people out of everything else under the same domain.
fn last_call<C, Run, Fut>(run: Run) -> Entry
where
    C: wire::Call,
    Run: Fn(Arc<Server>, Allowed<C>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<C::Reply, Fault>> + Send + 'static,
{
    let handler = move |State(server): State<Arc<Server>>, headers: HeaderMap, body: Body| {
        let run = run.clone();
        async move {
            let cookie = server.sessions.taken_back();
            let mut answer = gate::call(server, headers, body, run).await;
            if answer.status().is_success() {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
                answer.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
            }
            answer
        }
    };
    Entry::new::<C>(Shape::Call, post(handler))
}

fn stream<S, Run, Fut>(run: Run) -> Entry
where
    S: wire::Stream,
    Run: Fn(Arc<Server>, Allowed<S>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Pieces, Fault>> + Send + 'static,
{
    let handler = move |State(server): State<Arc<Server>>, headers: HeaderMap, body: Body| {
        let run = run.clone();
        async move { gate::stream(server, headers, body, run).await }
    };
    Entry::new::<S>(Shape::Stream, post(handler))
}

fn body<U, Run, Fut>(run: Run) -> Entry
where
    U: wire::Upload,
    Run: Fn(Arc<Server>, Allowed<U>, Incoming) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<U::Reply, Fault>> + Send + 'static,
{
    let handler =
        move |State(server): State<Arc<Server>>, RawQuery(query): RawQuery, headers: HeaderMap, body: Body| {
            let run = run.clone();
            async move { gate::upload(server, headers, in_address(query).as_bytes(), body, run).await }
        };
    Entry::new::<U>(Shape::Upload, post(handler))
}

fn file<D, Run, Fut>(run: Run) -> Entry
where
    D: wire::Download,
    Run: Fn(Arc<Server>, Allowed<D>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<File, Fault>> + Send + 'static,
{
    let handler = move |State(server): State<Arc<Server>>, headers: HeaderMap, body: Body| {
        let run = run.clone();
        async move { gate::download(server, headers, body, run).await }
    };
    Entry::new::<D>(Shape::Download, post(handler))
}

/// The request in the address of an upload; an absent one is empty and refused as what it is.
fn in_address(query: Option<String>) -> String {
    let query = query.unwrap_or_default();
    let mut parts = url::form_urlencoded::parse(query.as_bytes());
    parts.find(|(name, _)| name == "request").map(|(_, request)| request.into_owned()).unwrap_or_default()
}
