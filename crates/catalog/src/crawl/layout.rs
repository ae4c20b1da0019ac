//! Which folders are tables, and which are partitions of one.

use std::collections::BTreeMap;

use object_store::{ObjectMeta, path::Path};
use percent_encoding::percent_decode_str;
use url::Url;

use super::CrawlProblem;

/// A folder that is a table.
#[derive(Debug, PartialEq)]
pub(super) struct FoundTable {
    pub(super) name: String,
    /// Its address, with a slash at its end.
    pub(super) location: String,
    /// Its partition keys.
    pub(super) keys: Vec<String>,
    /// Folders of its partitions below its own, by their values.
    pub(super) partitions: BTreeMap<Vec<String>, String>,
    pub(super) files: Vec<ObjectMeta>,
}

/// The folder of a table, and below it `key=value` folders.
struct Place<'p> {
    folder: Vec<&'p str>,
    pairs: Vec<(String, String)>,
    partition: String,
}

/// Sorts files into tables; those that fit nowhere are problems.
pub(super) fn tables(
    files: Vec<ObjectMeta>,
    root: &Path,
    place: &Url,
    prefix: &str,
) -> (Vec<FoundTable>, Vec<CrawlProblem>) {
    let mut found: BTreeMap<String, FoundTable> = BTreeMap::new();
    let mut problems = Vec::new();
    let base = place.as_str().trim_end_matches('/');
    let last = base.rsplit('/').next().unwrap_or_default();
    for file in files {
        let below = file.location.as_ref().strip_prefix(root.as_ref()).unwrap_or_default().trim_start_matches('/');
        // Hive and Athena pass over these, too.
        if file.size == 0 || below.is_empty() || below.split('/').any(|part| part.starts_with(['_', '.'])) {
            continue;
        }
        let Some(place) = place_of(below) else {
            let problem = "a folder without `=` stands below a partition".to_owned();
            problems.push(CrawlProblem { path: file.location.to_string(), problem });
            continue;
        };
        let folder = place.folder.join("/");
        let keys: Vec<String> = place.pairs.iter().map(|(key, _)| key.clone()).collect();
        let table = found.entry(folder.clone()).or_insert_with(|| FoundTable {
            name: format!("{prefix}{}", table_name(place.folder.last().copied().unwrap_or(last))),
            location: if folder.is_empty() { format!("{base}/") } else { format!("{base}/{folder}/") },
            keys: keys.clone(),
            partitions: BTreeMap::new(),
            files: Vec::new(),
        });
        if table.keys != keys {
            let problem = format!("its partition keys are {keys:?}, those of its table {:?}", table.keys);
            problems.push(CrawlProblem { path: file.location.to_string(), problem });
            continue;
        }
        if !keys.is_empty() {
            let values = place.pairs.into_iter().map(|(_, value)| value).collect();
            table.partitions.insert(values, place.partition);
        }
        table.files.push(file);
    }
    (named_apart(found.into_values().collect(), base, prefix), problems)
}

fn place_of(below: &str) -> Option<Place<'_>> {
    let mut parts: Vec<&str> = below.split('/').collect();
    parts.pop();
    let first = parts.iter().position(|part| part.contains('=')).unwrap_or(parts.len());
    let (folder, partition) = parts.split_at(first);
    let pair = |part: &&str| {
        let (key, value) = part.split_once('=')?;
        Some((key.to_lowercase(), percent_decode_str(value).decode_utf8_lossy().into_owned()))
    };
    let pairs: Option<Vec<_>> = partition.iter().map(pair).collect();
    Some(Place { folder: folder.to_vec(), pairs: pairs?, partition: partition.join("/") })
}

/// Letters, digits and underscores, in lower case.
fn table_name(folder: &str) -> String {
    let plain = percent_decode_str(folder).decode_utf8_lossy().to_lowercase();
    let name: String = plain.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect();
    if name.starts_with(|letter: char| letter.is_ascii_digit()) { format!("t_{name}") } else { name }
}

/// Tables of the same name get those of the folders above, too.
fn named_apart(mut tables: Vec<FoundTable>, base: &str, prefix: &str) -> Vec<FoundTable> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for table in &tables {
        *times.entry(table.name.clone()).or_default() += 1;
    }
    for table in &mut tables {
        if times.get(&table.name).is_some_and(|times| *times > 1) {
            let below = table.location.strip_prefix(base).unwrap_or(&table.location).trim_matches('/');
            if !below.is_empty() {
                table.name = format!("{prefix}{}", table_name(below));
            }
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[&str]) -> (Vec<FoundTable>, Vec<CrawlProblem>) {
        let file = |path: &&str| ObjectMeta {
            location: Path::from(*path),
            last_modified: "2026-11-23T00:00:00Z".parse().unwrap(),
            size: 10,
            e_tag: None,
            version: None,
        };
        let files = paths.iter().map(file).collect();
        tables(files, &Path::from("raw"), &Url::parse("s3://bucket/raw/").unwrap(), "")
    }

    #[test]
    fn folders_are_tables_and_pairs_are_partitions() {
        let (tables, problems) = found(&[
            "raw/Plays-2026/year=2026/month=01/a.parquet",
            "raw/Plays-2026/year=2026/month=02/a.parquet",
            "raw/artists/a.csv",
            "raw/artists/_SUCCESS",
            "raw/top.json",
        ]);
        let shown = tables.iter().map(|table| (table.name.as_str(), table.location.as_str(), table.files.len()));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                ("raw", "s3://bucket/raw/", 1),
                ("plays_2026", "s3://bucket/raw/Plays-2026/", 2),
                ("artists", "s3://bucket/raw/artists/", 1),
            ]
        );
        assert_eq!(tables[1].keys, ["year", "month"]);
        assert_eq!(tables[1].partitions.get(&vec!["2026".to_owned(), "02".to_owned()]).unwrap(), "year=2026/month=02");
        assert!(problems.is_empty());
    }

    #[test]
    fn what_fits_nowhere_is_told() {
        let (tables, problems) = found(&["raw/t/a=1/x.csv", "raw/t/b=1/x.csv", "raw/t/a=1/deeper/x.csv"]);
        assert_eq!(tables.len(), 1);
        assert_eq!(problems.len(), 2, "{problems:?}");
    }

    #[test]
    fn tables_of_one_name_are_told_apart() {
        let (tables, _) = found(&["raw/a/t/x.csv", "raw/b/t/x.csv", "raw/7/x.csv"]);
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["t_7", "a_t", "b_t"]);
    }
}
