//! The commands of the program `clew`: one file each.

mod audit_copy;
mod audit_export;
mod audit_prune;
mod checkpoints;
mod confirm;
mod demo;
mod doctor;
mod egress;
mod files;
mod folder;
mod health;
mod keeping;
mod memory;
mod person;
mod project;
mod reset;
mod reset_log;
mod roll;
mod serve;
mod stored;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::StartFault;
use crate::settings::{self, Given, SettingFault, Settings};
use crate::world::{Clock, Dice, SystemClock, SystemDice};

/// Runs the command that the process was started with.
///
/// # Errors
/// [`StartFault`], one line with its remedy.
pub fn run() -> Result<(), StartFault> {
    let matches = command().get_matches();
    // Before any of them reads a key.
    memory::keep_private();
    match matches.subcommand() {
        Some(("serve", given)) => on_threads(serve::run(settings_of(given)?)),
        Some(("demo", given)) => on_threads(demo::run(demo_given(given)?, demo_options(given))),
        Some(("doctor", given)) => match given.subcommand() {
            Some(("egress", asked)) => on_threads(egress::run(settings_of(asked)?, given.get_flag("json"))),
            Some((_, given)) => on_threads(stored::run(settings_of(given)?)),
            None => on_threads(doctor::run(doctor_settings(given), doctor_options(given))),
        },
        Some(("health", given)) => on_threads(health::run(settings_of(given)?)),
        Some(("project", given)) => project_command(given),
        Some(("person", given)) => person_command(given),
        Some((name @ ("backup" | "restore" | "store" | "audit" | "roll-key" | "reset"), given)) => {
            keeping_command(name, given)
        }
        _ => Err(other("there is no such command; see `clew --help`")),
    }
}

fn command() -> Command {
    let folder = |help: &'static str| Arg::new("folder").required(true).value_name("FOLDER").help(help);
    let id = Arg::new("project").required(true).value_name("PROJECT").help("The project's id");
    let project = Command::new("project")
        .about("A project's configuration as a folder of plain text, without credentials")
        .subcommand_required(true)
        .subcommand(
            Command::new("export")
                .about("Write a project to a folder")
                .arg(id)
                .arg(folder("A new or empty folder, or that of an earlier export")),
        )
        .subcommand(
            Command::new("import")
                .about("Make a project of a folder, or replace it")
                .arg(folder("The folder that export wrote"))
                .arg(
                    Arg::new("own")
                        .long("own")
                        .value_name("PERSON_OR_ROLE")
                        .help("Who owns it, if the folder says nobody"),
                ),
        );
    let demo = Command::new("demo")
        .about("Start with a generated case, three people and a key of its own")
        .arg(Arg::new("fresh").long("fresh").action(ArgAction::SetTrue).help("Make the demo anew, forgetting changes"));
    Command::new("clew")
        .about("A self-hosted investigation platform")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .after_help(settings::help_for_secrets())
        .args(settings::arguments())
        .subcommands([
            Command::new("serve").about("Answer people and their screens"),
            demo,
            doctor_arguments(),
            Command::new("health").about("Say whether the server of these settings can work: 0 if it can"),
            project,
            person_arguments(),
        ])
        .subcommands(keeping_arguments())
}

fn doctor_arguments() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("doctor")
        .about("Say what could keep the server from working: settings, store, rights, issuer, sources, and what to do")
        .arg(
            flag("fix")
                .help("Take others' rights to the store's folder and files away, as the run before said it would"),
        )
        .arg(flag("json").help("Say it as JSON"))
        .subcommand(
            Command::new("egress")
                .about("List every host and port that the server goes to, and try each; nothing is said there"),
        )
        .subcommand(Command::new("stored").about("List what the store holds, kind by kind"))
}

fn keeping_arguments() -> [Command; 6] {
    let file = |help: &'static str| Arg::new("file").required(true).value_name("FILE").help(help);
    let anchor = Arg::new("anchor").long("anchor").action(ArgAction::Append).value_name("ANCHOR");
    let anchor = anchor.help("Where the log ended at an earlier time, as this command printed it; may be repeated");
    [
        Command::new("backup")
            .about("Write the whole store to a sealed file, of one moment, also while a server runs")
            .arg(file("A new file"))
            .arg(Arg::new("verify").long("verify").action(ArgAction::SetTrue).help("Look whether a backup is whole")),
        Command::new("restore")
            .about("Make the store of a backup, where there is none yet")
            .arg(file("A file that backup made")),
        Command::new("store")
            .about("The store as a whole")
            .subcommand_required(true)
            .subcommand(Command::new("verify").about("Open everything and look whether it is as it was written")),
        Command::new("roll-key").about(
            "Seal the whole store anew under the key in CONFIG_B64_ENCRYPTION_KEY_ROLLING, while no server runs",
        ),
        reset::command(),
        Command::new("audit")
            .about("The audit log")
            .subcommand_required(true)
            .subcommand(
                Command::new("verify")
                    .about("Look whether an entry is missing, changed, or out of its order")
                    .arg(anchor)
                    .args(audit_copy::arguments()),
            )
            .subcommand(audit_prune::command())
            .subcommand(
                Command::new("export")
                    .about("Write entries to a file, one JSON object per line, newest first")
                    .arg(file("A new file"))
                    .args(audit_filters()),
            ),
    ]
}

fn audit_filters() -> [Arg; 7] {
    let filter = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    [
        filter("from", "TIME", "From this moment on, as 2026-11-20T10:00:00Z"),
        filter("until", "TIME", "Before this moment"),
        filter("person", "PERSON", "Of this person: an id, a name or an e-mail"),
        filter("call", "CALL", "Of this call, as search or sign_in"),
        filter("project", "PROJECT", "Of the project with this id"),
        filter("outcome", "OUTCOME", "That ended so: done, failed, stopped, denied, hidden, begun or unknown"),
        filter("before", "NUMBER", "Before the entry with this number: what a former file left out"),
    ]
}

fn person_arguments() -> Command {
    let name = Arg::new("name").required(true).value_name("NAME").help("The name to sign in with");
    let role = Arg::new("role").long("role").action(ArgAction::Append).value_name("ROLE");
    let role = role.help("A role: Task.Read, Task.Manage, Task.Audit or one of your own; may be repeated");
    let email = Arg::new("email").long("email").value_name("EMAIL");
    let add = Command::new("add").about("Add a person and print a one-time link for the password");
    let roles = Command::new("roles").about("Give a person these roles instead of all others");
    let disable = Command::new("disable").about("Let a person sign in no longer");
    let enable = Command::new("enable").about("Let a disabled person sign in again");
    let reset = Command::new("reset").about("Take a person's password away and print a one-time link for a new one");
    let second = Command::new("reset-second-factor").about("Take a person's second step at sign-in away");
    Command::new("person")
        .about("People of the embedded issuer")
        .subcommand_required(true)
        .subcommand(add.arg(name.clone()).arg(email).arg(role.clone().required(true)))
        .subcommand(roles.arg(name.clone()).arg(role))
        .subcommands([disable.arg(name.clone()), enable.arg(name.clone()), reset.arg(name.clone()), second.arg(name)])
}

fn settings_of(matches: &ArgMatches) -> Result<Settings, StartFault> {
    Ok(Settings::read(&Given::from_process()?.with_flags(matches))?)
}

fn demo_given(matches: &ArgMatches) -> Result<Given, StartFault> {
    Ok(Given::from_process()?.with_flags(matches))
}

fn demo_options(matches: &ArgMatches) -> demo::Options {
    demo::Options { fresh: matches.get_flag("fresh") }
}

fn doctor_settings(matches: &ArgMatches) -> Result<Settings, SettingFault> {
    Settings::read(&Given::from_process()?.with_flags(matches))
}

fn doctor_options(matches: &ArgMatches) -> doctor::Options {
    doctor::Options { fix: matches.get_flag("fix"), json: matches.get_flag("json") }
}

fn project_command(matches: &ArgMatches) -> Result<(), StartFault> {
    let (name, given) = matches.subcommand().ok_or_else(|| other("say export or import"))?;
    let settings = settings_of(given)?;
    let text = |name: &str| given.try_get_one::<String>(name).ok().flatten().cloned().unwrap_or_default();
    let folder = PathBuf::from(text("folder"));
    match name {
        "export" => on_threads(project::export(settings, text("project"), folder)),
        _ => on_threads(project::import(settings, folder, text("own"))),
    }
}

fn keeping_command(name: &str, matches: &ArgMatches) -> Result<(), StartFault> {
    let given = matches.subcommand().map_or(matches, |(_, given)| given);
    let settings = settings_of(given)?;
    match (name, matches.subcommand_name()) {
        ("reset", Some(scope)) => return on_threads(reset::run(settings, reset::Asked::of(scope, given)?)),
        ("audit", Some("prune")) => return on_threads(audit_prune::run(settings, audit_prune::Asked::of(given)?)),
        ("audit", Some("verify")) if given.contains_id("from") => {
            return on_threads(audit_copy::verify(settings, audit_copy::Asked::of(given)));
        }
        _ => {}
    }
    let file = given.try_get_one::<String>("file").ok().flatten().map(PathBuf::from).unwrap_or_default();
    match name {
        "backup" if given.get_flag("verify") => keeping::verify_backup(&settings, &file),
        "backup" => on_threads(keeping::back_up(settings, file)),
        "restore" => on_threads(keeping::restore(settings, file)),
        "roll-key" => on_threads(roll::roll_key(settings)),
        "store" => on_threads(keeping::verify_store(settings)),
        _ if matches.subcommand_name() == Some("export") => {
            let text = |name: &str| given.try_get_one::<String>(name).ok().flatten().cloned();
            on_threads(audit_export::run(settings, file, audit_export::Filters::of(text)?))
        }
        _ => {
            let anchors = given.get_many::<String>("anchor").into_iter().flatten().cloned().collect();
            on_threads(keeping::verify_audit(settings, anchors))
        }
    }
}

fn person_command(matches: &ArgMatches) -> Result<(), StartFault> {
    let (what, given) =
        matches.subcommand().ok_or_else(|| other("say add, roles, disable, enable, reset or reset-second-factor"))?;
    let settings = settings_of(given)?;
    let text = |name: &str| given.try_get_one::<String>(name).ok().flatten().cloned();
    let roles = given.try_get_many::<String>("role").ok().flatten().into_iter().flatten().cloned().collect();
    let name = text("name").unwrap_or_default();
    match what {
        "add" => on_threads(person::add(settings, name, text("email"), roles)),
        "roles" => on_threads(person::set_roles(settings, name, roles)),
        "reset" => on_threads(person::reset(settings, name)),
        "reset-second-factor" => on_threads(person::reset_second_factor(settings, name)),
        _ => on_threads(person::set_disabled(settings, name, what == "disable")),
    }
}

/// The longest wait for threads that are busy when everything else has ended.
const SHUT_DOWN: Duration = Duration::from_secs(3);

/// Runs to the end on the machine's cores.
fn on_threads(work: impl Future<Output = Result<(), StartFault>>) -> Result<(), StartFault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| other(format!("no threads could be started ({error}); see the system's limits")))?;
    let done = runtime.block_on(work);
    // What a source's own code still does on a thread is not waited for: all that counts is written down by now.
    runtime.shutdown_timeout(SHUT_DOWN);
    done
}

fn other(sentence: impl Into<String>) -> StartFault {
    StartFault::Other { sentence: sentence.into(), code: 1 }
}

/// The machine's own time and chance.
fn world() -> (Arc<dyn Clock>, Arc<dyn Dice>) {
    (Arc::new(SystemClock::new()), Arc::new(SystemDice))
}

/// Prints a line for the person at the terminal; a closed terminal ends nothing.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        tracing::debug!("standard output is closed");
    }
}
