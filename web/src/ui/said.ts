// SPDX-License-Identifier: Apache-2.0

/** What a file of `seneschal apply` says of an object: what is nothing is not said (docs/FILES.md). */
export const said = (members: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
        Object.entries(members).filter(
            ([, value]) =>
                value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
        ),
    );
