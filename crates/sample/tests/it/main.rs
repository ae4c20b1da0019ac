//! Tests of what this crate promises to its callers, on slices as a reader meets them.

#[cfg(test)]
mod determinism;
#[cfg(test)]
mod files;
#[cfg(test)]
mod format;
#[cfg(test)]
mod learnability;
#[cfg(test)]
mod slices;
#[cfg(test)]
mod statistics;
