// SPDX-License-Identifier: Apache-2.0
// A rollout and the devices that it meets: each asks for its configuration and says what it did.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { enrol, poll, publishPolicy } from './fleet.mjs';
import { PATIENCE } from './process.mjs';

export const OVER = ['completed', 'aborted', 'rolled_back'];

/** A device that keeps its ETag; `says(content)` gives its acknowledgement, or null: it is silent. */
export class Member {
    #nobody;

    constructor(nobody, device, says = () => ({ result: 'applied' })) {
        Object.assign(this, device);
        this.#nobody = nobody;
        this.says = says;
        this.got = []; // every content that it was given, in order
    }

    get config() {
        return this.got.at(-1);
    }

    /** One round: ask, and acknowledge what is new; a word that got no answer is said again, as an agent does. */
    async round() {
        const nobody = this.#nobody();
        const answer = await poll(nobody, this.token, { etag: this.etag });
        if (answer.status !== 304) {
            const { config, version } = answer.want(200);
            this.got.push(config);
            this.etag = answer.headers.etag;
            const word = this.says(config);
            this.owed = word && { etag: this.etag, version, ...word };
        }
        if (!this.owed) return;
        (await nobody.as(this.token).post('/iassistants/config/ack', this.owed)).want(204);
        this.owed = null;
    }
}

/** `n` devices enrolled; nobody() gives the client that they call with. */
export async function members(nobody, admin, n, says) {
    const list = [];
    for (let i = 0; i < n; i++) list.push(new Member(nobody, await enrol(nobody(), admin), says));
    return list;
}

/** A policy at version 1 for the organisation, and a draft of version 2. */
export async function twoVersions(admin, more = {}) {
    const { id } = await publishPolicy(admin, { v: 1 }, more);
    const { number } = (await admin.post(`/policies/${id}/versions`, { content: { v: 2 } })).want(201);
    return { id, to: number };
}

/** A draft of a rollout with gates for a test: nobody is waited for longer than a second or two. */
export async function makeRollout(admin, policy, { rings = [{ percent: 100 }], gate = {}, ...more } = {}) {
    const body = {
        policy_id: policy.id,
        to: policy.to,
        rings,
        gate: { min_executed: 1, max_failed_percent: 0, timeout_s: 60 * PATIENCE, away_after_s: 60 * PATIENCE, ...gate },
        ...more,
    };
    return (await admin.post('/rollouts', body)).want(201);
}

export const act = async (admin, rollout, what, body) => (await admin.post(`/rollouts/${rollout.id}/${what}`, body)).want(200);
export const look = async (admin, rollout) => (await admin.get(`/rollouts/${rollout.id}`)).want(200);

/** Let the devices go round until holds(rollout) does; the rollout then. */
export async function until(admin, rollout, devices, holds, { ms = 30_000 * PATIENCE } = {}) {
    const end = Date.now() + ms;
    for (;;) {
        for (const device of devices) await device.round();
        const now = await look(admin, rollout);
        if (holds(now)) return now;
        assert.ok(Date.now() < end, `it stays ${now.state}, ring ${now.ring}: ${now.reason}; next: ${now.next}\n${JSON.stringify(now.rings)}`);
        await sleep(100);
    }
}
