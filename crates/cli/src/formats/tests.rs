//! All forms on all common types.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array,
        Int64Array, ListArray, RecordBatch, StringArray, StringViewArray, StructArray, TimestampMicrosecondArray,
        TimestampSecondArray,
    },
    datatypes::{DataType, Field, Int32Type, Int64Type, Schema},
};

use super::{Demand, OutputFormat};

/// A column with one value and one NULL, and how its value looks in a table, in JSON and in CSV.
struct Case {
    name: &'static str,
    array: ArrayRef,
    table: &'static str,
    json: &'static str,
    csv: &'static str,
}

fn case(name: &'static str, array: impl arrow::array::Array + 'static, [table, json, csv]: [&'static str; 3]) -> Case {
    Case { name, array: Arc::new(array), table, json, csv }
}

fn cases() -> Vec<Case> {
    let decimal = Decimal128Array::from(vec![Some(12_345), None]).with_precision_and_scale(10, 2).unwrap();
    let utc = TimestampMicrosecondArray::from(vec![Some(1_500_000), None]).with_timezone("UTC");
    let words: DictionaryArray<Int32Type> = vec![Some("pop"), None].into_iter().collect();
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), None]);
    let structs = StructArray::try_new(
        vec![Field::new("uri", DataType::Utf8, true), Field::new("pos", DataType::Int32, true)].into(),
        vec![Arc::new(StringArray::from(vec!["a \"b\"", ""])), Arc::new(Int32Array::from(vec![None, Some(1)]))],
        Some(vec![true, false].into()),
    );
    vec![
        case(
            "int",
            Int64Array::from(vec![Some(i64::MIN), None]),
            ["-9223372036854775808", "-9223372036854775808", "-9223372036854775808"],
        ),
        case("float", Float64Array::from(vec![Some(0.5), None]), ["0.5", "0.5", "0.5"]),
        case("truth", BooleanArray::from(vec![Some(true), None]), ["true", "true", "true"]),
        case(
            "text",
            StringArray::from(vec![Some("a,\"b\" é"), None]),
            ["a,\"b\" é", "\"a,\\\"b\\\" é\"", "\"a,\"\"b\"\" é\""],
        ),
        case("empty", StringViewArray::from(vec![Some(""), None]), ["", "\"\"", "\"\""]),
        case("lines", StringArray::from(vec![Some("a\nb"), None]), ["a", "\"a\\nb\"", "\"a\nb\""]),
        case(
            "steering",
            StringArray::from(vec![Some("\u{1b}[2J"), None]),
            ["\u{fffd}[2J", "\"\\u001b[2J\"", "\u{1b}[2J"],
        ),
        case("bytes", BinaryArray::from(vec![Some(&[0xde, 0xad][..]), None]), ["dead", "\"dead\"", "dead"]),
        case("decimal", decimal, ["123.45", "123.45", "123.45"]),
        case("day", Date32Array::from(vec![Some(1), None]), ["1970-01-02", "\"1970-01-02\"", "1970-01-02"]),
        case(
            "time",
            TimestampSecondArray::from(vec![Some(60), None]),
            ["1970-01-01T00:01:00", "\"1970-01-01T00:01:00\"", "1970-01-01T00:01:00"],
        ),
        case("utc", utc, ["1970-01-01T00:00:01.500Z", "\"1970-01-01T00:00:01.500Z\"", "1970-01-01T00:00:01.500Z"]),
        case("word", words, ["pop", "\"pop\"", "pop"]),
        case("list", list, ["[1, NULL]", "[1,null]", "\"[1,null]\""]),
        case(
            "struct",
            structs.unwrap(),
            [
                "{uri: a \"b\", pos: NULL}",
                "{\"uri\":\"a \\\"b\\\"\",\"pos\":null}",
                "\"{\"\"uri\"\":\"\"a \\\"\"b\\\"\"\"\",\"\"pos\"\":null}\"",
            ],
        ),
    ]
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

fn written(format: OutputFormat, limit_rows: Option<usize>, batches: &[RecordBatch]) -> (String, Demand) {
    let mut out = Vec::new();
    let mut writer = format.writer(limit_rows);
    let mut demand = Demand::More;
    writer.begin(&batches[0].schema(), &mut out).unwrap();
    for batch in batches {
        if demand == Demand::More {
            demand = writer.rows(batch, &mut out).unwrap();
        }
    }
    writer.end(&mut out).unwrap();
    (String::from_utf8(out).unwrap(), demand)
}

#[track_caller]
fn check(format: OutputFormat, batches: &[RecordBatch], expected: &str) {
    assert_eq!(written(format, None, batches).0, expected);
}

#[test]
fn csv_has_every_type() {
    for case in cases() {
        let expected = format!("{}\n{}\n\n", case.name, case.csv);
        check(OutputFormat::Csv, &[batch(vec![(case.name, case.array)])], &expected);
    }
}

#[test]
fn json_has_every_type() {
    for case in cases() {
        let (name, json) = (case.name, case.json);
        let batch = batch(vec![(name, case.array)]);
        check(
            OutputFormat::Jsonl,
            std::slice::from_ref(&batch),
            &format!("{{\"{name}\":{json}}}\n{{\"{name}\":null}}\n"),
        );
        let (text, _) = written(OutputFormat::Json, None, &[batch]);
        assert_eq!(text, format!("[\n  {{\"{name}\":{json}}},\n  {{\"{name}\":null}}\n]\n"));
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}

#[test]
fn tables_have_every_type() {
    for case in cases() {
        let (text, _) = written(OutputFormat::Table, None, &[batch(vec![(case.name, case.array)])]);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines[0], case.name);
        assert_eq!(lines[2], case.table, "{text}");
        assert_eq!(lines.last().unwrap(), &"NULL", "{text}");
    }
}

#[test]
fn batches_become_one_result() {
    let batches: Vec<RecordBatch> = [vec![1, 2], vec![], vec![3]]
        .into_iter()
        .map(|values| batch(vec![("n", Arc::new(Int64Array::from(values)) as ArrayRef)]))
        .collect();
    check(OutputFormat::Json, &batches, "[\n  {\"n\":1},\n  {\"n\":2},\n  {\"n\":3}\n]\n");
    check(OutputFormat::Jsonl, &batches, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
    check(OutputFormat::Csv, &batches, "n\n1\n2\n3\n");
    check(OutputFormat::Table, &batches, " n\n───\n 1\n 2\n 3\n");
}

#[test]
fn results_without_rows_are_still_results() {
    let empty = [batch(vec![("n", Arc::new(Int64Array::from(Vec::<i64>::new())) as ArrayRef)])];
    check(OutputFormat::Json, &empty, "[\n]\n");
    check(OutputFormat::Jsonl, &empty, "");
    check(OutputFormat::Csv, &empty, "n\n");
    check(OutputFormat::Table, &empty, " n\n───\n");
}

#[test]
fn tables_end_at_the_limit_and_know_that_more_was_there() {
    let numbers = |values: Vec<i64>| batch(vec![("n", Arc::new(Int64Array::from(values)) as ArrayRef)]);
    let rows = |limit, batches: &[RecordBatch]| {
        let (text, demand) = written(OutputFormat::Table, Some(limit), batches);
        (text.lines().count() - 2, demand)
    };
    assert_eq!(rows(2, &[numbers(vec![1, 2, 3])]), (2, Demand::Enough));
    assert_eq!(rows(3, &[numbers(vec![1, 2, 3])]), (3, Demand::More));
    assert_eq!(rows(3, &[numbers(vec![1, 2, 3]), numbers(vec![4])]), (3, Demand::Enough));
}

#[test]
fn columns_of_the_same_name_are_told_apart_in_json() {
    let number = |value| Arc::new(Int64Array::from(vec![value])) as ArrayRef;
    let joined = [batch(vec![("pid", number(1)), ("pid", number(2)), ("pid_2", number(3))])];
    check(OutputFormat::Jsonl, &joined, "{\"pid\":1,\"pid_2\":2,\"pid_2_2\":3}\n");
    check(OutputFormat::Csv, &joined, "pid,pid,pid_2\n1,2,3\n");
}

#[test]
fn long_lists_are_cut_in_tables_only() {
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some((0..100).map(Some))]);
    let batch = [batch(vec![("list", Arc::new(list) as ArrayRef)])];
    let (table, _) = written(OutputFormat::Table, None, &batch);
    assert!(table.lines().nth(2).unwrap().ends_with('…'), "{table}");
    let (csv, _) = written(OutputFormat::Csv, None, &batch);
    assert!(csv.contains(",99]"), "{csv}");
}
