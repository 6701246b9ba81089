//! Requests to the server: through which proxy, whom they believe, which certificate they show, and what went wrong in words.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::redirect;
use reqwest::{Certificate, Client, Identity, Proxy, Response, StatusCode};
use rustls::CertificateError;
use wire::{Code, Fault, SecretText};

use crate::address::ServerAddress;
use crate::policy::Policy;
use crate::trouble::{Trouble, unreachable, wrong_setting};

/// How long it may take until the server is reached.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may pause.
const PAUSE: Duration = Duration::from_secs(60);
/// The largest answer to a small request, in bytes.
const MOST_FAULT_BYTES: usize = 64 << 10;

/// The way to one server.
#[derive(Clone)]
pub struct Connection {
    address: ServerAddress,
    client: Client,
}

impl Connection {
    /// The way to a server, as a policy wants it.
    ///
    /// # Errors
    /// [`Trouble`] names the file or setting that cannot be used.
    pub fn new(address: ServerAddress, policy: &Policy) -> Result<Self, Trouble> {
        // It may have been installed before; there is one for the whole program.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(PAUSE)
            .redirect(redirect::Policy::none())
            .default_headers(HeaderMap::from_iter([(USER_AGENT, agent())]))
            .referer(false);
        builder = match policy.proxy.as_deref() {
            None | Some("system") => builder,
            Some("none") => builder.no_proxy(),
            Some(address) => builder.proxy(Proxy::all(address).map_err(|error| not_usable("proxy", address, &error))?),
        };
        if let Some(file) = &policy.authorities {
            let pem = read(file)?;
            let certificates = Certificate::from_pem_bundle(&pem);
            let certificates = certificates.map_err(|error| not_usable("authorities", &file.display(), &error))?;
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some(file) = &policy.certificate {
            let identity = Identity::from_pem(&read(file)?);
            builder = builder.identity(identity.map_err(|error| not_usable("certificate", &file.display(), &error))?);
        }
        let client = builder.build().map_err(|error| unreachable(said(&error), "Tell your administrator."))?;
        Ok(Self { address, client })
    }

    /// Which server it leads to.
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// Sends a request; the answer's body is not read yet. A fault of the server's is one here.
    ///
    /// # Errors
    /// [`Trouble`], from the server or about the way there.
    pub async fn post(
        &self,
        path: &str,
        headers: HeaderMap,
        body: impl Into<reqwest::Body>,
        token: Option<&SecretText>,
    ) -> Result<Response, Trouble> {
        let mut request = self.client.post(self.address.to(path)).headers(headers).body(body);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, bearer(token));
        }
        let answer = request.send().await.map_err(|error| self.in_words(&error))?;
        if answer.status().is_success() { Ok(answer) } else { Err(self.fault(answer).await) }
    }

    /// Whether a server of Clew's answers there.
    ///
    /// # Errors
    /// [`Trouble`] says what does, or why nothing does.
    pub async fn look(&self) -> Result<(), Trouble> {
        let answer = self.client.get(self.address.to("/healthz")).send().await;
        let answer = answer.map_err(|error| self.in_words(&error))?;
        let is_clew = answer.status() == StatusCode::OK && answer.headers().contains_key("clew-request");
        if is_clew { Ok(()) } else { Err(self.another_program(answer.status())) }
    }

    async fn fault(&self, mut answer: Response) -> Trouble {
        let status = answer.status();
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return self.proxy_wants_password();
        }
        let mut body = Vec::new();
        while let Ok(Some(piece)) = answer.chunk().await {
            body.extend_from_slice(&piece);
            if body.len() > MOST_FAULT_BYTES {
                break;
            }
        }
        match serde_json::from_slice::<Fault>(&body) {
            Ok(fault) => self.of_version(fault),
            Err(_) => self.another_program(status),
        }
    }

    /// What the server says to a program of another version, in words for people.
    fn of_version(&self, fault: Fault) -> Trouble {
        let host = self.address.host();
        if fault.code != Code::OtherVersion {
            return fault;
        }
        if fault.remedy == "reload" {
            let sentence = format!("This program is too old for the server {host}.");
            return Fault::new(Code::OtherVersion, sentence, "Install the newer program that your organisation offers.");
        }
        let sentence = format!("The server {host} is too old for this program.");
        Fault::new(Code::OtherVersion, sentence, "Ask whoever runs the server to update it, or use the program of before.")
    }

    fn another_program(&self, status: StatusCode) -> Trouble {
        let sentence = format!("What answers at {} is not Clew (it says {status}).", self.address);
        unreachable(sentence, "Look whether the address is right; a proxy or sign-in page in between may answer, too.")
    }

    fn proxy_wants_password(&self) -> Trouble {
        unreachable(
            "The proxy on the way to the server asks for a name and password.",
            "Set the proxy with them (http://name:password@host:port) in the policy or in HTTPS_PROXY, or have the server's \
             address left out of it.",
        )
    }

    fn in_words(&self, error: &reqwest::Error) -> Trouble {
        let (host, cause) = (self.address.host(), said(error));
        if let Some(certificate) = certificate_fault(error) {
            return untrusted(host, &certificate);
        }
        if cause.contains("407") || cause.to_lowercase().contains("proxy authentication") {
            return self.proxy_wants_password();
        }
        if error.is_timeout() {
            return unreachable(format!("The server {host} does not answer."), "Look whether you are connected, then try again.");
        }
        let sentence = format!("The server {host} cannot be reached: {cause}.");
        unreachable(sentence, "Look whether you are connected (a VPN may be needed) and the address is right, then try again.")
    }
}

/// What the program calls itself.
fn agent() -> HeaderValue {
    let text = concat!("Clew-Desktop/", env!("CARGO_PKG_VERSION"));
    HeaderValue::from_str(&format!("{text} ({})", std::env::consts::OS)).unwrap_or(HeaderValue::from_static("Clew-Desktop"))
}

fn bearer(token: &SecretText) -> HeaderValue {
    // A token is base64url, so this holds.
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal())).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

fn read(file: &Path) -> Result<Vec<u8>, Trouble> {
    std::fs::read(file).map_err(|error| not_usable("file", &file.display(), &error))
}

fn not_usable(what: &str, name: &dyn std::fmt::Display, why: &dyn std::fmt::Display) -> Trouble {
    let sentence = format!("The {what} {name} that is set for this program cannot be used: {why}.");
    wrong_setting(sentence, "Ask your administrator to mend it.")
}

fn untrusted(host: &str, fault: &CertificateError) -> Trouble {
    let (what, remedy) = match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "its certificate has expired",
            "Look whether this computer's clock is right; if it is, whoever runs the server must renew the certificate.",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            "its certificate is not valid yet",
            "Look whether this computer's clock is right; if it is, tell whoever runs the server.",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            "its certificate is for another name",
            "Look whether the address is right; if it is, tell whoever runs the server.",
        ),
        CertificateError::UnknownIssuer => (
            "this computer does not know who issued its certificate",
            "Ask your administrator to make the issuer known to this computer, or to name its file in the policy.",
        ),
        CertificateError::Revoked => ("its certificate was revoked", "Tell whoever runs the server."),
        _ => ("its certificate cannot be checked", "Tell whoever runs the server."),
    };
    unreachable(format!("The server {host} cannot be trusted: {what}."), remedy)
}

/// What is wrong with the other side's certificate, if that is what went wrong.
fn certificate_fault(error: &dyn Error) -> Option<CertificateError> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(fault)) = error.downcast_ref::<rustls::Error>() {
            return Some(fault.clone());
        }
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = inner.map(|inner| inner as &dyn Error).or_else(|| error.source());
    }
    None
}

/// The innermost cause, which says most.
fn said(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string().trim_end_matches('.').to_owned()
}
