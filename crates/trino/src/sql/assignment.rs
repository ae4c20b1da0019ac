//! Rows on their way into the columns of a table.
//!
//! A column takes more than what becomes its type by itself: Trino writes values of every type that has a common one
//! with the column's, and looks at each value whether it fits. So a `bigint` goes into a `smallint`, and a `varchar` into a
//! `varchar(3)`, but no text into a number or a date.

use datafusion::{
    execution::SessionState,
    logical_expr::{Expr, LogicalPlan},
};

use super::{
    SqlResult,
    error::{NOWHERE, error},
    lattice::{common, is_text},
    planner::Planner,
    scope::Typed,
};
use crate::{ErrorName, TrinoType};

/// The columns of a plan, which are of these types, as columns of a table take them.
///
/// # Errors
/// `TYPE_MISMATCH`, without a place, if there are more or fewer of them, or if one takes no values of such a type.
pub fn assigned(
    state: &SessionState,
    plan: &LogicalPlan,
    types: &[TrinoType],
    columns: &[TrinoType],
) -> SqlResult<Vec<Expr>> {
    if types.len() != columns.len() || !types.iter().zip(columns).all(|(of, column)| is_taken(of, column)) {
        let message = format!(
            "Insert query has mismatched column types: Table: [{}], Query: [{}]",
            listed(columns),
            listed(types)
        );
        return error(ErrorName::TypeMismatch, NOWHERE, message);
    }
    let planner = Planner::of_no_text(state);
    let values = plan.schema().columns().into_iter().zip(types);
    let values = values.map(|(column, of)| Typed::new(Expr::Column(column), of.clone(), NOWHERE));
    values.zip(columns).map(|(value, column)| Ok(planner.assigned(value, column)?.expr)).collect()
}

fn is_taken(of: &TrinoType, column: &TrinoType) -> bool {
    is_text(of) && is_text(column) || common(of, column).is_some()
}

fn listed(types: &[TrinoType]) -> String {
    types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Planner<'_> {
    /// A value as a column takes it.
    fn assigned(&self, value: Typed, column: &TrinoType) -> SqlResult<Typed> {
        if is_text(&value.of) && matches!(column, TrinoType::Varchar(Some(_)) | TrinoType::Char(_)) {
            return self.stored(value, column);
        }
        if common(&value.of, column).as_ref() == Some(column) {
            return self.coerce(value, column);
        }
        self.cast_as(value, column)
    }
}
