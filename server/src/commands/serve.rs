//! `clew serve`: answers until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

use super::{checkpoints, files, roll, say, world};
use crate::ending::Ending;
use crate::settings::{LogForm, Settings, names};
use crate::start::{Outside, keyring};
use crate::store::Outcome;
use crate::web::{Limits, Listening, serve, serve_metrics};
use crate::{Server, StartFault, accounts, backups, environment, upkeep};

/// Answers with `settings` until SIGINT or SIGTERM.
pub(super) async fn run(settings: Settings) -> Result<(), StartFault> {
    start_log(&settings);
    let (clock, dice) = world();
    let server = Server::start(&settings, Outside::open(&settings, clock, dice)?).await?;
    roll::log(&settings, server.store.as_ref());
    if let Some(link) = server.sign_in.set_up_link().await? {
        say(&format!("Nobody can sign in yet. Open this address once to make the first instance manager:\n  {link}"));
    }
    answer(server, &settings, Some(settings.log)).await
}

/// Listens, answers, and ends in order. Where `anchors` gives a form, the end of the audit log is told in it.
pub(super) async fn answer(
    server: Arc<Server>,
    settings: &Settings,
    anchors: Option<LogForm>,
) -> Result<(), StartFault> {
    files::raise_limit();
    let listening = Listening::bind(&settings.listen).await.map_err(|error| StartFault::Other {
        sentence: format!("cannot listen on {error}; end the other program or set {} to another port", names::LISTEN),
        code: crate::settings::EXIT_SETTING,
    })?;
    if crate::audit::IS_LEFT_OUT {
        tracing::error!(
            "THIS PROGRAM WRITES NOTHING DOWN OF WHAT IS READ: it was built for a bench, and for nothing else"
        );
    }
    for address in listening.addresses() {
        tracing::info!(%address, "listening");
    }
    let (stop, stopped) = watch::channel(false);
    if let Some(address) = settings.metrics_listen {
        tell_numbers(server.clone(), address, stopped.clone()).await?;
    }
    environment::note_start(server.store.as_ref(), settings, server.clock.now()).await?;
    let beside = beside(&server, settings, anchors)?;
    tokio::spawn(end_by_signals(stop, server.ending.clone()));
    let failed = tokio::select! {
        () = serve(listening, &server, Limits::default(), stopped) => None,
        error = upkeep::until_store_fails(&server) => Some(error),
    };
    drop(beside);
    if let Some(error) = failed {
        tracing::error!(%error, "the store failed; this process ends so that nothing is half done");
        return Err(error.into());
    }
    if let Err(error) = server.audit.flush_refusals(true).await {
        tracing::error!(%error, "the last refusals could not be written down");
    }
    end_log(&server, anchors).await;
    server.store.close().await?;
    Ok(())
}

/// What goes on beside the answers until it is dropped.
fn beside(server: &Arc<Server>, settings: &Settings, anchors: Option<LogForm>) -> Result<JoinSet<()>, StartFault> {
    let mut beside = JoinSet::new();
    if let Some(form) = anchors {
        beside.spawn(checkpoints::run(server.clone(), form));
    }
    let keeper = server.keeper.clone();
    beside.spawn(async move { keeper.follow().await });
    beside.spawn(upkeep::run(server.clone()));
    let looked = server.clone();
    beside.spawn(async move { upkeep::look_through(&looked).await });
    beside.spawn(accounts::run(server.clone()));
    if let Some(schedule) = &settings.backups {
        let keyring = keyring(settings, server.dice.clone())?;
        beside.spawn(backups::run(server.clone(), keyring, schedule.clone()));
    }
    if let Some(certificates) = server.certificates.clone() {
        beside.spawn(certificates.follow());
    }
    Ok(beside)
}

/// The first signal lets running answers finish, the second ends them.
async fn end_by_signals(stop: watch::Sender<bool>, ending: Ending) {
    let mut signals = Signals::new();
    signals.next().await;
    tracing::info!("stopping: no new connections, running answers may finish; a second signal ends them");
    stop.send_replace(true);
    signals.next().await;
    tracing::info!("stopping now: running answers end");
    ending.begin();
}

/// Writes down that the server ends, lets the sinks take it, and tells where the log ends.
async fn end_log(server: &Server, anchors: Option<LogForm>) {
    if let Err(error) = server.audit.note(environment::stopped("signal"), Outcome::Done).await {
        tracing::error!(error = %error.0, "the end of this server could not be written down everywhere");
    }
    if let Some(copies) = server.audit.copies() {
        copies.finish().await;
    }
    let Some(form) = anchors else { return };
    match server.audit.anchor().await {
        Ok(anchor) => checkpoints::tell(anchor, form),
        Err(error) => tracing::error!(%error, "the end of the audit log cannot be read"),
    }
}

/// Tells numbers beside everything else, until the end.
async fn tell_numbers(
    server: Arc<Server>,
    address: SocketAddr,
    stopped: watch::Receiver<bool>,
) -> Result<(), StartFault> {
    let listening = Listening::bind(&[address]).await.map_err(|error| StartFault::Other {
        sentence: format!(
            "cannot listen on {error}; end the other program or set {} to another port",
            names::METRICS_LISTEN
        ),
        code: crate::settings::EXIT_SETTING,
    })?;
    tracing::info!(%address, "telling numbers");
    tokio::spawn(async move { serve_metrics(listening, &server, Limits::default(), stopped).await });
    Ok(())
}

/// What tells the process to end: SIGTERM, or Ctrl+C.
struct Signals {
    terminated: Option<Signal>,
    interrupted: Option<Signal>,
}

impl Signals {
    fn new() -> Self {
        let of = |kind| signal(kind).ok();
        Self { terminated: of(SignalKind::terminate()), interrupted: of(SignalKind::interrupt()) }
    }

    async fn next(&mut self) {
        if self.terminated.is_none() && self.interrupted.is_none() {
            tracing::warn!("signals cannot be received; kill the process to stop it");
        }
        tokio::select! {
            () = heard(&mut self.terminated) => {}
            () = heard(&mut self.interrupted) => {}
        }
    }
}

async fn heard(signal: &mut Option<Signal>) {
    let heard = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if heard.is_none() {
        std::future::pending::<()>().await;
    }
}

/// The log on standard output, as text or JSON.
pub(super) fn start_log(settings: &Settings) {
    let level = settings.log_level.as_str();
    // What libraries say below a warning is of no use to whoever runs Clew, and may hold values.
    let filter = EnvFilter::new(format!("warn,server={level}"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    let started = match settings.log {
        LogForm::Json => log.json().flatten_event(true).try_init(),
        LogForm::Text => log.with_ansi(false).try_init(),
    };
    if started.is_err() {
        tracing::debug!("the log was started before");
    }
}
