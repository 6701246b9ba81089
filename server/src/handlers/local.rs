//! People of the embedded issuer: adding, roles, disabling, a new password or telephone. Where another issuer is configured, people
//! are kept there, and nothing here is done.

use std::sync::Arc;

use access::AppRole;
use wire::local::{AddPerson, DisablePerson, OneTimeLink, ResetPerson, ResetSecondFactor, SetPersonRoles};
use wire::project::Kept;
use wire::{Code, Fault, Request};

use super::people::end_everything_of;
use crate::Server;
use crate::gate::Allowed;
use crate::people::Person;
use crate::sign_in::issuer::people::unfit_name;
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

/// Takes a person's second step at sign-in away.
///
/// # Errors
/// [`Fault`] `NotFound` when there is nobody of this name, `Forbidden` for oneself: whoever took over a session would
/// need the password alone from then on.
pub async fn reset_second_factor(server: Arc<Server>, call: Allowed<ResetSecondFactor>) -> Result<Kept, Fault> {
    let issuer = issuer(&server)?;
    let name = &call.request.name;
    not_oneself(&server, issuer, &call, name, "Nobody resets the own second step.").await?;
    found(issuer.people.reset_second_factor(call.who.caller.person.as_str(), name).await)?;
    end_sessions(&server, issuer, name).await?;
    Ok(Kept {})
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
    Ok(server.people.of(REMEMBERED_AS, &subject).await?)
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
