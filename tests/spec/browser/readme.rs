//! The README's way to the ring, walked as it is written there: what it names in bold or italics is on the screen at that
//! step, and each step leaves a picture (`ring-2-search.png` and so on); those in `docs/pictures` are made of them.

use server::demo::{PlantedCompany, Scale, planted};
use thirtyfour::Key;

use super::demo::Demo;
use super::page::Page;
use super::pictures::Colours;
use super::seen::{Seen, node};
use super::transcript;

const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"));
/// A laptop's window: the words stay readable where the README shows the picture smaller.
const SIZE: (u32, u32) = (1440, 900);

#[test]
fn the_readme_leads_to_the_ring() {
    transcript(async {
        // As large as the reader has it: the pictures are of what one sees.
        let demo = Demo::start_with(&Scale::FULL).await;
        let page = demo.page().await;
        page.size(SIZE).await;
        page.colours(Colours::Light).await;
        let mut walk = Walk { page: &page, steps: steps(), told: Vec::new(), step: 0 };
        demo.sign_in(&page, "/", "ingrid").await;
        page.find("listitem", "Harbour Bank").await;
        page.find_text("ingrid").await;
        walk.done().await;
        search(&mut walk).await;
        expand_to_account(&mut walk).await;
        follow_the_sums(&mut walk).await;
        climb_to_the_owner(&mut walk).await;
        to_the_sanctioned(&mut walk).await;
        assert_eq!(walk.step, walk.steps.len(), "every step is walked");
        page.end().await;
    });
}

/// Where the reader is, and everything that the page told since the step before.
struct Walk<'a> {
    page: &'a Page,
    /// The words that each step promises.
    steps: Vec<Vec<String>>,
    told: Vec<String>,
    step: usize,
}

impl Walk<'_> {
    /// Notes what is on the screen now.
    async fn note(&mut self) {
        let seen = self.page.look().await;
        self.told.extend(seen.into_iter().map(|seen| seen.name));
    }

    /// Leaves a picture of this step.
    async fn picture(&mut self, name: &str) {
        self.page.still().await;
        self.note().await;
        self.page.picture(&format!("ring-{}-{name}", self.step + 1)).await;
    }

    /// The step is done: everything that it promised was on the screen.
    async fn done(&mut self) {
        self.note().await;
        for promised in &self.steps[self.step] {
            let was_seen = self.told.iter().any(|told| told.contains(promised));
            assert!(was_seen, "step {} promises {promised:?}; told: {:#?}", self.step + 1, self.told);
        }
        self.step += 1;
        self.told.clear();
    }

    /// Opens the menu of a node; its lines are counted when this returns.
    async fn open_menu(&mut self, node: &str, link: &str) {
        self.page.click_node(node).await;
        self.page.type_text("e").await;
        let is_counted = |seen: &&Seen| {
            seen.is("menuitem", link) && seen.attribute("aria-description").is_some_and(|text| !text.contains('…'))
        };
        self.page.wait(&format!("{link:?}, counted"), |seen| seen.iter().find(is_counted).map(|_| ())).await;
        self.note().await;
    }

    /// Chooses a line of the menu that is open.
    async fn choose(&mut self, link: &str) {
        self.page.click("menuitem", link).await;
        self.page.gone("menuitem", link).await;
        self.page.still().await;
        self.page.type_text("f").await;
        self.page.still().await;
    }

    /// Expands a node by a link type, as its menu offers it.
    async fn expand(&mut self, node: &str, link: &str) {
        self.open_menu(node, link).await;
        self.choose(link).await;
    }

    /// Selects nodes as a hand does that holds Ctrl, and leaves nothing else in the picture.
    async fn isolate(&mut self, nodes: &[String]) {
        for (place, named) in nodes.iter().enumerate() {
            if place == 0 {
                self.page.click_node(named).await;
                continue;
            }
            let found = self.page.settled(named, |seen| node(seen, named).cloned()).await;
            self.page.click_holding(Key::Control, "button", &found.name).await;
        }
        self.page.find_text(&format!("{} objects selected", nodes.len())).await;
        self.page.type_text("i").await;
        self.page.find_text(&format!("{} objects · ", nodes.len())).await;
        self.page.click("button", "Lay out again").await;
        self.page.still().await;
        self.page.type_text("f").await;
    }
}

/// Of each numbered step of the walk, what stands in bold or italics.
fn steps() -> Vec<Vec<String>> {
    let (_, rest) = README.split_once("## Find the ring in five minutes").expect("the walk");
    let (walk, _) = rest.split_once("\n## ").expect("its end");
    let mut steps: Vec<String> = Vec::new();
    for line in walk.lines().filter(|line| !line.trim_start().starts_with("![")) {
        let is_new = line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        match steps.last_mut() {
            _ if is_new => steps.push(line.to_owned()),
            Some(step) if line.starts_with("   ") => step.push_str(&format!(" {}", line.trim())),
            _ => {}
        }
    }
    let marked = |step: &String| {
        let pieces: Vec<&str> = step.split('*').filter(|piece| !piece.is_empty()).collect();
        pieces.into_iter().skip(1).step_by(2).map(str::to_owned).collect()
    };
    steps.iter().map(marked).collect()
}

async fn search(walk: &mut Walk<'_>) {
    let page = walk.page;
    page.click("listitem", "Harbour Bank").await;
    page.find_text("The graph is empty").await;
    page.chord(Key::Control, "k").await;
    page.type_text("Ferjeveien 12").await;
    page.find_text("7 found").await;
    let typed = page.find("searchbox", "Search").await;
    walk.told.extend(typed.value);
    for company in &planted().ring {
        page.find("listitem", company.name).await;
    }
    walk.picture("search").await;
    walk.done().await;
}

async fn expand_to_account(walk: &mut Walk<'_>) {
    let first = &planted().ring[0];
    walk.note().await;
    walk.page.click("listitem", first.name).await;
    walk.page.find_text("Ferjeveien 12").await;
    walk.expand(&format!("Company {}", first.name), "customer of the bank").await;
    walk.expand(&format!("Customer {}", first.name), "holds account").await;
    walk.open_menu(&account(first), "paid to").await;
    walk.picture("expand").await;
    walk.choose("paid to").await;
    walk.done().await;
}

fn account(company: &PlantedCompany) -> String {
    format!("Account {}", company.account)
}

async fn follow_the_sums(walk: &mut Walk<'_>) {
    let ring = planted().ring;
    for company in &ring[1..] {
        walk.expand(&account(company), "paid to").await;
    }
    let accounts: Vec<String> = ring.iter().map(account).collect();
    walk.isolate(&accounts).await;
    walk.picture("ring").await;
    walk.done().await;
}

async fn climb_to_the_owner(walk: &mut Walk<'_>) {
    let planted = planted();
    for _ in 0..2 {
        walk.page.chord(Key::Control, "z").await;
        walk.page.still().await;
    }
    walk.page.type_text("f").await;
    walk.page.still().await;
    walk.expand(&format!("Company {}", planted.ring[0].name), "owned by company").await;
    walk.expand(&format!("Company {}", planted.holding.name), "owned by company").await;
    walk.picture("owners").await;
    walk.done().await;
}

async fn to_the_sanctioned(walk: &mut Walk<'_>) {
    let planted = planted();
    let (first, holding, parent) = (planted.ring[0].name, planted.holding.name, planted.parent.name);
    walk.expand(&format!("Company {parent}"), "resembles sanctioned").await;
    let listed = format!("Sanctioned {}", planted.owner.listed_name);
    let chain = [format!("Company {first}"), format!("Company {holding}"), format!("Company {parent}"), listed.clone()];
    walk.isolate(&chain).await;
    walk.page.click_node(&listed).await;
    walk.page.find_text(planted.owner.entry).await;
    walk.picture("owner").await;
    walk.done().await;
}
