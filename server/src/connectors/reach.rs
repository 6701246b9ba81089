//! What came of a connection to the outside, in words for people: whoever is refused does not learn what lies there.

use super::{Failure, FailureKind};
use crate::egress::{Barred, Unreached};

/// No connection to a source.
pub(super) fn unreached(unreached: &Unreached) -> Failure {
    match unreached {
        Unreached::Barred(reason) => barred(*reason),
        Unreached::Away(cause) => away(cause),
    }
}

/// The rules refuse the place.
pub(super) fn barred(reason: Barred) -> Failure {
    let sentence = "Clew's rules for outbound connections do not let it reach this address.";
    Failure::new(FailureKind::Setting, sentence, reason.remedy(), &reason)
}

/// Nobody answers; whether the name, the machine or the port is wrong stays in the log.
pub(super) fn away(cause: &str) -> Failure {
    let remedy = "Check the host, the port and the firewall.";
    Failure::new(FailureKind::Unreachable, "The source cannot be reached.", remedy, cause)
}
