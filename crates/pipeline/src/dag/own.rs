//! Steps of one's own: a name that the program does not know, and the file of the query.

use std::path::Path;

use datafusion::sql::{
    parser::{DFParser, Statement},
    resolve::resolve_table_references,
    sqlparser::ast,
};

use super::{
    DagError,
    document::{Name, StepEntry},
    error::Place,
    resolve::at,
};
use crate::{
    Check, RAW_PLAYLISTS, RAW_REJECTS, Step,
    own_step::{OwnStep, keep_list, keep_text},
};

/// Names that mean something else in a pipeline's file, in a lake or in a check.
const TAKEN: [&str; 8] =
    ["slices", "model", "models", "predictions", "current_predictions", "written", RAW_PLAYLISTS, RAW_REJECTS];

/// Reads a step whose entry names a file. The file is looked for in the folder of the pipeline's file, those of its
/// checks in `checks` below that.
pub(super) fn read(place: Place<'_>, entry: &StepEntry, file: &Name, folder: Option<&Path>) -> Result<Step, DagError> {
    let name = entry.name.get_ref();
    check_name(name).map_err(|reason| at(place, &entry.name, reason))?;
    if entry.kind.get_ref() != "sql" {
        let reason = format!("step `{name}` has a file, so it is of the kind `sql`, not `{}`", entry.kind.get_ref());
        return Err(at(place, &entry.kind, reason));
    }
    let folder = folder.ok_or_else(|| at(place, file, "a file can be named by a pipeline that is a file itself"))?;
    let sql = text_of(&folder.join(file.get_ref())).map_err(|reason| at(place, file, reason))?;
    let reads = tables_of(&sql).map_err(|reason| at(place, file, format!("`{}` {reason}", file.get_ref())))?;
    let checks: Result<Vec<Check>, DagError> = entry
        .checks
        .iter()
        .map(|check| {
            let path = folder.join("checks").join(format!("{}.sql", check.get_ref()));
            own_check(check.get_ref(), &path).map_err(|reason| at(place, check, reason))
        })
        .collect();
    let step = OwnStep {
        name: keep_text(name),
        sql: keep_text(sql),
        reads: keep_list(reads.into_iter().map(keep_text).collect()),
        checks: keep_list(checks?),
        may_be_empty: entry.may_be_empty,
    };
    Ok(Step::Own(step.keep()))
}

/// A name is that of a table, too, and must be found under it whether or not it is quoted.
fn check_name(name: &str) -> Result<(), String> {
    let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase());
    if !starts_well || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Err(format!("`{name}` cannot name a table: expected a lower-case letter, then these, digits and `_`"));
    }
    if Step::ALL.iter().any(|step| step.name() == name) {
        return Err(format!("step `{name}` is the program's own, its query cannot be another; choose another name"));
    }
    if TAKEN.contains(&name) {
        return Err(format!("`{name}` means something else already; choose another name"));
    }
    Ok(())
}

fn text_of(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}

/// The tables that a query reads, sorted; the reason if the text is not one query on tables of the lake.
fn tables_of(sql: &str) -> Result<Vec<String>, String> {
    let statements =
        DFParser::parse_sql(sql).map_err(|error| format!("is not valid SQL: {}", error.strip_backtrace()))?;
    let statement = match statements.iter().collect::<Vec<_>>()[..] {
        [statement] => statement,
        _ => return Err(format!("has {} statements: expected one query", statements.len())),
    };
    let is_query = matches!(statement, Statement::Statement(inner) if matches!(**inner, ast::Statement::Query(_)));
    if !is_query {
        return Err("is not a query: expected SELECT …, whose rows become the step's table".to_owned());
    }
    let (tables, _) = resolve_table_references(statement, true).map_err(|error| error.strip_backtrace())?;
    let mut names = Vec::new();
    for table in tables {
        if table.schema().is_some() {
            return Err(format!("reads `{table}`: tables of the lake have plain names"));
        }
        if [RAW_PLAYLISTS, RAW_REJECTS].contains(&table.table()) {
            return Err(format!(
                "reads `{table}`: steps of one's own read tables, such as playlists and playlist_tracks"
            ));
        }
        names.push(table.table().to_owned());
    }
    names.sort();
    names.dedup();
    Ok(names)
}

fn own_check(name: &str, path: &Path) -> Result<Check, String> {
    let check = Check { name: keep_text(name), sql: keep_text(text_of(path)?) };
    match check.is_complete() {
        true => Ok(check),
        false => Err(format!("`{}` needs the header lines `-- purpose:` and `-- inputs:`", path.display())),
    }
}
