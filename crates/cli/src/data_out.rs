//! Standard output: a reader that goes away is no failure, and any other broken pipe is one.

use std::{
    error::Error,
    fmt,
    io::{self, Stdout, Write},
};

/// Standard output, whose broken pipe can be told from all others.
#[derive(Debug)]
pub(crate) struct DataOut(Stdout);

impl DataOut {
    pub(crate) fn new() -> Self {
        Self(io::stdout())
    }

    fn marked<T>(written: io::Result<T>) -> io::Result<T> {
        written.map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => StdoutClosed::error(),
            _ => error,
        })
    }
}

impl Write for DataOut {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        Self::marked(self.0.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        Self::marked(self.0.flush())
    }
}

/// Nobody reads standard output any more.
#[derive(Debug)]
pub(crate) struct StdoutClosed;

impl StdoutClosed {
    /// The error of a write to standard output.
    pub(crate) fn error() -> io::Error {
        io::Error::new(io::ErrorKind::BrokenPipe, Self)
    }
}

impl fmt::Display for StdoutClosed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("standard output was closed by its reader")
    }
}

impl Error for StdoutClosed {}
