//! How people sign in: what the settings say, steps at the issuer, a trial, and which roles some claims give.

use egui::Ui;
use wire::set_up::{ClaimFound, ClaimValue, ClaimsTried, SignInNow};

use super::lines;
use crate::admin::Command;
use crate::admin::sign_in::Command as SignInCommand;
use crate::app::{AdminPage, Command as AppCommand, Commands, Model, Remote};
use crate::look::icons;
use crate::screens::config::parts;
use crate::screens::{fault_ui, waiting_for_ui, waiting_ui};
use crate::widgets::{Button, KeyValue, Segment, TextField, Tone, key_values, segmented};
use crate::words::{Word, Words};

/// More than fits into the request is no content of a token.
const LONGEST_CLAIMS: usize = 40_000;

/// What is half typed or chosen.
#[derive(Default)]
pub(super) struct Draft {
    guide: usize,
    claims: String,
}

/// An issuer that many have: its name, what to do there, and what to set.
struct Guide {
    name: Word,
    steps: [Word; 3],
    set: [&'static str; 4],
}

const GUIDES: [Guide; 3] = [
    Guide {
        name: Word::GuideEntra,
        steps: [Word::GuideEntra1, Word::GuideEntra2, Word::GuideEntra3],
        set: [
            "CLEW_OIDC_ISSUER=https://login.microsoftonline.com/TENANT/v2.0",
            "CLEW_OIDC_CLIENT_ID=APPLICATION_ID",
            "CLEW_OIDC_SCOPES=profile email offline_access",
            "CLEW_OIDC_ROLES_CLAIM=roles",
        ],
    },
    Guide {
        name: Word::GuideKeycloak,
        steps: [Word::GuideKeycloak1, Word::GuideKeycloak2, Word::GuideKeycloak3],
        set: [
            "CLEW_OIDC_ISSUER=https://HOST/realms/REALM",
            "CLEW_OIDC_CLIENT_ID=clew",
            "CLEW_OIDC_SCOPES=profile email",
            "CLEW_OIDC_ROLES_CLAIM=resource_access.clew.roles",
        ],
    },
    Guide {
        name: Word::GuideOkta,
        steps: [Word::GuideOkta1, Word::GuideOkta2, Word::GuideOkta3],
        set: [
            "CLEW_OIDC_ISSUER=https://HOST",
            "CLEW_OIDC_SCOPES=profile email groups offline_access",
            "CLEW_OIDC_ROLES_CLAIM=groups",
            "CLEW_OIDC_ROLES_MAP=clew-readers=Task.Read,clew-managers=Task.Manage,clew-auditors=Task.Audit",
        ],
    },
];

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    lines::room_ui(ui, "sign in", |ui| match &model.admin.sign_in.now {
        Remote::Here(now) | Remote::Waiting(Some(now)) => {
            settings_ui(ui, model.words, now, commands);
            try_ui(ui, model, commands);
            claims_ui(ui, model, now, draft, commands);
            guide_ui(ui, model.words, draft, commands);
        }
        Remote::Failed(fault) => {
            let again = AppCommand::Admin(Command::Ask(AdminPage::SignIn));
            fault_ui(ui, model, fault, again, commands);
        }
        Remote::Idle | Remote::Waiting(None) => waiting_ui(ui, model),
    });
}

fn settings_ui(ui: &mut Ui, words: Words, now: &SignInNow, commands: &mut Commands) {
    lines::title_ui(ui, words.t(Word::SignInTitle), None);
    parts::dim(ui, words.t(if now.embedded { Word::SignInEmbedded } else { Word::SignInElsewhere }));
    let set = |is_set: bool| words.t(if is_set { Word::IsSet } else { Word::IsNotSet });
    let scopes = format!("openid {}", now.scopes.join(" "));
    let map: Vec<String> = now.roles_map.iter().map(|one| format!("{} = {}", one.value, one.role)).collect();
    let map = if map.is_empty() { words.t(Word::SignInNoMap).to_owned() } else { map.join("\n") };
    let fact = |word, value| KeyValue { key: words.t(word), value, aside: "" };
    let mut facts = vec![
        fact(Word::SignInIssuer, now.issuer.as_str()),
        fact(Word::SignInClient, &now.client_id),
        fact(Word::SignInScopes, &scopes),
        fact(Word::SignInClaim, &now.roles_claim),
        fact(Word::SignInMap, &map),
    ];
    if !now.embedded {
        facts.push(fact(Word::SignInSecret, set(now.has_secret)));
        facts.push(fact(Word::SignInCertificate, set(now.has_certificate)));
        facts.push(fact(Word::SignInAuthorities, set(now.has_authorities)));
    }
    key_values(ui, "sign in", &facts);
    parts::heading(ui, words.t(Word::RedirectTitle));
    parts::dim(ui, words.t(Word::RedirectSentence));
    lines::copy_ui(ui, words, &now.redirect, commands);
    parts::dim(ui, words.t(Word::AfterSignOut));
    lines::copy_ui(ui, words, &now.after_sign_out, commands);
    if let Some(back_channel) = &now.back_channel {
        parts::dim(ui, words.t(Word::BackChannel));
        lines::copy_ui(ui, words, back_channel, commands);
    }
}

fn try_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    parts::line(ui);
    parts::heading(ui, words.t(Word::TryTitle));
    parts::dim(ui, words.t(Word::TrySentence));
    let tried = &model.admin.sign_in.tried;
    let button = Button::new(words.t(Word::TryIssuer)).icon(icons::PLAY_ARROW).enabled(!tried.is_waiting());
    if ui.add(button).clicked() {
        commands.admin(Command::SignIn(SignInCommand::Try));
    }
    match tried {
        Remote::Here(findings) | Remote::Waiting(Some(findings)) => lines::findings_ui(ui, words, findings),
        Remote::Waiting(None) => {
            if waiting_for_ui(ui, model, words.t(Word::TryingIssuer), true) {
                commands.admin(Command::SignIn(SignInCommand::StopTry));
            }
        }
        Remote::Failed(fault) => parts::fault_box(ui, fault),
        Remote::Idle => {}
    }
}

fn claims_ui(ui: &mut Ui, model: &Model, now: &SignInNow, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    parts::line(ui);
    parts::heading(ui, words.t(Word::ClaimsTitle));
    parts::dim(ui, words.t(Word::ClaimsSentence));
    let field = TextField::new(words.t(Word::ClaimsField), &mut draft.claims).rows(5).mono();
    field.limit_chars(LONGEST_CLAIMS).hint("{ \"sub\": \"ada\", \"roles\": [\"Task.Read\"] }").show(ui, words);
    let judged = &model.admin.sign_in.judged;
    let is_free = !judged.is_waiting();
    ui.horizontal(|ui| {
        let ready = is_free && !draft.claims.trim().is_empty();
        if ui.add(Button::primary(words.t(Word::ClaimsJudge)).enabled(ready)).clicked() {
            commands.admin(Command::SignIn(SignInCommand::Judge(Some(draft.claims.clone()))));
        }
        if ui.add(Button::new(words.t(Word::ClaimsOwn)).icon(icons::PERSON).enabled(is_free)).clicked() {
            commands.admin(Command::SignIn(SignInCommand::Judge(None)));
        }
    });
    match judged {
        Remote::Here(tried) | Remote::Waiting(Some(tried)) => judged_ui(ui, words, &now.roles_claim, tried),
        Remote::Waiting(None) => waiting_ui(ui, model),
        Remote::Failed(fault) => parts::fault_box(ui, fault),
        Remote::Idle => {}
    }
}

fn judged_ui(ui: &mut Ui, words: Words, claim: &str, tried: &ClaimsTried) {
    let roles: Vec<&str> = tried.roles.iter().map(access::AppRole::as_str).collect();
    if tried.enters {
        lines::told_ui(ui, Tone::Ok, &words.with(Word::ClaimsEnters, &[&roles.join(", ")]));
    } else {
        lines::told_ui(ui, Tone::Bad, words.t(Word::ClaimsKeptOut));
    }
    let found = match tried.found {
        ClaimFound::List => {
            let number = words.count(tried.values.len() as u64 + tried.left_out);
            words.with(Word::ClaimsList, &[claim, &number])
        }
        ClaimFound::Text => words.with(Word::ClaimsText, &[claim]),
        ClaimFound::Unfit => words.with(Word::ClaimsUnfit, &[claim]),
        ClaimFound::Absent => words.with(Word::ClaimsAbsent, &[claim]),
    };
    parts::dim(ui, &found);
    for value in &tried.values {
        value_ui(ui, words, value);
    }
    if tried.left_out > 0 {
        parts::hint(ui, &words.with(Word::ClaimsLeftOut, &[&words.count(tried.left_out)]));
    }
    lines::findings_ui(ui, words, &tried.remarks);
}

fn value_ui(ui: &mut Ui, words: Words, value: &ClaimValue) {
    let roles: Vec<&str> = value.roles.iter().map(access::AppRole::as_str).collect();
    match (value.mapped, roles.is_empty()) {
        (_, true) => lines::told_ui(ui, Tone::Warn, &words.with(Word::ClaimNothing, &[&value.value])),
        (true, false) => {
            let said = words.with(Word::ClaimMapped, &[&value.value, &roles.join(", ")]);
            lines::told_ui(ui, Tone::Neutral, &said);
        }
        (false, false) => lines::told_ui(ui, Tone::Neutral, &words.with(Word::ClaimItself, &[&value.value])),
    }
}

fn guide_ui(ui: &mut Ui, words: Words, draft: &mut Draft, commands: &mut Commands) {
    parts::line(ui);
    parts::heading(ui, words.t(Word::GuideTitle));
    let names = GUIDES.each_ref().map(|guide| Segment::text(words.t(guide.name)));
    segmented(ui, words.t(Word::GuideTitle), &names, &mut draft.guide);
    let Some(guide) = GUIDES.get(draft.guide) else { return };
    for (place, step) in guide.steps.iter().enumerate() {
        ui.label(format!("{}. {}", place + 1, words.t(*step)));
    }
    for line in guide.set {
        lines::copy_ui(ui, words, line, commands);
    }
}
