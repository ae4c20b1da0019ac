//! The model crate on small lakes of its own.

mod artefact;
mod binary;
mod blend;
mod end_to_end;
mod fixture;
mod leakage;
mod network;
mod training;
