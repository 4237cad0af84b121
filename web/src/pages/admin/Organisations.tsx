// SPDX-License-Identifier: Apache-2.0
// The tenants of this server.
import { useState } from 'preact/hooks';
import { api, call, onceKey } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import {
    Button,
    Card,
    Dialog,
    ErrorBox,
    Field,
    Id,
    Loaded,
    Stack,
    TextInput,
    Time,
    toast,
    useForm,
} from '../../ui/index.ts';

function Make({ close, done }: { close(): void; done(): void }) {
    const words = t.admin.organisations;
    const needed = t.kit.schema.keywords.required;
    const form = useForm({
        initial: { slug: '', name: '' },
        careless: true,
        check: (values) => ({
            ...(!values.slug && { slug: needed }),
            ...(!values.name && { name: needed }),
        }),
        submit: (body) => call(api.POST('/api/v1/organisations', { body, headers: { 'Idempotency-Key': onceKey() } })),
        done: ({ name }) => {
            toast.good(words.made(name ?? ''));
            done();
            close();
        },
    });
    const foot = (
        <>
            <Button onClick={close}>{t.kit.cancel}</Button>
            <Button kind="primary" type="submit" busy={form.busy}>
                {words.make}
            </Button>
        </>
    );
    return (
        <Dialog title={words.make} onClose={close} onSubmit={() => void form.submit()} actions={foot}>
            <Stack>
                <Field label={words.name} error={form.error('name')} required>
                    <TextInput {...form.bind('name')} />
                </Field>
                <Field label={words.slug} hint={words.slugHint} error={form.error('slug')} required>
                    <TextInput {...form.bind('slug')} mono />
                </Field>
                {form.problem && <ErrorBox problem={form.problem} />}
            </Stack>
        </Dialog>
    );
}

export default function Organisations() {
    const words = t.admin.organisations;
    const [making, setMaking] = useState(false);
    const asked = useData(
        'admin/organisations',
        (signal) => call(api.GET('/api/v1/organisations', { params: { query: { limit: 500 } }, signal })),
        { topics: ['admin'] },
    );
    return (
        <Card
            title={words.title}
            intro={words.intro}
            icon="group"
            actions={
                <Button icon="add" onClick={() => setMaking(true)}>
                    {words.make}
                </Button>
            }
        >
            <Loaded of={asked}>
                {({ items }) => (
                    <ul class="rows">
                        {items.map((one) => (
                            <li key={one.id}>
                                <span class="rows-name">
                                    <strong>{one.name}</strong> <code>{one.slug}</code>
                                </span>
                                <span class="muted">
                                    <Time at={one.created_at} />
                                </span>
                                <Id id={one.id ?? ''} />
                            </li>
                        ))}
                    </ul>
                )}
            </Loaded>
            <Button kind="link" icon="book" href="/docs/users">
                {words.first}
            </Button>
            {making && <Make close={() => setMaking(false)} done={asked.reload} />}
        </Card>
    );
}
