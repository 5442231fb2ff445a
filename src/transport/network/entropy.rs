//! Random bytes from the operating system.

use crate::proto::Entropy;

/// The operating system's random bytes, fetched a page at a time: every packet needs sixteen.
pub struct System {
    pool: [u8; POOL],
    used: usize,
}

impl Default for System {
    fn default() -> Self {
        Self {
            pool: [0; POOL],
            used: POOL,
        }
    }
}

impl Entropy for System {
    fn fill(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(POOL) {
            if self.used + chunk.len() > POOL {
                fetch(&mut self.pool);
                self.used = 0;
            }
            let fresh = &mut self.pool[self.used..self.used + chunk.len()];
            chunk.copy_from_slice(fresh);
            // What has been handed out is not left lying about.
            fresh.fill(0);
            self.used += chunk.len();
        }
    }
}

/// Without random bytes there are no keys: there is nothing sensible to go on with.
#[expect(
    clippy::panic,
    reason = "getrandom fails only on kernels that cannot run this program"
)]
fn fetch(pool: &mut [u8]) {
    if let Err(error) = getrandom::fill(pool) {
        panic!("the operating system gives no random bytes: {error}");
    }
}

const POOL: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_differ_from_one_call_to_the_next_at_every_size() {
        let mut system = System::default();
        for len in [1, 15, 16, 255, 256, 257, 1000] {
            let (mut a, mut b) = (vec![0; len.max(16)], vec![0; len.max(16)]);
            system.fill(&mut a);
            system.fill(&mut b);
            assert_ne!(a, b);
        }
    }
}
