// SPDX-License-Identifier: Apache-2.0
// Another issuer of identity: npm's oidc-provider, on a port of its own, standing for Keycloak and its like. Whoever
// comes is signed in at once, as `account` says.
import { once } from 'node:events';
import http from 'node:http';
import { after } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';

export class Issuer {
    account = 'ann';
    /** sub -> claims */
    people = {};
    /** Paths that were asked for, in order. */
    asked = [];
    #server = http.createServer((request, response) => this.#take(request, response));

    async start() {
        this.#server.listen(0, '127.0.0.1');
        await once(this.#server, 'listening');
        this.url = `http://127.0.0.1:${this.#server.address().port}`;
        const pair = await generateKeyPair('RS256', { extractable: true });
        this.jwk = { ...(await exportJWK(pair.privateKey)), kid: 'one', alg: 'RS256', use: 'sig' };
        this.key = pair.privateKey;
        after(() => {
            this.#server.closeAllConnections();
            this.#server.close();
        });
        return this;
    }

    /** From here on it answers, for this one client. */
    serve(client) {
        const claims = { email: ['email', 'email_verified'], profile: ['name', 'preferred_username', 'groups'] };
        this.provider = new Provider(this.url, {
            clients: [{ token_endpoint_auth_method: 'client_secret_basic', backchannel_logout_session_required: true, ...client }],
            jwks: { keys: [this.jwk] },
            claims,
            conformIdTokenClaims: false,
            pkce: { required: () => true },
            features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
            findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...this.people[sub] }) }),
            interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
            cookies: { keys: ['a test'] },
            fetch: (url, { dispatcher: _, ...options }) => fetch(url, options), // to this machine too
        });
        this.provider.on('server_error', (ctx, error) => console.error(error));
        this.answer = this.provider.callback();
    }

    async #take(request, response) {
        this.asked.push(request.url.split('?')[0]);
        if (!request.url.startsWith('/interaction/')) return this.answer(request, response);
        const { params, grantId } = await this.provider.interactionDetails(request, response);
        const grant = (grantId && (await this.provider.Grant.find(grantId))) ?? new this.provider.Grant({ accountId: this.account, clientId: params.client_id });
        grant.addOIDCScope(params.scope);
        const result = { login: { accountId: this.account }, consent: { grantId: await grant.save() } };
        return this.provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    }

    /** A token that its key signs, with whatever it says. */
    sign(claims, { typ = 'JWT', kid = 'one', key = this.key } = {}) {
        return new SignJWT({ iss: this.url, ...claims }).setProtectedHeader({ alg: 'RS256', typ, kid }).sign(key);
    }
}

export const startIssuer = () => new Issuer().start();
