// SPDX-License-Identifier: Apache-2.0
// The real server on a free port of 127.0.0.1, with a store of its own.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after } from 'node:test';
import { Client } from './client.mjs';
import { BIN, Child, PATIENCE, seneschal, tempDir } from './process.mjs';

export class Server {
    #child;
    #options;

    constructor(options) {
        this.#options = options;
        this.data = options.data;
    }

    async start() {
        const { limits, args, env, listen, bin = BIN } = this.#options;
        const command = ['serve', '--data', this.data, ...(listen ? ['--listen', listen] : []), ...(limits ? [] : ['--limits', 'off']), ...args];
        this.#child = new Child(bin, command, { env });
        const [, url] = await this.#child.waitFor(/^listening (https?:\/\/\S+)$/m, { ms: 30_000 * PATIENCE });
        this.url = url;
        this.port = Number(new URL(url).port);
        return this;
    }

    get pid() {
        return this.#child.pid;
    }

    get running() {
        return this.#child?.running ?? false;
    }

    /** What it wrote on standard error: the log. */
    get log() {
        return this.#child.stderr;
    }

    get stdout() {
        return this.#child.stdout;
    }

    client(options) {
        return new Client(this.url, options);
    }

    /** An ephemeral administrator token, as `seneschal admin-token` prints it. */
    async adminToken() {
        const { code, stdout, stderr } = await seneschal(['admin-token', '--data', this.data]);
        assert.equal(code, 0, `admin-token: ${stderr}`);
        assert.match(stdout, /^\S+\n$/);
        return stdout.trim();
    }

    async admin(options) {
        return this.client({ ...options, token: await this.adminToken() });
    }

    /** SIGTERM; it must drain and end well. */
    async stop() {
        if (!this.running) return;
        this.#child.signal('SIGTERM');
        const { code, signal } = await this.#child.ended(15_000 * PATIENCE);
        assert.equal(signal ?? code, 0, `server ended with ${signal ?? code}\n${this.log.slice(-4000)}`);
    }

    /** SIGKILL: the power fails. */
    async kill() {
        await this.#child.kill();
    }

    signal(name) {
        this.#child.signal(name);
    }

    ended(ms) {
        return this.#child.ended(ms);
    }

    /** Start again on the same store (a new port, unless `listen` fixed one). */
    async restart(options = {}) {
        if (this.running) await this.stop();
        Object.assign(this.#options, options);
        return this.start();
    }
}

/**
 * Start one. It ends with the test that started it, or with the file when called at its top (with
 * await); not for use inside a hook.
 *   data    an existing store instead of an empty one
 *   limits  true: with rate limits
 *   args    further arguments, env: further environment, listen: "127.0.0.1:0" (null: as the settings say)
 *   bin     another copy of the program
 */
export async function startServer({ data, limits = false, args = [], env = {}, listen = '127.0.0.1:0', bin } = {}) {
    const server = new Server({ data: data ?? path.join(tempDir('store'), 'data'), limits, args, env, listen, bin });
    let started = false;
    after(async () => {
        if (started) await server.stop();
    });
    await server.start();
    started = true;
    return server;
}
