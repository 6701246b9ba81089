//! Who may do what: every action, for every instance role and every role in the project, as one table.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use access::{
    Action, AppRole, Caller, Decision, InstanceRole, Need, PersonId, Policy, ProjectPolicy, ProjectRole, SourceId,
    SourcePolicy,
};

use crate::golden::golden;
use crate::samples::samples;
use crate::world::{ParseId as _, grant, role};

/// Actions whose calls come with later work. One that has a call may not stand here.
const NO_CALL_YET: &[Action] = &[
    Action::SeeUsage,
    Action::Orchestrate,
    Action::MakeOwnTokens,
    Action::Propose,
    Action::Deploy,
    Action::LockReport,
    Action::RunAction,
];

/// The instance roles of the columns; none at all is the first.
fn instance_roles() -> Vec<Option<InstanceRole>> {
    std::iter::once(None).chain(InstanceRole::ALL.map(Some)).collect()
}

fn project_roles() -> Vec<Option<ProjectRole>> {
    std::iter::once(None).chain(ProjectRole::ALL.map(Some)).collect()
}

fn caller(instance: Option<InstanceRole>) -> Caller {
    // A role of the organisation's own, which opens nothing by itself.
    let own = role("Bank.Analyst");
    let roles = instance.map(|role| AppRole::new(role.app_role()).expect("a role"));
    Caller::new("ada".parse_id(), roles.into_iter().chain([own]))
}

fn policy(held: Option<ProjectRole>, required: Option<AppRole>) -> Policy {
    let person: PersonId = "ada".parse_id();
    let source: SourceId = "ledger".parse_id();
    let project = ProjectPolicy {
        grants: held.map(|role| grant(&person, role)).into_iter().collect(),
        sources: [(source, SourcePolicy { required_role: required, private_to: None })].into(),
    };
    Policy { projects: [("bank".parse_id(), project)].into(), ..Policy::default() }
}

fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allow => "yes",
        Decision::Deny(_) => "-",
        Decision::Hide => ".",
    }
}

fn name(action: Action) -> String {
    serde_json::to_value(action).expect("JSON").as_str().expect("a name").to_owned()
}

fn calls_of(action: Action) -> String {
    let calls = samples()
        .into_iter()
        .filter(|sample| sample.content.contains(&action) || sample.needs.iter().any(|need| need.action == action));
    let names: BTreeSet<&str> = calls.map(|sample| sample.call).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn table() -> String {
    let mut text = String::from(
        "Every action, for every instance role (first line) with every role in the project (second line: none, Read,\n\
         Manage, Own, Orchestrate). yes: allowed; -: told which right is missing; .: answered like something that\n\
         does not exist. Actions of the whole instance do not look at the project.\n\n",
    );
    writeln!(
        text,
        "{:<26}{:<22}{:<22}{:<22}{:<22}{:<22}calls\n{:<26}{}",
        "",
        "(none)",
        "Task.Read",
        "Task.Manage",
        "Task.Audit",
        "Task.Orchestrate",
        "",
        "no  Rd  Mg  Ow  Or    ".repeat(5)
    )
    .expect("text");
    for action in Action::ALL {
        let need = match action.rule().project {
            None => Need::instance(action),
            Some(_) => Need::project(action, &"bank".parse_id()),
        };
        write!(text, "{:<26}", name(action)).expect("text");
        for instance in instance_roles() {
            for held in project_roles() {
                write!(text, "{:<4}", word(&policy(held, None).decide(&caller(instance), &need))).expect("text");
            }
            text.push_str("  ");
        }
        let calls = if NO_CALL_YET.contains(&action) { "(no call yet)".to_owned() } else { calls_of(action) };
        writeln!(text, "{calls}").expect("text");
    }
    text.push_str("\nWhat is configured in a source of one's own:\n");
    let need = Need::source(Action::SaveConfiguration, &"bank".parse_id(), &"ledger".parse_id());
    write!(text, "{:<26}", name(Action::SaveConfiguration)).expect("text");
    for instance in instance_roles() {
        for held in project_roles() {
            let decision = of_ones_own(policy(held, None)).decide(&caller(instance), &need);
            write!(text, "{:<4}", word(&decision)).expect("text");
        }
        text.push_str("  ");
    }
    text.push_str("read_catalogue, sample_table, suggest_model\n");
    text
}

/// The same with the source being the caller's own.
fn of_ones_own(mut policy: Policy) -> Policy {
    for source in policy.projects.values_mut().flat_map(|project| project.sources.values_mut()) {
        source.private_to = Some("ada".parse_id());
    }
    policy
}

#[test]
fn every_action_for_every_role_is_decided_as_the_table_says() {
    golden("policy.txt", &table());
}

#[test]
fn an_action_has_a_call_or_is_marked_but_never_both() {
    for action in Action::ALL {
        let (calls, marked) = (calls_of(action), NO_CALL_YET.contains(&action));
        assert!(!marked || calls.is_empty(), "{action:?} is marked \"no call yet\", but {calls} asks for it");
        assert!(marked || !calls.is_empty(), "{action:?} has no call: mark it, or add a sample of its call");
    }
}

#[test]
fn a_source_with_a_required_role_is_unknown_without_it_whatever_else_is_held() {
    let need = |action| Need::source(action, &"bank".parse_id(), &"ledger".parse_id());
    for action in Action::ALL {
        for instance in instance_roles() {
            for held in project_roles() {
                let closed = policy(held, Some(role("Bank.Secret"))).decide(&caller(instance), &need(action));
                assert_eq!(closed, Decision::Hide, "{action:?} {instance:?} {held:?}");
                let open = policy(held, Some(role("Bank.Analyst"))).decide(&caller(instance), &need(action));
                let plain = policy(held, None).decide(&caller(instance), &need(action));
                assert_eq!(open, plain, "{action:?} {instance:?} {held:?}");
            }
        }
    }
}

#[test]
fn somebody_elses_own_source_is_unknown_even_to_an_own() {
    let mut policy = policy(Some(ProjectRole::Own), None);
    let project = policy.projects.values_mut().next().expect("a project");
    let source = project.sources.values_mut().next().expect("a source");
    source.private_to = Some("bob".parse_id());
    let need = Need::source(Action::ReadData, &"bank".parse_id(), &"ledger".parse_id());
    assert_eq!(policy.decide(&caller(Some(InstanceRole::Manage)), &need), Decision::Hide);
}

#[test]
fn rights_of_several_roles_add_up_and_nothing_more() {
    let both = Caller::new("ada".parse_id(), [role("Task.Read"), role("Task.Audit")]);
    for action in Action::ALL {
        let need = match action.rule().project {
            None => Need::instance(action),
            Some(_) => Need::project(action, &"bank".parse_id()),
        };
        for held in project_roles() {
            let policy = policy(held, None);
            let one = |role| policy.decide(&caller(Some(role)), &need) == Decision::Allow;
            let either = one(InstanceRole::Read) || one(InstanceRole::Audit);
            assert_eq!(policy.decide(&both, &need) == Decision::Allow, either, "{action:?} {held:?}");
        }
    }
}
