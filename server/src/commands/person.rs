//! `clew person add|roles`: a person of the embedded issuer, with a one-time link for the password.

use std::sync::Arc;

use super::{other, say, world};
use crate::settings::{Settings, names};
use crate::sign_in::issuer::{Issuer, NewPerson};
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
    let (issuer, store) = open(&settings).await?;
    let link = issuer.add_person(NewPerson { name: name.clone(), email, roles }).await?;
    say(&format!("{name} was added. This address sets the password, once, within a day:\n  {link}"));
    store.close().await?;
    Ok(())
}

/// Gives a person other roles; who is signed in has them within five minutes.
pub(super) async fn set_roles(settings: Settings, name: String, roles: Vec<String>) -> Result<(), StartFault> {
    let (issuer, store) = open(&settings).await?;
    match issuer.people.set_roles(&name, roles.clone()).await {
        Ok(()) => {}
        Err(StoreError::Missing { .. }) => return Err(other(format!("there is no person \"{name}\""))),
        Err(error) => return Err(error.into()),
    }
    let held = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
    say(&format!("{name} has {held} now; whoever is signed in, within five minutes."));
    store.close().await?;
    Ok(())
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
    Ok((Issuer::open(&public_url, store.clone(), clock, dice).await?, store))
}
