//! An investigation of which parts are missing: they may not be seen, or could not be read. The places by which its parts
//! name each other are counted anew.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use wire::project::{Missing, Work, WorkExpansion, WorkGroup, WorkLink, WorkObject};

use crate::versions::lenient;

/// An investigation whose objects and links stand in their old places, as far as they are there.
pub(super) struct Parts {
    pub(super) objects: Vec<Option<WorkObject>>,
    pub(super) links: Vec<Option<WorkLink>>,
    /// All else, by the old places.
    pub(super) others: Work,
}

impl Parts {
    /// What is there, by its new places. Links need both ends, groups a member, and expansions all that was expanded.
    pub(super) fn together(self) -> Work {
        let Self { objects, links, others } = self;
        let places = numbered(&objects);
        let place = |old: &u32| places.get(*old as usize).copied().flatten();
        let link = |link: WorkLink| Some(WorkLink { from: place(&link.from)?, to: place(&link.to)?, ..link });
        let links: Vec<Option<WorkLink>> = links.into_iter().map(|known| known.and_then(link)).collect();
        let numbers = numbered(&links);
        let number = |old: &u32| numbers.get(*old as usize).copied().flatten();
        let group = |group: WorkGroup| {
            let objects: Vec<u32> = group.objects.iter().filter_map(place).collect();
            (!objects.is_empty()).then_some(WorkGroup { objects, ..group })
        };
        let expansion = |known: WorkExpansion| {
            let of: Vec<u32> = known.of.iter().map(place).collect::<Option<_>>()?;
            let objects = known.objects.iter().filter_map(place).collect();
            Some(WorkExpansion { of, objects, links: known.links.iter().filter_map(number).collect(), ..known })
        };
        Work {
            objects: objects.into_iter().flatten().collect(),
            links: links.into_iter().flatten().collect(),
            groups: others.groups.into_iter().filter_map(group).collect(),
            expansions: others.expansions.into_iter().filter_map(expansion).collect(),
            ..others
        }
    }
}

/// The new place of each that is there.
fn numbered<T>(all: &[Option<T>]) -> Vec<Option<u32>> {
    let mut next = 0;
    let mut place = |one: &Option<T>| {
        let place = one.is_some().then_some(next);
        next += u32::from(one.is_some());
        place
    };
    all.iter().map(&mut place).collect()
}

/// Reads an investigation as far as it can be read, and counts what is missing. None where it is no investigation, or none
/// of its objects can be read: an empty one would be kept over it.
pub(super) fn read(body: &[u8]) -> Option<Work> {
    if let Ok(work) = serde_json::from_slice(body) {
        return Some(work);
    }
    let mut kept: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let (objects, links) = (list::<WorkObject>(&mut kept, "objects")?, list(&mut kept, "links")?);
    if !objects.is_empty() && objects.iter().all(Option::is_none) {
        return None;
    }
    let mut missing = Missing::default();
    let others = Work {
        searches: some(&mut kept, "searches", &mut 0),
        rules: some(&mut kept, "rules", &mut missing.rules),
        notes: some(&mut kept, "notes", &mut missing.notes),
        groups: some(&mut kept, "groups", &mut missing.groups),
        expansions: some(&mut kept, "expansions", &mut missing.expansions),
        links_as_one: kept.remove("links_as_one") == Some(Value::Bool(true)),
        ..Work::default()
    };
    let there = (objects.len(), links.len(), others.groups.len(), others.expansions.len());
    let mut work = Parts { objects, links, others }.together();
    missing.objects = (there.0 - work.objects.len()) as u64;
    missing.links = (there.1 - work.links.len()) as u64;
    missing.groups += (there.2 - work.groups.len()) as u64;
    missing.expansions += (there.3 - work.expansions.len()) as u64;
    work.missing = missing;
    Some(work)
}

/// The parts in their places; none where it is no list.
fn list<T: DeserializeOwned>(kept: &mut Map<String, Value>, name: &str) -> Option<Vec<Option<T>>> {
    match kept.remove(name) {
        None => Some(Vec::new()),
        Some(Value::Array(parts)) => Some(parts.into_iter().map(|part| lenient(part).ok()).collect()),
        Some(_) => None,
    }
}

/// The parts that can be read; the others are counted.
fn some<T: DeserializeOwned>(kept: &mut Map<String, Value>, name: &str, missing: &mut u64) -> Vec<T> {
    let parts = list(kept, name).unwrap_or_else(|| vec![None]);
    let all = parts.len();
    let there: Vec<T> = parts.into_iter().flatten().collect();
    *missing += (all - there.len()) as u64;
    there
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const LISTS: [&str; 7] = ["searches", "objects", "links", "rules", "notes", "groups", "expansions"];

    /// Four objects in a row, with three of everything else.
    fn whole() -> Value {
        let object = |n: usize| json!({ "object_type": "person", "key": [n.to_string()], "x": n, "y": 0.5 });
        let link = |n: usize| json!({ "link": "knows", "from": n, "to": n + 1 });
        let rule = |n: usize| json!({ "of": { "objects": "person" }, "says": { "colour": n } });
        let note = |n: usize| json!({ "kind": "text", "from": [n, 0], "to": [n, 9], "text": "seen", "colour": n });
        let group = |n: usize| json!({ "name": n.to_string(), "open": false, "objects": [n] });
        let expansion = |n: usize| {
            json!({ "of": [n], "link": "knows", "direction": "forward", "found": 1, "all": null, "extent": "exact",
                "among": false, "objects": [n + 1], "links": [n] })
        };
        let three = |one: &dyn Fn(usize) -> Value| (0..3).map(one).collect::<Vec<_>>();
        json!({
            "searches": ["ada", "bo", "cy"],
            "objects": (0..4).map(object).collect::<Vec<_>>(),
            "links": three(&link),
            "rules": three(&rule),
            "notes": three(&note),
            "groups": three(&group),
            "expansions": three(&expansion),
            "links_as_one": true,
        })
    }

    fn read_value(kept: &Value) -> Option<Work> {
        read(kept.to_string().as_bytes())
    }

    #[test]
    fn the_rest_is_put_together_and_what_is_missing_is_counted() {
        let mut kept = whole();
        kept["objects"][1]["key"] = json!(7);
        kept["rules"][0]["says"] = json!({ "glow": 3 });
        kept["notes"][2] = json!("seen");
        kept["drawn_by"] = json!("a newer server");
        kept["objects"][2]["locked"] = json!(true);
        let work = read_value(&kept).expect("an investigation");
        let keys: Vec<&str> = work.objects.iter().map(|object| object.key[0].as_str()).collect();
        assert_eq!(keys, ["0", "2", "3"]);
        let links: Vec<(u32, u32)> = work.links.iter().map(|link| (link.from, link.to)).collect();
        assert_eq!(links, [(1, 2)], "by the new places");
        let members: Vec<&[u32]> = work.groups.iter().map(|group| group.objects.as_slice()).collect();
        assert_eq!(members, [[0], [1]]);
        let expanded: Vec<_> = work.expansions.iter().map(|known| (&known.of[..], &known.objects[..])).collect();
        assert_eq!(expanded, [(&[0][..], &[][..]), (&[1], &[2])]);
        assert_eq!(work.missing, Missing { objects: 1, links: 2, rules: 1, notes: 1, groups: 1, expansions: 1 });
        assert!(work.links_as_one);
    }

    #[test]
    fn a_place_that_is_no_number_costs_the_place_alone() {
        let mut kept = whole();
        kept["objects"][0]["x"] = Value::Null;
        kept["notes"][0]["to"] = json!([1e39, null]);
        let work = read_value(&kept).expect("an investigation");
        assert!(work.objects[0].x.is_nan() && work.notes[0].to[1].is_nan());
        assert!(work.missing.is_nothing());
        let again = serde_json::to_vec(&work).expect("a text");
        assert_eq!(read(&again).expect("an investigation").objects.len(), 4, "infinite numbers are written as null");
    }

    #[test]
    fn where_no_object_can_be_read_it_is_no_investigation() {
        let mut kept = whole();
        kept["objects"].as_array_mut().expect("a list").fill(json!({ "id": 1 }));
        assert_eq!(read_value(&kept), None);
        assert_eq!(read_value(&json!({ "objects": 7 })), None);
        assert_eq!(read_value(&json!({})), Some(Work::default()));
    }

    fn junk() -> impl Strategy<Value = Value> {
        let values = [json!(null), json!([]), json!({}), json!(-1), json!(1e300), json!(""), json!([[null]])];
        prop::sample::select(values.to_vec())
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}\":,a-z0-9]{0,80}", cut in 0_usize..3_000) {
            let _ = read(text.as_bytes());
            let whole = whole().to_string();
            let _ = read(&whole.as_bytes()[..cut.min(whole.len())]);
        }

        /// A part is put aside as a whole, or one of its fields is something else.
        #[test]
        fn parts_that_are_fine_are_never_lost(
            bad in prop::collection::vec((1_usize..7, 0_usize..3, any::<prop::sample::Index>(), prop::bool::ANY, junk()), 0..9)
        ) {
            let (mut kept, untouched) = (whole(), whole());
            for (list, place, field, is_all, junk) in bad {
                let part = &mut kept[LISTS[list]][place];
                let names: Vec<String> = part.as_object().into_iter().flat_map(Map::keys).cloned().collect();
                if is_all || names.is_empty() {
                    *part = junk;
                } else {
                    part[field.get(&names)] = junk;
                }
            }
            let work = read_value(&kept).expect("the last object is fine");
            let wanted = read_value(&untouched).expect("an investigation");
            let is_fine = |list: &str, place: usize| kept[list][place] == untouched[list][place];
            for (place, object) in wanted.objects.iter().enumerate().filter(|(place, _)| is_fine("objects", *place)) {
                prop_assert!(work.objects.contains(object), "{place}");
            }
            for (place, rule) in wanted.rules.iter().enumerate().filter(|(place, _)| is_fine("rules", *place)) {
                prop_assert!(work.rules.contains(rule), "{place}");
            }
            for (place, note) in wanted.notes.iter().enumerate().filter(|(place, _)| is_fine("notes", *place)) {
                prop_assert!(work.notes.contains(note), "{place}");
            }
            prop_assert_eq!(work.objects.len() as u64 + work.missing.objects, 4);
            prop_assert_eq!(work.notes.len() as u64 + work.missing.notes, 3);
            prop_assert!(work.links.iter().all(|link| (link.from.max(link.to) as usize) < work.objects.len()));
        }
    }
}
