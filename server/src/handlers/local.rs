//! People of the embedded issuer: adding, roles, disabling, a new password. Where another issuer is configured, people
//! are kept there, and nothing here is done.

use std::sync::Arc;

use access::AppRole;
use wire::local::{AddPerson, ChangePassword, DisablePerson, OneTimeLink, ResetPerson, SetPersonRoles};
use wire::project::Kept;
use wire::{Code, Fault, Request};

use super::people::{end_everything_of, end_others_of};
use crate::Server;
use crate::gate::Allowed;
use crate::people::Person;
use crate::sign_in::issuer::people::{NotChanged, NotIn, unfit_name};
use crate::sign_in::issuer::{Issuer, NewPerson, REMEMBERED_AS};
use crate::store::StoreError;

/// Adds a person.
///
/// # Errors
/// [`Fault`] `Invalid` when the name cannot be used or is taken, or another issuer keeps people.
pub async fn add_person(server: Arc<Server>, call: Allowed<AddPerson>) -> Result<OneTimeLink, Fault> {
    let AddPerson { name, email, roles } = &call.request;
    let issuer = issuer(&server)?;
    if let Some(why) = unfit_name(name) {
        return Err(Fault::invalid(format!("The person cannot be added: {why}."), ""));
    }
    let email = email.clone().filter(|email| !email.trim().is_empty());
    let new = NewPerson { name: name.clone(), email, roles: names(roles) };
    match issuer.people.add(call.who.caller.person.as_str(), new).await {
        Ok(link) => Ok(OneTimeLink { link }),
        Err(StoreError::RowConflict { .. }) => {
            Err(Fault::invalid(format!("There is a person \"{}\" already.", name.trim()), "Choose another name."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives a person other roles.
///
/// # Errors
/// [`Fault`] `NotFound` when there is nobody of this name, `Forbidden` for oneself.
pub async fn set_person_roles(server: Arc<Server>, call: Allowed<SetPersonRoles>) -> Result<Kept, Fault> {
    let issuer = issuer(&server)?;
    not_oneself(&server, issuer, &call, &call.request.name, "Nobody changes the own roles.").await?;
    let SetPersonRoles { name, roles } = &call.request;
    found(issuer.people.set_roles(call.who.caller.person.as_str(), name, names(roles)).await)?;
    Ok(Kept {})
}

/// Lets a person sign in no longer, or again.
///
/// # Errors
/// [`Fault`] `NotFound` when there is nobody of this name, `Forbidden` for oneself.
pub async fn disable_person(server: Arc<Server>, call: Allowed<DisablePerson>) -> Result<Kept, Fault> {
    let issuer = issuer(&server)?;
    not_oneself(&server, issuer, &call, &call.request.name, "Nobody disables the own name.").await?;
    let DisablePerson { name, disabled } = &call.request;
    found(issuer.people.set_disabled(call.who.caller.person.as_str(), name, *disabled).await)?;
    if *disabled {
        end_sessions(&server, issuer, name).await?;
    }
    Ok(Kept {})
}

/// Takes a person's password away.
///
/// # Errors
/// [`Fault`] `NotFound` when there is nobody of this name.
pub async fn reset_person(server: Arc<Server>, call: Allowed<ResetPerson>) -> Result<OneTimeLink, Fault> {
    let issuer = issuer(&server)?;
    let name = &call.request.name;
    let link = found(issuer.people.reset(call.who.caller.person.as_str(), name).await)?;
    end_sessions(&server, issuer, name).await?;
    Ok(OneTimeLink { link })
}

/// Gives oneself another password, and ends one's other sessions.
///
/// # Errors
/// [`Fault`] `Forbidden` when the old one is wrong, `Busy` after too many tries, `Invalid` for a new one that would be
/// guessed; `NotFound` for somebody whom another issuer signs in.
pub async fn change_password(server: Arc<Server>, call: Allowed<ChangePassword>) -> Result<Kept, Fault> {
    let issuer = issuer(&server)?;
    let me = &call.who.caller.person;
    let everybody = server.people.everybody().await?;
    let person = everybody.into_iter().find(|person| person.id == *me && person.issuer == REMEMBERED_AS);
    let person = person.ok_or_else(Fault::not_found)?;
    let locals = issuer.people.list().await?;
    let local = locals.into_iter().find(|local| local.subject == person.subject).ok_or_else(Fault::not_found)?;
    let ChangePassword { old, new } = &call.request;
    let both = (old.reveal().to_owned(), new.reveal().to_owned());
    issuer.people.change_password(me.as_str(), &local.name, both, None).await.map_err(not_changed)?;
    end_others_of(&server, me, call.who.session).await?;
    Ok(Kept {})
}

fn not_changed(why: NotChanged) -> Fault {
    match why {
        NotChanged::NotIn(NotIn::Wrong) => {
            Fault::new(Code::Forbidden, "The old password is wrong.", "Enter the one that you sign in with.")
        }
        NotChanged::NotIn(NotIn::Wait(seconds)) => {
            Fault::new(Code::Busy, "Too many wrong passwords.", format!("Wait {seconds} seconds, then try again."))
        }
        NotChanged::NotIn(NotIn::Unavailable) => Fault::new(
            Code::StoreUnavailable,
            "The password could not be changed.",
            "Try again; if it lasts, tell your administrator.",
        ),
        NotChanged::Weak(weak) => Fault::invalid(weak.sentence(), ""),
        NotChanged::Same => Fault::invalid("The new password is the old one.", "Choose another one."),
    }
}

fn issuer(server: &Server) -> Result<&Arc<Issuer>, Fault> {
    server
        .sign_in
        .issuer()
        .ok_or_else(|| Fault::invalid("People are kept by your own sign-in service.".to_owned(), "Change them there."))
}

fn names(roles: &[AppRole]) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}

fn found<T>(changed: Result<T, StoreError>) -> Result<T, Fault> {
    changed.map_err(|error| match error {
        StoreError::Missing { .. } => Fault::not_found(),
        error => error.into(),
    })
}

/// The person of a name, as somebody who has signed in.
async fn signed_in(server: &Server, issuer: &Issuer, name: &str) -> Result<Option<Person>, Fault> {
    let subject = found(issuer.people.subject(name).await)?;
    let everybody = server.people.everybody().await?;
    Ok(everybody.into_iter().find(|person| person.issuer == REMEMBERED_AS && person.subject == subject))
}

/// Nobody raises the own rights, or locks the own door.
async fn not_oneself<R: Request>(
    server: &Server,
    issuer: &Issuer,
    call: &Allowed<R>,
    name: &str,
    sentence: &str,
) -> Result<(), Fault> {
    let person = signed_in(server, issuer, name).await?;
    if person.is_some_and(|person| person.id == call.who.caller.person) {
        return Err(Fault::new(Code::Forbidden, sentence, "Ask another instance manager."));
    }
    Ok(())
}

async fn end_sessions(server: &Server, issuer: &Issuer, name: &str) -> Result<(), Fault> {
    if let Some(person) = signed_in(server, issuer, name).await? {
        end_everything_of(server, &person).await?;
    }
    Ok(())
}
