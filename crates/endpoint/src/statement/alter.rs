//! `ALTER TABLE` and `ALTER DATABASE`.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::{
    ColumnPlace, PartitionSpec, Statement, TableChange, TableName, Tokens,
    create::{column, columns, text_properties},
    parse::unsupported,
};
use crate::error::QueryResult;

pub(super) fn alter_database(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let name = tokens.name()?;
    tokens.expect(&["SET", "DBPROPERTIES"])?;
    let properties = text_properties(&mut tokens)?;
    tokens.expect_end()?;
    Ok(Statement::SetDatabaseProperties { name, properties })
}

pub(super) fn alter(mut tokens: Tokens<'_>) -> QueryResult<Statement> {
    let table = tokens.table_name()?;
    let statement = if tokens.looks_like(&["PARTITION"]) {
        let partition = keys(&mut tokens)?;
        return of_partition(tokens, table, partition);
    } else if tokens.accept(&["ADD", "COLUMNS"]) {
        changed(table, TableChange::AddColumns { partition: None, columns: columns(&mut tokens)? })
    } else if tokens.accept(&["REPLACE", "COLUMNS"]) {
        changed(table, TableChange::ReplaceColumns { partition: None, columns: columns(&mut tokens)? })
    } else if tokens.accept(&["CHANGE"]) {
        changed(table, change_column(&mut tokens)?)
    } else if tokens.accept(&["SET", "LOCATION"]) {
        changed(table, TableChange::SetLocation { partition: None, location: tokens.text()? })
    } else if tokens.accept(&["ADD"]) {
        let if_not_exists = tokens.accept(&["IF", "NOT", "EXISTS"]);
        Statement::AddPartitions { table, if_not_exists, partitions: partitions(&mut tokens)? }
    } else if tokens.accept(&["DROP"]) {
        if tokens.looks_like(&["COLUMN"]) {
            return Ok(unsupported(&tokens));
        }
        let if_exists = tokens.accept(&["IF", "EXISTS"]);
        Statement::DropPartitions { table, if_exists, partitions: partitions(&mut tokens)? }
    } else if tokens.accept(&["SET", "TBLPROPERTIES"]) {
        Statement::SetProperties { table, properties: text_properties(&mut tokens)? }
    } else {
        return Ok(unsupported(&tokens));
    };
    tokens.expect_end()?;
    Ok(statement)
}

fn changed(table: TableName, change: TableChange) -> Statement {
    Statement::AlterTable { table, change: Box::new(change) }
}

/// What follows `PARTITION (key = value, …)`.
fn of_partition(mut tokens: Tokens<'_>, table: TableName, partition: PartitionSpec) -> QueryResult<Statement> {
    let change = if tokens.accept(&["ADD", "COLUMNS"]) {
        TableChange::AddColumns { partition: Some(partition), columns: columns(&mut tokens)? }
    } else if tokens.accept(&["REPLACE", "COLUMNS"]) {
        TableChange::ReplaceColumns { partition: Some(partition), columns: columns(&mut tokens)? }
    } else if tokens.accept(&["SET", "LOCATION"]) {
        TableChange::SetLocation { partition: Some(partition), location: tokens.text()? }
    } else if tokens.accept(&["RENAME", "TO"]) {
        TableChange::RenamePartition { from: partition, to: keys(&mut tokens)? }
    } else {
        return Ok(unsupported(&tokens));
    };
    tokens.expect_end()?;
    Ok(changed(table, change))
}

/// `[COLUMN] old new type [COMMENT '…'] [FIRST | AFTER other]`.
fn change_column(tokens: &mut Tokens<'_>) -> QueryResult<TableChange> {
    // A column may be called so.
    let mut ahead = tokens.clone();
    if ahead.accept(&["COLUMN"]) && ahead.name().is_ok() && ahead.name().is_ok() && ahead.type_name().is_ok() {
        tokens.expect(&["COLUMN"])?;
    }
    let old = tokens.name()?;
    let column = column(tokens)?;
    let place = if tokens.accept(&["FIRST"]) {
        Some(ColumnPlace::First)
    } else if tokens.accept(&["AFTER"]) {
        Some(ColumnPlace::After(tokens.name()?))
    } else {
        None
    };
    Ok(TableChange::ChangeColumn { old, column, place })
}

/// `PARTITION (key = value, …) [LOCATION '…'] …`.
fn partitions(tokens: &mut Tokens<'_>) -> QueryResult<Vec<PartitionSpec>> {
    let mut partitions = Vec::new();
    loop {
        let partition = keys(tokens)?;
        let location = if tokens.accept(&["LOCATION"]) { Some(tokens.text()?) } else { None };
        partitions.push(PartitionSpec { location, ..partition });
        tokens.accept_token(&Token::Comma);
        if tokens.is_at_end() {
            return Ok(partitions);
        }
    }
}

/// `PARTITION (key = value, …)`.
fn keys(tokens: &mut Tokens<'_>) -> QueryResult<PartitionSpec> {
    tokens.expect(&["PARTITION"])?;
    tokens.expect_token(&Token::LParen)?;
    let mut values = Vec::new();
    loop {
        let key = tokens.name()?;
        tokens.expect_token(&Token::Eq)?;
        values.push((key, tokens.value()?));
        if !tokens.accept_token(&Token::Comma) {
            break;
        }
    }
    tokens.expect_token(&Token::RParen)?;
    Ok(PartitionSpec { values, location: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::parse;

    fn change_of(sql: &str) -> TableChange {
        match parse(sql).unwrap() {
            Statement::AlterTable { change, .. } => *change,
            other => panic!("{sql}: {other:?}"),
        }
    }

    #[test]
    fn columns_are_added_replaced_and_changed() {
        let TableChange::AddColumns { partition: None, columns } =
            change_of("ALTER TABLE d.t ADD COLUMNS (a int COMMENT 'x', b array<struct<c:string>>)")
        else {
            panic!("no columns were added")
        };
        assert_eq!(columns.len(), 2);
        assert_eq!(columns[1].kind, "array<struct<c:string>>");
        let change = change_of("ALTER TABLE t CHANGE COLUMN column name bigint COMMENT 'y' AFTER b");
        let TableChange::ChangeColumn { old, column, place } = change else { panic!("{change:?}") };
        assert_eq!((old.as_str(), column.name.as_str(), column.kind.as_str()), ("column", "name", "bigint"));
        assert_eq!(place, Some(ColumnPlace::After("b".to_owned())));
        let change = change_of("ALTER TABLE t CHANGE a b decimal(10, 2) FIRST");
        assert!(matches!(change, TableChange::ChangeColumn { place: Some(ColumnPlace::First), .. }), "{change:?}");
        let change = change_of("ALTER TABLE t PARTITION (day = '1') REPLACE COLUMNS (a int)");
        assert!(matches!(change, TableChange::ReplaceColumns { partition: Some(_), .. }), "{change:?}");
    }

    #[test]
    fn places_and_partitions_are_changed() {
        let change = change_of("ALTER TABLE t PARTITION (day = '1', shard = 2) SET LOCATION 's3://b/x/'");
        let TableChange::SetLocation { partition: Some(partition), location } = change else { panic!("{change:?}") };
        assert_eq!((partition.values.len(), location.as_str()), (2, "s3://b/x/"));
        let change = change_of("ALTER TABLE t PARTITION (day = '1') RENAME TO PARTITION (day = '2')");
        assert!(matches!(change, TableChange::RenamePartition { .. }), "{change:?}");
        for sql in ["ALTER TABLE t SET LOCATION", "ALTER TABLE t PARTITION (a = 1) SET LOCATION 'x' y"] {
            assert!(parse(sql).is_err(), "{sql}");
        }
        let other = parse("ALTER TABLE t PARTITION (a = 1) CONCATENATE").unwrap();
        assert!(matches!(other, Statement::Unsupported { .. }), "{other:?}");
    }
}
