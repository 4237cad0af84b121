// SPDX-License-Identifier: Apache-2.0
// The fleet simulator (bench/fleet_sim) against a server under test.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { enrolmentKey } from './fleet.mjs';
import { BIN, Child, PATIENCE, tempDir } from './process.mjs';
import { startServer } from './server.mjs';

const SIM = path.join(path.dirname(BIN), 'bench/fleet-sim');
const FILL = path.join(path.dirname(BIN), 'bench/bench-fill');

/** What bench-fill prints. */
export async function fill(args) {
    const child = new Child(FILL, args);
    const { code } = await child.ended(60_000 * PATIENCE);
    assert.equal(code, 0, child.stderr);
    return child.stdout.trim();
}

/** A server whose store holds `devices` enrolled devices, which `prefilled` simulators are. */
export async function filledServer(devices) {
    const server = await startServer();
    const listen = `127.0.0.1:${server.port}`;
    await server.stop();
    await fill(['--data', server.data, '--devices', devices]);
    return server.restart({ listen });
}

export class Sim {
    #json = path.join(tempDir('sim'), 'sim.json');

    /** options by their long names: {devices: 20, clone: 1, expect: {applied: 19}, prefilled: true}. */
    constructor(options) {
        const args = Object.entries({ for: 60 * PATIENCE, ...options, json: this.#json }).flatMap(([name, value]) => {
            if (value === true) return [`--${name}`];
            const text = typeof value === 'object' ? Object.entries(value).map(([what, n]) => `${what}=${n}`).join() : value;
            return [`--${name}`, String(text)];
        });
        this.child = new Child(SIM, args);
        after(() => this.child.kill()); /* a test that fails leaves none behind */
    }

    /** Every device was answered once. */
    async started() {
        await this.child.waitFor(/^start: /m, { ms: 60_000 * PATIENCE });
        return this;
    }

    /** {code, text, ...what it counted} when it has ended. */
    async result() {
        const { code, signal } = await this.child.ended(90_000 * PATIENCE);
        const text = this.child.stdout + this.child.stderr;
        let counted = {};
        try {
            counted = JSON.parse(readFileSync(this.#json, 'utf8'));
        } catch (error) {
            if (code === 0) throw error; /* it may end before it begins */
        }
        return { ...counted, code: signal ?? code, text };
    }
}

/** Devices of `server` that enrol with a key of their own; `admin` makes it. */
export async function startSim(server, admin, options) {
    const file = path.join(tempDir('sim-key'), 'key');
    const { key } = await enrolmentKey(admin);
    writeFileSync(file, `${key}\n`, { mode: 0o600 });
    return new Sim({ server: server.url, 'enrolment-key-file': file, ...options });
}
