//! How somebody proves to be a local person: the password, then the code of a telephone where there is one.
//!
//! Every try is counted before anything is looked at (`tries`), at whichever page it is made. What a code changes, the
//! step of time that works no more and how far the sign-in has come, is one commit: the same code at the same moment at
//! two servers is accepted by one of them.

use std::net::IpAddr;

use super::Issuer;
use super::passwords::weakness;
use super::people::NotSet;
use super::people::{LocalPeople, LocalPerson, json, person_key, read};
use super::second::{SecondFactor, Used, first_step};
use super::steps::{Found, Goal, State, Step};
use super::totp::Secret;
use super::tries::Try;
use crate::audit::ONESELF;
use crate::store::{NewAudit, Record, StoreError, When, Write};

/// How often a commit is tried anew when somebody else was first.
const TRIES: usize = 3;

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotIn {
    /// Name or password is wrong; which of the two is not said.
    Wrong,
    /// Too many failures; try again in so many seconds.
    Wait(u64),
    /// The store cannot be used.
    Unavailable,
}

/// Why a page after the password leads no further.
pub(super) enum Stuck {
    /// There is no such sign-in under way, or it is elsewhere.
    NoStep,
    /// The code is wrong; where the same page is asked for again.
    Wrong(Box<Found>),
    /// Too many failures; try again in so many seconds.
    Wait(Box<Found>, u64),
    /// The store cannot be used.
    Unavailable,
}

impl From<StoreError> for Stuck {
    fn from(_: StoreError) -> Self {
        Self::Unavailable
    }
}

impl LocalPeople {
    /// Who has this name and password; `address` is where the try comes from. Whoever owes a code besides gives back this
    /// try alone, and everybody else the earlier ones too.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn check(&self, name: &str, password: String, address: Option<IpAddr>) -> Result<LocalPerson, NotIn> {
        let key = person_key(name);
        let counted = self.tries.count(&key.id, address).map_err(NotIn::Wait)?;
        let Some(place) = self.hashing.place() else {
            self.tries.take_back(&counted);
            return Err(NotIn::Wait(1));
        };
        let record = self.store.get(key).await.map_err(|_| NotIn::Unavailable)?;
        let person = record.as_ref().and_then(read::<LocalPerson>);
        let kept = person.as_ref().and_then(|person| person.password.clone());
        match (self.hashing.verify(place, kept, password).await, person) {
            (true, Some(person)) if !person.is_disabled() => {
                match person.has_second_factor() {
                    true => self.tries.take_back(&counted),
                    false => self.tries.forget(&counted),
                }
                Ok(person)
            }
            _ => Err(NotIn::Wrong),
        }
    }

    /// The person of a step, as long as the password is the one with which the step began.
    async fn of_step(&self, step: &Step) -> Result<Option<(LocalPerson, Record)>, StoreError> {
        let record = self.store.get(person_key(&step.holder.name)).await?;
        let person = record.as_ref().and_then(read::<LocalPerson>);
        let person = person.filter(|person| {
            let is_same = person.subject == step.holder.subject && !person.is_disabled();
            is_same && person.has_password() && Step::mark(person.password.as_deref()) == step.password
        });
        Ok(person.zip(record))
    }
}

impl Issuer {
    /// Where somebody is whose password was right: owing a code, shown a secret, or owing nothing.
    pub(super) fn first_state(&self, person: &LocalPerson, goal: &Goal) -> State {
        let must_have = self.demands_second_factor(person);
        match (person.has_second_factor(), goal) {
            (true, _) => State::Code,
            (false, Goal::Telephone) => self.enrolling(None),
            (false, Goal::SignIn { .. }) if must_have => self.enrolling(None),
            (false, Goal::SignIn { .. } | Goal::Password) => State::Proved,
        }
    }

    fn enrolling(&self, instead_of: Option<String>) -> State {
        State::Enrolling { secret: Secret::draw(self.people.dice.as_ref()), instead_of }
    }

    /// Judges a code of a telephone, or a recovery code.
    ///
    /// # Errors
    /// [`Stuck`].
    pub(super) async fn prove(&self, id: &str, typed: &str, address: Option<IpAddr>) -> Result<(Found, Used), Stuck> {
        let counted = self.counted(id, address, |state| matches!(state, State::Code)).await?;
        for _ in 0..TRIES {
            let mut found = self.at(id, |state| matches!(state, State::Code)).await?;
            let (mut person, record) = self.people.of_step(&found.step).await?.ok_or(Stuck::NoStep)?;
            let second = person.second.as_mut().ok_or(Stuck::NoStep)?;
            let Some(used) = second.accept(typed, self.clock.now().as_second()) else {
                return Err(Stuck::Wrong(Box::new(found)));
            };
            (found.step.state, found.step.holder.second) = (State::Proved, true);
            let is_recovery = matches!(used, Used::Recovery { .. });
            let note = is_recovery.then(|| self.people.note(ONESELF, "use_recovery_code", &person));
            if self.both(&person, &record, found.moved(), note).await? {
                self.people.tries.forget(&counted);
                return Ok((self.at(id, |state| matches!(state, State::Proved)).await?, used));
            }
        }
        Err(Stuck::Unavailable)
    }

    /// Takes a telephone as the second step once it has shown a right code; gives the recovery codes.
    ///
    /// # Errors
    /// [`Stuck`].
    pub(super) async fn enrol(
        &self,
        id: &str,
        typed: &str,
        address: Option<IpAddr>,
    ) -> Result<(Found, Vec<String>), Stuck> {
        let counted = self.counted(id, address, |state| matches!(state, State::Enrolling { .. })).await?;
        for _ in 0..TRIES {
            let mut found = self.at(id, |state| matches!(state, State::Enrolling { .. })).await?;
            let State::Enrolling { secret, instead_of } = found.step.state.clone() else { return Err(Stuck::NoStep) };
            let (mut person, record) = self.people.of_step(&found.step).await?.ok_or(Stuck::NoStep)?;
            // Another telephone was taken meanwhile.
            if person.second.as_ref().map(SecondFactor::mark) != instead_of {
                return Err(Stuck::NoStep);
            }
            let Some(step) = first_step(&secret, typed, self.clock.now().as_second()) else {
                return Err(Stuck::Wrong(Box::new(found)));
            };
            let (second, codes) = SecondFactor::new(secret, step, self.people.dice.as_ref());
            person.second = Some(second);
            (found.step.state, found.step.holder.second) = (State::Proved, true);
            let note = self.people.note(ONESELF, "set_second_factor", &person);
            if self.both(&person, &record, found.moved(), Some(note)).await? {
                self.people.tries.forget(&counted);
                return Ok((self.at(id, |state| matches!(state, State::Proved)).await?, codes));
            }
        }
        Err(Stuck::Unavailable)
    }

    /// Somebody who owes nothing sets up another telephone; the one before works until the new one has shown a code.
    ///
    /// # Errors
    /// [`Stuck`].
    pub(super) async fn another_telephone(&self, id: &str) -> Result<Found, Stuck> {
        let mut found = self.at(id, |state| matches!(state, State::Proved)).await?;
        let (person, _) = self.people.of_step(&found.step).await?.ok_or(Stuck::NoStep)?;
        found.step.state = self.enrolling(person.second.as_ref().map(SecondFactor::mark));
        match self.people.store.keep(vec![found.moved()], Vec::new()).await {
            Err(StoreError::RowConflict { .. }) => Err(Stuck::NoStep),
            kept => kept.map(|_| found).map_err(Stuck::from),
        }
    }

    /// Uses up a step of somebody who owes nothing.
    ///
    /// # Errors
    /// [`Stuck`].
    pub(super) async fn arrive(&self, id: &str) -> Result<Step, Stuck> {
        let found = self.at(id, |state| matches!(state, State::Proved)).await?;
        let (person, _) = self.people.of_step(&found.step).await?.ok_or(Stuck::NoStep)?;
        match self.people.store.keep(vec![found.used()], Vec::new()).await {
            Err(StoreError::RowConflict { .. }) => return Err(Stuck::NoStep),
            kept => kept?,
        };
        let mut step = found.step;
        // Name and roles as they are now.
        step.holder = super::tokens::Holder::of(person, step.holder.signed_in, step.holder.second);
        Ok(step)
    }

    /// Gives somebody who owes nothing, and came for it, another password; gives whose it is.
    ///
    /// # Errors
    /// [`NotSet`].
    pub(super) async fn change_password(&self, id: &str, password: String) -> Result<String, NotSet> {
        let is_proved = |state: &State| matches!(state, State::Proved);
        let found = self.at(id, is_proved).await.map_err(not_set)?;
        if !matches!(found.step.goal, Goal::Password) {
            return Err(NotSet::NoLink);
        }
        let of_step = self.people.of_step(&found.step).await.map_err(|_| NotSet::Unavailable)?;
        let (mut person, record) = of_step.ok_or(NotSet::NoLink)?;
        if let Some(weak) = weakness(&person.name, &password) {
            return Err(NotSet::Weak(weak));
        }
        person.password = Some(self.people.hash(password).await?);
        let note = self.people.note(ONESELF, "change_password", &person);
        let changed = self.both(&person, &record, found.used(), Some(note)).await.map_err(not_set)?;
        if changed { Ok(person.subject) } else { Err(NotSet::NoLink) }
    }

    /// The step of an id, at the state that a page is for.
    pub(super) async fn at(&self, id: &str, is_there: impl Fn(&State) -> bool) -> Result<Found, Stuck> {
        let found = self.steps.find(id).await?;
        found.filter(|found| is_there(&found.step.state)).ok_or(Stuck::NoStep)
    }

    /// Counts a try at a step before the code is looked at.
    async fn counted(
        &self,
        id: &str,
        address: Option<IpAddr>,
        is_there: impl Fn(&State) -> bool,
    ) -> Result<Try, Stuck> {
        let found = self.at(id, is_there).await?;
        let name = person_key(&found.step.holder.name).id;
        self.people.tries.count(&name, address).map_err(|seconds| Stuck::Wait(Box::new(found), seconds))
    }

    /// Keeps a person and a step in one commit; `false` when somebody else was first.
    async fn both(
        &self,
        person: &LocalPerson,
        before: &Record,
        step: Write,
        note: Option<NewAudit>,
    ) -> Result<bool, StoreError> {
        let kept = Write::put_when(before.key.clone(), json(person), When::At(before.revision));
        match self.people.store.keep(vec![kept, step], note.into_iter().collect()).await {
            Ok(_) => Ok(true),
            Err(StoreError::RowConflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn not_set(stuck: impl Into<Stuck>) -> NotSet {
    match stuck.into() {
        Stuck::Unavailable => NotSet::Unavailable,
        Stuck::NoStep | Stuck::Wrong(_) | Stuck::Wait(..) => NotSet::NoLink,
    }
}
