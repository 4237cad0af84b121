// SPDX-License-Identifier: Apache-2.0
// What an assistant has in its own file: pasted or picked, looked at first, then taken over.
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Problem, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Field, Note, TextArea, Trial, type Tried } from '../../ui/index.ts';
import { importBody } from './import.ts';

type Outcome = Shape<'ServerImported'>;
const STATES: Record<string, Tried['state']> = { created: 'good', exists: 'wait', refused: 'bad' };

function stepOf(one: Outcome, dry: boolean): Tried {
    const words = t.tools.import;
    const said =
        { created: dry ? words.would : words.created, exists: words.exists, refused: words.refused }[
            one.outcome ?? ''
        ] ??
        one.outcome ??
        '';
    return {
        key: one.name ?? '',
        title: one.name ?? '',
        aside: said,
        state: one.warnings?.length && one.outcome === 'created' ? 'warn' : (STATES[one.outcome ?? ''] ?? 'wait'),
        text: one.reason?.replace(/^[a-z-]+: /, '') ?? (one.warnings?.includes('plain-http') ? words.plain : undefined),
    };
}

export default function ImportServers({ onClose }: { onClose: () => void }) {
    const words = t.tools.import;
    const [text, setText] = useState('');
    const [results, setResults] = useState<{ items: readonly Outcome[]; dry: boolean }>();
    const [problem, setProblem] = useState<Problem>();
    const [wrong, setWrong] = useState<string>();
    const [busy, setBusy] = useState(false);
    const write = (next: string): void => {
        setText(next);
        setResults(undefined);
        setWrong(undefined);
    };
    const send = async (dry: boolean): Promise<void> => {
        const body = importBody(text);
        if (!body) return setWrong(words.notThat);
        setBusy(true);
        setProblem(undefined);
        try {
            const answer = await call(api.POST('/api/v1/gateway/servers/import', { body: { ...body, dry_run: dry } }));
            setResults({ items: answer.results ?? [], dry });
        } catch (thrown) {
            setProblem(problemOf(thrown));
        }
        setBusy(false);
    };
    const news = results?.items.filter((one) => one.outcome === 'created').length ?? 0;
    const over = results && !results.dry;
    return (
        <Dialog
            wide
            title={words.title}
            onClose={onClose}
            actions={
                over ? (
                    <Button kind="primary" onClick={onClose}>
                        {t.kit.close}
                    </Button>
                ) : (
                    <>
                        <Button onClick={onClose}>{t.kit.cancel}</Button>
                        <Button
                            kind={results ? 'plain' : 'primary'}
                            busy={busy && !results}
                            disabled={!text.trim()}
                            onClick={() => void send(true)}
                        >
                            {words.check}
                        </Button>
                        {results && (
                            <Button kind="primary" busy={busy} disabled={news === 0} onClick={() => void send(false)}>
                                {words.take(news)}
                            </Button>
                        )}
                    </>
                )
            }
        >
            {!over && (
                <>
                    <p>{words.intro}</p>
                    <Field label={words.text} error={wrong}>
                        <TextArea
                            mono
                            rows={9}
                            value={text}
                            onInput={write}
                            placeholder={
                                '{ "mcpServers": { "recipes": { "url": "https://mealie.home.example/mcp" } } }'
                            }
                        />
                    </Field>
                    <Field label={words.file}>
                        <input
                            type="file"
                            class="input"
                            accept=".json,application/json"
                            aria-label={words.file}
                            onChange={(event) => void event.currentTarget.files?.[0]?.text().then(write)}
                        />
                    </Field>
                </>
            )}
            <div aria-live="polite">
                {problem && <ErrorBox problem={problem} />}
                {results && (
                    <Trial label={words.results} steps={results.items.map((one) => stepOf(one, results.dry))} />
                )}
                {results?.items.length === 0 && <Note tone="warn" title={words.none} />}
                {over && news > 0 && (
                    <Note tone="good" title={words.done(news)}>
                        {words.next}
                    </Note>
                )}
            </div>
        </Dialog>
    );
}
