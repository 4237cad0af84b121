// SPDX-License-Identifier: Apache-2.0
// What the person who looks shows this server: given, taken back, never shown again.
import { useState } from 'preact/hooks';
import { readAll } from '../../api/all.ts';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import {
    Button,
    Card,
    confirm,
    Dialog,
    ErrorBox,
    Field,
    KeyValue,
    Loaded,
    Select,
    Status,
    TextInput,
    Time,
    toast,
    useForm,
} from '../../ui/index.ts';
import type { Server } from './data.ts';

type Given = Shape<'ServerCredential'>;

export function Credential({ server }: { server: Server }) {
    const words = t.tools.credential;
    const [asking, setAsking] = useState(false);
    const path = { id: server.id ?? '' };
    const own = useData(
        `credential ${server.id}`,
        async (signal): Promise<Given | null> => {
            const all = await readAll((query) =>
                call(api.GET('/api/v1/gateway/credentials', { params: { query }, signal })),
            );
            return all.find((one) => one.server_id === server.id) ?? null;
        },
        { topics: ['tools'] },
    );
    const takeBack = async (): Promise<void> => {
        const done = await confirm({
            title: words.dropAsk(server.name ?? ''),
            text: words.dropText,
            yes: words.drop,
            danger: true,
            act: () => call(api.DELETE('/api/v1/gateway/servers/{id}/credential', { params: { path } })),
        });
        if (done) own.reload();
    };
    return (
        <Card
            title={words.title}
            icon="key"
            intro={words.intro}
            actions={
                own.data && (
                    <>
                        {own.data.given && (
                            <Button small kind="danger" onClick={() => void takeBack()}>
                                {words.drop}
                            </Button>
                        )}
                        <Button small kind={own.data.given ? 'plain' : 'primary'} onClick={() => setAsking(true)}>
                            {own.data.given ? words.replace : words.give}
                        </Button>
                    </>
                )
            }
        >
            <Loaded of={own}>
                {(given) =>
                    given && (
                        <KeyValue
                            pairs={[
                                [
                                    words.state,
                                    given.given ? (
                                        <Status tone="good">{words.given}</Status>
                                    ) : (
                                        <Status tone="warn">{words.missing}</Status>
                                    ),
                                ],
                                [
                                    words.kind,
                                    given.given &&
                                        (given.kind === 'header' ? words.asHeader(given.header ?? '') : words.asBearer),
                                ],
                                [words.until, given.given && <Time at={given.expires_at} none={words.noEnd} />],
                            ]}
                        />
                    )
                }
            </Loaded>
            {asking && (
                <Give
                    server={server}
                    onClose={() => {
                        setAsking(false);
                        own.reload();
                    }}
                />
            )}
        </Card>
    );
}

function Give({ server, onClose }: { server: Server; onClose: () => void }) {
    const words = t.tools.credential;
    const form = useForm({
        initial: { kind: 'bearer' as 'bearer' | 'header', header: '', value: '' },
        careless: true,
        check: (v) => ({
            ...(!v.value && { value: words.needValue }),
            ...(v.kind === 'header' && !v.header && { header: words.needHeader }),
        }),
        submit: ({ kind, header, value }) =>
            call(
                api.PUT('/api/v1/gateway/servers/{id}/credential', {
                    params: { path: { id: server.id ?? '' } },
                    body: { kind, value, ...(kind === 'header' && { header }) },
                }),
            ),
        done: () => {
            toast.good(words.saved);
            onClose();
        },
    });
    return (
        <Dialog
            title={words.give}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button type="submit" kind="primary" busy={form.busy}>
                        {t.kit.save}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.kind}>
                <Select
                    {...form.bind('kind')}
                    options={[
                        { value: 'bearer', label: words.asBearer },
                        { value: 'header', label: words.ownHeader },
                    ]}
                />
            </Field>
            {form.values.kind === 'header' && (
                <Field label={words.header} required error={form.error('header')}>
                    <TextInput {...form.bind('header')} mono placeholder="X-Api-Key" />
                </Field>
            )}
            <Field label={words.value} required error={form.error('value')} hint={words.valueHint}>
                <TextInput {...form.bind('value')} type="password" autocomplete="off" />
            </Field>
        </Dialog>
    );
}
