//! The end of the audit log on standard output, again and again: it leaves the machine with the output, so that whoever
//! could exchange the whole store is still seen.
//!
//! ```text
//! clew audit anchor 4711:6f1d0c…
//! {"clew_audit_anchor":"4711:6f1d0c…"}          with CLEW_LOG=json
//! ```

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::say;
use crate::Server;
use crate::settings::LogForm;
use crate::store::Anchor;

/// How often the end is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So many entries are told of,
const ENTRIES: u64 = 1_000;
/// and so much time, if there is anything new.
const SPAN: Duration = Duration::from_secs(300);

/// Tells of the end for ever, beginning with the one at hand.
pub(super) async fn run(server: Arc<Server>, form: LogForm) {
    let mut last = None;
    let mut told_at = Instant::now();
    loop {
        match server.audit.anchor().await {
            Ok(anchor) if is_due(last, anchor, told_at.elapsed()) => {
                tell(anchor, form);
                (last, told_at) = (Some(anchor), Instant::now());
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the end of the audit log cannot be read"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn is_due(last: Option<Anchor>, now: Anchor, since: Duration) -> bool {
    match last {
        None => true,
        Some(last) => now.seq >= last.seq + ENTRIES || (now != last && since >= SPAN),
    }
}

/// One line, whatever the level of the log.
pub(super) fn tell(anchor: Anchor, form: LogForm) {
    match form {
        LogForm::Text => say(&format!("{WORDS}{anchor}")),
        LogForm::Json => say(&format!("{{\"clew_audit_anchor\":\"{anchor}\"}}")),
    }
}

const WORDS: &str = "clew audit anchor ";

/// An anchor as it was printed, alone or with the line around it.
pub(super) fn read(text: &str) -> Result<Anchor, crate::store::NoAnchor> {
    let last = text.trim().trim_end_matches("\"}").rsplit([' ', '"']).next().unwrap_or_default();
    last.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_due_every_thousand_entries_or_five_minutes_and_is_read_again_in_every_form() {
        let anchor = |seq| Anchor { seq, mark: [7; 32] };
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        assert!(is_due(None, anchor(0), minutes(0)));
        for (now, since, due) in [(1_999, 4, false), (2_000, 0, true), (1_001, 5, true), (1_000, 60, false)] {
            assert_eq!(is_due(Some(anchor(1_000)), anchor(now), minutes(since)), due, "{now} {since}");
        }
        let text = anchor(17).to_string();
        for line in [
            text.clone(),
            format!("{WORDS}{text}"),
            format!("{{\"clew_audit_anchor\":\"{text}\"}}"),
            format!(" Its end is {text}\n"),
        ] {
            assert_eq!(read(&line), Ok(anchor(17)), "{line}");
        }
        assert!(read("17").is_err() && read("").is_err());
    }
}
