// SPDX-License-Identifier: Apache-2.0
// Webhooks: what is told to whom, whether it comes through, and what was given up.
import { useState } from 'preact/hooks';
import { managedSince } from '../../api/all.ts';
import { api, call, problemOf, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { milliseconds, list } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import { Badge, Button, Card, confirm, Empty, Loaded, Menu, Once, Status, Time, toast } from '../../ui/index.ts';
import { Deliveries } from './Deliveries.tsx';
import { WebhookForm } from './WebhookForm.tsx';

export type Webhook = Shape<'Webhook'>;

async function tryIt(hook: Webhook): Promise<void> {
    const words = t.admin.webhooks;
    try {
        const {
            ok,
            status,
            latency_ms: took = 0,
            error,
        } = await call(api.POST('/api/v1/webhooks/{id}/test', { params: { path: { id: hook.id ?? '' } } }));
        if (ok) toast.good(words.answered(String(status ?? ''), milliseconds(took)));
        else toast.info(words.failed(error || String(status ?? '')));
    } catch (thrown) {
        toast.bad(problemOf(thrown));
    }
}

async function remove(hook: Webhook): Promise<boolean> {
    const words = t.admin.webhooks;
    const name = hook.name ?? '';
    const act = () => call(api.DELETE('/api/v1/webhooks/{id}', { params: { path: { id: hook.id ?? '' } } }));
    return (
        (await confirm({
            title: words.removeTitle(name),
            text: words.removeText,
            yes: words.remove,
            danger: true,
            typed: name,
            act,
        })) !== null
    );
}

function Row({
    hook,
    managed,
    acts,
}: {
    hook: Webhook;
    managed: boolean;
    acts: { edit(): void; deliveries(): void; rotate(): void; changed(): void };
}) {
    const words = t.admin.webhooks;
    const off = hook.status === 'disabled';
    const events = hook.events?.length ? list(hook.events) : words.allEvents;
    return (
        <li>
            <span class="rows-name">
                <strong>{hook.name}</strong>{' '}
                <Badge>{words.formats[hook.format as keyof typeof words.formats] ?? hook.format}</Badge>{' '}
                {managed && <Badge>{t.kit.managed.title}</Badge>}
                <br />
                <small class="muted">{hook.url}</small>
            </span>
            <small class="muted">{events}</small>
            {hook.failing_since ? (
                <Status tone="bad">
                    {words.failing} <Time at={hook.failing_since} exact />
                </Status>
            ) : (
                <Status tone={off ? 'off' : 'good'}>{off ? words.off : words.on}</Status>
            )}
            <Button small onClick={acts.deliveries}>
                {words.deliveries}
            </Button>
            {may('webhook:write') && (
                <Menu
                    label={words.more(hook.name ?? '')}
                    items={[
                        { key: 'test', label: words.test, icon: 'play', onSelect: () => void tryIt(hook) },
                        {
                            key: 'edit',
                            label: managed ? t.kit.managed.title : words.edit,
                            icon: managed ? 'copy' : 'edit',
                            onSelect: acts.edit,
                        },
                        { key: 'rotate', label: words.rotate, icon: 'reload', onSelect: acts.rotate },
                        !managed && {
                            key: 'remove',
                            label: words.remove,
                            icon: 'remove',
                            danger: true,
                            onSelect: () => void remove(hook).then((gone) => gone && acts.changed()),
                        },
                    ]}
                />
            )}
        </li>
    );
}

/** The secret that signs: shown this once. */
function Secret({ secret, close }: { secret: string; close(): void }) {
    const words = t.admin.webhooks;
    return (
        <Once
            title={words.secretTitle}
            note={words.secretText}
            text={secret}
            label={words.secret}
            yes={words.kept}
            onClose={close}
        />
    );
}

export default function Webhooks() {
    const words = t.admin.webhooks;
    const [query, setQuery] = useQuery();
    const [secret, setSecret] = useState<string>();
    const asked = useData(
        'admin/webhooks',
        async (signal) => {
            const [{ items }, since] = await Promise.all([
                call(api.GET('/api/v1/webhooks', { params: { query: { limit: 100 } }, signal })),
                managedSince('webhook', signal),
            ]);
            return { items, since };
        },
        { topics: ['admin'] },
    );
    const hooks = asked.data?.items ?? [];
    const editing = hooks.find((one) => one.id === query['webhook']);
    const looking = hooks.find((one) => one.id === query['deliveries']);
    const rotate = async (hook: Webhook): Promise<void> => {
        let made: string | undefined;
        const act = async (): Promise<void> => {
            made =
                (await call(api.POST('/api/v1/webhooks/{id}/rotate', { params: { path: { id: hook.id ?? '' } } })))
                    .secret ?? undefined;
        };
        if (
            await confirm({ title: words.rotateTitle(hook.name ?? ''), text: words.rotateText, yes: words.rotate, act })
        )
            setSecret(made);
    };
    const add = may('webhook:write') && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {words.add}
        </Button>
    );
    const saved = (made: string | null | undefined): void => {
        setQuery({ new: undefined, webhook: undefined });
        setSecret(made ?? undefined);
        asked.reload();
    };
    return (
        <Card title={words.title} intro={words.intro} icon="webhook" actions={hooks.length > 0 && add}>
            <Loaded of={asked}>
                {({ items, since }) =>
                    items.length === 0 ? (
                        <Empty icon="webhook" title={words.none} action={add}>
                            {words.noneText}
                        </Empty>
                    ) : (
                        <ul class="rows">
                            {items.map((one) => (
                                <Row
                                    key={one.id}
                                    hook={one}
                                    managed={since.has(one.id ?? '')}
                                    acts={{
                                        edit: () => setQuery({ webhook: one.id ?? undefined }),
                                        deliveries: () => setQuery({ deliveries: one.id ?? undefined }),
                                        rotate: () => void rotate(one),
                                        changed: asked.reload,
                                    }}
                                />
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {(query['new'] || editing) && (
                <WebhookForm
                    hook={editing}
                    since={asked.data?.since.get(editing?.id ?? '')}
                    close={() => setQuery({ new: undefined, webhook: undefined })}
                    saved={saved}
                />
            )}
            {looking && <Deliveries hook={looking} close={() => setQuery({ deliveries: undefined })} />}
            {secret && <Secret secret={secret} close={() => setSecret(undefined)} />}
        </Card>
    );
}
