# What a newcomer types: `make run`, then `make test`.
#
# npm is only asked when something of its own has changed; the stamps in target/ remember.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: run test check bench schema clean admin audit prepare

NPM_CI := npm ci --no-audit --no-fund --loglevel=error
ADMIN_SOURCES := $(shell find admin -type f -not -path 'admin/node_modules/*' -not -path 'admin/dist/*')

# More for the command: `make run ARGS=--empty`.
run: admin
	cargo run --release --locked -- serve $(ARGS)

# Everything, on both databases and both stores, and the pages in a real browser.
test: prepare admin audit
	KOFFER_TEST_BACKEND=sqlite cargo test --locked --workspace
	KOFFER_TEST_BACKEND=postgres cargo test --locked --test it
	cd admin && KOFFER_BIN="$(CURDIR)/target/debug/koffer" npm test

check: admin
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo run --quiet --locked -- schema | diff -u admin/schema.graphql - \
		|| { echo 'admin/schema.graphql is not current: run `make schema` and commit it' >&2; exit 1; }
	cd admin && npm run check

bench:
	cargo bench --locked

# What the API offers, in the words of GraphQL; committed, so that a change of it is seen.
schema:
	cargo run --quiet --locked -- schema > target/schema.graphql
	mv target/schema.graphql admin/schema.graphql

clean:
	cargo clean
	rm -rf admin/dist admin/node_modules tests/graphql_http/node_modules

# The pages for the browser, which the binary embeds.
admin: target/stamps/admin-built

# The audits of GraphQL over HTTP, which the Rust tests run.
audit: target/stamps/audit-installed

# What the tests need from the system.
prepare:
	tests/prepare.sh

target/stamps/admin-built: target/stamps/admin-installed $(ADMIN_SOURCES)
	cd admin && npm run build
	touch $@

target/stamps/admin-installed: admin/package.json admin/package-lock.json
	cd admin && $(NPM_CI)
	mkdir -p $(@D) && touch $@

target/stamps/audit-installed: tests/graphql_http/package.json tests/graphql_http/package-lock.json
	cd tests/graphql_http && $(NPM_CI)
	mkdir -p $(@D) && touch $@
