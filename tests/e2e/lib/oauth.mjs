// SPDX-License-Identifier: Apache-2.0
// People, applications and what a client does at the OAuth rows.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { Browser } from './browser.mjs';
import { uniqueName } from './fleet.mjs';

export const CALLBACK = 'https://app.example.org/cb';
export const b64u = (bytes) => Buffer.from(bytes).toString('base64url');
export const pkce = () => {
    const verifier = b64u(randomBytes(32));
    return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};

/** A person with a password, in these groups. */
export async function makePerson(admin, { groups = [], ...more } = {}) {
    const username = uniqueName('ann');
    return (await admin.post('/users', { username, email: `${username}@example.org`, groups, ...more })).want(201);
}

export const PASSWORD = 'correct horse battery staple 9';

/** By a recovery link, as an administrator hands one over. */
export async function setPassword(server, admin, person, password = PASSWORD) {
    const { url } = (await admin.post(`/users/${person.id}/recovery`)).want(201);
    const browser = new Browser(server.url);
    const done = await browser.submit(await browser.get(url), undefined, { password, again: password });
    assert.ok(done.status < 400, `${done.status} ${done.text}`);
    return password;
}

/** The sign-in page, with whatever `page` leads to it. */
export async function logIn(browser, page, person, password = PASSWORD) {
    const form = await browser.follow(page);
    assert.equal(form.url.pathname, '/login', form.text);
    return browser.follow(await browser.submit(form, '/login', { name: person.username, password }));
}

/** An application that `person` may open. */
export async function makeApp(admin, { people = [], ...more } = {}) {
    const app = (await admin.post('/applications', { name: uniqueName('app'), kind: 'oidc', redirect_uris: [CALLBACK], scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'], ...more })).want(201);
    for (const one of people) (await admin.post(`/applications/${app.id}/bindings`, { user_id: one.id })).want(201);
    return app;
}

/** What an application does: it asks through a browser, and at the token row by itself. */
export class Rp {
    constructor(server, app) {
        this.server = server;
        this.app = app;
    }

    /** The address that a person is sent to. */
    authorizeUrl(params = {}) {
        this.pkce = pkce();
        const all = {
            response_type: 'code',
            client_id: this.app.client_id,
            redirect_uri: this.app.redirect_uris?.[0] ?? CALLBACK,
            scope: 'openid profile email groups offline_access',
            state: 'st4te',
            nonce: 'n0nce',
            code_challenge: this.pkce.challenge,
            code_challenge_method: 'S256',
            ...params,
        };
        const url = new URL('/oauth2/authorize', this.server.url);
        for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
        return url;
    }

    basic() {
        const { client_id: id, client_secret: secret } = this.app;
        return { Authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}` };
    }

    /** A form to an OAuth row; the client proves itself by Basic, or is public. */
    form(path, params, { headers } = {}) {
        const proves = headers ?? (this.app.client_secret === undefined ? {} : this.basic());
        const fields = this.app.client_secret === undefined && headers === undefined ? { client_id: this.app.client_id, ...params } : params;
        const body = new URLSearchParams(Object.entries(fields).filter(([, v]) => v !== undefined)).toString();
        return this.server.client({ prefix: '' }).post(path, body, { headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...proves } });
    }

    token(params, options) {
        return this.form('/oauth2/token', params, options);
    }

    redeem(code, more = {}, options) {
        return this.token({ grant_type: 'authorization_code', code, redirect_uri: this.app.redirect_uris?.[0] ?? CALLBACK, code_verifier: this.pkce?.verifier, ...more }, options);
    }

    refresh(token, more = {}, options) {
        return this.token({ grant_type: 'refresh_token', refresh_token: token, ...more }, options);
    }

    /** The code that a signed-in person's browser brings back. */
    async code(browser, params) {
        const page = await browser.go(this.authorizeUrl(params));
        const back = page.location;
        assert.ok(back, `no way back: ${page.status} ${page.text.slice(0, 1500)}`);
        assert.equal(back.searchParams.get('error'), null, back.href);
        assert.equal(back.searchParams.get('iss'), this.server.url);
        return back.searchParams.get('code');
    }

    async tokens(browser, params) {
        return (await this.redeem(await this.code(browser, params))).want(200);
    }
}

/** An OAuth refusal: RFC 6749 section 5.2. */
export function wantOauth(reply, status, error) {
    assert.equal(reply.status, status, `${reply.what}: ${reply.text}`);
    assert.equal(reply.json.error, error, reply.text);
    assert.equal(reply.headers['cache-control'], 'no-store');
    return reply.json;
}

export const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
export const headOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url'));

/** The claims of a token that the issuer's published keys verify. */
export async function verified(server, jwt) {
    const [head, payload, signature] = jwt.split('.');
    const { alg, kid } = headOf(jwt);
    const { keys } = (await server.client({ prefix: '' }).get('/oauth2/jwks')).want(200);
    const key = keys.find((one) => one.kid === kid);
    assert.ok(key, `no key ${kid}`);
    assert.equal(key.d, undefined);
    const options = { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
    assert.ok(verify('sha256', Buffer.from(`${head}.${payload}`), options, Buffer.from(signature, 'base64url')), `${alg} does not verify`);
    return claimsOf(jwt);
}

export { Browser };
