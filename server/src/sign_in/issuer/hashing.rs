//! Passwords as Argon2id (64 MiB, 3 passes): at most two are computed at once, sixteen wait, and whoever comes then is told
//! to come again.
//!
//! A password that there is nothing to compare with costs one hash too, so that time tells nobody which names there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::world::{Dice, random};

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 64 * 1024;
/// Passes of one hash.
const PASSES: u32 = 3;
/// Hashes at once.
const AT_ONCE: usize = 2;
/// Passwords that wait for their turn.
const MOST_WAITING: usize = 16;

/// Computes hashes, in turn.
pub(super) struct Hashing {
    dice: Arc<dyn Dice>,
    turns: Semaphore,
    places: Semaphore,
    computed: AtomicU64,
}

/// A place among those who wait or are being judged.
pub(super) struct Place<'a>(#[expect(dead_code, reason = "held until it is dropped")] SemaphorePermit<'a>);

impl Hashing {
    pub(super) fn new(dice: Arc<dyn Dice>) -> Self {
        let (turns, places) = (Semaphore::new(AT_ONCE), Semaphore::new(AT_ONCE + MOST_WAITING));
        Self { dice, turns, places, computed: AtomicU64::new(0) }
    }

    /// A place; none when too many wait already.
    pub(super) fn place(&self) -> Option<Place<'_>> {
        self.places.try_acquire().ok().map(Place)
    }

    /// How many hashes were computed since the start.
    pub(super) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// Whether the password fits; without one to compare with, the same time is spent for nothing.
    pub(super) async fn verify(&self, place: Place<'_>, kept: Option<String>, password: String) -> bool {
        let salt = random::<16>(self.dice.as_ref());
        let work = move || match kept {
            Some(kept) => argon2().is_some_and(|argon2| {
                let hash = argon2::PasswordHash::new(&kept);
                hash.is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
            }),
            None => {
                let spent = argon2().map(|argon2| argon2.hash_password_with_salt(password.as_bytes(), &salt).is_ok());
                spent.is_none()
            }
        };
        self.in_turn(place, work).await.unwrap_or(false)
    }

    /// The hash of a password.
    pub(super) async fn hash(&self, place: Place<'_>, password: String) -> Option<String> {
        let salt = random::<16>(self.dice.as_ref());
        let work = move || {
            let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).ok()?;
            Some(hash.to_string())
        };
        self.in_turn(place, work).await.flatten()
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        _place: Place<'_>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _turn = self.turns.acquire().await.ok()?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(work).await.ok()
    }
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::world::SystemDice;

    #[tokio::test(flavor = "multi_thread")]
    async fn two_are_computed_at_once_sixteen_wait_and_the_next_is_turned_away() {
        let hashing = Arc::new(Hashing::new(Arc::new(SystemDice)));
        let (begun, begins) = mpsc::channel();
        let mut ends = Vec::new();
        let tasks: Vec<_> = (0..AT_ONCE + MOST_WAITING)
            .map(|_| {
                let (hashing, begun) = (hashing.clone(), begun.clone());
                let (end, ended) = mpsc::channel::<()>();
                ends.push(end);
                tokio::spawn(async move {
                    let place = hashing.place().expect("a place");
                    let work = move || begun.send(()).map(|()| ended.recv().is_ok()).is_ok();
                    hashing.in_turn(place, work).await
                })
            })
            .collect();
        let begin = |wait| begins.recv_timeout(Duration::from_millis(wait)).is_ok();
        while hashing.places.available_permits() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(begin(10_000) && begin(10_000) && !begin(200), "two at once");
        assert!(hashing.place().is_none(), "the nineteenth is turned away");
        assert_eq!(hashing.computed(), 2);
        drop(ends);
        for task in tasks {
            assert_eq!(task.await.unwrap(), Some(true));
        }
        assert!(hashing.place().is_some() && hashing.computed() == 18);
    }

    #[tokio::test]
    async fn a_password_is_kept_as_argon2id_with_64_mib_and_three_passes() {
        let hashing = Hashing::new(Arc::new(SystemDice));
        let hash = hashing.hash(hashing.place().unwrap(), "correct horse battery staple".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{hash}");
        assert!(hashing.verify(hashing.place().unwrap(), Some(hash), "correct horse battery staple".to_owned()).await);
        assert!(!hashing.verify(hashing.place().unwrap(), None, "correct horse battery staple".to_owned()).await);
        assert_eq!(hashing.computed(), 3, "who is not there costs a hash too");
    }
}
