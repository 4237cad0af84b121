// SPDX-License-Identifier: Apache-2.0
// The draft of a policy as it is edited: what the server has, what was changed since, saving it and giving it up.
import { useMemo, useState } from 'preact/hooks';
import { api, call, problemOf, type Problem, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { confirm, toast, useGuard } from '../../../ui/index.ts';
import { bodyOf, draftOf, inContent, sameDraft, type Draft } from './draft.ts';
import type { PartProps } from './Policy.tsx';

type Version = Shape<'PolicyVersion'>;

export interface EditorProps extends PartProps {
    /** The draft, or what was published last; undefined: there is nothing yet. */
    version: Version | undefined;
    /** Reads the version again. */
    again: () => void;
}

export interface Editing {
    draft: Draft;
    set: (changes: Partial<Draft>) => void;
    dirty: boolean;
    busy: boolean;
    problem: Problem | undefined;
    /** The places of the content that the server refused. */
    faults: readonly { pointer: string; text: string }[];
    save: (then?: () => void) => Promise<void>;
    discard: () => Promise<void>;
    /** What somebody else saved, instead of what was changed here. */
    takeTheirs: () => void;
}

const pathOf = (policyId: string, number: number) => ({ path: { id: policyId, number: String(number) } });

function store(policyId: string, version: Version | undefined, body: NonNullable<ReturnType<typeof bodyOf>>) {
    if (version?.state === 'draft')
        return call(
            api.PUT('/api/v1/policies/{id}/versions/{number}', {
                params: pathOf(policyId, version.number ?? 0),
                body: body as never,
                headers: { 'If-Match': version.etag ?? '' },
            }),
        );
    return call(
        api.POST('/api/v1/policies/{id}/versions', { params: { path: { id: policyId } }, body: body as never }),
    );
}

async function askDiscard(policyId: string, number: number): Promise<boolean> {
    const words = t.policy.edit;
    const done = await confirm({
        title: words.discardTitle(number),
        text: words.discardText,
        yes: words.discard,
        danger: true,
        act: () => call(api.DELETE('/api/v1/policies/{id}/versions/{number}', { params: pathOf(policyId, number) })),
    });
    return done !== null;
}

const faultsOf = (problem: Problem | undefined) =>
    (problem?.errors ?? []).flatMap((one) => {
        const pointer = inContent(one.field);
        return pointer === undefined ? [] : [{ pointer, text: one.want }];
    });

export function useDraft({ policy, version, reload, again }: EditorProps): Editing {
    const words = t.policy.edit;
    const id = policy.id ?? '';
    const stored = useMemo(() => draftOf(version), [version?.number, version?.etag]);
    const [draft, setDraft] = useState(stored);
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    // What the server has, as far as we know: what it said last, or what it has just taken from us.
    const [base, setBase] = useState(stored);
    const [seen, setSeen] = useState(stored);
    const dirty = !sameDraft(base, draft);
    if (seen !== stored) {
        setSeen(stored);
        setBase(stored);
        if (!dirty) setDraft(stored);
    }
    const letGo = useGuard(dirty);

    const save = async (then?: () => void) => {
        const body = bodyOf(draft);
        if (!body || busy) return;
        setBusy(true);
        setProblem(undefined);
        try {
            if (dirty || version?.state !== 'draft') await store(id, version, body);
            toast.good(words.saved);
            setBase(draft);
            letGo();
            reload();
            again();
            then?.();
        } catch (thrown) {
            setProblem(problemOf(thrown));
        }
        setBusy(false);
    };
    const discard = async () => {
        if (!(await askDiscard(id, version?.number ?? 0))) return;
        toast.good(words.discarded);
        setDraft(base);
        reload();
    };
    const takeTheirs = () => {
        setDraft(stored);
        setBase(stored);
        again();
    };
    return {
        draft,
        set: (changes) => setDraft((was) => ({ ...was, ...changes })),
        dirty,
        busy,
        problem,
        faults: useMemo(() => faultsOf(problem), [problem]),
        save,
        discard,
        takeTheirs,
    };
}
