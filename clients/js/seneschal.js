// SPDX-License-Identifier: Apache-2.0
/**
 * The device side of Seneschal for extensions, desktop shells and Node >= 20: one module, nothing else.
 *
 * It enrols with a key of its own, keeps its token, polls its configuration, says what it applied, and fails closed.
 * What it must not forget is in the store, written before it is used: a service worker or a process may end at any
 * moment and goes on from there. States, events and waits are those of `seneschal agent` (src/agent/rules.c).
 */
import { A, D, MINUTE, S, SECOND, STATES, U, backoff, nextAsk, step, waitAfter } from './rules.js';
import { BUSY, isKept, sleep } from './stores.js';
import {
    ASKS, bodyOf, checkOptions, exchange, headersOf, holdStream, isObject, isText, makeKey, makeNonce, openKey, parseObject, readAnswer, serverBase, verify,
} from './wire.js';

export { chromeStore, fileStore, indexedDBStore } from './stores.js';
export const VERSION = '0.1.0';

const DAY = 24 * 60 * MINUTE;
const PENDING_WAIT = 5 * SECOND; // where the server does not say
const POLL_LEAST = 5 * SECOND; // a 304 that comes at once where a long poll was asked for: do not turn in circles
const SAVE_EACH = 5 * MINUTE; // a restart forgets no more of the lease than this
const HEARTBEAT_EACH = 10 * MINUTE;
const TOKEN_AGE_MAX = 30 * DAY;
const WAIT_KEPT_FROM = 15 * SECOND; // longer waits outlive a restart
const SLICE_MAX = 30 * SECOND; // a machine that slept looks at its lease soon after it wakes
const ANSWER_EXTRA = 15 * SECOND;
const HOLD_MAX = 15 * MINUTE; // a stream confirms nothing: the poll behind it does
const REASON_MAX = 200;
const ONCE_STEPS = 32;
const UNAUTHENTICATED_MAX = 2;

const NUDGED = Symbol('the long poll was ended for another question');
const CLOCK = { now: () => Date.now(), mono: () => performance.now(), sleep };

const NO_REQUEST = { code: undefined, claim: undefined, challenge: undefined };
const NOT_IN_FORCE = { etag: undefined, version: undefined, ack: undefined };
const side = (ask) => ask === 'rotate' || ask === 'ack' || ask === 'heartbeat';

export class Seneschal {
    #base;
    #options;
    #store;
    #clock;
    #random;
    #doc; // what is kept, as it stands in the store
    #key;
    #config; // what is in force, as it was given to onConfig
    #confirmed = { mono: 0, now: 0 }; // the last 200 or 304, on both clocks
    #saved = 0;
    #fetched = -Infinity;
    #failures = 0;
    #unauthenticated = 0;
    #broken;
    #unsaved = false;
    #signal;
    #streamAfter = 0; // when a stream that was refused may be asked for again
    #sideFailures = 0;
    #sideAfter = 0; // when ack, heartbeat or rotation may be tried again; the poll does not wait for them
    #rotate = false;
    #running;
    #stopper;
    #nudger = new AbortController();

    constructor(options) {
        this.#options = { type: 'client', version: VERSION, wait: 25, interval: MINUTE, lease: 60 * MINUTE, grace: 0, ...options };
        checkOptions(this.#options);
        this.#base = serverBase(options.server, options.insecureHttp === true);
        this.#store = options.store;
        this.#clock = options.clock ?? CLOCK;
        this.#random = options.random ?? Math.random;
    }

    /** What stands now: {state, reason, code, deviceId, version, etag, config}; reads the store where nothing runs yet. */
    async view() {
        if (this.#broken) return { state: D, reason: this.#broken, config: this.#config };
        const doc = this.#doc ?? (await this.#store.get('state'));
        const { state = U, reason, code, deviceId, version, etag } = isKept(doc) ? doc : {};
        return { state, reason, code, deviceId, version, etag, config: this.#config };
    }

    /** Go on until stopped. Calling it again changes nothing, so a worker calls it whenever it wakes. */
    start() {
        if (this.#running) return;
        const { signal } = (this.#stopper = new AbortController());
        this.#running = this.#locked(signal, true, () => this.#loop(signal))
            .catch((error) => signal.aborted || this.#tell('failed', error.message))
            .finally(() => (this.#running = undefined));
    }

    async stop() {
        this.#stopper?.abort();
        await this.#running;
    }

    /** Step until the configuration is in force and acknowledged, or an answer says that it will not be now: a view. */
    async once({ signal = new AbortController().signal } = {}) {
        if (this.#running) throw new Error('it runs already: stop() first');
        const done = await this.#locked(signal, false, async () => {
            await this.#load();
            for (let i = 0; i < ONCE_STEPS && !signal.aborted; i++) {
                const { wait, event } = await this.#step(signal, 0);
                const fetched = event === 'configured' || event === 'confirmed';
                if (fetched && this.#doc.state === A && this.#fetched >= 0 && !this.#doc.ack) break;
                if (wait > 0 && !fetched) break;
            }
        });
        if (done === BUSY) throw new Error('another instance holds the store');
        return this.view();
    }

    /** Ask now instead of at the end of a wait or long poll: a button, a push message, a network that is back. */
    nudge() {
        this.#nudger.abort();
        this.#nudger = new AbortController();
    }

    /** A new token, soon; the old one is good until the new one is stored and used. */
    rotate() {
        this.#rotate = true;
        this.nudge();
    }

    /** Drop key, token and configuration of this installation. The server is not told. */
    async forget() {
        await this.stop();
        for (const key of ['config', 'degraded', 'state', 'key']) await this.#store.delete(key);
        this.#doc = this.#key = this.#config = this.#broken = undefined;
    }

    #locked(signal, wait, work) {
        const { lock, name } = this.#store;
        const locks = globalThis.navigator?.locks;
        if (lock !== undefined) return lock.call(this.#store, signal, wait, work);
        if (locks === undefined || name === undefined) return work();
        return locks.request(`seneschal:${name}`, wait ? { signal } : { ifAvailable: true }, (held) => (held ? work() : BUSY));
    }

    async #loop(signal) {
        for (let ready = false; !signal.aborted; ) {
            let next;
            try {
                next = ready ? await this.#step(signal, this.#options.wait) : { wait: await this.#load() };
                ready = true;
            } catch (error) {
                if (signal.aborted) break;
                next = { wait: await this.#fault(error, ready) };
            }
            await this.#pause(next, signal);
        }
    }

    /** The store or onConfig failed, not the server. What cannot be read is not in force. */
    async #fault(error, ready) {
        this.#tell('failed', error.message);
        if (!ready && !this.#broken) {
            this.#broken = 'store-failed';
            await this.#giveOff(this.#broken);
        }
        return backoff(++this.#failures, this.#random());
    }

    /** All that is kept, checked; how much of an earlier wait is left. */
    async #load() {
        const kept = await this.#store.get('state');
        const whole = isKept(kept);
        const mine = whole && kept.server === this.#base;
        if (kept !== undefined && !mine) this.#tell('store', whole ? 'another server: enrolling there' : 'damaged: enrolling anew with the same key');
        await this.#loadKey();
        this.#doc = mine ? kept : { v: 1, state: U, server: this.#base };
        this.#fetched = -Infinity;
        const now = this.#clock.now();
        // Set back: nothing is known about the time in between. The lease begins here, once.
        if (this.#doc.confirmedAt > now) {
            this.#tell('clock', 'the clock stands before the last confirmation');
            await this.#save({ confirmedAt: now });
        }
        const age = now - (this.#doc.confirmedAt ?? now);
        this.#confirmed = { mono: this.#clock.mono() - age, now: now - age };
        this.#saved = this.#confirmed.mono;
        if (!(this.#doc.heartbeatAt <= now + 2 * HEARTBEAT_EACH)) this.#doc = { ...this.#doc, heartbeatAt: this.#nextHeartbeat() };
        await this.#resume();
        const { nextAt = 0, nextIn = 0, failures = 0 } = this.#doc;
        const left = Math.max(0, Math.min(nextAt - now, nextIn));
        this.#failures = left > 0 ? failures : 0;
        this.#broken = undefined;
        this.#tell('state', this.#doc.reason ?? 'start');
        return left;
    }

    /** The key is the identity: made first, and kept before anybody hears of it. One that is damaged is never replaced. */
    async #loadKey() {
        const kept = await this.#store.get('key');
        if (kept === undefined) {
            const made = await makeKey(this.#store.keepsKeys === true);
            await this.#store.set('key', made);
            this.#key = await openKey(made);
            return;
        }
        try {
            this.#key = await openKey(kept);
        } catch (cause) {
            throw new Error('the key in the store is damaged: restore it, or call forget() and enrol anew', { cause });
        }
    }

    /** What was in force goes on where its lease does; anything else is off. */
    async #resume() {
        await this.#watch();
        const { state, etag, reason } = this.#doc;
        if (!etag || state === D) {
            const why = reason ?? (state === A ? 'not-fetched' : 'not-enrolled');
            if (this.#config?.reason !== why) await this.#giveOff(why, state === S || why === 'device-blocked');
            return;
        }
        const kept = await this.#store.get('config');
        const whole = isObject(kept) && isText(kept.etag) && typeof kept.text === 'string' && (await verify(kept));
        try {
            if (!whole) throw new Error('the configuration in the store is damaged: fetching it anew');
            const configuration = { ...kept, ...parseObject(kept.text) };
            await this.#give(configuration);
            if (kept.etag !== etag) await this.#saveInForce(configuration); // it ended before this was known
        } catch (error) {
            this.#tell('failed', error.message);
            await this.#giveOff('not-applied');
            await this.#save({ etag: undefined, version: undefined });
        }
    }

    async #step(signal, poll) {
        this.#signal = signal;
        if (this.#unsaved) await this.#save({});
        await this.#watch();
        const { heartbeatAt, ...doc } = this.#doc;
        const ask = nextAsk({
            ...doc,
            tokenRefused: this.#unauthenticated >= UNAUTHENTICATED_MAX,
            plain: this.#clock.mono() < this.#sideAfter,
            rotate: this.#owesRotation(),
            heartbeat: this.#clock.now() >= heartbeatAt,
        });
        const began = this.#clock.mono();
        const streams = ask === 'fetch' && poll > 0 && this.#options.stream && this.#doc.etag && began >= this.#streamAfter;
        const held = streams && this.#fetched >= 0 && (await this.#hold(signal));
        const wait = streams ? 0 : Math.min(poll, Math.max(1, Math.ceil(this.#untilOwed() / SECOND)));
        const news = await this.#ask(ask, wait, signal);
        if (news === NUDGED) return { wait: 0, event: 'nudged' };
        return this.#follow(ask, news, (held || wait > 0) && this.#clock.mono() - began < SECOND / 2);
    }

    async #ask(ask, poll, signal, ack = this.#doc.ack) {
        if (ask === 'rotate' && !(this.#doc.rotateNonce && this.#doc.rotating)) {
            await this.#save({ rotateNonce: this.#doc.rotateNonce ?? makeNonce(), rotating: true }); // before it is sent
        }
        const [method, path] = ASKS[ask];
        const headers = await headersOf(ask, this.#options, this.#doc);
        const conditional = 'If-None-Match' in headers;
        const wait = conditional ? poll : 0;
        const body = JSON.stringify(await bodyOf(ask, this.#options, { ...this.#doc, ack }, this.#key));
        const url = `${this.#base}/api/v1${path}${wait > 0 ? `?wait=${wait}` : ''}`;
        // A question may not outlive the lease by much: its answer would find a configuration that should be off.
        const left = this.#leaseLeft();
        const ms = Math.min(wait * SECOND + ANSWER_EXTRA, left > 0 ? left + SECOND : Infinity);
        const nudged = this.#nudger.signal; // ends only what waits anyway
        const ended = wait > 0 ? AbortSignal.any([signal, nudged]) : signal;
        try {
            const answer = await exchange(url, { method, headers, body }, { ms, signal: ended, fetch: this.#options.fetch });
            return readAnswer(ask, { ...answer, conditional });
        } catch (error) {
            if (signal.aborted) throw error;
            if (wait > 0 && nudged.aborted) return NUDGED;
            return { event: 'unreached', retryAfter: 0, detail: error.cause?.message ?? error.message };
        }
    }

    /** Instead of a long poll: until the stream says that there is something to ask, or ends. What it says is not believed. */
    async #hold(signal) {
        const { etag, token } = this.#doc;
        const ms = Math.min(HOLD_MAX, this.#untilOwed(), this.#leaseLeft());
        const how = { token, etag, ms, signal: AbortSignal.any([signal, this.#nudger.signal]), fetch: this.#options.fetch };
        const told = await holdStream(`${this.#base}/api/v1/iassistants/config/stream`, how);
        this.#streamAfter = told > 0 ? this.#clock.mono() + told : 0;
        return true;
    }

    // ---- What follows from an answer

    async #follow(ask, news, quick) {
        const taken = (await this.#take(ask, news)) ?? news;
        const wait = await this.#move(taken.event, taken.slug ?? taken.event);
        if (taken.event === 'configured') this.#tell('config', news.enabled ? 'enabled' : 'disabled');
        if (taken.event === 'turned-away' || taken.event === 'claim-wrong') this.#tell('refused', news.detail ?? news.slug);
        if (taken.event === 'unreached' || taken.event === 'unauthenticated') this.#tell('unreached', taken.detail ?? taken.slug ?? 'no answer of ours');
        const told = taken.retryAfter || (taken.event === 'device-pending' ? PENDING_WAIT : 0);
        let { ms, failures } = waitAfter(wait, told, this.#failures, this.#random());
        this.#failures = failures;
        if (ms === 0 && ask === 'fetch' && taken.event === 'confirmed' && quick) ms = POLL_LEAST * (1 + this.#random());
        if (side(ask) && taken.event === 'unreached' && !taken.retryAfter) ms = 0; // the poll goes on meanwhile
        if (ms === 0 && this.#options.wait === 0 && (taken.event === 'configured' || taken.event === 'confirmed')) ms = this.#untilInterval();
        return { wait: Math.ceil(ms), held: taken.retryAfter > 0, event: taken.event };
    }

    /** What an answer brings, stored before anything is done with it. Gives other news where it could not be used. */
    async #take(ask, news) {
        const { deviceId, claim, code, challenge } = news;
        if (side(ask)) return this.#takeSide(ask, news);
        switch (news.event) {
            case 'request-made':
                await this.#save({ deviceId, claim, code, challenge });
                this.#tell('code', code);
                break;
            case 'device-pending':
            case 'challenge-expired':
                if (challenge) await this.#save({ challenge });
                break;
            case 'enrolled':
                await this.#takeToken(news, { rootKey: isObject(news.rootKey) ? news.rootKey : undefined });
                break;
            case 'configured':
                return this.#takeConfig(news);
            case 'confirmed':
                this.#confirm();
                this.#fetched = this.#confirmed.mono;
                if (this.#clock.mono() - this.#saved >= SAVE_EACH) await this.#keep({});
                break;
            case 'unauthenticated':
                this.#unauthenticated++;
                break;
        }
        return undefined;
    }

    /** Stored before its first use, which ends the old one for good. */
    async #takeToken({ token, joinSeq }, more) {
        const now = this.#clock.now();
        await this.#save({ token, joinSeq, tokenAt: now, confirmedAt: now, rotateNonce: undefined, rotating: false, ...more });
        this.#confirm();
        this.#rotate = false;
    }

    async #takeSide(ask, news) {
        const done = news.event === 'confirmed';
        this.#sideFailures = done ? 0 : this.#sideFailures + 1;
        this.#sideAfter = done ? 0 : this.#clock.mono() + backoff(this.#sideFailures + 1, this.#random());
        if (news.event === 'unauthenticated') this.#unauthenticated++;
        if (ask === 'rotate' && done) {
            await this.#takeToken(news);
            this.#tell('token', 'rotated');
        } else if (ask === 'rotate' && news.final) {
            this.#rotate = false;
            await this.#save({ rotating: false, tokenAt: this.#clock.now() }); // asked for again when it is as old again
        }
        if (ask === 'heartbeat') await this.#keep({ heartbeatAt: this.#nextHeartbeat() });
        if (ask === 'ack' && (done || news.final)) await this.#save({ ack: undefined }); // a refusal would be the same the next time
    }

    /** Kept, given, then known as in force: a crash in between fetches the same bytes again. */
    async #takeConfig({ etag, text, version, enabled, config }) {
        const configuration = { enabled, config, version, etag, text };
        if (!(await verify({ etag, text }))) return { event: 'unreached', retryAfter: 0, detail: 'the ETag does not fit the bytes' };
        this.#confirm();
        this.#fetched = this.#confirmed.mono;
        try {
            await this.#store.set('config', { etag, text });
            await this.#give(configuration);
        } catch (error) {
            this.#tell('failed', error.message);
            const reason = String(error.message).slice(0, REASON_MAX);
            await this.#ask('ack', 0, this.#signal, { ...this.#ackOf(configuration), result: 'failed', reason });
            return { event: 'not-applied', retryAfter: 0 }; // the next failure tells it again
        }
        await this.#saveInForce(configuration);
        return undefined;
    }

    #ackOf({ etag, version }) {
        return { etag, ...(version && { version }), result: 'applied', applied_at: new Date(this.#clock.now()).toISOString() };
    }

    /** What was applied; the word about it is owed until the server has heard it. */
    async #saveInForce(configuration) {
        const { etag, version, config } = configuration;
        const degraded = isObject(config.degraded);
        if (degraded) await this.#store.set('degraded', { config: config.degraded, version });
        await this.#save({ etag, version: version ?? undefined, degraded, ack: this.#ackOf(configuration) });
    }

    #confirm() {
        this.#confirmed = { mono: this.#clock.mono(), now: this.#clock.now() };
        this.#unauthenticated = 0;
    }

    async #move(event, reason) {
        const { to, wait, does } = step(this.#doc.state, event);
        const off = does.includes('disable') || (does.includes('degrade') && this.#doc.degraded === true);
        const isNews = to !== this.#doc.state || (off && this.#doc.reason !== reason);
        const patch = {
            ...(isNews && { state: to, reason: to === D || to === S ? reason : undefined }),
            ...(does.includes('drop') && NO_REQUEST),
            ...(isNews && off && NOT_IN_FORCE),
        };
        if (isNews && off) {
            this.#doc = { ...this.#doc, ...patch }; // off at once, whatever the store says
            this.#unsaved = true;
            await this.#giveOff(reason, does.includes('degrade'));
        }
        if (isNews || does.includes('drop')) await this.#save(patch);
        if (isNews && off) await this.#store.delete('config').catch(() => {}); // without its etag it is not used
        if (isNews) this.#tell('state', reason);
        return wait;
    }

    /** Leases and graces that have ended meanwhile. */
    async #watch() {
        if (this.#doc?.state === A && this.#leaseLeft() === 0) await this.#move('lease-over', 'lease-over');
        // What a policy carries for this case stands until the server is back.
        if (this.#doc?.state === S && !this.#doc.degraded && this.#leaseLeft() === 0) await this.#move('grace-over', 'grace-over');
    }

    /** What is left of the lease, or of the grace. A clock that stood still while the machine slept does not prolong it. */
    #leaseLeft() {
        const { state } = this.#doc ?? {};
        if (state !== A && state !== S) return 0;
        const age = Math.max(this.#clock.mono() - this.#confirmed.mono, this.#clock.now() - this.#confirmed.now);
        return Math.max(0, this.#options.lease + (state === S ? this.#options.grace : 0) - age);
    }

    #owesRotation() {
        const { rotating, tokenAt } = this.#doc;
        return this.#rotate || rotating || (tokenAt > 0 && this.#clock.now() - tokenAt > TOKEN_AGE_MAX);
    }

    /** When there is something to tell or to renew; never, if nothing is owed. */
    #untilOwed() {
        const owed = this.#doc.state === A && (this.#doc.ack || this.#owesRotation());
        return owed ? Math.max(0, this.#sideAfter - this.#clock.mono()) : Infinity;
    }

    /** Without long polls. */
    #untilInterval() {
        const ms = this.#options.interval * (0.9 + 0.2 * this.#random());
        return this.#fetched < 0 ? 0 : Math.min(this.#untilOwed(), Math.max(0, this.#fetched + ms - this.#clock.mono()));
    }

    /** Sleep, but not past a stop or the end of a lease; a nudge ends it, unless the server said how long. */
    async #pause({ wait: ms, held }, signal) {
        const until = this.#clock.mono() + ms;
        const ended = held ? signal : AbortSignal.any([signal, this.#nudger.signal]);
        if (ms >= WAIT_KEPT_FROM && this.#doc) await this.#keep({ nextAt: this.#clock.now() + ms, nextIn: ms, failures: this.#failures });
        for (let left = ms; left > 0 && !ended.aborted; left = until - this.#clock.mono()) {
            const lease = this.#leaseLeft();
            await this.#clock.sleep(Math.min(left, SLICE_MAX, lease > 0 ? lease : Infinity), ended);
            await this.#watch().catch((error) => this.#tell('failed', error.message));
        }
    }

    #nextHeartbeat() {
        return this.#clock.now() + HEARTBEAT_EACH * (1 + this.#random());
    }

    /** Memory never runs ahead of the store. */
    async #save(patch) {
        const next = { ...this.#doc, ...(this.#doc.confirmedAt && { confirmedAt: this.#confirmed.now }), ...patch };
        await this.#store.set('state', next);
        this.#doc = next;
        this.#unsaved = false;
        this.#saved = this.#clock.mono();
    }

    /** For what a restart may forget. */
    async #keep(patch) {
        await this.#save(patch).catch((error) => this.#tell('store', error.message));
    }

    async #give(config) {
        await this.#options.onConfig?.(config);
        this.#config = config;
    }

    /** Nothing, or the minimal configuration that the policy carries for this. */
    async #giveOff(reason, minimal = false) {
        const kept = minimal && this.#doc.degraded ? await this.#store.get('degraded').catch(() => undefined) : undefined;
        const { config, version } = isObject(kept?.config) ? kept : {};
        this.#config = { enabled: false, config: config ?? {}, version: version ?? null, reason, ...(config && { degraded: true }) };
        try {
            await this.#options.onConfig?.(this.#config);
        } catch (error) {
            this.#tell('failed', error.message);
        }
    }

    #tell(event, reason) {
        const { state = D, code, deviceId, etag, version } = this.#doc ?? {};
        try {
            this.#options.onState?.({ event, state, reason, code, deviceId, etag, version });
        } catch {
            // a listener's own fault stops no client
        }
    }
}
