//! What the names of a query stand for.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::{DataType, Field, FieldRef},
    common::{
        Column, DFSchema,
        tree_node::{Transformed, TreeNode},
    },
    logical_expr::{Expr, LogicalPlan},
};

use super::error::Place;
use crate::TrinoType;

/// An expression with its type.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) of: TrinoType,
    pub(super) at: Place,
    /// Whether it is a part of a stored column, so that missing rows have missing fields.
    pub(super) is_stored: bool,
}

impl Typed {
    pub(super) fn new(expr: Expr, of: TrinoType, at: Place) -> Self {
        Self { expr, of, at, is_stored: false }
    }

    /// The field that functions are typed by, with notes.
    pub(super) fn field(&self) -> FieldRef {
        self.of.field("value", true)
    }

    /// The same value, said to be of a type that looks alike.
    pub(super) fn named(self, of: TrinoType) -> Self {
        Self { of, ..self }
    }

    /// The expression under a name.
    pub(super) fn output(self, name: &str) -> Expr {
        match &self.expr {
            Expr::Column(column) if column.name == name => self.expr,
            _ => self.expr.alias(name),
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
    /// Arrow's type, which for what is stored may be another one than values of this type are computed in.
    pub(super) held_as: DataType,
    pub(super) is_stored: bool,
}

impl ScopeField {
    fn is_called(&self, relation: &[String], name: &str) -> bool {
        self.name.as_deref() == Some(name) && self.relation.ends_with(relation)
    }

    /// Whether it is a column of a table, such as `"$path"`, that is seen only by its name.
    pub(super) fn is_hidden(&self) -> bool {
        self.is_stored && self.name.as_ref().is_some_and(|name| name.starts_with('$'))
    }

    pub(super) fn typed(&self, at: Place) -> Typed {
        let value = Typed::new(Expr::Column(self.column.clone()), self.of.clone(), at);
        Typed { is_stored: self.is_stored, ..value }
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
                held_as: field.data_type().clone(),
                is_stored,
            });
        Self { fields: fields.collect(), plan }
    }

    /// The same without columns that are seen only by their names.
    pub(super) fn visible(mut self) -> Self {
        self.fields.retain(|field| !field.is_hidden());
        self
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
                Some(Found::One(typed)) => Found::One(self.outer_reference(typed)),
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
                let named = Field::new(&field.column.name, field.held_as.clone(), true);
                (field.column.relation.clone(), Arc::new(named))
            })
            .collect();
        DFSchema::new_with_metadata(fields, std::collections::HashMap::new())
    }

    /// A column of the query around.
    fn outer_reference(&self, typed: Typed) -> Typed {
        match (typed.expr, self.outer) {
            (Expr::Column(column), Some(outer)) => {
                let expr = outer.reference(column, &typed.of);
                Typed { expr, ..typed }
            }
            (expr, _) => Typed { expr, ..typed },
        }
    }

    /// A value of this query's rows, as a query within it refers to it.
    pub(super) fn referred(&self, value: &Typed) -> datafusion::error::Result<Expr> {
        let done = value.expr.clone().transform_up(|expr| match expr {
            Expr::Column(column) => {
                let of = self.fields.iter().find(|field| field.column == column).map(|field| field.of.clone());
                Ok(Transformed::yes(self.reference(column, of.as_ref().unwrap_or(&value.of))))
            }
            other => Ok(Transformed::no(other)),
        })?;
        Ok(done.data)
    }

    /// A reference to a column of this query or of one around it.
    fn reference(&self, column: Column, of: &TrinoType) -> Expr {
        let mut around = Some(self);
        let mut held_as = of.data_type();
        while let Some(env) = around {
            if let Some(field) = env.fields.iter().find(|field| field.column == column) {
                held_as = field.held_as.clone();
                break;
            }
            around = env.outer;
        }
        let field = Arc::new(Field::new(&column.name, held_as, true));
        Expr::OuterReferenceColumn(field, column)
    }
}
