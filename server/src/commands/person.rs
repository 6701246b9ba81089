//! `clew person add`: a person of the embedded issuer, with a one-time link for the password.

use super::{say, world};
use crate::settings::{Settings, names};
use crate::sign_in::issuer::{Issuer, NewPerson};
use crate::start::open_store;
use crate::{StartFault, settings};

/// Adds a person and prints the link.
pub(super) async fn add(
    settings: Settings,
    name: String,
    email: Option<String>,
    roles: Vec<String>,
) -> Result<(), StartFault> {
    if settings.oidc.is_some() {
        return Err(StartFault::Other {
            sentence: format!("people are kept by the issuer of {}; add them there", names::OIDC_ISSUER),
            code: settings::EXIT_SETTING,
        });
    }
    let (clock, dice) = world();
    let public_url = settings.for_serve()?.public_url.clone();
    let store = open_store(&settings, dice.clone())?;
    let issuer = Issuer::open(&public_url, store.clone(), clock, dice).await?;
    let link = issuer.add_person(NewPerson { name: name.clone(), email, roles }).await?;
    say(&format!("{name} was added. This address sets the password, once, within a day:\n  {link}"));
    store.close().await?;
    Ok(())
}
