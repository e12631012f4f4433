/* SPDX-License-Identifier: MIT */
/* access/key_snapshot.h: building a snapshot of records, all or nothing. */
#ifndef ARMALO_ACCESS_KEY_SNAPSHOT_H
#define ARMALO_ACCESS_KEY_SNAPSHOT_H

#include "access/key_store.h"

/* Read records, one a line. GRANTED and *snapshot, or a reason with the line at fault in *bad_line (0: none). */
uint32_t armalo_i_key_snapshot_read(const armalo_host *host, armalo_i_span text, armalo_i_key_snapshot **snapshot,
                                    size_t *bad_line);
void armalo_i_key_snapshot_free(armalo_i_key_snapshot *snapshot);

#endif
