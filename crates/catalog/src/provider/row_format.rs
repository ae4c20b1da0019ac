//! How rows stand in the files of a table, by its `SerDe`.

use std::collections::BTreeMap;

use athena::glue::{StorageDescriptor, TableInput};
use hive::{CsvFormat, JsonFormat, RowFormat, TextFormat};
use udfs::files_table::{FileCompression, FileFormat};

/// Hive's delimiter of fields where none is given.
const DEFAULT_DELIMITER: u8 = 1;
/// `SerDe` of slices.
pub(super) const SLICES: &str = "MpdSliceSerDe";
const OPENX: &str = "org.openx.data.jsonserde.JsonSerDe";

/// The form of a table's files without their compression.
///
/// # Errors
/// What of it is not done.
pub fn file_format(table: &TableInput, storage: &StorageDescriptor) -> Result<FileFormat, String> {
    check_files(table, storage)?;
    let name = serde_name(storage);
    let parameters = storage.serde_info.as_ref().map(|serde| &serde.parameters);
    let parameters = Parameters(parameters);
    let rows = match name {
        "ParquetHiveSerDe" => return Ok(FileFormat::Parquet),
        // OpenX's, Hive's own, and HCatalog's.
        "JsonSerDe" => RowFormat::Json(parameters.json(library(storage) == OPENX)?),
        "LazySimpleSerDe" => RowFormat::Text(parameters.text(&table.parameters)?),
        "OpenCSVSerde" => RowFormat::Csv(parameters.csv()?),
        _ => {
            return Err(format!("SerDe `{name}`; use Parquet, JSON (OpenX, Hive), LazySimpleSerDe or OpenCSVSerde"));
        }
    };
    let header = table.parameters.get("skip.header.line.count").map_or("0", String::as_str);
    let skipped_lines = header.trim().parse().map_err(|_| format!("skip.header.line.count = {header}"))?;
    if let Some(footer) = table.parameters.get("skip.footer.line.count").filter(|count| count.as_str() != "0") {
        return Err(format!("skip.footer.line.count = {footer}"));
    }
    Ok(FileFormat::Rows { rows, skipped_lines, compression: FileCompression::None })
}

/// Refuses tables of which not all files that are there have the rows.
fn check_files(table: &TableInput, storage: &StorageDescriptor) -> Result<(), String> {
    for name in ["table_type", "spark.sql.sources.provider"] {
        let value = table.parameters.get(name).map(|value| value.trim().to_lowercase()).unwrap_or_default();
        if ["iceberg", "delta", "hudi"].contains(&value.as_str()) {
            return Err(format!("{name} = {value}, whose files are told by their own logs"));
        }
    }
    let input = storage.input_format.as_deref().unwrap_or_default();
    if input.ends_with("SymlinkTextInputFormat") {
        return Err(format!("input format {input}, whose files are lists of other files"));
    }
    Ok(())
}

/// The same for a file, whose compression the end of its name tells, as for Athena.
pub(super) fn of_file(format: &FileFormat, path: &str) -> Result<FileFormat, String> {
    let FileFormat::Rows { rows, skipped_lines, .. } = format else { return Ok(format.clone()) };
    let end = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let compression = match end.as_str() {
        "gz" | "gzip" => FileCompression::Gzip,
        "zst" | "zstd" => FileCompression::Zstd,
        "bz2" => FileCompression::Bzip2,
        "xz" | "snappy" | "lz4" | "deflate" | "lzo" => {
            return Err(format!("compression of text file {path}; gzip, Zstandard and bzip2 are"));
        }
        _ => FileCompression::None,
    };
    Ok(FileFormat::Rows { rows: rows.clone(), skipped_lines: *skipped_lines, compression })
}

fn library(storage: &StorageDescriptor) -> &str {
    storage.serde_info.as_ref().and_then(|serde| serde.serialization_library.as_deref()).unwrap_or_default()
}

/// The last part of the `SerDe`'s name.
pub(super) fn serde_name(storage: &StorageDescriptor) -> &str {
    library(storage).rsplit('.').next().unwrap_or_default()
}

/// What the `SerDe` was told.
struct Parameters<'t>(Option<&'t BTreeMap<String, String>>);

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0?.get(name).map(String::as_str)
    }

    fn given(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    fn is_true(&self, name: &str, usual: bool) -> bool {
        self.given(name).map_or(usual, |value| value.trim().eq_ignore_ascii_case("true"))
    }

    fn byte(&self, name: &str) -> Result<Option<u8>, String> {
        self.given(name).map(|text| one_byte(name, text)).transpose()
    }

    fn text(&self, table: &BTreeMap<String, String>) -> Result<TextFormat, String> {
        let mut format = TextFormat::default();
        let fields = match self.byte("field.delim")? {
            None => self.byte("serialization.format")?,
            given => given,
        };
        format.delimiters[0] = fields.unwrap_or(DEFAULT_DELIMITER);
        // Hive 2 wrote it with a mistake.
        let items = match self.byte("collection.delim")? {
            None => self.byte("colelction.delim")?,
            given => given,
        };
        format.delimiters[1] = items.unwrap_or(format.delimiters[1]);
        format.delimiters[2] = self.byte("mapkey.delim")?.unwrap_or(format.delimiters[2]);
        format.escape = self.byte("escape.delim")?;
        format.last_takes_rest = self.is_true("serialization.last.column.takes.rest", false);
        let null = self.get("serialization.null.format");
        let null = null.or_else(|| table.get("serialization.null.format").map(String::as_str));
        if let Some(null) = null {
            null.clone_into(&mut format.null);
        }
        if let Some(end) = self.given("line.delim").filter(|end| !["\n", "\\n", "10"].contains(end)) {
            return Err(format!("line.delim {end:?}; lines end with \\n"));
        }
        self.check_times()?;
        Ok(format)
    }

    fn csv(&self) -> Result<CsvFormat, String> {
        let usual = CsvFormat::default();
        Ok(CsvFormat {
            separator: self.byte("separatorChar")?.unwrap_or(usual.separator),
            quote: self.byte("quoteChar")?.unwrap_or(usual.quote),
            escape: self.byte("escapeChar")?.unwrap_or(usual.escape),
        })
    }

    fn json(&self, is_openx: bool) -> Result<JsonFormat, String> {
        self.check_times()?;
        let mapped = self
            .0
            .into_iter()
            .flatten()
            .filter_map(|(name, key)| Some((name.strip_prefix("mapping.")?.to_lowercase(), key.clone())));
        Ok(JsonFormat {
            case_insensitive: self.is_true("case.insensitive", true),
            ignore_malformed: self.is_true("ignore.malformed.json", false),
            dots_in_keys: self.is_true("dots.in.keys", false),
            lenient: is_openx,
            keys: mapped.collect(),
        })
    }

    /// Other forms of times would be taken for NULL.
    fn check_times(&self) -> Result<(), String> {
        let Some(formats) = self.given("timestamp.formats") else { return Ok(()) };
        let known = |format: &str| {
            let plain = format.trim().replace(['\'', 'T', ' '], "");
            ["yyyy-MM-ddHH:mm:ss", "yyyy-MM-ddHH:mm:ss.SSS", "yyyy-MM-ddHH:mm:ss.SSSZ", "yyyy-MM-ddHH:mm:ssZ"]
                .contains(&plain.as_str())
        };
        if formats.split(',').all(known) {
            return Ok(());
        }
        Err(format!("timestamp.formats {formats}; times are like 2017-01-02 03:04:05"))
    }
}

/// A delimiter as Hive takes it: a character, or the number of one.
fn one_byte(property: &str, text: &str) -> Result<u8, String> {
    if let [byte] = text.as_bytes() {
        // `serialization.format = 1` is Hive's way to say "the usual delimiter".
        return Ok(if *byte == b'1' { DEFAULT_DELIMITER } else { *byte });
    }
    let escaped = match text {
        "\\t" => Some(b'\t'),
        "\\\\" => Some(b'\\'),
        _ => text
            .parse()
            .ok()
            .or_else(|| u8::from_str_radix(text.strip_prefix("\\u00")?, 16).ok())
            .or_else(|| u8::from_str_radix(text.strip_prefix('\\')?, 8).ok()),
    };
    escaped.ok_or_else(|| format!("{property} `{text}`; a single byte is"))
}

#[cfg(test)]
mod tests {
    use athena::glue::SerDeInfo;

    use super::*;

    fn rows(library: &str, serde: &[(&str, &str)], table: &[(&str, &str)]) -> Result<(RowFormat, u64), String> {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let storage = StorageDescriptor {
            serde_info: Some(SerDeInfo {
                serialization_library: Some(library.to_owned()),
                parameters: pairs(serde),
                ..SerDeInfo::default()
            }),
            ..StorageDescriptor::default()
        };
        let table = TableInput { parameters: pairs(table), ..TableInput::default() };
        match file_format(&table, &storage)? {
            FileFormat::Rows { rows, skipped_lines, .. } => Ok((rows, skipped_lines)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn delimiters_of_all_levels_are_understood() {
        let told = [
            ("field.delim", "\t"),
            ("collection.delim", "|"),
            ("mapkey.delim", "\\u0003"),
            ("escape.delim", "\\"),
            ("serialization.null.format", ""),
        ];
        let (format, skipped) = rows("a.LazySimpleSerDe", &told, &[("skip.header.line.count", "2")]).unwrap();
        let RowFormat::Text(format) = format else { panic!("{format:?}") };
        assert_eq!(format.delimiters, [b'\t', b'|', 3, 4, 5, 6, 7, 8]);
        assert_eq!((format.escape, format.null.as_str(), skipped), (Some(b'\\'), "", 2));
        let (usual, _) = rows("a.LazySimpleSerDe", &[("serialization.format", "1")], &[]).unwrap();
        assert_eq!(usual, RowFormat::Text(TextFormat::default()));
    }

    #[test]
    fn json_is_read_as_it_was_said() {
        let told = [("ignore.malformed.json", "TRUE"), ("case.insensitive", "false"), ("mapping.Id", "ID")];
        let (format, _) = rows(OPENX, &told, &[]).unwrap();
        let RowFormat::Json(format) = format else { panic!("{format:?}") };
        assert!(format.ignore_malformed && !format.case_insensitive && format.lenient);
        assert_eq!(format.keys["id"], "ID");
    }

    #[test]
    fn what_would_be_read_wrongly_is_refused() {
        for (library, serde, table) in [
            ("a.LazySimpleSerDe", ("field.delim", "||"), ("x", "y")),
            ("a.LazySimpleSerDe", ("line.delim", ";"), ("x", "y")),
            ("a.LazySimpleSerDe", ("timestamp.formats", "dd/MM/yyyy"), ("x", "y")),
            ("a.OpenCSVSerde", ("x", "y"), ("skip.footer.line.count", "1")),
            ("a.RegexSerDe", ("x", "y"), ("x", "y")),
            ("a.ParquetHiveSerDe", ("x", "y"), ("table_type", "ICEBERG")),
        ] {
            assert!(rows(library, &[serde], &[table]).is_err(), "{library} {serde:?}");
        }
    }
}
