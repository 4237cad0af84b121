/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli.h"

#include "plat/crypto/warden_hash.h"
#include "plat/os/child.h"

int main(int argc, char **argv)
{
    if (argc > 0 && strcmp(argv[0], CHILD_WARDEN) == 0)
        return child_warden_main(argc, argv, warden_hash);
    return cli_main(argc, argv);
}
