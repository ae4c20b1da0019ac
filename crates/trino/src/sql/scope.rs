//! What the names of a query stand for.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::{Field, FieldRef},
    common::{Column, DFSchema},
    logical_expr::{Expr, LogicalPlan},
};

use super::error::Place;
use crate::TrinoType;

/// An expression with its type.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) of: TrinoType,
    pub(super) field: FieldRef,
    pub(super) at: Place,
    /// Whether it is a part of a stored column, so that missing rows have missing fields.
    pub(super) is_stored: bool,
}

impl Typed {
    pub(super) fn new(expr: Expr, of: TrinoType, at: Place) -> Self {
        let field = of.field("value", true);
        Self { expr, of, field, at, is_stored: false }
    }

    pub(super) fn with_field(expr: Expr, field: FieldRef, at: Place) -> Self {
        Self { expr, of: TrinoType::of_field(&field), field, at, is_stored: false }
    }

    /// The same value, said to be of a type that looks alike.
    pub(super) fn named(mut self, of: TrinoType) -> Self {
        let metadata = of.field("value", true).metadata().clone();
        self.field = Arc::new(self.field.as_ref().clone().with_metadata(metadata));
        self.of = of;
        self
    }

    /// The expression, with its type said where the engine would lose it.
    pub(super) fn output(self, name: &str) -> Expr {
        use datafusion::common::metadata::FieldMetadata;
        let wanted = self.of.field(name, true);
        let is_said = self.field.metadata() == wanted.metadata();
        let bare = matches!(&self.expr, Expr::Column(column) if column.name == name);
        match (bare, is_said && matches!(self.expr, Expr::Column(_))) {
            (true, true) => self.expr,
            (_, true) => self.expr.alias(name),
            _ => self.expr.alias_with_metadata(name, Some(FieldMetadata::from(wanted.as_ref()))),
        }
    }
}

/// A column that a name may stand for.
#[derive(Debug, Clone)]
pub(super) struct ScopeField {
    /// Names of catalog, schema and table, or the alias; empty if there is none.
    pub(super) relation: Vec<String>,
    /// In lower case; `None` if it has no name.
    pub(super) name: Option<String>,
    pub(super) column: Column,
    pub(super) of: TrinoType,
    pub(super) field: FieldRef,
    pub(super) is_stored: bool,
}

impl ScopeField {
    fn is_called(&self, relation: &[String], name: &str) -> bool {
        self.name.as_deref() == Some(name) && self.relation.ends_with(relation)
    }

    pub(super) fn typed(&self, at: Place) -> Typed {
        let mut typed = Typed::with_field(Expr::Column(self.column.clone()), Arc::clone(&self.field), at);
        typed.of = self.of.clone();
        typed.is_stored = self.is_stored;
        typed
    }
}

/// A plan and what its columns are called.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) plan: LogicalPlan,
    pub(super) fields: Vec<ScopeField>,
}

impl Relation {
    /// All columns of a plan, with names.
    pub(super) fn new(plan: LogicalPlan, relation: &[String], names: Vec<Option<String>>, is_stored: bool) -> Self {
        let columns = plan.schema().columns();
        let fields =
            columns.into_iter().zip(names).zip(plan.schema().fields()).map(|((column, name), field)| ScopeField {
                relation: relation.to_vec(),
                name,
                column,
                of: TrinoType::of_field(field),
                field: Arc::clone(field),
                is_stored,
            });
        Self { fields: fields.collect(), plan }
    }
}

/// The names that an expression sees.
#[derive(Debug, Clone, Copy)]
pub(super) struct Env<'e> {
    /// Columns of the query's own FROM.
    pub(super) fields: &'e [ScopeField],
    /// Aliases of SELECT, before columns, in ORDER BY.
    pub(super) aliases: &'e [(String, Typed)],
    /// Parameters of lambdas around, the innermost last.
    pub(super) parameters: &'e [ScopeField],
    /// The query around.
    pub(super) outer: Option<&'e Env<'e>>,
    /// Definitions of WINDOW.
    pub(super) windows: &'e [(String, datafusion::sql::sqlparser::ast::WindowSpec)],
}

pub(super) const NO_NAMES: Env<'static> = Env { fields: &[], aliases: &[], parameters: &[], outer: None, windows: &[] };

/// What was found for a name.
pub(super) enum Found {
    One(Typed),
    Many,
    None,
}

impl Env<'_> {
    /// Looks for `relation.name`.
    pub(super) fn find(&self, relation: &[String], name: &str, at: Place) -> Found {
        if relation.is_empty() {
            if let Some(found) = self.parameters.iter().rev().find(|field| field.is_called(relation, name)) {
                return Found::One(found.typed(at));
            }
            let mut named = self.aliases.iter().filter(|(alias, _)| alias == name);
            if let Some((_, first)) = named.next() {
                if named.any(|(_, other)| other.expr != first.expr) {
                    return Found::Many;
                }
                return Found::One(Typed { at, ..first.clone() });
            }
        }
        let mut fields = self.fields.iter().filter(|field| field.is_called(relation, name));
        match (fields.next(), fields.next()) {
            (Some(_), Some(_)) => Found::Many,
            (Some(field), None) => Found::One(field.typed(at)),
            (None, _) => match self.outer.map(|outer| outer.find(relation, name, at)) {
                Some(Found::One(typed)) => Found::One(outer_reference(typed)),
                Some(found) => found,
                None => Found::None,
            },
        }
    }

    /// The columns that expressions may be of, for typing by the engine.
    pub(super) fn schema(&self) -> datafusion::error::Result<DFSchema> {
        let all = self.fields.iter().chain(self.parameters);
        let fields: Vec<(Option<_>, Arc<Field>)> = all
            .map(|field| {
                let named = field.field.as_ref().clone().with_name(&field.column.name);
                (field.column.relation.clone(), Arc::new(named))
            })
            .collect();
        DFSchema::new_with_metadata(fields, std::collections::HashMap::new())
    }
}

/// A column of the query around.
fn outer_reference(typed: Typed) -> Typed {
    match typed.expr {
        Expr::Column(column) => {
            let expr = Expr::OuterReferenceColumn(Arc::clone(&typed.field), column);
            Typed { expr, ..typed }
        }
        _ => typed,
    }
}
