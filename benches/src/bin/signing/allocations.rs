//! Counts heap allocations of the calling thread.
//!
//! A claim such as "a warm verifier allocates nothing" can only be measured from inside the
//! allocator, and the allocator's interface is unsafe by nature. This module is therefore the one
//! place in the project with `unsafe`, and it ships in no product: it forwards every call unchanged
//! to the system's allocator and adds one to a counter.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use anyhow::Result;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// How often `work` allocated or grew memory on this thread.
pub(crate) fn during(work: &mut dyn FnMut() -> Result<()>) -> Result<u64> {
    let before = COUNT.get();
    work()?;
    Ok(COUNT.get() - before)
}

#[expect(
    unsafe_code,
    reason = "the trait is unsafe; every call is handed on as it came"
)]
// SAFETY: `System` keeps the contract of `GlobalAlloc`; counting neither allocates nor unwinds,
// because the counter needs no initialisation and no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get().wrapping_add(1));
        // SAFETY: the caller's obligations are passed on unchanged.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get().wrapping_add(1));
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get().wrapping_add(1));
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
