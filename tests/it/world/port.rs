//! Free ports.
//!
//! They lie below those that the kernel hands out to clients, so that none of the many
//! connections of a run can take one between our look and the server's start.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

const FIRST: u16 = 15_000;
const SPAN: u16 = 15_000;

/// A port that nobody listens at, and that is given to nobody else in this run.
pub fn free() -> u16 {
    static STEPS: AtomicU16 = AtomicU16::new(0);
    // Runs beside this one begin somewhere else.
    let begin = (std::process::id() % 97) as u16 * (SPAN / 97);
    loop {
        let step = STEPS.fetch_add(1, Ordering::Relaxed);
        assert!(step < SPAN, "no port is free");
        let port = FIRST + (begin + step) % SPAN;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
