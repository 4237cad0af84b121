// SPDX-License-Identifier: Apache-2.0
// The head of the chain, to be kept elsewhere, and one that was kept, to be held against the record.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button, Copy, Field, Stack, TextInput } from '../../ui/index.ts';
import { keptHead, lineOf, type Head } from './chain.ts';

export function Kept({
    head,
    chain,
    compare,
}: {
    /** Undefined: this record is nothing to be kept. */
    head: Head | undefined;
    chain: string;
    compare(kept: Head): void;
}) {
    const words = t.audit.verify;
    const [text, setText] = useState('');
    const [wrong, setWrong] = useState<string>();
    const submit = (): void => {
        const found = keptHead(text, chain);
        setWrong(found === undefined ? words.noHead : found === null ? words.otherChain : undefined);
        if (found) compare(found);
    };
    return (
        <Stack>
            {head && (
                <div class="actions">
                    <Copy text={lineOf(head)}>{words.copyHead}</Copy>
                </div>
            )}
            <form
                class="kept-head"
                onSubmit={(event) => {
                    event.preventDefault();
                    submit();
                }}
            >
                <Field label={words.kept} hint={words.keptHint} error={wrong}>
                    <TextInput value={text} onInput={setText} mono autocomplete="off" />
                </Field>
                <Button type="submit" disabled={!text}>
                    {words.compare}
                </Button>
            </form>
        </Stack>
    );
}
