//! Partition projection: partitions that follow from a table's properties and are not registered.
//!
//! Athena computes the values that the properties allow and looks for files of each. Here the files below the constant
//! part of the location are listed, and those are kept whose place is one of an allowed value: the same rows, at the cost
//! of what is there instead of what could be. Values of `injected` columns are taken from the files for the same reason,
//! where Athena wants them in the query.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use datafusion::error::{DataFusionError, Result};
use percent_encoding::percent_decode_str;

use super::{allowed_values::AllowedValues, files::TableFile};
use crate::TableEntry;

/// A piece of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// The value of the partition key of this number.
    Value(usize),
}

/// Where partitions are, and which values they may have.
#[derive(Debug)]
pub(super) struct Projection {
    pieces: Vec<Piece>,
    allowed: Vec<AllowedValues>,
    /// Whether values stand in folders named as Hive does, with its escapes.
    is_hive: bool,
}

impl Projection {
    /// The projection that a table's properties describe, if it is enabled.
    pub(super) fn of(table: &TableEntry, location: &str, now: DateTime<Utc>) -> Result<Option<Self>> {
        let property = |name: &str| table.input.parameters.get(name).map(|text| text.trim());
        if !property("projection.enabled").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let keys: Vec<&str> = table.input.partition_keys.iter().map(|key| key.name.as_str()).collect();
        let allowed = keys.iter().map(|key| {
            let of_key = |name: &str| property(&format!("projection.{key}.{name}"));
            AllowedValues::of(&of_key, now).map_err(|reason| wrong(table, &format!("projection.{key}.{reason}")))
        });
        let allowed = allowed.collect::<Result<Vec<_>>>()?;
        let template = property("storage.location.template");
        let pieces = match template {
            Some(template) => pieces_of(template, &keys).map_err(|reason| wrong(table, &reason))?,
            None => hive_pieces(location, &keys),
        };
        Ok(Some(Self { pieces, allowed, is_hive: template.is_none() }))
    }

    /// The folder that has all partitions.
    pub(super) fn folder(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text.rsplit_once('/').map_or("", |(folder, _)| folder),
            _ => "",
        }
    }

    /// The files of each partition, by its values.
    pub(super) fn deal(&self, files: Vec<TableFile>) -> BTreeMap<Vec<String>, Vec<TableFile>> {
        let mut dealt: BTreeMap<Vec<String>, Vec<TableFile>> = BTreeMap::new();
        for file in files {
            if let Some(values) = self.values_of(&file.address()) {
                dealt.entry(values).or_default().push(file);
            }
        }
        dealt
    }

    /// The values of a file's place, if they are allowed.
    fn values_of(&self, address: &str) -> Option<Vec<String>> {
        let mut found = HashMap::new();
        if !self.matches(address, &self.pieces, &mut found) {
            return None;
        }
        (0..self.allowed.len()).map(|key| found.remove(&key)).collect()
    }

    fn matches(&self, rest: &str, pieces: &[Piece], found: &mut HashMap<usize, String>) -> bool {
        match pieces {
            [] => true,
            [Piece::Text(text), after @ ..] => {
                rest.strip_prefix(text.as_str()).is_some_and(|rest| self.matches(rest, after, found))
            }
            [Piece::Value(key), after @ ..] => {
                let allowed = &self.allowed[*key];
                // A value ends where the next piece can begin, and has as many slashes as its format.
                let ends = rest.char_indices().map(|(at, _)| at).skip(1);
                for end in ends.take_while(|end| rest[..*end].matches('/').count() <= allowed.slashes()) {
                    let value = self.unescaped(&rest[..end]);
                    let fits = allowed.contains(&value) && found.get(key).is_none_or(|known| *known == value);
                    if fits && self.matches(&rest[end..], after, found) {
                        found.insert(*key, value);
                        return true;
                    }
                }
                false
            }
        }
    }

    fn unescaped(&self, text: &str) -> String {
        if self.is_hive { percent_decode_str(text).decode_utf8_lossy().into_owned() } else { text.to_owned() }
    }
}

fn wrong(table: &TableEntry, reason: &str) -> DataFusionError {
    DataFusionError::Plan(format!(
        "the partition projection of table `{}.{}` is not well described: {reason}",
        table.database, table.input.name
    ))
}

/// `s3://bucket/${day}/` in pieces.
fn pieces_of(template: &str, keys: &[&str]) -> std::result::Result<Vec<Piece>, String> {
    let mut parts = template.split("${");
    let mut pieces = vec![Piece::Text(parts.next().unwrap_or_default().to_owned())];
    for part in parts {
        let (name, text) = part.split_once('}').ok_or("storage.location.template has `${` without `}`")?;
        let key = keys.iter().position(|key| key.eq_ignore_ascii_case(name));
        let key = key.ok_or_else(|| format!("storage.location.template names `{name}`, which is no partition key"))?;
        pieces.push(Piece::Value(key));
        pieces.push(Piece::Text(text.to_owned()));
    }
    if let Some(missing) = (0..keys.len()).find(|key| !pieces.contains(&Piece::Value(*key))) {
        return Err(format!("storage.location.template lacks `${{{}}}`", keys[missing]));
    }
    if let Some(Piece::Text(text)) = pieces.last_mut()
        && !text.ends_with('/')
    {
        text.push('/');
    }
    Ok(pieces)
}

/// Folders as Hive names them.
fn hive_pieces(location: &str, keys: &[&str]) -> Vec<Piece> {
    let mut text = location.trim_end_matches('/').to_owned();
    let mut pieces = Vec::new();
    for (key, name) in keys.iter().enumerate() {
        text.push('/');
        text.push_str(name);
        text.push('=');
        pieces.push(Piece::Text(std::mem::take(&mut text)));
        pieces.push(Piece::Value(key));
    }
    pieces.push(Piece::Text("/".to_owned()));
    pieces
}

#[cfg(test)]
mod tests {
    use athena::glue::{Column, TableInput};

    use super::*;

    fn table(keys: &[&str], properties: &[(&str, &str)]) -> TableEntry {
        let column = |name: &&str| Column { name: (*name).to_owned(), kind: "string".to_owned(), ..Column::default() };
        let parameters = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        TableEntry {
            database: "d".to_owned(),
            input: TableInput {
                name: "t".to_owned(),
                partition_keys: keys.iter().map(column).collect(),
                parameters,
                ..TableInput::default()
            },
            version: 1,
            created_at_us: 0,
            updated_at_us: 0,
            in_lake: false,
        }
    }

    fn values(table: &TableEntry, paths: &[&str]) -> Vec<Vec<String>> {
        let now = "2026-11-23T20:00:00Z".parse().unwrap();
        let projection = Projection::of(table, "s3://b/t/", now).unwrap().unwrap();
        let file = |path: &&str| TableFile {
            store_url: "s3://b".into(),
            path: object_store::path::Path::parse(path).unwrap(),
            bytes: 1,
        };
        projection.deal(paths.iter().map(file).collect()).into_keys().collect()
    }

    #[test]
    fn partitions_are_found_in_folders_as_hive_names_them() {
        let table = table(
            &["region", "number"],
            &[
                ("projection.enabled", "true"),
                ("projection.region.type", "enum"),
                ("projection.region.values", "eu, us west"),
                ("projection.number.type", "integer"),
                ("projection.number.range", "1,12"),
                ("projection.number.digits", "2"),
            ],
        );
        let found = values(
            &table,
            &[
                "t/region=eu/number=01/x.csv",
                "t/region=eu/number=1/x.csv",
                "t/region=us%20west/number=12/deep/x.csv",
                "t/region=asia/number=02/x.csv",
                "t/region=eu/number=13/x.csv",
            ],
        );
        assert_eq!(found, [["eu", "01"], ["us west", "12"]]);
    }

    #[test]
    fn templates_may_have_dates_with_slashes_and_parts_of_names() {
        let table = table(
            &["day", "device"],
            &[
                ("projection.enabled", "TRUE"),
                ("projection.day.type", "date"),
                ("projection.day.format", "yyyy/MM/dd"),
                ("projection.day.range", "2026/11/20,NOW"),
                ("projection.device.type", "injected"),
                ("storage.location.template", "s3://b/logs/${day}/device-${device}"),
            ],
        );
        let found = values(
            &table,
            &[
                "logs/2026/11/20/device-a/x.csv",
                "logs/2026/11/19/device-a/x.csv",
                "logs/2026/11/23/device-b-c/x.csv",
                "logs/2026/11/24/device-a/x.csv",
                "logs/2026/11/device-a/x.csv",
            ],
        );
        assert_eq!(found, [["2026/11/20", "a"], ["2026/11/23", "b-c"]]);
        let now = Utc::now();
        assert_eq!(Projection::of(&table, "s3://b/t/", now).unwrap().unwrap().folder(), "s3://b/logs");
    }

    #[test]
    fn what_is_missing_is_named() {
        let described = table(&["day"], &[("projection.enabled", "true"), ("projection.day.type", "date")]);
        let error = Projection::of(&described, "s3://b/t/", Utc::now()).unwrap_err().to_string();
        assert!(error.contains("`d.t`") && error.contains("projection.day.format"), "{error}");
        let off = table(&["day"], &[("projection.enabled", "false")]);
        assert!(Projection::of(&off, "s3://b/t/", Utc::now()).unwrap().is_none());
    }
}
