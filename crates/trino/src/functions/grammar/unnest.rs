//! The numbers of the rows that UNNEST yields.

use std::sync::Arc;

use arrow::{
    array::{Array, Int64Array, ListArray},
    buffer::OffsetBuffer,
    datatypes::{DataType, Field},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use crate::{
    TrinoType,
    functions::define::{Arguments, Call, define},
};

/// From lists the list 1, 2 and so on to the length of the longest; a list that is NULL is empty.
pub(crate) fn unnest_ordinals() -> Arc<ScalarUDF> {
    let typing = |_: &Arguments<'_>| Ok(Some(TrinoType::Array(Box::new(TrinoType::Bigint))));
    define("$ordinals", typing, |call: &Call| {
        let lists = (0..call.len()).map(|at| call.lists(at)).collect::<Result<Vec<_>>>()?;
        let longest = |row: usize| {
            let lengths = lists.iter().filter(|list| list.is_valid(row)).map(|list| list.value_length(row));
            usize::try_from(lengths.max().unwrap_or(0)).unwrap_or(0)
        };
        let lengths: Vec<_> = (0..call.rows).map(longest).collect();
        let numbers = lengths.iter().flat_map(|length| 1..=i64::try_from(*length).unwrap_or(i64::MAX));
        let numbers = Int64Array::from_iter_values(numbers);
        let item = Arc::new(Field::new("item", DataType::Int64, true));
        Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), Arc::new(numbers), None)?))
    })
}
