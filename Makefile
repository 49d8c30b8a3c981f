# Pactwatch: `make run` shows the example register, `make test` runs the whole suite.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000
DAY ?= 2018-06-15
JOBS ?= 2
POSTGRES ?= postgres://postgres@127.0.0.1:5432/postgres

.PHONY: run test drill bench lint types contract migrations check lock catalogues clean
.DEFAULT_GOAL := run

# An environment with what running needs; the stamp is renewed when the lock changes.
$(VENV)/core.stamp: requirements/core.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Pactwatch needs Python 3.11 or later; this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt
	touch $@

$(VENV)/dev.stamp: requirements/dev.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Pactwatch needs Python 3.11 or later; this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

run: export PACTWATCH_TODAY = $(DAY)
run: export PACTWATCH_EXAMPLE = 1
run: export DEBUG = 1
run: export PACTWATCH_BASE_URL = http://127.0.0.1:$(PORT)
run: $(VENV)/core.stamp ## Serve the example register on the day DAY (default 2018-06-15)
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py load_example pars
	@echo
	@echo "  The register, as of $(DAY):  http://127.0.0.1:$(PORT)/"
	@echo "  The PARS case:                http://127.0.0.1:$(PORT)/agreements/pars-ice/"
	@echo "  The desk (sign-ins above):    http://127.0.0.1:$(PORT)/desk/"
	@echo "  Stop with Ctrl-C."
	@echo
	$(BIN)/python manage.py runserver --noreload 127.0.0.1:$(PORT)

test: $(VENV)/dev.stamp ## Run the whole suite
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

# What the peers of the bench need is kept apart from the project's own environment.
.bench/stamp: requirements/core.txt benchmarks/requirements.txt
	test -x .bench/venv/bin/python || $(PYTHON) -m venv .bench/venv
	.bench/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt -r benchmarks/requirements.txt
	touch $@

bench: .bench/stamp $(VENV)/dev.stamp ## Briefs against WeasyPrint, Typst and a raw canvas; planning against a loop
	.bench/venv/bin/python -m benchmarks.briefs
	$(call on_both,$(BIN)/python -m benchmarks.planning)

drill: $(VENV)/dev.stamp ## Kills, races, outages, silences and odd days in full, on both databases, with figures
	$(call on_both,DRILL=full $(BIN)/python -m pytest tests/drills -s -q -n 0)

# Do something on SQLite, then on PostgreSQL where there is one at POSTGRES.
define on_both
DATABASE_URL=sqlite:///drill.sqlite3 $(1)
@if $(BIN)/python -c "import psycopg; psycopg.connect('$(POSTGRES)', connect_timeout=3).close()" 2>/dev/null; \
	then echo "On PostgreSQL:" && DATABASE_URL=$(POSTGRES) $(1); \
	else echo "Skipped on PostgreSQL: there is none at $(POSTGRES)."; fi
endef

lint: $(VENV)/dev.stamp ## Lint and formatting, of code and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z -- '*.html' | xargs -0 $(BIN)/djade --check --target-version 5.2

types: $(VENV)/dev.stamp ## Types
	$(BIN)/mypy .

contract: $(VENV)/dev.stamp ## Rooms look only downwards
	$(BIN)/lint-imports

migrations: $(VENV)/dev.stamp ## Models and migrations agree
	$(BIN)/python manage.py makemigrations --check --dry-run

check: lint types contract migrations ## All checks that are not tests

catalogues: $(VENV)/dev.stamp ## Collect texts for translation and compile the catalogues (needs gettext)
	$(BIN)/python manage.py makemessages --locale es --no-location --no-obsolete --ignore .venv --ignore tests --ignore .bench
	$(BIN)/python manage.py compilemessages --locale es --ignore .venv

lock: ## Lock the dependencies with hashes (needs uv)
	uv pip compile pyproject.toml --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --quiet --output-file requirements/core.txt
	uv pip compile pyproject.toml --extra postgres --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --quiet --output-file requirements/postgres.txt
	uv pip compile pyproject.toml --extra sso --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --quiet --output-file requirements/sso.txt
	uv pip compile pyproject.toml --extra dev --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --quiet --output-file requirements/dev.txt
	uv pip compile benchmarks/requirements.in --constraint requirements/core.txt --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --quiet --output-file benchmarks/requirements.txt

clean: ## Remove the environment and the example's database
	rm -rf $(VENV) pactwatch.sqlite3*
