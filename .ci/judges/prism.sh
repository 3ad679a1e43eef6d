#!/usr/bin/env bash
# Prism holds our requests to Twilio, and the replies of our stand-in for Twilio, to
# Twilio's own OpenAPI description. The tests are in notifier/channel/sms/prism_test.go.
#
# The description comes from npm too, out of the package that Twilio's command line is
# built on. It is narrowed to messages, and tightened by what each of its own examples
# shows: a reply has all its fields and no others, and the addresses in a listing are
# relative, though the description calls them whole.
judge="Prism on our requests to Twilio"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scratch=$(mktemp -d)

# Prism 5.16.0 at the time of writing; the description changes with its package.
from_npm @stoplight/prism-cli@5
(cd "$scratch" && npm pack --cache "$scratch/npm-cache" --fetch-retries 1 --loglevel error @twilio/cli-core@9.0.0 >npm.out 2>&1 </dev/null &&
  tar -xzf twilio-cli-core-9.0.0.tgz package/src/services/twilio-api/twilio_api_v2010.json) ||
  skip "$judge: npm could not fetch Twilio's OpenAPI description: $(grep -m 1 "npm error" "$scratch/npm.out" || tail -n 1 "$scratch/npm.out")"

node - "$scratch/package/src/services/twilio-api/twilio_api_v2010.json" "$scratch/twilio.json" <<'TIGHTEN'
const { readFileSync, writeFileSync } = require("node:fs");
const [from, to] = process.argv.slice(2);
const api = JSON.parse(readFileSync(from, "utf8"));
const list = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
const one = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json";
api.paths = { [list]: api.paths[list], [one]: api.paths[one] };
const tighten = (schema, required) => {
  schema.additionalProperties = false;
  schema.required = required;
};
const message = api.components.schemas["api.v2010.account.message"];
tighten(message, Object.keys(message.properties));
const listing = api.paths[list].get.responses["200"].content["application/json"].schema;
tighten(listing, ["messages", "next_page_uri", "page", "page_size", "uri"]);
for (const field of Object.values(listing.properties)) {
  if (field.format === "uri") field.format = "uri-reference";
}
writeFileSync(to, JSON.stringify(api));
TIGHTEN

read -r port upstream <<<"$(free_ports 2)"
set -m
"$scratch/npm/node_modules/.bin/prism" proxy --errors -h 127.0.0.1 -p "$port" "$scratch/twilio.json" "http://127.0.0.1:$upstream" \
  >"$scratch/prism.out" 2>&1 </dev/null &
group=$!
set +m
for _ in $(seq 300); do
  listens "$port" && break
  kill -0 "$group" 2>/dev/null || { cat "$scratch/prism.out"; fail "Prism ended by itself"; }
  sleep 0.1
done
listens "$port" || { cat "$scratch/prism.out"; fail "Prism does not listen after half a minute"; }

export PRISM_ADDRESS="127.0.0.1:$port" PRISM_UPSTREAM="127.0.0.1:$upstream" PRISM_DESCRIPTION="$scratch/twilio.json"
go_tests '^TestPrism' ./notifier/channel/sms
