//! The answers to a connector's form, checked one by one.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::Instant;
use wire::fault::Fault;
use wire::form::{FormField, Input};
use wire::secret::SecretText;
use wire::source::{TestReport, TestStep};

use super::{Failure, FailureKind, Target};

/// The longest answer to one question, in bytes; certificates are the longest.
const MOST_ANSWER_BYTES: usize = 64 * 1024;

/// A question with everything that most of them share.
pub(super) fn field(name: &str, label: &str, help: &str, input: Input) -> FormField {
    FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        input,
        required: false,
        default: String::new(),
    }
}

/// What the fields for encryption are called.
pub(super) const AUTHORITY: &str = "Certificate authority";
pub(super) const CLIENT_CERTIFICATE: &str = "Client certificate";
pub(super) const CLIENT_KEY: &str = "Client key";

/// Whom to believe, and who Clew is, on an encrypted connection to `what`, such as "the database".
pub(super) fn encryption_fields(what: &str) -> [FormField; 3] {
    [
        field(
            "ca",
            AUTHORITY,
            "Certificates in PEM that are trusted instead of the system's; leave empty for the system's.",
            Input::Lines,
        ),
        field(
            "client_certificate",
            CLIENT_CERTIFICATE,
            &format!("If {what} asks for one: Clew's certificate in PEM, then those between it and its authority."),
            Input::Lines,
        ),
        field(
            "client_key",
            CLIENT_KEY,
            "The key of the client certificate, in PEM and without a password of its own.",
            Input::Secret,
        ),
    ]
}

/// A client certificate in PEM and its key: both of them or neither.
pub(super) fn own_pair(certificate: String, key: Option<&SecretText>) -> Result<Option<(String, SecretText)>, Failure> {
    match (certificate.trim().is_empty(), key.filter(|key| !key.reveal().trim().is_empty())) {
        (true, None) => Ok(None),
        (true, Some(_)) => Err(wrong(CLIENT_CERTIFICATE, "A client key is there; paste its certificate too.")),
        (false, None) => Err(wrong(CLIENT_KEY, "A client certificate is there; paste its key too.")),
        (false, Some(key)) => Ok(Some((certificate, key.clone()))),
    }
}

/// A setting that cannot be used.
pub(super) fn wrong(label: &str, remedy: &str) -> Failure {
    Failure::new(FailureKind::Setting, format!("The setting \"{label}\" cannot be used."), remedy, "")
}

/// The answer to `field`, or its default; refused when it must be given and is not, or cannot be an answer.
pub(super) fn answer(target: &Target, field: &FormField) -> Result<String, Failure> {
    let given = target.settings.get(&field.name).map(String::as_str).unwrap_or_default();
    let text = if given.is_empty() { field.default.as_str() } else { given };
    let lines = matches!(field.input, Input::Lines);
    if text.len() > MOST_ANSWER_BYTES || text.chars().any(|c| c.is_control() && !(lines && c.is_whitespace())) {
        return Err(wrong(&field.label, "Enter plain text without control characters, at most 64 KiB."));
    }
    let fits = match &field.input {
        Input::Number { least, most } => text.parse().is_ok_and(|number: i64| (*least..=*most).contains(&number)),
        Input::Choice(choices) => choices.iter().any(|(value, _)| value == text),
        Input::Text | Input::Secret | Input::Lines => !(field.required && text.trim().is_empty()),
    };
    if fits { Ok(text.to_owned()) } else { Err(wrong(&field.label, &field.help)) }
}

/// Refuses answers to questions that were not asked: a driver's own options among them.
pub(super) fn only_known(target: &Target, fields: &[FormField]) -> Result<(), Failure> {
    let known = |name: &String| fields.iter().any(|field| field.name == *name);
    let secret = |name: &String| fields.iter().any(|field| field.name == *name && matches!(field.input, Input::Secret));
    match target.settings.keys().find(|name| !known(name)).or_else(|| target.secrets.keys().find(|name| !secret(name)))
    {
        Some(name) => Err(wrong(name, "Remove it: this kind of source does not know it.")),
        None => Ok(()),
    }
}

/// The steps of a test, as they are made.
pub(super) struct Steps {
    steps: Vec<TestStep>,
    began: Instant,
}

impl Steps {
    pub(super) fn new() -> Self {
        Self { steps: Vec::new(), began: Instant::now() }
    }

    /// Notes what came of a step; hands the value on, or nothing after a failure.
    pub(super) fn note<T>(&mut self, name: &str, came: Result<T, Failure>, found: impl Fn(&T) -> String) -> Option<T> {
        let (fault, found) = match &came {
            Ok(value) => (None, found(value)),
            Err(failure) => (Some(Fault::from(failure.clone())), String::new()),
        };
        let millis = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.steps.push(TestStep { name: name.to_owned(), found, fault, millis });
        self.began = Instant::now();
        came.ok()
    }

    pub(super) fn report(self) -> TestReport {
        let ok = self.steps.iter().all(|step| step.fault.is_none());
        TestReport { steps: self.steps, ok, rights: None }
    }
}

/// Took longer than allowed.
pub(super) fn slow(limit: Duration, cause: &(impl Display + ?Sized)) -> Failure {
    Failure::new(
        FailureKind::Slow,
        format!("The source did not finish within {} seconds.", limit.as_secs_f32().ceil()),
        "Narrow the question, or ask an instance manager for a longer limit.",
        cause,
    )
}
