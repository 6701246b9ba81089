//! A running answer stops soon after the session that asked for it has ended, and when the server is being stopped.
//!
//! Whether the session is still there is looked up in the store twice a second while an answer runs, and before its next
//! piece leaves: whoever ended it, and by whatever way, need not know which answers are under way.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::Server;
use crate::broker::{Piece, Pieces, StreamEnd};
use crate::ending::{Ending, stopping};
use crate::sign_in::session::signed_out;
use crate::store::SessionHash;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(500);

/// The session of an answer that runs.
pub(crate) struct Living {
    server: Arc<Server>,
    session: SessionHash,
    look: Interval,
    ending: Ending,
}

impl Living {
    /// Begins to look after a session; the first look is due after half a second.
    pub(crate) fn watch(server: Arc<Server>, session: SessionHash) -> Self {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        Self { ending: server.ending.clone(), server, session, look }
    }

    /// The next piece, or the end once the session has ended or the server ends.
    pub(crate) async fn next(&mut self, pieces: &mut Pieces) -> Option<Piece> {
        loop {
            tokio::select! {
                biased;
                _ = self.look.tick() => {
                    // A store that cannot be read ends no session; the next request will say so.
                    if let Ok(false) = self.server.sessions.is_there(self.session).await {
                        return Some(Piece::End(StreamEnd::failed(signed_out())));
                    }
                }
                () = self.ending.begun() => return Some(Piece::End(StreamEnd::failed(stopping()))),
                piece = pieces.next() => return piece,
            }
        }
    }
}
