//! `word_stem`.

use arrow::array::{ArrayRef, StringArray};
use datafusion::error::Result;
use rust_stemmers::{Algorithm, Stemmer};

use crate::{ErrorName, functions::scalar::Call};

/// Snowball's algorithm for a language. Trino's for German writes `ae` as `ä` before, which this one does not.
fn algorithm(language: &str) -> Result<Algorithm> {
    Ok(match language {
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nl" => Algorithm::Dutch,
        "no" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "tr" => Algorithm::Turkish,
        "ca" | "eu" | "hy" | "ir" | "lt" => {
            return Err(ErrorName::NotSupported.error(format!("word_stem has no stems of the language '{language}'")));
        }
        _ => return Err(ErrorName::InvalidFunctionArgument.error(format!("Unknown stemmer language: {language}"))),
    })
}

pub(super) fn word_stem(call: &Call) -> Result<ArrayRef> {
    let words = call.column::<StringArray>(0)?;
    if call.len() == 1 {
        let stemmer = Stemmer::create(Algorithm::English);
        return call.collect::<_, StringArray>(|row| Ok(words.get(row).map(|word| stemmer.stem(word).into_owned())));
    }
    let languages = call.column::<StringArray>(1)?;
    call.collect::<_, StringArray>(|row| {
        let Some((word, language)) = words.get(row).zip(languages.get(row)) else { return Ok(None) };
        Ok(Some(Stemmer::create(algorithm(language)?).stem(word).into_owned()))
    })
}
