// SPDX-License-Identifier: Apache-2.0
// A device that asks for its configuration with an access token instead of its opaque one: it waits and is told like any other.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { enrol, makeKey, poll, publishPolicy } from './lib/fleet.mjs';
import { clientProof, Dpop, form, jws, JWT_BEARER, seconds, tokenForm, withNonce } from './lib/machine.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { EventStream } from './lib/stream.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const mine = (device, content) => publishPolicy(admin, content, { scope: 'device', target_id: device.id });

const assertion = (device) => {
    const now = seconds();
    return jws(device.key.private, { typ: 'JWT' }, { iss: device.id, sub: device.id, aud: server.url, iat: now, exp: now + 60, jti: randomUUID() });
};

/** An enrolled device whose `token` is an access token, for what it signed by its own key. */
async function programOf(dpop) {
    const device = await enrol(nobody, admin, { key: makeKey() });
    const ask = (nonce) => tokenForm(server, { grant_type: JWT_BEARER, assertion: assertion(device) }, dpop && { DPoP: dpop.proof('POST', `${server.url}/oauth2/token`, { nonce }) });
    return { ...device, token: (await withNonce(ask)).want(200).access_token };
}

/** A poll that waits; what it answers comes with `answered`. */
async function waits(device, etag) {
    const answered = poll(nobody, device.token, { etag, wait: 55 });
    await eventually('it is parked', async () => /^seneschal_polls_parked 1$/m.test((await admin.atRoot().get('/metrics')).text));
    return { answered };
}

test('a parked poll answers with the new configuration, after a change of its own and of all', async () => {
    const device = await programOf();
    let etag = (await poll(nobody, device.token)).headers.etag;
    const changes = [() => mine(device, { one: 1 }), () => publishPolicy(admin, { all: 1 }), () => admin.post(`/devices/${device.id}/block`, {})];
    for (const [i, change] of changes.entries()) {
        const { answered } = await waits(device, etag);
        await change();
        const answer = await answered;
        if (i < 2) assert.deepEqual(answer.want(200).config, i === 0 ? { one: 1 } : { one: 1, all: 1 });
        else answer.wantProblem(403, 'device-blocked');
        ({ etag } = answer.headers);
    }
});

test('a stream goes on after a change', async () => {
    const device = await programOf();
    const stream = await EventStream.open(server.url, device.token);
    assert.equal(stream.status, 200);
    const first = await stream.next('config');
    for (const n of [1, 2, 3]) {
        await mine(device, { [`n${n}`]: n });
        const { data } = await stream.next('config');
        assert.ok(data.seq > first.data.seq);
        assert.equal(data.etag, (await poll(nobody, device.token)).headers.etag);
    }
    (await admin.post(`/devices/${device.id}/revoke`, {})).want(200);
    assert.equal((await stream.next('status')).data.status, 'REVOKED');
    await stream.end();
});

test('a token that is revoked while its poll waits is told so at the next change', async () => {
    const device = await programOf();
    const etag = (await poll(nobody, device.token)).headers.etag;
    const { answered } = await waits(device, etag);
    (await form(server, '/oauth2/revoke', { token: device.token, ...clientProof(assertion(device)) })).want(200);
    (await answered).wantProblem(401, 'unauthenticated');
});

test('a token that is bound to a key is told that it fetches no configuration', async () => {
    const dpop = new Dpop();
    const device = await programOf(dpop);
    const path = '/api/v1/iassistants/config';
    const headers = (nonce) => ({ Authorization: `DPoP ${device.token}`, DPoP: dpop.proof('GET', `${server.url}${path}`, { token: device.token, nonce }) });
    const refused = await withNonce((nonce) => nobody.atRoot().get(path, { headers: headers(nonce) }));
    assert.match(refused.wantProblem(401, 'unauthenticated').detail, /ask for one without/);
});
