// SPDX-License-Identifier: Apache-2.0
// Who is signed in, and what he may do. The server decides; this only keeps from being shown what it would refuse.
import { api, call, openClient, type Shape } from './api/client.ts';
import { startLive } from './live.ts';

export type Me = Shape<'Me'>;

let me: Me = {};
let held: ReadonlySet<string> = new Set();

/** Signs out of this page only: the server's own sign-in follows, and leads back here. */
function leave(): void {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Who is here; without a session the sign-in page follows and nothing is answered. */
export async function startSession(): Promise<Me> {
    openClient('', leave);
    me = await call(api.GET('/api/v1/auth/me'));
    held = new Set(me.permissions ?? []);
    openClient(me.csrf ?? '', leave);
    startLive(() => void startSession().catch(leave)); // his rights may only have changed
    return me;
}

export const whoAmI = (): Me => me;

/** Does he hold one of these permissions? */
export const may = (...anyOf: readonly string[]): boolean => anyOf.some((permission) => held.has(permission));
