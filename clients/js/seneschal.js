// SPDX-License-Identifier: Apache-2.0
/**
 * The device side of Seneschal for extensions, desktop shells and Node >= 20: one module, nothing else.
 *
 * It enrols with a key of its own, keeps its token, polls its configuration, believes only what is signed for it and current,
 * says what it applied, and fails closed.
 * What it must not forget is in the store, written before it is used: it may end at any moment and goes on from there.
 * States, events and waits are those of `seneschal agent` (src/agent/rules.c).
 */
import { Asker, NUDGED } from './asker.js';
import { InForce } from './force.js';
import { Guard } from './guard.js';
import { Lease } from './lease.js';
import { A, D, MINUTE, S, SECOND, U, backoff, longWait, nextAsk, step, waitAfter } from './rules.js';
import { BUSY, isKept, loadKey, loadState, locked, sleep, wiped } from './stores.js';
import { checkCrypto } from './trust.js';
import { ackOf, checkOptions, isObject, makeNonce, readConfig, serverBase } from './wire.js';

export { chromeStore, fileStore, indexedDBStore } from './stores.js';
export const VERSION = '0.1.0';

const PENDING_WAIT = 5 * SECOND; // where the server does not say
const POLL_LEAST = 5 * SECOND; // a 304 that comes at once where a long poll was asked for: do not turn in circles
const SAVE_EACH = 5 * MINUTE; // a restart forgets no more of the lease than this
const HEARTBEAT_EACH = 10 * MINUTE;
const TOKEN_AGE_MAX = 30 * 24 * 60 * MINUTE;
const WAIT_KEPT_FROM = 15 * SECOND; // longer waits outlive a restart
const SLICE_MAX = 30 * SECOND; // a machine that slept looks at its lease soon after it wakes
const REASON_MAX = 200;
const ONCE_STEPS = 32;
const UNAUTHENTICATED_MAX = 2;
const PIN_AGAIN = MINUTE; // a server that has no root key for us: not before each poll

const CLOCK = { now: () => Date.now(), mono: () => performance.now(), sleep };

const NO_REQUEST = { code: undefined, claim: undefined, challenge: undefined };
const NOT_IN_FORCE = { etag: undefined, version: undefined, ack: undefined };
const isAnswered = (event) => ['configured', 'confirmed', 'unchanged'].includes(event);
const side = (ask) => ask === 'rotate' || ask === 'ack' || ask === 'heartbeat';

export class Seneschal {
    #base;
    #asker;
    #options;
    #store;
    #clock;
    #random;
    #doc; // what is kept, as it stands in the store
    #key;
    #force;
    #lease;
    #guard;
    #prefers = false; // the last poll asked for a lease
    #pinAfter = 0;
    #saved = 0;
    #fetched = -Infinity;
    #failures = 0;
    #unauthenticated = 0;
    #broken;
    #unsaved = false;
    #signal;
    #sideFailures = 0;
    #sideAfter = 0; // when ack, heartbeat or rotation may be tried again; the poll does not wait for them
    #rotate = false;
    #running;
    #stopper;

    constructor(options) {
        this.#options = { type: 'client', version: VERSION, wait: 25, interval: MINUTE, ...options };
        checkOptions(this.#options);
        this.#base = serverBase(options.server, options.insecureHttp === true);
        this.#store = options.store;
        this.#clock = options.clock ?? CLOCK;
        this.#random = options.random ?? Math.random;
        this.#asker = new Asker(this.#base, this.#options, this.#clock);
        this.#lease = new Lease(this.#clock);
        this.#force = new InForce(this.#store, options.onConfig, (event, reason) => this.#tell(event, reason));
        this.#guard = new Guard({
            clock: this.#clock,
            doc: () => this.#doc,
            lease: () => this.#lease,
            save: (patch) => this.#save(patch),
            keep: (patch) => this.#keep(patch),
            tell: (event, reason) => this.#tell(event, reason),
            askKeys: (org) => this.#asker.keys(org, this.#signal),
            askAck: (ack) => this.#ask('ack', 0, this.#signal, ack),
        });
    }

    /** What stands now: {state, reason, rejected, code, deviceId, version, etag, config}; reads the store where nothing runs yet. */
    async view() {
        const { config } = this.#force;
        if (this.#broken) return { state: D, reason: this.#broken, config };
        const doc = this.#doc ?? (await this.#store.get('state'));
        const { state = U, reason, rejected, code, deviceId, version, etag } = isKept(doc) ? doc : {};
        return { state, reason, rejected, code, deviceId, version, etag, config };
    }

    /** Go on until stopped. Calling it again changes nothing, so a worker calls it whenever it wakes. */
    start() {
        if (this.#running) return;
        const { signal } = (this.#stopper = new AbortController());
        this.#running = locked(this.#store, signal, true, () => this.#loop(signal))
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
        const done = await locked(this.#store, signal, false, async () => {
            await this.#load();
            for (let i = 0; i < ONCE_STEPS && !signal.aborted; i++) {
                const { wait, event } = await this.#step(signal, 0);
                if (isAnswered(event) && this.#doc.state === A && this.#fetched >= 0 && !this.#doc.ack) break;
                if (wait > 0 && !isAnswered(event)) break;
            }
        });
        if (done === BUSY) throw new Error('another instance holds the store');
        return this.view();
    }

    /** Ask now instead of at the end of a wait or long poll: a button, a push message, a network that is back. */
    nudge() {
        this.#asker.nudge();
    }

    /** A new token, soon; the old one is good until the new one is stored and used. */
    rotate() {
        this.#rotate = true;
        this.nudge();
    }

    /** The value that {"$secret": name} stands for in what is in force; undefined where there is none. It is stored nowhere. */
    async secret(name) {
        return this.#asker.secret(name, this.#doc ?? {}, this.#signal);
    }

    /** Drop key, token and configuration of this installation. The server is not told. */
    async forget() {
        await this.stop();
        await this.#force.wipe();
        for (const key of ['state', 'key']) await this.#store.delete(key);
        this.#doc = this.#key = this.#broken = undefined;
        this.#lease = new Lease(this.#clock);
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
            this.#broken = error.reason ?? 'store-failed';
            await this.#force.off(this.#broken);
        }
        return backoff(++this.#failures, this.#random());
    }

    /** All that is kept, checked; how much of an earlier wait is left. */
    async #load() {
        await checkCrypto();
        const { doc, complaint } = await loadState(this.#store, this.#base);
        if (complaint) this.#tell('store', complaint);
        if (!doc.wiped) this.#key = await loadKey(this.#store);
        this.#doc = doc;
        this.#fetched = -Infinity;
        const now = this.#clock.now();
        if (this.#lease.resume(doc.lease)) {
            this.#tell('clock', 'the clock stands before the last confirmation');
            await this.#save({}); // what is left goes on from here
        }
        this.#saved = this.#clock.mono();
        if (!(this.#doc.heartbeatAt <= now + 2 * HEARTBEAT_EACH)) this.#doc = { ...this.#doc, heartbeatAt: this.#nextHeartbeat() };
        await this.#resume();
        const { nextAt = 0, nextIn = 0, failures = 0 } = this.#doc;
        const left = Math.max(0, Math.min(nextAt - now, nextIn));
        this.#failures = left > 0 ? failures : 0;
        this.#broken = undefined;
        this.#tell('state', this.#doc.reason ?? 'start');
        return left;
    }

    /** What was in force goes on where its lease does; anything else is off. */
    async #resume() {
        await this.#watch();
        const { state, etag, reason } = this.#doc;
        if (!etag || state === D) {
            const why = reason ?? (state === A ? 'not-fetched' : 'not-enrolled');
            if (this.#force.config?.reason !== why) await this.#off(why, state === S || why === 'device-blocked');
            return;
        }
        const kept = await this.#force.kept();
        const config = (await this.#guard.isWhole(kept)) ? readConfig(kept.text) : undefined;
        try {
            if (!config) throw new Error('the configuration in the store is damaged: fetching it anew');
            const configuration = { etag: kept.etag, text: kept.text, ...config };
            await this.#force.give(configuration);
            if (kept.etag !== etag) await this.#saveInForce(configuration); // it ended before this was known
        } catch (error) {
            this.#tell('failed', error.message);
            await this.#force.off('not-applied');
            await this.#save({ etag: undefined, version: undefined });
        }
    }

    async #step(signal, poll) {
        this.#signal = signal;
        if (this.#unsaved) await this.#save({});
        if (this.#doc.wiped) {
            await this.#wipeStore(); // in case something was left of it
            return { wait: longWait(this.#random()), event: 'device-wiped' }; // for good: nobody is asked
        }
        await this.#watch();
        await this.#guard.watchClock();
        const { heartbeatAt, ...doc } = this.#doc;
        const ask = nextAsk({
            ...doc,
            tokenRefused: this.#unauthenticated >= UNAUTHENTICATED_MAX,
            pin: !doc.rootKey && this.#clock.mono() >= this.#pinAfter,
            plain: this.#clock.mono() < this.#sideAfter,
            rotate: this.#owesRotation(),
            heartbeat: this.#clock.now() >= heartbeatAt,
        });
        const began = this.#clock.mono();
        const renews = this.#renews();
        const calm = Math.min(this.#untilOwed(), this.#lease.untilHalf()); // nothing to do but to wait
        const streams = ask === 'fetch' && poll > 0 && !renews && this.#doc.etag && this.#asker.mayHold();
        const held = streams && this.#fetched >= 0 && (await this.#asker.hold(this.#doc, calm, signal));
        const wait = streams || renews ? 0 : Math.min(poll, Math.max(1, Math.ceil(calm / SECOND)));
        const news = await this.#ask(ask, wait, signal);
        if (news === NUDGED) return { wait: 0, event: 'nudged' };
        return this.#follow(ask, news, (held || wait > 0) && this.#clock.mono() - began < SECOND / 2);
    }

    async #ask(ask, poll, signal, ack = this.#doc.ack) {
        if (ask === 'rotate' && !(this.#doc.rotateNonce && this.#doc.rotating)) {
            await this.#save({ rotateNonce: this.#doc.rotateNonce ?? makeNonce(), rotating: true }); // before it is sent
        }
        if (ask === 'fetch') this.#prefers = this.#renews();
        const doc = { ...this.#doc, ack };
        return this.#asker.ask(ask, { poll, signal, doc, key: this.#key, prefers: this.#prefers, left: this.#leaseLeft() });
    }

    // ---- What follows from an answer

    async #follow(ask, news, quick) {
        const enrols = ask === 'init' || ask === 'confirm'; // there is no device yet that a word could be signed for
        const signed = enrols ? undefined : await this.#guard.refusal(news);
        const taken = signed ?? (await this.#take(ask, news)) ?? news;
        const wait = await this.#move(taken.event, taken.slug ?? taken.event);
        if (taken.event === 'configured') this.#tell('config', this.#force.config.enabled ? 'enabled' : 'disabled');
        if (taken.event === 'turned-away' || taken.event === 'claim-wrong') this.#tell('refused', news.detail ?? news.slug);
        if (taken.event === 'unreached' || taken.event === 'unauthenticated') this.#tell('unreached', taken.detail ?? taken.slug ?? 'no answer of ours');
        const told = taken.retryAfter || (taken.event === 'device-pending' ? PENDING_WAIT : 0);
        let { ms, failures } = waitAfter(wait, told, this.#failures, this.#random());
        this.#failures = failures;
        const same = taken.event === 'unchanged' || taken.event === 'confirmed';
        if (ms === 0 && ask === 'fetch' && same && (quick || this.#renews())) ms = POLL_LEAST * (1 + this.#random());
        if (side(ask) && taken.event === 'unreached' && !taken.retryAfter) ms = 0; // the poll goes on meanwhile
        if (ms === 0 && this.#options.wait === 0 && isAnswered(taken.event)) ms = this.#untilInterval();
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
                if (!this.#guard.pinFits(news.pin)) return this.#guard.reject(undefined, 'key-set-invalid');
                this.#lease.begin();
                await this.#takeToken(news, news.pin);
                break;
            case 'pinned':
                await this.#save(news.pin);
                break;
            case 'configured':
                return this.#takeConfig(news);
            case 'confirmed':
                return this.#takeUnchanged(news);
            case 'unauthenticated':
                this.#unauthenticated++;
                break;
        }
        if (ask === 'pin' && news.event !== 'pinned') this.#pinAfter = this.#clock.mono() + PIN_AGAIN;
        return undefined;
    }

    /** Stored before its first use, which ends the old one for good. */
    async #takeToken({ token, joinSeq }, more) {
        await this.#save({ token, joinSeq, tokenAt: this.#clock.now(), rotateNonce: undefined, rotating: false, ...more });
        this.#unauthenticated = 0;
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

    #accept(claims) {
        this.#fetched = this.#clock.mono();
        this.#unauthenticated = 0;
        this.#lease.take(claims);
        return this.#guard.learn(claims);
    }

    /** A 304 proves nothing, unless it was asked for a lease. */
    async #takeUnchanged(news) {
        const { etag, rejected, told } = this.#doc;
        this.#unauthenticated = 0;
        if (!this.#prefers) {
            this.#fetched = this.#clock.mono();
            if (this.#clock.mono() - this.#saved >= SAVE_EACH) await this.#keep({});
            return { event: 'unchanged', retryAfter: 0 };
        }
        const verdict = await this.#guard.unchanged(news, etag);
        if (!verdict.claims) return verdict;
        const patch = this.#accept(verdict.claims);
        const { config } = this.#force;
        await this.#force.keep(etag, config.text, news.lease).catch((error) => this.#tell('store', error.message));
        await this.#save({ ...patch, ...(rejected && told && { ack: ackOf(config, this.#clock.now()) }) }); // it was told otherwise
        return undefined;
    }

    /** Kept, given, then known as in force: a crash in between fetches the same bytes again. */
    async #takeConfig(news) {
        const { etag, text, lease } = news;
        const verdict = await this.#guard.config(news);
        if (!verdict.claims) return verdict;
        const read = readConfig(text);
        if (!read) return { event: 'unreached', retryAfter: 0, detail: 'it is signed, and no configuration' };
        const configuration = { etag, text, ...read };
        await this.#keep(this.#accept(verdict.claims));
        try {
            await this.#force.keep(etag, text, lease);
            await this.#force.give(configuration);
        } catch (error) {
            this.#tell('failed', error.message);
            const reason = String(error.message).slice(0, REASON_MAX);
            await this.#ask('ack', 0, this.#signal, { ...ackOf(configuration, this.#clock.now()), result: 'failed', reason });
            return { event: 'not-applied', retryAfter: 0 }; // the next failure tells it again
        }
        await this.#saveInForce(configuration);
        return undefined;
    }

    /** What was applied; the word about it is owed until the server has heard it. */
    async #saveInForce(configuration) {
        const { etag, version, config } = configuration;
        const degraded = isObject(config.degraded);
        if (degraded) await this.#force.keepMinimal(config.degraded, version);
        await this.#save({ etag, version: version ?? undefined, degraded, ack: ackOf(configuration, this.#clock.now()) });
    }

    async #move(event, reason) {
        const { to, wait, does } = step(this.#doc.state, event);
        const off = does.includes('disable') || (does.includes('degrade') && this.#doc.degraded === true);
        const wipes = does.includes('wipe');
        const isNews = to !== this.#doc.state || (off && this.#doc.reason !== reason) || wipes;
        const patch = {
            ...(isNews && { state: to, reason: to === D || to === S ? reason : undefined }),
            ...(does.includes('drop') && NO_REQUEST),
            ...(isNews && off && NOT_IN_FORCE),
        };
        if (isNews && off) {
            this.#doc = wipes ? wiped(this.#doc, reason) : { ...this.#doc, ...patch }; // off at once, whatever the store says
            this.#unsaved = true;
            await this.#off(reason, does.includes('degrade'));
        }
        if (isNews || does.includes('drop')) await this.#save(patch);
        if (wipes) await this.#wipeStore();
        if (isNews) this.#tell('state', reason);
        return wait;
    }

    async #wipeStore() {
        this.#key = undefined;
        await this.#store.delete('key');
        await this.#force.wipe();
    }

    #off(reason, minimal) {
        return this.#force.off(reason, minimal && this.#doc.degraded === true);
    }

    /** Leases and graces that have ended meanwhile. */
    async #watch() {
        if (this.#doc?.state === A && this.#leaseLeft() === 0) await this.#move('lease-over', 'lease-over');
        // What a policy carries for this case stands until the server is back.
        if (this.#doc?.state === S && !this.#doc.degraded && this.#leaseLeft() === 0) await this.#move('grace-over', 'grace-over');
    }

    /** What is left of the lease, or of the grace. */
    #leaseLeft() {
        const { state } = this.#doc ?? {};
        return state === A || state === S ? this.#lease.left(state === S) : 0;
    }

    /** Time to ask for a lease with a 304: half of the last one is gone, or something was refused since. */
    #renews() {
        return this.#lease.untilHalf() === 0 || this.#doc.rejected !== undefined;
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
        const half = this.#lease.untilHalf() || Infinity;
        return this.#fetched < 0 ? 0 : Math.min(this.#untilOwed(), half, Math.max(0, this.#fetched + ms - this.#clock.mono()));
    }

    /** Sleep, but not past a stop or the end of a lease; a nudge ends it, unless the server said how long. */
    async #pause({ wait: ms, held }, signal) {
        const until = this.#clock.mono() + ms;
        const ended = held ? signal : AbortSignal.any([signal, this.#asker.nudged]);
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
        const next = { ...this.#doc, ...(this.#doc.token && { lease: this.#lease.kept() }), ...patch };
        await this.#store.set('state', next);
        this.#doc = next;
        this.#unsaved = false;
        this.#saved = this.#clock.mono();
    }

    /** For what a restart may forget. */
    async #keep(patch) {
        await this.#save(patch).catch((error) => this.#tell('store', error.message));
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
