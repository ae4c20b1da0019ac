//! `DESCRIBE`.

use athena::wire::ColumnInfo;
use catalog::provider::ViewText;

use super::{Done, Task, show::columns_of, text_result};
use crate::{error::QueryResult, statement::TableName};

/// Width of Hive's columns.
const WIDTH: usize = 20;

/// A value as Hive pads it; a longer one stays whole.
pub(super) fn padded(text: &str) -> String {
    format!("{text:<WIDTH$}")
}

pub(super) async fn describe(task: &Task, name: &TableName) -> QueryResult<Done> {
    let table = task.table(name).await?;
    if let Some(view) = ViewText::of(&table) {
        let lines: Vec<String> =
            view.columns.iter().map(|column| format!("{}\t{}", column.name, column.kind)).collect();
        let columns = ["column", "type"].map(|name| ColumnInfo::of_utility(name, "varchar")).to_vec();
        return Ok(Done { substatement: Some("DESC_VIEW"), ..text_result::write(task, &lines, columns).await? });
    }
    let line = |column: &athena::glue::Column| {
        let comment = column.comment.as_deref().unwrap_or_default();
        format!("{}\t{}\t{}", padded(&column.name), padded(&column.kind), padded(comment))
    };
    let mut lines: Vec<String> = columns_of(&table).map(line).collect();
    if !table.input.partition_keys.is_empty() {
        lines.push("\t \t ".to_owned());
        lines.push("# Partition Information\t \t ".to_owned());
        lines.push(format!("{}\t{}\t{}", padded("# col_name"), padded("data_type"), padded("comment")));
        lines.push("\t \t ".to_owned());
        lines.extend(table.input.partition_keys.iter().map(line));
    }
    let columns = ["col_name", "data_type", "comment"].map(|name| ColumnInfo::of_utility(name, "string")).to_vec();
    text_result::write(task, &lines, columns).await
}
