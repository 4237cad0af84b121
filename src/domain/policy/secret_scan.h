/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets that stand in a configuration: known shapes of credentials in any text, names of members
 * among them, and random-looking values under telling names (secret_names.def). A configuration
 * names a secret by {"$secret":"NAME"} instead, which is no finding.
 */
#ifndef DOMAIN_POLICY_SECRET_SCAN_H
#define DOMAIN_POLICY_SECRET_SCAN_H

#include "plat/json/json.h"

enum { SECRET_FINDINGS_MAX = 20, SECRET_POINTER_MAX = 512 };

struct secret_finding {
    /* RFC 6901. Of a finding in the name of a member, and of one whose pointer would be longer than
     * SECRET_POINTER_MAX, it is that of the nearest object or array above. */
    str_t pointer;
    const char *kind; /* "a GitHub token"; never the value */
};

struct secret_findings {
    struct secret_finding v[SECRET_FINDINGS_MAX];
    size_t n;
};

/* The first findings in document order, members by name; pointers live in `a`. E_NO_MEMORY. */
err_t secret_scan(struct arena *a, const struct json *root, struct secret_findings *ret) MUST_USE;

/* Is the value a reference: an object with exactly the member "$secret", whose text is 1 to 64 of
 * a-z 0-9 - _ . or "vault:" and a path? */
bool secret_is_reference(const struct json *v);

#endif
