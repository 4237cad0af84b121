// SPDX-License-Identifier: Apache-2.0
// Holds what comes against what was learnt (trust.js judges), asks for the key set when a key is not in it, and says what
// it refused. `client` is its owner: {clock, doc(), lease(), save, keep, tell, askKeys, askAck}.
import { MINUTE, SECOND } from './rules.js';
import { etagOf, isClockBack, judgeConfig, judgeLease, judgeRefusal, readKeySet, readLease } from './trust.js';
import { isObject } from './wire.js';

const KID_AGAIN = MINUTE;
const TOLD_MAX = 16;
const ETAG = /^"[0-9a-f]{64}"$/;
const SIGNED_WORDS = { 'device-revoked': 'REVOKED', 'device-blocked': 'BLOCKED' };

const keysOf = ({ keySet }) => (Array.isArray(keySet?.keys) ? keySet.keys.filter(isObject) : []);

export class Guard {
    #client;
    #asked = new Map(); // kid → when its key set was fetched
    #clockTold = false;

    constructor(client) {
        this.#client = client;
    }

    // ---- What an answer is worth: {claims}, or the news that it is instead

    async config(news) {
        const verdict = await this.#judge((known) => judgeConfig(news, known));
        return verdict.claims ? verdict : this.#refuse(verdict, ETAG.test(news.etag) ? news.etag : await etagOf(news.text));
    }

    async unchanged({ lease }, etag) {
        const verdict = await this.#judge((known) => judgeLease(lease, etag, known));
        return verdict.claims ? verdict : this.#refuse(verdict, etag);
    }

    /** A refusal that is signed for us says more than any proxy can; undefined where it does not. */
    async refusal({ event, slug, lease, retryAfter }) {
        if (!(event in SIGNED_WORDS) || !lease) return undefined;
        const { claims, reason } = await this.#judge((known) => judgeRefusal(lease, known));
        if (reason) await this.reject(undefined, reason);
        if (claims?.status !== SIGNED_WORDS[event]) return undefined;
        await this.#client.keep({ seen: { ...this.#client.doc().seen, iat: claims.iat }, rejected: undefined });
        return event === 'device-revoked' ? { event: 'device-wiped', slug, retryAfter } : undefined;
    }

    /** The root key and the organisation are kept for good: who names others is not our server. */
    pinFits(pin) {
        const { rootKey, org } = this.#client.doc();
        return pin === undefined || rootKey === undefined || (pin.rootKey.x === rootKey.x && pin.org === org);
    }

    /** What comes back from the store: the bytes that its lease is for, and ours. How long it lasts is the lease's own matter. */
    async isWhole(kept) {
        const doc = this.#client.doc();
        if (!isObject(kept) || typeof kept.text !== 'string' || kept.etag !== (await etagOf(kept.text))) return false;
        const { claims } = await readLease(kept.lease, keysOf(doc));
        return claims?.device === doc.deviceId && claims.etag === kept.etag && claims.status === 'ENROLLED';
    }

    /** What was learnt from a lease that is right: members to store. */
    learn({ device, seq, iat }) {
        const { seen } = this.#client.doc();
        this.#clockTold = false;
        return { seen: { device, seq, iat: Math.max(iat, seen?.iat ?? 0) }, rejected: undefined, told: undefined };
    }

    // ---- What was refused

    async #refuse({ reason, unreached }, etag) {
        return reason ? this.reject(etag, reason) : { event: 'unreached', retryAfter: 0, detail: unreached };
    }

    /** For everybody to see; the server hears of each ETag and reason once, until something is right again. */
    async reject(etag, reason) {
        const { doc, tell, keep, askAck } = this.#client;
        const { told = [], token } = doc();
        const what = `${etag} ${reason}`;
        tell('rejected', reason);
        await keep({ rejected: reason });
        if (etag && token && !told.includes(what)) {
            const { event, final } = await askAck({ etag, result: 'rejected', reason });
            if (event === 'confirmed' || final) await keep({ told: [...told, what].slice(-TOLD_MAX) });
        }
        return { event: 'rejected', retryAfter: 0 };
    }

    /** The clock stands before the newest lease: what is in force ends with its own, and everybody hears why. */
    async watchClock() {
        const { doc, clock } = this.#client;
        const { seen, etag } = doc();
        if (this.#clockTold || !isClockBack(seen?.iat ?? 0, clock.now() / SECOND)) return;
        this.#clockTold = true;
        await this.reject(etag, 'clock-back');
    }

    // ---- Keys

    #known() {
        const doc = this.#client.doc();
        const { deviceId, seen = {} } = doc;
        const seq = seen.device === deviceId ? seen.seq : 0; // enrolled anew it is another device
        return { keys: keysOf(doc), deviceId, seq, iat: seen.iat, now: this.#client.clock.now() / SECOND };
    }

    async #judge(check) {
        const { doc, lease, save } = this.#client;
        let verdict = await check(this.#known());
        if (verdict.reason === 'key-unknown' && doc().rootKey && this.#mayAsk(verdict.kid)) {
            const keySet = await this.#fetch(verdict.kid);
            if (!keySet.keys) return keySet;
            await save({ keySet });
            verdict = await check(this.#known());
        }
        const usedUp = verdict.claims?.status === 'ENROLLED' && !lease().isNewer(verdict.claims) && lease().left() === 0;
        return usedUp ? { reason: 'lease-expired' } : verdict; // whatever our clock says by now
    }

    #mayAsk(kid) {
        const now = this.#client.clock.mono();
        for (const [one, at] of this.#asked) if (now - at >= KID_AGAIN) this.#asked.delete(one);
        return !this.#asked.has(kid);
    }

    async #fetch(kid) {
        const { rootKey, org, keySet } = this.#client.doc();
        const answer = await this.#client.askKeys(org).catch((error) => ({ status: 0, detail: error.cause?.message ?? error.message }));
        const { status, detail = `status ${status}` } = answer;
        if (status === 0 || status === 429 || status >= 500) return { unreached: `the key set could not be fetched: ${detail}` };
        this.#asked.set(kid, this.#client.clock.mono());
        return status === 200 ? readKeySet(answer, { rootKey, org, n: keySet?.n }) : { reason: 'key-unknown' };
    }
}
