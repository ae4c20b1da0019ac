//! `min_by`, `max_by`.

use std::sync::Arc;

use datafusion::{error::Result, logical_expr::AggregateUDF};

use super::extreme::{all, count, first, top};
use crate::{
    TrinoType,
    functions::define::{
        aggregate::{Gathering, Kind, Rows, aggregate},
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

fn limit(rows: &Rows) -> Result<usize> {
    if rows.columns.len() == 3 { count(rows, 2) } else { Ok(1) }
}

const LEAST: Kind = Kind::Gather(Gathering { keep: Some(|rows| top(&rows.columns[1], 1, false)), finish: first });
const GREATEST: Kind = Kind::Gather(Gathering { keep: Some(|rows| top(&rows.columns[1], 1, true)), finish: first });
const LEAST_N: Kind =
    Kind::Gather(Gathering { keep: Some(|rows| top(&rows.columns[1], limit(rows)?, false)), finish: all });
const GREATEST_N: Kind =
    Kind::Gather(Gathering { keep: Some(|rows| top(&rows.columns[1], limit(rows)?, true)), finish: all });
