# Every target sets up what it needs in .venv; Python 3.11 or later is all you bring.
# `make PYTHON=/path/to/python3 test` chooses which.

BIN := .venv/bin
SECONDS := 60
LARGEST := 10000000
WORK := .training
QUICK := startup latency events drain workers models reuse tuning bulk peers

.DEFAULT_GOAL := help
.PHONY: help demo test check lint format bench bench-accuracy bench-peers bench-serving bench-torch bench-growth bench-scale bench-all bench-report \
	page-pictures fuzz openapi torture train train-cascade clean run-environment dev-environment bench-environment torch-environment \
	training-environment fuzz-environment

help: ## Show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: run-environment ## Score examples/reviews.csv from start to finish, in .demo/
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: dev-environment ## Run every test
	$(BIN)/pytest -n 2

check: lint test ## Everything a change must pass: lint, then test

lint: dev-environment ## Check formatting, style, types and the layers' imports
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -r src -c pyproject.toml

format: dev-environment ## Format the code and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: bench-environment ## The quick benchmarks, twelve minutes: start-up, latency, listeners, drain, workers, other queues
	@for one in $(QUICK); do \
		echo "== bench/$$one.py"; $(BIN)/python bench/$$one.py || exit 1; \
	done

bench-peers: bench-environment ## Huey, RQ, Celery and Dramatiq on the same null job, five minutes
	$(BIN)/python bench/peers.py

bench-accuracy: bench-environment ## What each model is worth on labelled sets, five minutes: DATA=
	$(BIN)/python bench/accuracy.py --data $(DATA)

bench-serving: bench-environment ## 200 clients at `sentijob serve` and at its ancestor, SECONDS (60) each, undisturbed and killed
	$(BIN)/python bench/serving.py --seconds $(SECONDS)

bench-torch: torch-environment ## mini beside a transformers pipeline; installs torch, a gigabyte
	$(BIN)/python bench/transformers_pipeline.py

bench-growth: bench-environment ## What grows with the store, to LARGEST (10000000) jobs, and its plots; KEEP= stores
	$(BIN)/python bench/growth.py --largest $(LARGEST) $(if $(KEEP),--keep $(KEEP))
	$(BIN)/python bench/plots.py

bench-scale: dev-environment ## The main job at size, ten million jobs, files of a gigabyte, an hour's memory: three hours; KEEP= stores
	$(BIN)/python bench/hundred_thousand.py
	$(BIN)/python bench/ten_million.py $(if $(KEEP),--keep $(KEEP))
	$(BIN)/python bench/one_gigabyte.py
	$(BIN)/python bench/memory.py

bench-all: bench bench-serving bench-growth bench-scale bench-torch bench-report ## Every benchmark, then the documents: half a day

bench-report: bench-environment ## Put the newest figures into docs/performance.md, docs/figures and the README
	$(BIN)/python bench/plots.py
	$(BIN)/python bench/report.py

openapi: dev-environment ## Write docs/openapi.json anew, once the HTTP API has changed
	$(BIN)/python scripts/openapi.py

page-pictures: dev-environment ## Take the pictures of the page for docs/page.md again; needs Debian's chromium
	$(BIN)/python bench/screenshots.py

fuzz: fuzz-environment ## Search for bytes that break a reader, SECONDS (60) for each
	@for reader in txt csv tsv jsonl parquet; do \
		echo "fuzzing the $$reader reader for $(SECONDS) s"; \
		$(BIN)/python fuzz/fuzz_reader.py $$reader $(SECONDS) || exit 1; \
	done

torture: dev-environment ## Break it on purpose; SEED= DURATION= DB= SCENARIO= choose how (docs/torture.md)
	$(BIN)/python torture/torture.py $(if $(SEED),--seed $(SEED)) $(if $(DURATION),--duration $(DURATION)) \
		$(if $(DB),--db $(DB)) $(foreach name,$(SCENARIO),--scenario $(name))

train: training-environment ## Make mini again, 3.5 hours: DATA=, START= and TEACHER= (weights), WORK= keeps results, SHIP=1 installs it
	@mkdir -p $(WORK)
	$(BIN)/python -u training/run.py --data $(DATA) --start $(START) $(if $(BLENDED),--blended $(BLENDED)) $(if $(TEACHER),--teacher $(TEACHER)) --folder $(WORK) $(if $(SHIP),--ship) 2>&1 | tee -a $(WORK)/log

train-cascade: training-environment ## Make the n-grams of cascade and its thresholds again, once mini is made: DATA= WORK=
	$(BIN)/python training/ngrams.py --data $(DATA)
	$(BIN)/python training/thresholds.py --data $(DATA) --held-out $(WORK)/heldout

clean: ## Remove .venv, the demo and every cache in the checkout
	rm -rf .venv .demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
		.coverage .coverage.* dist build bench/results fuzz/corpus fuzz/findings torture/reports
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

run-environment:
	@python=$$(sh scripts/find-python) && "$$python" scripts/environment.py run

dev-environment:
	@python=$$(sh scripts/find-python) && "$$python" scripts/environment.py dev

bench-environment:
	@python=$$(sh scripts/find-python) && "$$python" scripts/environment.py bench

torch-environment:
	@python=$$(sh scripts/find-python) && "$$python" scripts/environment.py torch

training-environment:
	@python=$$(sh scripts/find-python) && "$$python" scripts/environment.py training

fuzz-environment:
	@python=$$(sh scripts/find-python) && "$$python" scripts/environment.py fuzz
