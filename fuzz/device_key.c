/* SPDX-License-Identifier: Apache-2.0 */
/* A key file of a device as somebody brings it. What is taken and written again is taken again, and
 * is the same; its public half never holds the private one. */
#include "agent/device_key.h"
#include "plat/crypto/crypto.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct device_key k = { 0 };
    struct device_key again = { 0 };
    struct buf b;
    struct buf public;
    err_t e = crypto_init();
    assert(e == E_OK);
    if (device_key_parse(str_of(p, n), NULL, &k) != E_OK)
        return 0;
    buf_init(&b, KIB(16));
    buf_init(&public, KIB(16));
    device_key_write(&b, &k);
    device_key_write_public(&public, &k);
    assert(b.err == E_OK);
    assert(public.err == E_OK);
    e = device_key_parse(buf_str(&b), NULL, &again);
    assert(e == E_OK);
    assert(strcmp(k.server, again.server) == 0);
    assert(strcmp(k.machine_id, again.machine_id) == 0);
    assert(secret_eq(&k.seed, &again.seed));
    assert(memmem(public.p, public.n, "\"d\"", 3) == NULL);
    buf_fini(&b);
    buf_fini(&public);
    return 0;
}
