//! `min_by`, `max_by`.

use std::sync::Arc;

use datafusion::logical_expr::AggregateUDF;

use super::extreme::{all, counts, first, one, top};
use crate::{
    TrinoType,
    functions::define::{
        aggregate::{Gathering, Kind, aggregate},
        is_integer,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![
        aggregate("min_by", typing, Kind::By(|types| if types.len() == 2 { LEAST } else { LEAST_N })),
        aggregate("max_by", typing, Kind::By(|types| if types.len() == 2 { GREATEST } else { GREATEST_N })),
    ]
}

/// `min_by(x, y)`, `max_by(x, y)`: the `x` of the row with the least or greatest `y`, NULL if that `x` is. `min_by(x,
/// y, n)`, `max_by(x, y, n)`: the array of those of n rows. Rows whose `y` is NULL are ignored, not those whose `x` is.
fn typing(types: &[TrinoType]) -> Option<TrinoType> {
    match types {
        [of, _] => Some(of.clone()),
        [of, _, count] if is_integer(count) => Some(TrinoType::Array(Box::new(of.clone()))),
        _ => None,
    }
}

const LEAST: Kind = Kind::Gather(Gathering { keep: Some(|rows| one(&rows.columns[1], false, rows)), finish: first });
const GREATEST: Kind = Kind::Gather(Gathering { keep: Some(|rows| one(&rows.columns[1], true, rows)), finish: first });
const LEAST_N: Kind =
    Kind::Gather(Gathering { keep: Some(|rows| top(&rows.columns[1], &counts(rows, 2)?, false, rows)), finish: all });
const GREATEST_N: Kind =
    Kind::Gather(Gathering { keep: Some(|rows| top(&rows.columns[1], &counts(rows, 2)?, true, rows)), finish: all });
