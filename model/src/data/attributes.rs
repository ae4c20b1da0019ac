//! Attributes of tracks, such as tempo, energy and genre, joined by address.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
};

use arrow::{
    array::{Array, ArrayRef, RecordBatch, StringArray},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::Vocabulary;
use crate::{Error, Result, config::AttributesConfig};

const KEY: &str = "track_uri";

/// Attributes of the items of a vocabulary.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    /// Names of the columns, in the order of the file.
    pub names: Vec<String>,
    /// Columns of numbers, brought to mean 0 and deviation 1 over the items that have one; the others have 0. Behind a
    /// column that not all items have stands one that is 1 where it is known and 0 elsewhere. Each `[items]`.
    pub numbers: Vec<Vec<f32>>,
    /// Columns of texts.
    pub categories: Vec<Categories>,
    /// Items that have any attribute.
    pub known: usize,
}

/// One column of texts as numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categories {
    /// 0 where nothing is known, else from 1; the last stands for all rare ones, if there are any: `[items]`.
    pub codes: Vec<i64>,
    /// Number of codes, with 0.
    pub count: usize,
}

impl Attributes {
    /// Reads a Parquet file and joins it to a vocabulary. Tracks that the vocabulary does not know are passed over.
    ///
    /// # Errors
    /// [`Error::Attributes`] if it cannot be read, has no `track_uri`, a column of another kind than numbers, truth values
    /// and texts, a track twice, or no track that is known.
    pub fn load(config: &AttributesConfig, vocabulary: &Vocabulary) -> Result<Self> {
        let fail = |problem: String| Error::Attributes { path: config.file.clone(), problem };
        let file = File::open(&config.file).map_err(|error| fail(error.to_string()))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build());
        let mut table = Table::new(vocabulary.len());
        for batch in reader.map_err(|error| fail(error.to_string()))? {
            table.add(&batch.map_err(|error| fail(error.to_string()))?, vocabulary).map_err(fail)?;
        }
        let known = table.seen.iter().filter(|&&seen| seen).count();
        if known == 0 {
            return Err(fail(format!("none of its tracks is one that the model knows; expected addresses in `{KEY}`")));
        }
        let mut attributes = Self { names: table.names.clone(), numbers: Vec::new(), categories: Vec::new(), known };
        for name in &table.names {
            match table.columns.remove(name) {
                Some(Column::Numbers(values)) => attributes.numbers.append(&mut standardised(&values)),
                Some(Column::Texts(values)) => attributes.categories.push(Categories::new(&values, config.categories)),
                None => {}
            }
        }
        Ok(attributes)
    }
}

/// A column by item; missing where the file has nothing.
#[derive(Debug)]
enum Column {
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

/// What was read so far.
#[derive(Debug)]
struct Table {
    names: Vec<String>,
    columns: BTreeMap<String, Column>,
    seen: Vec<bool>,
}

impl Table {
    fn new(items: usize) -> Self {
        Self { names: Vec::new(), columns: BTreeMap::new(), seen: vec![false; items] }
    }

    fn add(&mut self, batch: &RecordBatch, vocabulary: &Vocabulary) -> Result<(), String> {
        let key = batch.column_by_name(KEY).ok_or_else(|| format!("there is no column `{KEY}`"))?;
        let uris = texts(key).ok_or_else(|| format!("column `{KEY}`: expected text, found {}", key.data_type()))?;
        let items: Vec<Option<usize>> = uris.iter().map(|uri| Some(vocabulary.item(uri?)?.index())).collect();
        for (&item, uri) in items.iter().zip(&uris) {
            if let Some(item) = item
                && std::mem::replace(&mut self.seen[item], true)
            {
                return Err(format!("track `{}` is there twice", uri.unwrap_or_default()));
            }
        }
        let schema = batch.schema();
        for (field, values) in schema.fields().iter().zip(batch.columns()).filter(|(field, _)| field.name() != KEY) {
            self.add_column(field.name(), values, &items)?;
        }
        Ok(())
    }

    fn add_column(&mut self, name: &str, values: &ArrayRef, items: &[Option<usize>]) -> Result<(), String> {
        let count = self.seen.len();
        let placed = || items.iter().enumerate().filter_map(|(row, item)| Some((row, (*item)?)));
        if !self.columns.contains_key(name) {
            self.names.push(name.to_owned());
        }
        let unfit = || {
            let found = values.data_type();
            format!("column `{name}`: expected numbers, truth values or texts, found {found}")
        };
        if let Some(texts) = texts(values) {
            let new = || Column::Texts(vec![None; count]);
            let Column::Texts(column) = self.columns.entry(name.to_owned()).or_insert_with(new) else {
                return Err(unfit());
            };
            placed().for_each(|(row, item)| column[item] = texts.is_valid(row).then(|| texts.value(row).to_owned()));
            return Ok(());
        }
        let numbers = numbers(values).ok_or_else(unfit)?;
        let new = || Column::Numbers(vec![None; count]);
        let Column::Numbers(column) = self.columns.entry(name.to_owned()).or_insert_with(new) else {
            return Err(unfit());
        };
        placed().for_each(|(row, item)| column[item] = numbers[row].filter(|number| number.is_finite()));
        Ok(())
    }
}

fn texts(values: &ArrayRef) -> Option<StringArray> {
    let is_text = match values.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => value.is_string(),
        _ => false,
    };
    let cast = is_text.then(|| cast(values, &DataType::Utf8).ok()).flatten()?;
    Some(cast.as_any().downcast_ref::<StringArray>()?.clone())
}

fn numbers(values: &ArrayRef) -> Option<Vec<Option<f64>>> {
    let fits = values.data_type().is_numeric() || *values.data_type() == DataType::Boolean;
    let cast = fits.then(|| cast(values, &DataType::Float64).ok()).flatten()?;
    Some(cast.as_any().downcast_ref::<arrow::array::PrimitiveArray<Float64Type>>()?.iter().collect())
}

/// Mean 0 and deviation 1, and where something is missing, a column that says so.
#[expect(clippy::cast_possible_truncation, reason = "features are f32")]
fn standardised(values: &[Option<f64>]) -> Vec<Vec<f32>> {
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let variance = known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / known.len().max(1) as f64;
    let scale = if variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
    let standard = values.iter().map(|value| value.map_or(0.0, |value| ((value - mean) * scale) as f32)).collect();
    let is_known = values.iter().map(|value| f32::from(u8::from(value.is_some()))).collect();
    if known.len() == values.len() { vec![standard] } else { vec![standard, is_known] }
}

impl Categories {
    /// Numbers texts by how many items have them, ties by the text.
    fn new(values: &[Option<String>], limit: usize) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        values.iter().flatten().for_each(|value| *counts.entry(value).or_default() += 1);
        let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
        order.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        let codes: HashMap<&str, i64> = order.iter().take(limit).map(|&(value, _)| value).zip(1..).collect();
        let rare = i64::try_from(codes.len() + 1).unwrap_or(i64::MAX);
        let code =
            |value: &Option<String>| value.as_deref().map_or(0, |value| codes.get(value).copied().unwrap_or(rare));
        Self { codes: values.iter().map(code).collect(), count: order.len().min(limit + 1) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_get_mean_zero_and_deviation_one() {
        assert_eq!(standardised(&[Some(1.0), Some(3.0)]), [[-1.0, 1.0]]);
        // What is missing lies in the middle, and is told.
        assert_eq!(standardised(&[Some(1.0), None, Some(3.0)]), [[-1.0, 0.0, 1.0], [1.0, 0.0, 1.0]]);
        assert_eq!(standardised(&[Some(5.0), Some(5.0)]), [[0.0, 0.0]]);
    }

    #[test]
    fn rare_texts_share_a_code() {
        let values: Vec<Option<String>> = ["rock", "pop", "rock", "", "folk"]
            .iter()
            .map(|text| (!text.is_empty()).then(|| (*text).to_owned()))
            .collect();
        assert_eq!(Categories::new(&values, 9), Categories { codes: vec![1, 3, 1, 0, 2], count: 4 });
        assert_eq!(Categories::new(&values, 1), Categories { codes: vec![1, 2, 1, 0, 2], count: 3 });
    }
}
