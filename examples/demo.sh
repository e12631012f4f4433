#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh BUILD-DIRECTORY: the controls, each shown against a real server on this machine. Exit status 0 only if every
# answer came out as it must.
set -u
build=${1:?usage: demo.sh BUILD-DIRECTORY} here=$(dirname "$0") status=0
for part in webhooks access attest; do
    sh "$here/demo_$part.sh" "$build" || status=1
    echo
done
[ "$status" -ne 0 ] || echo 'Next: README.md, "What you write"; build/armalo help; man -l man/armalo.7'
exit "$status"
