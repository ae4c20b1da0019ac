//! `hash_bucket(value, buckets)`: a stable, even division of integers, for splits and samples.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Int64Array},
    datatypes::{DataType, Int64Type},
};
use datafusion::{
    common::{ScalarValue, exec_err},
    error::Result,
    logical_expr::{ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use datafusion_macros::user_doc;

/// SQL function `hash_bucket`.
#[user_doc(
    doc_section(label = "Hashing Functions"),
    description = "Returns a bucket from 0 to `buckets` - 1 that depends on the value only: the same on every machine, \
                   in every run and version. NULL if the value is NULL.",
    syntax_example = "hash_bucket(value, buckets)",
    sql_example = "```sql\n> SELECT hash_bucket(42, 10);\n```",
    argument(name = "value", description = "Integer to place."),
    argument(name = "buckets", description = "Number of buckets, at least 1.")
)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct HashBucketFunc {
    signature: Signature,
}

impl HashBucketFunc {
    pub(crate) fn new() -> Self {
        let types = vec![DataType::Int64, DataType::Int64];
        Self { signature: Signature::exact(types, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for HashBucketFunc {
    fn name(&self) -> &'static str {
        "hash_bucket"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let values = args.args[0].to_array(rows)?;
        let buckets = args.args[1].to_array(rows)?;
        let result = hash_buckets(values.as_primitive::<Int64Type>(), buckets.as_primitive::<Int64Type>())?;
        if scalar {
            return ScalarValue::try_from_array(&result, 0).map(ColumnarValue::Scalar);
        }
        Ok(ColumnarValue::Array(result))
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.doc()
    }
}

fn hash_buckets(values: &Int64Array, buckets: &Int64Array) -> Result<ArrayRef> {
    let mut result = Int64Array::builder(values.len());
    for (value, buckets) in values.iter().zip(buckets) {
        match (value, buckets) {
            (Some(_), Some(buckets)) if buckets < 1 => {
                return exec_err!("hash_bucket needs at least 1 bucket, got {buckets}");
            }
            (Some(value), Some(buckets)) => {
                let bucket = split_mix(value.cast_unsigned()) % buckets.cast_unsigned();
                result.append_value(bucket.cast_signed());
            }
            _ => result.append_null(),
        }
    }
    Ok(Arc::new(result.finish()))
}

/// The output function of `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
fn split_mix(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;

    use super::*;

    #[test]
    fn mixes_as_published() {
        // First outputs of SplitMix64 seeded with 1234567, from the reference implementation.
        assert_eq!(split_mix(1_234_567), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(1_234_567_u64.wrapping_add(0x9e37_79b9_7f4a_7c15)), 3_203_168_211_198_807_973);
    }

    #[test]
    fn spreads_consecutive_values_evenly() {
        let values = Int64Array::from_iter_values(0..100_000);
        let buckets = Int64Array::from_value(10, 100_000);
        let placed = hash_buckets(&values, &buckets).unwrap();
        let mut counts = [0_usize; 10];
        for bucket in placed.as_primitive::<Int64Type>().values() {
            counts[usize::try_from(*bucket).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
    }

    #[test]
    fn passes_null_and_refuses_no_buckets() {
        let placed = hash_buckets(&Int64Array::from(vec![None, Some(-1)]), &Int64Array::from(vec![Some(3), None]));
        assert_eq!(placed.unwrap().null_count(), 2);
        let error = hash_buckets(&Int64Array::from(vec![1]), &Int64Array::from(vec![0])).unwrap_err();
        assert!(error.to_string().contains("at least 1 bucket, got 0"));
    }
}
