#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/tsan.sh PROGRAM: run a program built with ThreadSanitizer, without address space randomisation where that can be
# switched off: older sanitizers stop with "unexpected memory mapping" on kernels that randomise more bits than they
# know. In one process: threads started in a forked child are not followed.
CK_FORK=no
export CK_FORK
if setarch -R true 2> /dev/null; then exec setarch -R "$@"; fi
exec "$@"
