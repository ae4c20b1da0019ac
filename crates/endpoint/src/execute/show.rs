//! `SHOW`.

use std::fmt::Write;

use athena::wire::ColumnInfo;
use catalog::{TableEntry, partition_path, provider::ViewText};

use super::{Done, Task, describe::padded, text_result};
use crate::{
    error::{QueryError, QueryResult},
    statement::{Statement, TableName},
};

pub(super) async fn show(task: &Task, statement: Statement) -> QueryResult<Done> {
    let column = |name: &str, kind: &str| vec![ColumnInfo::of_utility(name, kind)];
    let (lines, columns) = match statement {
        Statement::ShowDatabases { like } => {
            let names = task.service.catalog().databases().await?.into_iter().map(|database| database.name);
            (matching(names, like.as_deref()), column("database_name", "string"))
        }
        Statement::ShowTables { database, like } => {
            (tables(task, database, like.as_deref(), false).await?, column("tab_name", "string"))
        }
        Statement::ShowViews { database, like } => {
            (tables(task, database, like.as_deref(), true).await?, column("views", "varchar"))
        }
        Statement::ShowColumns { table } => {
            let table = task.table(&table).await?;
            let names = columns_of(&table).map(|column| padded(&column.name)).collect();
            (names, column("field", "string"))
        }
        Statement::ShowPartitions { table } => (partitions(task, &table).await?, column("partition", "string")),
        Statement::ShowProperties { table, property } => {
            let table = task.table(&table).await?;
            let wanted = |name: &String| property.as_ref().is_none_or(|property| property == name);
            let all = table.input.parameters.iter().filter(|(name, _)| wanted(name));
            let lines = all.map(|(name, value)| format!("{name}\t{value}")).collect();
            let columns = ["prpt_name", "prpt_value"].map(|name| ColumnInfo::of_utility(name, "string")).to_vec();
            (lines, columns)
        }
        Statement::ShowCreateTable { table } => {
            let table = task.table(&table).await?;
            let lines = create_statement(&table).lines().map(str::to_owned).collect();
            (lines, column("createtab_stmt", "string"))
        }
        Statement::ShowCreateView { view } => {
            let table = task.table(&view).await?;
            let text = ViewText::of(&table).ok_or_else(|| not_a_view(&table))?;
            let sql = format!("CREATE VIEW {}.{} AS\n{}", table.database, table.input.name, text.original_sql);
            (sql.lines().map(str::to_owned).collect(), column("create view", "varchar"))
        }
        _ => return Err(QueryError::internal("a statement went the wrong way")),
    };
    text_result::write(task, &lines, columns).await
}

fn not_a_view(table: &TableEntry) -> QueryError {
    QueryError::new(
        "NOT_SUPPORTED",
        format!("Relation '{}.{}' is a table, not a view", table.database, table.input.name),
    )
}

async fn tables(
    task: &Task,
    database: Option<String>,
    like: Option<&str>,
    views_only: bool,
) -> QueryResult<Vec<String>> {
    let database = database.unwrap_or_else(|| task.database().to_owned());
    let tables = task.service.catalog().tables(&database).await?;
    let names = tables.into_iter().filter(|table| !views_only || table.is_view()).map(|table| table.input.name);
    Ok(matching(names, like))
}

async fn partitions(task: &Task, name: &TableName) -> QueryResult<Vec<String>> {
    let table = task.table(name).await?;
    if table.input.partition_keys.is_empty() {
        let message = format!("Table {} is not a partitioned table", table.input.name);
        return Err(QueryError::new("GENERIC_USER_ERROR", message));
    }
    let partitions = task.service.catalog().partitions(&table).await?;
    let keys = || table.input.partition_keys.iter().map(|key| key.name.as_str());
    Ok(partitions.iter().map(|partition| partition_path(keys(), &partition.input.values)).collect())
}

/// Columns with the partition keys behind them.
pub(super) fn columns_of(table: &TableEntry) -> impl Iterator<Item = &athena::glue::Column> {
    let own = table.input.storage_descriptor.iter().flat_map(|storage| &storage.columns);
    own.chain(&table.input.partition_keys)
}

/// Hive's patterns: `*` for any characters, `|` between alternatives; `%` and `_` as in SQL.
fn matching(names: impl Iterator<Item = String>, pattern: Option<&str>) -> Vec<String> {
    names.filter(|name| pattern.is_none_or(|pattern| pattern.split('|').any(|part| fits(part, name)))).collect()
}

pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().replace(".*", "*").chars().collect();
    let name: Vec<char> = name.chars().collect();
    // Which prefixes of the name the pattern so far stands for.
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for symbol in pattern {
        let mut next = vec![false; name.len() + 1];
        for at in 0..=name.len() {
            let many = matches!(symbol, '*' | '%');
            next[at] = if many {
                reached[at] || at > 0 && next[at - 1]
            } else {
                at > 0 && reached[at - 1] && (symbol == '_' || symbol == name[at - 1])
            };
        }
        reached = next;
    }
    reached[name.len()]
}

/// The statement that makes the table again.
fn create_statement(table: &TableEntry) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let columns = |columns: &[athena::glue::Column]| {
        let lines: Vec<String> = columns
            .iter()
            .map(|column| {
                let comment = column.comment.as_ref().map(|text| format!(" COMMENT {}", quoted(text)));
                format!("  `{}` {}{}", column.name, column.kind, comment.unwrap_or_default())
            })
            .collect();
        lines.join(", \n")
    };
    let storage = table.input.storage_descriptor.clone().unwrap_or_default();
    let mut sql =
        format!("CREATE EXTERNAL TABLE `{}.{}`(\n{})\n", table.database, table.input.name, columns(&storage.columns));
    // Writing to a String cannot fail.
    if !table.input.partition_keys.is_empty() {
        let _ = writeln!(sql, "PARTITIONED BY ( \n{})", columns(&table.input.partition_keys));
    }
    let serde = storage.serde_info.unwrap_or_default();
    let _ = writeln!(sql, "ROW FORMAT SERDE \n  {} ", quoted(&serde.serialization_library.unwrap_or_default()));
    let properties = |properties: &std::collections::BTreeMap<String, String>| {
        let lines: Vec<String> =
            properties.iter().map(|(name, value)| format!("  {}={}", quoted(name), quoted(value))).collect();
        lines.join(", \n")
    };
    if !serde.parameters.is_empty() {
        let _ = writeln!(sql, "WITH SERDEPROPERTIES ( \n{}) ", properties(&serde.parameters));
    }
    let _ = writeln!(sql, "STORED AS INPUTFORMAT \n  {} ", quoted(&storage.input_format.unwrap_or_default()));
    let _ = writeln!(sql, "OUTPUTFORMAT \n  {}", quoted(&storage.output_format.unwrap_or_default()));
    let _ = writeln!(sql, "LOCATION\n  {}", quoted(&storage.location.unwrap_or_default()));
    let own: std::collections::BTreeMap<String, String> =
        table.input.parameters.clone().into_iter().filter(|(name, _)| name != "EXTERNAL").collect();
    let _ = write!(sql, "TBLPROPERTIES (\n{})", properties(&own));
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, name, expected) in [
            ("tracks", "tracks", true),
            ("track*", "tracks", true),
            ("*play*", "playlist_tracks", true),
            ("play", "playlists", false),
            ("a%c", "abc", true),
            ("a_c", "abc", true),
            ("a_c", "ac", false),
            (".*s", "tracks", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
