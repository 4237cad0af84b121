// SPDX-License-Identifier: Apache-2.0
// A server with everything that the protocol has, on the official SDK of the 2.x line: what the conformance suite asks of the
// server under test. One factory serves both eras; handlers that need something of the user return input_required, which the
// SDK turns into requests of its own where the client is of the older era.
import { acceptedContent, createRequestStateCodec, fromJsonSchema, inputRequired, inputResponse, McpServer,
    ResourceTemplate } from '@modelcontextprotocol/server';
import { setTimeout as sleep } from 'node:timers/promises';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const READ = { readOnlyHint: true };

const text = (t) => ({ content: [{ type: 'text', text: t }] });
const schema = (properties, required = Object.keys(properties)) => fromJsonSchema({ type: 'object', properties, required });
const askName = (message = 'What is your name?') =>
    inputRequired.elicit({ message, requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } });

const SCHEMA_2020_12 = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
        address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
    },
    properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' },
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    then: { required: ['phone'] },
    else: { required: ['email'] },
    additionalProperties: false,
};

/** Answers of every kind of content. */
function addContents(server) {
    const tool = (name, description, answer) => server.registerTool(name, { description, annotations: READ }, answer);
    tool('test_simple_text', 'Answers a text', () => text('This is a simple text response for testing.'));
    tool('test_image_content', 'Answers a picture', () => ({ content: [{ type: 'image', data: PNG, mimeType: 'image/png' }] }));
    tool('test_audio_content', 'Answers a sound', () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }));
    tool('test_embedded_resource', 'Answers a resource', () => ({
        content: [{ type: 'resource', resource: { uri: 'test://embedded-resource', mimeType: 'text/plain',
            text: 'This is an embedded resource content.' } }],
    }));
    tool('test_multiple_content_types', 'Answers three kinds at once', () => ({
        content: [
            { type: 'text', text: 'Multiple content types test:' },
            { type: 'image', data: PNG, mimeType: 'image/png' },
            { type: 'resource', resource: { uri: 'test://mixed-content-resource', mimeType: 'application/json',
                text: JSON.stringify({ test: 'data', value: 123 }) } },
        ],
    }));
    tool('test_error_handling', 'Always fails', () => {
        throw new Error('This tool intentionally returns an error for testing');
    });
    server.registerTool('json_schema_2020_12_tool', { description: 'Has a schema of every keyword',
        inputSchema: fromJsonSchema(SCHEMA_2020_12), annotations: READ }, () => text('ok'));
    server.registerTool('test_x_mcp_header', {
        description: 'Wants an argument as a header',
        inputSchema: schema({ region: { type: 'string', 'x-mcp-header': 'Region' } }),
        annotations: READ,
    }, ({ region }) => text(`region ${region}`));
}

/** What happens while a call runs: log lines, progress, a stream that is closed in the middle. */
function addProgress(server, era) {
    server.registerTool('test_tool_with_logging', { description: 'Logs while it runs', annotations: READ }, async (ctx) => {
        for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
            await ctx.mcpReq.log('info', line);
            await sleep(50);
        }
        return text('Tool with logging executed successfully');
    });
    server.registerTool('test_logging_tool', { description: 'Logs once', annotations: READ }, async (ctx) => {
        await ctx.mcpReq.log('info', 'a line');
        return text('logged');
    });
    server.registerTool('test_tool_with_progress', { description: 'Tells how far it is', annotations: READ }, async (ctx) => {
        const progressToken = ctx.mcpReq._meta?.progressToken;
        for (const progress of [0, 50, 100]) {
            if (progressToken !== undefined)
                await ctx.mcpReq.notify({ method: 'notifications/progress',
                    params: { progressToken, progress, total: 100, message: `Completed step ${progress} of 100` } });
            await sleep(50);
        }
        return text(String(progressToken ?? 'no token'));
    });
    server.registerTool('test_reconnection', { description: 'Closes its stream and goes on', annotations: READ }, async (ctx) => {
        if (era === 'legacy')
            ctx.http?.closeSSE?.();
        await sleep(100);
        return text('Reconnection test completed');
    });
}

/** Asks the client in the middle of a call, as both eras do it. */
function addAsking(server) {
    const ask = (name, description, inputSchema, key, request, done) =>
        server.registerTool(name, { description, ...(inputSchema && { inputSchema }), annotations: READ }, (...args) => {
            const ctx = args.at(-1);
            const got = inputResponse(ctx.mcpReq.inputResponses, key);
            return got.kind === 'missing' ? inputRequired({ inputRequests: { [key]: request(args[0]) } }) : text(done(got));
        });
    const elicited = (got) => `action=${got.action}, content=${JSON.stringify(got.content ?? {})}`;
    const completed = (got) => `Elicitation completed: ${elicited(got)}`;
    ask('test_sampling', 'Asks the model of the client', schema({ prompt: { type: 'string' } }), 'sample',
        ({ prompt }) => inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
            maxTokens: 100 }),
        (got) => `LLM response: ${got.result?.content?.text}`);
    ask('test_elicitation', 'Asks the user', schema({ message: { type: 'string' } }), 'user',
        ({ message }) => inputRequired.elicit({ message, requestedSchema: { type: 'object', required: ['username', 'email'],
            properties: { username: { type: 'string', description: `User's response` },
                email: { type: 'string', description: `User's email address` } } } }),
        (got) => `User response: ${elicited(got)}`);
    ask('test_elicitation_sep1034_defaults', 'Asks with defaults', undefined, 'form',
        () => inputRequired.elicit({ message: 'Please review and update the form fields with defaults',
            requestedSchema: { type: 'object', required: [], properties: {
                name: { type: 'string', default: 'John Doe' },
                age: { type: 'integer', default: 30 },
                score: { type: 'number', default: 95.5 },
                status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
                verified: { type: 'boolean', default: true },
            } } }), completed);
    const titled = (word) => [1, 2, 3].map((n) => ({ const: `value${n}`, title: `${['First', 'Second', 'Third'][n - 1]} ${word}` }));
    ask('test_elicitation_sep1330_enums', 'Asks with every kind of choice', undefined, 'form',
        () => inputRequired.elicit({ message: 'Please select options from the enum fields',
            requestedSchema: { type: 'object', required: [], properties: {
                untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
                titledSingle: { type: 'string', oneOf: titled('Option') },
                legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'],
                    enumNames: ['Option One', 'Option Two', 'Option Three'] },
                untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
                titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
            } } }), completed);
    ask('test_streaming_elicitation', 'Asks over a stream', undefined, 'user_name', () => askName(), completed);
}

/** The multi-round-trip calls of 2026-07-28. */
function addRounds(server, codec) {
    const tool = (name, handler) => server.registerTool(name, { description: `Fixture ${name}`, annotations: READ }, handler);
    const given = (ctx, key) => inputResponse(ctx.mcpReq.inputResponses, key);
    const sample = (question, maxTokens) =>
        inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: question } }], maxTokens });
    tool('test_input_required_result_elicitation', (ctx) => {
        const name = acceptedContent(ctx.mcpReq.inputResponses, 'user_name', schema({ name: { type: 'string' } }))?.name;
        return name === undefined ? inputRequired({ inputRequests: { user_name: askName() } }) : text(`Hello, ${name}!`);
    });
    tool('test_input_required_result_sampling', (ctx) => {
        const got = given(ctx, 'capital_question');
        return got.kind === 'sampling' ? text(`Sampled: ${got.result.content.text}`)
            : inputRequired({ inputRequests: { capital_question: sample('What is the capital of France?', 100) } });
    });
    tool('test_input_required_result_list_roots', (ctx) => {
        const got = given(ctx, 'client_roots');
        return got.kind === 'roots' ? text(`Roots: ${got.roots.map((r) => r.uri).join(', ')}`)
            : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    });
    const confirm = () => inputRequired.elicit({ message: 'Please confirm',
        requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] } });
    const stateful = async (ctx) => {
        const state = ctx.mcpReq.requestState();
        if (state !== undefined && given(ctx, 'confirm').kind === 'elicit')
            return text(`state-ok: ${JSON.stringify(state)}`);
        return inputRequired({ inputRequests: { confirm: confirm() }, requestState: await codec.mint({ step: 1 }, ctx) });
    };
    tool('test_input_required_result_request_state', stateful);
    tool('test_input_required_result_tampered_state', stateful);
    tool('test_input_required_result_multiple_inputs', async (ctx) => {
        const keys = ['user_name', 'greeting', 'client_roots'];
        if (ctx.mcpReq.requestState() !== undefined && keys.every((k) => given(ctx, k).kind !== 'missing'))
            return text('all answers came');
        return inputRequired({
            inputRequests: { user_name: askName(), greeting: sample('Generate a greeting', 50), client_roots: inputRequired.listRoots() },
            requestState: await codec.mint({ step: 1 }, ctx),
        });
    });
    tool('test_input_required_result_multi_round', async (ctx) => {
        const step = ctx.mcpReq.requestState()?.step ?? 0;
        if (step === 2 && given(ctx, 'step2').kind === 'elicit')
            return text('both steps done');
        if (step === 1 && given(ctx, 'step1').kind === 'elicit')
            return inputRequired({ requestState: await codec.mint({ step: 2 }, ctx), inputRequests: { step2: inputRequired.elicit({
                message: 'Step 2: What is your favorite color?',
                requestedSchema: { type: 'object', properties: { color: { type: 'string' } }, required: ['color'] } }) } });
        return inputRequired({ requestState: await codec.mint({ step: 1 }, ctx),
            inputRequests: { step1: askName('Step 1: What is your name?') } });
    });
    tool('test_input_required_result_capabilities', (ctx) => {
        const can = ctx.mcpReq.envelope?.['io.modelcontextprotocol/clientCapabilities'] ?? {};
        if (ctx.mcpReq.inputResponses !== undefined)
            return text('capabilities were kept to');
        const inputRequests = {
            ...(can.elicitation && { user_name: askName() }),
            ...(can.sampling && { greeting: sample('Generate a greeting', 50) }),
            ...(can.roots && { client_roots: inputRequired.listRoots() }),
        };
        return Object.keys(inputRequests).length > 0 ? inputRequired({ inputRequests }) : text('nothing can be asked');
    });
    tool('test_missing_capability', (ctx) => given(ctx, 'sample').kind === 'sampling' ? text('sampled')
        : inputRequired({ inputRequests: { sample: sample('Say something', 10) } }));
}

function addResources(server) {
    const read = (uri, mimeType, body) => ({ contents: [{ uri: uri.href, mimeType, ...body }] });
    server.registerResource('static-text', 'test://static-text', { description: 'A text', mimeType: 'text/plain' },
        (uri) => read(uri, 'text/plain', { text: 'This is the content of the static text resource.' }));
    server.registerResource('static-binary', 'test://static-binary', { description: 'A picture', mimeType: 'image/png' },
        (uri) => read(uri, 'image/png', { blob: PNG }));
    server.registerResource('watched-resource', 'test://watched-resource', { description: 'It changes', mimeType: 'text/plain' },
        (uri) => read(uri, 'text/plain', { text: 'watched' }));
    server.registerResource('template', new ResourceTemplate('test://template/{id}/data', { list: undefined }),
        { description: 'One of many', mimeType: 'application/json' },
        (uri, { id }) => read(uri, 'application/json',
            { text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) }));
}

function addPrompts(server) {
    const message = (content) => ({ role: 'user', content });
    const say = (t) => message({ type: 'text', text: t });
    server.registerPrompt('test_simple_prompt', { description: 'A text' },
        () => ({ messages: [say('This is a simple prompt for testing.')] }));
    const { properties } = { properties: { arg1: { type: 'string' }, arg2: { type: 'string' } } };
    server.registerPrompt('test_prompt_with_arguments', { description: 'Takes two words', argsSchema: schema(properties) },
        ({ arg1, arg2 }) => ({ messages: [say(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }));
    server.registerPrompt('test_prompt_with_embedded_resource', { description: 'Carries a resource',
        argsSchema: schema({ resourceUri: { type: 'string' } }) },
        ({ resourceUri }) => ({ messages: [
            message({ type: 'resource', resource: { uri: resourceUri, mimeType: 'text/plain',
                text: 'Embedded resource content for testing.' } }),
            say('Please process the embedded resource above.'),
        ] }));
    server.registerPrompt('test_prompt_with_image', { description: 'Carries a picture' },
        () => ({ messages: [message({ type: 'image', data: PNG, mimeType: 'image/png' }), say('Please analyze the image above.')] }));
    server.registerPrompt('test_input_required_result_prompt', { description: 'Asks first' }, (ctx) => {
        const context = acceptedContent(ctx.mcpReq.inputResponses, 'user_context')?.context;
        return context !== undefined ? { messages: [say(`The context is ${context}`)] }
            : inputRequired({ inputRequests: { user_context: inputRequired.elicit({
                message: 'What context should the prompt use?',
                requestedSchema: { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] } }) } });
    });
}

/** `changed(kind)` tells those who listen, in the era that has no connection. */
export function everything({ era, changed = () => {}, name = 'everything' }) {
    const codec = createRequestStateCodec({ key: 'of the tests, thirty-two bytes and more' });
    const server = new McpServer({ name, version: '1.0.0' }, {
        capabilities: { logging: {}, completions: {}, tools: { listChanged: true }, prompts: { listChanged: true },
            resources: { listChanged: true, subscribe: true } },
        instructions: 'A server of the tests, with everything that there is.',
        requestState: { verify: codec.verify },
    });
    addContents(server);
    addProgress(server, era);
    addAsking(server);
    addRounds(server, codec);
    addResources(server);
    addPrompts(server);
    const trigger = (tool, send, kind) => server.registerTool(tool, { description: 'Tells that a list changed' }, () => {
        if (era === 'legacy')
            send();
        changed(kind);
        return text('told');
    });
    trigger('test_trigger_tool_change', () => server.sendToolListChanged(), 'tools');
    trigger('test_trigger_prompt_change', () => server.sendPromptListChanged(), 'prompts');
    if (era === 'legacy') {
        server.registerTool('test_trigger_resource_update', { description: 'Tells that the watched resource changed' }, async () => {
            await server.server.sendResourceUpdated({ uri: 'test://watched-resource' });
            return text('told');
        });
        server.server.setRequestHandler('resources/subscribe', () => ({}));
        server.server.setRequestHandler('resources/unsubscribe', () => ({}));
    }
    server.server.setRequestHandler('completion/complete', () => ({ completion: { values: ['paris', 'park', 'party'], total: 150,
        hasMore: false } }));
    return server;
}
