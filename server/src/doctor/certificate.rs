//! The listener's certificate: whether it can be shown, for how long, for whom, and who else may read its key.

use std::os::unix::fs::PermissionsExt as _;

use jiff::Timestamp;

use super::Finding;
use crate::certificate::{examine as read, warning};
use crate::settings::{CertificatePlace, Settings, names};

/// One finding where the settings name a certificate.
pub(super) fn examine(settings: &Settings, now: Timestamp) -> Option<Finding> {
    let place = settings.tls.as_ref()?;
    let check = "certificate";
    let (_, path) = place.certificate();
    let pair = match read(place, now) {
        Ok(pair) => pair,
        Err(fault) => return Some(Finding::bad_as_said(check, &fault)),
    };
    if let Some(said) = warning(pair.until(), now) {
        let said = format!("{}: {said}.", path.display());
        return Some(Finding::warn(check, said, "Renew it; Clew takes the new file by itself."));
    }
    let host = settings.public_url.as_ref().and_then(url::Url::host_str).unwrap_or_default();
    if !host.is_empty() && !pair.is_for(host) {
        let said = format!("{} is not for {host}, so browsers will refuse it.", path.display());
        let remedy = format!("Give one for the name that {} has, or change that name.", names::PUBLIC_URL);
        return Some(Finding::warn(check, said, remedy));
    }
    if let Some(said) = read_by_others(place) {
        return Some(Finding::warn(check, said, "Take others' rights to it away with `chmod o-rwx`."));
    }
    Some(Finding::ok(check, format!("{} holds until {}.", path.display(), pair.until())))
}

fn read_by_others(place: &CertificatePlace) -> Option<String> {
    let (_, path) = place.key();
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o007 != 0)
        .then(|| format!("Every account of this machine may read {}, which holds the key.", path.display()))
}
