// SPDX-License-Identifier: Apache-2.0
// One invitation, and then its link: shown once, as a text and as a picture for a phone.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { whoAmI } from '../../../session.ts';
import {
    Button,
    CodeBlock,
    Dialog,
    ErrorBox,
    Field,
    Note,
    Qr,
    Select,
    TextInput,
    Time,
    useForm,
    type Choice,
} from '../../../ui/index.ts';
import { GroupField } from '../GroupField.tsx';
import { dayOptions, expiresIn, type Days } from './expiry.ts';

type Invitation = Shape<'Invitation'>;

interface Values {
    email: string;
    display_name: string;
    groups: readonly Choice[];
    uses: string;
    days: Days;
    lang: '' | 'en' | 'fr';
}

function bodyOf(v: Values): Shape<'InvitationIn'> {
    return {
        groups: v.groups.map((group) => group.id),
        expires_at: expiresIn(v.days),
        qr: true,
        ...(v.email.trim() ? { email: v.email.trim() } : { uses: Number(v.uses) }),
        ...(v.display_name.trim() && { prefill: { display_name: v.display_name.trim() } }),
        ...(v.lang && { lang: v.lang }),
    };
}

function Made({ made }: { made: Invitation }) {
    const words = t.invitations;
    const mailed = made.mailed ? words.mailed(made.email ?? '') : made.email ? words.notMailed : words.handOver;
    return (
        <>
            <Note tone={made.email && !made.mailed ? 'warn' : 'good'} title={words.made}>
                {mailed}
            </Note>
            <div class="link-shown">
                <div>
                    <p>{words.onceNow}</p>
                    <CodeBlock text={made.url ?? ''} label={words.link} wrap />
                    <p class="muted">
                        {words.until} <Time at={made.expires_at} full />
                    </p>
                </div>
                {made.qr && <Qr svg={made.qr} label={words.picture} />}
            </div>
        </>
    );
}

export function Invite({ onClose, done }: { onClose: () => void; done: () => void }) {
    const words = t.invitations;
    const [made, setMade] = useState<Invitation>();
    const form = useForm({
        initial: { email: '', display_name: '', groups: [], uses: '1', days: '7', lang: '' } as Values,
        careless: true,
        check: (v) =>
            v.email.trim() || (Number.isInteger(Number(v.uses)) && Number(v.uses) >= 1)
                ? {}
                : { uses: words.usesWrong },
        submit: (v) => call(api.POST('/api/v1/invitations', { body: bodyOf(v) })),
        done: (answer) => {
            setMade(answer);
            done();
        },
    });
    if (made) {
        return (
            <Dialog
                title={words.madeTitle}
                onClose={onClose}
                actions={
                    <>
                        <Button
                            onClick={() => {
                                setMade(undefined);
                                form.reset();
                            }}
                        >
                            {words.another}
                        </Button>
                        <Button kind="primary" onClick={onClose}>
                            {t.people.closed}
                        </Button>
                    </>
                }
            >
                <Made made={made} />
            </Dialog>
        );
    }
    const byMail = whoAmI().features?.mail === true;
    return (
        <Dialog
            title={words.one}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.make}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field
                label={t.people.column.email}
                hint={byMail ? words.emailHintMail : words.emailHint}
                error={form.error('email')}
            >
                <TextInput {...form.bind('email')} type="email" autocomplete="off" />
            </Field>
            <Field label={t.people.column.display} hint={words.nameHint}>
                <TextInput {...form.bind('display_name')} autocomplete="off" />
            </Field>
            <GroupField {...form.bind('groups')} error={form.error('groups')} hint={words.groupsHint} />
            <div class="stack grid">
                {!form.values.email.trim() && (
                    <Field label={words.uses} hint={words.usesHint} error={form.error('uses')}>
                        <TextInput {...form.bind('uses')} type="number" min={1} max={10000} />
                    </Field>
                )}
                <Field label={words.stands}>
                    <Select {...form.bind('days')} options={dayOptions()} />
                </Field>
                <Field label={words.lang}>
                    <Select
                        {...form.bind('lang')}
                        options={[
                            { value: '', label: words.langAny },
                            { value: 'en', label: t.shell.language.en },
                            { value: 'fr', label: t.shell.language.fr },
                        ]}
                    />
                </Field>
            </div>
        </Dialog>
    );
}
