//! Settings of a file as they would be written in a variable.

use std::{fmt, time::Duration};

use super::{log_file::FileSetting, size::in_bytes, span::in_words};
use crate::layout::Compression;

/// The value as it would be written in a variable.
impl fmt::Display for FileSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RotateSize(Some(bytes)) | Self::KeepBytes(Some(bytes)) => {
                f.write_str(&in_bytes(*bytes))
            }
            Self::RotateEvery(Some(every)) => write!(f, "{every}"),
            Self::RotateZone(zone) => write!(f, "{zone}"),
            Self::RotateJitter(Duration::ZERO)
            | Self::CompressDelay(Duration::ZERO)
            | Self::Compress(Compression::None)
            | Self::RotateSize(None)
            | Self::RotateEvery(None)
            | Self::KeepFiles(None)
            | Self::KeepAge(None)
            | Self::KeepBytes(None)
            | Self::MinFree(None) => f.write_str("off"),
            Self::RotateJitter(time) | Self::CompressDelay(time) | Self::KeepAge(Some(time)) => {
                f.write_str(&in_words(*time))
            }
            Self::RotateOnStart(rotate) => write!(f, "{rotate}"),
            Self::KeepFiles(Some(count)) | Self::KeepFloor(count) => write!(f, "{count}"),
            Self::MinFree(Some(free)) => write!(f, "{free}"),
            Self::Compress(Compression::Gzip) => f.write_str("gzip"),
            Self::Compress(Compression::Zstd) => f.write_str("zstd"),
            Self::Durability(durability) => write!(f, "{durability}"),
            Self::OnFailure(on_failure) => write!(f, "{on_failure}"),
            Self::Format(format) => write!(f, "{format}"),
            Self::MaxLine(bytes) => write!(f, "{bytes}"),
            Self::FileMode(mode) => write!(f, "{mode:04o}"),
        }
    }
}
