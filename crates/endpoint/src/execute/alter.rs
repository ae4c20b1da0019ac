//! `ALTER TABLE` of columns, places and names. Files stay as they are, as in Athena.

use athena::glue::{Column, PartitionInput, StorageDescriptor};
use catalog::{Location, PartitionEntry, TableEntry};

use super::{
    Done, Task,
    partitions::{path_of, values_of},
    text_result,
};
use crate::{
    error::{QueryError, QueryResult},
    statement::{ColumnPlace, PartitionSpec, TableChange, TableName},
};

/// `SerDe`s of whose tables all columns may be replaced, as in Hive.
const REPLACEABLE: [&str; 2] = ["LazySimpleSerDe", "ParquetHiveSerDe"];

pub(super) async fn alter(task: &Task, name: &TableName, change: TableChange) -> QueryResult<Done> {
    let table = task.table(name).await?;
    if table.is_view() {
        let message = format!("'{}.{}' is a view", table.database, table.input.name);
        return Err(QueryError::new("GENERIC_USER_ERROR", message));
    }
    match change {
        TableChange::AddColumns { partition, columns } => {
            change_columns(task, table, partition, |known, keys| added(known, keys, columns.clone())).await?;
        }
        TableChange::ReplaceColumns { partition, columns } => {
            let serde = table.input.storage_descriptor.as_ref().and_then(|storage| storage.serde_info.as_ref());
            let library = serde.and_then(|serde| serde.serialization_library.as_deref()).unwrap_or_default();
            if !REPLACEABLE.iter().any(|known| library.ends_with(known)) {
                let message = format!(
                    "Replace columns is not supported for table {}: its SerDe may be incompatible",
                    table.input.name
                );
                return Err(QueryError::new("GENERIC_USER_ERROR", message));
            }
            change_columns(task, table, partition, |_, keys| added(Vec::new(), keys, columns.clone())).await?;
        }
        TableChange::ChangeColumn { old, column, place } => {
            change_columns(task, table, None, |known, keys| changed(known, keys, &old, &column, place.as_ref()))
                .await?;
        }
        TableChange::SetLocation { partition, location } => set_location(task, table, partition, location).await?,
        TableChange::RenamePartition { from, to } => rename_partition(task, &table, &from, &to).await?,
    }
    text_result::nothing(task).await
}

type Columns = QueryResult<Vec<Column>>;

/// Changes the columns of a table, or what is said of those of a partition.
async fn change_columns(
    task: &Task,
    mut table: TableEntry,
    partition: Option<PartitionSpec>,
    change: impl Fn(Vec<Column>, &[Column]) -> Columns,
) -> QueryResult<()> {
    let catalog = task.service.catalog();
    if let Some(partition) = partition {
        let mut found = found(task, &table, &partition).await?;
        let mut storage = found.input.storage_descriptor.take().unwrap_or_default();
        storage.columns = change(storage.columns, &table.input.partition_keys)?;
        found.input.storage_descriptor = Some(storage);
        catalog.update_partition(&table, &found.input).await?;
        return Ok(());
    }
    let storage = table.input.storage_descriptor.get_or_insert_default();
    storage.columns = change(std::mem::take(&mut storage.columns), &table.input.partition_keys)?;
    Ok(catalog.update_table(&table.database, table.input, true).await?)
}

fn added(known: Vec<Column>, keys: &[Column], new: Vec<Column>) -> Columns {
    let mut columns = known;
    for column in new {
        if columns.iter().chain(keys).any(|known| known.name == column.name) {
            return Err(duplicate(&column.name));
        }
        columns.push(column);
    }
    Ok(columns)
}

fn duplicate(name: &str) -> QueryError {
    QueryError::new("GENERIC_USER_ERROR", format!("Duplicate column name: {name}"))
}

fn changed(known: Vec<Column>, keys: &[Column], old: &str, new: &Column, place: Option<&ColumnPlace>) -> Columns {
    let missing = |name: &str| QueryError::new("GENERIC_USER_ERROR", format!("Invalid column reference {name}"));
    let mut columns = known;
    let at = columns.iter().position(|column| column.name == old).ok_or_else(|| missing(old))?;
    let before = columns.remove(at);
    if columns.iter().chain(keys).any(|column| column.name == new.name) {
        return Err(duplicate(&new.name));
    }
    let to = match place {
        None => at,
        Some(ColumnPlace::First) => 0,
        Some(ColumnPlace::After(other)) => {
            columns.iter().position(|column| column.name == *other).ok_or_else(|| missing(other))? + 1
        }
    };
    let comment = new.comment.clone().or(before.comment);
    columns.insert(to, Column { comment, ..new.clone() });
    Ok(columns)
}

async fn set_location(
    task: &Task,
    mut table: TableEntry,
    partition: Option<PartitionSpec>,
    location: String,
) -> QueryResult<()> {
    Location::parse(&location)?;
    let catalog = task.service.catalog();
    if let Some(partition) = partition {
        let mut found = found(task, &table, &partition).await?;
        let storage = found.input.storage_descriptor.take().unwrap_or_default();
        found.input.storage_descriptor = Some(StorageDescriptor { location: Some(location), ..storage });
        catalog.update_partition(&table, &found.input).await?;
        return Ok(());
    }
    table.input.storage_descriptor.get_or_insert_default().location = Some(location);
    Ok(catalog.update_table(&table.database, table.input, true).await?)
}

/// The files stay where they are.
async fn rename_partition(
    task: &Task,
    table: &TableEntry,
    from: &PartitionSpec,
    to: &PartitionSpec,
) -> QueryResult<()> {
    let found = found(task, table, from).await?;
    let values = values_of(table, to)?;
    let input = PartitionInput { values: values.clone(), ..found.input.clone() };
    if task.service.catalog().move_partition(table, &found.input.values, &input).await? {
        return Ok(());
    }
    let message = format!("Partition already exists: {}", path_of(table, &values));
    Err(QueryError::new("GENERIC_USER_ERROR", message))
}

async fn found(task: &Task, table: &TableEntry, partition: &PartitionSpec) -> QueryResult<PartitionEntry> {
    let values = values_of(table, partition)?;
    task.service.catalog().partition(table, &values).await?.ok_or_else(|| {
        QueryError::new("GENERIC_USER_ERROR", format!("Partition not found: {}", path_of(table, &values)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Column {
        Column { name: name.to_owned(), kind: "int".to_owned(), ..Column::default() }
    }

    fn names(columns: Columns) -> String {
        match columns {
            Ok(columns) => columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(" "),
            Err(error) => error.message,
        }
    }

    #[test]
    fn columns_are_added_behind_the_others() {
        let (known, keys) = (vec![column("a")], [column("day")]);
        assert_eq!(names(added(known.clone(), &keys, vec![column("b"), column("c")])), "a b c");
        assert_eq!(names(added(known.clone(), &keys, vec![column("a")])), "Duplicate column name: a");
        assert_eq!(names(added(known, &keys, vec![column("day")])), "Duplicate column name: day");
    }

    #[test]
    fn columns_change_their_names_and_places() {
        let known = || vec![column("a"), column("b"), column("c")];
        let after = |name: &str| ColumnPlace::After(name.to_owned());
        let change = |old: &str, new: &str, place: Option<ColumnPlace>| {
            names(changed(known(), &[column("day")], old, &column(new), place.as_ref()))
        };
        assert_eq!(change("b", "x", None), "a x c");
        assert_eq!(change("c", "c", Some(ColumnPlace::First)), "c a b");
        assert_eq!(change("a", "a", Some(after("b"))), "b a c");
        assert_eq!(change("a", "c", None), "Duplicate column name: c");
        assert_eq!(change("a", "day", None), "Duplicate column name: day");
        assert_eq!(change("z", "y", None), "Invalid column reference z");
        assert_eq!(change("a", "x", Some(after("z"))), "Invalid column reference z");
    }
}
