// SPDX-License-Identifier: Apache-2.0
// What a tool answered, as a person reads it. Nothing of it is run or fetched: text is text, and an image is offered as a file.
import { bytes } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button, JsonView, Note, Status } from '../../ui/index.ts';
import { decoded, partsOf, type Part } from './result.ts';

function save(part: Part): void {
    const url = URL.createObjectURL(new Blob([decoded(part.data)], { type: part.type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `result.${part.type.split('/')[1]?.replace(/[^a-z0-9].*$/i, '') || 'bin'}`;
    link.click();
    URL.revokeObjectURL(url);
}

function One({ part }: { part: Part }) {
    const words = t.tools.tester;
    if (part.kind === 'text')
        return (
            <pre class="result-text" tabIndex={0}>
                {part.text}
            </pre>
        );
    if (part.kind === 'file')
        return (
            <p class="result-file">
                <span>{words.file(part.type, bytes(Math.floor(part.data.length * 0.75)))}</span>
                <Button small icon="download" onClick={() => save(part)}>
                    {words.save}
                </Button>
            </p>
        );
    if (part.kind === 'link')
        return (
            <p>
                <code>{part.text}</code>
            </p>
        );
    return <JsonView value={part.value} label={words.part} />;
}

export function Result({ result }: { result: Record<string, unknown> }) {
    const words = t.tools.tester;
    const parts = partsOf(result);
    const structured = result['structuredContent'];
    return (
        <>
            {result['isError'] === true ? (
                <Status tone="bad">{words.toolFailed}</Status>
            ) : (
                <Status tone="good">{words.toolDone}</Status>
            )}
            {parts.map((part, at) => (
                <One key={at} part={part} />
            ))}
            {structured !== undefined && <JsonView value={structured} label={words.structured} />}
            {parts.length === 0 && structured === undefined && <Note tone="info" title={words.nothing} />}
        </>
    );
}
