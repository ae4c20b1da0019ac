# The way in: `make demo` and `make test` are all that a fresh machine needs.
# Every target that builds first makes sure of libtorch, see deploy/setup/libtorch.sh.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

setup_dir := deploy/setup
target_dir := $(or $(CARGO_TARGET_DIR),target)
with_libtorch = LIBTORCH="$$($(setup_dir)/libtorch.sh)"; export LIBTORCH;

# Stands in the models that are trained.
export SEGUE_REVISION := $(shell git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null)

# Of bench-flatten and bench-cooccurrence: sample slices of 34 MB each, and runs of each contestant.
SLICES := 30
RUNS := 3
# Of bench-functions: rows of the table.
ROWS := 2000000

# Of bench-tpch: gigabytes of raw data.
SCALE := 1

# Of fuzz: how long each target looks.
FUZZ_SECONDS ?= 60

.PHONY: help setup build demo up down images test fmt lint fuzz clean-demo bench-flatten bench-cooccurrence bench-executors \
	bench-functions bench-train bench-tpch

help:
	@echo 'make demo              builds Segue and runs the whole pipeline on sample playlists, with no services'
	@echo 'make demo MPD=FOLDER   the same on slices of the Million Playlist Dataset'
	@echo 'make up                the whole system as processes: S3, MySQL, cluster, endpoint, inference, watch; make down ends it'
	@echo 'make clean-demo        removes what the demo wrote'
	@echo 'make test              builds all and runs every test, against real MySQL and S3 servers that it starts'
	@echo 'make build             builds all programs into $(target_dir)/debug'
	@echo 'make lint              checks formatting, clippy, documentation and what other linters are installed'
	@echo 'make fuzz              looks for texts that parsers and decoders fail on, FUZZ_SECONDS=$(FUZZ_SECONDS) each (nightly Rust)'
	@echo 'make fmt               formats the Rust code'
	@echo 'make bench-flatten     measures Segue beside Polars, DuckDB and PySpark, with SLICES=$(SLICES) RUNS=$(RUNS)'
	@echo 'make bench-cooccurrence   neighbours of tracks beside SciPy, DuckDB and Polars; SYNTHETIC=1000000 for the full size'
	@echo 'make bench-executors   the same on clusters of one executor and of two, one core each'
	@echo 'make bench-functions   functions of Trino beside those of DuckDB, with ROWS=$(ROWS) TURNS=$(RUNS)'
	@echo 'make bench-train       training steps of Segue beside PyTorch in Python (gets PyTorch, 2.5 GB, once)'
	@echo 'make images            builds the images of all roles, with podman or docker'
	@echo 'make bench-tpch        TPC-H in Trino'\''s dialect beside the engine'\''s own, with SCALE=$(SCALE) RUNS=$(RUNS)'
	@echo 'make setup             gets libtorch and the test servers, which the other targets do when they need them'
	@echo
	@echo 'The first build takes about 20 minutes on 2 cores. Downloads are kept in $${SEGUE_CACHE:-~/.cache/segue}.'

setup:
	@$(setup_dir)/toolchain.sh
	@$(with_libtorch) echo "libtorch: $$LIBTORCH"
	@$(setup_dir)/services.sh install

build:
	@$(setup_dir)/toolchain.sh
	@echo 'build: getting libtorch if it is missing (540 MB, once)'
	@$(with_libtorch) echo 'build: compiling (from nothing about 20 minutes on 2 cores)'; cargo build --workspace --bins

demo: build
	@echo 'demo: running the pipeline (a minute or two)'
	@$(target_dir)/debug/segue demo $(if $(MPD),--input "$(MPD)")

up: build
	@$(with_libtorch) $(setup_dir)/system.sh up; $(setup_dir)/system.sh status

down:
	@$(setup_dir)/system.sh down

images:
	@$(setup_dir)/build_images.sh

clean-demo:
	rm -rf data/raw/sample data/lake data/segue.db data/segue.db-shm data/segue.db-wal

test:
	@$(setup_dir)/test.sh

fmt:
	cargo fmt --all

lint:
	@$(setup_dir)/lint.sh

# It needs no libtorch.
fuzz:
	@FUZZ_SECONDS="$(FUZZ_SECONDS)" $(setup_dir)/fuzz.sh

bench-flatten:
	@$(setup_dir)/toolchain.sh
	@$(with_libtorch) echo 'bench-flatten: compiling the release build'; cargo build --release --workspace --bins
	@python="$$(benches/venv.sh)"; python3 benches/flatten.py --python "$$python" \
		--segue "$(target_dir)/release/segue" --slices "$(SLICES)" --runs "$(RUNS)"

bench-cooccurrence:
	@$(setup_dir)/toolchain.sh
	@$(with_libtorch) echo 'bench-cooccurrence: compiling the release build'; cargo build --release --workspace --bins
	@python="$$(benches/venv.sh)"; python3 benches/cooccurrence.py --python "$$python" \
		--segue "$(target_dir)/release/segue" --runs "$(RUNS)" \
		$(if $(SYNTHETIC),--synthetic "$(SYNTHETIC)",--slices "$(SLICES)")

bench-executors:
	@$(setup_dir)/toolchain.sh
	@$(with_libtorch) echo 'bench-executors: compiling the release build'; cargo build --release --workspace --bins
	@python="$$(benches/venv.sh)"; python3 benches/executors.py --python "$$python" \
		--programs "$(target_dir)/release" --runs "$(RUNS)" \
		$(if $(SYNTHETIC),--synthetic "$(SYNTHETIC)",--slices "$(SLICES)")

bench-functions:
	@$(setup_dir)/toolchain.sh
	@$(with_libtorch) echo 'bench-functions: compiling the release build'; \
		cargo build --release --workspace --example function_speed
	@python="$$(benches/venv.sh)"; python3 benches/functions.py --python "$$python" \
		--speed "$(target_dir)/release/examples/function_speed" --rows "$(ROWS)" --turns "$(RUNS)" \
		$(if $(JSON),--json "$(JSON)")

# One example of the release build, beside what it depends on.
bench-tpch:
	@$(setup_dir)/toolchain.sh
	@$(with_libtorch) echo 'bench-tpch: compiling the release build'; \
		cargo build --release --workspace --example tpch_speed
	@benches/tpch.sh "$(target_dir)/release/examples/tpch_speed" "$(SCALE)" "$(RUNS)"

# The workspace's release build would link every program again; what is measured is one example, optimised alike.
bench-train:
	@$(setup_dir)/toolchain.sh
	@$(with_libtorch) echo 'bench-train: compiling'; cargo build --workspace --example train_speed
	@python="$$(benches/venv.sh train)"; python3 benches/train.py --python "$$python" \
		--train-speed "$(target_dir)/debug/examples/train_speed" --runs "$(RUNS)" $(if $(JSON),--json "$(JSON)")
