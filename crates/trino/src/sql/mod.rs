//! The grammar of Trino's queries, and the planner that types them as Trino does.
