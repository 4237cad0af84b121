// SPDX-License-Identifier: Apache-2.0
// Drives the upstream half of the gateway alone (tests/e2e/mcp/up_probe.c), one upstream at a time.
import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';

const PROGRAM = path.join(path.dirname(process.env.SENESCHAL_BIN), 'tests/e2e/up-probe');

/** What a client of everything can do. */
export const ABLE = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

export class Probe {
    #child;
    #waiting = [];
    #n = 0;
    events = [];

    constructor(kind, url, { version = '-', headers = [], env = {} } = {}) {
        this.#child = spawn(PROGRAM, [kind, url, version, ...headers], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
        readline.createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(JSON.parse(line)));
        this.left = new Promise((resolve) => this.#child.on('close', (code, signal) => resolve({ code, signal })));
        void this.left.then(() => this.#waiting.splice(0).forEach((w) => w.reject(new Error('the probe has left'))));
    }

    #hear(event) {
        this.events.push(event);
        const at = this.#waiting.findIndex((w) => w.want(event));
        if (at >= 0)
            this.#waiting.splice(at, 1)[0].resolve(event);
    }

    say(command) {
        this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    }

    /** The first event from now on that is wanted. */
    next(want) {
        return new Promise((resolve, reject) => this.#waiting.push({ want, resolve, reject }));
    }

    /** Starts a call; its number. */
    start(method, params, more = {}) {
        const n = ++this.#n;
        this.say({ do: 'call', n, method, ...(params && { params }), ...(params?.name && { name: params.name }),
            ...(params?.uri && { name: params.uri }), ...more });
        return n;
    }

    end(n) {
        return this.next((e) => e.n === n && ['done', 'fail', 'input', 'refused'].includes(e.event));
    }

    /** A whole call: the event that ended it. */
    call(method, params, more) {
        const n = this.start(method, params, more);
        return this.end(n);
    }

    tool(name, args = {}, more = {}) {
        return this.call('tools/call', { name, arguments: args }, more);
    }

    info() {
        const said = this.next((e) => e.event === 'info');
        this.say({ do: 'info' });
        return said;
    }

    of(n, event) {
        return this.events.filter((e) => e.n === n && e.event === event);
    }

    async close() {
        this.#child.stdin.end();
        return this.left;
    }

    kill() {
        this.#child.kill('SIGKILL');
    }

    get pid() {
        return this.#child.pid;
    }
}
