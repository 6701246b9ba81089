//! As many open files as the system lets this process have: each connection is one, and the usual limit is a thousand.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit to what may be had; where the system forbids it, the limit from before holds.
pub(super) fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, limit = limit.current, "so many open files and connections are all there can be");
    }
}
