//! One sign-in under way: state, nonce and PKCE verifier, kept on the server.
//!
//! The browser holds one opaque id in a ten-minute cookie; everything that must match on the way back lies in the
//! store, sealed, and works once. A callback without that cookie is refused: somebody else's sign-in cannot be slipped
//! into a browser.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use wire::desktop::Asked;

use super::cookie::Cookie;
use super::once::{Begun, Once};
use crate::store::{RecordKind, Store, StoreError};
use crate::world::{Clock, Dice};

/// The longest time between leaving for the issuer and coming back.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// What must match on the way back.
#[derive(Clone, Serialize, Deserialize)]
pub struct Flow {
    /// Comes back in the address.
    pub state: String,
    /// Comes back inside the signed token.
    pub nonce: String,
    /// Proves at the token endpoint that the code is ours.
    pub verifier: String,
    /// Where the person wanted to go.
    pub return_to: String,
    /// When it began, in seconds since 1970.
    pub begun: i64,
    /// Whether the issuer is to ask for the password, whoever it remembers.
    #[serde(default)]
    pub fresh: bool,
    /// The desktop program that it is for.
    #[serde(default)]
    pub desktop: Option<Asked>,
}

impl Begun for Flow {
    fn begun(&self) -> i64 {
        self.begun
    }
}

/// Sign-ins under way.
pub struct Flows {
    kept: Once<Flow>,
    cookie: Cookie,
}

impl Flows {
    /// Sign-ins under way, kept in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>, secure: bool) -> Self {
        let kept = Once::new(RecordKind::SignIn, LIFETIME, store, clock, dice);
        Self { kept, cookie: Cookie::new("clew_flow", secure) }
    }

    /// Begins a flow; gives it and the `Set-Cookie` header that binds it to the browser.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub async fn begin(
        &self,
        return_to: &str,
        fresh: bool,
        desktop: Option<Asked>,
    ) -> Result<(Flow, HeaderValue), StoreError> {
        let flow = Flow {
            state: self.kept.draw(),
            nonce: self.kept.draw(),
            verifier: self.kept.draw(),
            return_to: safe_return(return_to).to_owned(),
            begun: self.kept.now(),
            fresh,
            desktop,
        };
        let id = self.kept.keep(&flow).await?;
        Ok((flow, self.cookie.give(&id, self.kept.lifetime().unsigned_abs().as_secs())))
    }

    /// The flow of this browser, which is then used up.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written.
    pub async fn finish(&self, headers: &HeaderMap) -> Result<Option<Flow>, StoreError> {
        match self.cookie.read(headers) {
            Some(id) => self.kept.take(id).await,
            None => Ok(None),
        }
    }

    /// The header that takes the cookie from the browser.
    pub fn forget(&self) -> HeaderValue {
        self.cookie.take_back()
    }
}

/// A path of our own, or the start page: no scheme, no host, nothing that a browser could take for either.
fn safe_return(path: &str) -> &str {
    let inside = path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    let plain = path.len() <= 2_000 && !path.chars().any(|c| c.is_control() || c == '\\' || c.is_whitespace());
    if inside && plain { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::safe_return;

    #[test]
    fn after_signing_in_one_lands_on_a_page_of_ours() {
        for good in ["/", "/p/bank", "/p/bank/o/person/1%20a?x=1"] {
            assert_eq!(safe_return(good), good);
        }
        for bad in
            ["", "p", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/\tx", "javascript:x"]
        {
            assert_eq!(safe_return(bad), "/", "{bad:?}");
        }
    }

    /// What stands before a foreign host.
    const BEGINS: [&str; 44] = [
        "//",
        "///",
        "////",
        "/\\",
        "/\\/",
        "\\\\",
        "\\/",
        "/\t/",
        "/\n/",
        "/\r/",
        "\t//",
        " //",
        "/ /",
        "/\u{a0}/",
        "/%09/",
        "/.//",
        "/..//",
        "/./\\",
        "/%2f/",
        "/%5c/",
        "/%2f%2f",
        "/;//",
        "/?//",
        "/#//",
        "https://",
        "https:",
        "https:/",
        "hTTps://",
        "https:\\\\",
        "http:////",
        "ftp://",
        "//user@",
        "//clew.example.org@",
        "//clew.example.org.",
        "/@",
        "@",
        "//[::1]",
        "//0x7f000001/",
        "/\u{2f}\u{2f}",
        "/\u{ff0f}",
        "/\u{2215}/",
        "/\0/",
        "\u{feff}//",
        "/%00//",
    ];

    /// What leads away by itself.
    const WHOLE: [&str; 16] = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "\tjavascript:alert(1)",
        "data:text/html,a",
        "vbscript:a",
        "blob:a",
        "file:///etc/passwd",
        "about:blank",
        "mailto:a@b",
        "?//evil.example",
        "#//evil.example",
        "..//evil.example",
        ".//evil.example",
        "https:evil.example",
        "//evil%E3%80%82example",
        "/\u{3002}evil.example",
    ];

    #[test]
    fn no_text_leads_a_browser_to_another_place() {
        let own = url::Url::parse("https://clew.example.org/sign-in/callback").unwrap();
        let tried = BEGINS.iter().map(|begin| format!("{begin}evil.example/")).chain(WHOLE.map(str::to_owned));
        for text in tried {
            let landed = own.join(safe_return(&text)).unwrap();
            assert_eq!(landed.origin(), own.origin(), "{text:?} leads to {landed}");
        }
        assert!(BEGINS.len() + WHOLE.len() >= 60);
    }
}
