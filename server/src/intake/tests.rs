//! The traps of CSV files, one line of a table each, through the public functions.

use std::io::Cursor;

use csv::{ReaderBuilder, WriterBuilder};
use encoding_rs::{UTF_8, WINDOWS_1252};
use model::kind::Kind::{self, Bool, Date, Decimal, Float, Instant, Integer, LocalTime, Text};
use proptest::prelude::*;
use rusqlite::Connection;

use super::*;

/// Everything of a small file: its layout and the report, or the code of the refusal.
fn take_in(file: &[u8]) -> Result<(Layout, Report, SqliteImage), &'static str> {
    let layout = detect(file, true).map_err(|refusal| refusal.code())?;
    let (image, report) = build(Cursor::new(file), &layout).map_err(|refusal| refusal.code())?;
    Ok((layout, report, image))
}

fn taken(file: &[u8]) -> (Layout, Report, SqliteImage) {
    take_in(file).unwrap_or_else(|code| panic!("{code}: {:?}", String::from_utf8_lossy(file)))
}

fn open(image: &SqliteImage) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.deserialize_read_exact("main", image.bytes.as_slice(), image.bytes.len(), true).unwrap();
    connection
}

/// The rows of an image as SQLite shows them, the line first.
fn rows(image: &SqliteImage) -> Vec<Vec<String>> {
    let connection = open(image);
    let mut statement = connection.prepare("select * from rows order by 1").unwrap();
    let width = statement.column_count();
    let shown = statement.query_map([], |row| {
        (0..width).map(|place| row.get_ref(place).map(|value| cell(value))).collect::<Result<Vec<_>, _>>()
    });
    shown.unwrap().collect::<Result<_, _>>().unwrap()
}

fn cell(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef::{Blob, Integer, Null, Real, Text};
    match value {
        Null => "null".to_owned(),
        Integer(value) => value.to_string(),
        Real(value) => kinds::float_text(value),
        Text(text) => String::from_utf8(text.to_vec()).unwrap(),
        Blob(_) => "blob".to_owned(),
    }
}

#[test]
fn delimiter_quote_header_and_names_are_guessed() {
    for (file, delimiter, quote, header, names) in [
        ("a,b\n1,2\n", ',', '"', true, "a|b"),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ';', '"', true, "a|b"),
        ("a\tb c\n1\tx, y\n2\tz\n", '\t', '"', true, "a|b c"),
        ("a|b\n1|2\n", '|', '"', true, "a|b"),
        ("id,text\n1,'it, is'\n2,'so'\n", ',', '\'', true, "id|text"),
        ("id,text\n1,it's\n2,that's\n", ',', '"', true, "id|text"),
        ("id,text\n1,\"a 'quoted' word\"\n2,'\n", ',', '"', true, "id|text"),
        ("1,x\n2,y\n", ',', '"', false, "column_1|column_2"),
        ("1,x,\n2,y,\n", ',', '"', false, "column_1|column_2|column_3"),
        ("2019,2020\n1,2\n", ',', '"', false, "column_1|column_2"),
        ("Oslo,Bergen\nBergen,Oslo\nOslo,Oslo\n", ',', '"', false, "column_1|column_2"),
        ("town,country\nOslo,Norway\nBergen,Norway\n", ',', '"', true, "town|country"),
        (",a\n1,2\n2,3\n", ',', '"', true, "column_1|a"),
        ("ID,id,Id_2,\nx,1,z,w\n", ',', '"', false, "column_1|column_2|column_3|column_4"),
        ("ID,id,Id_2,x\nx,1,z,w\n", ',', '"', true, "ID|id_2|Id_2_2|x"),
        ("name\nAnna\nBo\n", ',', '"', true, "name"),
        ("name,age", ',', '"', true, "name|age"),
        (":START_ID,:END_ID,:TYPE\n1,2,KNOWS\n", ',', '"', true, ":START_ID|:END_ID|:TYPE"),
    ] {
        let layout = detect(file.as_bytes(), true).unwrap();
        let found: Vec<_> = layout.columns.iter().map(|column| column.name.as_str()).collect();
        let (found_delimiter, found_quote) = (char::from(layout.delimiter), layout.quote.map(char::from));
        assert_eq!((found_delimiter, found_quote, layout.header), (delimiter, Some(quote), header), "{file:?}");
        assert_eq!(found.join("|"), names, "{file:?}");
    }
}

#[test]
fn a_kind_other_than_text_needs_every_value_to_survive() {
    for (values, kind, null_words) in [
        ("1|2|-3", Integer, ""),
        ("1|2.5", Decimal, ""),
        ("1.50|1.5", Decimal, ""),
        ("007|1", Text, ""),
        ("1| 2", Text, ""),
        ("+1|2", Text, ""),
        ("1,5|2,5", Text, ""),
        ("9223372036854775808|1", Decimal, ""),
        ("1e-7|0.5", Float, ""),
        ("true|false", Bool, ""),
        ("yes|no", Text, ""),
        ("2026-01-31|2026-02-28", Date, ""),
        ("2026-01-31|2026-02-30", Text, ""),
        ("31.01.2026|28.02.2026", Text, ""),
        ("2026-01-31T10:00:00Z", Instant, ""),
        ("2026-01-31 10:00:00|2026-01-31 10:00:00.5", LocalTime, ""),
        ("2026-01-31T10:00:00+01:00", Text, ""),
        ("1||3", Integer, "<>"),
        ("x||z", Text, ""),
        ("1|NA|3", Integer, "<NA>"),
        ("x|NA|z", Text, ""),
        ("x|-0- |z", Text, "<-0- >"),
        ("x|-0-|z", Text, ""),
        ("|", Text, ""),
    ] {
        let lines: Vec<_> = values.split('|').map(|value| format!("\"{value}\";x{value}y")).collect();
        let file = format!("v;w\n{}\n", lines.join("\n"));
        let layout = detect(file.as_bytes(), true).unwrap();
        let words: String = layout.columns[0].null_words.iter().map(|word| format!("<{word}>")).collect();
        assert_eq!((layout.columns[0].kind, words.as_str()), (kind, null_words), "{values}");
    }
}

#[test]
fn encodings_are_found_and_every_letter_survives() {
    let text = "navn;by\nÅse Bjørnsen;Tromsø\nJürgen Groß;Lübeck\nZoë Núñez;Málaga\n";
    let utf_16 = |mark: bool, order: fn(u16) -> [u8; 2]| {
        mark.then_some(0xfeff).into_iter().chain(text.encode_utf16()).flat_map(order).collect::<Vec<u8>>()
    };
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), "UTF-8"),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "UTF-8"),
        (WINDOWS_1252.encode(text).0.to_vec(), "windows-1252"),
        (utf_16(true, u16::to_le_bytes), "UTF-16LE"),
        (utf_16(true, u16::to_be_bytes), "UTF-16BE"),
        (utf_16(false, u16::to_le_bytes), "UTF-16LE"),
        (utf_16(false, u16::to_be_bytes), "UTF-16BE"),
    ] {
        let (layout, report, image) = taken(&bytes);
        assert_eq!((layout.encoding.name(), report.rows, report.problems.count()), (encoding, 3, 0));
        assert_eq!(layout.columns[0].name, "navn");
        assert_eq!(rows(&image)[0], ["2", "Åse Bjørnsen", "Tromsø"]);
    }
}

#[test]
fn bad_rows_are_listed_by_line_and_good_ones_go_on() {
    for (file, good, problems) in [
        ("a,b\n1,2\n3\n4,5,6\n7,8\n", 2, "line 3: 1 cells instead of 2|line 4: 3 cells instead of 2"),
        ("a,b\n1,\"x\ny\"\n2,z,z\n3,w\n", 2, "line 4: 3 cells instead of 2"),
        ("a,b\r\n1,\"x\r\ny\"\r\n2,z,z\r\n3,w\r\n", 2, "line 4: 3 cells instead of 2"),
        ("a,b\r1,\"x\ry\"\r2\r3,w\r", 2, "line 4: 1 cells instead of 2"),
        ("a,b\n1,\"x\" y\n2,z\n", 1, "line 2: text after a closing quote; a quote inside a cell is written twice"),
        ("a,b\n1,\"x\n2,y\n3,z\n", 2, "line 2: a quote is opened and never closed; close it or choose no quote"),
        ("a,b\n1,5\" pipe\n2,\"say \"\"hi\"\"\"\n", 2, ""),
        ("a,b\n1,x\0y\n2,z\n", 1, "line 2: a NUL character, which no text holds"),
        ("a,b\n1,x\n\n\n2,y\n", 2, ""),
        ("a,b\n1,x\n2,y", 2, ""),
        ("a,b\n1,x\n2,y\x1a", 2, ""),
        ("a,b\n1,x\n2,\"y\"\x1a", 2, ""),
        ("a,b\n1,x\n2,y\n\x1a", 2, ""),
        ("\n\na,b\n1,x\n", 1, ""),
        ("a,b\n", 0, ""),
    ] {
        let (_, report, image) = taken(file.as_bytes());
        let listed: Vec<_> = report.problems.listed.iter().map(ToString::to_string).collect();
        assert_eq!((report.rows, listed.join("|").as_str()), (good, problems), "{file:?}");
        assert_eq!(rows(&image).len() as u64, good, "{file:?}");
    }
}

#[test]
fn cells_keep_newlines_quotes_and_spaces() {
    let (_, _, image) = taken(b"a,b\n\" x \",\"l1\nl2\"\n \"\"y , z\"\"\nw,\"\"\n");
    assert_eq!(rows(&image), [["2", " x ", "l1\nl2"], ["4", " \"\"y ", " z\"\""], ["5", "w", ""]]);
}

#[test]
fn an_empty_line_is_a_value_only_in_a_file_of_one_column() {
    let (_, one, image) = taken(b"name\nx\n\ny\n");
    assert_eq!((one.rows, one.blank_lines, rows(&image)[1].join("|")), (3, 0, "3|".to_owned()));
    let (_, two, _) = taken(b"a,b\nx,1\n\ny,2\n");
    assert_eq!((two.rows, two.blank_lines), (2, 1));
}

#[test]
fn notes_say_what_was_noticed() {
    for (file, code) in [
        ("\u{feff}a,b\n1,2\n", "byte_order_mark"),
        ("a,b\n", "only_header"),
        ("a,b\r1,2\r", "lone_cr"),
        ("a,b\n1,2\n\x1a", "dos_end"),
        ("a,A\n1,2\n", "names_changed"),
        ("a,b\n1,2,3\n4,5,6\n", "header_width"),
    ] {
        let notes = detect(file.as_bytes(), true).unwrap().notes;
        assert!(notes.iter().any(|note| note.code == code), "{file:?}: {notes:?}");
    }
}

#[test]
fn files_that_are_no_table_are_refused_with_a_reason() {
    let wide = |columns: usize| format!("{}\n", vec!["x"; columns].join(",")).into_bytes();
    let noise: Vec<u8> = (0_u32..5000).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    for (file, code) in [
        (b"".to_vec(), "file_empty"),
        (b"\n\n".to_vec(), "file_empty"),
        (b"\xef\xbb\xbf".to_vec(), "file_empty"),
        (b"\x1a".to_vec(), "file_empty"),
        (b"PK\x03\x04rest".to_vec(), "file_not_text"),
        (b"SQLite format 3\0rest".to_vec(), "file_not_text"),
        (noise, "file_not_text"),
        (vec![0; 4096], "file_not_text"),
        (wide(10_000), "too_many_columns"),
        (wide(100_000), "too_many_columns"),
    ] {
        let shown = String::from_utf8_lossy(&file[..file.len().min(20)]).into_owned();
        assert_eq!(take_in(&file).err(), Some(code), "{shown:?}");
    }
    assert!(take_in(&wide(1_999)).is_ok());
    assert!(detect(&wide(10_000), true).unwrap_err().to_string().contains("10000 columns; at most 1999"));
}

#[test]
fn limits_hold_and_cost_one_row_where_they_can() {
    let small = Limits { cell_bytes: 10, problems: 1, ..Limits::default() };
    let file = b"a,b\n1,elevenchars\n2,y\n3,\"eleven chars\"\n4,z\n5\n";
    let layout = detect(file, true).unwrap();
    let (_, report) = build_within(Cursor::new(file), &layout, &small).unwrap();
    let listed: Vec<_> = report.problems.listed.iter().map(|p| (p.line, p.what.code())).collect();
    assert_eq!((report.rows, listed, report.problems.more), (2, vec![(2, "cell_too_long")], 2));
    let refused = |limits: &Limits, file: &[u8]| {
        build_within(Cursor::new(file), &detect(file, true).unwrap(), limits).unwrap_err().code()
    };
    assert_eq!(refused(&Limits { body_bytes: 10, ..Limits::default() }, file), "file_too_large");
    let long = format!("a,b\n{}", "some words,and more of them\n".repeat(2000));
    assert_eq!(refused(&Limits { image_bytes: 16 << 10, ..Limits::default() }, long.as_bytes()), "table_too_large");
    let tight = Limits { reread_bytes: 1 << 20, ..Limits::default() };
    let hostile = format!("a,b\n{}", "x\",\"y\n".repeat(40_000));
    let layout = detect_with(hostile.as_bytes(), true, Settled::default(), &tight).unwrap();
    assert_eq!((layout.quote, layout.notes[0].code), (None, "quotes_do_not_match"));
    let quoted = Layout { quote: Some(b'"'), ..layout };
    assert_eq!(build_within(Cursor::new(&hostile), &quoted, &tight).unwrap_err().code(), "quotes_do_not_match");
}

#[test]
fn undecodable_rows_are_listed_and_another_encoding_reads_them() {
    let file = b"name,town\nAnna,Oslo\n\xc5se,Troms\xf8\nBo,Bod\xc3\xb8\n";
    let settled = |encoding| Settled { encoding: Some(encoding), ..Settled::default() };
    let utf_8 = detect_with(file, true, settled(UTF_8), &Limits::default()).unwrap();
    let (_, report) = build(Cursor::new(file), &utf_8).unwrap();
    assert_eq!(
        (report.rows, report.problems.listed[0].line, report.problems.listed[0].what),
        (2, 3, Flaw::Undecodable)
    );
    let latin = detect_with(file, true, settled(WINDOWS_1252), &Limits::default()).unwrap();
    let (image, report) = build(Cursor::new(file), &latin).unwrap();
    assert_eq!((report.rows, rows(&image)[1].join("|")), (3, "3|Åse|Tromsø".to_owned()));
}

#[test]
fn a_guess_gives_way_when_a_late_row_does_not_bear_it_out() {
    let file = b"a,b,c,line\n1,1,2026-01-01,x\n2,2,2026-01-02,y\n3,2.50,soon,z\n04,3,2026-01-04,w\n";
    let mut layout = detect(&file[..46], false).unwrap();
    layout.notes.clear();
    assert_eq!(kinds_of(&layout), [Integer, Integer, Date, Text]);
    let (image, report) = build(Cursor::new(file), &layout).unwrap();
    let found: Vec<_> = report.columns.iter().map(|c| (c.kind, c.given_way.as_ref().map(|g| g.line))).collect();
    assert_eq!(found, [(Text, Some(5)), (Decimal, Some(4)), (Text, Some(4)), (Text, None)]);
    assert_eq!(rows(&image)[3], ["5", "04", "3", "2026-01-04", "w"]);
    assert_eq!((report.line_column.as_str(), report.columns[1].digits), ("line_2", 2));
    assert_eq!(declared(&image), ["INTEGER", "TEXT", "DECIMAL_TEXT(38,2)", "TEXT", "TEXT"]);
}

fn kinds_of(layout: &Layout) -> Vec<Kind> {
    layout.columns.iter().map(|column| column.kind).collect()
}

fn declared(image: &SqliteImage) -> Vec<String> {
    let connection = open(image);
    let mut statement = connection.prepare("select type from pragma_table_info('rows')").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// The columns that are declared to be filled and unique.
fn naming(image: &SqliteImage) -> Vec<String> {
    let connection = open(image);
    let sql = "select t.name from pragma_table_info('rows') t where t.\"notnull\" and exists (select 1 from \
        pragma_index_list('rows') i, pragma_index_info(i.name) c where i.\"unique\" and c.name = t.name)";
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn columns_whose_cells_are_all_filled_and_all_different_are_declared_so() {
    let many = (0..5_000).map(|row| format!("{row},{}\n", row % 4_999)).collect::<String>();
    let table: [(&str, String, &[&str]); 9] = [
        ("ids and names", "id,name\n1,Ada\n2,Ada\n".into(), &["id"]),
        ("several", "id,no,name\n1,a,Ada\n2,b,Bo\n".into(), &["id", "no"]),
        ("an id that comes last", "name,note,id\nAda,x,1\nBo,y,2\n".into(), &["name", "id"]),
        ("an empty cell", "id,name\n1,x\n,y\n".into(), &["name"]),
        ("amounts and dates", "a,d,n\n1.5,2026-01-01,x\n2.5,2026-01-02,y\n".into(), &["n"]),
        ("a row that is left out", "id,n\n1,x\n2\n2,y\n".into(), &["id", "n"]),
        ("integers that give way", "id,n\n7,x\n007,x\n".into(), &["id"]),
        ("many", format!("id,n\n{many}"), &["id"]),
        ("no rows that differ", "id\n1\n1\n".into(), &[]),
    ];
    for (what, file, expected) in table {
        let (_, report, image) = taken(file.as_bytes());
        assert_eq!(naming(&image), expected, "{what}");
        assert!(report.rows > 0, "{what}");
    }
    let mut layout = detect(b"id,n\n7,x\n007,x\n", true).unwrap();
    (layout.columns[0].kind, layout.columns[0].chosen) = (Integer, true);
    let (image, _) = build(Cursor::new(b"id,n\n7,x\n007,x\n"), &layout).unwrap();
    assert_eq!(naming(&image), [""; 0], "one number, written in two ways");
}

#[test]
fn a_table_that_has_room_only_without_indexes_is_made_without_them() {
    let file = (0..2_000).map(|row| format!("{row:0>60}\n")).collect::<String>();
    let file = format!("id\n{file}");
    let layout = detect(file.as_bytes(), true).unwrap();
    let (whole, _) = build(Cursor::new(file.as_bytes()), &layout).unwrap();
    assert_eq!(naming(&whole), ["id"]);
    let limits = Limits { image_bytes: whole.bytes.len() as u64 * 3 / 4, ..Limits::default() };
    let (image, report) = build_within(Cursor::new(file.as_bytes()), &layout, &limits).unwrap();
    assert_eq!((naming(&image).len(), report.rows), (0, 2_000));
}

#[test]
fn a_chosen_kind_stands_and_what_does_not_fit_is_counted() {
    let file = "id;price;when;ok\n001;1.234,50;2/08/2017;ja\nx;12,5;31.12.2017;nei\n3;-;;?\n".as_bytes();
    let mut layout = detect(file, true).unwrap();
    assert_eq!(kinds_of(&layout), [Text, Text, Text, Text]);
    for (column, kind) in layout.columns.iter_mut().zip([Integer, Decimal, Date, Bool]) {
        (column.kind, column.chosen, column.reading.decimal_comma) = (kind, true, true);
    }
    layout.columns[2].null_words.push(String::new());
    let (image, report) = build(Cursor::new(file), &layout).unwrap();
    let expected = [
        ["2", "1", "1234.50", "2017-08-02", "1"],
        ["3", "null", "12.5", "2017-12-31", "0"],
        ["4", "3", "null", "null", "null"],
    ];
    assert_eq!(rows(&image), expected);
    let counts: Vec<_> = report.columns.iter().map(|c| (c.nulls, c.unreadable)).collect();
    assert_eq!(counts, [(0, 1), (0, 1), (1, 0), (0, 1)]);
    let shown = preview(file, true, &layout, 50).unwrap();
    let fates: Vec<_> = shown.rows[2].cells.iter().map(|cell| cell.fate).collect();
    assert_eq!(fates, [Fate::Value, Fate::Unreadable, Fate::Null, Fate::Unreadable]);
    let first = preview(file, true, &layout, 1).unwrap();
    assert_eq!(first.unreadable, [1, 1, 0, 1], "also of rows that are not shown");
    assert_eq!((first.rows.len(), first.rows_total), (1, 3));
}

#[test]
fn decimals_and_times_keep_every_digit_in_the_image() {
    let (_, report, image) =
        taken(b"d,t\n1.50,2026-01-01T10:00:00Z\n-0.001,2026-01-01T10:00:00.25Z\n7,2026-01-01T09:00:00Z\n");
    assert_eq!(declared(&image)[1..], ["DECIMAL_TEXT(38,3)", "INSTANT(2)"]);
    assert_eq!(rows(&image)[0], ["2", "1.50", "2026-01-01T10:00:00.00Z"]);
    let order: Vec<String> = {
        let connection = open(&image);
        let mut statement = connection.prepare("select d from rows order by t").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!((order.join(" "), report.columns[1].digits), ("7 1.50 -0.001".to_owned(), 2));
}

#[test]
fn a_preview_shows_lines_and_what_the_cut_end_does_not_spoil() {
    let file = "a,b\n1,x\n2\n3,\"long\ncell\"\n4,end";
    for cut in 10..file.len() {
        let layout = detect(&file.as_bytes()[..cut], false).unwrap();
        let shown = preview(&file.as_bytes()[..cut], false, &layout, 50).unwrap();
        assert!(shown.problems.count() <= 1, "{cut}: {:?}", shown.problems);
        assert_eq!(shown.rows[0].line, 2);
    }
    let layout = detect(file.as_bytes(), true).unwrap();
    let shown = preview(file.as_bytes(), true, &layout, 2).unwrap();
    assert_eq!(shown.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    let first = preview(file.as_bytes(), true, &layout, 1).unwrap();
    assert_eq!((first.rows.len(), first.problems.count()), (1, 1), "what is wrong is counted to the end");
    let mut double = layout;
    double.columns[1].name = "A".to_owned();
    assert_eq!(preview(file.as_bytes(), true, &double, 2).unwrap_err().code(), "layout");
}

#[test]
fn a_form_goes_out_and_comes_back_with_a_persons_changes() {
    let file = b"id,n,note\n1,5,-0- \n2,NA,x\n3,7,NA\n";
    let detected = detect(file, true).unwrap();
    let mut form = to_form(&detected);
    assert_eq!(from_form(&form, &detected).unwrap(), detected);
    assert_eq!(form.null_words, ["-0- ", "NA"]);
    form.columns[0].kind = Text;
    form.null_words = vec!["NA".to_owned(), "x".to_owned()];
    let changed = from_form(&form, &detected).unwrap();
    assert_eq!(changed.columns.iter().map(|c| c.chosen).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(changed.columns[1].null_words, ["NA", "x"]);
    assert_eq!(changed.columns[2].null_words, ["x"]);
    let again = detect_with(file, true, settled(&form).unwrap(), &Limits::default()).unwrap();
    assert_eq!(again, detected);
    form.delimiter = 'ø';
    assert_eq!(settled(&form).unwrap_err().code(), "layout");
}

proptest! {
    #[test]
    fn well_formed_files_read_as_the_csv_crate_reads_them(
        table in prop::collection::vec(prop::collection::vec("[a\"',;\n\r é1.]{0,6}", 3), 1..20),
    ) {
        let mut writer = WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let settled = Settled { delimiter: Some(b','), quote: Some(Some(b'"')), header: Some(false), encoding: Some(UTF_8) };
        let mut layout = detect_with(&file, true, settled, &Limits::default()).unwrap();
        for column in &mut layout.columns {
            (column.kind, column.null_words) = (Text, Vec::new());
        }
        let (image, report) = build(Cursor::new(&file), &layout).unwrap();
        prop_assert_eq!(report.problems.count(), 0);
        let mut judge = ReaderBuilder::new().has_headers(false).from_reader(file.as_slice());
        let expected: Vec<Vec<String>> =
            judge.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let found: Vec<_> = rows(&image).into_iter().map(|row| row[1..].to_vec()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_bytes_give_a_result_or_a_refusal_and_no_row_is_lost(file in prop::collection::vec(any::<u8>(), 0..400)) {
        let _outcome = take_in(&file);
    }

    #[test]
    fn rows_taken_in_and_listed_are_all_rows(file in "[a1\",;\n\r ]{1,60}") {
        if let Ok((layout, report, image)) = take_in(file.as_bytes()) {
            prop_assert_eq!(rows(&image).len() as u64, report.rows);
            let no_quote = Layout { quote: None, ..layout };
            let (_, report) = build(Cursor::new(&file), &no_quote).unwrap();
            let lines = file.replace("\r\n", "\n").replace('\r', "\n");
            let lines = lines.strip_suffix('\n').unwrap_or(&lines).split('\n').count() as u64;
            let all = report.rows + report.problems.count() + report.blank_lines;
            prop_assert_eq!(all + u64::from(no_quote.header), lines);
        }
    }
}
