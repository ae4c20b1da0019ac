//! Names of the operations that are answered.

/// In alphabetical order.
const KNOWN: [&str; 58] = [
    "BatchCreatePartition",
    "BatchDeletePartition",
    "BatchDeleteTable",
    "BatchGetNamedQuery",
    "BatchGetPartition",
    "BatchGetPreparedStatement",
    "BatchGetQueryExecution",
    "CreateDataCatalog",
    "CreateDatabase",
    "CreateNamedQuery",
    "CreatePartition",
    "CreatePreparedStatement",
    "CreateTable",
    "CreateWorkGroup",
    "DeleteDataCatalog",
    "DeleteDatabase",
    "DeleteNamedQuery",
    "DeletePartition",
    "DeletePreparedStatement",
    "DeleteTable",
    "DeleteTableVersion",
    "DeleteWorkGroup",
    "GetDataCatalog",
    "GetDatabase",
    "GetDatabases",
    "GetNamedQuery",
    "GetPartition",
    "GetPartitions",
    "GetPreparedStatement",
    "GetQueryExecution",
    "GetQueryResults",
    "GetQueryRuntimeStatistics",
    "GetTable",
    "GetTableMetadata",
    "GetTableVersions",
    "GetTables",
    "GetWorkGroup",
    "ListDataCatalogs",
    "ListDatabases",
    "ListEngineVersions",
    "ListNamedQueries",
    "ListPreparedStatements",
    "ListQueryExecutions",
    "ListTableMetadata",
    "ListTagsForResource",
    "ListWorkGroups",
    "SearchTables",
    "StartQueryExecution",
    "StopQueryExecution",
    "TagResource",
    "UntagResource",
    "UpdateDataCatalog",
    "UpdateDatabase",
    "UpdateNamedQuery",
    "UpdatePartition",
    "UpdatePreparedStatement",
    "UpdateTable",
    "UpdateWorkGroup",
];

/// Whether there is an operation of this name.
pub(crate) fn is_known(name: &str) -> bool {
    KNOWN.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_that_are_answered_are_known() {
        let source = include_str!("mod.rs");
        let arms = source.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" =>"));
        let answered: BTreeSet<&str> = arms.flat_map(|(names, _)| names.split("\" | \"")).collect();
        assert_eq!(answered.into_iter().collect::<Vec<_>>(), KNOWN);
    }
}
