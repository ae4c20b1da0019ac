//! How far words are from each other, and checks of their letters and digits.

use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, functions::scalar::Call};

fn bad(message: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

pub(super) fn hamming(call: &Call) -> Result<ArrayRef> {
    call.map2::<StringArray, StringArray, _, Int64Array>(|left, right| {
        if left.chars().count() != right.chars().count() {
            return Err(bad("The input strings to hamming_distance function must have the same length"));
        }
        Ok(i64::try_from(left.chars().zip(right.chars()).filter(|(a, b)| a != b).count()).ok())
    })
}

/// The most that the product of both lengths may be.
const LARGEST: usize = 1_000_000;

pub(super) fn levenshtein(call: &Call) -> Result<ArrayRef> {
    call.map2::<StringArray, StringArray, _, Int64Array>(|left, right| {
        let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
        if left.len() * right.len() > LARGEST {
            return Err(bad("The combined inputs for Levenshtein distance are too large"));
        }
        let mut row: Vec<usize> = (0..=right.len()).collect();
        for (i, a) in left.iter().enumerate() {
            let mut diagonal = row[0];
            row[0] = i + 1;
            for (j, b) in right.iter().enumerate() {
                let changed = diagonal + usize::from(a != b);
                diagonal = row[j + 1];
                row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
            }
        }
        Ok(row.last().and_then(|edits| i64::try_from(*edits).ok()))
    })
}

/// American Soundex: H and W do not part letters of one code, vowels do.
pub(super) fn soundex(call: &Call) -> Result<ArrayRef> {
    call.map1::<StringArray, _, StringArray>(|text| {
        let letters: Vec<char> = text.chars().filter(|letter| letter.is_alphabetic()).collect();
        let Some(first) = letters.first() else { return Ok(Some(String::new())) };
        if !letters.iter().all(char::is_ascii) {
            return Err(bad("soundex takes letters from A to Z only"));
        }
        let mut code = first.to_ascii_uppercase().to_string();
        let mut last = digit(*first);
        for letter in &letters[1..] {
            let next = digit(*letter);
            if next.is_some() && next != last && code.len() < 4 {
                code.extend(next);
            }
            if !matches!(letter.to_ascii_uppercase(), 'H' | 'W') {
                last = next;
            }
        }
        Ok(Some(format!("{code:0<4}")))
    })
}

fn digit(letter: char) -> Option<char> {
    match letter.to_ascii_uppercase() {
        'B' | 'F' | 'P' | 'V' => Some('1'),
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => Some('2'),
        'D' | 'T' => Some('3'),
        'L' => Some('4'),
        'M' | 'N' => Some('5'),
        'R' => Some('6'),
        _ => None,
    }
}

pub(super) fn luhn_check(call: &Call) -> Result<ArrayRef> {
    call.map1::<StringArray, _, BooleanArray>(|text| {
        let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(10)).collect();
        let digits = digits.filter(|digits| !digits.is_empty()).ok_or_else(|| bad("luhn_check takes digits only"))?;
        let twice = |(at, digit): (usize, &u32)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { *digit };
        Ok(Some(digits.iter().rev().enumerate().map(twice).sum::<u32>() % 10 == 0))
    })
}
