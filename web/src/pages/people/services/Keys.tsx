// SPDX-License-Identifier: Apache-2.0
// Keys of a program: a pair made here, whose file is given once, or the public half of one made elsewhere.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import {
    Badge,
    Button,
    Card,
    CodeBlock,
    Dialog,
    ErrorBox,
    Field,
    Loaded,
    Note,
    TextArea,
    TextInput,
    confirm,
    useForm,
} from '../../../ui/index.ts';
import { Ends } from './Ends.tsx';

/** The public half as it was pasted; undefined: it is no JSON object. */
function readKey(text: string): Record<string, never> | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return value !== null && typeof value === 'object' && !Array.isArray(value)
            ? (value as Record<string, never>)
            : undefined;
    } catch {
        return undefined;
    }
}

function NewKey({ id, onClose, done }: { id: string; onClose: () => void; done: () => void }) {
    const words = t.services;
    const [made, setMade] = useState<unknown>();
    const form = useForm({
        initial: { name: '', key: '' },
        careless: true,
        check: (v) => (v.key.trim() && !readKey(v.key) ? { key: words.keyWrong } : {}),
        submit: (v) => {
            const half = v.key.trim() ? readKey(v.key) : undefined;
            return call(
                api.POST('/api/v1/service-accounts/{id}/keys', {
                    params: { path: { id } },
                    body: {
                        ...(v.name.trim() && { name: v.name.trim() }),
                        ...(half ? { public_key: half } : { generate: 'EdDSA' as const }),
                    },
                }),
            );
        },
        done: (key) => {
            done();
            if (key.file) setMade(key.file);
            else onClose();
        },
    });
    if (made !== undefined) {
        return (
            <Dialog
                firm
                wide
                title={words.keyMade}
                onClose={onClose}
                actions={
                    <Button kind="primary" onClick={onClose}>
                        {t.people.closed}
                    </Button>
                }
            >
                <Note tone="warn" title={words.once}>
                    {words.keyText}
                </Note>
                <CodeBlock text={JSON.stringify(made, null, 2)} label={words.keyFile} />
            </Dialog>
        );
    }
    return (
        <Dialog
            title={words.newKey}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.newKey}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={t.people.column.name} error={form.error('name')}>
                <TextInput {...form.bind('name')} />
            </Field>
            <Field label={words.publicHalf} hint={words.publicHint} error={form.error('key')}>
                <TextArea {...form.bind('key')} mono rows={4} />
            </Field>
        </Dialog>
    );
}

export function Keys({ id, name }: { id: string; name: string }) {
    const words = t.services;
    const [open, setOpen] = useState(false);
    const asked = useData(
        `keys ${id}`,
        (signal) =>
            call(
                api.GET('/api/v1/service-accounts/{id}/keys', {
                    params: { path: { id }, query: { limit: 200 } },
                    signal,
                }),
            ),
        { topics: ['people'] },
    );
    const write = may('service-account:write');
    const end = async (key: Shape<'ServiceKey'>): Promise<void> => {
        const act = () =>
            call(
                api.DELETE('/api/v1/service-accounts/{id}/keys/{key_id}', {
                    params: { path: { id, key_id: key.id ?? '' } },
                }),
            );
        if (
            await confirm({
                title: words.endAsk(key.name ?? '', name),
                text: words.endText,
                yes: words.end,
                danger: true,
                act,
            })
        )
            asked.reload();
    };
    return (
        <Card
            title={words.keys}
            icon="file"
            flush
            actions={
                write && (
                    <Button small icon="add" onClick={() => setOpen(true)}>
                        {words.newKey}
                    </Button>
                )
            }
        >
            <Loaded of={asked}>
                {({ items = [] }) =>
                    items.length === 0 ? (
                        <p class="inset muted">{words.noKeys}</p>
                    ) : (
                        <ul class="plain-list">
                            {items.map((key) => (
                                <li key={key.id}>
                                    <span>
                                        {key.name || key.thumbprint} <Badge>{key.alg}</Badge>
                                    </span>
                                    <Ends at={key.expires_at} />
                                    {write && (
                                        <Button small onClick={() => void end(key)}>
                                            {words.end}…
                                        </Button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {open && <NewKey id={id} onClose={() => setOpen(false)} done={asked.reload} />}
        </Card>
    );
}
