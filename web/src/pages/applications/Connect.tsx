// SPDX-License-Identifier: Apache-2.0
// What the application, or the proxy before it, is to be told.
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { CodeBlock, KeyValue, Note, Snippets, Copy } from '../../ui/index.ts';
import { caddySite, discoveryUrl, nginxSite, oidcEnv } from './snippets.ts';

/** A value that is taken elsewhere. */
const Taken = ({ text }: { text: string }) => (
    <span class="taken">
        <code>{text}</code>
        <Copy text={text} />
    </span>
);

export function Connect({ app, secret }: { app: Shape<'Application'>; secret?: string | undefined }) {
    const words = t.applications;
    const { origin: issuer, host: server } = location;
    if (app.kind === 'forward_auth') {
        const host = app.host ?? '';
        return (
            <>
                <p>{words.proxyText}</p>
                <Snippets
                    label={words.proxy}
                    items={[
                        { key: 'caddy', label: 'Caddy', text: caddySite(host, server) },
                        { key: 'nginx', label: 'nginx', text: nginxSite(host, server) },
                    ]}
                />
            </>
        );
    }
    const clientId = app.client_id ?? '';
    return (
        <>
            {secret && (
                <>
                    <Note tone="warn" title={words.secretOnce}>
                        {words.secretText}
                    </Note>
                    <CodeBlock text={secret} label={words.secret} wrap />
                </>
            )}
            <KeyValue
                wide
                pairs={[
                    [words.issuer, <Taken text={issuer} />],
                    [words.discovery, <Taken text={discoveryUrl(issuer)} />],
                    [words.clientId, <Taken text={clientId} />],
                ]}
            />
            <Snippets
                label={words.client}
                items={[
                    { key: 'env', label: words.environment, text: oidcEnv({ issuer, clientId, secret }) },
                    {
                        key: 'json',
                        label: 'JSON',
                        text: JSON.stringify(
                            {
                                issuer,
                                client_id: clientId,
                                ...(secret && { client_secret: secret }),
                                scope: 'openid profile email groups',
                            },
                            null,
                            2,
                        ),
                    },
                ]}
            />
        </>
    );
}
