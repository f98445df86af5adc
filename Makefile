# make run: the lab in a browser.  make test: every check.  Both set up .venv by themselves.
.PHONY: run test lint unit stage live soak load bench pretrained clean help
.NOTPARALLEL:
.DEFAULT_GOAL := help

PORT ?= 8501
BIN := .venv/bin
# A budget of steps, not of seconds: any machine makes the same flow.
PRETRAIN ?= --steps 4000 --seconds 600
NAMES := from inn_core.registry import *; print(*(f'{t}-{c}' for t in TARGETS for c in COUPLINGS))
KEEPING := from inn_core.targets.keeping import SHIPPED; print(*SHIPPED)
FITTED := from inn_core.diffeos.presets import SHIPPED; print(*SHIPPED)
SOLVED := from inn_core.cli.problems import SHIPPED; print(*SHIPPED)
# These start servers and workers: after everything else, two at a time.
PAIRED := $(wildcard tests/runs tests/live)
# These need a browser as well, or measure speed or load: one at a time.
ALONE := $(wildcard tests/browser tests/load tests/benchmarks)
LIVE := $(PAIRED) $(ALONE)
# These need a browser and no lab: two at a time.
STAGED := $(filter-out %/test_frames.py,$(shell grep -L "tests.live" tests/browser/test_*.py))

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: .venv/.app ## serve the lab (PORT=8501)
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: lint unit stage live ## ruff, mypy, unit tests, then stage and live path in a real Chromium

lint: .venv/.dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: .venv/.dev ## tests without servers and browsers
	$(BIN)/python -m pytest -n 2 $(addprefix --ignore=,$(LIVE))

stage: .venv/.dev ## tests of the stage in a browser, without a server
	chromium=$$(.ci/chromium) && PUSHFORWARD_CHROMIUM=$$chromium \
	    $(BIN)/python -m pytest -n 2 --dist loadfile $(STAGED)

live: .venv/.dev ## tests with workers, sockets and a browser
	chromium=$$(.ci/chromium) && PUSHFORWARD_CHROMIUM=$$chromium \
	    $(BIN)/python -m pytest -n 2 --dist loadfile $(PAIRED)
	chromium=$$(.ci/chromium) && PUSHFORWARD_CHROMIUM=$$chromium \
	    $(BIN)/python -m pytest $(ALONE) $(addprefix --ignore=,$(STAGED))

soak: .venv/.dev ## an hour of updates in a browser, and 2,000 cases of nonsense at every door
	chromium=$$(.ci/chromium) && PUSHFORWARD_FUZZ=2000 PUSHFORWARD_CHROMIUM=$$chromium \
	    $(BIN)/python -m pytest tests/fuzz tests/browser/test_fuzz_js.py
	chromium=$$(.ci/chromium) && PUSHFORWARD_CHROMIUM=$$chromium $(BIN)/python -m pytest -m soak

load: .venv/.dev ## a full lecture hall: 50 sessions, 500 viewers, 500 comings and goings
	$(BIN)/python -m pytest -m load -s tests/load

bench: .venv/.dev .venv-peers/.made ## the speed table, an hour (QUICK=1: minutes; ONLY=affine,spline: lines)
	chromium=$$(.ci/chromium) && PUSHFORWARD_CHROMIUM=$$chromium $(BIN)/python -m tests.benchmarks \
	    $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) $(ARGS)

# The libraries that the table compares with live apart: what they ask for is not what the lab asks for.
.venv-peers/.made: tests/benchmarks/peers.txt | .venv/.dev
	$(BIN)/python -m venv --clear --without-pip .venv-peers
	$(BIN)/python -m pip --python .venv-peers/bin/python install --quiet -r $<
	@touch $@

pretrained: .venv/.app ## make every file of assets/pretrained again (about a minute each)
	@mkdir -p assets/pretrained
	set -e; for name in $$($(BIN)/python -c "$(NAMES)"); do \
	    $(BIN)/python -m inn_core pretrain $$name assets/pretrained/$$name.run $(PRETRAIN); done
	set -e; for name in $$($(BIN)/python -c "$(KEEPING)"); do \
	    $(BIN)/python -m inn_core pretrain $$name assets/pretrained/$$name.run; done
	set -e; for name in $$($(BIN)/python -c "$(SOLVED)"); do \
	    $(BIN)/python -m inn_core pretrain $$name assets/pretrained/$$name.inn --steps 6000 --seconds 1500; done
	set -e; for name in $$($(BIN)/python -c "$(FITTED)"); do \
	    $(BIN)/python -m inn_core pretrain $$name assets/pretrained/$$name.map; done
	$(BIN)/python -m inn_core pretrain pinwheel-depths assets/pretrained/pinwheel-depths.flows
	$(BIN)/python -m inn_core pretrain race assets/pretrained/race.json
	$(BIN)/python -m inn_core pretrain hills-losses assets/pretrained/hills-losses.losses
	$(BIN)/python -m inn_core pretrain pareto-tails assets/pretrained/pareto-tails.json

.venv/.app: pyproject.toml constraints.txt .ci/venv
	.ci/venv
	@touch $@

.venv/.dev: pyproject.toml constraints.txt .ci/venv
	.ci/venv dev
	@touch $@ .venv/.app

clean: ## remove what make made
	rm -rf .venv .venv-peers .mypy_cache .ruff_cache .pytest_cache *.egg-info
