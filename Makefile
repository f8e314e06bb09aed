# make help        these lines
# make setup       install the system packages (Debian), check the Swift toolchain
# make build       the one release build that everything below uses
# make test        build, then run every test
# make lint        format, layering and purity of the core; builds nothing
# make demo        three regions on this machine, end to end          [CATALOGS=folder of portal files]
# make compose-test  docker-compose.yml run for real: sync, partition, kill, stop (root, Debian 12)
# make fuzz        every decoder that a peer or a user reaches, by libFuzzer: a minute each  [SECONDS=60] [ONLY=name]
# make bench       the figures, printed and written as JSON           [SIZE=40000] [OUT=FILE]
# make model       the reference model's histories through our rules  [VECTORS=folder]
# make proto       generate the Swift of proto/*.proto again (needs protoc and protoc-gen-swift)
#
# Settings, given as `make test SCRATCH=/elsewhere`:
#   SCRATCH        where the build lies; a second work tree can use the first one's
#   SHARED         data that is not in the repository; tests that need it are skipped, and say so, where it is missing

SCRATCH ?= .build
SHARED ?= $(abspath ../shared)
VECTORS ?= $(SHARED)/model/vectors
SIZE ?= 40000
SECONDS ?= 60
export SHARED

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help setup build test lint demo compose-test fuzz bench model proto

BUILD := swift build -c release --scratch-path $(SCRATCH)
PRODUCTS := $(SCRATCH)/release

SYSTEM_PACKAGES := libcurl4-openssl-dev libssl-dev libzstd-dev libsqlite3-dev zlib1g-dev pkg-config
# What the toolchain itself links with, and runs on: of swift.org's list for Debian 12, without the debugger's part.
SWIFT_PACKAGES := g++ libcurl4 libncurses6 libsqlite3-0 libxml2 tzdata
SYSTEM_LIBRARIES := libcurl 'openssl >= 3.0' libzstd sqlite3 zlib

help:
	@sed -n '/^# make/s/^# //p' $(firstword $(MAKEFILE_LIST))

# Looks first, so that nothing is installed, and no rights are needed, where all is there. Whether Swift can link a program is
# tried before the first build alone.
setup:
	@say() { printf 'make setup: %s\n' "$$*" >&2; }
	how='Get Swift 6.1 or newer from https://www.swift.org/install/linux/ and put its usr/bin on the PATH.'
	if ! command -v swift >/dev/null; then
	  say "the Swift toolchain is missing. $$how"; exit 1
	fi
	has_libraries() { command -v pkg-config >/dev/null && pkg-config --exists "$$@" $(SYSTEM_LIBRARIES); }
	trial=$$(mktemp -d)
	trap 'rm -rf "$$trial"' EXIT
	swift_works() {
	  swift --version >"$$trial/version" 2>"$$trial/error" || return 1
	  [ ! -d $(PRODUCTS) ] || return 0
	  echo 'import Foundation; print(URL(fileURLWithPath: "/").path)' >"$$trial/trial.swift"
	  swiftc "$$trial/trial.swift" -o "$$trial/trial" >"$$trial/error" 2>&1 && "$$trial/trial" >/dev/null 2>"$$trial/error"
	}
	packages=
	has_libraries || packages='$(SYSTEM_PACKAGES)'
	swift_works || packages="$$packages $(SWIFT_PACKAGES)"
	if [ -n "$$packages" ]; then
	  if ! command -v apt-get >/dev/null; then
	    say 'this is not Debian (no apt-get). Install by hand, with headers and pkg-config files, and run again:'
	    say 'libcurl (OpenSSL build), OpenSSL 3.0 or newer, libzstd, SQLite 3 with FTS5, zlib, pkg-config, and what Swift needs.'
	    cat "$$trial/error" >&2; exit 1
	  fi
	  become=
	  if [ "$$(id -u)" != 0 ]; then
	    if ! command -v sudo >/dev/null; then
	      say 'system packages are missing, and this user may not install them. As root:'
	      say "apt-get update && apt-get install -y $$packages"
	      exit 1
	    fi
	    become=sudo
	  fi
	  apt="$$become env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120"
	  say "installing $$packages"
	  if ! { $$apt update && $$apt install -y --no-install-recommends $$packages; }; then
	    say 'apt-get failed: its own words are above.'; exit 1
	  fi
	  if ! has_libraries --print-errors; then
	    say 'installed, but a library is still missing or too old (Debian 12 or newer is needed).'; exit 1
	  fi
	  if ! swift_works; then
	    cat "$$trial/error" >&2; say "Swift is there, but cannot compile a small program: its words are above. $$how"; exit 1
	  fi
	fi
	version=$$(sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' "$$trial/version" | head -n 1)
	if [ -z "$$version" ]; then
	  say "'swift --version' tells no version. $$how"; exit 1
	fi
	if [ "$$(printf '%s\n' 6.1 "$$version" | sort -V | head -n 1)" != 6.1 ]; then
	  say "Swift $$version is too old. $$how"; exit 1
	fi

# Tests, demo, bench and model use this one build: a second one, or a debug one, costs ten minutes on two cores.
# The import check refuses a target that imports what it does not declare: an incremental build would let it pass.
build: setup
	@$(BUILD) --build-tests --explicit-target-dependency-import-check error

# Tests of real sockets and real nodes run apart: a simulation that keeps every core busy would make their deadlines lie.
test: build
	@run() { echo "make test: $$*"; swift test -c release --skip-build --disable-xctest --scratch-path $(SCRATCH) "$$@"; }
	run --skip '^(PeerTransportTests|NodeTests)\.'
	run --filter '^PeerTransportTests\.'
	run --filter '^NodeTests\.'

demo: build
	@$(PRODUCTS)/tongyuan-demo

compose-test: build
	@deploy/compose-test.sh $(PRODUCTS)/tongyuan

# A package and a build of its own, with sanitizers: Fuzzing/Package.swift.
fuzz: setup
	@swift build -c release --package-path Fuzzing --scratch-path $(SCRATCH)/fuzz --product Fuzz \
	  --sanitize=fuzzer --sanitize=address
	Fuzzing/run.sh $(SCRATCH)/fuzz/release/Fuzz $(SCRATCH)/fuzz/run $(SECONDS) $(ONLY)

bench: build
	@$(PRODUCTS)/tongyuan-bench --size $(SIZE) $(if $(OUT),--out $(OUT))

model: build
	@if [ ! -d '$(VECTORS)' ]; then
	  printf 'make model: no folder %s. Name one: make model VECTORS=<folder>\n' '$(VECTORS)' >&2; exit 2
	fi
	$(PRODUCTS)/ModelCheck '$(VECTORS)'

SOURCE_FOLDERS := $(wildcard Sources Tests Demo Benchmarks Fuzzing)
PURE := $(wildcard Sources/Catalog Sources/Replication Sources/TransparencyLog)

# The second check: what decides is plain synchronous code. It is given the time, seeds and answers as values; a random
# number that is drawn from a seeded generator (`using:`) is such a value.
lint:
	@find Package.swift $(SOURCE_FOLDERS) -name '*.swift' ! -name '*.pb.swift' -print0 \
	  | xargs -0 swift format lint --strict --parallel
	impure='\bDate\(\)|\bUUID\(\)|\.random\(|\bTask *\{|\basync\b|^import (NIO|GRDB|Hummingbird)'
	found=$$(grep -rnE --include='*.swift' --exclude='*.pb.swift' "$$impure" $(PURE) /dev/null | grep -v 'using: &' || true)
	if [ -n "$$found" ]; then
	  printf '%s\nmake lint: time, randomness, concurrency or I/O in the deterministic core\n' "$$found" >&2; exit 1
	fi

PROTO_OF_REPLICATION := proto/sync.proto
PROTO_OF_CATALOG := $(filter-out $(PROTO_OF_REPLICATION),$(wildcard proto/*.proto))

proto:
	@generator=$$(command -v protoc-gen-swift || echo $(PRODUCTS)/protoc-gen-swift)
	if ! command -v protoc >/dev/null; then
	  printf 'make proto: protoc is missing. On Debian: apt-get install protobuf-compiler\n' >&2; exit 1
	fi
	if [ ! -x "$$generator" ]; then
	  printf 'make proto: protoc-gen-swift is missing. Build it once: %s --product protoc-gen-swift\n' '$(BUILD)' >&2; exit 1
	fi
	generate() {
	  protoc --plugin=protoc-gen-swift="$$generator" --proto_path=proto --swift_opt=Visibility=Package \
	    --swift_opt=FileNaming=DropPath --swift_out="$$@"
	}
	generate Sources/Catalog/Generated $(PROTO_OF_CATALOG)
	generate Sources/Replication/Generated $(PROTO_OF_REPLICATION)
