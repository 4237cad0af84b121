// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { list } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { Button, JsonEditor, Note, SchemaForm } from '../../../ui/index.ts';
import { laidOut, objectOf } from '../json.ts';
import { besides, type Draft } from './draft.ts';
import { EXAMPLE } from './example.ts';
import type { Schemas } from './useSchemas.ts';

/** Form or JSON, of the same content. */
export function Body({
    draft,
    set,
    schemas,
    faults,
    writable,
    asForm,
    onBroken,
}: {
    draft: Draft;
    set: (text: string) => void;
    schemas: Schemas;
    faults: readonly { pointer: string; text: string }[];
    writable: boolean;
    asForm: boolean;
    onBroken: (pointers: readonly string[]) => void;
}) {
    const content = useMemo(() => objectOf(draft.text), [draft.text]);
    if (asForm && schemas.form && content) {
        const others = besides(content, schemas.form);
        return (
            <div class="policy-form">
                {others.length > 0 && <Note tone="info">{t.policy.edit.beside(list(others))}</Note>}
                {faults.length > 0 && (
                    <ul class="breaks">
                        {faults.map((one) => (
                            <li key={one.pointer}>
                                <code>{one.pointer || '/'}</code> {one.text}
                            </li>
                        ))}
                    </ul>
                )}
                <SchemaForm
                    schema={schemas.form}
                    value={content as never}
                    onInput={(value) => set(laidOut(value))}
                    label={t.policy.edit.json}
                    onBroken={onBroken}
                />
            </div>
        );
    }
    return (
        <>
            {writable && content && Object.keys(content).length === 0 && (
                <Note
                    tone="info"
                    actions={
                        <Button small onClick={() => set(laidOut(EXAMPLE))}>
                            {t.policy.edit.example}
                        </Button>
                    }
                >
                    {t.policy.edit.blank}
                </Note>
            )}
            <JsonEditor
                label={t.policy.edit.json}
                value={draft.text}
                onInput={set}
                faults={faults}
                readOnly={!writable}
                lines={16}
                {...(schemas.lint && { schema: schemas.lint })}
            />
        </>
    );
}
