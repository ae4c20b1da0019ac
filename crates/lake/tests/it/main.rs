//! The lake's promises to readers and writers, on a local disk.

#[cfg(test)]
mod candidates;
#[cfg(test)]
mod commits;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod partitions;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod vacuum;
