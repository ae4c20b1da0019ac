//! Statements: what kind a text is, and Athena's DDL, which is Hive's and not the engine's.
//!
//! A text is cut into tokens, comments left out. Its first words tell what it is: queries go to the engine's parser, all
//! else is read here by descent.

mod alter;
mod create;
mod explain;
mod kind;
#[cfg(test)]
mod mutations;
mod parse;
mod show;
mod tokens;
mod writes;

pub(crate) use explain::{Explained, PlanFormat};
pub(crate) use kind::kind_of;
pub(crate) use parse::parse;
pub(crate) use tokens::{Tokens, offset_of, offsets_of};

use std::collections::BTreeMap;

use athena::glue::{Column, TableInput};

/// Name of a table, with its database if that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableName {
    pub(crate) database: Option<String>,
    pub(crate) table: String,
}

/// Properties in the order of their names.
pub(crate) type Properties = BTreeMap<String, Property>;

/// The value of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Property {
    Text(String),
    List(Vec<String>),
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Statement {
    /// `SELECT`, `WITH`, `VALUES`, `TABLE`: the text is the engine's to parse.
    Query {
        sql: String,
    },
    /// `INSERT INTO`: columns and the query, or values.
    Insert {
        table: TableName,
        columns: Vec<String>,
        query: String,
    },
    CreateTableAs {
        table: TableName,
        if_not_exists: bool,
        properties: Properties,
        query: String,
        with_data: bool,
    },
    Unload {
        query: String,
        location: String,
        properties: Properties,
    },
    Explain {
        what: Explained,
        query: String,
    },
    CreateDatabase {
        name: String,
        if_not_exists: bool,
        comment: Option<String>,
        location: Option<String>,
        properties: BTreeMap<String, String>,
    },
    DropDatabase {
        name: String,
        if_exists: bool,
        cascade: bool,
    },
    CreateTable {
        database: Option<String>,
        if_not_exists: bool,
        input: Box<TableInput>,
    },
    DropTable {
        table: TableName,
        if_exists: bool,
    },
    CreateView {
        view: TableName,
        or_replace: bool,
        query: String,
    },
    DropView {
        view: TableName,
        if_exists: bool,
    },
    AddPartitions {
        table: TableName,
        if_not_exists: bool,
        partitions: Vec<PartitionSpec>,
    },
    DropPartitions {
        table: TableName,
        if_exists: bool,
        partitions: Vec<PartitionSpec>,
    },
    /// `ALTER TABLE` of columns, places and names.
    AlterTable {
        table: TableName,
        change: Box<TableChange>,
    },
    SetDatabaseProperties {
        name: String,
        properties: BTreeMap<String, String>,
    },
    SetProperties {
        table: TableName,
        properties: BTreeMap<String, String>,
    },
    Repair {
        table: TableName,
    },
    ShowDatabases {
        like: Option<String>,
    },
    ShowTables {
        database: Option<String>,
        like: Option<String>,
    },
    ShowViews {
        database: Option<String>,
        like: Option<String>,
    },
    ShowColumns {
        table: TableName,
    },
    ShowPartitions {
        table: TableName,
    },
    ShowProperties {
        table: TableName,
        property: Option<String>,
    },
    ShowFunctions {
        like: Option<String>,
    },
    ShowCreateTable {
        table: TableName,
    },
    ShowCreateView {
        view: TableName,
    },
    Describe {
        table: TableName,
    },
    Prepare {
        name: String,
        query: String,
    },
    Execute {
        name: String,
        arguments: Vec<String>,
    },
    Deallocate {
        name: String,
    },
    /// A statement of Athena's that is not done here.
    Unsupported {
        what: String,
        line: u64,
        column: u64,
    },
}

/// Values of partition keys, and where the partition is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartitionSpec {
    pub(crate) values: Vec<(String, String)>,
    pub(crate) location: Option<String>,
}

/// What changes of a table, or of one of its partitions if that is said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TableChange {
    AddColumns { partition: Option<PartitionSpec>, columns: Vec<Column> },
    ReplaceColumns { partition: Option<PartitionSpec>, columns: Vec<Column> },
    ChangeColumn { old: String, column: Column, place: Option<ColumnPlace> },
    SetLocation { partition: Option<PartitionSpec>, location: String },
    RenamePartition { from: PartitionSpec, to: PartitionSpec },
}

/// Where a column goes that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ColumnPlace {
    First,
    After(String),
}
