// SPDX-License-Identifier: Apache-2.0
// One application: who may open it, how it is connected, what it may do.
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { list } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Badge,
    Button,
    Card,
    Id,
    KeyValue,
    Loaded,
    Menu,
    Once,
    PageHead,
    Stack,
    Status,
    Time,
    confirm,
    toast,
} from '../../ui/index.ts';
import { Bindings } from './Bindings.tsx';
import { ByFiles } from './ByFiles.tsx';
import { Connect } from './Connect.tsx';
import { EditApplication } from './EditApplication.tsx';
import { kindOf } from './List.tsx';

type App = Shape<'Application'>;

const back = () => ({ href: '/applications', label: t.applications.title.list });
const codes = (texts: readonly string[] | undefined) =>
    texts?.length ? (
        <Stack as="tight">
            {texts.map((text) => (
                <code key={text}>{text}</code>
            ))}
        </Stack>
    ) : null;

function Facts({ app }: { app: App }) {
    const words = t.applications;
    const oidc = app.kind === 'oidc';
    return (
        <Card title={words.facts} icon="application">
            <KeyValue
                pairs={[
                    [words.column.kind, kindOf(app.kind)],
                    [words.description, app.description || undefined],
                    [words.host, app.host ? <code>{app.host}</code> : undefined],
                    [words.launch, app.launch_url ? <a href={app.launch_url}>{app.launch_url}</a> : undefined],
                    [
                        words.clientType,
                        oidc && (app.client_type === 'public' ? words.hows.public : words.hows.confidential),
                    ],
                    [words.redirects, oidc && codes(app.redirect_uris)],
                    [words.scopes, oidc && (app.scopes?.length ? list(app.scopes) : null)],
                    [words.consent, oidc && (app.consent ? words.yes : words.no)],
                    [words.column.updated, <Time at={app.updated_at} />],
                    [words.id, <Id id={app.id ?? ''} />],
                ]}
            />
        </Card>
    );
}

async function newSecret(app: App): Promise<string | undefined> {
    let secret: string | undefined;
    await confirm({
        title: t.applications.secretAsk(app.name ?? ''),
        text: t.applications.secretAskText,
        yes: t.applications.secretNew,
        danger: true,
        act: async () => {
            secret =
                (await call(api.POST('/api/v1/applications/{id}/secret', { params: { path: { id: app.id ?? '' } } })))
                    .client_secret ?? undefined;
        },
    });
    return secret;
}

function Page({ app, reload }: { app: App; reload: () => void }) {
    const words = t.applications;
    const [edit, setEdit] = useState(false);
    const [secret, setSecret] = useState<string>();
    const name = app.name ?? '';
    const byFiles = app.origin === 'file';
    const path = { path: { id: app.id ?? '' } };
    const setStatus = async (status: 'active' | 'disabled'): Promise<void> => {
        const act = () => call(api.PATCH('/api/v1/applications/{id}', { params: path, body: { status } }));
        if (
            status === 'disabled' &&
            !(await confirm({
                title: words.disableAsk(name),
                text: words.disableText,
                yes: words.disable,
                danger: true,
                act,
            }))
        )
            return;
        if (status === 'active') await act().catch((thrown: unknown) => toast.bad(problemOf(thrown)));
        reload();
    };
    const remove = async (): Promise<void> => {
        const act = () => call(api.DELETE('/api/v1/applications/{id}', { params: path }));
        if (
            await confirm({
                title: words.deleteAsk(name),
                text: words.deleteText,
                yes: words.delete,
                danger: true,
                typed: name,
                act,
            })
        )
            navigate('/applications');
    };
    const acts = may('application:write') && !byFiles && (
        <>
            <Button icon="edit" onClick={() => setEdit(true)}>
                {words.edit}
            </Button>
            <Menu
                label={words.more}
                items={[
                    app.client_type === 'confidential' &&
                        app.auth_method === 'client_secret' && {
                            key: 'secret',
                            label: `${words.secretNew}…`,
                            icon: 'key',
                            onSelect: () => void newSecret(app).then(setSecret),
                        },
                    app.status === 'disabled'
                        ? { key: 'enable', label: words.enable, icon: 'play', onSelect: () => void setStatus('active') }
                        : {
                              key: 'disable',
                              label: `${words.disable}…`,
                              icon: 'pause',
                              danger: true,
                              onSelect: () => void setStatus('disabled'),
                          },
                    {
                        key: 'delete',
                        label: `${words.delete}…`,
                        icon: 'remove',
                        danger: true,
                        onSelect: () => void remove(),
                    },
                ]}
            />
        </>
    );
    const mark = (
        <>
            {app.status === 'disabled' ? (
                <Status tone="off">{words.status.disabled}</Status>
            ) : (
                <Status tone="good">{words.status.active}</Status>
            )}
            {app.admin && <Badge tone="warn">{words.admin}</Badge>}
        </>
    );
    return (
        <>
            <PageHead
                title={name}
                back={back()}
                mark={mark}
                actions={
                    <>
                        {may('access-rule:read') && (
                            <Button icon="why" href={`/applications/explain?application=${app.id}`}>
                                {words.why}
                            </Button>
                        )}
                        {acts}
                    </>
                }
            />
            {byFiles && <ByFiles app={app} />}
            <div class="app-parts">
                <Stack>
                    <Bindings app={app} readOnly={byFiles} />
                    <Facts app={app} />
                </Stack>
                <Card title={app.kind === 'oidc' ? words.connect : words.proxy} icon="connect">
                    <Connect app={app} />
                </Card>
            </div>
            {edit && <EditApplication app={app} onClose={() => setEdit(false)} done={reload} />}
            {secret && (
                <Once
                    title={words.secretOnce}
                    note={words.secretText}
                    text={secret}
                    label={words.secret}
                    yes={words.closed}
                    onClose={() => setSecret(undefined)}
                />
            )}
        </>
    );
}

export default function Application({ id }: { id: string }) {
    const asked = useData(
        `application ${id}`,
        (signal) => call(api.GET('/api/v1/applications/{id}', { params: { path: { id } }, signal })),
        { topics: ['applications'] },
    );
    return (
        <>
            {!asked.data && <PageHead title={t.applications.title.list} back={back()} />}
            <Loaded of={asked}>{(app) => <Page app={app} reload={asked.reload} />}</Loaded>
        </>
    );
}
