//! Random numbers, another for each row.

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Int64Type};
use datafusion::error::{DataFusionError, Result};
use rand::RngExt;

use crate::{
    ErrorName, TrinoType,
    functions::scalar::{Arguments, Call, Fit, fit, integer_digits},
};

/// No argument, a bound, or two bounds, of one type of integers.
pub(super) fn typing(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let types = arguments.types;
    if types.is_empty() {
        return Ok(Some(Fit { parameters: Vec::new(), result: TrinoType::Double }));
    }
    let widest = types.iter().max_by_key(|of| integer_digits(of));
    let are_integers = types.len() < 3 && types.iter().all(|of| integer_digits(of).is_some());
    Ok(widest.filter(|_| are_integers).map(|of| Fit { parameters: vec![of.clone(); types.len()], result: of.clone() }))
}

fn bad(message: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

pub(super) fn random(call: &Call) -> Result<ArrayRef> {
    let mut source = rand::rng();
    if call.len() == 0 {
        return call.collect::<_, Float64Array>(|_| Ok(Some(source.random::<f64>())));
    }
    let bounds = (0..call.len()).map(|at| fit(&call.whole(at)?, &DataType::Int64)).collect::<Result<Vec<_>>>()?;
    let bounds: Vec<&Int64Array> = bounds.iter().map(|bound| bound.as_primitive::<Int64Type>()).collect();
    let values = call.collect::<_, Int64Array>(|row| {
        let bounds: Option<Vec<i64>> = bounds.iter().map(|bound| bound.iter().nth(row).flatten()).collect();
        match bounds.as_deref() {
            Some([end]) if *end <= 0 => Err(bad("bound must be positive")),
            Some([end]) => Ok(Some(source.random_range(0..*end))),
            Some([start, end]) if end <= start => Err(bad("upper bound must be greater than lower bound")),
            Some([start, end]) => Ok(Some(source.random_range(*start..*end))),
            _ => Ok(None),
        }
    })?;
    fit(&values, &call.types.result.data_type())
}
