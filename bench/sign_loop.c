/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-sign --ms N: the peer of leases. libsodium signs a text as long as a lease's, by one thread
 * that does nothing else; prints one JSON object.
 */
#include "base/clock.h"
#include "base/num.h"

#include <getopt.h>
#include <sodium.h>
#include <time.h>

enum { LEASE_TEXT = 360, ROUND = 256 };

static int64_t cpu_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* cannot fail for this clock */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    static const struct option names[] = { { "ms", required_argument, NULL, 's' },
                                           { NULL, 0, NULL, 0 } };
    unsigned char text[LEASE_TEXT] = { 0 };
    unsigned char signature[crypto_sign_BYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    uint64_t ms = 1000;
    uint64_t n = 0;
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c != 's' || num_parse_u64(str_from_cz(optarg), &ms) != E_OK)
            return 2;
    }
    if (sodium_init() < 0 || crypto_sign_keypair(public_key, secret_key) != 0)
        return 1;
    int64_t end = clock_mono().us + (int64_t)ms * 1000;
    int64_t cpu = cpu_us();
    while (clock_mono().us < end) {
        for (int i = 0; i < ROUND; i++) {
            text[i % LEASE_TEXT]++;
            if (crypto_sign_detached(signature, NULL, text, sizeof text, secret_key) != 0)
                return 1;
        }
        n += ROUND;
    }
    cpu = cpu_us() - cpu;
    (void)printf("{\"signatures\":%llu,\"cpu_us\":%.3f,\"rps\":%.1f}\n", (unsigned long long)n,
                 (double)cpu / (double)n, (double)n * 1e6 / (double)cpu);
    return 0;
}
