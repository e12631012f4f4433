/* SPDX-License-Identifier: MIT */
#include "access/epoch.h"

#if defined(__unix__) || defined(__APPLE__)
#include <sched.h>
#define ARMALO_I_EPOCH_YIELD() (void)sched_yield()
#else
#define ARMALO_I_EPOCH_YIELD() (void)0
#endif

void armalo_i_epoch_init(armalo_i_epoch *epoch) {
    atomic_init(&epoch->phase, 0);
    atomic_flag_clear(&epoch->writing);
    for (int i = 0; i < ARMALO_I_EPOCH_ROWS; i++) {
        atomic_init(&epoch->row[i].readers[0], 0);
        atomic_init(&epoch->row[i].readers[1], 0);
    }
}

_Atomic uint64_t *armalo_i_epoch_enter(armalo_i_epoch *epoch) {
    uint64_t page = (uint64_t)(uintptr_t)&page >> 12;
    uint64_t row = (page * UINT64_C(0x9E3779B97F4A7C15)) >> 59;
    _Atomic uint64_t *place = &epoch->row[row].readers[atomic_load(&epoch->phase) & 1];
    atomic_fetch_add(place, 1); /* sequentially consistent: counted before the shared pointer is read */
    return place;
}

void armalo_i_epoch_leave(_Atomic uint64_t *place) { atomic_fetch_sub_explicit(place, 1, memory_order_release); }

void armalo_i_epoch_lock(armalo_i_epoch *epoch) {
    while (atomic_flag_test_and_set_explicit(&epoch->writing, memory_order_acquire)) ARMALO_I_EPOCH_YIELD();
}

void armalo_i_epoch_unlock(armalo_i_epoch *epoch) { atomic_flag_clear_explicit(&epoch->writing, memory_order_release); }

void armalo_i_epoch_wait(armalo_i_epoch *epoch) {
    for (int flip = 0; flip < 2; flip++) {
        uint32_t before = atomic_fetch_add(&epoch->phase, 1) & 1;
        for (int i = 0; i < ARMALO_I_EPOCH_ROWS; i++) {
            while (atomic_load(&epoch->row[i].readers[before]) != 0) ARMALO_I_EPOCH_YIELD();
        }
    }
}

_Static_assert(ARMALO_I_EPOCH_ROWS == 32, "five bits pick a row");
