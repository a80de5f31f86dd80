# make run    the desk with a local Slack in the browser; with tokens in .env, in your workspace
#             make run OPEN=1: opens the page, where there is a desktop
#             make run SPOKEN=de: the demo in German
# make test   every test
# make short  some of the tests, in a minute; with another Python: make short VENV=.venv-3.13 PYTHON=python3.13
# make check  tokens, scopes, channels, mail, database of your own set-up
# make bench  the figures in docs/benchmarks.md, measured again; ten minutes
# make soak   random people under faults and kill -9, on both engines, then an audit; long: KILLS=500
# make fuzz   random and malformed input, FUZZ=20 times as much as in make test, then guided by coverage (atheris)
# make pictures  the pictures in the docs, from the browser tests
# make texts  what people read, gathered from the code into texts/; says what has no German yet
# make lock   the pins with their hashes, renewed from pyproject.toml
# make sbom   the list of components of this release (CycloneDX), in sbom.json
# make audit  known vulnerabilities of the pins, asked of PyPI, where it can be reached; waivers: deploy/audit-waivers.txt

PYTHON ?= python3
SPOKEN ?= en
KILLS ?= 500
FUZZ ?= 20
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: run test short check bench soak fuzz pictures texts lock sbom audit clean

run: $(VENV)/.run
	@if [ -n "$$SLACK_BOT_TOKEN" ] || grep -qs '^ *SLACK_BOT_TOKEN *= *[^ ]' .env; then exec $(PY) app.py; else exec $(PY) app.py demo --language $(SPOKEN)$(if $(OPEN), --open); fi

test: export PYTHONDONTWRITEBYTECODE := # the program is started some hundred times: it is compiled once
test: $(VENV)/.test
	@$(call missing,chromium chromium-browser google-chrome google-chrome-stable chrome "$$CHROMIUM",A browser,chromium)
	@$(call missing,npm,Node.js,nodejs npm)
	$(PY) -m pytest -n auto -rs

short: $(VENV)/.test
	$(PY) -m pytest -n auto tests/bot/core tests/bot/escalation tests/bot/tickets tests/handlers/test_escalation.py tests/contracts/test_store.py

check: $(VENV)/.run
	@$(PY) app.py check

bench: $(VENV)/.test
	$(PY) -m bench --write

soak: $(VENV)/.test
	$(PY) -m tests.soak --kills $(KILLS) --engine sqlite
	$(PY) -m tests.soak --kills $(KILLS) --engine postgresql

fuzz: $(VENV)/.fuzz
	FUZZ=$(FUZZ) $(PY) -m pytest tests/fuzz tests/bot/test_desk_model.py
	for target in payloads forms mails settings feeds; do $(PY) -m tests.fuzz.guided $$target -max_total_time=$$((3 * $(FUZZ))) || exit 1; done

pictures: $(VENV)/.test
	PICTURES=docs/pictures $(PY) -m pytest tests/browser
	$(PY) -m tests.browser.film docs/pictures

texts: $(VENV)/.test
	$(PY) -m texts

LOCK := $(PY) -m uv pip compile -q --universal --no-header --generate-hashes --python-version 3.11

lock: $(VENV)/.test
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --extra traces -c requirements.txt pyproject.toml -o requirements-traces.txt
	$(LOCK) --extra fuzz -c requirements.txt pyproject.toml -o requirements-fuzz.txt
	$(LOCK) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	echo 'setuptools>=77' | $(LOCK) - -o requirements-build.txt

sbom: $(VENV)/.test
	$(PY) -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json

audit: $(VENV)/.test
	@$(PY) deploy/audit.py

# $(call missing,commands,thing,packages): says that some tests are left out where none of the commands is there
missing = for each in $(1); do command -v "$$each" >/dev/null && exit 0; done; \
	echo "$(2) is not installed, so the tests that need it are left out. On Debian or Ubuntu: sudo apt install $(3)"

# $(call install,file): what was left of an environment that was interrupted is made again
define install
@$(PY) -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV)
@echo "Installing $$(grep -c == $(1)) packages ($(1)) into $(VENV): about a minute, only the first time ..."
@PIP_ROOT_USER_ACTION=ignore $(PY) -m pip install -qq --no-input --disable-pip-version-check -r $(1)
@touch $@
endef

$(VENV)/bin/python:
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON). On Debian or Ubuntu: sudo apt install python3 python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another: make run PYTHON=python3.12")'
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment. On Debian or Ubuntu: sudo apt install $$(basename "$(PYTHON)")-venv" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) with $$("$(PYTHON)" --version) ..."
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(call install,requirements.txt)

$(VENV)/.test: requirements-dev.txt | $(VENV)/bin/python
	$(call install,requirements-dev.txt)
	@touch $(VENV)/.run

$(VENV)/.fuzz: requirements-fuzz.txt $(VENV)/.test
	$(call install,requirements-fuzz.txt)

clean:
	rm -rf $(VENV) var
