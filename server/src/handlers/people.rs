//! Sessions and people: who has which, and ending them.
//!
//! What a person's sessions hold at the issuer ends with them, and the next sign-in asks for the password.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AppRole, PersonId};
use wire::Fault;
use wire::people::{
    EndAllSessions, EndMyOtherSessions, EndMySession, EndSession, EndSessionsOf, Ended, Local, MySessions, People,
    PersonLine, SessionLine, SessionsOf,
};

use crate::Server;
use crate::gate::Allowed;
use crate::people::Person;
use crate::sign_in::issuer::REMEMBERED_AS;
use crate::sign_in::issuer::people::LocalPerson;
use crate::sign_in::known::Known;
use crate::store::SessionHash;

/// One's own sessions.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub async fn my_sessions(server: Arc<Server>, call: Allowed<MySessions>) -> Result<Vec<SessionLine>, Fault> {
    lines(&server, &call.who.caller.person, call.who.session).await
}

/// A person's sessions.
///
/// # Errors
/// [`Fault`] `NotFound` when nobody of this name has signed in.
pub async fn sessions_of(server: Arc<Server>, call: Allowed<SessionsOf>) -> Result<Vec<SessionLine>, Fault> {
    let person = found(&server, &call.request.person).await?;
    lines(&server, &person.id, call.who.session).await
}

async fn lines(server: &Server, person: &PersonId, asking: SessionHash) -> Result<Vec<SessionLine>, Fault> {
    let known = server.sessions.known(Some(person)).await?;
    Ok(known.into_iter().map(|session| line(session, asking)).collect())
}

fn line(session: Known, asking: SessionHash) -> SessionLine {
    SessionLine {
        name: session.name(),
        created: session.created.as_second(),
        last_seen: session.last_seen.as_second(),
        ends: session.ends.as_second(),
        is_this: session.hash == asking,
        address: session.body.address,
        agent: session.body.agent,
    }
}

/// Ends one of one's own sessions.
///
/// # Errors
/// [`Fault`] `NotFound` when it is none of one's own.
pub async fn end_my_session(server: Arc<Server>, call: Allowed<EndMySession>) -> Result<Ended, Fault> {
    let session = server.sessions.named(&call.who.caller.person, &call.request.session).await?;
    end(&server, vec![session]).await
}

/// Ends all of one's own sessions but the one that asks.
///
/// # Errors
/// [`Fault`] when it cannot be written.
pub async fn end_my_other_sessions(server: Arc<Server>, call: Allowed<EndMyOtherSessions>) -> Result<Ended, Fault> {
    end_others_of(&server, &call.who.caller.person, call.who.session).await
}

/// Ends all sessions of a person but one.
///
/// # Errors
/// [`Fault`] when it cannot be written.
pub(super) async fn end_others_of(server: &Server, person: &PersonId, kept: SessionHash) -> Result<Ended, Fault> {
    let mut known = server.sessions.known(Some(person)).await?;
    known.retain(|session| session.hash != kept);
    end(server, known).await
}

/// Ends one session of a person.
///
/// # Errors
/// [`Fault`] `NotFound` when the person has no such session.
pub async fn end_session(server: Arc<Server>, call: Allowed<EndSession>) -> Result<Ended, Fault> {
    let session = server.sessions.named(&call.request.person, &call.request.session).await?;
    // First what would let the person in again: a browser that the issuer remembers would be back in a moment.
    server.sign_in.fresh.demand(Some(&call.request.person)).await?;
    end(&server, vec![session]).await
}

async fn end(server: &Server, sessions: Vec<Known>) -> Result<Ended, Fault> {
    let number = sessions.len() as u64;
    server.sign_in.revoke(sessions.iter().filter_map(|session| session.body.tokens.clone())).await?;
    for session in sessions {
        server.sessions.end(session.hash).await?;
    }
    Ok(Ended { sessions: number })
}

/// Ends every session of a person.
///
/// # Errors
/// [`Fault`] `NotFound` when nobody of this name has signed in.
pub async fn end_sessions_of(server: Arc<Server>, call: Allowed<EndSessionsOf>) -> Result<Ended, Fault> {
    let person = found(&server, &call.request.person).await?;
    end_everything_of(&server, &person).await
}

/// Ends every session of a person, and what they hold at the issuer.
///
/// # Errors
/// [`Fault`] when it cannot be written.
pub(super) async fn end_everything_of(server: &Server, person: &Person) -> Result<Ended, Fault> {
    // First what would let the person in again; a failure on the way ends less and not more.
    server.sign_in.fresh.demand(Some(&person.id)).await?;
    if person.issuer == REMEMBERED_AS {
        server.sign_in.revoke_all_of(Some(&person.subject)).await?;
    }
    give_back(server, Some(&person.id)).await?;
    Ok(Ended { sessions: server.sessions.end_all(Some(&person.id)).await? })
}

/// Ends every session of everybody.
///
/// # Errors
/// [`Fault`] when it cannot be written.
pub async fn end_all_sessions(server: Arc<Server>, _call: Allowed<EndAllSessions>) -> Result<Ended, Fault> {
    server.sign_in.fresh.demand(None).await?;
    server.sign_in.revoke_all_of(None).await?;
    give_back(&server, None).await?;
    Ok(Ended { sessions: server.sessions.end_all(None).await? })
}

/// An issuer elsewhere is told of each session; the embedded one has forgotten the person already.
async fn give_back(server: &Server, person: Option<&PersonId>) -> Result<(), Fault> {
    if server.sign_in.is_embedded() {
        return Ok(());
    }
    let known = server.sessions.known(person).await?;
    server.sign_in.revoke(known.into_iter().filter_map(|session| session.body.tokens)).await?;
    Ok(())
}

async fn found(server: &Server, person: &PersonId) -> Result<Person, Fault> {
    let everybody = server.people.everybody().await?;
    everybody.into_iter().find(|known| known.id == *person).ok_or_else(Fault::not_found)
}

/// Everybody, by name.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub async fn people(server: Arc<Server>, _call: Allowed<People>) -> Result<Vec<PersonLine>, Fault> {
    lines_of_everybody(&server).await
}

/// Everybody, by name.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub(super) async fn lines_of_everybody(server: &Server) -> Result<Vec<PersonLine>, Fault> {
    let mut sessions: BTreeMap<String, Vec<Known>> = BTreeMap::new();
    for session in server.sessions.known(None).await? {
        sessions.entry(session.person.clone()).or_default().push(session);
    }
    let mut locals: BTreeMap<String, LocalPerson> = BTreeMap::new();
    if let Some(issuer) = server.sign_in.issuer() {
        locals.extend(issuer.people.list().await?.into_iter().map(|local| (local.subject.clone(), local)));
    }
    let mut lines = Vec::new();
    for person in server.people.everybody().await? {
        let local = if person.issuer == REMEMBERED_AS { locals.remove(&person.subject) } else { None };
        let mine = sessions.remove(person.id.as_str()).unwrap_or_default();
        lines.push(person_line(person, &mine, local));
    }
    lines.extend(locals.into_values().map(newcomer));
    lines.sort_by_cached_key(|line| (line.name.to_lowercase(), line.person.clone()));
    Ok(lines)
}

fn person_line(person: Person, sessions: &[Known], local: Option<LocalPerson>) -> PersonLine {
    let newest = sessions.iter().max_by_key(|session| session.last_seen);
    let roles = match (&local, newest) {
        (Some(local), _) => app_roles(&local.roles),
        (None, Some(session)) => session.body.roles.clone(),
        (None, None) => person.roles,
    };
    let last_seen = newest.map(|session| session.last_seen.as_second()).or(person.signed_in);
    PersonLine {
        person: Some(person.id),
        name: person.name,
        email: person.email,
        roles,
        sessions: sessions.len() as u64,
        last_seen,
        local: local.map(|local| told(&local)),
    }
}

/// Somebody whom the embedded issuer knows and who has never signed in.
fn newcomer(local: LocalPerson) -> PersonLine {
    PersonLine {
        person: None,
        roles: app_roles(&local.roles),
        sessions: 0,
        last_seen: None,
        local: Some(told(&local)),
        name: local.name,
        email: local.email,
    }
}

fn told(local: &LocalPerson) -> Local {
    Local {
        name: local.name.clone(),
        disabled: local.is_disabled(),
        has_password: local.has_password(),
        second_factor: local.has_second_factor(),
    }
}

/// Names as roles; one that is none is left out.
pub(super) fn app_roles(names: &[String]) -> Vec<AppRole> {
    names.iter().filter_map(|name| AppRole::new(name.clone()).ok()).collect()
}
