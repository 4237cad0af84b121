// SPDX-License-Identifier: Apache-2.0
// Applications hear that a session has ended (OpenID Connect Back-Channel Logout), whatever ended it; again, until they have.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser, CALLBACK, claimsOf, headOf, logIn, makeApp, makePerson, Rp, setPassword, verified } from './lib/oauth.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer({ env: { SENESCHAL_OUTBOUND_LOOPBACK: 'true' } });
const admin = await server.admin();
const receiver = await startReceiver();

test('an application that is dead takes nobody else\'s turn', async () => {
    const person = await makePerson(admin);
    await setPassword(server, admin, person);
    const dead = await startReceiver();
    dead.answer = () => {}; // it takes the call, and never answers
    const alive = await startReceiver();
    const rps = [];
    for (const { url } of [dead, alive])
        rps.push(new Rp(server, await makeApp(admin, { people: [person], redirect_uris: [CALLBACK], backchannel_logout_uri: `${url}/gone`, consent: false })));
    const sessions = 6;
    for (let i = 0; i < sessions; i++) {
        const browser = new Browser(server.url);
        await logIn(browser, await browser.get('/login'), person);
        for (const rp of rps) await rp.tokens(browser);
    }
    (await admin.delete(`/users/${person.id}/sessions`)).want(204);
    await alive.waitFor(sessions);
    await dead.waitFor(1);
});

test('a revoked session is told to the application that has grants from it, with a token that is good', async () => {
    const person = await makePerson(admin);
    await setPassword(server, admin, person);
    const app = await makeApp(admin, { people: [person], redirect_uris: [CALLBACK], backchannel_logout_uri: `${receiver.url}/gone`, consent: false });
    const rp = new Rp(server, app);
    const browser = new Browser(server.url);
    await logIn(browser, await browser.get('/login'), person);
    const tokens = await rp.tokens(browser);
    const { sid, sub } = claimsOf(tokens.id_token);
    let answer = 503;
    receiver.answer = (_, response) => response.writeHead(answer).end();
    (await admin.delete(`/users/${person.id}/sessions`)).want(204);
    const [first] = await receiver.waitFor(1);
    answer = 200;
    const [, second] = await receiver.waitFor(2);
    const ids = [first, second].map((call) => {
        assert.deepEqual([call.method, call.path, call.headers['content-type']], ['POST', '/gone', 'application/x-www-form-urlencoded']);
        return new URLSearchParams(call.text).get('logout_token');
    });
    const claims = await verified(server, ids[1]);
    assert.equal(headOf(ids[1]).typ, 'logout+jwt');
    assert.deepEqual([claims.aud, claims.sub, claims.sid, claims.nonce], [app.client_id, sub, sid, undefined]);
    assert.deepEqual(claims.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
    assert.ok(claims.exp > claims.iat && claims.jti !== claimsOf(ids[0]).jti);
});
