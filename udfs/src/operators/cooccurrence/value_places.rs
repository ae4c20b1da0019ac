//! Places of items among each other by value.

use arrow::{
    array::{Array, ArrayRef, AsArray, GenericStringArray, OffsetSizeTrait, UInt32Array},
    compute::{rank, take},
    datatypes::DataType,
};
use datafusion::error::Result;

/// The places of some of an array's values, which are distinct and not NULL, among each other, from 0.
pub(super) fn value_places(values: &ArrayRef, numbers: &[u32]) -> Result<Vec<u32>> {
    match values.data_type() {
        DataType::Utf8 => Ok(text_places(values.as_string::<i32>(), numbers)),
        DataType::LargeUtf8 => Ok(text_places(values.as_string::<i64>(), numbers)),
        _ => {
            let values = take(values, &UInt32Array::from(numbers.to_vec()), None)?;
            Ok(rank(&values, None)?.into_iter().map(|rank| rank - 1).collect())
        }
    }
}

/// As [`value_places`]. Texts are compared by eight bytes behind what all of them begin with, as URIs do, and as a whole
/// where these are the same: millions of texts lie anywhere in memory, the eight bytes of each beside its index.
fn text_places<O: OffsetSizeTrait>(texts: &GenericStringArray<O>, numbers: &[u32]) -> Vec<u32> {
    let text = |number: u32| texts.value(number as usize).as_bytes();
    let Some(first) = numbers.first().map(|number| text(*number)) else { return Vec::new() };
    let common = numbers.iter().fold(first, |common, number| &common[..common_length(common, text(*number))]).len();
    let mut order: Vec<(u64, u32)> =
        (0..).zip(numbers).map(|(index, number)| (head(&text(*number)[common..]), index)).collect();
    let whole = |index: u32| text(numbers[index as usize]);
    order.sort_unstable_by(|one, other| one.0.cmp(&other.0).then_with(|| whole(one.1).cmp(whole(other.1))));
    let mut places = vec![0; numbers.len()];
    for (place, (_, index)) in (0..).zip(order) {
        places[index as usize] = place;
    }
    places
}

/// How many bytes two texts both begin with.
fn common_length(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// The first eight bytes as a number in the order of texts; a shorter text counts as if zeros followed.
fn head(text: &[u8]) -> u64 {
    let mut head = [0; 8];
    let length = text.len().min(head.len());
    head[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{Int64Array, StringArray},
        compute::cast,
    };

    use super::*;

    #[track_caller]
    fn check(values: ArrayRef, numbers: &[u32]) {
        let places = value_places(&values, numbers).unwrap();
        let mut sorted: Vec<(u32, u32)> = places.into_iter().zip(numbers.iter().copied()).collect();
        sorted.sort_unstable();
        assert_eq!(
            sorted.iter().map(|(place, _)| *place).collect::<Vec<_>>(),
            (0..).take(numbers.len()).collect::<Vec<_>>()
        );
        let sorted = UInt32Array::from(sorted.into_iter().map(|(_, number)| number).collect::<Vec<_>>());
        let values = take(&values, &sorted, None).unwrap();
        assert_eq!(rank(&values, None).unwrap(), (1..).take(numbers.len()).collect::<Vec<_>>(), "{values:?}");
    }

    #[test]
    fn texts_stand_in_the_order_of_their_bytes() {
        // With nothing in common, and with more and less than eight bytes in common; texts that end where others go on,
        // and zeros, which a short text must not be taken for.
        let tails =
            ["", "\0", "\0\0", "a", "a\0", "a\0b", "ab", "abcdefgh", "abcdefghi", "abcdefgh\0", "b", "é", "😀", "Z"];
        for prefix in ["", "t:", "spotify:track:"] {
            let texts: StringArray = tails.iter().map(|tail| Some(format!("{prefix}{tail}"))).collect();
            let texts: ArrayRef = Arc::new(texts);
            let all: Vec<u32> = (0..14).rev().collect();
            for data_type in [DataType::Utf8, DataType::LargeUtf8] {
                let texts = cast(&texts, &data_type).unwrap();
                check(Arc::clone(&texts), &all);
                check(Arc::clone(&texts), &[8, 7, 9]);
                check(Arc::clone(&texts), &[3]);
                check(texts, &[]);
            }
        }
    }

    #[test]
    fn numbers_stand_in_their_order() {
        check(Arc::new(Int64Array::from(vec![5, -3, 12, 0, i64::MIN, i64::MAX])), &[0, 2, 1, 5, 4]);
    }
}
