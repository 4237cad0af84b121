// SPDX-License-Identifier: Apache-2.0
// Prompts and resources are what only reads: whom that is denied neither lists nor gets nor completes nor watches them, and
// to him they are not there.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { audit } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { clients } from './mcp/clients.mjs';
import { addServer, bearer, callerOf, faces, startGateway } from './mcp/gateway.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
const upstream = await startUpstream('stateful');
after(() => upstream.close());
const server = await addServer(admin, { url: upstream.url, pinning: 'strict' });
const may = async (caller, tool, what) => (await admin.put(`/permissions/service-account/${caller.id}`, { tool: `${server.name}/${tool}`, ...what })).want(200);
const open = async (caller, url, name) => {
    const client = await clients[name](url, bearer(caller));
    after(() => client.close());
    return client;
};
const refusal = (promise) => promise.then(() => assert.fail('it was answered'), (e) => [e.code, e.message.replace(/test:\S+|"\S+"/, 'X')]);
const TEXT = 'test://static-text';

for (const { face, url, tool } of faces(gateway, server))
    for (const kind of ['1.x Streamable HTTP', '2.x pinned']) {
        const where = `${face.replace(server.name, '{server}')}, ${kind}`;
        const lists = async ({ client }) => [
            (await client.listPrompts()).prompts.map((p) => p.name), (await client.listResources()).resources.map((r) => r.uri),
            (await client.listResourceTemplates()).resourceTemplates.map((t) => t.uriTemplate),
        ];
        const completion = (name) => ({ ref: { type: 'ref/prompt', name }, argument: { name: 'arg1', value: 'pa' } });

        test(`${where}: READ denied for a server hides all of it, as if it were not there`, async () => {
            const caller = await callerOf(admin, { tools: [] });
            const client = await open(caller, url, kind);
            const before = await lists(client);
            assert.ok(before[0].includes(tool('test_simple_prompt')) && before[1].includes(TEXT) && before[2].length === 1, `pinning is of tools alone: ${before}`);
            assert.match((await client.prompt(tool('test_simple_prompt'))).messages[0].content.text, /simple prompt/);
            assert.match((await client.read(TEXT)).contents[0].text, /static text/);
            const unknown = [await refusal(client.prompt(tool('no_such'))), await refusal(client.read('test://no-such'))];
            await may(caller, '*', { can_read: false });
            assert.deepEqual(await lists(client), [[], [], []]);
            const denied = [await refusal(client.prompt(tool('test_simple_prompt'))), await refusal(client.read(TEXT))];
            if (face === '/mcp') // the other face has the server's own words of what is unknown
                assert.deepEqual(denied, unknown, 'no word of what there is');
            await refusal(client.read('test://template/7/data'));
            await refusal(client.client.complete(completion(tool('test_prompt_with_arguments'))));
            const seen = await eventually('each is on the record', async () => {
                const events = await audit(admin, `action=tool.refused&actor=${caller.id}`);
                const methods = new Set(events.map((e) => e.details.method));
                return ['prompts/get', 'resources/read', 'completion/complete'].every((m) => methods.has(m)) && events;
            });
            assert.ok(seen.every((e) => e.details.server === server.name && e.details.class === 'READ'));
        });

        test(`${where}: one prompt, one kind, one resource`, async () => {
            const caller = await callerOf(admin, { tools: [] });
            const client = await open(caller, url, kind);
            await may(caller, 'prompt:test_simple_prompt', { can_read: false });
            let [prompts, resources] = await lists(client);
            assert.ok(!prompts.includes(tool('test_simple_prompt')) && prompts.includes(tool('test_prompt_with_image')) && resources.includes(TEXT));
            await refusal(client.prompt(tool('test_simple_prompt')));
            await may(caller, 'prompt:*', { can_read: false });
            await may(caller, 'prompt:test_simple_prompt', { can_read: true });
            [prompts, resources] = await lists(client);
            assert.deepEqual([prompts, resources.includes(TEXT)], [[tool('test_simple_prompt')], true]);
            await refusal(client.prompt(tool('test_prompt_with_image')));
            await may(caller, '*', { can_read: false });
            await may(caller, `resource:${TEXT}`, { can_read: true });
            [prompts, resources] = await lists(client);
            assert.deepEqual([prompts, resources], [[tool('test_simple_prompt')], [TEXT]]);
            assert.match((await client.read(TEXT)).contents[0].text, /static text/);
            await refusal(client.read('test://static-binary'));
            await may(caller, 'resource:*', { can_read: true });
            assert.equal(JSON.parse((await client.read('test://template/7/data')).contents[0].text).id, '7');
        });
    }

test('where a yes is wanted, prompts and resources are not there: nobody is asked for them', async () => {
    const caller = await callerOf(admin, { tools: [] });
    const client = await open(caller, `${gateway.url}/mcp`, '2.x pinned');
    await may(caller, '*', { approval: true });
    assert.deepEqual((await client.client.listPrompts()).prompts, []);
    await refusal(client.read(TEXT));
    await may(caller, 'resource:*', { approval: false });
    assert.match((await client.read(TEXT)).contents[0].text, /static text/);
});

test('a row about a tool is not about the prompt of that name', async () => {
    const caller = await callerOf(admin, { tools: [] });
    const client = await open(caller, `${gateway.url}/mcp`, '2.x pinned');
    await may(caller, 'test_simple_prompt', { can_read: false });
    assert.match((await client.prompt(`${server.prefix}__test_simple_prompt`)).messages[0].content.text, /simple prompt/);
});

test('a subscription is a call that reads: on the record, refused where it is denied, over when that is taken away', async () => {
    const URI = 'test://watched-resource';
    const caller = await callerOf(admin, { tools: [] });
    const trigger = await open(await callerOf(admin), `${gateway.url}/s/${server.name}/mcp`, '2.x pinned');
    assert.deepEqual(await trigger.tools(), [], 'tools wait for approval, for the server is strict');
    (await admin.post(`/gateway/servers/${server.id}/tools/test_trigger_resource_update/approve`, {})).want(200);
    const client = await open(caller, `${gateway.url}/s/${server.name}/mcp`, '1.x Streamable HTTP');
    const heard = [];
    client.client.fallbackNotificationHandler = async (note) => heard.push(note.method);
    const told = () => heard.filter((m) => m === 'notifications/resources/updated').length;
    await client.client.subscribeResource({ uri: URI });
    await eventually('it is on the record', async () => (await audit(admin, `action=tool.call&actor=${caller.id}`)).some((e) => e.details.method === 'resources/subscribe'));
    await eventually('it is told', async () => {
        await trigger.call('test_trigger_resource_update');
        return told() > 0;
    });
    await may(caller, `resource:${URI}`, { can_read: false });
    await eventually('its stream was looked at again', () => heard.includes('notifications/tools/list_changed'));
    const before = told();
    for (let i = 0; i < 3; i++) await trigger.call('test_trigger_resource_update');
    await client.read(TEXT); // what was on its way has come
    assert.equal(told(), before);
    await refusal(client.client.subscribeResource({ uri: URI }));
    await eventually('the refusal too', async () => (await audit(admin, `action=tool.refused&actor=${caller.id}`)).some((e) => e.details.method === 'resources/subscribe'));
});

/** A stream of subscriptions/listen for one resource; counts what it is told. */
async function listen(caller, uri) {
    const heard = { updated: 0 };
    const abort = new AbortController();
    after(() => abort.abort());
    const answer = await fetch(`${gateway.url}/s/${server.name}/mcp`, {
        method: 'POST', signal: abort.signal,
        headers: { ...bearer(caller), 'content-type': 'application/json', accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: { notifications: { toolsListChanged: true, resourceSubscriptions: [uri] },
            _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } }),
    });
    assert.equal(answer.status, 200);
    (async () => {
        for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
            heard.updated += chunk.split('notifications/resources/updated').length - 1;
            heard.looked ||= chunk.includes('notifications/tools/list_changed');
        }
    })().catch(() => {}); // it is ended by the test
    return heard;
}

test('who listens is told of what he may read, and of nothing else', async () => {
    const URI = 'test://watched-resource';
    const trigger = await open(await callerOf(admin), `${gateway.url}/s/${server.name}/mcp`, '2.x pinned');
    const group = (await admin.post('/groups', { name: 'readers' })).want(201);
    const denied = await callerOf(admin, { tools: [] });
    const allowed = await callerOf(admin, { tools: [] });
    for (const caller of [allowed, denied]) (await admin.post(`/groups/${group.id}/members`, { service_account_id: caller.id })).want(204);
    await may(denied, `resource:${URI}`, { can_read: false });
    const [no, yes, always] = [await listen(denied, URI), await listen(allowed, URI), await listen(await callerOf(admin, { tools: [] }), URI)];
    const tell = async (who) => {
        const before = who.updated;
        await eventually('he is told', async () => {
            await trigger.call('test_trigger_resource_update');
            return who.updated > before;
        });
    };
    await tell(yes);
    await tell(always);
    assert.equal(no.updated, 0);
    // Taken away from a group, it is looked at again within a second.
    yes.looked = false;
    (await admin.put(`/permissions/group/${group.id}`, { tool: `${server.name}/*`, can_read: false })).want(200);
    await eventually('it was looked at', () => yes.looked);
    const last = yes.updated;
    await tell(always);
    await tell(always);
    assert.deepEqual([yes.updated, no.updated], [last, 0]);
});
