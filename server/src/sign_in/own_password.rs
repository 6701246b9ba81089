//! What ends when somebody changes the own password at the embedded issuer: every other session, and what it could ask the
//! issuer with. The session of the browser where it was changed goes on.

use axum::http::HeaderMap;
use wire::{Code, Fault};

use super::issuer::REMEMBERED_AS;
use crate::Server;

/// Ends everything of the person whom the issuer calls `subject`, but the session that sent these headers.
///
/// # Errors
/// [`Fault`], which says that the password is changed all the same.
pub(super) async fn end_others(server: &Server, headers: &HeaderMap, subject: &str) -> Result<(), Fault> {
    end(server, headers, subject).await.map_err(|fault| {
        tracing::error!(%fault, "after a change of password the other sessions could not be ended");
        let sentence = "Your password is changed, but your other sessions could not be ended.";
        Fault::new(Code::Internal, sentence, "Sign in, and end them under \"My sessions\".")
    })
}

async fn end(server: &Server, headers: &HeaderMap, subject: &str) -> Result<(), Fault> {
    let everybody = server.people.everybody().await?;
    let person = everybody.into_iter().find(|person| person.issuer == REMEMBERED_AS && person.subject == subject);
    let here = server.sessions.find(headers).await.ok();
    let here = here.filter(|here| person.as_ref().is_some_and(|person| person.id == here.caller.person));
    let tokens = match &here {
        Some(here) => server.sessions.tokens(here.session).await?,
        None => None,
    };
    let kept = tokens.and_then(|tokens| tokens.refresh_token);
    if let Some(issuer) = server.sign_in.issuer() {
        issuer.end_grants(Some(subject), kept.as_deref()).await?;
    }
    // Nobody of this name has ever signed in.
    let Some(person) = person else { return Ok(()) };
    for session in server.sessions.known(Some(&person.id)).await? {
        if here.as_ref().is_none_or(|here| here.session != session.hash) {
            server.sessions.end(session.hash).await?;
        }
    }
    Ok(())
}
