# kafka-dr: every target installs what it needs. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo drill test bench bench-quick bench-demo bench-program up preview destroy

TS := node --require ts-node/register/transpile-only
INSTALLED := node_modules/.kafka-dr-installed

# ts-node would leave a cache of compiled code in the system's temporary folder.
export DISABLE_V8_COMPILE_CACHE := 1

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || \
		sed -n 's/^\([a-z-]*\):.* ## \(.*\)/make \1   \2/p' $(MAKEFILE_LIST)

$(INSTALLED): package.json package-lock.json scripts/require-tools.sh
	@scripts/require-tools.sh node
	@echo "Installing the packages of package-lock.json ..."
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

setup: $(INSTALLED) ## Install the npm packages

demo: $(INSTALLED) ## Run the stack on this machine and mirror a million records; KEEP=1 keeps it up
	@scripts/require-tools.sh node java
	@$(TS) lab/demo/main.ts

drill: $(INSTALLED) ## Rehearse failovers and failbacks on real Kafka processes of this machine
	@scripts/require-tools.sh node java
	@$(TS) drill/rehearsal/main.ts

test: $(INSTALLED) ## Format, lint, type check and every test suite
	@scripts/require-tools.sh node java
	@$(TS) scripts/test.ts

bench: $(INSTALLED) ## Measure the mirror on this machine; ARGS go to it, --help among them
	@scripts/require-tools.sh node java
	@$(TS) drill/bench/main.ts $(ARGS)

bench-quick: $(INSTALLED) ## The tutorial's question in five minutes, near and far
	@scripts/require-tools.sh node java
	@$(TS) drill/bench/main.ts --quick --output bench-results/quick.jsonl $(ARGS)

bench-demo: $(INSTALLED) ## Time `make demo` and the fast suites
	@scripts/require-tools.sh node java
	@$(TS) scripts/benchDemo.ts

bench-program: $(INSTALLED) ## Time the stack's program against an empty one
	@scripts/require-tools.sh node
	@$(TS) scripts/benchProgram.ts

up preview destroy: $(INSTALLED)
	@scripts/pulumi.sh $@ "$(STACK)" $(ARGS)

up: ## Deploy a stack to Kubernetes: make up STACK=dev [ARGS=--yes]
preview: ## Show what `make up` would change: make preview STACK=dev
destroy: ## Take a stack down: make destroy STACK=dev
