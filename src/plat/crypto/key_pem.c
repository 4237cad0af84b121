/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/key_pem.h"

#include <assert.h>
#include <sodium.h>

/* RFC 7468 section 2: 64 characters a line, which are 48 bytes. */
enum { LINE_BYTES = 48, LINE_TEXT = 64 };

static void line_add(struct buf *b, str_t bytes)
{
    char line[LINE_TEXT + 1];
    sodium_bin2base64(line, sizeof line, (const unsigned char *)bytes.p, bytes.n,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_add(b, str_from_cz(line));
    buf_add_byte(b, '\n');
    explicit_bzero(line, sizeof line);
}

void key_pem_write(struct buf *pem, struct arena *a, const struct sign_key *k)
{
    str_t der = STR_NONE;
    assert(pem->secret);
    err_t e = sign_key_write(k, a, &der);
    if (e != E_OK) {
        pem->err = pem->err != E_OK ? pem->err : e;
        return;
    }
    BUF_ADD(pem, "-----BEGIN PRIVATE KEY-----\n");
    for (size_t at = 0; at < der.n; at += LINE_BYTES)
        line_add(pem, str_sub(der, at, LINE_BYTES));
    BUF_ADD(pem, "-----END PRIVATE KEY-----\n");
    explicit_bzero((char *)(uintptr_t)der.p, der.n); /* ours: it was written into the arena */
}
