// SPDX-License-Identifier: Apache-2.0
// The list of devices, and words that every page of a device needs.
import { counted } from '../format.ts';

const devices = (n: number) => counted(n, 'device', 'devices');

export default {
    title: 'Devices',
    devices,
    nav: { label: 'Parts of this page', list: 'All devices', lobby: 'Lobby', enrol: 'Bring machines in' },
    enrol: 'Enrol devices',
    status: {
        PENDING: 'Waiting',
        ENROLLED: 'Enrolled',
        BLOCKED: 'Blocked',
        UNINSTALLED: 'Uninstalled',
        REFUSED: 'Refused',
        REVOKED: 'Revoked',
    },
    counts: { label: 'By status', all: 'All', waiting: 'Needs approval' },
    search: 'Machine, host name or owner',
    filter: {
        group: 'Group',
        label: 'Label (name=value)',
        ownerOff: 'Show the devices of everybody',
    },
    column: {
        name: 'Name',
        status: 'Status',
        system: 'System',
        version: 'Client',
        owner: 'Owner',
        groups: 'Groups',
        config: 'Configuration',
        credential: 'Proves itself by',
        seen: 'Last seen',
    },
    never: 'never',
    nobody: 'nobody',
    credential: { 'software-key': 'Key', token: 'Token', none: 'Nothing yet' },
    config: {
        applied: (version: string) => `${version} applied`,
        failed: (version: string) => `${version} failed`,
        rejected: (version: string) => `${version} rejected`,
        none: 'nothing yet',
        drift: (n: number) => `changed by others in ${counted(n, 'place', 'places')}`,
    },
    csv: 'CSV',
    empty: {
        title: 'No device yet',
        text: 'A device is a machine, or a program on one, that gets its configuration here. It asks to come in, you compare a code and approve it.',
    },
    move: {
        approve: 'Approve',
        refuse: 'Refuse',
        block: 'Block',
        unblock: 'Unblock',
        revoke: 'Revoke',
        reinstate: 'Reinstate',
        rotate: 'New credential',
        delete: 'Delete',
    },
    bulk: {
        approve: {
            title: (n: number) => `Approve ${devices(n)}?`,
            text: 'They come in with the key of their request. Approve together only what you expected: a code is compared in the lobby.',
        },
        refuse: { title: (n: number) => `Refuse ${devices(n)}?`, text: 'Their requests end. They may ask again.' },
        block: {
            title: (n: number) => `Block ${devices(n)}?`,
            text: 'They are switched off at once and keep their credentials: you can unblock them.',
        },
        unblock: {
            title: (n: number) => `Unblock ${devices(n)}?`,
            text: 'They get their configuration and their tools again.',
        },
        revoke: {
            title: (n: number) => `Revoke ${devices(n)}?`,
            text: 'Credentials, configurations, sessions and tool calls end at once, for good. Nothing that a device does brings it back.',
        },
        word: 'revoke',
    },
    report: {
        working: (done: string, all: string) => `${done} of ${all}`,
        title: {
            approve: 'Approving',
            refuse: 'Refusing',
            block: 'Blocking',
            unblock: 'Unblocking',
            revoke: 'Revoking',
        },
        stop: 'Stop',
        finding: 'Looking for what matches…',
        close: 'Close',
        done: {
            approve: (n: number) => `${devices(n)} approved.`,
            refuse: (n: number) => `${devices(n)} refused.`,
            block: (n: number) => `${devices(n)} blocked.`,
            unblock: (n: number) => `${devices(n)} unblocked.`,
            revoke: (n: number) => `${devices(n)} revoked.`,
        },
        failed: (n: number) => (n === 1 ? '1 was not:' : `${n} were not:`),
        left: (n: number) => `${devices(n)} left as before.`,
        more: (n: number) => `and ${n} more`,
    },
};
