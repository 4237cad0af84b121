// SPDX-License-Identifier: Apache-2.0
// The content, as a form where a schema stands and as JSON always, and beside it what a version says besides.
import { useState } from 'preact/hooks';
import { list } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { navigate } from '../../../router.ts';
import { Badge, Button, Card, ErrorBox, Menu, Note } from '../../../ui/index.ts';
import { objectOf } from '../json.ts';
import { Body } from './Body.tsx';
import { besides } from './draft.ts';
import { Options } from './Options.tsx';
import { useDraft, type Editing, type EditorProps } from './useDraft.ts';
import { useSchemas } from './useSchemas.ts';

const LOOKS = ['form', 'json'] as const;
type Look = (typeof LOOKS)[number];

function Looks({ look, choose, disabled }: { look: Look; choose: (look: Look) => void; disabled: boolean }) {
    const words = t.policy.edit;
    return (
        <div class="look" role="group" aria-label={words.look}>
            {LOOKS.map((one) => (
                <Button key={one} small aria-pressed={one === look} disabled={disabled} onClick={() => choose(one)}>
                    {words[one]}
                </Button>
            ))}
        </div>
    );
}

function Refusal({ editing }: { editing: Editing }) {
    const { problem, takeTheirs } = editing;
    if (!problem) return null;
    return (
        <ErrorBox problem={problem} {...(problem.status === 412 && { what: t.policy.edit.stale, retry: takeTheirs })} />
    );
}

/** Save, then look at what it would change. */
function Foot({ editing, id, isDraft, valid }: { editing: Editing; id: string; isDraft: boolean; valid: boolean }) {
    const words = t.policy.edit;
    const { dirty, busy, save, discard } = editing;
    const unsaved = dirty || !isDraft;
    const review = () => navigate(`/policies/${id}/review`);
    return (
        <div class="policy-foot">
            <Button
                kind={unsaved ? 'primary' : 'plain'}
                icon="check"
                busy={busy}
                disabled={!valid || !unsaved}
                onClick={() => void save()}
            >
                {words.save}
            </Button>
            <Button
                kind={unsaved ? 'plain' : 'primary'}
                icon="next"
                disabled={!valid || (!dirty && !isDraft)}
                onClick={() => (unsaved ? void save(review) : review())}
            >
                {words.review}
            </Button>
            {isDraft && (
                <Menu
                    label={t.policies.more(words.title)}
                    items={[
                        {
                            key: 'discard',
                            label: words.discard,
                            icon: 'remove',
                            danger: true,
                            onSelect: () => void discard(),
                        },
                    ]}
                />
            )}
        </div>
    );
}

export function Editor(props: EditorProps) {
    const { policy, writable, version } = props;
    const words = t.policy.edit;
    const schemas = useSchemas();
    const editing = useDraft(props);
    const { draft, set, dirty, faults } = editing;
    const [chosen, setChosen] = useState<Look>();
    const [broken, setBroken] = useState<readonly string[]>([]);
    const isDraft = version?.state === 'draft';
    const content = objectOf(draft.text);
    const valid = content !== undefined;
    const fits = schemas.form !== undefined && besides(content, schemas.form).length === 0;
    const asForm = (chosen ?? (fits ? 'form' : 'json')) === 'form' && schemas.form !== undefined && writable && valid;
    const unfinished = asForm ? broken : [];
    const ready = valid && unfinished.length === 0;
    const marks = (
        <>
            {version && (
                <Badge tone={isDraft ? 'warn' : 'info'}>
                    {t.policy.version(version.number ?? 0, version.version ?? '')}
                </Badge>
            )}
            {dirty && <Badge tone="warn">{words.unsaved}</Badge>}
            {writable && schemas.form && <Looks look={asForm ? 'form' : 'json'} choose={setChosen} disabled={!ready} />}
        </>
    );
    return (
        <div class="policy-split">
            <Card title={isDraft || writable ? words.title : words.readTitle} actions={marks}>
                <Refusal editing={editing} />
                <Body
                    draft={draft}
                    set={(text) => set({ text })}
                    schemas={schemas}
                    faults={faults}
                    writable={writable}
                    asForm={asForm}
                    onBroken={setBroken}
                />
                {!valid && <Note tone="warn">{words.notObject}</Note>}
                {unfinished.length > 0 && (
                    <Note tone="warn">{words.unfinished(list(unfinished.map((at) => at || '/')))}</Note>
                )}
                {writable && <Foot editing={editing} id={policy.id ?? ''} isDraft={isDraft} valid={ready} />}
            </Card>
            <Options draft={draft} set={set} writable={writable} schemas={schemas} />
        </div>
    );
}
