// SPDX-License-Identifier: Apache-2.0
// An authenticator app (RFC 6238) and an authenticator of passkeys (WebAuthn level 2), in software.
import crypto from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(text) {
    let bits = '';
    for (const c of text) bits += ALPHABET.indexOf(c).toString(2).padStart(5, '0');
    return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** The code of a key, `steps` of thirty seconds from now. */
export function totp(secret, steps = 0) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
    const mac = crypto.createHmac('sha1', base32(secret)).update(counter).digest();
    const at = mac.at(-1) & 15;
    return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}


const b64u = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest();

/** ES256, as telephones and security keys have it. */
export class Authenticator {
    constructor(origin, { rpId = new URL(origin).hostname } = {}) {
        Object.assign(this, { origin, rpId, count: 0, id: crypto.randomBytes(32) });
        this.pair = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    }

    clientData(type, challenge, more = {}) {
        return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...more }));
    }

    data(flags, attested = Buffer.alloc(0)) {
        const head = Buffer.alloc(5);
        head[0] = flags;
        head.writeUInt32BE(++this.count, 1);
        return Buffer.concat([sha256(this.rpId), head, attested]);
    }

    /** navigator.credentials.create(...).toJSON() */
    make({ challenge }) {
        const { x, y } = this.pair.publicKey.export({ format: 'jwk' });
        const cose = Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), Buffer.from(x, 'base64url'),
            Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url')]);
        const size = Buffer.from([0, this.id.length]);
        const data = this.data(0x45, Buffer.concat([Buffer.alloc(16), size, this.id, cose]));
        return {
            id: b64u(this.id),
            rawId: b64u(this.id),
            type: 'public-key',
            clientExtensionResults: {},
            response: { clientDataJSON: b64u(this.clientData('webauthn.create', challenge)), authenticatorData: b64u(data), transports: ['internal'] },
        };
    }

    /** navigator.credentials.get(...).toJSON() */
    prove({ challenge }, { flags = 5, client = {} } = {}) {
        const clientData = this.clientData('webauthn.get', challenge, client);
        const data = this.data(flags);
        const signature = crypto.sign('sha256', Buffer.concat([data, sha256(clientData)]), this.pair.privateKey);
        return {
            id: b64u(this.id),
            rawId: b64u(this.id),
            type: 'public-key',
            clientExtensionResults: {},
            response: { clientDataJSON: b64u(clientData), authenticatorData: b64u(data), signature: b64u(signature) },
        };
    }
}

/** JSON calls of a browser: with its cookie and its CSRF token. */
export async function callerOf(browser) {
    const me = await browser.get('/api/v1/auth/me');
    // Of a session that is half, the options of its passkey say it.
    const { csrf } = JSON.parse(me.status === 200 ? me.text : (await browser.get('/api/v1/auth/passkey/options')).text);
    return async (method, path, body) => {
        const headers = { Origin: new URL(browser.base).origin, 'Sec-Fetch-Site': 'same-origin', ...(csrf && { 'Seneschal-CSRF': csrf }) };
        const page = await browser.json(method, `/api/v1${path}`, body, headers);
        return { status: page.status, text: page.text, get json() { return JSON.parse(page.text); } };
    };
}
