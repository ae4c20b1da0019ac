//! What differs between a table's files and what the catalog has of it.

use athena::glue::Column;

use super::{
    detect::{Detected, Format},
    layout::FoundTable,
    register::format_of,
    report::{ColumnChange, CrawledTable, TableChange},
};
use crate::{PartitionEntry, TableEntry};

/// The type that holds the values of both.
pub(super) fn wider(one: &str, other: &str) -> String {
    const NUMBERS: [&str; 6] = ["tinyint", "smallint", "int", "bigint", "float", "double"];
    if one == other {
        return one.to_owned();
    }
    let place = |kind: &str| NUMBERS.iter().position(|known| *known == kind);
    match (place(one), place(other)) {
        // A float holds no bigint.
        (Some(one), Some(other)) if one.max(other) == 4 => "double".to_owned(),
        (Some(one), Some(other)) => NUMBERS[one.max(other)].to_owned(),
        _ if [one, other].contains(&"date") && [one, other].contains(&"timestamp") => "timestamp".to_owned(),
        _ => "string".to_owned(),
    }
}

/// Compares a table with its entry.
pub(super) fn compare(entry: &TableEntry, found: &FoundTable, detected: &Detected) -> CrawledTable {
    let mut crawled = CrawledTable::new(found, detected);
    crawled.table.clone_from(&entry.input.name);
    let known = entry.input.storage_descriptor.as_ref().map(|storage| storage.columns.clone()).unwrap_or_default();
    let keys: Vec<String> = entry.input.partition_keys.iter().map(|key| key.name.clone()).collect();
    let format = format_of(entry);
    crawled.change = TableChange::Unchanged;
    crawled.conflict = if format != detected.format.name() {
        Some(format!("its files are {}, the catalog has {format}", detected.format.name()))
    } else if keys != found.keys {
        Some(format!("its partition keys are {:?}, the catalog has {keys:?}", found.keys))
    } else {
        match &detected.format {
            Format::Text(_) => moved(&known, &detected.columns),
            Format::Parquet | Format::Json | Format::Slices => nested_change(&known, &detected.columns),
        }
    };
    if crawled.conflict.is_some() {
        crawled.change = TableChange::Conflict;
        crawled.columns = known;
        return crawled;
    }
    (crawled.columns, crawled.drift) = merged(&known, &detected.columns);
    // That a column is missing in some files changes nothing.
    if crawled.drift.iter().any(|change| !matches!(change, ColumnChange::Missing { .. })) {
        crawled.change = TableChange::Changed;
    }
    crawled
}

/// Columns of text are told by their place, so they may come at the end only.
fn moved(known: &[Column], found: &[Column]) -> Option<String> {
    let at = known.iter().zip(found).position(|(known, found)| known.name != found.name)?;
    let (known, found) = (&known[at].name, &found[at].name);
    Some(format!("column {} is `{found}`, the catalog has `{known}` there; text is read by place", at + 1))
}

/// A nested column of another type is nothing that text could hold instead.
fn nested_change(known: &[Column], found: &[Column]) -> Option<String> {
    let is_nested = |kind: &str| kind.contains('<');
    let changed = found.iter().find_map(|found| {
        let known = known.iter().find(|known| known.name == found.name)?;
        let nested = is_nested(&known.kind) || is_nested(&found.kind);
        (nested && known.kind != found.kind).then_some((known, found))
    });
    changed.map(|(known, found)| format!("column `{}` is {}, the catalog has {}", found.name, found.kind, known.kind))
}

fn merged(known: &[Column], found: &[Column]) -> (Vec<Column>, Vec<ColumnChange>) {
    let (mut columns, mut drift) = (Vec::new(), Vec::new());
    for column in known {
        let mut column = column.clone();
        match found.iter().find(|found| found.name == column.name) {
            None => drift.push(ColumnChange::Missing { column: column.name.clone() }),
            Some(found) => {
                let to = wider(&column.kind, &found.kind);
                if to != column.kind {
                    let (name, from) = (column.name.clone(), std::mem::replace(&mut column.kind, to.clone()));
                    drift.push(ColumnChange::Retyped { column: name, from, found: found.kind.clone(), to });
                }
            }
        }
        columns.push(column);
    }
    for column in found.iter().filter(|found| known.iter().all(|known| known.name != found.name)) {
        drift.push(ColumnChange::Added { column: column.name.clone(), kind: column.kind.clone() });
        columns.push(column.clone());
    }
    (columns, drift)
}

/// Notes which partitions are new and which are gone, and returns the values of the new ones.
pub(super) fn partitions(
    crawled: &mut CrawledTable,
    found: &FoundTable,
    registered: &[PartitionEntry],
) -> Vec<Vec<String>> {
    let is_known = |values: &[String]| registered.iter().any(|partition| partition.input.values == values);
    let new: Vec<Vec<String>> = found.partitions.keys().filter(|values| !is_known(values)).cloned().collect();
    if crawled.change == TableChange::Conflict {
        return Vec::new();
    }
    let path = |values: &[String]| crate::partition_path(found.keys.iter().map(String::as_str), values);
    crawled.new_partitions = new.iter().map(|values| path(values)).collect();
    let gone = registered.iter().filter(|partition| !found.partitions.contains_key(&partition.input.values));
    crawled.gone_partitions = gone.map(|partition| path(&partition.input.values)).collect();
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_widened_to_hold_both() {
        for (one, other, expected) in [
            ("int", "bigint", "bigint"),
            ("bigint", "double", "double"),
            ("int", "float", "double"),
            ("float", "double", "double"),
            ("date", "timestamp", "timestamp"),
            ("bigint", "string", "string"),
            ("boolean", "int", "string"),
        ] {
            assert_eq!(wider(one, other), expected, "{one} {other}");
            assert_eq!(wider(other, one), expected, "{other} {one}");
        }
    }
}
