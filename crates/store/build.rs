//! Rebuilds the crate when a migration file is added: the macro that embeds them notices only files that it has seen.

fn main() {
    println!("cargo:rerun-if-changed=../../sql/migrations");
}
