//! How many answers one person may have under way at once: four streams and files; beyond them the next waits a moment.
//!
//! The page itself asks for four at most, so only a second window or a program ever waits. Counted per person and not
//! per session: whoever signs in twice gets no more. A place is given back with the body, however that ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::PersonId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wire::{Code, Fault};

/// The most answers of one person under way.
const MOST: usize = 4;
/// The most that wait for one person.
const MOST_WAITING: usize = 128;
/// The longest wait.
const WAIT: Duration = Duration::from_secs(10);
/// People in memory; beyond it, those with nothing under way are forgotten.
const MOST_PEOPLE: usize = 1_000;

/// What each person has under way.
#[derive(Default)]
pub struct Underway {
    people: Mutex<HashMap<PersonId, Arc<Places>>>,
}

/// Turns, and room for those who have one or wait for it.
struct Places {
    turns: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

/// One answer under way, until it is dropped.
pub struct Place {
    _turn: OwnedSemaphorePermit,
    _room: OwnedSemaphorePermit,
    _places: Arc<Places>,
}

impl Underway {
    /// Waits until a person may have one more answer.
    ///
    /// # Errors
    /// [`Fault`] `Busy` when too many wait, or for too long.
    pub async fn begin(&self, person: &PersonId) -> Result<Place, Fault> {
        let places = self.of(person);
        let room = places.room.clone().try_acquire_owned().map_err(|_| too_many())?;
        match tokio::time::timeout(WAIT, places.turns.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(Place { _turn: turn, _room: room, _places: places }),
            Ok(Err(_)) | Err(_) => Err(too_many()),
        }
    }

    fn of(&self, person: &PersonId) -> Arc<Places> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= MOST_PEOPLE && !people.contains_key(person) {
            people.retain(|_, places| Arc::strong_count(places) > 1);
        }
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        let places = || Arc::new(Places { turns: semaphore(MOST), room: semaphore(MOST + MOST_WAITING) });
        people.entry(person.clone()).or_insert_with(places).clone()
    }
}

fn too_many() -> Fault {
    Fault::new(
        Code::Busy,
        format!("You have {MOST} answers under way, and no more run at once."),
        "Wait until one of them is complete, or stop one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> PersonId {
        PersonId::try_from(name.to_owned()).unwrap()
    }

    #[tokio::test]
    async fn a_person_has_four_answers_under_way_and_the_next_comes_when_one_is_complete() {
        let underway = Underway::default();
        let (ada, bob) = (person("ada"), person("bob"));
        let mut held = Vec::new();
        for _ in 0..MOST {
            held.push(underway.begin(&ada).await.ok().unwrap());
        }
        let next = underway.begin(&ada);
        tokio::pin!(next);
        assert!(futures::poll!(&mut next).is_pending());
        assert!(underway.begin(&bob).await.is_ok(), "everybody has one's own");
        held.pop();
        assert!(next.await.is_ok());
    }

    #[tokio::test]
    async fn beyond_what_can_wait_a_person_is_told_so_and_nobody_else() {
        let underway = Underway::default();
        let ada = person("ada");
        let mut held = Vec::new();
        for _ in 0..MOST {
            held.push(underway.begin(&ada).await.ok().unwrap());
        }
        let waiting = futures::future::join_all((0..MOST_WAITING).map(|_| underway.begin(&ada)));
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        assert_eq!(underway.begin(&ada).await.err().unwrap().code, Code::Busy);
        assert!(underway.begin(&person("bob")).await.is_ok());
    }

    #[tokio::test]
    async fn people_with_nothing_under_way_are_forgotten() {
        let underway = Underway::default();
        let held = underway.begin(&person("ada")).await.ok().unwrap();
        for number in 0..MOST_PEOPLE + 10 {
            drop(underway.begin(&person(&format!("p{number}"))).await.ok().unwrap());
        }
        let people = underway.people.lock().unwrap();
        assert!(people.len() <= MOST_PEOPLE && people.contains_key(&person("ada")));
        drop((people, held));
    }
}
