/* SPDX-License-Identifier: MIT */
#include "armalo/store.h"

void armalo_store_free(armalo_store *store) {
    if (store == NULL || store->struct_size < sizeof *store || store->release == NULL) return;
    store->release(store);
}
