//! The peers: which program is which, how each is set up, and their versions.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// One peer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    /// The crate that is compared, as Cargo.lock names it.
    pub(super) name: &'static str,
    /// How it is set up.
    pub(super) setup: &'static str,
    /// Whether it rotates by size.
    pub(super) sizes: bool,
    /// Whether it compresses.
    pub(super) compresses: bool,
    /// Whether it bounds the bytes of all archives.
    pub(super) bytes: bool,
    /// Whether lines can wait in a mapped file.
    pub(super) maps: bool,
}

/// All peers; the first is ours.
pub(super) const PEERS: [Peer; 7] = [
    Peer {
        name: "audit-runtime",
        setup: "profile `production` with `AUDIT_LOG_SPOOL=off`, ordinary `tracing` events into `system.log`, JSON; gzip",
        sizes: true,
        compresses: true,
        bytes: true,
        maps: true,
    },
    Peer {
        name: "tracing-appender",
        setup: "`RollingFileAppender`, daily (it has no size), `non_blocking` with `lossy(false)`, its guard dropped; JSON of `tracing-subscriber`",
        sizes: false,
        compresses: false,
        bytes: false,
        maps: false,
    },
    Peer {
        name: "logroller",
        setup: "`graceful_shutdown`, `file_mode(0o640)`, gzip, behind `non_blocking` with `lossy(false)`, its guard dropped; JSON of `tracing-subscriber`",
        sizes: true,
        compresses: true,
        bytes: false,
        maps: false,
    },
    Peer {
        name: "flexi_logger",
        setup: "`append`, `Naming::Timestamps`, write mode `Direct` (its default), its handle dropped; `json_format`; `KeepCompressedFiles` where compressed",
        sizes: true,
        compresses: true,
        bytes: false,
        maps: false,
    },
    Peer {
        name: "logforth",
        setup: "`append::File` with a fixed name, each line by its caller, flushed at the end; `JsonLayout`",
        sizes: true,
        compresses: false,
        bytes: false,
        maps: false,
    },
    Peer {
        name: "file-rotate",
        setup: "`AppendCount`, `BytesSurpassed` (whole lines; `Bytes` cuts them by design), one `write_all` a line under a mutex; text",
        sizes: true,
        compresses: true,
        bytes: false,
        maps: false,
    },
    Peer {
        name: "log4rs",
        setup: "`RollingFileAppender`, `FixedWindowRoller`, `background_rotation`, gzip; `JsonEncoder`, flushed at the end",
        sizes: true,
        compresses: true,
        bytes: false,
        maps: false,
    },
];

impl Peer {
    /// The package of its program.
    fn package(self) -> String {
        let name = if self.name == "audit-runtime" { "ours" } else { self.name };
        format!("comparison-{}", name.replace('_', "-"))
    }

    /// Where its program is.
    fn program(self) -> io::Result<PathBuf> {
        // Beside the driver, which the same cargo built.
        Ok(std::env::current_exe()?.with_file_name(self.package()))
    }

    /// Its version in `Cargo.lock`.
    pub(super) fn version(self) -> io::Result<String> {
        let lock = fs::read_to_string(workspace().join("Cargo.lock"))?;
        let name = format!("name = \"{}\"\nversion = \"", self.name);
        let version = lock.split_once(&name).and_then(|(_, rest)| rest.split_once('"'));
        let missing = || io::Error::other(format!("{} is not in Cargo.lock", self.name));
        Ok(version.ok_or_else(missing)?.0.to_owned())
    }
}

/// Builds the programs of these peers and tells where they are; one that does not build stops no
/// other.
pub(super) fn build(peers: &[Peer]) -> io::Result<Vec<io::Result<PathBuf>>> {
    if cargo(peers)? {
        return Ok(peers.iter().map(|peer| peer.program()).collect());
    }
    let one = |peer: &Peer| {
        if cargo(&[*peer])? {
            peer.program()
        } else {
            Err(io::Error::other(format!("{} does not build", peer.package())))
        }
    };
    Ok(peers.iter().map(one).collect())
}

fn cargo(peers: &[Peer]) -> io::Result<bool> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--locked", "--manifest-path"]);
    cargo.arg(workspace().join("Cargo.toml"));
    // All at once, so that what they share is compiled once.
    for peer in peers {
        cargo.args(["--package", &peer.package()]);
    }
    Ok(cargo.status()?.success())
}

/// The folder of the workspace of the benchmarks.
pub(super) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_has_a_version_and_a_program() {
        for peer in PEERS {
            assert!(peer.version().unwrap().contains('.'), "{}", peer.name);
            let folder = peer.package().replace("comparison-", "comparison/");
            assert!(workspace().join(folder).is_dir(), "{}", peer.name);
        }
    }
}
