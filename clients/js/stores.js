// SPDX-License-Identifier: Apache-2.0
// Stores: {get(key), set(key, value), delete(key)}, and what they can do: `keepsKeys` (they hold CryptoKeys), `name` (for
// Web Locks) or a `lock` of their own.
import { SECOND, STATES } from './rules.js';
import { hex, isObject, makeKey, openKey, parseObject, sha256, utf8 } from './wire.js';

export const BUSY = Symbol('another instance holds the store');

/** What the client keeps under `state`: the members that it knows, and their types. */
const KEPT = {
    string: ['server', 'state', 'reason', 'deviceId', 'code', 'claim', 'token', 'rotateNonce', 'etag', 'version', 'org', 'rejected'],
    number: ['v', 'joinSeq', 'tokenAt', 'nextAt', 'nextIn', 'failures', 'heartbeatAt'],
    object: ['challenge', 'ack', 'rootKey', 'keySet', 'lease', 'seen', 'told'],
    boolean: ['rotating', 'degraded', 'wiped'],
};

export function isKept(doc) {
    if (!isObject(doc) || doc.v !== 1 || !STATES.includes(doc.state)) return false;
    return Object.entries(KEPT).every(([type, names]) => names.every((name) => doc[name] == null || typeof doc[name] === type));
}

/** Wait; ends early, and well, when the signal says so. */
export function sleep(ms, signal) {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
        const done = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
    });
}

/** What is kept for this server, or a beginning; `complaint`: why the rest does not count. */
export async function loadState(store, server) {
    const kept = await store.get('state');
    const whole = isKept(kept);
    if (whole && kept.server === server) return { doc: kept };
    const why = whole ? 'another server: enrolling there' : 'damaged: enrolling anew with the same key';
    return { doc: { v: 1, state: 'UNENROLLED', server }, complaint: kept === undefined ? undefined : why };
}

/** What stays of a wiped one: which device it was, and that it may not come back by itself. */
export const wiped = ({ v, server, deviceId, seen }, reason) => ({ v, server, deviceId, seen, state: 'DISABLED', reason, wiped: true });

/** The key is the identity: made first, and kept before anybody hears of it. One that is damaged is never replaced. */
export async function loadKey(store) {
    const kept = await store.get('key');
    if (kept === undefined) {
        const made = await makeKey(store.keepsKeys === true);
        await store.set('key', made);
        return openKey(made);
    }
    try {
        return await openKey(kept);
    } catch (cause) {
        throw new Error('the key in the store is damaged: restore it, or call forget() and enrol anew', { cause });
    }
}

/** One instance at a time; BUSY where another one works and this one shall not wait. */
export function locked(store, signal, wait, work) {
    const { lock, name } = store;
    const locks = globalThis.navigator?.locks;
    if (lock !== undefined) return lock.call(store, signal, wait, work);
    if (locks === undefined || name === undefined) return work();
    return locks.request(`seneschal:${name}`, wait ? { signal } : { ifAvailable: true }, (held) => (held ? work() : BUSY));
}

/** For browsers and Electron: the private key never leaves the browser's own keeping. */
export function indexedDBStore(name = 'seneschal') {
    let opened;
    const open = () =>
        (opened ??= new Promise((resolve, reject) => {
            const request = indexedDB.open(name, 1);
            request.onupgradeneeded = () => request.result.createObjectStore('kept');
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        }).catch((error) => {
            opened = undefined;
            throw error;
        }));
    const run = async (mode, act) => {
        const transaction = (await open()).transaction('kept', mode, { durability: 'strict' });
        const request = act(transaction.objectStore('kept'));
        return new Promise((resolve, reject) => {
            transaction.oncomplete = () => resolve(request.result);
            transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
        });
    };
    return {
        name: `idb:${name}`,
        keepsKeys: true,
        get: (key) => run('readonly', (kept) => kept.get(key)),
        set: (key, value) => run('readwrite', (kept) => kept.put(value, key)),
        delete: (key) => run('readwrite', (kept) => kept.delete(key)),
    };
}

/** For extensions that want it there: the private key is kept as a JWK, readable by the extension itself. */
export function chromeStore(prefix = 'seneschal.', area = globalThis.chrome?.storage?.local) {
    return {
        name: `chrome:${prefix}`,
        get: async (key) => (await area.get(prefix + key))[prefix + key],
        set: (key, value) => area.set({ [prefix + key]: value }),
        delete: (key) => area.remove(prefix + key),
    };
}

/** Node's own modules, without an import that a bundler for browsers would follow. */
const builtins = (...names) => Object.fromEntries(names.map((name) => [name, process.getBuiltinModule(`node:${name}`)]));

/** For Node: one file a key in a directory (0700, files 0600), written whole, synced, renamed; one process at a time. */
export function fileStore(directory) {
    const { 'fs/promises': fs, path, net } = builtins('fs/promises', 'path', 'net');
    const at = (key) => path.join(directory, `${key}.json`);
    const sync = async (file, mode) => {
        const handle = await fs.open(file, mode);
        await handle.sync().finally(() => handle.close());
    };
    return {
        async get(key) {
            const text = await fs.readFile(at(key), 'utf8').catch((error) => {
                if (error.code !== 'ENOENT') throw error;
            });
            return text === undefined ? undefined : (parseObject(text) ?? text); // what is damaged is not "nothing"
        },
        async set(key, value) {
            const file = at(key);
            await fs.mkdir(directory, { recursive: true, mode: 0o700 });
            await fs.writeFile(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
            await sync(`${file}.new`, 'r+');
            await fs.rename(`${file}.new`, file);
            if (process.platform !== 'win32') await sync(directory, 'r');
        },
        delete: (key) => fs.rm(at(key), { force: true }),
        async lock(signal, wait, work) {
            await fs.mkdir(directory, { recursive: true, mode: 0o700 });
            const name = `seneschal-${hex(await sha256(utf8(await fs.realpath(directory)))).slice(0, 32)}`;
            // A name that the kernel frees with the process, however it ends. Elsewhere there is none: not locked.
            const where = { linux: `\0${name}`, win32: `\\\\.\\pipe\\${name}` }[process.platform];
            if (where === undefined) return work();
            for (;;) {
                const server = net.createServer((socket) => socket.destroy()).unref();
                const error = await new Promise((resolve) => server.once('error', resolve).listen(where, () => resolve()));
                if (error !== undefined && error.code !== 'EADDRINUSE') throw error;
                if (error === undefined) return work().finally(() => new Promise((resolve) => server.close(resolve)));
                if (!wait || signal.aborted) return BUSY;
                await sleep(SECOND, signal);
            }
        },
    };
}
