//! Being there: a session that holds the locks of a server for as long as it lives, and hears of what others change. When
//! it breaks it is made anew.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::connect::Session;
use super::open::get;
use super::{Shared, locks};
use crate::store::StoreError;

/// How long one waits before the next try.
const AGAIN: Duration = Duration::from_millis(250);
/// How long leaving may take.
const LEAVING: Duration = Duration::from_secs(2);

/// Tells every server that listens that the configuration has changed.
pub(super) const TELL: &str = "SELECT pg_notify('clew_' || 'meta'::regclass::oid, '')";

/// What this process holds of the store.
#[derive(Clone, Default)]
pub(super) struct Presence(Arc<Mutex<Held>>);

#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    /// A server's task, told to leave by the first and heard when it has left by the second.
    Serving(oneshot::Sender<()>, JoinHandle<()>),
    /// The store alone.
    Alone(#[expect(dead_code, reason = "what counts is that it is there")] Box<Session>),
}

impl Presence {
    fn hold(&self, held: Held) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }

    /// Serves from now on until the store is closed.
    ///
    /// # Errors
    /// `InUse` while a command is alone with the store; `Away`.
    pub(super) async fn attend(self, shared: Arc<Shared>) -> Result<(), StoreError> {
        let first = attended(&shared).await?;
        super::roll::finish_roll(&shared).await?;
        let (leave, left) = oneshot::channel();
        let task = tokio::spawn(attend_on(shared, first, left));
        self.hold(Held::Serving(leave, task));
        Ok(())
    }

    /// Takes the store for itself until it is closed.
    ///
    /// # Errors
    /// `InUse` while a server uses it; `Away`.
    pub(super) async fn be_alone(self, shared: Arc<Shared>) -> Result<(), StoreError> {
        let session = shared.way.session().await?;
        if !locks::is_taken(&session, locks::USE_ALONE).await? {
            return Err(StoreError::InUse { file: shared.way.shown.clone() });
        }
        self.hold(Held::Alone(Box::new(session)));
        super::roll::finish_roll(&shared).await
    }

    /// Leaves, so that everybody sees it at once.
    pub(super) async fn close(&self) {
        let held = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if let Held::Serving(leave, task) = held {
            // It may have ended by itself.
            leave.send(()).unwrap_or(());
            if timeout(LEAVING, task).await.is_err() {
                tracing::debug!("the store's database did not take note of the leave");
            }
        }
    }
}

/// A session that is there, and the sign that it has ended.
type Attended = (Session, oneshot::Receiver<()>);

async fn attended(shared: &Arc<Shared>) -> Result<Attended, StoreError> {
    let heard = shared.clone();
    let (session, ended) = shared.way.session_that_tells(move |_| heard.news.send_modify(|count| *count += 1)).await?;
    if !locks::is_taken(&session, locks::USE_SHARED).await? {
        return Err(StoreError::InUse { file: shared.way.shown.clone() });
    }
    let number = match shared.server() {
        Some(number) => number,
        None => get(&session.query_one(locks::NEXT_SERVER, &[]).await?, 0)?,
    };
    session.query(locks::SERVER, &[&number]).await?;
    shared.server.store(number, Ordering::Release);
    let name: String = get(&session.query_one("SELECT 'clew_' || 'meta'::regclass::oid", &[]).await?, 0)?;
    session.batch(&format!("LISTEN {name}")).await?;
    // Something may have been changed while nobody listened.
    shared.news.send_modify(|count| *count += 1);
    Ok((session, ended))
}

async fn attend_on(shared: Arc<Shared>, first: Attended, mut left: oneshot::Receiver<()>) {
    let mut attending = Ok(first);
    loop {
        match attending {
            Ok((session, mut ended)) => {
                shared.note(&Ok(()));
                tokio::select! {
                    _ = &mut ended => {
                        let cause = "the connection ended".to_owned();
                        shared.note::<()>(&Err(StoreError::Away { cause }));
                    }
                    _ = &mut left => {
                        drop(session);
                        // The database has taken note when its end of the line closes.
                        ended.await.unwrap_or(());
                        return;
                    }
                }
            }
            Err(error) => {
                shared.note::<()>(&Err(error));
                tokio::select! {
                    () = sleep(AGAIN) => {}
                    _ = &mut left => return,
                }
            }
        }
        attending = attended(&shared).await;
    }
}
