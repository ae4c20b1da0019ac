//! Types of statements, as Athena names them.

use super::{Statement, TableChange};

/// `StatementType` and `SubstatementType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) statement: &'static str,
    pub(crate) substatement: &'static str,
}

/// The types of a statement.
pub(crate) fn kind_of(statement: &Statement) -> Kind {
    let (statement, substatement) = match statement {
        Statement::Query { .. } | Statement::Execute { .. } => ("DML", "SELECT"),
        Statement::Insert { .. } => ("DML", "INSERT"),
        Statement::Unload { .. } => ("DML", "UNLOAD"),
        Statement::Explain { .. } => ("DML", "EXPLAIN"),
        Statement::CreateTableAs { .. } => ("DDL", "CREATE_TABLE_AS_SELECT"),
        Statement::CreateDatabase { .. } => ("DDL", "CREATE_DATABASE"),
        Statement::DropDatabase { .. } => ("DDL", "DROP_DATABASE"),
        Statement::CreateTable { .. } => ("DDL", "CREATE_TABLE"),
        Statement::DropTable { .. } => ("DDL", "DROP_TABLE"),
        Statement::CreateView { .. } => ("DDL", "CREATE_VIEW"),
        Statement::DropView { .. } => ("DDL", "DROP_VIEW"),
        Statement::AddPartitions { .. } => ("DDL", "ALTER_TABLE_ADD_PARTITION"),
        Statement::DropPartitions { .. } => ("DDL", "ALTER_TABLE_DROP_PARTITION"),
        Statement::AlterTable { change, .. } => ("DDL", change_kind(change)),
        Statement::SetDatabaseProperties { .. } => ("DDL", "ALTER_DATABASE_SET_DBPROPERTIES"),
        Statement::SetProperties { .. } => ("DDL", "ALTER_TABLE_SET_TBLPROPERTIES"),
        Statement::Repair { .. } => ("DDL", "MSCK_REPAIR"),
        Statement::ShowDatabases { .. } => ("UTILITY", "SHOW_DATABASES"),
        Statement::ShowTables { .. } => ("UTILITY", "SHOW_TABLES"),
        Statement::ShowViews { .. } => ("UTILITY", "SHOW_VIEWS"),
        Statement::ShowColumns { .. } => ("UTILITY", "SHOW_COLUMNS"),
        Statement::ShowPartitions { .. } => ("UTILITY", "SHOW_PARTITIONS"),
        Statement::ShowProperties { .. } => ("UTILITY", "SHOW_TABLE_PROPERTIES"),
        Statement::ShowFunctions { .. } => ("UTILITY", "SHOW_FUNCTIONS"),
        Statement::ShowCreateTable { .. } => ("UTILITY", "SHOW_CREATE_TABLE"),
        Statement::ShowCreateView { .. } => ("UTILITY", "SHOW_CREATE_VIEW"),
        Statement::Describe { .. } => ("UTILITY", "DESCRIBE_TABLE"),
        Statement::Prepare { .. } => ("UTILITY", "PREPARE"),
        Statement::Deallocate { .. } => ("UTILITY", "DEALLOCATE_PREPARE"),
        Statement::Unsupported { .. } => ("DDL", "UNSUPPORTED"),
    };
    Kind { statement, substatement }
}

fn change_kind(change: &TableChange) -> &'static str {
    match change {
        TableChange::AddColumns { .. } => "ALTER_TABLE_ADD_COLUMNS",
        TableChange::ReplaceColumns { .. } => "ALTER_TABLE_REPLACE_COLUMNS",
        TableChange::ChangeColumn { .. } => "ALTER_TABLE_CHANGE_COLUMN",
        TableChange::SetLocation { partition: None, .. } => "ALTER_TABLE_SET_LOCATION",
        TableChange::SetLocation { partition: Some(_), .. } => "ALTER_PARTITION_SET_LOCATION",
        TableChange::RenamePartition { .. } => "ALTER_TABLE_RENAME_PARTITION",
    }
}

impl Statement {
    /// Whether the result is a `.csv` file with a header: rows that the engine computed.
    pub(crate) fn is_query(&self) -> bool {
        matches!(self, Self::Query { .. } | Self::Execute { .. } | Self::ShowFunctions { .. })
    }

    /// Whether the statement changes tables or what they hold.
    pub(crate) fn changes(&self) -> bool {
        let kind = kind_of(self);
        kind.statement == "DDL" || matches!(kind.substatement, "INSERT" | "UNLOAD" | "PREPARE" | "DEALLOCATE_PREPARE")
    }
}
