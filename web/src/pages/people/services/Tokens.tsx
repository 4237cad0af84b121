// SPDX-License-Identifier: Apache-2.0
// Tokens of a program: the text of one is shown when it is made, and never again.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import {
    Button,
    Card,
    CodeBlock,
    Dialog,
    ErrorBox,
    Field,
    Loaded,
    Note,
    Select,
    TextInput,
    confirm,
    useForm,
} from '../../../ui/index.ts';
import { Ends } from './Ends.tsx';

const DAYS = ['30', '90', '365'] as const;
const DAY_MS = 86_400_000;

function NewToken({ id, onClose, done }: { id: string; onClose: () => void; done: () => void }) {
    const words = t.services;
    const [made, setMade] = useState<string>();
    const form = useForm({
        initial: { name: '', days: '90' as (typeof DAYS)[number] },
        careless: true,
        check: (v) => (v.name.trim() ? {} : { name: t.people.needed }),
        submit: (v) =>
            call(
                api.POST('/api/v1/service-accounts/{id}/tokens', {
                    params: { path: { id } },
                    body: {
                        name: v.name.trim(),
                        expires_at: new Date(Date.now() + Number(v.days) * DAY_MS).toISOString(),
                    },
                }),
            ),
        done: (token) => {
            setMade(token.token ?? '');
            done();
        },
    });
    if (made !== undefined) {
        return (
            <Dialog
                firm
                title={words.tokenMade}
                onClose={onClose}
                actions={
                    <Button kind="primary" onClick={onClose}>
                        {t.people.closed}
                    </Button>
                }
            >
                <Note tone="warn" title={words.once}>
                    {words.onceText}
                </Note>
                <CodeBlock text={made} label={words.token} wrap />
            </Dialog>
        );
    }
    return (
        <Dialog
            title={words.newToken}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.newToken}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={t.people.column.name} hint={words.tokenNameHint} error={form.error('name')} required>
                <TextInput {...form.bind('name')} />
            </Field>
            <Field label={words.goodFor} error={undefined}>
                <Select
                    {...form.bind('days')}
                    options={DAYS.map((value) => ({ value, label: words.days(Number(value)) }))}
                />
            </Field>
        </Dialog>
    );
}

export function Tokens({ id, name }: { id: string; name: string }) {
    const words = t.services;
    const [open, setOpen] = useState(false);
    const asked = useData(
        `tokens ${id}`,
        (signal) =>
            call(
                api.GET('/api/v1/service-accounts/{id}/tokens', {
                    params: { path: { id }, query: { limit: 200 } },
                    signal,
                }),
            ),
        { topics: ['people'] },
    );
    const write = may('service-account:write');
    const end = async (token: Shape<'ServiceTokenLine'>): Promise<void> => {
        const act = () =>
            call(
                api.DELETE('/api/v1/service-accounts/{id}/tokens/{token_id}', {
                    params: { path: { id, token_id: token.id ?? '' } },
                }),
            );
        if (
            await confirm({
                title: words.endAsk(token.name ?? '', name),
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
            title={words.tokens}
            icon="key"
            flush
            actions={
                write && (
                    <Button small icon="add" onClick={() => setOpen(true)}>
                        {words.newToken}
                    </Button>
                )
            }
        >
            <Loaded of={asked}>
                {({ items = [] }) =>
                    items.length === 0 ? (
                        <p class="inset muted">{words.noTokens}</p>
                    ) : (
                        <ul class="plain-list">
                            {items.map((token) => (
                                <li key={token.id}>
                                    <span>{token.name}</span>
                                    <Ends at={token.expires_at} />
                                    {write && (
                                        <Button small onClick={() => void end(token)}>
                                            {words.end}…
                                        </Button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {open && <NewToken id={id} onClose={() => setOpen(false)} done={asked.reload} />}
        </Card>
    );
}
