//! Reading back the lines of a file and its archives.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
};

use super::{RollingSettings, Spot, archives, decoder};
use crate::{fs, layout::Compression};

/// How often the archives are listed anew because one was compressed meanwhile.
const ATTEMPTS: usize = 4;

/// Shows the lines from a spot on; the caller holds the lock, in whose file stands `number`.
pub(super) fn lines(
    settings: &RollingSettings,
    spot: Spot,
    number: u64,
    each: &mut dyn FnMut(&[u8]),
) -> io::Result<()> {
    let RollingSettings { dir, file, .. } = settings;
    // Where the lock file was lost, its number began anew: everything is looked at.
    let spot = if number < spot.number { Spot::default() } else { spot };
    // Of no other file than that of the spot a part is left out. The archive that it became is the
    // one with the next number, even if whoever rotated it died before he wrote that number down.
    let mut shown = spot.number;
    let mut skip = spot.offset;
    let mut attempt = 1;
    loop {
        let (found, _) = archives::list(dir, &file.name)?;
        let next = found.iter().find(|found| found.archive.seq() > shown && found.is_file);
        let Some(next) = next else { break };
        let seq = next.archive.seq();
        if seq != spot.number + 1 {
            skip = 0;
        }
        let stored = match fs::open_read(&dir.join(&next.name)) {
            Ok(stored) => stored,
            Err(error) if error.kind() == io::ErrorKind::NotFound && attempt < ATTEMPTS => {
                attempt += 1;
                continue;
            }
            Err(error) => return Err(error),
        };
        if next.archive.compression() == Compression::None {
            plain(stored, skip, each)?;
        } else {
            // Which lines it begins with cannot be told without unpacking it.
            split(decoder(next.archive.compression(), BufReader::new(stored))?, each)?;
        }
        (shown, skip) = (seq, 0);
    }
    if number != spot.number {
        skip = 0;
    }
    match fs::open_read(&dir.join(&file.name)) {
        Ok(active) => plain(active, skip, each),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Shows the lines of a file from an offset on; all where it is shorter, as it is another file.
fn plain(mut file: File, skip: u64, each: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    if skip <= file.metadata()?.len() {
        file.seek(SeekFrom::Start(skip))?;
    }
    split(file, each)
}

fn split(bytes: impl Read, each: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut reader = BufReader::new(bytes);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        each(&line);
        line.clear();
    }
    Ok(())
}
