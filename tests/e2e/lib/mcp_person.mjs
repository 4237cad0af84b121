// SPDX-License-Identifier: Apache-2.0
// A person's MCP client: the official SDKs' own OAuth code, with a memory of its own, and a browser that says yes.
import assert from 'node:assert/strict';
import * as v2 from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Browser } from './browser.mjs';
import { signIn } from './session.mjs';

export const REDIRECT = 'http://127.0.0.1:1/callback'; // nobody waits there: the browser reads where it was sent

/** Both lines of the SDK, by one set of names. */
export const sdks = {
    '1.x': { Client, Transport: StreamableHTTPClientTransport, finish: (transport, back) => transport.finishAuth(back.searchParams.get('code')) },
    '2.x': { Client: v2.Client, Transport: v2.StreamableHTTPClientTransport, finish: (transport, back) => transport.finishAuth(back.searchParams) },
};

/** An OAuthClientProvider. `client`: what it is registered as; `url`: of its metadata document. */
export class Memory {
    asked = [];

    constructor({ client, url, metadata = {} } = {}) {
        this.client = client;
        this.clientMetadataUrl = url;
        this.metadata = metadata;
    }

    get redirectUrl() {
        return REDIRECT;
    }

    get clientMetadata() {
        return { client_name: 'An agent', redirect_uris: [REDIRECT], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'none', ...this.metadata };
    }

    clientInformation() {
        return this.client;
    }

    saveClientInformation(client) {
        this.client = client;
    }

    tokens() {
        return this.saved;
    }

    saveTokens(tokens) {
        this.saved = tokens;
    }

    redirectToAuthorization(url) {
        this.asked.push(url);
    }

    saveCodeVerifier(verifier) {
        this.verifier = verifier;
    }

    codeVerifier() {
        return this.verifier;
    }
}

/** Where the person's browser comes back to, once he has said yes wherever he is asked. */
export async function allow(server, person, url, redirect = REDIRECT) {
    const browser = new Browser(server.url);
    signIn(browser, server, person);
    let page = await browser.get(url.href);
    for (let i = 0; i < 4; i++) {
        if (page.location?.href.startsWith(redirect)) return page.location;
        page = page.location === undefined ? await browser.submit(page, '/oauth2/continue', { decision: 'allow' }) : await browser.get(page.location.href);
    }
    return assert.fail(`no way back: ${page.status} ${page.location} ${page.text}`);
}

/** Connect as a person's client does: refused, sent to the browser, back with a code, connected. */
export async function connect(sdk, { server, person, provider, path = '/mcp', options = {} }) {
    const make = () => new sdk.Transport(new URL(path, server.url), { authProvider: provider });
    const client = () => new sdk.Client({ name: 'test', version: '1' }, options);
    const first = make();
    await assert.rejects(client().connect(first), /nauthorized/);
    const [url] = provider.asked.splice(0);
    await sdk.finish(first, await allow(server, person, url));
    const connected = client();
    await connected.connect(make());
    return { client: connected, asked: url };
}
