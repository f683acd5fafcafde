# One command for each thing a contributor does: `.venv/bin/just tests`. Without a name it lists them.
# What is written behind a name goes on to the command: `.venv/bin/just tests tests/store -x`.

python := justfile_directory() / ".venv/bin/python"

_list:
    @{{ just_executable() }} --justfile {{ justfile() }} --list --unsorted

# run all tests
tests *words:
    {{ python }} -m pytest {{ words }}

# run the tests that start no program and no browser
fast *words:
    {{ python }} -m pytest --ignore=tests/integration --ignore=tests/browser --ignore=tests/soak --ignore=tests/demo {{ words }}

# run one case of tests/parse/cases, by a piece of its name
case name *words:
    {{ python }} -m pytest -n 0 tests/parse/test_cases.py -k "{{ name }}" {{ words }}

# run property tests with many examples
properties *words:
    {{ python }} -m pytest --hypothesis-profile=large {{ words }}

# look for faults, wrong format and dead code
lint:
    {{ python }} -m ruff check .
    {{ python }} -m ruff format --check .
    {{ python }} -m vulture

# look for what may be dead, also where it is only likely
dead:
    {{ python }} -m vulture --min-confidence 60

# put the code into its format
format:
    {{ python }} -m ruff check --fix .
    {{ python }} -m ruff format .

# check types
types:
    {{ python }} -m mypy

# measure what polling, publishing and rest cost, and how fast stories are found
benchmarks:
    {{ python }} -m tests.benchmarks.polling
    {{ python }} -m tests.benchmarks.judging
    {{ python }} -m tests.benchmarks.publishing
    {{ python }} -m tests.benchmarks.planning
    {{ python }} -m tests.benchmarks.periodic
    {{ python }} -m tests.benchmarks.stories

# read changed documents for so many minutes, guided by what they reach; crashes are left in data/fuzz
fuzz minutes="60":
    {{ python }} -m tests.fuzz --minutes {{ minutes }} --out data/fuzz tests/parse/cases

# run the service against failing sources for a week of compressed time
soak *words:
    {{ python }} -m tests.soak {{ words }}

# kill each stage at random steps, or let the machine's parts fail: `just faults kill --rounds 100`, `just faults outages`
faults *words:
    {{ python }} -m tests.faults {{ words }}

# play random histories of a site, each compared with its tree built anew: `just histories --histories 5000`
histories *words:
    {{ python }} -m tests.publishing_equality {{ words }}

# let subscribers of made-up sites look for what they could complain about: `just subscribers --lives 50`
subscribers *words:
    {{ python }} -m tests.subscribers {{ words }}
