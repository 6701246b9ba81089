//! Why a sign-in is refused: what the person reads, and the one word for it in the audit log.

use wire::Fault;

/// A refusal of somebody who comes back from the issuer.
#[derive(Debug)]
pub struct Refusal {
    /// What the person reads; it says nothing of what exactly did not fit.
    pub fault: Fault,
    /// One word out of a fixed list, for those who read the audit log.
    pub reason: Reason,
}

/// What did not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The sign-in was not begun in this browser, was used already, or took too long.
    Flow,
    /// The answer belongs to another sign-in.
    State,
    /// The answer, the token or the document is of another issuer.
    Issuer,
    /// The issuer refused, or the person left it.
    Denied,
    /// A parameter is missing or there twice.
    Malformed,
    /// The issuer does not answer, or with something that cannot be read.
    Unreachable,
    /// The issuer does not trade the code.
    Code,
    /// There is no ID token, or none that can be read.
    Token,
    /// The access token is of a kind that is not used here, or not the one that was signed for.
    AccessToken,
    /// The token is signed in a way that is not believed here.
    Algorithm,
    /// No key of the issuer has made the signature.
    Signature,
    /// The token is for somebody else.
    Audience,
    /// The token's time is over.
    Expired,
    /// The token is of the future.
    Early,
    /// The token was not made for this sign-in.
    Nonce,
    /// The token names nobody.
    Subject,
    /// The token leaves the roles out because there are too many.
    Overage,
    /// Something here failed.
    Failed,
}

impl Reason {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::State => "state",
            Self::Issuer => "issuer",
            Self::Denied => "denied",
            Self::Malformed => "malformed",
            Self::Unreachable => "unreachable",
            Self::Code => "code",
            Self::Token => "token",
            Self::AccessToken => "access_token",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::Early => "early",
            Self::Nonce => "nonce",
            Self::Subject => "subject",
            Self::Overage => "overage",
            Self::Failed => "failed",
        }
    }

    /// Refuses with what the person reads.
    pub fn with(self, fault: Fault) -> Refusal {
        Refusal { fault, reason: self }
    }
}
