/* SPDX-License-Identifier: Apache-2.0 */
/* What may be given to libcbor. A second, plain reading that calls itself comes to the same verdict
 * about any bytes. */
#include "plat/crypto/cbor.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* One item at `at`; where it ends, or 0. `room`: arrays and maps that may still be opened. */
static size_t item_end(const uint8_t *p, size_t n, size_t at, int room)
{
    static const size_t widths[] = { 1, 2, 4, 8 };
    if (at >= n)
        return 0;
    int major = p[at] / 32;
    int info = p[at] % 32;
    uint64_t value = (uint64_t)info;
    at++;
    if (info > 27 || major == 6)
        return 0;
    if (info >= 24) {
        size_t width = widths[info - 24];
        if (n - at < width)
            return 0;
        value = 0;
        for (size_t i = 0; i < width; i++)
            value = value * 256 + p[at++];
    }
    if (major == 2 || major == 3)
        return value <= n - at ? at + (size_t)value : 0;
    if (major != 4 && major != 5)
        return at;
    if (value == 0)
        return at;
    if (room == 0 || value > n)
        return 0;
    for (uint64_t i = 0; i < value * (major == 5 ? 2 : 1) && at != 0; i++)
        at = item_end(p, n, at, room - 1);
    return at;
}

static bool plainly(const uint8_t *p, size_t n)
{
    size_t at = 0;
    while (at < n) {
        at = item_end(p, n, at, CBOR_DEPTH_MAX);
        if (at == 0)
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    bool obeys = cbor_obeys(str_of(p, n));
    assert(obeys == plainly(p, n));
    for (size_t cut = 1; obeys && cut < n && cut < 16;
         cut++) /* a part of it obeys or does not alike */
        assert(cbor_obeys(str_of(p, n - cut)) == plainly(p, n - cut));
    return 0;
}
