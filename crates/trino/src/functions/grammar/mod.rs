//! Functions that stand for forms of the grammar. Their names begin with `$`, so that no query can call them.

mod compare;
mod depth;
mod interval;
mod nan;
mod nested;
mod row;
mod single;
mod store;
mod unnest;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

pub(crate) use depth::RECURSION_DEPTH;
pub(crate) use unnest::unnest_ordinals;

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    let mut all = compare::functions();
    all.extend(interval::functions());
    let rest =
        [row::row(), row::field(), row::array(), single::single(), nan::one_nan(), store::store(), depth::too_deep()];
    all.extend(rest.into_iter().chain([unnest_ordinals()]));
    all
}
