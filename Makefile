# One way in for people and for CI. `make` lists the targets.
#
# A machine needs GNU Make (3.81 or newer), Python 3.11 or newer with its headers, and a C++20 compiler. All else goes
# into .venv: first uv, pinned by hash, then requirements.lock, then the project itself. The stamps inside .venv say
# what is installed there, so that nothing is done twice and deleting .venv starts afresh.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export UV_PYTHON_DOWNLOADS := never
# The suite starts many processes; each would compile the same modules again.
unexport PYTHONDONTWRITEBYTECODE
UV_VERSION := 0.13.9

BIN := .venv/bin
UV := $(BIN)/uv
DEPENDENCIES := .venv/.dependencies-installed
READY := .venv/.project-installed
CORE := CMakeLists.txt $(wildcard solver/core/*)
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --no-annotate --no-header

# --- What the machine must bring: one line and a remedy each, before anything is installed ---------------------------

no_python := No Python 3.11 or newer found: install one, e.g. `apt-get install python3 python3-venv python3-dev`, or name it: make PYTHON=/path/to/python3
no_venv = $(PYTHON) has no venv module: install it, e.g. `apt-get install python3-venv` (Debian, Ubuntu)
no_headers = $(PYTHON) has no C headers (Python.h): install them, e.g. `apt-get install python3-dev` or `dnf install python3-devel`
no_compiler := No C++20 compiler found: install one, e.g. `apt-get install g++` (Debian, Ubuntu), `dnf install gcc-c++` (Fedora) or `xcode-select --install` (macOS)

# A name on the PATH may be a shim that cannot run, so each candidate is run.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
compiler := cxx=$${CXX:-$$(command -v c++ || command -v g++ || command -v clang++)} && \
    "$$cxx" -std=c++20 -include span -fsyntax-only -x c++ /dev/null
headers := import os, sysconfig; os.stat(os.path.join(sysconfig.get_path("include"), "Python.h"))

# $(call require,COMMAND,MESSAGE): stop with MESSAGE unless the shell COMMAND succeeds.
require = $(if $(shell ($(1)) >/dev/null 2>&1 && echo yes),,$(error $(2)))

define require_python
$(if $(PYTHON),,$(error $(no_python)))
$(call require,"$(PYTHON)" -c 'import ensurepip; import venv',$(no_venv))
$(call require,"$(PYTHON)" -c '$(headers)',$(no_headers))
endef

# --- The environment -------------------------------------------------------------------------------------------------

$(UV): requirements-uv.txt
	$(call require,$(compiler),$(no_compiler))
	$(require_python)
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
	    -r requirements-uv.txt
	@touch $@

$(DEPENDENCIES): requirements.lock | $(UV)
	$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@touch $@

$(READY): $(DEPENDENCIES) pyproject.toml $(CORE)
	$(call require,$(compiler),$(no_compiler))
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

# --- What people type ------------------------------------------------------------------------------------------------

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r target text; do \
	    printf '%-16s %s\n' "$$target" "$$text"; done

.PHONY: demo
demo: $(READY) ## Generate a district, plan it, check the plan, write its report, print a summary
	$(BIN)/dispatch demo $(ARGS)

.PHONY: test
test: $(READY) ## Run the whole test suite
	$(BIN)/pytest -n auto $(ARGS)

.PHONY: quick
quick: $(READY) ## Run the everyday part of the test suite
	$(BIN)/pytest -n auto -m "not slow" $(ARGS)

.PHONY: check
check: $(READY) ## Check formatting, lint, types and the layers of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: serve
serve: $(READY) ## Serve API and pages on this machine, with a demo city if the database is empty
	$(BIN)/dispatch serve --demo $(ARGS)

.PHONY: bench
bench: $(READY) ## Profile a planning run: where the time goes
	$(BIN)/python -m benchmarks.profile_planning $(ARGS)

.PHONY: screenshots
screenshots: $(READY) ## Render the report's pictures in docs/screenshots (needs Chromium)
	$(BIN)/python -m benchmarks.screenshots $(ARGS)

# A second environment, so that the everyday one keeps its fast core. Preloading: the sanitizers must come before the
# interpreter's own allocations, and libstdc++ before the first exception they intercept. Leaks are not looked for:
# the interpreter keeps memory until it exits.
SANITIZED := build/sanitize
.PHONY: sanitize
sanitize: $(READY) ## Run the core's tests under AddressSanitizer and UndefinedBehaviorSanitizer
	$(UV) venv --quiet --allow-existing --python $(BIN)/python $(SANITIZED)/venv
	$(UV) pip sync --quiet --compile-bytecode --python $(SANITIZED)/venv/bin/python --require-hashes requirements.lock
	PATH="$(CURDIR)/$(SANITIZED)/venv/bin:$$PATH" $(UV) pip install --quiet --no-deps --no-build-isolation \
	    --python $(SANITIZED)/venv/bin/python --config-settings=build-dir=$(SANITIZED)/core \
	    --config-settings=cmake.define.SANITIZE=ON --config-settings=cmake.define.CHECK_DELTAS=ON -e .
	cxx=$${CXX:-c++}; \
	LD_PRELOAD="$$($$cxx -print-file-name=libasan.so) $$($$cxx -print-file-name=libubsan.so) $$($$cxx -print-file-name=libstdc++.so)" \
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	$(SANITIZED)/venv/bin/python -m pytest tests/solver tests/golden tests/properties $(ARGS)

.PHONY: lock
lock: $(UV) ## Re-make requirements.lock from pyproject.toml (newest versions: make lock ARGS=--upgrade)
	$(UV) $(COMPILE) pyproject.toml --group dev -o requirements.lock $(ARGS)
	echo "uv==$(UV_VERSION)" | $(UV) $(COMPILE) - -o requirements-uv.txt

.PHONY: clean
clean: ## Remove what make has built, the environment included (out/ and data/ stay)
	rm -rf .venv build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
