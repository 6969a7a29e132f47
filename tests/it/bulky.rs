//! PDFs as large as a test wants them.
//!
//! Each has one empty page and a file attached that nothing can make smaller, so what it weighs on
//! disk it weighs everywhere.

use std::io::{self, Write};

/// A PDF of about this size; another seed gives another file.
pub fn pdf(size: u64, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_pdf(&mut bytes, size, seed).unwrap();
    bytes
}

/// Writes a PDF that is larger than this by less than a kilobyte.
pub fn write_pdf(to: impl Write, size: u64, seed: u64) -> io::Result<()> {
    let mut to = Counted { to, count: 0 };
    let mut places = Vec::new();
    to.write_all(b"%PDF-1.7\n")?;
    for (number, object) in [
        "<< /Type /Catalog /Pages 2 0 R \
         /Names << /EmbeddedFiles << /Names [(daten.bin) 4 0 R] >> >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        "<< /Type /Filespec /F (daten.bin) /EF << /F 5 0 R >> >>",
    ]
    .iter()
    .enumerate()
    {
        places.push(to.count);
        write!(to, "{} 0 obj\n{object}\nendobj\n", number + 1)?;
    }
    places.push(to.count);
    write!(to, "5 0 obj\n<< /Type /EmbeddedFile /Length {size} >>\nstream\n")?;
    noise(&mut to, size, seed)?;
    to.write_all(b"\nendstream\nendobj\n")?;

    let table = to.count;
    to.write_all(b"xref\n0 6\n0000000000 65535 f \n")?;
    for place in places {
        writeln!(to, "{place:010} 00000 n ")?;
    }
    write!(to, "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n")
}

/// So many bytes that look like chance and are always the same.
fn noise(to: &mut impl Write, size: u64, seed: u64) -> io::Result<()> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut left = size as usize;
    while left > 0 {
        let mut piece = Vec::with_capacity(64 * 1024);
        while piece.len() < 64 * 1024 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            piece.extend_from_slice(&state.to_le_bytes());
        }
        let count = left.min(piece.len());
        to.write_all(&piece[..count])?;
        left -= count;
    }
    Ok(())
}

struct Counted<W> {
    to: W,
    count: usize,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.count += count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
