//! `typeof`.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use datafusion::error::Result;

use crate::functions::scalar::Call;

pub(super) fn type_name(call: &Call) -> Result<ArrayRef> {
    let name = call.given[0].to_string();
    Ok(Arc::new(StringArray::from_iter_values((0..call.rows).map(|_| &name))))
}
