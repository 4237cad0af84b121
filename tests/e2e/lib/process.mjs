// SPDX-License-Identifier: Apache-2.0
// Child processes and temporary directories of a test. What still runs when this process ends is
// killed (by its id), then the directories are removed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The server under test: an absolute path. */
export const BIN = process.env.SENESCHAL_BIN ?? path.resolve('build/test/seneschal');
/** Sanitizers are slow: limits of patience are multiplied by this. */
export const PATIENCE = /san-/.test(BIN) ? 5 : 1;

const OUTPUT_MAX = 4 << 20;
const running = new Set();
const directories = new Set();

process.on('exit', () => {
    for (const child of running) child.kill('SIGKILL');
    for (const dir of directories) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** A directory of the test's own, 0700. It stays until the file is done: hooks that stop a server run in the
 * order of their making, and a store must not go before its server. */
export function tempDir(name = 'seneschal') {
    const dir = mkdtempSync(path.join(tmpdir(), `${name}-`));
    directories.add(dir);
    return dir;
}

export class Child {
    #child;
    #exited;
    stdout = '';
    stderr = '';

    /** options: cwd, env (added to ours), input (a string for standard input). */
    constructor(file, args, { cwd, env = {}, input } = {}) {
        this.name = `${path.basename(file)} ${args.join(' ')}`;
        this.#child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' });
        running.add(this.#child);
        this.#exited = new Promise((resolve) => {
            this.#child.once('error', (error) => {
                running.delete(this.#child);
                this.stderr += error.message;
                resolve({ code: null, signal: null, error });
            });
            this.#child.once('close', (code, signal) => {
                running.delete(this.#child);
                resolve({ code, signal });
            });
        });
        for (const name of ['stdout', 'stderr']) {
            this.#child[name].setEncoding('utf8').on('data', (text) => {
                this[name] = (this[name] + text).slice(-OUTPUT_MAX);
            });
        }
        this.#child.stdin.on('error', () => {}); // it may end without reading
        this.#child.stdin.end(input ?? '');
    }

    get pid() {
        return this.#child.pid;
    }

    get running() {
        return running.has(this.#child);
    }

    /** Wait for text on standard output (or error); the match. Rejects when it ends before, or in time. */
    async waitFor(pattern, { from = 'stdout', ms = 10_000 * PATIENCE } = {}) {
        const until = Date.now() + ms;
        for (;;) {
            const found = this[from].match(pattern);
            if (found) return found;
            const left = until - Date.now();
            if (!this.running || left <= 0) {
                const why = this.running ? `not within ${ms} ms` : 'it has ended';
                throw new Error(`${this.name}: no ${pattern}: ${why}\n${this.stdout}${this.stderr}`);
            }
            await Promise.race([once(this.#child[from], 'data'), this.#exited, sleep(left)]);
        }
    }

    signal(name) {
        this.#child.kill(name);
    }

    /** {code, signal} once it has ended; rejects when it does not within ms. */
    async ended(ms = 30_000 * PATIENCE) {
        const late = Symbol('late');
        const result = await Promise.race([this.#exited, sleep(ms, late)]);
        if (result === late) throw new Error(`${this.name}: still running after ${ms} ms\n${this.stderr}`);
        return result;
    }

    /** SIGKILL, whatever it is doing. */
    async kill() {
        if (this.running) this.signal('SIGKILL');
        return this.ended();
    }
}

/** Run a program to its end: {code, signal, stdout, stderr}. */
export async function run(file, args, options = {}) {
    const child = new Child(file, args, options);
    try {
        const { code, signal } = await child.ended(options.ms);
        return { code, signal, stdout: child.stdout, stderr: child.stderr };
    } finally {
        await child.kill();
    }
}

/** Run seneschal itself to its end. */
export function seneschal(args, options) {
    return run(BIN, args, options);
}

/** Wait; does not keep the process alive by itself once the race is over. */
function sleep(ms, value) {
    return new Promise((resolve) => setTimeout(resolve, ms, value).unref());
}

/** Ask again and again until `probe` gives something true: for what has no event to wait for. */
export async function eventually(what, probe, { ms = 10_000 * PATIENCE, every = 25 } = {}) {
    const until = Date.now() + ms;
    for (;;) {
        const value = await probe();
        if (value) return value;
        if (Date.now() > until) throw new Error(`not within ${ms} ms: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, every));
    }
}
