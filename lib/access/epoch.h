/* SPDX-License-Identifier: MIT */
/* access/epoch.h: readers that never wait, and a writer that can tell when the last of them has left.
 *
 * A reader enters, reads a shared pointer, and leaves. A writer puts another pointer in place and waits until nobody
 * can still hold the old one. Readers count themselves in one of two columns, picked by the phase, and in one of
 * several rows, picked by where their stack lies, so that they share no cache line with one another. (Sleepable RCU in
 * small: the phase is flipped twice, since a reader may have read it just before the first flip and count itself just
 * after.) */
#ifndef ARMALO_ACCESS_EPOCH_H
#define ARMALO_ACCESS_EPOCH_H

#include <stdatomic.h>
#include <stdint.h>

#define ARMALO_I_EPOCH_ROWS 32

typedef struct armalo_i_epoch_row {
    _Atomic uint64_t readers[2];
    uint8_t padding[64 - 2 * sizeof(uint64_t)];
} armalo_i_epoch_row;

typedef struct armalo_i_epoch {
    _Atomic uint32_t phase;
    atomic_flag writing;
    uint8_t padding[56];
    armalo_i_epoch_row row[ARMALO_I_EPOCH_ROWS];
} armalo_i_epoch;

void armalo_i_epoch_init(armalo_i_epoch *epoch);

/* Returns what leave wants back. */
_Atomic uint64_t *armalo_i_epoch_enter(armalo_i_epoch *epoch);
void armalo_i_epoch_leave(_Atomic uint64_t *place);

/* One writer at a time. wait: when it returns, every reader that entered before it was called has left. */
void armalo_i_epoch_lock(armalo_i_epoch *epoch);
void armalo_i_epoch_wait(armalo_i_epoch *epoch);
void armalo_i_epoch_unlock(armalo_i_epoch *epoch);

#endif
