//! Local people: adding and changing them, and the one-time links that set a password.
//!
//! How somebody proves to be one of them is in `proving`. A name that does not exist costs the same time as one that does.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::hashing::Hashing;
use super::passwords::{Weak, weakness};
use super::second::SecondFactor;
use super::tries::Tries;
use crate::audit::{Entry, LINK_HOLDER, SERVER};
use crate::hash::{hex, sha256_hex};
use crate::store::{NewAudit, Outcome, Record, RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

/// How long a link that sets a password works, in seconds.
const LINK_SECS: i64 = 24 * 3600;
/// What the log calls the link of the first instance manager.
const FIRST: &str = "set-up link";
/// The longest name to sign in with.
const LONGEST_NAME: usize = 64;

/// Somebody to add.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// The name to sign in with; also shown.
    pub name: String,
    /// An e-mail address, which whoever adds the person vouches for.
    pub email: Option<String>,
    /// App roles.
    pub roles: Vec<String>,
}

/// What is kept of a person.
#[derive(Clone, Serialize, Deserialize)]
pub struct LocalPerson {
    /// The issuer's name for the person, which never changes.
    pub subject: String,
    /// The name to sign in with.
    pub name: String,
    /// An e-mail address.
    pub email: Option<String>,
    /// App roles.
    pub roles: Vec<String>,
    /// The hash of the password.
    pub(super) password: Option<String>,
    /// The one link that sets the password: the hash of its token.
    #[serde(default)]
    link: Option<String>,
    /// Cannot sign in, whatever the password.
    #[serde(default)]
    disabled: bool,
    /// The second step at sign-in, where there is one.
    #[serde(default)]
    pub(super) second: Option<SecondFactor>,
}

impl LocalPerson {
    /// Whether the person cannot sign in, whatever the password.
    pub fn is_disabled(&self) -> bool {
        self.disabled
    }

    /// Whether the person has set a password.
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Whether the person has a second step at sign-in.
    pub fn has_second_factor(&self) -> bool {
        self.second.is_some()
    }
}

/// A link that sets a password, once.
#[derive(Serialize, Deserialize)]
struct Link {
    name: String,
    ends: i64,
    /// Makes the first instance manager: dead as soon as anybody can sign in.
    #[serde(default)]
    first: bool,
}

/// Why a name cannot be one to sign in with; with what to do.
pub fn unfit_name(name: &str) -> Option<String> {
    let name = name.trim();
    if name.is_empty() {
        return Some("a name to sign in with cannot be empty; give one, such as \"ada\"".to_owned());
    }
    if name.chars().any(char::is_control) {
        return Some("a name to sign in with cannot have control characters; leave them out".to_owned());
    }
    let length = name.chars().count();
    (length > LONGEST_NAME).then(|| {
        format!("a name to sign in with has at most {LONGEST_NAME} characters, not {length}; give a shorter one")
    })
}

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSet {
    /// The link was used, has ended, or never was.
    NoLink,
    /// The password would be guessed.
    Weak(Weak),
    /// Too many passwords are waiting to be hashed.
    Busy,
    /// The store cannot be used.
    Unavailable,
}

/// The people of the embedded issuer.
pub struct LocalPeople {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) dice: Arc<dyn Dice>,
    base: String,
    pub(super) hashing: Hashing,
    pub(super) tries: Tries,
}

impl LocalPeople {
    /// The people of `store`; links begin with the public address `base`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>, base: &str) -> Self {
        Self {
            tries: Tries::new(clock.clone()),
            hashing: Hashing::new(dice.clone()),
            store,
            clock,
            dice,
            base: base.to_owned(),
        }
    }

    /// How many passwords were hashed since the start.
    pub fn hashes_computed(&self) -> u64 {
        self.hashing.computed()
    }

    /// Whether there is, or ever was, anybody who can sign in.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn is_anybody_there(&self) -> Result<bool, StoreError> {
        // Once there was somebody there always is, also when every password was taken away and after a restore: the first
        // instance manager is made once.
        if self.store.get(set_up_key()).await?.is_some() {
            return Ok(true);
        }
        let people = self.store.list(RecordKind::LocalPerson, None).await?;
        Ok(people.iter().filter_map(read::<LocalPerson>).any(|person| person.password.is_some()))
    }

    /// Everybody, in no order.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn list(&self) -> Result<Vec<LocalPerson>, StoreError> {
        let people = self.store.list(RecordKind::LocalPerson, None).await?;
        Ok(people.iter().filter_map(read::<LocalPerson>).collect())
    }

    /// Adds a person, or sends a new link to one who has not set a password yet; gives the one-time link. It is written
    /// down as done `by` somebody.
    ///
    /// # Errors
    /// [`StoreError`], a row conflict when the name is taken.
    pub async fn add(&self, by: &str, new: NewPerson) -> Result<String, StoreError> {
        self.add_waiting(new, by, "person add").await
    }

    /// Adds the first instance manager: the link is dead as soon as anybody can sign in.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub async fn add_first(&self, new: NewPerson) -> Result<String, StoreError> {
        self.add_waiting(new, SERVER, FIRST).await
    }

    async fn add_waiting(&self, new: NewPerson, by: &str, call: &str) -> Result<String, StoreError> {
        let key = person_key(&new.name);
        let before = self.store.get(key.clone()).await?;
        let waiting = before.as_ref().and_then(read::<LocalPerson>).filter(|person| person.password.is_none());
        let when = match (&before, &waiting) {
            (Some(record), Some(_)) => When::At(record.revision),
            _ => When::Absent,
        };
        let (subject, second) = match waiting {
            Some(person) => (person.subject, person.second),
            None => (hex(&random::<16>(self.dice.as_ref())), None),
        };
        let person = LocalPerson {
            subject,
            name: new.name.trim().to_owned(),
            email: new.email,
            roles: new.roles,
            password: None,
            link: None,
            disabled: false,
            second,
        };
        self.send_link(person, when, (by, call)).await
    }

    /// Keeps a person without a password, whose one way in is the link that is given.
    async fn send_link(
        &self,
        mut person: LocalPerson,
        when: When,
        (who, call): (&str, &str),
    ) -> Result<String, StoreError> {
        let token = URL_SAFE_NO_PAD.encode(random::<32>(self.dice.as_ref()));
        let link =
            Link { name: person.name.clone(), ends: self.clock.now().as_second() + LINK_SECS, first: call == FIRST };
        person.password = None;
        person.link = Some(sha256_hex(token.as_bytes()));
        let kept = Write::put_when(person_key(&person.name), json(&person), when);
        let note = self.note(who, call, &person);
        self.store.keep(vec![kept, Write::put(link_key(&token), json(&link))], vec![note]).await?;
        Ok(format!("{}{}/password?link={token}", self.base, super::PATH))
    }

    /// Adds a person with a password: for the demo, which prints it. Gives the subject.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn add_with_password(&self, new: NewPerson, password: &str) -> Result<String, StoreError> {
        let person = LocalPerson {
            subject: hex(&random::<16>(self.dice.as_ref())),
            name: new.name,
            email: new.email,
            roles: new.roles,
            password: self.hash(password.to_owned()).await.ok(),
            link: None,
            disabled: false,
            second: None,
        };
        let write = Write::put(person_key(&person.name), json(&person));
        self.store.keep(vec![write, Write::put(set_up_key(), DONE)], Vec::new()).await?;
        Ok(person.subject)
    }

    /// Whom a link is for, as long as it works.
    ///
    /// # Errors
    /// [`NotSet::NoLink`] or [`NotSet::Unavailable`].
    pub async fn link_is_for(&self, token: &str) -> Result<String, NotSet> {
        let (link, _) = self.link(token).await?;
        self.waiting(&link, token).await.map(|(person, _)| person.name)
    }

    async fn link(&self, token: &str) -> Result<(Link, Record), NotSet> {
        let record = self.store.get(link_key(token)).await.map_err(|_| NotSet::Unavailable)?;
        let record = record.ok_or(NotSet::NoLink)?;
        let link = read::<Link>(&record).ok_or(NotSet::NoLink)?;
        let late = link.first && self.is_anybody_there().await.map_err(|_| NotSet::Unavailable)?;
        if late || link.ends < self.clock.now().as_second() { Err(NotSet::NoLink) } else { Ok((link, record)) }
    }

    /// The person whom a link is for, who has no password yet; the newest link is the only one.
    async fn waiting(&self, link: &Link, token: &str) -> Result<(LocalPerson, Record), NotSet> {
        let record = self.store.get(person_key(&link.name)).await.map_err(|_| NotSet::Unavailable)?;
        let record = record.ok_or(NotSet::NoLink)?;
        let newest = Some(sha256_hex(token.as_bytes()));
        let person = read::<LocalPerson>(&record)
            .filter(|person| person.password.is_none() && !person.disabled && person.link == newest);
        Ok((person.ok_or(NotSet::NoLink)?, record))
    }

    /// Sets the password that a link allows, once.
    ///
    /// # Errors
    /// [`NotSet`].
    pub async fn set_password(&self, token: &str, password: String) -> Result<(), NotSet> {
        let (link, record) = self.link(token).await?;
        let (mut person, before) = self.waiting(&link, token).await?;
        if let Some(weak) = weakness(&link.name, &password) {
            return Err(NotSet::Weak(weak));
        }
        person.password = Some(self.hash(password).await?);
        person.link = None;
        let used = Write::delete_when(link_key(token), When::At(record.revision));
        let set = Write::put_when(before.key.clone(), json(&person), When::At(before.revision));
        let set_up = Write::put_when(set_up_key(), DONE, if link.first { When::Absent } else { When::Always });
        let note = self.note(LINK_HOLDER, "set_password", &person);
        match self.store.keep(vec![used, set, set_up], vec![note]).await {
            Ok(_) => Ok(()),
            Err(StoreError::RowConflict { .. }) => Err(NotSet::NoLink),
            Err(_) => Err(NotSet::Unavailable),
        }
    }

    /// The person of a name, if it is still the one whom the issuer calls `subject` and can still sign in.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn known(&self, name: &str, subject: &str) -> Result<Option<LocalPerson>, StoreError> {
        let record = self.store.get(person_key(name)).await?;
        let person = record.as_ref().and_then(read::<LocalPerson>);
        Ok(person.filter(|person| person.subject == subject && person.password.is_some() && !person.disabled))
    }

    /// Gives a person other roles, from the next time on that the issuer is asked. Written down with the change.
    ///
    /// # Errors
    /// [`StoreError`], a row conflict when there is nobody of this name or the record changed meanwhile.
    pub async fn set_roles(&self, by: &str, name: &str, roles: Vec<String>) -> Result<(), StoreError> {
        self.change(name, (by, "person roles"), |person| person.roles = roles).await
    }

    /// Lets a person sign in no longer, or again.
    ///
    /// # Errors
    /// As [`Self::set_roles`].
    pub async fn set_disabled(&self, by: &str, name: &str, disabled: bool) -> Result<(), StoreError> {
        let call = if disabled { "person disable" } else { "person enable" };
        self.change(name, (by, call), |person| person.disabled = disabled).await
    }

    /// Takes a person's password away; gives the one-time link that sets a new one.
    ///
    /// # Errors
    /// As [`Self::set_roles`].
    pub async fn reset(&self, by: &str, name: &str) -> Result<String, StoreError> {
        let (person, revision) = self.find(name).await?;
        self.send_link(person, When::At(revision), (by, "person reset")).await
    }

    /// Takes a person's second step away: the next sign-in sets up another one, where one is demanded.
    ///
    /// # Errors
    /// As [`Self::set_roles`].
    pub async fn reset_second_factor(&self, by: &str, name: &str) -> Result<(), StoreError> {
        self.change(name, (by, "person reset-second-factor"), |person| person.second = None).await
    }

    async fn change(
        &self,
        name: &str,
        (by, call): (&str, &str),
        edit: impl FnOnce(&mut LocalPerson),
    ) -> Result<(), StoreError> {
        let (mut person, revision) = self.find(name).await?;
        edit(&mut person);
        let note = self.note(by, call, &person);
        let kept = Write::put_when(person_key(name), json(&person), When::At(revision));
        self.store.keep(vec![kept], vec![note]).await?;
        Ok(())
    }

    /// What the issuer calls the person of a name.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is nobody of this name.
    pub async fn subject(&self, name: &str) -> Result<String, StoreError> {
        Ok(self.find(name).await?.0.subject)
    }

    async fn find(&self, name: &str) -> Result<(LocalPerson, u64), StoreError> {
        let key = person_key(name);
        let record = self.store.get(key.clone()).await?;
        let found = record.and_then(|record| Some((read::<LocalPerson>(&record)?, record.revision)));
        found.ok_or_else(|| StoreError::Missing { row: key.to_string() })
    }

    /// What is written down of a change of a person.
    pub(super) fn note(&self, who: &str, call: &str, person: &LocalPerson) -> NewAudit {
        let LocalPerson { subject, name, email, roles, .. } = person;
        let (disabled, second) = (person.disabled, person.second.is_some());
        let details = serde_json::json!({
            "subject": subject, "name": name, "email": email, "roles": roles, "disabled": disabled,
            "second_factor": second,
        });
        let entry = Entry { person: who.to_owned(), call: call.to_owned(), project: String::new(), details };
        entry.into_note(self.clock.now(), Outcome::Done)
    }

    /// The hash of a password to be kept.
    pub(super) async fn hash(&self, password: String) -> Result<String, NotSet> {
        let place = self.hashing.place().ok_or(NotSet::Busy)?;
        self.hashing.hash(place, password).await.ok_or(NotSet::Unavailable)
    }
}

pub(super) fn person_key(name: &str) -> RecordKey {
    // All of it, however long: names that begin alike are different people.
    let name = name.trim().to_lowercase();
    RecordKey::new(RecordKind::LocalPerson, "", sha256_hex(name.as_bytes()))
}

/// What says that there was somebody once. A colon is in no person's name, so nobody's preferences lie there.
pub(crate) fn set_up_key() -> RecordKey {
    RecordKey::new(RecordKind::Remembered, "", "issuer:set-up")
}

/// What stands there.
const DONE: &[u8] = b"true";

fn link_key(token: &str) -> RecordKey {
    RecordKey::new(RecordKind::IssuerGrant, "", format!("link-{}", sha256_hex(token.as_bytes())))
}

pub(super) fn read<T: serde::de::DeserializeOwned>(record: &Record) -> Option<T> {
    serde_json::from_slice(record.body.plain()?).ok()
}

pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
