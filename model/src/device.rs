//! Where tensors are computed.

use std::fmt;

use tch::{Cuda, Device};

use crate::{Error, Result};

/// The device that the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DeviceChoice {
    /// The processor.
    Cpu,
    /// The first CUDA device; fails where there is none.
    Cuda,
    /// The first CUDA device where there is one, else the processor.
    #[default]
    Auto,
}

impl DeviceChoice {
    /// Finds the device.
    ///
    /// # Errors
    /// [`Error::Configuration`] if a CUDA device is asked for and libtorch sees none.
    pub fn resolve(self) -> Result<Device> {
        match self {
            Self::Cpu => Ok(Device::Cpu),
            Self::Auto => Ok(Device::cuda_if_available()),
            Self::Cuda if Cuda::is_available() => Ok(Device::Cuda(0)),
            Self::Cuda => Err(Error::setting(
                "device",
                "libtorch sees no CUDA device; use cpu or auto, or build against a libtorch with CUDA",
            )),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Auto => "auto",
        })
    }
}
