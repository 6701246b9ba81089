//! A source that is away is left alone for a while, so that nobody waits for it and it can come back.
//!
//! ```text
//! 5 failures in 10 s     nothing is asked of it for 15 s; whoever asks is told since when it is away
//! after the 15 s         one question goes through: if it is answered, all is well, otherwise 15 s more
//! ```
//!
//! Only what says that a source is away counts: no connection, a broken one, no answer while it is opened. A refused
//! account, a wrong column or a slow question says nothing about the next question.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use model::project::Source;
use wire::{Code, Fault};

use super::sources::Name;
use crate::world::Clock;

/// Failures that open it,
const FAILURES: usize = 5;
/// when they lie within so long.
const WITHIN: Duration = Duration::from_secs(10);
/// How long nothing is asked.
const PAUSE: Duration = Duration::from_secs(15);
/// Sources whose failures are remembered.
const MOST: usize = 2_000;

/// The sources that failed lately, each with the settings with which it failed: one that is mended is asked at once, and
/// nobody's own settings hold up others.
#[derive(Default)]
pub(super) struct Breakers(Mutex<HashMap<Name, Failing>>);

struct Failing {
    /// When the failures were, the newest last; at most [`FAILURES`].
    at: Vec<Duration>,
    since: Timestamp,
    /// What the newest said, in words for people.
    said: String,
    /// Until when nothing is asked, while it is open.
    open_until: Option<Duration>,
}

impl Breakers {
    /// Whether a source may be asked; of one that is away, one question after each pause.
    ///
    /// # Errors
    /// `SourceFailed`, with the source and since when it is away.
    pub(super) fn admit(&self, name: &Name, source: &Source, clock: &dyn Clock) -> Result<(), Fault> {
        self.look(name, source, clock, true)
    }

    /// The same, without being the one question.
    ///
    /// # Errors
    /// As [`Breakers::admit`].
    pub(super) fn would_admit(&self, name: &Name, source: &Source, clock: &dyn Clock) -> Result<(), Fault> {
        self.look(name, source, clock, false)
    }

    fn look(&self, name: &Name, source: &Source, clock: &dyn Clock, asks: bool) -> Result<(), Fault> {
        let mut failing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(failing) = failing.get_mut(name) else { return Ok(()) };
        let Some(until) = failing.open_until else { return Ok(()) };
        let now = clock.monotonic();
        if now < until {
            return Err(away(source, failing, until.saturating_sub(now)));
        }
        if asks {
            // Whoever comes while this question is under way is told as before; if its person leaves, so for a pause.
            failing.open_until = Some(now + PAUSE);
        }
        Ok(())
    }

    /// A source could not be asked, which `said` tells people.
    pub(super) fn failed(&self, name: &Name, said: &str, clock: &dyn Clock) {
        let now = clock.monotonic();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, failing| failing.at.last().is_some_and(|last| *last + WITHIN + PAUSE > now));
        }
        let fresh = || Failing { at: Vec::new(), since: clock.now(), said: String::new(), open_until: None };
        let failing = all.entry(name.clone()).or_insert_with(fresh);
        said.clone_into(&mut failing.said);
        if failing.open_until.is_some() {
            failing.open_until = Some(now + PAUSE);
            return;
        }
        failing.at.retain(|at| *at + WITHIN > now);
        if failing.at.is_empty() {
            failing.since = clock.now();
        }
        failing.at.push(now);
        if failing.at.len() >= FAILURES {
            tracing::warn!(source = %name.source, "a source is away; it is left alone for a while");
            failing.open_until = Some(now + PAUSE);
        }
    }

    /// A source was asked, and it answered.
    pub(super) fn answered(&self, name: &Name) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.is_empty() && all.remove(name).is_some_and(|gone| gone.open_until.is_some()) {
            tracing::info!(source = %name.source, "a source is back");
        }
    }
}

fn away(source: &Source, failing: &Failing, left: Duration) -> Fault {
    let since = failing.since.strftime("%Y-%m-%d %H:%M:%S UTC");
    Fault::new(
        Code::SourceFailed,
        format!("Source \"{}\" is away since {since}: {}", source.name, failing.said),
        format!("It is asked again in {} seconds; if it stays away, ask who runs it.", left.as_secs() + 1),
    )
}
