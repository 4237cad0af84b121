// SPDX-License-Identifier: Apache-2.0
// The bell in the head of every page.
const some = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);

export default {
    title: 'Notices',
    bell: (n: number) => (n === 0 ? 'Notices' : `Notices: ${n} new`),
    needsYou: 'Needs you',
    needs: {
        approvals: (n: number) => some(n, 'call of a tool waits for approval', 'calls of tools wait for approval'),
        lobby: (n: number) => some(n, 'device waits in the lobby', 'devices wait in the lobby'),
        requests: (n: number) => some(n, 'person asks for access', 'people ask for access'),
        quarantined: (n: number) => some(n, 'tool is in quarantine', 'tools are in quarantine'),
        webhooks: (n: number) => some(n, 'webhook fails', 'webhooks fail'),
    },
    none: 'Nothing was told to you yet.',
    unread: 'New:',
    readAll: 'Mark all as read',
    older: 'Show older ones',
};
