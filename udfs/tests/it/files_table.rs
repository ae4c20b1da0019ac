//! Tables of files, before and after their plans have travelled.

use std::{io::Write, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema},
    util::pretty::pretty_format_batches,
};
use datafusion::{
    parquet::arrow::ArrowWriter,
    physical_plan::{collect, displayable},
    prelude::SessionContext,
};
use hive::{RowFormat, TextFormat};
use tempfile::TempDir;
use udfs::files_table::{FileCompression, FileFormat, FileSet, FilesTable, ListedFile};

use crate::{
    codec::{travel, travel_logically},
    fixture::session,
};

const ROWS: usize = 3000;

fn listed(path: &Path, partition: usize) -> ListedFile {
    let bytes = std::fs::metadata(path).unwrap().len();
    ListedFile { path: path.display().to_string().trim_start_matches('/').to_owned(), bytes, partition }
}

/// Text of `id|name`, every tenth name with an escaped delimiter.
fn text(folder: &Path, name: &str, header: bool) -> ListedFile {
    let path = folder.join(name);
    let mut file = std::fs::File::create(&path).unwrap();
    if header {
        writeln!(file, "\u{feff}id|name").unwrap();
    }
    for id in 0..ROWS {
        let name = if id % 10 == 0 { "a\\|b" } else { "c" };
        writeln!(file, "{id}|{name}").unwrap();
    }
    listed(&path, 0)
}

fn rows(compression: FileCompression) -> FileFormat {
    let mut format = TextFormat { escape: Some(b'\\'), ..TextFormat::default() };
    format.delimiters[0] = b'|';
    FileFormat::Rows { rows: RowFormat::Text(format), skipped_lines: 1, compression }
}

fn columns() -> Schema {
    Schema::new(vec![Field::new("id", DataType::Int64, true), Field::new("name", DataType::Utf8, true)])
}

fn day() -> Schema {
    Schema::new(vec![Field::new("day", DataType::Date32, true)])
}

/// The rows of a query on the table `t`, whose plans travel on the way, and its physical plan.
async fn answer(context: &SessionContext, sql: &str) -> (String, Vec<String>) {
    let plan = context.state().create_logical_plan(sql).await.unwrap();
    let plan = travel_logically(&plan, context).unwrap();
    let plan = context.state().create_physical_plan(&plan).await.unwrap();
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    let plan = travel(&plan, context).unwrap();
    let batches = collect(plan, context.task_ctx()).await.unwrap();
    let table = pretty_format_batches(&batches).unwrap().to_string();
    let lines = table.lines().filter(|line| line.starts_with('|')).skip(1);
    let values = |line: &str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>().join(" ");
    (shown, lines.map(values).collect())
}

#[tokio::test]
async fn text_is_read_in_parts_and_whole() {
    let folder = TempDir::new().unwrap();
    let plain = text(folder.path(), "x.txt", true);
    let context = session(4);
    // Small enough that the file is read in several parts.
    context.sql("SET datafusion.optimizer.repartition_file_min_size = 1000").await.unwrap().collect().await.unwrap();
    let set = FileSet { store_url: "file://".to_owned(), format: rows(FileCompression::None), files: vec![plain] };
    let table = FilesTable::new(&columns(), &Schema::empty(), vec![Vec::new()], vec![set]);
    context.register_table("t", Arc::new(table)).unwrap();
    let sql = "SELECT count(*), sum(id), count(DISTINCT id), count(*) FILTER (WHERE name = 'a|b') FROM t";
    let (plan, found) = answer(&context, sql).await;
    assert!(plan.contains("x.txt:0.."), "{plan}");
    assert_eq!(found, [format!("{ROWS} {} {ROWS} {}", ROWS * (ROWS - 1) / 2, ROWS / 10)]);
    let (_, found) = answer(&context, "SELECT name FROM t WHERE id = 2999").await;
    assert_eq!(found, ["c"]);
}

#[tokio::test]
async fn partitions_are_chosen_and_tell_where_rows_are_from() {
    let folder = TempDir::new().unwrap();
    let mut files = Vec::new();
    for (partition, name) in ["day=1.txt", "day=2%3A.txt", "day=3.txt"].iter().enumerate() {
        files.push(ListedFile { partition, ..text(folder.path(), name, true) });
    }
    let set = FileSet { store_url: "file://".to_owned(), format: rows(FileCompression::None), files };
    let partitions = ["2026-01-01", "2026-01-02", "__HIVE_DEFAULT_PARTITION__"].map(|day| vec![day.to_owned()]);
    let table = FilesTable::new(&columns(), &day(), partitions.to_vec(), vec![set]);
    let context = session(4);
    context.register_table("t", Arc::new(table)).unwrap();
    let sql = "SELECT \"$path\", \"$partition\", count(*) FROM t WHERE day > DATE '2026-01-01' GROUP BY 1, 2";
    let (plan, found) = answer(&context, sql).await;
    assert!(plan.contains("day=2%3A.txt") && !plan.contains("day=1.txt") && !plan.contains("day=3.txt"), "{plan}");
    let path = folder.path().join("day=2%3A.txt");
    assert_eq!(found, [format!("file://{} day=2026-01-02 {ROWS}", path.display())]);
    let (plan, found) = answer(&context, "SELECT count(*), min(id) FROM t WHERE day IS NULL AND id > 0").await;
    assert!(plan.contains("day=3.txt") && !plan.contains("day=1.txt"), "{plan}");
    assert_eq!(found, [format!("{} 1", ROWS - 1)]);
    let (_, found) = answer(&context, "SELECT id FROM t WHERE day = DATE '2027-01-01'").await;
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn columns_of_parquet_are_found_whatever_their_case() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.parquet");
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let names: ArrayRef = Arc::new(StringArray::from(vec!["x", "y", "z"]));
    let batch = RecordBatch::try_from_iter([("NAME", names), ("Id", ids)]).unwrap();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let set = FileSet { store_url: "file://".to_owned(), format: FileFormat::Parquet, files: vec![listed(&path, 0)] };
    let table = FilesTable::new(&columns(), &day(), vec![vec!["2026-01-01".to_owned()]], vec![set]);
    let context = session(4);
    context.register_table("t", Arc::new(table)).unwrap();
    let (plan, found) = answer(&context, "SELECT name, id, day FROM t WHERE id >= 2 ORDER BY id").await;
    assert!(plan.contains("FoldedNamesExec") && plan.contains("predicate="), "{plan}");
    assert_eq!(found, ["y 2 2026-01-01", "z 3 2026-01-01"]);
    // The number of rows is known without a look at them.
    let (plan, found) = answer(&context, "SELECT count(*) FROM t").await;
    assert!(!plan.contains("x.parquet"), "{plan}");
    assert_eq!(found, ["3"]);
}
