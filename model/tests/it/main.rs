//! The model crate on small lakes of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod als;
mod artefact;
mod attributes;
mod binary;
mod blend;
mod challenge;
mod encrypted;
mod end_to_end;
mod export;
mod fixture;
mod grpc;
mod interrupted;
mod leakage;
mod leave_one_out;
mod lineage;
mod network;
mod pushed;
mod ranking;
mod serving;
mod training;
