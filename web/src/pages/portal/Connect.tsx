// SPDX-License-Identifier: Apache-2.0
// How usual clients are told where the tools are.
import { t } from '../../i18n/index.ts';
import { Button, Card, CodeBlock, PageHead, Snippets, Stack } from '../../ui/index.ts';
import { signingIn, withToken } from './snippets.ts';

export default function Connect() {
    const words = t.portal.connect;
    const origin = location.origin;
    return (
        <>
            <PageHead title={t.shell.pages.portalConnect} intro={words.intro} />
            <Stack>
                <Card title={words.address} icon="connect">
                    <CodeBlock label={words.address} text={`${origin}/mcp`} wrap />
                </Card>
                <Card title={words.clients} intro={words.clientsText}>
                    <Snippets label={words.clients} items={signingIn(origin, words)} />
                </Card>
                <Card
                    title={words.withToken}
                    intro={words.withTokenText}
                    actions={
                        <Button small href="/portal/account">
                            {words.makeToken}
                        </Button>
                    }
                >
                    <Snippets label={words.withToken} items={withToken(origin, words)} />
                </Card>
            </Stack>
        </>
    );
}
