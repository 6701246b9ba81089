//! The graph as a file in every format, and such a file brought in again, by mouse and keyboard; what is saved is looked into.

use serde_json::Value;

use super::demo::Demo;
use super::graph::two_on_the_graph;
use super::page::Page;
use super::pictures::WIDE;
use super::transcript;
use thirtyfour::Key;

#[test]
fn the_graph_goes_out_in_every_format_and_comes_back() {
    transcript(async {
        let demo = Demo::start().await;
        let page = demo.page().await;
        page.size(WIDE).await;
        demo.sign_in(&page, "/p/harbour-bank", "astrid").await;
        two_on_the_graph(&page, "customer of the bank").await;
        for format in ["PNG", "SVG", "PDF", "GraphML", "JSON"] {
            export(&page, format).await;
        }
        look_into(&page).await;
        announced(&demo).await;
        bring_back(&page).await;
        page.end().await;
    });
}

async fn export(page: &Page, format: &str) {
    page.click("button", "Export the graph…").await;
    page.click("radio", format).await;
    page.find_text("2 objects, 1 link").await;
    if format == "PNG" {
        page.click("radio", "4×").await;
        page.find_text("6,400 × 4,000 pixels").await;
        page.pictures("exchange-export").await;
    }
    page.click("button", "Save the file").await;
    page.gone("button", "Save the file").await;
}

async fn look_into(page: &Page) {
    let [width, height, colours] = page.look_into(&page.saved("png").await).await;
    assert_eq!((width, height), (6_400, 4_000));
    assert!(colours > 50, "{colours} colours: a graph is drawn");
    let text = async |ending: &str| String::from_utf8(page.saved(ending).await).expect("text");
    let svg = text("svg").await;
    for wanted in
        [">Brygga Import AS<", ">Companies · 1<", ">Customers · 1<", "saved by astrid", "every expansion complete"]
    {
        assert!(svg.to_lowercase().contains(&wanted.to_lowercase()), "{wanted} in {svg}");
    }
    assert!(svg.contains("Z\" fill"), "icons are shapes: {svg}");
    let pdf = page.saved("pdf").await;
    assert!(pdf.starts_with(b"%PDF-1.7") && pdf.len() > 5_000, "{} bytes", pdf.len());
    let graphml = text("graphml").await;
    assert!(graphml.contains("attr.name=\"note\"") && graphml.contains(">Brygga Import AS<"), "{graphml}");
    let json: Value = serde_json::from_str(&text("json").await).expect("json");
    assert_eq!(json["nodes"].as_array().map(Vec::len), Some(2));
    assert!(json["note"].as_str().is_some_and(|note| note.contains("Clew question")), "{json}");
}

/// Each was written down before it was saved, with its format.
async fn announced(demo: &Demo) {
    let entries = demo.world.audit(200).await;
    let mut formats: Vec<String> = entries
        .iter()
        .filter(|entry| entry.call == "announce_picture")
        .filter_map(|entry| serde_json::from_slice::<Value>(&entry.details).ok())
        .filter_map(|details| details["request"]["format"].as_str().map(str::to_owned))
        .collect();
    formats.sort();
    formats.dedup();
    assert_eq!(formats, ["graphml", "json", "pdf", "png", "svg"]);
}

async fn bring_back(page: &Page) {
    let file = page.downloads.path().join("harbour-bank-graph.graphml");
    page.chord(Key::Control, "z").await;
    page.find_text("1 object · 0 links").await;
    page.chord(Key::Control, "z").await;
    page.find_text("The graph is empty").await;
    page.expect_file().await;
    page.click("button", "Import a graph…").await;
    page.find_text("what no source has is marked as missing").await;
    page.pictures("exchange-import").await;
    page.click("button", "Choose a file…").await;
    page.give_file(&file).await;
    page.find_text("2 objects · 1 link").await;
    page.find("button", "Undo: Import harbour-bank-graph.graphml").await;
    page.chord(Key::Control, "z").await;
    page.find_text("The graph is empty").await;
    // What is no graph says why, and stays to be read.
    let other = page.downloads.path().join("table.csv");
    std::fs::write(&other, "a;b\n1;2\n").expect("a file");
    page.script::<Value>("window.clewAsked = undefined; return null;").await;
    page.click("button", "Import a graph…").await;
    page.click("button", "Choose a file…").await;
    page.give_file(&other).await;
    page.find_text("table.csv was not imported").await;
    page.find_text("The file is no graph as GraphML or as JSON of Clew").await;
    page.click("button", "Close").await;
}
