# make run    the desk with a local Slack in the browser; with tokens in .env, in your workspace
#             make run SPOKEN=de: the demo in German
# make test   every test
# make check  tokens, scopes, channels, mail, database of your own set-up
# make bench  the figures in docs/benchmarks.md, measured anew; ten minutes
# make pictures  the pictures in the docs, from the browser tests
# make texts  what people read, gathered anew from the code into texts/; says what has no German yet
# make lock   the pins, made anew from pyproject.toml

PYTHON ?= python3
SPOKEN ?= en
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: run test check bench pictures texts lock clean

run: $(VENV)/.run
	@if [ -n "$$SLACK_BOT_TOKEN" ] || grep -qs '^ *SLACK_BOT_TOKEN *= *[^ ]' .env; then exec $(PY) app.py; else exec $(PY) app.py demo --language $(SPOKEN); fi

test: $(VENV)/.test
	$(PY) -m pytest -n auto

check: $(VENV)/.run
	@$(PY) app.py check

bench: $(VENV)/.test
	$(PY) -m bench --write

pictures: $(VENV)/.test
	PICTURES=docs/pictures $(PY) -m pytest tests/browser
	$(PY) -m tests.browser.film docs/pictures

texts: $(VENV)/.test
	$(PY) -m texts

lock: $(VENV)/.test
	$(PY) -m uv pip compile -q --universal --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	$(PY) -m uv pip compile -q --universal --no-header --python-version 3.11 --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another: make run PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(PY) -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt | $(VENV)/bin/python
	$(PY) -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) var
