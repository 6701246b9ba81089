//! Nodes and links from record batches.
#![expect(clippy::expect_used, reason = "what does not hold fails the test, as it should")]

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use graph::batch::{LinkMapping, Misfit, NodeMapping, ObjectMapping, Piece, links, nodes};

fn object(key: Vec<usize>) -> ObjectMapping {
    ObjectMapping { object_type: "account".into(), key }
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .expect("columns of one length")
}

#[test]
fn rows_become_nodes_and_rows_without_a_key_are_counted() {
    let batch = batch(vec![
        ("bank", Arc::new(StringArray::from(vec![Some("A"), Some("A"), None]))),
        ("number", Arc::new(Int64Array::from(vec![1, 20, 3]))),
        ("owner", Arc::new(StringArray::from(vec![Some("Ann Lee"), None, Some("Bo")]))),
    ]);
    let mapping = NodeMapping {
        object: object(vec![0, 1]),
        label: vec![Piece::Text("Owner ".into()), Piece::Column(2)],
        sub_label: vec![Piece::Column(1)],
    };
    let built = nodes(&batch, &mapping).unwrap();
    let shown: Vec<_> =
        built.items.iter().map(|node| (node.key.key.join("/"), &*node.label, &*node.sub_label)).collect();
    assert_eq!(shown, [("A/1".into(), "Owner Ann Lee", "1"), ("A/20".into(), "A · 20", "20")]);
    assert_eq!(built.rows_without_key, 1);
}

#[test]
fn rows_become_links_with_counts_sums_and_times() {
    let sums: Vec<(ArrayRef, &str)> = vec![
        (Arc::new(Decimal128Array::from(vec![1050]).with_precision_and_scale(12, 2).unwrap()), "10.50"),
        (Arc::new(Float64Array::from(vec![0.1])), "0.1"),
        (Arc::new(Int64Array::from(vec![-7])), "-7"),
    ];
    for (sum, expected) in sums {
        let batch = batch(vec![
            ("from", Arc::new(Int64Array::from(vec![1]))),
            ("to", Arc::new(Int64Array::from(vec![2]))),
            ("count", Arc::new(Int64Array::from(vec![412]))),
            ("sum", sum),
            ("first", Arc::new(Date32Array::from(vec![1]))),
            ("last", Arc::new(TimestampMicrosecondArray::from(vec![99]).with_timezone("UTC"))),
        ]);
        let built = links(&batch, &transfer()).unwrap();
        let link = &built.items[0];
        assert_eq!((&*link.from.key[0], &*link.to.key[0], link.count), ("1", "2", 412));
        assert_eq!(link.sum.unwrap().to_string(), expected);
        assert_eq!((link.first_micros, link.last_micros), (Some(86_400_000_000), Some(99)));
    }
}

fn transfer() -> LinkMapping {
    LinkMapping {
        link_type: "transfer".into(),
        directed: true,
        from: object(vec![0]),
        to: object(vec![1]),
        label: vec![],
        count: Some(2),
        sum: Some(3),
        first: Some(4),
        last: Some(5),
    }
}

#[test]
fn a_mapping_that_does_not_fit_is_refused() {
    let batch =
        batch(vec![("key", Arc::new(Int32Array::from(vec![1]))), ("name", Arc::new(StringArray::from(vec!["x"])))]);
    let mapping = |key: Vec<usize>| NodeMapping { object: object(key), label: vec![], sub_label: vec![] };
    assert_eq!(nodes(&batch, &mapping(vec![7])), Err(Misfit::NoColumn(7)));
    assert_eq!(nodes(&batch, &mapping(vec![])), Err(Misfit::NoKey("account".into())));
    assert!(matches!(nodes(&batch, &mapping(vec![0])), Err(Misfit::Kind { column: 0, .. })));
    let count_of_text = LinkMapping { from: object(vec![1]), to: object(vec![1]), count: Some(1), ..transfer() };
    assert!(matches!(links(&batch, &count_of_text), Err(Misfit::Kind { column: 1, use_as: "a count", .. })));
}
