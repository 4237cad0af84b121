// SPDX-License-Identifier: Apache-2.0
// docs/CLIENTS.md does what it says: its blocks are taken from the page and run, or their calls are, against a server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test, { after } from 'node:test';
import { audit, enrolmentKey, publishPolicy, publishVersion, uniqueName } from './lib/fleet.mjs';
import { startFront } from './lib/js_client.mjs';
import { BIN, eventually, PATIENCE, run, tempDir } from './lib/process.mjs';
import { readRows, rowOf } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';

const page = readFileSync('docs/CLIENTS.md', 'utf8');
const blocks = (kind) => [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((found) => found[1] === kind).map((found) => found[2]);

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
await publishPolicy(admin, { model: 'small' });
const { key } = await enrolmentKey(admin);
const deviceOf = async (name) => (await admin.get(`/devices?search=${name}`)).want(200).items[0];

/** A directory with `seneschal` in its PATH, and what the blocks expect to know. */
function place() {
    const dir = tempDir('docs');
    symlinkSync(BIN, path.join(dir, 'seneschal'));
    const env = { SERVER: server.url, SENESCHAL_URL: server.url, SENESCHAL_DATA: server.data, ENROLLMENT_KEY: key, PATH: `${dir}:${process.env.PATH}` };
    const read = (name) => readFileSync(path.join(dir, name), 'utf8');
    const write = (name, text) => writeFileSync(path.join(dir, name), text);
    return { dir, env, read, write };
}

async function runs(file, args, { dir, env }) {
    const { code, stdout, stderr } = await run(file, args, { cwd: dir, env });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    return stdout;
}

test('every path on the page is one of the server, with its method where the page says one', () => {
    const rows = readRows(BIN);
    const texts = [page, readFileSync('clients/js/README.md', 'utf8')];
    const paths = new Set(texts.flatMap((text) => text.match(/(?:(?:GET|POST) )?\/api\/v1\/[a-z/]+/g) ?? []));
    assert.ok(paths.size >= 9, [...paths].join(' '));
    for (const line of paths) {
        const [where, method] = line.split(' ').reverse();
        const methods = method ? [method] : ['GET', 'POST'];
        assert.ok(methods.some((one) => rowOf(rows, one, where)), line);
    }
});

test('with curl and openssl: in, proven, configured, acknowledged, rotated, out', async () => {
    const here = place();
    const steps = blocks('sh');
    assert.equal(steps.length, 7);
    const marks = steps.map((step, i) => `${step}\n[ ! -f config.json ] || cp config.json config.${i}\n[ ! -f token.json ] || cp token.json token.${i}\n`);
    here.write('all.sh', `set -eu\n${marks.join('\n')}`);
    const said = await runs('sh', ['all.sh'], here);
    assert.match(said, /ask an administrator to approve [0-9A-Z]{8}/);
    assert.equal(JSON.parse(here.read('config.4')).config.model, 'small');
    assert.notEqual(JSON.parse(here.read('token.4')).token, JSON.parse(here.read('token.5')).token, 'rotated');
    assert.deepEqual(JSON.parse(here.read('config.json')), { enabled: false, config: {}, version: null, reason: 'device-revoked' });
    const { id, status, credential_level } = await deviceOf('front-desk');
    assert.deepEqual([status, credential_level], ['REVOKED', 'software-key']);
    const actions = (await audit(admin, `target=${id}`)).map((event) => event.action);
    for (const action of ['config.applied', 'device.rotation-asked', 'device.revoked']) assert.ok(actions.includes(action), `${action}: ${actions}`);
});

test('and what the blocks cannot believe they do not use', async () => {
    const ways = {
        'signature-invalid': ({ body, ...answer }) => ({ ...answer, body: String(body).replace('small', 'evil!') }),
        'lease-device': ({ headers, ...answer }) => ({ ...answer, headers: { ...headers, 'seneschal-lease': theirs } }),
    };
    const { token } = await configOf(uniqueName('theirs'));
    const theirs = (await nobody.as(token).get('/iassistants/config')).headers['seneschal-lease'];
    for (const [reason, tamper] of Object.entries(ways)) {
        const here = place();
        const front = await startFront(server);
        front.alter = (request, answer) => (/config(\?|$)/.test(request.url) && answer.status === 200 ? tamper(answer) : undefined);
        here.write('all.sh', `set -eu\n${blocks('sh').slice(0, 5).join('\n').replaceAll('front-desk', reason)}`);
        const { code, stderr } = await run('sh', ['all.sh'], { cwd: here.dir, env: { ...here.env, SERVER: front.url } });
        assert.notEqual(code, 0);
        assert.match(stderr, new RegExp(`refused: ${reason}$`, 'm'));
        assert.throws(() => here.read('config.json'), { code: 'ENOENT' });
    }
});

test('with Python', async () => {
    const here = place();
    const [code] = blocks('python');
    here.write('client.py', code);
    assert.match(await runs('python3', ['client.py'], here), /\{'model': 'small'\}/);
    const { id } = await deviceOf('robot-7');
    assert.equal((await admin.get(`/devices/${id}`)).want(200).config.result, 'applied');
});

test('with JavaScript', async () => {
    const here = place();
    cpSync('clients/js', here.dir, { recursive: true });
    here.write('client.mjs', blocks('js')[0]);
    assert.match(await runs(process.execPath, ['client.mjs'], here), /off: not-enrolled\n\{ model: 'small' \}\nACTIVE/);
    assert.match(await runs(process.execPath, ['client.mjs'], here), /^\{ model: 'small' \}\nACTIVE/, 'a second time from its store');
});

test('the examples of clients/js are whole: they parse, and name only what there is', async () => {
    const here = place();
    const readme = readFileSync('clients/js/README.md', 'utf8');
    const given = Object.keys(await import('../../clients/js/seneschal.js'));
    const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map((found) => found[1]);
    assert.equal(examples.length, 3);
    for (const example of examples) {
        here.write('example.mjs', example);
        await runs(process.execPath, ['--check', 'example.mjs'], here);
        const [, names] = example.match(/import \{ (.*) \} from '.\/seneschal.js'/);
        for (const name of names.split(', ')) assert.ok(given.includes(name), name);
        assert.ok(example.trim().split('\n').length <= 18);
    }
});

/** An Open WebUI that repeats what it is asked: {url, asked: [{path, key, ...body}]}. */
async function startWebui() {
    const asked = [];
    const listener = http.createServer(async (request, response) => {
        const parts = [];
        for await (const part of request) parts.push(part);
        const body = JSON.parse(Buffer.concat(parts));
        asked.push({ path: request.url, key: request.headers.authorization, ...body });
        const message = { role: 'assistant', content: body.messages.at(-1).content.toUpperCase() };
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ choices: [{ message }] }));
    });
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    after(() => (listener.close(), listener.closeAllConnections()));
    return { asked, url: `http://127.0.0.1:${listener.address().port}` };
}

test('the assistant: its model, its key, its flags and its limits are the administrator\'s', async () => {
    const here = place();
    cpSync('clients/js', path.join(here.dir, 'js'), { recursive: true });
    const webui = await startWebui();
    const group = uniqueName('assistants');
    const { id } = (await admin.post('/groups', { name: group })).want(201);
    const [, example] = page.match(/^```json\n(\{\n  "iassistants".*?)^```$/ms);
    const { iassistants } = JSON.parse(example);
    const settings = { ...iassistants, owuiEndpoint: webui.url, systemPrompt: 'Be brief.', limits: { ...iassistants.limits, requestsPerMinute: 2 } };
    const schema = JSON.parse(readFileSync('schemas/iassistants.json', 'utf8'));
    (await admin.post('/schemas', { namespace: '/iassistants', schema })).want(201); // what the page shows must obey it
    (await admin.put('/secrets/owui-key', { value: 'the key of Open WebUI' })).want(201);
    const policy = await publishPolicy(admin, { iassistants: settings }, { scope: 'group', target_id: id });
    const { key: grouped } = await enrolmentKey(admin, { groups: [group] });
    const child = spawn(process.execPath, [path.join(here.dir, 'js/examples/assistant.mjs')], { cwd: here.dir, env: { ...process.env, ...here.env, MACHINE: 'desk-9', ENROLLMENT_KEY: grouped } });
    after(() => child.kill('SIGKILL'));
    const ended = once(child, 'close');
    const keepsNoKey = (names) => {
        for (const name of names) assert.ok(!here.read(`assistant/${name}`).includes('the key of Open WebUI'), name);
    };
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    const says = async (text) => assert.ok(await eventually(text, () => said.includes(text), { ms: 20_000 * PATIENCE }).catch(() => false), `no ${text}: ${said}`);
    await says(`on: llama3.1:8b at ${webui.url}`);
    child.stdin.write('hello\n');
    await says('HELLO');
    child.stdin.write('again\n');
    await says('AGAIN');
    child.stdin.write('too much\n');
    await says('! no more than 2 a minute');
    const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'hello' }];
    const first = { path: '/api/chat/completions', key: 'Bearer the key of Open WebUI', model: 'llama3.1:8b', max_tokens: 2048 };
    assert.deepEqual(webui.asked[0], { ...first, messages });
    keepsNoKey(['key.json', 'state.json', 'config.json']); // what was used just now; a file is replaced, and never missing
    assert.deepEqual(webui.asked[1].messages.slice(1), [messages[1], { role: 'assistant', content: 'HELLO' }, { role: 'user', content: 'again' }]);
    await publishVersion(admin, policy.id, { iassistants: { ...settings, owuiModel: 'small' } });
    await says('on: small');
    const { id: device } = await deviceOf('desk-9');
    await publishVersion(admin, policy.id, { iassistants: { owuiModel: 'small' } });
    await says('off: not-applied');
    await eventually('the server is told', async () => /owuiEndpoint/.test((await audit(admin, `target=${device}&action=config.failed`))[0]?.reason), { ms: 10_000 * PATIENCE });
    (await admin.post(`/devices/${device}/revoke`, {})).want(200);
    await says('off: device-revoked');
    child.stdin.end('hello?\n');
    await says('! the assistant is off');
    await ended;
    keepsNoKey(readdirSync(path.join(here.dir, 'assistant')));
});

/** Send what the page sends, as whom it says; the status. */
async function replay(where, body, as) {
    const reply = await nobody.as(as).post(where.replace('/api/v1', ''), body);
    return { status: reply.status, answer: reply.bytes.length > 0 ? reply.json : undefined };
}

test('with PowerShell: the calls of the block, taken from it', async () => {
    const [code] = blocks('powershell');
    const machine = uniqueName('windows');
    const { etag } = await configOf(machine + '-x');
    const values = { '$Machine': machine, '$env:COMPUTERNAME': 'DESK', '$etag': etag };
    const calls = [...code.matchAll(/Send-Json '([^']+)' @\{([^}]*)\} (\$\w+|\()/g)].map(([, where, body, bearer]) => ({
        where,
        bearer,
        body: Object.fromEntries(body.split(';').map((pair) => pair.split(' = ').map((text) => text.trim())).map(([name, value]) => [name, values[value] ?? value.match(/^'(.*)'$/)[1]])),
    }));
    assert.deepEqual(calls.map(({ where }) => where), ['/api/v1/agents/enroll', '/api/v1/iassistants/config/ack', '/api/v1/devices/self/heartbeat']);
    const [enrolled, ...others] = calls;
    const { status, answer } = await replay(enrolled.where, enrolled.body, key);
    assert.equal(status, 201);
    for (const { where, body } of others) assert.ok([202, 204].includes((await replay(where, body, answer.token)).status), where);
    const [, method, asked] = code.match(/Invoke-WebRequest -UseBasicParsing -Method (\w+) -Uri "\$Server(\S+)"/);
    assert.equal(method, 'Get');
    const device = nobody.as(answer.token);
    const first = (await device.get(asked.replace('/api/v1', '')));
    first.want(200);
    assert.equal((await device.get(asked.replace('/api/v1', ''), { headers: { 'If-None-Match': first.headers.etag } })).status, 304);
});

/** A machine by the key, and the ETag of what it gets. */
async function configOf(machine_id) {
    const { token } = (await nobody.as(key).post('/agents/enroll', { machine_id })).want(201);
    const reply = await nobody.as(token).get('/iassistants/config');
    return { token, etag: reply.headers.etag };
}

test('from Inno Setup: its two calls, taken from the script', async () => {
    const [code] = blocks('pascal');
    const machine = uniqueName('inno');
    const calls = [...code.matchAll(/Post\('([^']+)', '(.*)', (?=ExpandConstant|String)/g)].map(([, where, body]) => ({
        where,
        body: JSON.parse(body.replaceAll("' + MachineId + '", machine)),
    }));
    assert.deepEqual(calls.map(({ where }) => where), ['/api/v1/agents/enroll', '/api/v1/agents/uninstall']);
    const { status, answer } = await replay(calls[0].where, calls[0].body, key);
    assert.equal(status, 201);
    const text = JSON.stringify(answer); // as the script cuts it out
    const from = text.indexOf('"token":"') + 9;
    assert.equal(text.slice(from, text.indexOf('"', from)), answer.token);
    assert.equal((await replay(calls[0].where, calls[0].body, key)).answer.code, 'already-enrolled', 'what the page says of a removal that was offline');
    assert.equal((await replay(calls[1].where, calls[1].body, answer.token)).status, 200);
    assert.equal((await deviceOf(machine)).status, 'UNINSTALLED');
    assert.equal((await replay(calls[0].where, calls[0].body, key)).status, 200, 'and in again');
});
