# kafka-dr: every target installs what it needs. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help machine setup demo drill test test-all bench bench-quick bench-demo bench-program up preview destroy

# A machine whose Node.js is too old uses the one that this script fetches.
NODE := scripts/with-node.sh
TS := $(NODE) node --require tsx/cjs
INSTALLED := node_modules/.kafka-dr-installed

# tsx and V8 would leave a cache of compiled code in the system's temporary folder.
export TSX_DISABLE_CACHE := 1
export DISABLE_V8_COMPILE_CACHE := 1

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || \
		sed -n 's/^\([a-z-]*\):.* ## \(.*\)/make \1   \2/p' $(MAKEFILE_LIST)

$(INSTALLED): package.json package-lock.json
	@$(NODE) echo "Installing the packages of package-lock.json ..."
	@$(NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

machine:
	@scripts/require-machine.sh

setup: $(INSTALLED) ## Install the npm packages

demo: machine $(INSTALLED) ## Run the stack on this machine and mirror a million records; KEEP=1 keeps it up
	@$(TS) lab/demo/main.ts

drill: machine $(INSTALLED) ## Rehearse failovers and failbacks on real Kafka processes of this machine
	@$(TS) lab/rehearsal/main.ts

test: machine $(INSTALLED) ## Format, lint, type check and every test suite
	@$(TS) scripts/test.ts

test-all: machine $(INSTALLED) ## The same, and each right of MirrorMaker 2 taken away in turn
	@$(TS) scripts/test.ts --all

bench: machine $(INSTALLED) ## Measure the mirror on this machine; ARGS go to it, --help among them
	@$(TS) lab/bench/main.ts $(ARGS)

bench-quick: machine $(INSTALLED) ## The tutorial's question in five minutes, near and far
	@$(TS) lab/bench/main.ts --quick --output bench-results/quick.jsonl $(ARGS)

bench-demo: machine $(INSTALLED) ## Time `make demo` and the fast suites
	@$(TS) scripts/benchDemo.ts

bench-program: $(INSTALLED) ## Time the stack's program against an empty one
	@$(TS) scripts/benchProgram.ts

up preview destroy: $(INSTALLED)
	@$(NODE) scripts/pulumi.sh $@ "$(STACK)" $(ARGS)

up: ## Deploy a stack to Kubernetes: make up STACK=dev [ARGS=--yes]
preview: ## Show what `make up` would change: make preview STACK=dev
destroy: ## Take a stack down: make destroy STACK=dev
