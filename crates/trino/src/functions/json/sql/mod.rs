//! `json_exists`, `json_value`, `json_query`, `json_array`, `json_object`, with the path language of the SQL standard
//! (ISO/IEC 9075-2:2016, 9.46) as far as Trino has it: no `like_regex` and no `datetime()`.

mod compare;
mod construct;
mod eval;
mod lexer;
mod method;
mod parse;
mod path;
mod query;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    [construct::functions(), query::functions()].concat()
}
