PREFIX ?= /usr/local
DESTDIR ?=
BINDIR = $(DESTDIR)$(PREFIX)/bin
MANDIR = $(DESTDIR)$(PREFIX)/share/man/man1

TARGET = $(or $(CARGO_TARGET_DIR),target)

.PHONY: all build demo test bench picture man install uninstall fmt lint soak

all: build

build:
	cargo build --release

# A simulated BMC with a shell on its serial port, and our console on it. No hardware, no root.
demo:
	cargo build
	demo/run

# Everything: peers, build, unit tests, compatibility tests. Needs Rust and a Debian, installs the rest.
test:
	compat-tests/run-tests.sh

# A million simulated bad days (NETSIM_SEEDS=N for another number).
soak:
	NETSIM_SEEDS=$${NETSIM_SEEDS:-1000000} cargo test --release -p compat-tests --test netsim -- --nocapture

bench:
	cargo bench --workspace

# The manual pages, from the programs' own tables and man/prose/.
man:
	cargo run -q -p compat-tests --bin make-man

# The README's picture, from a real run (a minute).
picture:
	cargo build --workspace
	cargo run -q -p compat-tests --bin make-picture

install: build
	install -d $(BINDIR) $(MANDIR)
	install -m 755 $(TARGET)/release/ipmitool $(TARGET)/release/bmcsim $(BINDIR)
	install -m 644 man/*.1 $(MANDIR)

uninstall:
	rm -f $(BINDIR)/ipmitool $(BINDIR)/bmcsim $(MANDIR)/ipmitool.1 $(MANDIR)/bmcsim.1

fmt:
	cargo fmt --all

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
