//! `clew person add|roles|disable|enable|reset|reset-second-factor`: people of the embedded issuer, with one-time links for passwords.

use std::sync::Arc;

use access::AppRole;

use super::{other, roll, say, world};
use crate::audit::CLI;
use crate::people::People;
use crate::settings::{Settings, names};
use crate::sign_in::issuer::{Issuer, NewPerson, REMEMBERED_AS};
use crate::start::open_store;
use crate::store::{Store, StoreError};
use crate::{StartFault, settings};

/// Adds a person and prints the link.
pub(super) async fn add(
    settings: Settings,
    name: String,
    email: Option<String>,
    roles: Vec<String>,
) -> Result<(), StartFault> {
    check_roles(&roles)?;
    let (issuer, store) = open(&settings).await?;
    roll::refuse_while_prepared(store.as_ref())?;
    let link = issuer.add_person(NewPerson { name: name.clone(), email, roles }).await?;
    say(&format!("{name} was added. This address sets the password, once, within a day:\n  {link}"));
    store.close().await?;
    Ok(())
}

/// Gives a person other roles; who is signed in has them within five minutes.
pub(super) async fn set_roles(settings: Settings, name: String, roles: Vec<String>) -> Result<(), StartFault> {
    check_roles(&roles)?;
    let (issuer, store) = open(&settings).await?;
    roll::refuse_while_prepared(store.as_ref())?;
    found(&name, issuer.people.set_roles(CLI, &name, roles.clone()).await)?;
    let held = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
    say(&format!("{name} has {held} now; whoever is signed in, within five minutes."));
    store.close().await?;
    Ok(())
}

/// Lets a person sign in no longer, or again.
pub(super) async fn set_disabled(settings: Settings, name: String, disabled: bool) -> Result<(), StartFault> {
    let (issuer, store) = open(&settings).await?;
    found(&name, issuer.people.set_disabled(CLI, &name, disabled).await)?;
    if disabled {
        end_sessions(&issuer, &store, &name).await?;
    }
    say(&match disabled {
        true => format!("{name} cannot sign in any more, and is signed out everywhere."),
        false => format!("{name} can sign in again."),
    });
    store.close().await?;
    Ok(())
}

/// Takes a person's password away and prints the link that sets a new one.
pub(super) async fn reset(settings: Settings, name: String) -> Result<(), StartFault> {
    let (issuer, store) = open(&settings).await?;
    let link = found(&name, issuer.people.reset(CLI, &name).await)?;
    end_sessions(&issuer, &store, &name).await?;
    say(&format!(
        "The password of {name} works no longer, and {name} is signed out everywhere. This address sets a new one, once, \
         within a day:\n  {link}"
    ));
    store.close().await?;
    Ok(())
}

/// Takes a person's second step away.
pub(super) async fn reset_second_factor(settings: Settings, name: String) -> Result<(), StartFault> {
    let (issuer, store) = open(&settings).await?;
    found(&name, issuer.people.reset_second_factor(CLI, &name).await)?;
    say(&format!(
        "{name} has no second step any more. Where one is demanded, the next sign-in sets up another one, with the password \
         alone: see that nobody else knows that."
    ));
    store.close().await?;
    Ok(())
}

/// Ends what a person could go on with: what the issuer gave, and every session, also at servers that run on this store.
async fn end_sessions(issuer: &Issuer, store: &Arc<dyn Store>, name: &str) -> Result<(), StartFault> {
    let subject = found(name, issuer.people.subject(name).await)?;
    issuer.end_grants(Some(&subject), None).await?;
    let (clock, dice) = world();
    let theirs = People::new(store.clone(), clock, dice).of(REMEMBERED_AS, &subject).await?;
    // Nobody of this name has ever signed in.
    let Some(person) = theirs else { return Ok(()) };
    // Nobody is asked for the password anew: this issuer remembers nobody, and asks at every sign-in.
    store.end_sessions(Some(person.id.to_string())).await?;
    Ok(())
}

fn check_roles(roles: &[String]) -> Result<(), StartFault> {
    let unfit = roles.iter().find_map(|role| Some((role, AppRole::new(role.clone()).err()?)));
    unfit.map_or(Ok(()), |(role, error)| Err(other(format!("{role:?} is {error}"))))
}

/// Says of nobody that there is nobody, instead of naming a record.
fn found<T>(name: &str, changed: Result<T, StoreError>) -> Result<T, StartFault> {
    changed.map_err(|error| match error {
        StoreError::Missing { .. } => other(format!(
            "there is no person \"{name}\"; see how the name is written, or add it with `clew person add`"
        )),
        error => error.into(),
    })
}

async fn open(settings: &Settings) -> Result<(Issuer, Arc<dyn Store>), StartFault> {
    if settings.oidc.is_some() {
        return Err(StartFault::Other {
            sentence: format!("people are kept by the issuer of {}; change them there", names::OIDC_ISSUER),
            code: settings::EXIT_SETTING,
        });
    }
    let (clock, dice) = world();
    let public_url = settings.for_serve()?.public_url.clone();
    let store = open_store(settings, dice.clone())?;
    Ok((Issuer::open(&public_url, settings.local_second_factor, store.clone(), clock, dice).await?, store))
}
