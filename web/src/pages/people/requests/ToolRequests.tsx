// SPDX-License-Identifier: Apache-2.0
// Tools that people ask for: a yes is a permission for that person and that tool.
import { useState } from 'preact/hooks';
import { readAll } from '../../../api/all.ts';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Button, Card, confirm, Menu, Time, toast } from '../../../ui/index.ts';
import './requests.css';

type Request = Shape<'ToolRequest'>;

const openRequests = (signal: AbortSignal): Promise<Request[]> =>
    readAll((query) =>
        call(api.GET('/api/v1/tool-requests', { params: { query: { ...query, status: 'open' } }, signal })),
    );

/** Those that wait; nothing where nobody asks. */
export function ToolRequests() {
    const words = t.requests.tools;
    const asked = useData(may('tool:read') ? 'tool-requests' : undefined, openRequests, { topics: ['permissions'] });
    if (!asked.data?.length) return null;
    return (
        <Card title={words.title} icon="tool" intro={words.intro}>
            <ul class="tool-requests">
                {asked.data.map((one) => (
                    <OneRequest key={one.id} one={one} done={asked.reload} />
                ))}
            </ul>
        </Card>
    );
}

function OneRequest({ one, done }: { one: Request; done(): void }) {
    const words = t.requests.tools;
    const kinds: Record<string, string> = words.klass;
    const [busy, setBusy] = useState(false);
    const params = { path: { id: one.id ?? '' } };
    const approve = async (approval: boolean): Promise<void> => {
        setBusy(true);
        await call(api.POST('/api/v1/tool-requests/{id}/approve', { params, body: { approval } })).then(
            () => toast.good(words.approved(one.username ?? '', one.tool ?? '')),
            toast.bad,
        );
        setBusy(false);
        done();
    };
    const refuse = async (): Promise<void> => {
        const answer = await confirm({
            title: words.refuseAsk(one.username ?? '', one.tool ?? ''),
            text: words.refuseText,
            yes: t.requests.refuse,
            danger: true,
            reason: 'optional',
            act: (reason) =>
                call(api.POST('/api/v1/tool-requests/{id}/refuse', { params, body: reason ? { reason } : {} })),
        });
        if (answer) done();
    };
    return (
        <li>
            <div>
                <a href={`/people/${one.user_id}`}>{one.username}</a> <span class="muted">{words.asksFor}</span>{' '}
                <a href={`/tools/${(one.tool ?? '').split('/').map(encodeURIComponent).join('/')}`}>{one.tool}</a>
                <p class="muted">
                    {kinds[one.class ?? ''] ?? words.gone} · <Time at={one.created_at} />
                </p>
                {one.reason && <p>{one.reason}</p>}
            </div>
            {may('tool:write') && (
                <div class="actions">
                    <Button small kind="danger" onClick={() => void refuse()}>
                        {t.requests.refuse}
                    </Button>
                    <Button small kind="primary" busy={busy} onClick={() => void approve(false)}>
                        {t.requests.approve}
                    </Button>
                    <Menu
                        label={words.more(one.tool ?? '')}
                        items={[
                            {
                                key: 'ask',
                                icon: 'approval',
                                label: words.approveAsking,
                                onSelect: () => void approve(true),
                            },
                        ]}
                    />
                </div>
            )}
        </li>
    );
}
