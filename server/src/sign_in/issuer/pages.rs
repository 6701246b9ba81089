//! The few pages of signing in: plain HTML, one stylesheet, no script. Every text that is not ours is escaped.

/// The stylesheet of these pages, in the colours of the house look; follows the system's light or dark.
pub const STYLE: &str = "\
:root{color-scheme:dark light;--bg:#0f1419;--panel:#161c23;--line:#27313c;--text:#dbe4ee;--dim:#8a99a9;--accent:#4da3ff;\
--on:#0f1419;--bad:#ff7b72}\
@media(prefers-color-scheme:light){:root{--bg:#f4f6f8;--panel:#fff;--line:#dce2e8;--text:#1d2733;--dim:#5d6b7a;\
--accent:#0b66c3;--on:#fff;--bad:#c2372d}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--text);\
font:14px/1.5 'Noto Sans',system-ui,sans-serif}\
main{width:min(360px,92vw);padding:32px;background:var(--panel);border:1px solid var(--line);border-radius:8px}\
h1{margin:0 0 4px;font-size:20px;font-weight:600}\
p{margin:8px 0;color:var(--dim)}\
p.bad{color:var(--bad)}\
label{display:block;margin-top:16px;font-size:13px}\
input{width:100%;margin-top:4px;padding:9px 10px;font:inherit;color:var(--text);background:var(--bg);\
border:1px solid var(--line);border-radius:6px}\
input:focus,a:focus,button:focus{outline:2px solid var(--accent);outline-offset:1px}\
button,a.button{display:block;width:100%;margin-top:24px;padding:10px;font:inherit;font-weight:600;text-align:center;\
text-decoration:none;color:var(--on);background:var(--accent);border:0;border-radius:6px;cursor:pointer}\
small{display:block;margin-top:24px;color:var(--dim)}\
main>code,li>code{font:14px/1.7 'Noto Sans Mono',ui-monospace,monospace;overflow-wrap:anywhere}\
main>code{display:block;padding:9px 10px;background:var(--bg);border:1px solid var(--line);border-radius:6px}\
p>a{color:var(--accent)}\
ol{margin:16px 0 0;padding-left:28px}\
img.qr{display:block;width:200px;height:200px;margin:16px auto;border-radius:6px}\
button.quiet{margin-top:12px;color:var(--text);background:none;border:1px solid var(--line)}";

/// A page with paragraphs and perhaps one button.
pub fn plain(title: &str, paragraphs: &[&str], button: Option<(&str, &str)>) -> String {
    let mut inside = format!("<h1>{}</h1>", escape(title));
    for paragraph in paragraphs.iter().filter(|text| !text.is_empty()) {
        inside.push_str(&format!("<p>{}</p>", escape(paragraph)));
    }
    if let Some((address, label)) = button {
        inside.push_str(&format!("<a class=\"button\" href=\"{}\">{}</a>", escape(address), escape(label)));
    }
    frame(title, &inside)
}

/// The page that asks whether the desktop program may work in somebody's name. `back` leads to the program.
pub fn confirm_desktop(name: &str, number: &str, back: &str) -> String {
    let inside = format!(
        "<h1>Sign in the Clew program</h1><p>You are {}. The Clew program on this computer asks to work in your name.</p>\
         <p>Go on only if you have just begun this there, and it shows this number:</p><code>{number}</code>\
         <a class=\"button\" href=\"{}\">The number is the same: go on</a>\
         <small>Otherwise close this page: somebody else may have begun the sign-in.</small>",
        escape(name),
        escape(back),
    );
    frame("Sign in the Clew program", &inside)
}

/// The page that asks for name and password. `request` is the query that led here.
pub fn sign_in(request: &str, name: &str, wrong: Option<&str>) -> String {
    let inside = format!(
        "<h1>Sign in to Clew</h1>{}<form method=\"post\" action=\"/issuer/authorize\">\
         <input type=\"hidden\" name=\"request\" value=\"{}\">{}<button>Sign in</button></form>\
         <small>This is Clew's own sign-in service, for evaluation and closed sites. For daily work connect your \
         organisation's.</small>",
        bad(wrong),
        escape(request),
        name_and_password(name),
    );
    frame("Sign in to Clew", &inside)
}

/// A page that asks for name and password before something else than signing in.
pub(super) struct Entering<'a> {
    /// What it is for.
    pub(super) title: &'a str,
    /// The same in a sentence, with what to do first.
    pub(super) intro: &'a str,
    /// Where its form goes.
    pub(super) action: &'a str,
}

/// Such a page.
pub(super) fn enter(Entering { title, intro, action }: &Entering<'_>, name: &str, wrong: Option<&str>) -> String {
    let inside = format!(
        "<h1>{title}</h1><p>{intro}</p>{}<form method=\"post\" action=\"{action}\">{}<button>Go on</button></form>",
        bad(wrong),
        name_and_password(name),
    );
    frame(title, &inside)
}

fn name_and_password(name: &str) -> String {
    let focus = |first: bool| if first == name.is_empty() { " autofocus" } else { "" };
    format!(
        "<label>Name<input name=\"name\" autocomplete=\"username\" required maxlength=\"64\" value=\"{}\"{}></label>\
         <label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required \
         maxlength=\"1024\"{}></label>",
        escape(name),
        focus(true),
        focus(false),
    )
}

/// What went wrong, where something did.
pub(super) fn bad(wrong: Option<&str>) -> String {
    wrong.map(|text| format!("<p class=\"bad\" role=\"alert\">{}</p>", escape(text))).unwrap_or_default()
}

/// The page that sets a password.
pub fn set_password(link: &str, name: &str, wrong: Option<&str>) -> String {
    let wrong = bad(wrong);
    let inside = format!(
        "<h1>Choose a password</h1><p>For {}. At least 12 characters; a few words that you remember are best.</p>{wrong}\
         <form method=\"post\" action=\"/issuer/password\"><input type=\"hidden\" name=\"link\" value=\"{}\">\
         <label>Password<input name=\"password\" type=\"password\" autocomplete=\"new-password\" required \
         minlength=\"12\" maxlength=\"1024\" autofocus></label>\
         <label>The same again<input name=\"again\" type=\"password\" autocomplete=\"new-password\" required \
         maxlength=\"1024\"></label><button>Save</button></form>",
        escape(name),
        escape(link),
    );
    frame("Choose a password", &inside)
}

pub(super) fn frame(title: &str, inside: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/sign-in/style.css\">\
         </head><body><main>{inside}</main></body></html>",
        escape(title)
    )
}

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_from_outside_stays_a_text() {
        let page = super::sign_in("\"><script>x</script>", "<b>", Some("'&"));
        assert!(!page.contains("<script>") && !page.contains("<b>") && page.contains("&#39;&amp;"));
    }
}
