// SPDX-License-Identifier: Apache-2.0
// Who is signed in, and what he may do. The server decides; this only keeps from being shown what it would refuse.
import { api, call, openClient, type Problem, type Shape } from './api/client.ts';
import { onRights, rightsKnown, startLive } from './live.ts';
import { store } from './store.ts';

/** Before the server is asked once more where it did not answer. */
const AGAIN_MS = 5000;
const REFUSED = [401, 403];

export type Me = Shape<'Me'>;

let me: Me = {};
let held: ReadonlySet<string> = new Set();
/** What he may do, in one: whoever draws by it watches this. */
export const rights = store('');

let left = false;

/** Signs out of this page only: the server's own sign-in follows, and leads back here. All that was asked for is refused at once: it is left once. */
function leave(): void {
    if (left) return;
    left = true;
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function askMe(): Promise<void> {
    me = await call(api.GET('/api/v1/auth/me'));
    held = new Set(me.permissions ?? []);
    openClient(me.csrf ?? '', leave);
    rights.set([...held].join());
    rightsKnown();
}

/** Who is here; without a session the sign-in page follows and nothing is answered. */
export async function startSession(): Promise<Me> {
    openClient('', leave);
    await askMe();
    // It says that this session is over; it may be another one by now.
    startLive(me.session_id ?? '', () => askAgain(startSession));
    return me;
}

/** A server that does not answer has not said that this session is over. */
function askAgain(ask: () => Promise<unknown>): void {
    ask().catch((thrown: Partial<Problem>) =>
        REFUSED.includes(thrown.status ?? 0) ? leave() : setTimeout(askAgain, AGAIN_MS, ask),
    );
}

onRights(() => askAgain(askMe));

export const whoAmI = (): Me => me;

/** Does he hold one of these permissions? */
export const may = (...anyOf: readonly string[]): boolean => anyOf.some((permission) => held.has(permission));
