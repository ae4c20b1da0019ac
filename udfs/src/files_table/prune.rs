//! Which files a query needs, by what is known of them without a look inside.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{FieldRef, Schema},
};
use datafusion::{
    catalog::Session,
    common::{DFSchema, ScalarValue},
    error::Result,
    logical_expr::Expr,
};

use super::ListedFile;

/// The files for whose values all those filters hold that are about nothing else. A filter that fails for the values of a
/// file is left to the rows, of which there may be none.
pub(super) fn prune<'f>(
    state: &dyn Session,
    of_file: &[FieldRef],
    schema: &Schema,
    files: &'f [ListedFile],
    values: impl Fn(&ListedFile) -> Result<Vec<ScalarValue>>,
    filters: &[Expr],
) -> Result<Vec<&'f ListedFile>> {
    let known: HashSet<&str> = of_file.iter().map(|field| field.name().as_str()).collect();
    let own: HashSet<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let is_about_files = |filter: &&Expr| {
        let columns = filter.column_refs();
        !columns.is_empty()
            && !filter.is_volatile()
            && columns.iter().all(|column| known.contains(column.name()) && own.contains(column.name()))
    };
    let filters: Vec<&Expr> = filters.iter().filter(is_about_files).collect();
    if filters.is_empty() || files.is_empty() {
        return Ok(files.iter().collect());
    }
    let schema = Arc::new(Schema::new(of_file.to_vec()));
    let named = DFSchema::try_from(Arc::clone(&schema))?;
    let mut columns: Vec<Vec<ScalarValue>> = vec![Vec::with_capacity(files.len()); of_file.len()];
    for file in files {
        for (column, value) in columns.iter_mut().zip(values(file)?) {
            column.push(value);
        }
    }
    let arrays = columns.into_iter().map(ScalarValue::iter_to_array).collect::<Result<Vec<_>>>()?;
    let rows = RecordBatch::try_new(schema, arrays)?;
    let mut needed = vec![true; files.len()];
    for filter in filters {
        let evaluated = state.create_physical_expr(filter.clone(), &named).and_then(|expr| expr.evaluate(&rows));
        let Ok(holds) = evaluated.and_then(|value| value.into_array(files.len())) else { continue };
        let Some(holds) = holds.as_boolean_opt() else { continue };
        for (at, needed) in needed.iter_mut().enumerate() {
            *needed &= holds.is_valid(at) && holds.value(at);
        }
    }
    Ok(files.iter().zip(needed).filter_map(|(file, needed)| needed.then_some(file)).collect())
}
