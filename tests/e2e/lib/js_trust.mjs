// SPDX-License-Identifier: Apache-2.0
// A client of clients/js behind a front that changes what the server says to it, and the words for what it makes of that.
import { audit, enrolmentKey, publishPolicy, publishVersion, uniqueName } from './fleet.mjs';
import { jsClient, QuickClock, startFront, WAIT } from './js_client.mjs';
import { eventually } from './process.mjs';

export const KEYS = '/iassistants/config/keys/';
export const isPoll = (request) => request.url.split('?')[0].endsWith('/iassistants/config');
export const claimsOf = (jws) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url'));
export const setHeaders = (answer, headers) => ({ ...answer, headers: { ...answer.headers, ...headers } });

export class Trusting {
    polls = []; // the answers to its polls, as the server gave them
    prefers = []; // what it asked for in Prefer
    clock = new QuickClock();
    #admin;
    #policy;
    #own = 0;

    constructor(admin) {
        this.#admin = admin;
    }

    /** With a policy of its own in force, `own: 0`. `front.tamper(answer)` may give another answer to a poll. */
    async start(server) {
        const group = uniqueName('trust');
        const { id } = (await this.#admin.post('/groups', { name: group })).want(201);
        this.#policy = await publishPolicy(this.#admin, { own: 0 }, { scope: 'group', target_id: id });
        const { key } = await enrolmentKey(this.#admin, { groups: [group] });
        this.front = await startFront(server);
        this.front.alter = (request, answer) => {
            if (!isPoll(request)) return undefined;
            this.polls.push(answer);
            if (request.headers.prefer !== undefined) this.prefers.push(request.headers.prefer);
            return this.front.tamper?.(answer);
        };
        this.client = jsClient(this.front, { clock: this.clock, wait: 0, enrollmentKey: key }).start();
        await this.has(0);
        await eventually('acknowledged', () => this.client.kept.ack === undefined, WAIT);
        return this;
    }

    /** The first configuration as it came, whole and signed. */
    get first() {
        return this.polls.find(({ status }) => status === 200);
    }

    get own() {
        return this.client.config.config.own;
    }

    get published() {
        return this.#own;
    }

    change() {
        return publishVersion(this.#admin, this.#policy.id, { own: ++this.#own });
    }

    has(n) {
        const is = () => this.client.config?.enabled && this.own === n;
        return eventually(`own: ${n}, not ${JSON.stringify(this.client.notices.slice(-3))}`, is, WAIT);
    }

    rejects(reason) {
        const is = async () => (await this.client.client.view()).rejected === reason;
        return eventually(`rejected: ${reason}, not ${this.client.notices.at(-1)?.reason}`, is, WAIT);
    }

    /** Nothing is refused any more. */
    trusts() {
        return this.rejects(undefined);
    }

    async device() {
        return (await this.#admin.get(`/devices/${this.client.kept.deviceId}`)).want(200);
    }

    /** What the record says of refusals for this reason. */
    async told(reason) {
        return (await audit(this.#admin, `target=${this.client.kept.deviceId}`)).filter((event) => event.reason === reason);
    }

    wiped() {
        return eventually('wiped', () => [...this.client.store.kept.keys()].join() === 'state' && this.client.kept.wiped, WAIT);
    }
}
