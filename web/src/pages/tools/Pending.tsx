// SPDX-License-Identifier: Apache-2.0
// A tool that waits: what is different from what was approved, what in its text a person does not see, and the yes to exactly this one.
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, CodeBlock, confirm, Note, toast } from '../../ui/index.ts';
import { ifUnchanged } from './acts.tsx';
import type { Server, Tool } from './data.ts';
import { written } from './definition.ts';

function Change({ pointer, before, after }: { pointer: string; before: unknown; after: unknown }) {
    const words = t.tools.pending;
    const [was, is] = [written(before), written(after)];
    return (
        <li class="change">
            <code>{pointer || '/'}</code>
            <dl>
                {was && (
                    <div class="was">
                        <dt>{words.was}</dt>
                        <dd>{was}</dd>
                    </div>
                )}
                {is && (
                    <div class="is">
                        <dt>{words.is}</dt>
                        <dd>{is}</dd>
                    </div>
                )}
            </dl>
        </li>
    );
}

export function Pending({ server, tool, done }: { server: Server; tool: Tool; done: () => void }) {
    const words = t.tools.pending;
    const name = `${server.name}/${tool.name}`;
    const changes = tool.changes ?? [];
    const findings = tool.findings ?? [];
    const approve = async (): Promise<void> => {
        const yes = await confirm({
            title: words.ask(name),
            text: words.askText,
            yes: words.approve,
            ...(findings.length > 0 && { typed: tool.name ?? '', danger: true }),
            act: () =>
                call(
                    api.POST('/api/v1/gateway/servers/{id}/tools/{name}/approve', {
                        params: { path: { id: server.id ?? '', name: tool.name ?? '' } },
                        body: { digest: tool.pending_digest ?? null },
                        headers: ifUnchanged(tool.etag),
                    }),
                ),
        });
        if (!yes) return;
        toast.good(words.approved(name));
        done();
    };
    return (
        <Card
            title={tool.digest ? words.changed : words.fresh}
            icon="warn"
            class="pending"
            actions={
                may('server:write') &&
                tool.pending_digest && (
                    <Button kind="primary" icon="check" onClick={() => void approve()}>
                        {words.approve}
                    </Button>
                )
            }
        >
            <p>{tool.digest ? words.changedText : words.freshText}</p>
            {findings.length > 0 && (
                <Note tone="bad" title={words.findings}>
                    <ul>
                        {findings.map((one) => (
                            <li key={`${one.pointer} ${one.text}`}>
                                <code>{one.pointer}</code> {one.text}
                            </li>
                        ))}
                    </ul>
                </Note>
            )}
            {changes.length > 0 ? (
                <ul class="changes">
                    {changes.map((one) => (
                        <Change key={one.pointer} pointer={one.pointer ?? ''} before={one.before} after={one.after} />
                    ))}
                </ul>
            ) : (
                tool.pending && <CodeBlock text={JSON.stringify(tool.pending, null, 2)} label={words.fresh} wrap />
            )}
        </Card>
    );
}
