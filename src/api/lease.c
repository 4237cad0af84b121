/* SPDX-License-Identifier: Apache-2.0 */
#include "api/lease.h"

#include "base/enc.h"
#include "domain/live/signer.h"
#include "plat/json/out.h"

enum { CLAIMS_MAX = 512 };

/* clang-format off */
static const struct { err_t refusal; const char *status; } refusals[] = {
    { E_DEVICE_BLOCKED, "BLOCKED" },
    { E_DEVICE_REVOKED, "REVOKED" },
};
/* clang-format on */

/* Members in byte order, no blanks: {"device","etag","exp","grace_s","iat","seq","status"}. */
static size_t claims_make(const struct settings *settings, const struct lease *l, ts_t now,
                          char out[static CLAIMS_MAX])
{
    char device[OID_TEXT];
    char etag[2 * SHA256_SIZE];
    char with_etag[sizeof etag + 16] = "";
    char with_grace[40] = "";
    long long iat = (long long)(now.us / 1000000);
    long long grace = (long long)(settings->lease_grace.us / 1000000);
    oid_format(l->device, device);
    if (l->etag != NULL) {
        hex_encode(l->etag->b, SHA256_SIZE, etag);
        (void)snprintf(with_etag, sizeof with_etag, "\"etag\":\"\\\"%.*s\\\"\",", (int)sizeof etag,
                       etag);
    }
    if (grace > 0)
        (void)snprintf(with_grace, sizeof with_grace, "\"grace_s\":%lld,", grace);
    int n = snprintf(out, CLAIMS_MAX,
                     "{\"device\":\"%.*s\",%s\"exp\":%lld,%s\"iat\":%lld,\"seq\":%lld,"
                     "\"status\":\"%s\"}",
                     (int)sizeof device, device, with_etag,
                     iat + (long long)(settings->lease_life.us / 1000000), with_grace, iat,
                     (long long)l->seq, l->status);
    return (size_t)n;
}

err_t lease_put(struct services *sv, struct buf *head, const struct lease *l)
{
    char claims[CLAIMS_MAX];
    CLEANUP(jws_key_fini) struct jws_key key = { 0 };
    if (clock_guard_behind(&sv->clock))
        return E_CLOCK_BEHIND;
    if (!live_signer_find(sv->live, l->org, &key))
        return E_NOT_FOUND;
    size_t n = claims_make(services_settings(sv), l, clock_now(), claims);
    BUF_ADD(head, "Seneschal-Lease: ");
    jws_sign(head, &key, STR("seneschal-lease+jwt"), str_of(claims, n));
    BUF_ADD(head, "\r\n");
    return E_OK;
}

err_t lease_put_refusal(struct services *sv, struct buf *head, const struct actor *who,
                        err_t refusal)
{
    struct lease l = { .org = who->org, .device = who->id, .seq = live_seq(sv->live) };
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        if (refusals[i].refusal == refusal)
            l.status = refusals[i].status;
    }
    return who->kind == ACTOR_DEVICE && l.status != NULL ? lease_put(sv, head, &l) : E_OK;
}

/* One member of the list: its name, before "=" or ";" (RFC 7240 section 2). */
static bool is_lease(str_t preference)
{
    preference = str_sub(preference, 0, str_find(preference, ';'));
    preference = str_sub(preference, 0, str_find(preference, '='));
    return str_eq_nocase(str_trim(preference), STR("lease"));
}

bool lease_preferred(const struct http_xchg *x)
{
    for (size_t i = 0; i < x->fields_n; i++) {
        if (!str_eq_nocase(x->fields[i].name, STR("Prefer")))
            continue;
        str_t rest = x->fields[i].value;
        str_t preference;
        while (str_split(&rest, ',', &preference)) {
            if (is_lease(preference))
                return true;
        }
    }
    return false;
}
