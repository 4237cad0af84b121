// SPDX-License-Identifier: Apache-2.0
// Tokens of programs against bare signatures and npm oidc-provider; people who sign in; what ten thousand of them weigh.
import { uniqueName } from '../tests/e2e/lib/fleet.mjs';
import { makeApp } from '../tests/e2e/lib/oauth.mjs';
import { alternate, load, tool } from './load.mjs';
import { PEER, startProvider } from './provider.mjs';
import { rate, us } from './table.mjs';

const FORM = 'application/x-www-form-urlencoded';
const PASSWORD = 'five red balloons over Brest';
const credentials = (client, more = {}) =>
    new URLSearchParams({ grant_type: 'client_credentials', client_id: client.client_id, client_secret: client.client_secret, ...more }).toString();

/** An application with a secret that speaks for a service account. */
async function programOf(admin) {
    const account = (await admin.post('/service-accounts', { name: uniqueName('bench'), roles: ['auditor'] })).want(201);
    const app = await makeApp(admin, { grants: ['client_credentials'], scopes: ['api'] });
    (await admin.post(`/applications/${app.id}/bindings`, { service_account_id: account.id })).want(201);
    return app;
}

/** client_credentials, ES256, each on the record, at 64 connections. */
export async function figureTokens(table, store, { rounds, ms }) {
    const app = await programOf(store.client(store.adminToken));
    const peer = await startProvider();
    try {
        const ask = (target, body) => () =>
            load({ mode: 'post', path: target.path, ...target, type: FORM, body, connections: 64, threads: 1, ms });
        const got = await alternate(rounds, {
            ours: ask({ ...store.target, path: '/oauth2/token' }, credentials(app)),
            provider: ask({ host: `127.0.0.1:${peer.port}`, port: peer.port, pids: peer.pid, path: '/token' },
                credentials({ client_id: PEER.id, client_secret: PEER.secret }, { scope: 'api' })),
            bare: async () => JSON.parse(await tool('bench-sign', ['--alg', 'es256', '--ms', ms])),
        });
        table.add('client_credentials, ES256, of bare EVP signatures a core', got.bare.cpu_us / got.ours.cpu_us, '>=', 0.6, '×',
            `${us(got.ours.cpu_us)} against ${us(got.bare.cpu_us)}; ${rate(got.ours.rps)}, p50 ${us(got.ours.p50_us)}, p99 ${us(got.ours.p99_us)}`);
        table.note('client_credentials: CPU of npm oidc-provider (not durable)', got.provider.cpu_us / got.ours.cpu_us, '×',
            `${us(got.provider.cpu_us)}; ${rate(got.provider.rps)} on its one core`);
    } finally {
        peer.stop();
    }
}

/** `n` people who have a password, made as anybody is: by invitation. */
async function peopleOf(store, n) {
    const admin = store.client(store.adminToken);
    const invitation = (await admin.post('/invitations', { groups: [], uses: n })).want(201);
    const nobody = store.client();
    const names = Array.from({ length: n }, () => uniqueName('p'));
    for (const username of names)
        (await nobody.post(`/invitations/${invitation.token}/accept`, { username, email: `${username}@example.org`, password: PASSWORD })).want(201);
    return names;
}

/** People sign in with their passwords: Argon2id is what it costs, two at a time. */
export async function figureSignIns(table, store, { rounds, ms }) {
    const [name] = await peopleOf(store, 1);
    const body = JSON.stringify({ username: name, password: PASSWORD });
    const got = await alternate(rounds, {
        ours: () => load({ mode: 'post', path: '/api/v1/auth/login', ...store.target, body, connections: 2, threads: 1, ms }),
    });
    table.note('sign-ins by password (Argon2id, 19 MiB, two passes)', got.ours.rps, '/s',
        `p50 ${us(got.ours.p50_us)}, ${us(got.ours.cpu_us)} of CPU each`);
}

/** Memory with many accounts and the sessions of those who are here. */
export async function figurePeople(table, store, { users = 10_000, sessions = 1000 } = {}) {
    const admin = store.client(store.adminToken);
    const BATCH = 64;
    for (let i = 0; i < users; i += BATCH)
        await Promise.all(Array.from({ length: Math.min(BATCH, users - i) }, async (_, j) => {
            const username = `bench-${i + j}`;
            (await admin.post('/users', { username, email: `${username}@example.org` })).want(201);
        }));
    const people = await peopleOf(store, sessions / 10);
    const nobody = store.client();
    for (const username of people)
        for (let i = 0; i < 10; i++) {
            const { access_token } = (await nobody.post('/auth/login', { username, password: PASSWORD })).want(200);
            (await store.client(access_token).get('/auth/me')).want(200);
        }
    table.add(`resident memory, ${users.toLocaleString('en-US')} users, ${sessions.toLocaleString('en-US')} sessions`, store.memory('VmRSS') / 1024, '<=', 40, 'MB',
        `anonymous ${(store.memory('RssAnon') / 1024).toFixed(1)} MB`);
}
