// SPDX-License-Identifier: Apache-2.0
// Devices in the console: the list, the lobby, one of them with the reasons of its configuration, and how machines come in.
import { confirm, decide, enrolmentKey, init, makeKey, poll, publishPolicy, serviceClient } from '../e2e/lib/fleet.mjs';
import { lookAt, startConsole } from './lib/console.mjs';

const house = await startConsole();
const { admin, server } = house;
const nobody = server.client();
const LONG = 'kiosk-with-a-name-that-is-far-longer-than-any-column-would-hold-0001';
const groups = {};
for (const name of ['workshop', 'front-desks']) groups[name] = (await admin.post('/groups', { name })).want(201).id;

/** A machine that was let in, by a token alone: {id, token}. */
async function letIn(machine, about = {}, approve = {}) {
    const { device_id: id, claim } = (await init(nobody, machine, about)).want(201);
    (await decide(admin, id, 'approve', approve)).want(200);
    const { token } = (await confirm(nobody, id, claim)).want(200);
    return { id, token };
}

const ada = await letIn('laptop-ada', { hostname: 'ada.example.org', os: 'debian 12', type: 'workstation', client_version: '1.4.2', metadata: { serial: 'X-4711' } },
    { groups: Object.values(groups), user_id: house.boss.id, labels: { site: 'paris', floor: '2' } });
await publishPolicy(admin, { model: 'small-1', limits: { tokens: 4000, images: false }, featureFlags: { shell: true, beta: true } }, { name: 'Everybody', locked: ['/featureFlags/shell'] });
await publishPolicy(admin, { model: 'large-2', featureFlags: { shell: false, beta: null } }, { name: 'Workshop', scope: 'group', target_id: groups.workshop });
await publishPolicy(admin, { limits: { tokens: 64000 } }, { name: 'Ada’s own', scope: 'device', target_id: ada.id });
const got = await poll(server.client(), ada.token);
(await nobody.as(ada.token).post('/iassistants/config/ack', { etag: got.headers.etag, version: got.want(200).version, result: 'applied' })).want(204);
(await nobody.as(ada.token).post('/devices/self/heartbeat', { client_version: '1.4.2', metrics: { memory_mb: 412, sessions: 3 } })).want(202);

const kiosk = await letIn(LONG, { os: 'windows 11', type: 'kiosk', client_version: '1.4.1' }, { groups: [groups['front-desks']] });
(await admin.post(`/devices/${kiosk.id}/revoke`, { reason: 'stolen from the front desk' })).want(200);
await letIn('robot-7', { hostname: 'robot-7', os: 'ubuntu 24.04', type: 'rpa', client_version: '1.3.0' });
const refused = (await init(nobody, 'unknown-box', { os: 'macos 15' })).want(201);
(await decide(admin, refused.device_id, 'refuse')).want(200);
(await init(nobody, 'new-laptop', { hostname: 'new-laptop', os: 'macos 15', type: 'workstation', user_hint: 'Kim', key: makeKey(), labels: { site: 'lyon' } })).want(201);
for (const os of ['windows 11', 'debian 12']) (await init(nobody, 'new-kiosk', { os, type: 'kiosk', key: makeKey() })).want(201);
await enrolmentKey(admin, { name: 'installers', uses: 50, groups: ['front-desks'] });

lookAt(house, {
    'fleet-list': { path: '/fleet', ready: 'fleet' },
    'fleet-nothing': { path: '/fleet?search=zzz&status=BLOCKED', ready: 'fleet' },
    'fleet-lobby': { path: '/fleet/lobby', ready: 'fleet' },
    'fleet-device': { path: `/fleet/${ada.id}`, ready: 'fleet' },
    'fleet-revoked': { path: `/fleet/${kiosk.id}`, ready: 'fleet' },
    'fleet-config': { path: `/fleet/${ada.id}/config`, ready: 'fleet' },
    'fleet-history': { path: `/fleet/${ada.id}/history`, ready: 'fleet' },
    'fleet-enrol': { path: '/fleet/enrol', ready: 'fleet' },
});
