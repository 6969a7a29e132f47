# What a newcomer types: `make run`, then `make test`.
#
# npm is only asked when something of its own has changed.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: run test check bench schema clean admin audit prepare

NPM_CI := npm ci --no-audit --no-fund --loglevel=error
ADMIN_SOURCES := $(shell find admin \( -name node_modules -o -name dist -o -name tests \) -prune -o -type f -print)

# More for the command: `make run ARGS=--empty`.
run: admin
	cargo run --release --locked -- serve $(ARGS)

# Everything, on both databases and both stores, and the pages in a real browser.
test: prepare admin audit
	KOFFER_TEST_BACKEND=sqlite cargo test --locked --workspace
	KOFFER_TEST_BACKEND=postgres cargo test --locked --test it
	cd admin && KOFFER_BIN="$(or $(CARGO_TARGET_DIR),$(CURDIR)/target)/debug/koffer" npm test

check: admin
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo run --quiet --locked -- schema | diff -u admin/schema.graphql - \
		|| { echo 'admin/schema.graphql is not current: run `make schema` and commit it' >&2; exit 1; }
	cd admin && npm run check

bench:
	cargo bench --locked --bench load

# What the API offers, in the words of GraphQL; committed, so that a change of it is seen.
schema:
	cargo run --quiet --locked -- schema > target/schema.graphql
	mv target/schema.graphql admin/schema.graphql

clean:
	cargo clean
	rm -rf admin/dist admin/node_modules tests/graphql_http/node_modules tests/oidc/node_modules

# The pages for the browser, which the binary embeds.
admin: admin/dist/index.html

# The audits of GraphQL over HTTP and the provider of identities, which the Rust tests run.
audit: tests/graphql_http/node_modules/.package-lock.json tests/oidc/node_modules/.package-lock.json

# What the tests need from the system.
prepare:
	tests/prepare.sh

admin/dist/index.html: admin/node_modules/.package-lock.json $(ADMIN_SOURCES)
	cd admin && npm run build

# npm writes this file last.
%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	cd $* && $(NPM_CI)
	touch $@
