// SPDX-License-Identifier: Apache-2.0
// Personal tokens: made, shown once, deleted.
import { useState } from 'preact/hooks';
import { api, call, onceKey, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { Button, Card, confirm, Dialog, ErrorBox, Field, Loaded, Once, TextInput, useForm } from '../../ui/index.ts';
import { OwnList } from './OwnList.tsx';

type Line = Shape<'ServiceTokenLine'>;

export function Tokens() {
    const words = t.portal.account;
    const [making, setMaking] = useState(false);
    const tokens = useData('portal/tokens', (signal) => call(api.GET('/api/v1/auth/tokens', { signal })), {
        topics: ['sessions'],
    });
    const remove = async (one: Line) => {
        const act = () => call(api.DELETE('/api/v1/auth/tokens/{id}', { params: { path: { id: one.id ?? '' } } }));
        if (
            await confirm({
                title: words.removeTitle(one.name ?? ''),
                text: words.removeText,
                yes: words.remove,
                danger: true,
                act,
            })
        )
            tokens.reload();
    };
    return (
        <Card
            title={words.tokens}
            intro={words.tokensText}
            icon="lock"
            actions={
                <Button small icon="add" onClick={() => setMaking(true)}>
                    {words.newToken}
                </Button>
            }
        >
            <Loaded of={tokens}>
                {({ items }) =>
                    items.length === 0 ? (
                        <p class="muted">{words.noTokens}</p>
                    ) : (
                        <OwnList items={items} words={words} remove={remove} />
                    )
                }
            </Loaded>
            {making && <Make close={() => setMaking(false)} made={tokens.reload} />}
        </Card>
    );
}

function Make({ close, made }: { close(): void; made(): void }) {
    const words = t.portal.account;
    const [secret, setSecret] = useState('');
    const form = useForm({
        initial: { name: '', expires: '' },
        careless: true,
        submit: ({ name, expires }) =>
            call(
                api.POST('/api/v1/auth/tokens', {
                    body: { name, ...(expires && { expires_at: `${expires}T23:59:59.000Z` }) },
                    headers: { 'Idempotency-Key': onceKey() },
                }),
            ),
        done: ({ token }) => {
            setSecret(token ?? '');
            made();
        },
    });
    if (secret) {
        const { newToken: title, shown: note, done: yes } = words;
        return <Once title={title} note={note} text={secret} label={title} yes={yes} onClose={close} />;
    }
    return (
        <Dialog
            title={words.newToken}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.make}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.tokenName} error={form.error('name')} required>
                <TextInput {...form.bind('name')} />
            </Field>
            <Field label={words.expires} hint={words.expiresHint} error={form.error('expires')}>
                <TextInput type="date" {...form.bind('expires')} />
            </Field>
        </Dialog>
    );
}
