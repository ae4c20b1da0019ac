//! Words that are no names unless they stand in quotes, which sqlparser takes for names where nothing else fits.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, ObjectName, Query, Select, SelectItem, TableAlias, TableFactor, Visit, Visitor,
};

use super::{
    SqlResult,
    error::{error, start},
};
use crate::ErrorName;

/// The reserved words of Trino's documentation (language/reserved). Those that are values, such as
/// `current_date`, come as names from the parser and are left out.
const RESERVED: [&str; 67] = [
    "ALTER",
    "AND",
    "AS",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "CUBE",
    "DEALLOCATE",
    "DELETE",
    "DESCRIBE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXISTS",
    "EXTRACT",
    "FALSE",
    "FOR",
    "FROM",
    "FULL",
    "GROUP",
    "GROUPING",
    "HAVING",
    "IN",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LISTAGG",
    "NATURAL",
    "NORMALIZE",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "PREPARE",
    "RECURSIVE",
    "RIGHT",
    "ROLLUP",
    "SELECT",
    "SKIP",
    "TABLE",
    "THEN",
    "TRIM",
    "TRUE",
    "UESCAPE",
    "UNION",
    "UNNEST",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WITH",
    "JSON_EXISTS",
    "JSON_TABLE",
];

/// # Errors
/// `SYNTAX_ERROR` with the place of the first reserved word that stands where a name does.
pub(super) fn refuse_as_names(query: &Query) -> SqlResult<()> {
    let mut names = Names::default();
    let _ = query.visit(&mut names);
    match names.reserved.into_iter().min_by_key(|ident| ident.span.start) {
        Some(ident) => {
            let message = format!("mismatched input '{}'. Expecting: <identifier>", ident.value);
            error(ErrorName::SyntaxError, start(ident.span), message)
        }
        None => Ok(()),
    }
}

/// Looks at all names, in whatever order the tree has them.
#[derive(Default)]
struct Names {
    reserved: Vec<Ident>,
}

impl Names {
    fn look(&mut self, ident: &Ident) {
        let is_reserved = RESERVED.iter().any(|word| ident.value.eq_ignore_ascii_case(word));
        if is_reserved && ident.quote_style.is_none() {
            self.reserved.push(ident.clone());
        }
    }

    fn look_in(&mut self, alias: &TableAlias) {
        self.look(&alias.name);
        alias.columns.iter().for_each(|column| self.look(&column.name));
    }
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        query.with.iter().flat_map(|with| &with.cte_tables).for_each(|table| self.look_in(&table.alias));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for item in &select.projection {
            if let SelectItem::ExprWithAlias { alias, .. } = item {
                self.look(alias);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        relation.0.iter().filter_map(|part| part.as_ident()).for_each(|ident| self.look(ident));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::TableFunction { alias, .. }
        | TableFactor::UNNEST { alias, .. }
        | TableFactor::NestedJoin { alias, .. } = factor
        {
            alias.iter().for_each(|alias| self.look_in(alias));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(ident) => self.look(ident),
            Expr::CompoundIdentifier(idents) => idents.iter().for_each(|ident| self.look(ident)),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
