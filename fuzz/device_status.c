/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statuses of devices, by commas, out of a query. Oracle: what is taken is a set of statuses that
 * there are, and their names, written anew, are the same set.
 */
#include "base/buf.h"
#include "domain/fleet/device_list.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    int64_t set = 0;
    int64_t again = 0;
    if (device_statuses_parse(n > 0 ? str_of(p, n) : STR(""), &set) != E_OK)
        return 0;
    buf_init(&b, KIB(1));
    for (int i = DEVICE_PENDING; i < DEVICE_STATUS_COUNT; i++) {
        if ((set & INT64_C(1) << i) == 0)
            continue;
        if (b.n > 0)
            buf_add_byte(&b, ',');
        buf_add(&b, str_from_cz(device_status_name((enum device_status)i)));
    }
    assert(set != 0 && b.err == E_OK);
    assert(device_statuses_parse(buf_str(&b), &again) == E_OK);
    assert(again == set);
    return 0;
}
