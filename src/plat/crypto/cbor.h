/* SPDX-License-Identifier: Apache-2.0 */
/* Of CBOR (RFC 8949) only: may a library be given it? Pure. */
#ifndef PLAT_CRYPTO_CBOR_H
#define PLAT_CRYPTO_CBOR_H

#include "base/str.h"

enum { CBOR_DEPTH_MAX = 8 }; /* authenticators nest four levels (CTAP 2.1 section 8) */

/*
 * Items one behind the other that fill the text, as authenticators write them (CTAP 2.1 section 8):
 * definite lengths, no tags, nothing longer than what is there, at most CBOR_DEPTH_MAX deep.
 * libcbor makes room for as many members as a head names before it looks whether they come.
 */
bool cbor_obeys(str_t s);

#endif
