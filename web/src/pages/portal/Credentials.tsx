// SPDX-License-Identifier: Apache-2.0
// What servers that act for each person want of this one; sealed, never shown.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { Button, Card, Dialog, ErrorBox, Field, Select, Status, TextInput, toast, useForm } from '../../ui/index.ts';

type Credential = Shape<'ServerCredential'>;

export function Credentials() {
    const words = t.portal.tools;
    const wanted = useData('portal/credentials', (signal) => call(api.GET('/api/v1/gateway/credentials', { signal })), {
        topics: ['tools'],
    });
    const [giving, setGiving] = useState<Credential>();
    const items = wanted.data?.items ?? [];
    if (items.length === 0) return null;
    const take = async (one: Credential) => {
        await call(
            api.DELETE('/api/v1/gateway/servers/{id}/credential', { params: { path: { id: one.server_id ?? '' } } }),
        ).then(() => toast.good(words.taken), toast.bad);
        wanted.reload();
    };
    return (
        <Card title={words.credentials} intro={words.credentialsText} icon="key">
            <ul class="portal-list">
                {items.map((one) => (
                    <li key={one.server_id}>
                        <strong>{one.title || one.name}</strong>
                        <Status tone={one.given ? 'good' : 'warn'}>{one.given ? words.given : words.missing}</Status>
                        <Button small kind={one.given ? 'plain' : 'primary'} onClick={() => setGiving(one)}>
                            {one.given ? words.replace : words.give}
                        </Button>
                        {one.given && (
                            <Button small kind="danger" onClick={() => void take(one)}>
                                {words.take}
                            </Button>
                        )}
                    </li>
                ))}
            </ul>
            {giving && <Give server={giving} close={() => setGiving(undefined)} given={wanted.reload} />}
        </Card>
    );
}

type Kind = 'bearer' | 'header';

function Give({ server, close, given }: { server: Credential; close(): void; given(): void }) {
    const words = t.portal.tools;
    const form = useForm({
        initial: {
            kind: (server.kind === 'header' ? 'header' : 'bearer') as Kind,
            header: server.header ?? '',
            value: '',
        },
        careless: true,
        submit: ({ kind, header, value }) =>
            call(
                api.PUT('/api/v1/gateway/servers/{id}/credential', {
                    params: { path: { id: server.server_id ?? '' } },
                    body: { kind, value, ...(kind === 'header' && { header }) },
                }),
            ),
        done: () => {
            given();
            close();
        },
    });
    const kinds = (['bearer', 'header'] as const).map((value) => ({ value, label: words.kinds[value] }));
    return (
        <Dialog
            title={words.giveTo(server.title || server.name || '')}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.save}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.kind}>
                <Select options={kinds} {...form.bind('kind')} />
            </Field>
            {form.values.kind === 'header' && (
                <Field label={words.header} error={form.error('header')}>
                    <TextInput mono {...form.bind('header')} />
                </Field>
            )}
            <Field label={words.value} hint={words.valueHint} error={form.error('value')} required>
                <TextInput type="password" autocomplete="off" {...form.bind('value')} />
            </Field>
        </Dialog>
    );
}
