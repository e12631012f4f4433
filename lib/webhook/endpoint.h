/* SPDX-License-Identifier: MIT */
/* webhook/endpoint.h: what counts as the name of an endpoint. */
#ifndef ARMALO_WEBHOOK_ENDPOINT_H
#define ARMALO_WEBHOOK_ENDPOINT_H

#define ARMALO_I_ENDPOINT_MAX 63

/* 1 if name (NUL-terminated) is 1 to 63 bytes of [A-Za-z0-9_.:-]. */
int armalo_i_endpoint_usable(const char *name);

#endif
