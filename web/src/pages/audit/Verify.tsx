// SPDX-License-Identifier: Apache-2.0
// Whether the record is whole: this browser computes its hashes anew, says what it looked at, and what it cannot know.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, CodeBlock, ErrorBox, Meter, Note, Section, Stack } from '../../ui/index.ts';
import type { Head } from './chain.ts';
import { useCheck } from './check.ts';
import { Kept } from './Kept.tsx';
import { Outcome } from './Outcome.tsx';

function Checked({ org }: { org: string | undefined }) {
    const words = t.audit.verify;
    const [kept, setKept] = useState<Head>();
    const [turn, setTurn] = useState(0);
    const [check, stop] = useCheck(org, kept, turn);
    const { run, total, state, error } = check;
    if (state === 'running')
        return (
            <Stack as="row">
                <div class="verify-meter">
                    <Meter
                        label={words.running}
                        value={run.events}
                        max={Math.max(total ?? 0, run.events)}
                        tone="info"
                    />
                </div>
                <Button small icon="stop" onClick={stop}>
                    {words.stop}
                </Button>
            </Stack>
        );
    return (
        <Stack>
            {error && <ErrorBox problem={error} retry={() => setTurn(turn + 1)} />}
            <Outcome check={check} kept={kept} again={() => setTurn(turn + 1)} />
            {run.head && (
                <Section title={words.limits} intro={words.limitsText} level={3}>
                    <Kept
                        head={run.faulty === 0 ? run.head : undefined}
                        chain={run.head.chain}
                        compare={(head) => {
                            setKept(head);
                            setTurn(turn + 1);
                        }}
                    />
                </Section>
            )}
        </Stack>
    );
}

function Here({ org }: { org: string | undefined }) {
    const words = t.audit.verify;
    if (!may('audit:export')) return <Note tone="info">{words.mayNot}</Note>;
    if (!isSecureContext) return <Note tone="warn">{words.tooOld}</Note>; // crypto.subtle is not there
    return <Checked key={org} org={org} />;
}

export default function Verify({ org, close }: { org: string | undefined; close(): void }) {
    const words = t.audit.verify;
    return (
        <Card
            title={words.title}
            icon="check"
            actions={
                <Button small icon="close" onClick={close}>
                    {t.kit.close}
                </Button>
            }
        >
            <Stack>
                <Here org={org} />
                <div>
                    <p class="muted">{words.commandText}</p>
                    <CodeBlock
                        label={words.command}
                        text={'seneschal audit verify --data DIR\nseneschal audit verify --data DIR --against kept.log'}
                    />
                </div>
            </Stack>
        </Card>
    );
}
