//! People who have signed in: one record for each (issuer, subject), under Clew's own random name for that person.
//!
//! A person is known by issuer and subject and nothing else; an e-mail address is for display. A grant that was given
//! to an e-mail address before its owner ever signed in binds once: to the first (issuer, subject) that comes with that
//! address verified. From then on it is that person's, whatever becomes of the address.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use access::{AppRole, Grant, Grantee, PersonId};
use model::project::Project;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Mutex;
use wire::Fault;

use crate::audit::Entry;
use crate::config::Keeper;
use crate::handlers::project::{json as to_json, put_project};
use crate::hash::{hex, sha256_hex};
use crate::store::{Outcome, Record, RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

/// How old names may be, and how old where one is missing: another server may have let somebody in meanwhile.
const NAMES_FOR: Duration = Duration::from_secs(10);
const NAMES_FOR_A_MISS: Duration = Duration::from_secs(1);
/// How often a bound grant is tried again when somebody else changed the configuration.
const TRIES: usize = 5;

/// What is kept of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Clew's own name for the person.
    pub id: PersonId,
    /// The issuer that knows the person.
    pub issuer: String,
    /// The issuer's name for the person.
    pub subject: String,
    /// The name for people.
    pub name: String,
    /// The e-mail, for display.
    pub email: Option<String>,
    /// The roles at the last sign-in.
    #[serde(default)]
    pub roles: Vec<AppRole>,
    /// When the person last signed in, in seconds since 1970.
    #[serde(default)]
    pub signed_in: Option<i64>,
}

/// What a provider says of somebody who signs in.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The issuer.
    pub issuer: String,
    /// The issuer's name for the person.
    pub subject: String,
    /// The name for people.
    pub name: String,
    /// The e-mail.
    pub email: Option<String>,
    /// Whether the issuer vouches for the e-mail.
    pub email_verified: bool,
}

/// Everybody who has signed in.
pub struct People {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    names: Mutex<Names>,
}

/// How people are called, as it was last read.
#[derive(Default)]
struct Names {
    known: BTreeMap<PersonId, String>,
    read: Option<Duration>,
}

impl People {
    /// The people of a store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self { store, clock, dice, names: Mutex::default() }
    }

    /// Finds or makes the person that signs in, and binds grants that were waiting for the verified e-mail.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn welcome(&self, keeper: &Keeper, claimed: Claimed, roles: &[AppRole]) -> Result<Person, StoreError> {
        let is_verified = claimed.email_verified;
        let person = match self.remember(claimed.clone(), roles).await {
            // Somebody signed in as the same person for the first time in the same moment: that is who it is.
            Err(StoreError::RowConflict { .. }) => self.remember(claimed, roles).await?,
            remembered => remembered?,
        };
        if let (true, Some(email)) = (is_verified, &person.email) {
            self.bind_grants(keeper, email, &person.id).await?;
        }
        Ok(person)
    }

    /// The person of `claimed`, known already or new, with what is said of it now.
    async fn remember(&self, claimed: Claimed, roles: &[AppRole]) -> Result<Person, StoreError> {
        let key = key_of(&claimed.issuer, &claimed.subject);
        let known = self.store.get(key.clone()).await?;
        let found = known.as_ref().and_then(|record| serde_json::from_slice::<Person>(record.body.plain()?).ok());
        let person = Person {
            id: found.as_ref().map_or_else(|| self.new_id(), |person| person.id.clone()),
            issuer: claimed.issuer,
            subject: claimed.subject,
            name: claimed.name,
            email: claimed.email,
            roles: roles.to_vec(),
            signed_in: Some(self.clock.now().as_second()),
        };
        if found.as_ref() != Some(&person) {
            // Two first sign-ins at once must not make two people of one.
            let when = if known.is_some() { When::Always } else { When::Absent };
            let body = serde_json::to_vec(&person).unwrap_or_default();
            self.store.keep(vec![Write::put_when(key, body, when)], Vec::new()).await?;
            self.names.lock().await.known.insert(person.id.clone(), person.name.clone());
        }
        Ok(person)
    }

    /// The person whom an issuer calls so, if somebody of that name has ever signed in.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn of(&self, issuer: &str, subject: &str) -> Result<Option<Person>, StoreError> {
        let known = self.store.get(key_of(issuer, subject)).await?;
        Ok(known.as_ref().and_then(|record| serde_json::from_slice(record.body.plain()?).ok()))
    }

    fn new_id(&self) -> PersonId {
        let text = hex(&random::<16>(self.dice.as_ref()));
        PersonId::new(text).unwrap_or_else(|_| unreachable_id())
    }

    async fn bind_grants(&self, keeper: &Keeper, email: &str, person: &PersonId) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let config = keeper.current();
            let bound: Vec<Project> = config.projects().filter_map(|kept| bind(&kept.project, email, person)).collect();
            let writes: Vec<Write> = bound.iter().filter_map(|project| put_project(project).ok()).collect();
            if writes.is_empty() {
                return Ok(());
            }
            let note = |project: &Project| {
                let (person, project) = (person.to_string(), project.id.to_string());
                let entry =
                    Entry { person, call: "bind_grant".to_owned(), project, details: json!({ "email": email }) };
                entry.into_note(self.clock.now(), Outcome::Done)
            };
            match keeper.commit(config.revision, writes, bound.iter().map(note).collect()).await {
                Err(StoreError::Conflict { .. }) => {}
                // They are bound at a later sign-in: nobody stays outside because a key is rolled.
                Err(StoreError::Rolling) => return Ok(()),
                done => return done.map(|_| ()),
            }
        }
        Ok(())
    }

    /// Everybody, in no order.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn everybody(&self) -> Result<Vec<Person>, StoreError> {
        let records = self.store.list(RecordKind::Person, None).await?;
        let read = |record: &Record| serde_json::from_slice(record.body.plain()?).ok();
        Ok(records.iter().filter_map(read).collect())
    }

    /// How grantees are called; a person who has never signed in keeps the address that was typed. What another server
    /// learned is known here within ten seconds, and a name that is missing within one.
    ///
    /// # Errors
    /// [`Fault`] when the store cannot be read.
    pub async fn names<'a>(
        &self,
        grantees: impl Iterator<Item = &'a Grantee>,
    ) -> Result<Vec<(Grantee, String)>, Fault> {
        let (grantees, now): (Vec<&Grantee>, _) = (grantees.collect(), self.clock.monotonic());
        let mut names = self.names.lock().await;
        let is_missing =
            |grantee: &&&Grantee| matches!(grantee, Grantee::Person(person) if !names.known.contains_key(person));
        let at_most = if grantees.iter().any(|grantee| is_missing(&grantee)) { NAMES_FOR_A_MISS } else { NAMES_FOR };
        if names.read.is_none_or(|read| now.saturating_sub(read) >= at_most) {
            names.known = self.everybody().await?.into_iter().map(|person| (person.id, person.name)).collect();
            names.read = Some(now);
        }
        let name = |grantee: &Grantee| match grantee {
            Grantee::Role(role) => role.to_string(),
            Grantee::Email(email) => email.clone(),
            Grantee::Person(person) => names.known.get(person).cloned().unwrap_or_else(|| person.to_string()),
        };
        Ok(grantees.into_iter().map(|grantee| (grantee.clone(), name(grantee))).collect())
    }

    /// Everybody whose name or e-mail is `text`, whatever the case of its letters.
    ///
    /// # Errors
    /// [`Fault`] when the store cannot be read.
    pub async fn called(&self, text: &str) -> Result<Vec<PersonId>, Fault> {
        let same = |one: &str| one.to_lowercase() == text.to_lowercase();
        let records = self.store.list(RecordKind::Person, None).await?;
        let people = records.iter().filter_map(|record| serde_json::from_slice::<Person>(record.body.plain()?).ok());
        let called = people.filter(|person| same(&person.name) || person.email.as_deref().is_some_and(same));
        Ok(called.map(|person| person.id).collect())
    }

    /// Writes a person who is known beforehand: for the demo, whose local people have projects from the start.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be written.
    pub async fn put(&self, person: &Person) -> Result<(), Fault> {
        let key = key_of(&person.issuer, &person.subject);
        self.store.keep(vec![Write::put(key, to_json(person)?)], Vec::new()).await?;
        Ok(())
    }
}

/// Sixteen bytes in hexadecimal are always an id; this is what stands in the place of an impossible branch.
fn unreachable_id() -> PersonId {
    #[expect(clippy::expect_used, reason = "a constant that is a slug")]
    PersonId::new("nobody").expect("a slug")
}

/// One record for each (issuer, subject): the hash makes any pair a short key and keeps both out of the clear.
fn key_of(issuer: &str, subject: &str) -> RecordKey {
    let pair = [(issuer.len() as u64).to_le_bytes().as_slice(), issuer.as_bytes(), subject.as_bytes()].concat();
    RecordKey::new(RecordKind::Person, "", sha256_hex(&pair))
}

fn bind(project: &Project, email: &str, person: &PersonId) -> Option<Project> {
    let waits = |grant: &Grant| matches!(&grant.to, Grantee::Email(waiting) if waiting.eq_ignore_ascii_case(email));
    if !project.grants.iter().any(waits) {
        return None;
    }
    let mut project = project.clone();
    for grant in &mut project.grants {
        if waits(grant) {
            grant.to = Grantee::Person(person.clone());
        }
    }
    project.grants.sort();
    project.grants.dedup();
    Some(project)
}
