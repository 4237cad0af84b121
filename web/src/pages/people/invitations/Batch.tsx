// SPDX-License-Identifier: Apache-2.0
// Many invitations from a pasted list; each line is made or refused by itself, and said so.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import {
    Button,
    Copy,
    Dialog,
    ErrorBox,
    Field,
    Note,
    Select,
    Status,
    TextArea,
    useForm,
    type Choice,
} from '../../../ui/index.ts';
import { GroupField } from '../GroupField.tsx';
import { dayOptions, expiresIn, type Days } from './expiry.ts';
import { readLines } from './lines.ts';

type Outcome = Shape<'Invitations'>;

/** The server takes so many at once. */
const LINES_MAX = 500;

interface Values {
    text: string;
    groups: readonly Choice[];
    days: Days;
}

/** All that is to be handed over by oneself, as a table. */
const tableOf = (outcome: Outcome): string =>
    (outcome.results ?? [])
        .flatMap((one) => (one.invitation?.url ? [`${one.email ?? ''},${one.invitation.url}`] : []))
        .join('\n');

function Results({ outcome }: { outcome: Outcome }) {
    const words = t.invitations;
    return (
        <>
            <Note
                tone={outcome.refused ? 'warn' : 'good'}
                title={words.batchDone(outcome.created ?? 0, outcome.refused ?? 0)}
                actions={outcome.created ? <Copy text={() => tableOf(outcome)}>{words.copyAll}</Copy> : undefined}
            >
                {words.onceNow}
            </Note>
            <ul class="outcome" aria-label={words.outcome}>
                {(outcome.results ?? []).map((one) => (
                    <li key={one.line}>
                        <span>{one.email || words.anybody}</span>
                        {one.invitation ? (
                            <>
                                <Status tone="good">{one.invitation.mailed ? words.sent : words.madeShort}</Status>
                                {one.invitation.url && <Copy text={one.invitation.url} />}
                            </>
                        ) : (
                            <Status tone="bad">{one.detail || one.code}</Status>
                        )}
                    </li>
                ))}
            </ul>
        </>
    );
}

export function Batch({ onClose, done }: { onClose: () => void; done: () => void }) {
    const words = t.invitations;
    const [outcome, setOutcome] = useState<Outcome>();
    const form = useForm({
        initial: { text: '', groups: [], days: '7' } as Values,
        careless: true,
        check: (v) => {
            const { lines, wrong } = readLines(v.text);
            if (wrong.length > 0)
                return {
                    text: words.wrongLines(
                        wrong.slice(0, 5).map((line) => line.number),
                        wrong.length,
                    ),
                };
            if (lines.length === 0) return { text: words.noLines };
            return lines.length > LINES_MAX ? { text: words.tooMany(LINES_MAX) } : {};
        },
        submit: (v) => {
            const groups = v.groups.map((group) => group.id);
            const invitations = readLines(v.text).lines.map(({ email, name }) => ({
                email,
                groups,
                expires_at: expiresIn(v.days),
                ...(name && { prefill: { display_name: name } }),
            }));
            return call(api.POST('/api/v1/invitations/batch', { body: { invitations } }));
        },
        done: (answer) => {
            setOutcome(answer);
            done();
        },
    });
    const count = useMemo(() => readLines(form.values.text).lines.length, [form.values.text]);
    if (outcome)
        return (
            <Dialog
                wide
                title={words.many}
                onClose={onClose}
                actions={
                    <Button kind="primary" onClick={onClose}>
                        {t.people.closed}
                    </Button>
                }
            >
                <Results outcome={outcome} />
            </Dialog>
        );
    return (
        <Dialog
            wide
            title={words.many}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {count > 0 ? words.makeMany(count) : words.make}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.list} hint={words.listHint} error={form.error('text')} required>
                <TextArea
                    {...form.bind('text')}
                    rows={8}
                    mono
                    placeholder={'ada@example.org\nGrace Hopper, grace@example.org'}
                />
            </Field>
            <GroupField {...form.bind('groups')} error={form.error('groups')} hint={words.groupsHint} />
            <Field label={words.stands}>
                <Select {...form.bind('days')} options={dayOptions()} />
            </Field>
        </Dialog>
    );
}
