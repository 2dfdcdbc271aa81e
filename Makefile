# Two commands: `make run` and `make test`. Everything they need they install into .venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
SETTINGS := instance/settings.env
WITH_SETTINGS := umask 077; set -a; source $(SETTINGS); set +a;
PO := $(wildcard kieubao/translations/*/LC_MESSAGES/*.po)

help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/.run $(SETTINGS) ## Serve the demo province on http://127.0.0.1:8000
	@$(WITH_SETTINGS) $(BIN)/flask db upgrade
	@$(WITH_SETTINGS) $(BIN)/flask people reindex
	@$(WITH_SETTINGS) $(BIN)/flask demo --if-empty
	@$(WITH_SETTINGS) $(BIN)/flask worker & \
	  $(BIN)/gunicorn --bind 127.0.0.1:$${PORT:-8000} --worker-class gthread --workers 2 --threads 4 --no-control-socket wsgi:app & \
	  trap 'kill $$(jobs -p) 2>/dev/null || true; wait' EXIT; trap exit INT TERM; wait -n

test: .venv/.dev chromium ## The whole suite, on SQLite and PostgreSQL, with the pages in Chromium
	$(BIN)/pytest -q -n 2 -m "not slow" $(ARGS)

test-slow: .venv/.dev chromium ## The long campaigns
	$(BIN)/pytest -q -n 2 -m slow $(ARGS)

guards: .venv/.dev ## Take every guard out in turn: some test has to miss it (an hour)
	$(BIN)/python -W ignore -m tests.proofs.removal $(ARGS)

mutants: .venv/.dev ## The mutation score of access, consent, the trail and disclosure (hours)
	mkdir -p test-artefacts && rm -f test-artefacts/template.sqlite
	KIEUBAO_TEST_TEMPLATE=$(CURDIR)/test-artefacts/template.sqlite $(BIN)/mutmut run $(ARGS)
	$(BIN)/mutmut export-cicd-stats

check: .venv/.dev ## Lint, types, import contracts, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint kieubao/templates --profile=jinja --lint --quiet

handbook: .venv/.dev chromium ## Take the pictures of the clerk's handbook anew
	KIEUBAO_TEST_PICTURES=kieubao/static/guide $(BIN)/pytest -q tests/pages/test_guide.py

bench: .venv/.dev ## Ratios to the raw-SQL floor, on both databases
	$(BIN)/python -m bench.search
	$(BIN)/python -m bench.outreach
	$(BIN)/python -m bench.pulls
	$(BIN)/python -m bench.trail
	$(BIN)/python -m bench.intake

lock: .venv/.dev ## Resolve pyproject.toml anew into requirements*.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --python-version 3.11 --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt

format: .venv/.dev ## Lay the code out
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only -q .

chromium:
	@command -v chromium >/dev/null || $(call install,chromium fonts-noto-core,the pages are tested in a real browser)

$(SETTINGS): | .venv/.run
	@umask 077; mkdir -p instance
	@umask 077; $(BIN)/python -W ignore -m kieubao.ground.ciphers > instance/keys.json
	@umask 077; $(BIN)/python -W ignore -m kieubao.ground.signatures > instance/signing-key.pem
	@umask 077; { \
	  echo "FLASK_APP=wsgi"; \
	  echo "KIEUBAO_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))')"; \
	  echo "KIEUBAO_KEYS=file:$(CURDIR)/instance/keys.json"; \
	  echo "KIEUBAO_SIGNING_KEY=file:$(CURDIR)/instance/signing-key.pem"; \
	  echo "KIEUBAO_DATABASE_URL=sqlite:///$(CURDIR)/instance/kieubao.sqlite"; \
	  echo "KIEUBAO_TOMBSTONES=$(CURDIR)/instance/tombstones"; \
	  echo 'KIEUBAO_OFFICE_ADDRESS="Số 1, phường Thành Sen, tỉnh Hà Tĩnh (địa chỉ mẫu)"'; \
	  echo 'KIEUBAO_OFFICE_CONTACT="bao-ve-du-lieu@hatinh.example (mẫu)"'; \
	  echo "KIEUBAO_HTTPS=0"; \
	  echo "KIEUBAO_DEMO=1"; \
	  echo "KIEUBAO_DEMO_PASSWORD=$$($(BIN)/python -c 'import secrets; print("-".join(secrets.token_hex(2) for _ in range(4)))')"; \
	} > $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kieubao needs Python 3.11 or later: install it, or say PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call install,python3-venv,the environment is made with it)
	@$(PYTHON) -m venv .venv

.venv/.run: requirements.txt $(PO) | .venv/bin/pip
	@echo "Installing what running needs …"
	@test .venv/.dev -nt requirements.txt || $(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@$(BIN)/pybabel -q compile -d kieubao/translations
	@touch $@

.venv/.dev: requirements.txt requirements-dev.txt $(PO) | .venv/bin/pip
	@echo "Installing what the tests need …"
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@$(BIN)/pip check -q --disable-pip-version-check
	@$(BIN)/pybabel -q compile -d kieubao/translations
	@touch $@

# --no-deps above: the lock names everything, and older pips look past it for what is wanted with an extra.

# Install Debian packages as root; say what is missing otherwise.
define install
{ if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; \
  else echo "Missing: $(1) ($(2)). Install with: sudo apt-get install $(1)"; exit 1; fi; }
endef

.PHONY: help run test test-slow guards mutants check handbook bench lock format chromium
