// SPDX-License-Identifier: Apache-2.0
// The command line against a real server: what scripts rely on.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { init, uniqueName } from './lib/fleet.mjs';
import { BIN, Child, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const nobody = server.client();
const dir = tempDir('cli');
const tokenFile = path.join(dir, 'token');
await writeFile(tokenFile, `${await server.adminToken()}\n`, { mode: 0o600 });
const env = { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile };
const run = (...args) => seneschal(args, { env });
const ok = async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
};
const json = async (...args) => JSON.parse(await ok(...args, '-o', 'json'));

test('a device goes through its life by its name', async () => {
    const name = uniqueName();
    (await init(nobody, name)).want(201);
    assert.equal((await json('device', 'get', name)).status, 'PENDING');
    assert.match(await ok('device', 'list', '--search', name), new RegExp(`^id .*status.*\n\\S+ +${name} .*PENDING`));
    assert.equal((await json('device', 'approve', name)).status, 'ENROLLED');
    assert.equal((await json('device', 'block', name, '--reason', 'lost')).status, 'BLOCKED');
    assert.equal((await json('device', 'unblock', name)).status, 'ENROLLED');
    const asked = await run('device', 'revoke', name);
    assert.equal(asked.code, 2, 'what cannot be taken back wants --yes where nobody can be asked');
    assert.match(asked.stderr, /^hint: --yes/m);
    assert.match(await ok('device', 'revoke', name, '--dry-run'), /^POST \/api\/v1\/devices\/\S+\/revoke/);
    assert.equal((await json('device', 'get', name)).status, 'ENROLLED');
    assert.equal((await json('device', 'revoke', name, '--yes')).status, 'REVOKED');
    const again = await run('device', 'revoke', name, '-y');
    assert.equal(again.code, 5, again.stderr);
});

test('a policy from a file to its assignment', async () => {
    const name = uniqueName('policy');
    const file = path.join(dir, 'content.json');
    await writeFile(file, '{"model":"m","limits":{"tokens":9007199254740993}}');
    await ok('policy', 'create', name, '--description', 'from a script');
    assert.equal((await json('policy', 'draft', name, '--content', file, '--enabled', 'true')).number, 1);
    assert.match((await json('policy', 'publish', name, '1')).version, /^\d{4}-\d\d-\d\d\.\d+$/);
    assert.match(await ok('policy', 'show', name, '1', '-o', 'json'), /"tokens":9007199254740993/);
    const { id } = await json('assignment', 'create', '--policy', name, '--scope', 'org', '--priority', '-5');
    const csv = await ok('assignment', 'list', '--policy', name, '-o', 'csv');
    assert.match(csv, /^id,policy_id,scope,target_id,priority,number\r\n/);
    assert.ok(csv.includes(`${id},`));
    assert.ok(csv.includes(",org,,\"'-5\","), csv);
    assert.equal((await run('policy', 'delete', name, '--yes')).code, 5);
    await ok('assignment', 'delete', id, '--yes');
    await ok('policy', 'delete', name, '--yes');
    assert.equal((await run('policy', 'get', name)).code, 3);
});

test('lists follow their pages as far as --limit says', async () => {
    const prefix = uniqueName('page');
    for (let i = 0; i < 7; i++) await ok('policy', 'create', `${prefix}-${i}`);
    const few = await run('policy', 'list', '--limit', '3', '-o', 'ndjson');
    assert.equal(few.stdout.trim().split('\n').length, 3);
    assert.match(few.stderr, /--limit 0/);
    const all = await json('policy', 'list', '--limit', '0');
    assert.equal(all.filter((p) => p.name.startsWith(prefix)).length, 7);
});

test('fleet lock, and who is refused', async () => {
    assert.equal((await json('fleet', 'lock', '--known', 'refuse')).locked, true);
    (await init(nobody, uniqueName())).wantProblem(403, 'fleet-locked');
    assert.equal((await json('fleet', 'unlock')).locked, false);
    assert.equal((await json('fleet', 'status')).locked, false);
});

for (const [args, code, message] of [
    [['polcy', 'list'], 2, /did you mean `seneschal policy`/],
    [['policy', 'lst'], 2, /did you mean `seneschal policy list`/],
    [['policy'], 2, /want a verb/],
    [[], 2, /want a command/],
    [['device', 'list', '--serch', 'x'], 2, /did you mean --search/],
    [['device', 'list', '--status', 'PENDIN'], 2, /want PENDING\|.*\nhint: did you mean PENDING\?/],
    [['device', 'list', '--status', 'PENDING,BLOCKD'], 2, /want PENDING\|/],
    [['device', 'list', '--dryrun'], 2, /did you mean --dry-run/],
    [['device', 'list', '-o', 'jsn'], 2, /did you mean json\?/],
    [['user', 'create', 'x', 'x@example.org', '--role', 'admin'], 2, /--role admin: want administrator\|/],
    [['serve', '--lisen', 'x'], 2, /did you mean --listen\?/],
    [['check-config', '--log-level', 'debugg'], 2, /log\.level: want debug\|info\|warning\|error; did you mean debug\?/],
    [['version', 'now'], 2, /takes nothing/],
    [['routes', '-o', 'csv'], 2, /want table or json/],
    [['completion', 'tcsh'], 2, /bash, zsh or fish/],
    [['device', 'get'], 2, /want device/],
    [['device', 'list', 'front-desk'], 2, /one word too many/],
    [['device', 'list', '-o', 'xml'], 2, /table|json|ndjson|csv/],
    [['device', 'get', '01890000-0000-7000-8000-000000000000'], 3, /seneschal: /],
    [['api', 'GET', '/api/v1/nowhere'], 3, /seneschal: /],
    [['device', 'list', '--token-file', '/nonexistent/token'], 3, /nonexistent/],
    [['device', 'list', '--server', 'http://127.0.0.1:1'], 1, /hint: is the server running/],
]) {
    test(`seneschal ${args.join(' ')}: ${code}`, async () => {
        const got = await run(...args);
        assert.equal(got.code, code, got.stderr);
        assert.match(got.stderr, message);
        assert.equal(got.stdout.includes('hint:'), false);
    });
}

test('another organisation, named before or after the words', async () => {
    const slug = uniqueName('org');
    await ok('organisation', 'create', slug, slug);
    await ok('--org', slug, 'policy', 'create', 'theirs');
    assert.equal((await json('policy', 'list', '--org', slug))[0].name, 'theirs');
    assert.equal((await json('policy', 'list', '--limit', '0')).some((p) => p.name === 'theirs'), false);
});

test('a database that this build cannot use is refused at the start', async () => {
    const got = await seneschal(['serve', '--data', path.join(dir, 'data'), '--listen', '127.0.0.1:0', '--database', 'postgres://x']);
    assert.equal(got.code, 2, got.stderr);
    assert.match(got.stderr, /database/);
});

test('without a token: 4, and a hint', async () => {
    const got = await seneschal(['device', 'list'], { env: { SENESCHAL_URL: server.url } });
    assert.equal(got.code, 4);
    assert.match(got.stderr, /hint: `seneschal login`, or name a token/);
});

test('the administrator of the machine needs no token file', async () => {
    const got = await seneschal(['policy', 'list', '--data', server.data, '--server', server.url]);
    assert.equal(got.code, 0, got.stderr);
});

test('any call, its answer as it came', async () => {
    const body = path.join(dir, 'body.json');
    await writeFile(body, JSON.stringify({ name: uniqueName('policy') }));
    assert.match(await ok('api', 'POST', '/api/v1/policies', '--body', body), /"newest_number":null/);
    const refused = await run('api', 'POST', '/api/v1/policies', '--body', body);
    assert.equal(refused.code, 5);
    assert.equal(JSON.parse(refused.stdout).code, 'conflict');
});

test('the record is shown and exported', async () => {
    assert.match(await ok('audit', 'tail', '--limit', '5'), /^at +action/);
    const lines = (await ok('audit', 'export')).trim().split('\n');
    assert.ok(lines.length > 5);
    assert.equal(typeof JSON.parse(lines[0]).hash, 'string');
});

test('help names every command that there is', async () => {
    const help = await ok('help');
    for (const noun of ['device', 'policy', 'assignment', 'audit', 'serve', 'agent', 'doctor']) assert.match(help, new RegExp(`^  ${noun} `, 'm'));
    assert.match(await ok('help', 'device'), /seneschal device revoke DEVICE/);
    assert.match(await ok('device', 'revoke', '--help'), /--reason TEXT/);
});

test('a settings file with a misspelt key: its place, and what was meant', async () => {
    const file = path.join(dir, 'seneschal.yaml');
    await writeFile(file, 'data: /tmp/x\nlog:\n  levl: info\n');
    const got = await seneschal(['check-config', '--config', file]);
    assert.equal(got.code, 2, got.stderr);
    assert.match(got.stderr, /seneschal\.yaml:3:3: there is no setting 'log\.levl'; did you mean 'log\.level'\?/);
    await writeFile(file, 'log: {level: warning}\n');
    assert.match((await seneschal(['check-config', `--config=${file}`])).stdout, /^log\.level +warning +\S*seneschal\.yaml:1:7$/m);
});

test('a variable that means nothing here is reported by its name, never its value', async () => {
    const got = await seneschal(['check-config'], { env: { SENESCHAL_LISTN: 'hush', SENESCHAL_DATA: '/tmp/x', SENESCHAL_PUBLIC_URL_FILE: tokenFile } });
    assert.equal(got.code, 0, got.stderr);
    const lines = got.stderr.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(lines.filter((line) => line.name !== 'SENESCHAL_BIN' && line.name !== 'SENESCHAL_ROUTE_LOG').map((line) => [line.event, line.name, line.did_you_mean]), [['environment-unknown', 'SENESCHAL_LISTN', 'SENESCHAL_LISTEN']]);
    assert.ok(!got.stderr.includes('hush'));
});

test('--help behind every command there is', async () => {
    const { commands } = JSON.parse(await ok('help', '--tables'));
    assert.ok(commands.length > 50);
    for (const { noun, verb, text } of commands) {
        const got = await run(...[noun, verb].filter(Boolean), '--help');
        assert.equal(got.code, 0, `${noun} ${verb}: ${got.stderr}`);
        const want = noun === 'agent' ? 'usage: seneschal agent' : text;
        assert.ok(got.stdout.includes(want), `${noun} ${verb}: ${got.stdout}`);
    }
});

test('the record is followed: what happens next is printed, once, oldest first', async () => {
    const follower = new Child(BIN, ['audit', 'tail', '--follow', '-o', 'json', '--action', 'policy.created'], { env });
    try {
        const names = [uniqueName('policy'), uniqueName('policy'), uniqueName('policy')];
        await ok('policy', 'create', names[0]);
        await follower.waitFor(new RegExp(names[0]));
        await ok('policy', 'create', names[1]);
        await ok('policy', 'create', names[2]);
        await follower.waitFor(new RegExp(names[2]));
        const seen = follower.stdout.trim().split('\n').map((line) => JSON.parse(line).target.name).slice(-3);
        assert.deepEqual(seen, names);
        follower.signal('SIGINT');
        assert.equal((await follower.ended()).signal, 'SIGINT', 'a shell shows it as 130');
    } finally {
        await follower.kill();
    }
});
