// SPDX-License-Identifier: Apache-2.0
// The way from an empty server to a governed assistant, and how far it is gone. Pure, so that it is tested without a browser.
export const STEPS = ['admin', 'invite', 'enrol', 'policy', 'tool'] as const;
export type StepName = (typeof STEPS)[number];

/** What is known of the organisation; what one may not see is absent. */
export interface Known {
    people?: number | undefined;
    devices?: number | undefined;
    /** Policies of which a version is published. */
    published?: number | undefined;
    servers?: number | undefined;
}

/** Where each is done, and one of the permissions that it wants. */
export const WAYS: Record<StepName, { href: string; may: readonly string[] }> = {
    admin: { href: '/portal/account', may: [] },
    invite: { href: '/people/invitations?new=1', may: ['invitation:write'] },
    enrol: { href: '/fleet/enrol', may: ['enrollment-key:write', 'device:approve'] },
    policy: { href: '/policies?new=1', may: ['policy:write'] },
    tool: { href: '/tools?new=1', may: ['server:write'] },
};

/** Whether each is done; undefined: what decides it is not shown to this person. Somebody is signed in, so there is an administrator. */
export function stepsDone(known: Known): Record<StepName, boolean | undefined> {
    const some = (count: number | undefined, least: number) => (count === undefined ? undefined : count >= least);
    return {
        admin: true,
        invite: some(known.people, 2),
        enrol: some(known.devices, 1),
        policy: some(known.published, 1),
        tool: some(known.servers, 1),
    };
}
