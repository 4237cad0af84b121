// SPDX-License-Identifier: Apache-2.0
// The draft: as a form where a schema stands, as JSON always. Without a draft it begins with what is published.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api, call, problemOf, type Problem, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { list } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { guardLeaving, navigate } from '../../../router.ts';
import { Badge, Button, Card, confirm, Empty, ErrorBox, JsonEditor, Loaded, Menu, Note, SchemaForm, toast } from '../../../ui/index.ts';
import { isObject, laidOut, objectOf, type JsonObject } from '../json.ts';
import { bodyOf, draftOf, inContent, sameDraft, type Draft } from './draft.ts';
import { Options } from './Options.tsx';
import type { PartProps } from './Policy.tsx';
import { useSchemas, type Schemas } from './useSchemas.ts';

type Version = Shape<'PolicyVersion'>;

/** Asked before the page is left with changes; calling the answer lets it go, because they are saved. */
function useGuard(dirty: boolean): () => void {
    const kept = useRef(dirty);
    kept.current = dirty;
    useEffect(() => {
        if (!dirty) return;
        const unload = (event: Event): void => event.preventDefault();
        addEventListener('beforeunload', unload);
        const end = guardLeaving(() => !kept.current || window.confirm(t.kit.leave));
        return () => {
            removeEventListener('beforeunload', unload);
            end();
        };
    }, [dirty]);
    return () => {
        kept.current = false;
    };
}

/** Members that the form does not know: they stay as they are, and are seen as JSON. */
function besides(content: JsonObject | undefined, form: JsonObject | undefined): string[] {
    const known = form && isObject(form['properties']) ? form['properties'] : undefined;
    return known ? Object.keys(content ?? {}).filter((name) => !Object.hasOwn(known, name)) : [];
}

function save(policyId: string, version: Version | undefined, body: NonNullable<ReturnType<typeof bodyOf>>) {
    if (version?.state === 'draft') {
        const path = { id: policyId, number: String(version.number) };
        return call(api.PUT('/api/v1/policies/{id}/versions/{number}', { params: { path }, body: body as never, headers: { 'If-Match': version.etag ?? '' } }));
    }
    return call(api.POST('/api/v1/policies/{id}/versions', { params: { path: { id: policyId } }, body: body as never }));
}

/** Form or JSON, of the same content. */
function Body({ draft, set, schemas, faults, writable, asForm }: {
    draft: Draft; set: (text: string) => void; schemas: Schemas; faults: readonly { pointer: string; text: string }[]; writable: boolean; asForm: boolean;
}) {
    const content = useMemo(() => objectOf(draft.text), [draft.text]);
    if (asForm && schemas.form && content) {
        const others = besides(content, schemas.form);
        return (
            <div class="policy-form">
                {others.length > 0 && <Note tone="info">{t.policy.edit.beside(list(others))}</Note>}
                {faults.length > 0 && <ul class="breaks">{faults.map((one) => <li key={one.pointer}><code>{one.pointer || '/'}</code> {one.text}</li>)}</ul>}
                <SchemaForm schema={schemas.form} value={content as never} onInput={(value) => set(laidOut(value))} label={t.policy.edit.json} />
            </div>
        );
    }
    return <JsonEditor label={t.policy.edit.json} value={draft.text} onInput={set} faults={faults} readOnly={!writable} lines={16} {...(schemas.lint && { schema: schemas.lint })} />;
}

function Editor({ policy, writable, reload, version, again }: PartProps & { version: Version | undefined; again: () => void }) {
    const words = t.policy.edit;
    const schemas = useSchemas();
    const stored = useMemo(() => draftOf(version), [version?.number, version?.etag]);
    const [draft, setDraft] = useState(stored);
    const [look, setLook] = useState<'form' | 'json'>();
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
    const set = (changes: Partial<Draft>) => setDraft((was) => ({ ...was, ...changes }));
    const faults = useMemo(() => (problem?.errors ?? []).flatMap((one) => {
        const pointer = inContent(one.field);
        return pointer === undefined ? [] : [{ pointer, text: one.want }];
    }), [problem]);

    const submit = async (then?: () => void) => {
        const body = bodyOf(draft);
        if (!body || busy) return;
        setBusy(true);
        setProblem(undefined);
        try {
            if (dirty || version?.state !== 'draft') await save(policy.id ?? '', version, body);
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
        const number = version?.number ?? 0;
        const act = () => call(api.DELETE('/api/v1/policies/{id}/versions/{number}', { params: { path: { id: policy.id ?? '', number: String(number) } } }));
        if (!(await confirm({ title: words.discardTitle(number), text: words.discardText, yes: words.discard, danger: true, act }))) return;
        toast.good(words.discarded);
        setDraft(base);
        reload();
    };
    const isDraft = version?.state === 'draft';
    const valid = objectOf(draft.text) !== undefined;
    const fits = schemas.form !== undefined && besides(objectOf(draft.text), schemas.form).length === 0;
    const asForm = (look ?? (fits ? 'form' : 'json')) === 'form' && schemas.form !== undefined && writable && valid;
    const review = () => navigate(`/policies/${policy.id}/review`);
    const toggle = writable && schemas.form && (
        <div class="look" role="group" aria-label={words.look}>
            {(['form', 'json'] as const).map((one) => (
                <Button key={one} small aria-pressed={(one === 'form') === asForm} disabled={!valid} onClick={() => setLook(one)}>{words[one]}</Button>
            ))}
        </div>
    );
    const mark = version && <Badge tone={isDraft ? 'warn' : 'info'}>{t.policy.version(version.number ?? 0, version.version ?? '')}</Badge>;
    return (
        <div class="policy-split">
            <Card title={isDraft || writable ? words.title : words.readTitle} actions={<>{mark}{dirty && <Badge tone="warn">{words.unsaved}</Badge>}{toggle}</>}>
                {problem && <ErrorBox problem={problem} {...(problem.status === 412 && { what: words.stale, retry: () => { setDraft(stored); setBase(stored); again(); } })} />}
                <Body draft={draft} set={(text) => set({ text })} schemas={schemas} faults={faults} writable={writable} asForm={asForm} />
                {!valid && <Note tone="warn">{words.notObject}</Note>}
                {writable && (
                    <div class="policy-foot">
                        <Button kind={dirty || !isDraft ? 'primary' : 'plain'} icon="check" busy={busy} disabled={!valid || (!dirty && isDraft)} onClick={() => void submit()}>{words.save}</Button>
                        <Button kind={isDraft && !dirty ? 'primary' : 'plain'} icon="next" disabled={!valid || (!dirty && !isDraft)}
                            onClick={() => (dirty || !isDraft ? void submit(review) : review())}>{words.review}</Button>
                        {isDraft && <Menu label={t.policies.more(words.title)} items={[{ key: 'discard', label: words.discard, icon: 'remove', danger: true, onSelect: () => void discard() }]} />}
                    </div>
                )}
            </Card>
            <Options draft={draft} set={set} writable={writable} schemas={schemas} />
        </div>
    );
}

export default function Content(props: PartProps) {
    const { policy, writable } = props;
    const number = policy.draft_number ?? policy.newest_number ?? undefined;
    const id = policy.id ?? '';
    const found = useData(number === undefined ? undefined : `${id} ${number} ${policy.etag}`,
        (signal) => call(api.GET('/api/v1/policies/{id}/versions/{number}', { params: { path: { id, number: String(number) } }, signal })), { topics: ['policies'] });
    if (number === undefined) return writable ? <Editor {...props} version={undefined} again={found.reload} /> : <Empty icon="policy" title={t.policy.unpublished} />;
    return <Loaded of={found}>{(version) => <Editor key={number} {...props} version={version} again={found.reload} />}</Loaded>;
}
