//! The pages after the password, in the frame of the others: plain HTML, no script.

use super::pages::{bad, escape, frame};

/// What a telephone is to learn.
pub(super) struct Shown<'a> {
    /// The address of a picture of `address`.
    pub(super) picture: Option<String>,
    /// In groups, to be typed.
    pub(super) secret: &'a str,
    /// What an authenticator application reads.
    pub(super) address: &'a str,
}

/// The field for a code of the telephone, or one of those for the day when it is lost.
const CODE: &str = "<label>Code<input name=\"code\" autocomplete=\"one-time-code\" autocapitalize=\"none\" \
                    spellcheck=\"false\" required maxlength=\"40\" autofocus></label>";

/// The page that asks for a code.
pub(super) fn code(step: &str, name: &str, wrong: Option<&str>) -> String {
    let inside = format!(
        "<h1>Enter the code</h1><p>For {}: the six digits that your telephone shows now.</p>{}{}{CODE}\
         <button>Go on</button></form><small>Without your telephone, type one of your recovery codes instead; each works \
         once. Without those too, ask your administrator.</small>",
        escape(name),
        bad(wrong),
        form("/issuer/code", step),
    );
    frame("Enter the code", &inside)
}

/// The page that shows a secret and asks for the first code.
pub(super) fn enrol(step: &str, name: &str, shown: &Shown<'_>, wrong: Option<&str>) -> String {
    let picture = shown.picture.as_deref().map_or(String::new(), |picture| {
        format!("<img class=\"qr\" alt=\"The secret as a picture for a telephone\" src=\"{}\">", escape(picture))
    });
    let inside = format!(
        "<h1>Set up the second step</h1><p>For {}. From now on a sign-in takes your password and a code that your telephone \
         shows. Scan this with an authenticator application:</p>{picture}<p>Or type the secret there:</p>\
         <code>{}</code><p><a href=\"{}\">Or open it on this device</a></p><p>Then type the six digits that it shows.</p>\
         {}{}{CODE}<button>Go on</button></form>",
        escape(name),
        escape(shown.secret),
        escape(shown.address),
        bad(wrong),
        form("/issuer/code/confirm", step),
    );
    frame("Set up the second step", &inside)
}

/// The page that shows the recovery codes, once.
pub(super) fn recovery_codes(step: &str, name: &str, codes: &[String], goes_on: bool) -> String {
    let lines: String = codes.iter().map(|code| format!("<li><code>{}</code></li>", escape(code))).collect();
    let button = if goes_on {
        format!("{}<button>I have written them down</button></form>", form("/issuer/code/go-on", step))
    } else {
        "<a class=\"button\" href=\"/\">I have written them down</a>".to_owned()
    };
    let inside = format!(
        "<h1>Keep these codes</h1><p>For {}. When your telephone is lost, each of them lets you in once. They are shown now \
         and never again: write them down, or print them, and keep them where your telephone is not.</p>\
         <ol>{lines}</ol>{button}",
        escape(name),
    );
    frame("Keep these codes", &inside)
}

/// The page after a recovery code.
pub(super) fn recovered(step: &str, name: &str, left: usize) -> String {
    let left = match left {
        0 => "It was your last recovery code.".to_owned(),
        1 => "One recovery code is left.".to_owned(),
        more => format!("{more} recovery codes are left."),
    };
    let inside = format!(
        "<h1>The recovery code is used</h1><p>For {}. {left}</p><p>If your telephone is lost, set up another one now: the \
         lost one then works no longer, and you get new recovery codes.</p>{}\
         <button name=\"then\" value=\"another\">Set up another telephone</button></form>{}\
         <button class=\"quiet\" name=\"then\" value=\"on\">Go on without</button></form>",
        escape(name),
        form("/issuer/code/go-on", step),
        form("/issuer/code/go-on", step),
    );
    frame("The recovery code is used", &inside)
}

/// The page that asks for another password.
pub(super) fn new_password(step: &str, name: &str, wrong: Option<&str>) -> String {
    let inside = format!(
        "<h1>Change your password</h1><p>For {}. At least 12 characters; a few words that you remember are best. You will be \
         signed out everywhere but here.</p>{}{}\
         <label>New password<input name=\"password\" type=\"password\" autocomplete=\"new-password\" required \
         minlength=\"12\" maxlength=\"1024\" autofocus></label>\
         <label>The same again<input name=\"again\" type=\"password\" autocomplete=\"new-password\" required \
         maxlength=\"1024\"></label><button>Save</button></form>",
        escape(name),
        bad(wrong),
        form("/issuer/password/new", step),
    );
    frame("Change your password", &inside)
}

/// The beginning of a form that belongs to a step.
fn form(action: &str, step: &str) -> String {
    let step = escape(step);
    format!("<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"step\" value=\"{step}\">")
}
