PREFIX ?= /usr/local
DESTDIR ?=
BINDIR = $(DESTDIR)$(PREFIX)/bin
MANDIR = $(DESTDIR)$(PREFIX)/share/man/man1
SHARE = $(DESTDIR)$(PREFIX)/share
BASHDIR = $(SHARE)/bash-completion/completions
ZSHDIR = $(SHARE)/zsh/site-functions
FISHDIR = $(SHARE)/fish/vendor_completions.d

TARGET = $(or $(CARGO_TARGET_DIR),target)

.PHONY: all build demo test bench picture man matrix completions registry install uninstall fmt lint soak fuzz deny deb try-deb rpm musl units reproducible

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

# A million simulated bad days (NETSIM_SEEDS=N for another number), as docs/SOAK.md has them; a seed that breaks a promise is
# shown with the smallest history that still does.
soak:
	cargo run -q --release -p compat-tests --bin netsim -- soak --seeds $${NETSIM_SEEDS:-1000000}

# Loss, latency and a busy BMC against survival and throughput, in virtual time: docs/MATRIX.md.
matrix:
	cargo run -q --release -p compat-tests --bin netsim -- matrix

# Stock, FreeIPMI and ours by turns, into BENCHMARKS.md (an hour; BENCH="--rounds 1 idle" prints some of it).
bench:
	cargo build --release --workspace
	$(TARGET)/release/bench $(or $(BENCH),--write)

# The manual pages, from the programs' own tables and man/prose/.
man:
	cargo run -q -p compat-tests --bin make-man

# Completions for bash, zsh and fish, from the program's own tables and packaging/completions/templates/.
completions:
	cargo run -q -p compat-tests --bin make-completions

# The names of manufacturers, from IANA's registry, or from a file: make registry REGISTRY=/usr/share/misc/enterprise-numbers.txt
REGISTRY = target/enterprise-numbers.txt
registry:
	test $(REGISTRY) != target/enterprise-numbers.txt || \
		curl -fsS -o $(REGISTRY) https://www.iana.org/assignments/enterprise-numbers.txt
	cargo run -q -p compat-tests --bin make-registry $(REGISTRY)

# The README's picture, from a real run (a minute).
picture:
	cargo build --workspace
	cargo run -q -p compat-tests --bin make-picture

install: build
	install -d $(BINDIR) $(MANDIR) $(BASHDIR) $(ZSHDIR) $(FISHDIR)
	install -m 755 $(TARGET)/release/ipmitool $(TARGET)/release/bmcsim $(BINDIR)
	install -m 644 man/*.1 $(MANDIR)
	install -m 644 packaging/completions/ipmitool.bash $(BASHDIR)/ipmitool
	install -m 644 packaging/completions/_ipmitool $(ZSHDIR)
	install -m 644 packaging/completions/ipmitool.fish $(FISHDIR)

uninstall:
	rm -f $(BINDIR)/ipmitool $(BINDIR)/bmcsim $(MANDIR)/ipmitool.1 $(MANDIR)/bmcsim.1
	rm -f $(BASHDIR)/ipmitool $(ZSHDIR)/_ipmitool $(FISHDIR)/ipmitool.fish

# Each fuzz target for a while (FUZZ_SECONDS=N), with its committed corpus as the start. Needs nightly and cargo-fuzz.
fuzz:
	cd compat-tests && for target in $$(cargo +nightly fuzz list); do \
		cargo +nightly fuzz run $$target -- -max_total_time=$${FUZZ_SECONDS:-360} -timeout=20 -rss_limit_mb=2048 || exit 1; \
	done

# Licences, sources and advisories of every crate in Cargo.lock. Needs cargo-deny; no network.
deny:
	packaging/deny

# Two builds in two places must be the same bytes.
reproducible:
	packaging/reproducible

# A Debian package, which diverts Debian's own ipmitool to ipmitool.stock. Needs cargo-deb.
deb: build units
	cargo deb --no-build -p steadysol

# Installs the Debian package in a clean root, tries it and removes it. As root; needs debootstrap and a mirror.
try-deb: deb
	packaging/try-deb $$(ls -t $(TARGET)/debian/steadysol_*.deb | head -1)

# An RPM, in which the program is called steadysol-ipmitool. Needs cargo-generate-rpm.
rpm: build units
	cargo generate-rpm --target-dir $(TARGET)

# Programs that need no library at all: rustup target add x86_64-unknown-linux-musl
MUSL = x86_64-unknown-linux-musl
musl:
	cargo build --release -p steadysol --target $(MUSL)
	@ls -l $(TARGET)/$(MUSL)/release/ipmitool $(TARGET)/$(MUSL)/release/bmcsim

# The systemd unit, with the program where the package has it.
units:
	mkdir -p target/packages/rpm
	sed 's|/usr/local/bin/ipmitool|/usr/bin/ipmitool|' examples/sol-capture@.service > target/packages/sol-capture@.service
	sed 's|/usr/local/bin/ipmitool|/usr/bin/steadysol-ipmitool|' examples/sol-capture@.service > target/packages/rpm/sol-capture@.service

fmt:
	cargo fmt --all

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
