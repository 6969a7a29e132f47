//! Bytes that are read in order, and never past their end.

use anyhow::{Context as _, Result};

use super::UNREADABLE;

#[derive(Debug, Clone, Copy)]
pub struct Tape<'a> {
    rest: &'a [u8],
}

impl<'a> Tape<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).context(UNREADABLE)?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn array<const COUNT: usize>(&mut self) -> Result<[u8; COUNT]> {
        let (taken, rest) = self.rest.split_first_chunk().context(UNREADABLE)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub fn u8(&mut self) -> Result<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// Four bytes with the small end first, as RIFF has them.
    pub fn u32_le(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A number of so many bytes; of none it is 0.
    pub fn number(&mut self, bytes: u8) -> Result<u64> {
        let taken = self.take(bytes.min(8).into())?;
        Ok(taken.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }
}
