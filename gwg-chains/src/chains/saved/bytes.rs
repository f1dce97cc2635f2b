//! Numbers in little-endian order.

use super::RestoreError;
use gwg_core::{Real, Symbol};

/// Writes numbers.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn u32(&mut self, n: u32) {
        self.0.extend(n.to_le_bytes());
    }

    pub(super) fn u64(&mut self, n: u64) {
        self.0.extend(n.to_le_bytes());
    }

    pub(super) fn u128(&mut self, n: u128) {
        self.0.extend(n.to_le_bytes());
    }

    pub(super) fn f64(&mut self, n: f64) {
        self.u64(n.to_bits());
    }

    /// A number in its own precision.
    pub(super) fn real<R: Real>(&mut self, n: R) {
        if size_of::<R>() == size_of::<f32>() {
            self.u32((n.to_f64() as f32).to_bits());
        } else {
            self.f64(n.to_f64());
        }
    }

    /// A symbol in its own width.
    pub(super) fn symbol<S: Symbol>(&mut self, symbol: S) {
        let bytes = symbol.widen().to_le_bytes();
        self.0.extend(&bytes[..size_of::<S>()]);
    }
}

/// Reads them again.
pub(super) struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn short() -> RestoreError {
        let what = "they end early";
        RestoreError::Damaged { what }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], RestoreError> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or_else(Self::short)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn u32(&mut self) -> Result<u32, RestoreError> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, RestoreError> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn u128(&mut self) -> Result<u128, RestoreError> {
        self.take().map(u128::from_le_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64, RestoreError> {
        self.u64().map(f64::from_bits)
    }

    pub(super) fn real<R: Real>(&mut self) -> Result<R, RestoreError> {
        if size_of::<R>() == size_of::<f32>() {
            let n = f32::from_bits(self.u32()?);
            Ok(R::from_f64(f64::from(n)))
        } else {
            self.f64().map(R::from_f64)
        }
    }

    pub(super) fn symbol<S: Symbol>(&mut self) -> Result<S, RestoreError> {
        if size_of::<S>() == 1 {
            let [symbol] = self.take()?;
            Ok(S::narrow(u16::from(symbol)))
        } else {
            self.take().map(u16::from_le_bytes).map(S::narrow)
        }
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<(), RestoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let what = "they are longer than they should be";
        Err(RestoreError::Damaged { what })
    }
}
