// SPDX-License-Identifier: Apache-2.0
// The peer for access tokens: npm oidc-provider in a process of its own, which signs the same kind of token (RFC 9068,
// ES256) for the same grant and keeps its state in memory. Run as a program it prints its port.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';

export const PEER = { id: 'bench', secret: 'a secret of the benchmark alone', resource: 'https://api.example' };

async function serve() {
    const { Provider } = await import('oidc-provider');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const api = { scope: 'api', audience: PEER.resource, accessTokenFormat: 'jwt', accessTokenTTL: 3600, jwt: { sign: { alg: 'ES256' } } };
    const provider = new Provider('http://127.0.0.1', {
        clients: [{ client_id: PEER.id, client_secret: PEER.secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [], token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'ES256' }],
        jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
        scopes: ['api'],
        features: {
            clientCredentials: { enabled: true },
            devInteractions: { enabled: false },
            resourceIndicators: { enabled: true, defaultResource: () => PEER.resource, useGrantedResource: () => true, getResourceServerInfo: () => api },
        },
    });
    const server = provider.listen(0, '127.0.0.1', () => console.log(server.address().port));
}

/** {port, pid, stop} */
export async function startProvider() {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } });
    const port = await new Promise((done, fail) => {
        child.stdout.once('data', (line) => done(Number(line)));
        child.once('exit', (code) => fail(new Error(`oidc-provider ended with ${code}`)));
    });
    return { port, pid: child.pid, stop: () => child.kill() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve();
