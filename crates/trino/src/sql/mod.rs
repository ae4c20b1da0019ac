//! The grammar of Trino's queries, and the planner that types them as Trino does.
//!
//! ```text
//! text ─ Tokenizer ─ tokens ─ Parser with TrinoDialect ─ tree ─ Planner ─ LogicalPlan of DataFusion
//!                                                               │
//!                                        names (Env), types (Typed, lattice), functions `trino$…`
//! ```
//!
//! DataFusion's own planner has names and types of its own, so this one goes from the tree to a logical plan by itself.
//! Each expression gets its type of Trino's as soon as it is planned: what does not fit is refused with the place of
//! its text, what fits after an implicit conversion is converted here, and DataFusion's coercion has nothing to decide
//! any more. Comparisons, joins, sorting, sets and grouping are DataFusion's own nodes, so that pruning, pushdown and
//! the executors treat them as ever; what computes is a function of [`crate::functions`].

mod assignment;
mod decorrelate;
mod dialect;
mod error;
mod expr;
mod group;
mod information_schema;
mod json;
mod lattice;
mod parse;
mod planner;
mod query;
mod recursive;
mod relation;
mod reserved;
mod scope;
mod select;
mod sets;
mod statements;
mod table_function;
mod tokens;
mod unnest;
mod window;

pub use assignment::assigned;
pub use dialect::TrinoDialect;
pub use error::{SqlError, SqlResult};
pub use expr::{BUILT_IN, OwnFunctions};
pub use information_schema::{ColumnDescription, DescribeTables, TableDescription, TableDescriptions, constant_rows};
pub use parse::parse;
pub use planner::{Planned, plan};
pub use statements::statements;
