#!/bin/sh
# A question and its follow-up with curl, and python3 to read JSON.
#   POLICY_QA_URL=http://127.0.0.1:8000 POLICY_QA_KEY=pqa_… sh examples/ask.sh
# On a server of your own machine that asks for no key, leave POLICY_QA_KEY out.
set -eu
url="${POLICY_QA_URL:-http://127.0.0.1:8000}/v1/ask"
key="${POLICY_QA_KEY:+Authorization: Bearer $POLICY_QA_KEY}"

ask() { # ask BODY SECRET: the answer's JSON; a problem goes to stderr and ends the program
    found=$(curl --silent --show-error --fail-with-body "$url" -H 'Content-Type: application/json' \
        ${key:+-H "$key"} ${2:+-H "X-Conversation-Secret: $2"} -d "$1") || {
        printf '%s\n' "$found" >&2
        exit 1
    }
    printf '%s\n' "$found"
}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1]) or "")' "$1"; }

first=$(ask '{"question": "公办幼儿园的占比要达到多少？"}' '')
printf '%s\n' "$first" | field answer

conversation=$(printf '%s\n' "$first" | field conversation_id)
secret=$(printf '%s\n' "$first" | field conversation_secret)
next=$(ask "{\"question\": \"这个比例要到哪年？\", \"conversation_id\": \"$conversation\"}" "$secret")
printf '%s\n' "$next" | field answer
