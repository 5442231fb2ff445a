PREFIX ?= /usr/local
DESTDIR ?=
BINDIR = $(DESTDIR)$(PREFIX)/bin
MANDIR = $(DESTDIR)$(PREFIX)/share/man/man1

.PHONY: all build test bench install fmt lint

all: build

build:
	cargo build --release

# Everything: peers, build, unit tests, compatibility tests. Needs Rust and a Debian, installs the rest.
test:
	compat-tests/run-tests.sh

bench:
	cargo bench --workspace

install: build
	install -d $(BINDIR) $(MANDIR)
	install -m 755 target/release/ipmitool target/release/bmcsim $(BINDIR)
	install -m 644 man/*.1 $(MANDIR)

fmt:
	cargo fmt --all

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
