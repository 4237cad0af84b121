// SPDX-License-Identifier: Apache-2.0
// Load whose every acknowledgement is written down, so that after a kill -9 each can be asked for
// again. A device goes through steps; each step may be repeated when its answer was lost.
import assert from 'node:assert/strict';
import { confirm, decide, init, makeKey, makeNonce, prove, rotate, self, uniqueName } from './fleet.mjs';

/** A step: what it asks and notes. `again`: its first answer was lost, it may have been done. */
const STEPS = {
    async init(device, { nobody }) {
        const got = (await init(nobody, device.machine_id, { key: device.key, headers: { 'Idempotency-Key': device.nonce } })).want(201);
        if (device.claim) assert.equal(got.claim, device.claim, 'the same nonce, another claim');
        Object.assign(device, { id: got.device_id, request: got.request_id, claim: got.claim, challenge: got.challenge });
        return 'asked';
    },
    async approve(device, { admin }, again) {
        const reply = await decide(admin, device.id, 'approve', { request_id: device.request });
        if (!(again && reply.status === 409)) reply.want(200);
        return 'approved';
    },
    async confirm(device, io, again) {
        if (again || device.stale) await STEPS.init(device, io).catch(() => refresh(device, io));
        device.stale = true; /* its challenge is used up now */
        const proof = device.key ? { signature: prove(device.key, device.id, device.challenge) } : {};
        const got = (await confirm(io.nobody, device.id, device.claim, proof)).want(200);
        Object.assign(device, { token: got.token, join_seq: got.join_seq });
        return 'given';
    },
    async install(device, { installer }, again) {
        const headers = { 'Idempotency-Key': device.nonce };
        const reply = await installer.post('/agents/enroll', { machine_id: device.machine_id }, { headers });
        const got = reply.want(201);
        Object.assign(device, { id: got.agent.id, token: got.token, join_seq: 1 });
        if (device.token === undefined) assert.ok(again && got.secret_shown, reply.text);
        return device.token === undefined ? 'lost' : 'given';
    },
    async use(device, { nobody }) {
        (await self(nobody, device.token)).want(200);
        return 'enrolled';
    },
    async rotate(device, { nobody }) {
        device.rotation ??= makeNonce(); /* kept before it is sent, as an agent does */
        const got = (await rotate(nobody, device.token, device.join_seq, device.rotation)).want(200);
        if (device.next) assert.equal(got.token, device.next.token, 'the same nonce, another token');
        device.next = got;
        return 'rotated';
    },
    async useNext(device, { nobody }) {
        (await self(nobody, device.next.token)).want(200);
        device.dead.push(device.token);
        Object.assign(device, { token: device.next.token, join_seq: device.next.join_seq, next: undefined, rotation: undefined });
        return 'enrolled';
    },
    async revoke(device, { admin }, again) {
        const reply = await admin.post(`/devices/${device.id}/revoke`, { reason: `gone ${device.machine_id}` });
        if (!(again && reply.status === 409)) reply.want(200);
        return 'revoked';
    },
};

/** A fresh challenge for a claim that has been approved already. */
async function refresh(device, { nobody }) {
    device.challenge = (await confirm(nobody, device.id, device.claim)).json.challenge;
}

/** What may come next, the likelier ones more than once. */
const NEXT = {
    new: ['init'],
    fresh: ['install'],
    asked: ['approve'],
    approved: ['confirm'],
    given: ['use'],
    enrolled: ['rotate', 'rotate', 'rotate', 'revoke'],
    rotated: ['useNext', 'useNext', 'rotate', 'revoke'],
};

const STATUS = { asked: 'PENDING', approved: 'ENROLLED', given: 'ENROLLED', lost: 'ENROLLED', enrolled: 'ENROLLED',
    rotated: 'ENROLLED', revoked: 'REVOKED' };

const isLost = (error) => ['ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(error.code) || /socket hang up|aborted/.test(error.message);
const pick = (list) => list[Math.floor(Math.random() * list.length)];

export class Ledger {
    devices = [];
    acknowledged = 0;

    /** io: {nobody, admin, installer} of the server's present life. Runs until the server is gone. */
    async work(io, workers = 8) {
        await Promise.all(Array.from({ length: workers }, () => this.#worker(io)));
    }

    async #worker(io) {
        for (;;) {
            const device = this.#take();
            const step = pick(NEXT[device.stage]);
            try {
                await this.#do(device, step, io, false);
            } catch (error) {
                if (!isLost(error)) throw error;
                device.uncertain = step;
                return;
            } finally {
                device.busy = false;
            }
        }
    }

    async #do(device, step, io, again) {
        device.stage = await STEPS[step](device, io, again);
        device.touched = true;
        this.acknowledged++;
    }

    #take() {
        const idle = this.devices.filter((d) => !d.busy && !d.uncertain && NEXT[d.stage]);
        if (idle.length > 0 && Math.random() < 0.7) {
            const device = pick(idle);
            device.busy = true;
            return device;
        }
        return this.#add();
    }

    #add() {
        const installed = Math.random() < 0.3;
        const device = { machine_id: uniqueName('k'), nonce: makeNonce(), stage: installed ? 'fresh' : 'new', dead: [], busy: true,
            key: !installed && Math.random() < 0.5 ? makeKey(pick(['ed25519', 'p256'])) : undefined };
        this.devices.push(device);
        return device;
    }

    /** After a restart: finish what was under way, then hold the store to what it acknowledged. */
    async settle(io) {
        for (const device of this.devices.filter((d) => d.uncertain)) {
            const step = device.uncertain;
            device.uncertain = undefined;
            await this.#do(device, step, io, true).catch((error) => {
                throw new Error(`${step} of ${device.machine_id} again: ${error.message}`, { cause: error });
            });
        }
        for (const device of this.devices.filter((d) => d.touched)) await this.check(device, io);
    }

    async check(device, { nobody, admin }) {
        const row = (await admin.get(`/devices/${device.id}`)).want(200);
        const what = `${device.machine_id}, ${device.stage}`;
        assert.equal(row.status, STATUS[device.stage], what);
        device.touched = false;
        if (device.stage === 'revoked') {
            assert.equal(row.status_reason, `gone ${device.machine_id}`, what);
            for (const token of [device.token, device.next?.token].filter(Boolean))
                (await self(nobody, token)).wantProblem(403, 'device-revoked');
            return;
        }
        if (device.token && device.stage !== 'given') (await self(nobody, device.token)).want(200);
    }

    /** The end: nothing that was replaced works. (Asking blocks the device, so this comes last.) */
    async checkDead({ nobody }) {
        for (const device of this.devices)
            for (const token of device.dead) assert.notEqual((await self(nobody, token)).status, 200, device.machine_id);
    }

    get revoked() {
        return this.devices.filter((device) => device.stage === 'revoked');
    }
}
