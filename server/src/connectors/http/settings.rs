//! The form of a web address, and its answers as known fields.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue};
use base64::Engine as _;
use model::weakness::is_here;
use url::Url;
use wire::form::{About, FormField, Input};
use wire::secret::SecretText;

use super::paging::{Paging, Style};
use super::tables::{self, TableSpec};
use crate::connectors::form::{
    AUTHORITY, CLIENT_CERTIFICATE, CLIENT_KEY, answer, encryption_fields, field, only_known, own_pair, wrong,
};
use crate::connectors::{Failure, FailureKind, Target};
use crate::egress::http::{Bounds, Client};
use crate::tls::{Believe, Own, Unfit, client};

/// The most redirects of a source that follows them.
const REDIRECTS: u8 = 3;
/// A page of records; what no source may exceed is more.
const BOUNDS: Bounds = Bounds { wire: 16 << 20, unpacked: 16 << 20, ..Bounds::SOURCE };
/// Headers that are the connection's own, or that would make the request another one.
const NO_KEY: [&str; 12] = [
    "host",
    "cookie",
    "connection",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "accept-encoding",
    "proxy-authorization",
    "proxy-connection",
];

const URL: &str = "Address";
const TABLES: &str = "Tables";
const COLUMNS: &str = "Columns";
const SECRET: &str = "Password, key or token";
const KEY_NAME: &str = "Name of the key";
const ENCRYPTION: &str = "Encryption";

/// How Clew shows who it is.
#[derive(Clone)]
pub(super) enum Credential {
    None,
    Header(HeaderName, HeaderValue),
    /// A parameter of the query; in no address that is written anywhere.
    Query(String, SecretText),
}

/// The answers.
pub(super) struct Settings {
    pub(super) base: Url,
    pub(super) tables: Vec<TableSpec>,
    pub(super) credential: Credential,
    pub(super) paging: Paging,
    pub(super) redirects: u8,
    pub(super) client: Client,
}

pub(super) fn about() -> About {
    About {
        kind: "http".to_owned(),
        name: "Web address (JSON)".to_owned(),
        help: "An API that answers GET with JSON. Its records are read page by page and asked like tables.".to_owned(),
        internal: false,
        accounts: false,
        fields: [what(), who(), pages(), way()].concat(),
    }
}

fn choices(list: &[(&str, &str)]) -> Input {
    Input::Choice(list.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect())
}

fn with_default(default: &str, field: FormField) -> FormField {
    FormField { default: default.to_owned(), ..field }
}

fn what() -> Vec<FormField> {
    vec![
        FormField {
            required: true,
            ..field("url", URL, "What all paths begin with, such as https://api.example.org/v1.", Input::Text)
        },
        FormField {
            required: true,
            ..field(
                "tables",
                TABLES,
                "One line each: a name, a path, and where the records are. `people = /people at /data`, \
                 `person = /people/{id}`, `deals = /deals?state=open&buyer={buyer}`. A column in braces is filled in from the question.",
                Input::Lines,
            )
        },
        field(
            "columns",
            COLUMNS,
            "Left empty, they are found in the first page. To settle them, one line for each table: \
             `people: id integer, name text, address.city text, born date`. The test lists what it found.",
            Input::Lines,
        ),
    ]
}

fn who() -> Vec<FormField> {
    let auth = choices(&[
        ("none", "Nothing"),
        ("basic", "User and password"),
        ("bearer", "Bearer token"),
        ("header", "Key in a header"),
        ("query", "Key in the query"),
    ]);
    vec![
        with_default("none", field("auth", "Signs in with", "What the API asks for.", auth)),
        field("user", "User", "The account, for user and password.", Input::Text),
        field("key_name", KEY_NAME, "The header's or parameter's name, for a key: X-Api-Key, api_key.", Input::Text),
        field("secret", SECRET, "What the API asks for; it stays with this address.", Input::Secret),
    ]
}

fn pages() -> Vec<FormField> {
    let paging = choices(&[
        ("none", "All at once"),
        ("page", "By page number"),
        ("offset", "By offset"),
        ("link", "By a link to the next page"),
        ("cursor", "By a cursor"),
    ]);
    let size = Input::Number { least: 1, most: 10_000 };
    vec![
        with_default("none", field("paging", "Pages", "How the API gives more than one answer holds.", paging)),
        field(
            "page_parameter",
            "Parameter for the page",
            "The query parameter for number, offset or cursor.",
            Input::Text,
        ),
        with_default(
            "1",
            field(
                "first_page",
                "First page",
                "The number of the first page, 0 or 1.",
                Input::Number { least: 0, most: 1 },
            ),
        ),
        field(
            "size_parameter",
            "Parameter for the size",
            "The query parameter for records per page, if there is one.",
            Input::Text,
        ),
        field("page_size", "Records per page", "A number from 1 to 10000.", size),
        field(
            "next",
            "Place of the next page",
            "Where an answer has the link or the cursor: /paging/next. Left empty for a link, its Link header is read.",
            Input::Text,
        ),
    ]
}

fn way() -> Vec<FormField> {
    let redirects = choices(&[("off", "Not followed"), ("on", "Followed, three at most")]);
    let redirects = with_default(
        "off",
        field("redirects", "Redirects", "Each is checked like the address itself; credentials stay here.", redirects),
    );
    let encryptions = choices(&[
        ("verify", "Encrypted, certificate checked"),
        ("off", "Not encrypted (anybody on the way may read)"),
    ]);
    let help = "A password, key or token goes to an http address only where \"Not encrypted\" is chosen.";
    let encryption = with_default("verify", field("tls", ENCRYPTION, help, encryptions));
    [redirects, encryption].into_iter().chain(encryption_fields("the API")).collect()
}

pub(super) fn needs_secret(settings: &BTreeMap<String, String>, field: &str) -> bool {
    let given = |name: &str| settings.get(name).map_or("", |text| text.trim());
    match field {
        "client_key" => !given("client_certificate").is_empty(),
        _ => !matches!(given("auth"), "" | "none"),
    }
}

impl Settings {
    /// Reads and checks the answers; nothing is asked of anybody yet.
    pub(super) fn read(target: &Target) -> Result<Self, Failure> {
        let fields = about().fields;
        only_known(target, &fields)?;
        let text = |name: &str| {
            let Some(field) = fields.iter().find(|field| field.name == name) else { return Ok(String::new()) };
            let given = target.settings.get(name).is_some_and(|text| !text.is_empty());
            // A number that need not be given has no default to be read.
            let is_left_out = !given && field.default.is_empty() && matches!(field.input, Input::Number { .. });
            if is_left_out { Ok(String::new()) } else { answer(target, field) }
        };
        let tables = tables::read(&text("tables")?, &text("columns")?)
            .map_err(|(is_columns, remedy)| wrong(if is_columns { COLUMNS } else { TABLES }, &remedy))?;
        let secret = target.secrets.get("secret").filter(|secret| !secret.reveal().is_empty());
        let base = base(&text("url")?)?;
        let credential = credential(&text("auth")?, text("user")?.trim(), text("key_name")?.trim(), secret)?;
        refuse_clear(&base, &credential, text("tls")? == "off")?;
        Ok(Self {
            base,
            tables,
            credential,
            paging: paging(&text)?,
            redirects: if text("redirects")? == "on" { REDIRECTS } else { 0 },
            client: outgoing(target, &text("ca")?, text("client_certificate")?)?,
        })
    }
}

/// An http or https address without a query and without credentials.
fn base(text: &str) -> Result<Url, Failure> {
    let remedy = "Enter https://host/path, without a query; credentials have fields of their own.";
    let url = Url::parse(text.trim()).map_err(|_| wrong(URL, remedy))?;
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let is_web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    // A tab or a line end in the middle is taken away by the reader; whoever writes one means something else.
    let is_plain = !text.trim().contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\');
    if bare && is_web && is_plain { Ok(url) } else { Err(wrong(URL, remedy)) }
}

/// What shows who Clew is goes in clear text only over the machine's own wire, or where somebody chose it.
fn refuse_clear(base: &Url, credential: &Credential, is_chosen: bool) -> Result<(), Failure> {
    let is_secret = !matches!(credential, Credential::None);
    let is_clear = base.scheme() == "http" && !base.host_str().is_some_and(is_here);
    if is_secret && is_clear && !is_chosen {
        let remedy = "Enter an https address, or choose \"Not encrypted\": anybody on the way then reads the secret.";
        return Err(wrong(ENCRYPTION, remedy));
    }
    Ok(())
}

fn credential(auth: &str, user: &str, key_name: &str, secret: Option<&SecretText>) -> Result<Credential, Failure> {
    if auth == "none" {
        return Ok(Credential::None);
    }
    let Some(secret) = secret else {
        return Err(wrong(SECRET, "Enter it, or choose that the API asks for nothing."));
    };
    let header = |name: HeaderName, text: String| {
        let mut value =
            HeaderValue::from_str(&text).map_err(|_| wrong(SECRET, "It has characters that no header can carry."))?;
        value.set_sensitive(true);
        Ok(Credential::Header(name, value))
    };
    let authorization = axum::http::header::AUTHORIZATION;
    match auth {
        "basic" if user.is_empty() || user.contains(':') => Err(wrong("User", "Enter the account, without a colon.")),
        "basic" => {
            let pair = format!("{user}:{}", secret.reveal());
            header(authorization, format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)))
        }
        "bearer" => header(authorization, format!("Bearer {}", secret.reveal())),
        "header" => {
            let name = HeaderName::from_bytes(key_name.as_bytes()).ok().filter(|name| !NO_KEY.contains(&name.as_str()));
            let name = name.ok_or_else(|| wrong(KEY_NAME, "Enter the name of a header, such as X-Api-Key."))?;
            header(name, secret.reveal().to_owned())
        }
        _ if key_name.is_empty() => Err(wrong(KEY_NAME, "Enter the name of the parameter, such as api_key.")),
        _ => Ok(Credential::Query(key_name.to_owned(), secret.clone())),
    }
}

fn paging(text: &impl Fn(&str) -> Result<String, Failure>) -> Result<Paging, Failure> {
    let next = text("next")?.trim().to_owned();
    if !next.is_empty() && !next.starts_with('/') {
        return Err(wrong("Place of the next page", "Begin with a slash: /paging/next."));
    }
    let named = |usual: &str| {
        let name = text("page_parameter")?;
        Ok::<String, Failure>(if name.trim().is_empty() { usual.to_owned() } else { name.trim().to_owned() })
    };
    let style = match text("paging")?.as_str() {
        "page" => Style::Page { parameter: named("page")?, first: text("first_page")?.parse().unwrap_or(1) },
        "offset" => Style::Offset { parameter: named("offset")? },
        "link" => Style::Link { place: next },
        "cursor" if next.is_empty() => {
            return Err(wrong("Place of the next page", "Enter where an answer has the next cursor: /paging/next."));
        }
        "cursor" => Style::Cursor { parameter: named("cursor")?, place: next },
        _ => Style::None,
    };
    let size: Option<u64> = text("page_size")?.parse().ok();
    let parameter = text("size_parameter")?.trim().to_owned();
    Ok(Paging { style, size, size_parameter: (!parameter.is_empty()).then_some(parameter) })
}

fn outgoing(target: &Target, ca: &str, certificate: String) -> Result<Client, Failure> {
    let own = own_pair(certificate, target.secrets.get("client_key"))?;
    let own = own.as_ref().map(|(certificate, key)| Own { certificate, key: key.reveal() });
    let tls = client(Believe::of(ca, target.egress.authorities()), own).map_err(|unfit| {
        let said = unfit.to_string();
        let label = match unfit {
            Unfit::Authorities => AUTHORITY,
            Unfit::Certificate => CLIENT_CERTIFICATE,
            Unfit::Key | Unfit::Locked | Unfit::Pair => CLIENT_KEY,
            Unfit::System => {
                let sentence = "No encrypted connection can be prepared on this server.";
                let remedy = "Install the system's certificate authorities, or enter one in the form.";
                return Failure::new(FailureKind::Unreachable, sentence, remedy, &said);
            }
        };
        wrong(label, &format!("It {said}."))
    })?;
    Ok(Client::new(target.egress.clone(), tls, BOUNDS))
}
