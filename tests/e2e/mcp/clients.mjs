// SPDX-License-Identifier: Apache-2.0
// The official clients, of both lines of the SDK, as their users set them up; each tells what it can of
// { tools(), call(name, args), said, close() }. They answer what a server asks of their user.
import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const INFO = { name: 'tests', version: '1.0.0' };
const CAPABILITIES = { elicitation: {}, sampling: {}, roots: {} };

/** What the user of these clients says. */
export const ANSWERS = {
    'elicitation/create': () => ({ action: 'accept', content: { name: 'Ann', username: 'ann', email: 'ann@example.org', ok: true } }),
    'sampling/createMessage': () => ({ role: 'assistant', model: 'none', content: { type: 'text', text: 'Paris' } }),
    'roots/list': () => ({ roots: [{ uri: 'file:///home/ann', name: 'home' }] }),
};

const OLD_SCHEMAS = {
    'elicitation/create': ElicitRequestSchema,
    'sampling/createMessage': CreateMessageRequestSchema,
    'roots/list': ListRootsRequestSchema,
};

/** What came of progress, as it came: a client forgets who asked once the answer is there, and drops progress that was read with it. */
function progressOf(transport) {
    const told = [];
    const { onmessage } = transport;
    transport.onmessage = (message, extra) => {
        if (message.method === 'notifications/progress') told.push(message.params.progress);
        onmessage.call(transport, message, extra);
    };
    return told;
}

/** Of a client that is connected. `progress`: of all its calls. */
function face(client, call) {
    return {
        client,
        progress: progressOf(client.transport),
        tools: async () => (await client.listTools()).tools,
        call,
        prompt: (name, args) => client.getPrompt({ name, arguments: args }),
        read: (uri) => client.readResource({ uri }),
        close: () => client.close(),
    };
}

function answering(client, asked, schemas) {
    for (const [method, answer] of Object.entries(ANSWERS))
        client.setRequestHandler(schemas?.[method] ?? method, (request) => {
            asked.push({ method, params: request.params });
            return answer(request);
        });
}

async function connectOld(Transport, url, headers) {
    const client = new OldClient(INFO, { capabilities: CAPABILITIES });
    const asked = [];
    answering(client, asked, OLD_SCHEMAS);
    const eventSourceInit = { fetch: (to, init) => fetch(to, { ...init, headers: { ...init.headers, ...headers } }) };
    await client.connect(new Transport(new URL(url), { requestInit: { headers }, eventSourceInit }));
    const call = (name, args = {}, options = {}) => client.callTool({ name, arguments: args }, undefined, options);
    return { ...face(client, call), asked };
}

async function connectModern(mode, url, headers) {
    const client = new ModernClient(INFO, { capabilities: CAPABILITIES, versionNegotiation: { mode } });
    const asked = [];
    answering(client, asked);
    await client.connect(new ModernHttp(new URL(url), { requestInit: { headers } }));
    const call = (name, args = {}, options = {}) => client.callTool({ name, arguments: args }, options);
    return { ...face(client, call), asked };
}

/** Name -> connect(url, headers). */
export const clients = {
    '1.x Streamable HTTP': (url, headers) => connectOld(OldHttp, url, headers),
    '1.x HTTP+SSE': (url, headers) => connectOld(SSEClientTransport, url, headers),
    '2.x legacy': (url, headers) => connectModern('legacy', url, headers),
    '2.x auto': (url, headers) => connectModern('auto', url, headers),
    '2.x pinned': (url, headers) => connectModern({ pin: '2026-07-28' }, url, headers),
};
