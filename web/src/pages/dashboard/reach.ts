// SPDX-License-Identifier: Apache-2.0
// Whether a tool server was there when it was asked last. Pure, so that it is tested without a browser.
export type Reach = 'up' | 'down' | 'off' | 'new';

export function stateOf(server: { status?: string | null; seen_at?: string | null; failed_at?: string | null }): Reach {
    if (server.status === 'disabled') return 'off';
    const seen = server.seen_at ? Date.parse(server.seen_at) : 0;
    const failed = server.failed_at ? Date.parse(server.failed_at) : 0;
    if (seen === 0 && failed === 0) return 'new';
    return failed > seen ? 'down' : 'up';
}
