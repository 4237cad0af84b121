// SPDX-License-Identifier: Apache-2.0
// Who gains or loses what by a change that is not made yet.
import { counted, number } from '../format.ts';

export default {
    kinds: { roles: 'Roles', applications: 'Applications', tools: 'Tools', values: 'Configuration' },
    states: { none: 'no', conditional: 'under conditions', approval: 'after a person’s yes', allowed: 'yes' },
    becomes: 'becomes',
    roles: {
        administrator: 'Administrator',
        operator: 'Operator',
        auditor: 'Auditor',
        enroller: 'Enroller',
        user: 'User',
    },
    others: (n: number) => counted(n, 'other', 'others'),
    more: (n: number) => `Show ${number(n)} more`,
    summary: (n: number, of: number) =>
        of === n
            ? `This changes what ${counted(n, 'account or device has', 'accounts and devices have')}:`
            : `This changes what ${number(n)} of ${counted(of, 'account or device has', 'accounts and devices have')}:`,
    nobody: 'Nobody gains or loses anything',
    nobodyText: 'Whatever is written: what somebody may do stays as it is today.',
    truncated: 'This is not the whole answer',
    truncatedText: (n: number) =>
        `Only ${counted(n, 'account or device was', 'accounts and devices were')} looked at, or some changes are left out.`,
    switchedOn: 'From now on there is a configuration.',
    switchedOff: 'From now on there is no configuration.',
};
