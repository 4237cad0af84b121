// SPDX-License-Identifier: Apache-2.0
// The man pages: made of the tables, complete, and without a complaint of either formatter.
import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { BIN, run, seneschal, tempDir } from './lib/process.mjs';

const make = async (name) => {
    const dir = tempDir(name);
    const { code, stderr } = await run('python3', ['tools/mkman.py', BIN, dir]);
    assert.equal(code, 0, stderr);
    return dir;
};
const dir = await make('man');
const pages = (await readdir(dir)).sort();
const tables = JSON.parse((await seneschal(['help', '--tables'])).stdout);
/** As a reader sees it, on one line: without the emphasis, the line breaks and what fills lines. */
const shown = async (page) => {
    const { code, stdout, stderr } = await run('mandoc', ['-T', 'utf8', '-O', 'width=200', path.join(dir, page)]);
    assert.equal(code, 0, stderr);
    return stdout.replace(/.\u0008/gu, '').replace(/\s+/g, ' ');
};

test('there are four pages, and the same again gives the same bytes', async () => {
    assert.deepEqual(pages, ['seneschal-agent.1', 'seneschal-serve.8', 'seneschal.1', 'seneschal.yaml.5']);
    const again = await make('man-again');
    for (const page of pages) assert.deepEqual(await readFile(path.join(again, page)), await readFile(path.join(dir, page)), page);
});

for (const page of pages) {
    test(`${page}: no complaint of mandoc or groff`, async () => {
        const lint = await run('mandoc', ['-T', 'lint', '-W', 'warning', path.join(dir, page)]);
        assert.equal(lint.stdout + lint.stderr, '');
        const groff = await run('groff', ['-man', '-Tutf8', '-ww', '-z', path.join(dir, page)]);
        assert.equal(groff.stderr, '');
        assert.equal(groff.code, 0);
    });
}

test('every command with its flags, every option and exit status is in seneschal(1)', async () => {
    const text = await shown('seneschal.1');
    for (const { noun, verb, words, flags } of tables.commands) {
        const upper = words.split(' ').map((w) => (w.includes('|') ? w : w.toUpperCase())).join(' ');
        const name = [noun, verb, upper].filter(Boolean).join(' ');
        assert.ok(text.includes(` ${name} `), name);
        for (const flag of flags) assert.ok(text.includes(`--${flag.name}`), `${name} --${flag.name}`);
    }
    for (const { name, text: why } of tables.options) assert.ok(text.includes(`--${name}`) && text.includes(why.slice(1, 30)), name);
    for (const { number, text: why } of tables.exits) assert.ok(text.includes(` ${number} ${why[0].toUpperCase()}${why.slice(1, 30)}`), why);
    assert.ok(text.includes('rate-limited (429)'));
    assert.ok(!text.includes('again (500)'), 'what never leaves the house is not for readers');
});

test('every setting is in seneschal-serve(8) and seneschal.yaml(5) with default, bounds, variable', async () => {
    const serve = await shown('seneschal-serve.8');
    const file = await shown('seneschal.yaml.5');
    assert.ok(tables.settings.length > 20);
    for (const s of tables.settings) {
        const entry = serve.slice(serve.indexOf(` --${s.flag} `));
        assert.ok(serve.includes(` --${s.flag} `), s.name);
        assert.ok(entry.includes(`Environment: ${s.environment}.`), s.name);
        if (s.default) assert.ok(entry.includes(`Default: ${s.default}.`), s.name);
        if (s.type === 'number') assert.ok(entry.includes(`from ${s.min} to ${s.max}.`), s.name);
        assert.ok(file.includes(` ${s.name}: `), s.name);
    }
});

test('every option and exit status of the agent is in seneschal-agent(1)', async () => {
    const text = await shown('seneschal-agent.1');
    for (const o of tables.agent_options) assert.ok(text.includes(` --${o.name} `) && text.includes(o.environment), o.name);
    for (const { number } of tables.agent_exits) assert.ok(text.includes(` ${number} `), String(number));
});

test('the sample file of seneschal.yaml(5) is one that the server takes', async () => {
    const roff = await readFile(path.join(dir, 'seneschal.yaml.5'), 'utf8');
    const [, sample] = roff.match(/^\.nf\n([^]*?)^\.fi$/m);
    const plain = sample.replaceAll('\\-', '-').replaceAll('\\(ha', '^').replaceAll('\\&', '');
    const check = async (text) => {
        await writeFile(path.join(dir, 'sample.yaml'), text);
        const { code, stdout, stderr } = await seneschal(['check-config', '--config', path.join(dir, 'sample.yaml')]);
        assert.equal(code, 0, stderr);
        return stdout;
    };
    assert.match(await check(plain), /^connections +20000 +\S*sample\.yaml:\d+:1$/m);
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(dir, name)); // what the file names is read too
    const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost', '-keyout', key, '-out', cert]);
    assert.equal(made.code, 0, made.stderr);
    const given = { hosts: '[seneschal.example]', trusted_proxies: '[127.0.0.1]', 'tls.cert': cert, 'tls.key': key, 'outbound.ca': cert, 'mail.url': 'smtp://mail.example', 'mail.from': 'id@example.org',
        'gateway.commands': '[files=/usr/bin/mcp-files]', 'otlp.url': 'http://127.0.0.1:4318', 'otlp.headers': '[X-Token=word]' };
    const open = Object.entries(given).reduce((text, [name, value]) => text.replace(new RegExp(`^${name}: .*`, 'm'), `${name}: ${value}`), plain.replace(/^# /gm, ''));
    assert.match(await check(open), /^tls\.cert +\S*cert\.pem +\S*sample\.yaml:\d+:1$/m);
});

test('the settings and exit statuses of docs/OPERATING.md are those of the tables', async () => {
    const text = await readFile('docs/OPERATING.md', 'utf8');
    for (const s of tables.settings) {
        const row = `| \`${s.name}\` | \`${s.environment}\` | ${s.default ? `\`${s.default}\`` : '–'} | ${s.reload ? 'yes' : ''} | ${s.text} |`;
        assert.ok(text.includes(row), `wanted in docs/OPERATING.md: ${row}`);
    }
    for (const { number } of tables.exits) assert.match(text, new RegExp(`(^|· )${number} \\w`, 'm'));
});
