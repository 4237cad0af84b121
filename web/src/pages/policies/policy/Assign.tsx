// SPDX-License-Identifier: Apache-2.0
// A new assignment, or another priority or version of one; what it changes is shown before it is made.
import { useState } from 'preact/hooks';
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Field, Note, Select, TextInput, toast, useForm } from '../../../ui/index.ts';
import type { Scope } from '../List.tsx';
import { openScopes } from '../SecretEdit.tsx';
import { TargetPicker } from '../TargetPicker.tsx';
import { isTargeted, type Target } from '../targets.ts';
import { Access, usePreview } from './Access.tsx';
import { whereOf, type Assignment } from './Assignments.tsx';
import type { PolicyRow } from './Policy.tsx';

const PRIORITY = '100';
const CHOICE_MAX = 100;

interface Values {
    scope: Scope;
    target_id: string;
    priority: string;
    /** Empty: follows. */
    number: string;
}

const priorityOf = (v: Values): number => Math.trunc(Number(v.priority)) || 0;

/** The published versions that one may stay at. */
function useVersions(id: string) {
    const found = useData(id, (signal) =>
        call(
            api.GET('/api/v1/policies/{id}/versions', {
                params: { path: { id }, query: { limit: CHOICE_MAX } },
                signal,
            }),
        ),
    );
    const published = (found.data?.items ?? []).filter((line) => line.state === 'published');
    return [
        { value: '', label: t.policy.assign.follow },
        ...published.map((line) => ({
            value: String(line.number),
            label: t.policy.assign.pin(line.number ?? 0, line.version ?? ''),
        })),
    ];
}

function send(policy: PolicyRow, assignment: Assignment | undefined, v: Values, target: Target | undefined) {
    const priority = priorityOf(v);
    if (assignment) {
        return call(
            api.PATCH('/api/v1/assignments/{id}', {
                params: { path: { id: assignment.id ?? '' } },
                body: { priority, number: Number(v.number) || 0 },
                headers: { 'If-Match': assignment.etag ?? '' },
            }),
        );
    }
    return call(
        api.POST('/api/v1/assignments', {
            body: {
                policy_id: policy.id ?? '',
                scope: v.scope,
                priority,
                ...(v.number && { number: Number(v.number) }),
                ...(target && isTargeted(v.scope) && { target_id: target.id }),
            },
        }),
    );
}

/** Who gets or loses what by it; of a policy that is not published yet, with its draft. */
function Outlook({
    policy,
    assignment,
    values,
    target,
}: {
    policy: PolicyRow;
    assignment: Assignment | undefined;
    values: Values;
    target: string | null | undefined;
}) {
    const words = t.policy.assign;
    const { draft_number: draft, newest_number: newest } = policy;
    const targeted = isTargeted(values.scope);
    const ready = Boolean(newest ?? draft) && (!targeted || Boolean(target));
    const body = {
        policy_id: policy.id ?? '',
        ...(!newest && draft && { number: draft }),
        ...(assignment && { without: assignment.id ?? '' }),
        assignment: {
            scope: values.scope,
            priority: priorityOf(values),
            ...(targeted && target && { target_id: target }),
            ...(values.number && { number: Number(values.number) }),
        },
    };
    const preview = usePreview(ready ? body : undefined);
    return (
        <>
            {!newest && <Note tone="info">{words.unpublished}</Note>}
            {(newest ?? draft) && !ready && <Note tone="info">{words.previewWait}</Note>}
            {ready && <Access of={preview} title={words.preview} none={t.policy.review.same} />}
        </>
    );
}

export function Assign({
    policy,
    assignment,
    close,
    done,
}: {
    policy: PolicyRow;
    assignment?: Assignment;
    close: () => void;
    done: () => void;
}) {
    const words = t.policy.assign;
    const [target, setTarget] = useState<Target>();
    const versions = useVersions(policy.id ?? '');
    const form = useForm<Values, unknown>({
        initial: {
            scope: (assignment?.scope as Scope | undefined) ?? (policy.scopes?.includes('org') ? 'group' : 'org'),
            target_id: '',
            priority: String(assignment?.priority ?? PRIORITY),
            number: assignment?.number ? String(assignment.number) : '',
        },
        careless: true,
        check: (v) => (!assignment && isTargeted(v.scope) && !target ? { target_id: words.noTarget } : {}),
        submit: (v) => send(policy, assignment, v, target),
        done: () => {
            toast.good(assignment ? words.changed : words.done(policy.name ?? ''));
            done();
            close();
        },
    });
    const { scope } = form.values;
    return (
        <Dialog
            wide
            title={assignment ? words.changeTitle : words.addTitle(policy.name ?? '')}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {assignment ? t.kit.save : words.submit}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            {assignment && (
                <p>
                    <strong>{whereOf(assignment)}</strong>
                </p>
            )}
            {!assignment && (
                <>
                    <Field label={words.scope} hint={words.scopeHint} error={form.error('scope')}>
                        <Select
                            value={scope}
                            options={openScopes()}
                            onInput={(next) => {
                                form.set({ scope: next });
                                setTarget(undefined);
                            }}
                        />
                    </Field>
                    {isTargeted(scope) && (
                        <TargetPicker
                            kind={scope}
                            value={target}
                            onInput={setTarget}
                            error={target ? undefined : form.error('target_id')}
                        />
                    )}
                </>
            )}
            <Field label={words.which} hint={words.whichHint} error={form.error('number')}>
                <Select {...form.bind('number')} options={versions} />
            </Field>
            <Field label={words.priority} hint={words.priorityHint} error={form.error('priority')}>
                <TextInput {...form.bind('priority')} type="number" inputMode="numeric" step={1} />
            </Field>
            <Outlook
                policy={policy}
                assignment={assignment}
                values={form.values}
                target={assignment ? assignment.target_id : target?.id}
            />
        </Dialog>
    );
}
