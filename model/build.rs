//! Tells the linker where libtorch stands, so that the binary and the tests run without `LD_LIBRARY_PATH`.
//!
//! `LIBTORCH` is the same variable that `torch-sys` builds against. Without it libtorch comes from the system's
//! library path and nothing needs to be added.

#![expect(clippy::disallowed_methods, reason = "a build script is configured by its environment")]

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-env-changed=LIBTORCH");
    println!("cargo::rerun-if-changed=build.rs");
    let mut version = "2.13.0".to_owned();
    if let Some(root) = env::var_os("LIBTORCH") {
        let root = Path::new(&root);
        let libraries = root.join("lib");
        println!("cargo::rustc-link-arg=-Wl,-rpath,{}", libraries.display());
        link_cuda(&libraries);
        if let Ok(text) = fs::read_to_string(root.join("build-version")) {
            version = text.trim().to_owned();
        }
    }
    println!("cargo::rustc-env=SEGUE_LIBTORCH_VERSION={version}");
}

/// Keeps the CUDA half of libtorch linked where there is one: it registers its kernels when it is loaded, and a linker
/// that drops libraries without a referenced symbol would leave a binary that sees no GPU.
fn link_cuda(libraries: &Path) {
    if libraries.join("libtorch_cuda.so").exists() {
        println!("cargo::rustc-link-arg=-L{}", libraries.display());
        println!("cargo::rustc-link-arg=-Wl,--push-state,--no-as-needed,-ltorch_cuda,--pop-state");
    }
}
