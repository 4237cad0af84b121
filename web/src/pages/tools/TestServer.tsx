// SPDX-License-Identifier: Apache-2.0
// Reaches a server now, step by step: what was done, how long it took, and what to do about the step that failed.
import { useEffect, useState } from 'preact/hooks';
import { api, call, problemOf, type Problem, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { milliseconds } from '../../i18n/format.ts';
import { asking } from '../../ready.ts';
import { Button, Dialog, ErrorBox, Note, Trial, type Tried } from '../../ui/index.ts';
import type { Server } from './data.ts';

type Test = Shape<'ServerTest'>;

/** What a server of this transport is asked, in order. */
const OF_URL = ['address', 'connect', 'credential', 'protocol', 'tools'] as const;
const OF_PROGRAM = ['program', 'start', 'credential', 'protocol', 'tools'] as const;
const OF_DEMO = ['protocol', 'tools'] as const;
type StepName = (typeof OF_URL)[number] | (typeof OF_PROGRAM)[number];

const stepsOf = (transport: string | null | undefined): readonly StepName[] =>
    ({ stdio: OF_PROGRAM, demo: OF_DEMO })[transport ?? ''] ?? OF_URL;

/** The words of a step that went well are ours, in the reader's language; of one that failed they are the server's. */
function stepsShown(server: Server, test: Test | undefined, busy: boolean): Tried[] {
    const names = stepsOf(server.transport);
    return names.map((name, at) => {
        const done = test?.steps.find((one) => one.step === name);
        const words = t.tools.test.steps[name];
        if (!done) return { key: name, title: words.title, state: busy && at === 0 ? 'busy' : 'wait' };
        const well = words.well({
            version: test?.version ?? '',
            tools: test?.tools ?? 0,
            shown: Boolean(server.per_user || server.header_names?.length || server.env_names?.length),
        });
        return {
            key: name,
            title: words.title,
            state: done.ok ? 'good' : 'bad',
            text: done.ok ? well : done.message,
            ...(typeof done.ms === 'number' && { aside: milliseconds(done.ms) }),
        };
    });
}

export default function TestServer({ server, onClose }: { server: Server; onClose: () => void }) {
    const [test, setTest] = useState<Test>();
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const run = async (): Promise<void> => {
        const answered = asking();
        setBusy(true);
        setProblem(undefined);
        setTest(undefined);
        try {
            setTest(
                await call(
                    api.POST('/api/v1/gateway/servers/{id}/test', { params: { path: { id: server.id ?? '' } } }),
                ),
            );
        } catch (thrown) {
            setProblem(problemOf(thrown));
        } finally {
            setBusy(false);
            answered();
        }
    };
    useEffect(() => void run(), []);
    return (
        <Dialog
            title={t.tools.test.title(server.name ?? '')}
            onClose={onClose}
            actions={
                <>
                    <Button icon="reload" busy={busy} onClick={() => void run()}>
                        {t.tools.test.again}
                    </Button>
                    <Button kind="primary" onClick={onClose}>
                        {t.kit.close}
                    </Button>
                </>
            }
        >
            {server.per_user && <p class="hint">{t.tools.test.asYou}</p>}
            <Trial label={t.tools.test.title(server.name ?? '')} steps={stepsShown(server, test, busy)} />
            <div aria-live="polite">
                {problem && <ErrorBox problem={problem} />}
                {test &&
                    (test.ok ? (
                        <Note tone="good" title={t.tools.test.ok(milliseconds(test.ms))} />
                    ) : (
                        <Note tone="bad" title={t.tools.test.failed}>
                            {t.tools.test.next[test.step as StepName]}
                        </Note>
                    ))}
            </div>
        </Dialog>
    );
}
