// SPDX-License-Identifier: Apache-2.0
// Stores with many enrolled devices, and servers on them. The rows are written by fill.c, since a
// million enrolments are not what is measured; everything else is set up through the API.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { publishPolicy } from '../tests/e2e/lib/fleet.mjs';
import { Server } from '../tests/e2e/lib/server.mjs';
import { tool } from './load.mjs';

const PORTABLE = { limits: false, args: [], env: {}, listen: '127.0.0.1:0' };
const BODY = 600; /* bytes of a configuration, as QUALITY's row has it */

export class Store {
    constructor(tag, env = {}) {
        this.tag = tag;
        this.root = mkdtempSync(path.join(process.env.BENCH_DIR ?? tmpdir(), `bench-${tag}-`));
        this.data = path.join(this.root, 'data');
        this.server = new Server({ ...PORTABLE, env, data: this.data });
        this.devices = 0;
    }

    async fill(devices) {
        await this.server.start(); // makes the schema
        await this.server.stop();
        await tool('bench-fill', ['--data', this.data, '--devices', devices]);
        this.devices = devices;
        this.token = (await tool('bench-fill', ['--token', 0])).trim();
        return this;
    }

    /** What load.c needs to know of the server. */
    get target() {
        return { host: `127.0.0.1:${this.server.port}`, port: this.server.port, pids: this.server.pid };
    }

    /** Start, give everybody a configuration of about BODY bytes, and learn its bytes and ETag. */
    async serve() {
        await this.server.start();
        this.adminToken = await this.server.adminToken();
        const admin = this.client(this.adminToken);
        this.policy = (await publishPolicy(admin, { owuiEndpoint: 'https://ai.example', limits: { tokens: 4096 }, note: 'x'.repeat(BODY - 120) })).id;
        if (this.devices > 0) {
            const answer = await admin.as(this.token).get('/iassistants/config');
            answer.want(200);
            this.body = answer.text;
            this.etag = answer.headers.etag;
        }
        return this;
    }

    /** The token of device number n. */
    async tokenOf(n) {
        return (await tool('bench-fill', ['--token', n])).trim();
    }

    client(token) {
        return this.server.client({ token });
    }

    /** A line of /proc/PID/status, kB. */
    memory(name) {
        const status = readFileSync(`/proc/${this.server.pid}/status`, 'utf8');
        return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]);
    }

    async remove() {
        await this.server.stop().catch((error) => console.error(error.message));
        rmSync(this.root, { recursive: true, force: true });
    }
}
