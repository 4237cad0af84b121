// SPDX-License-Identifier: Apache-2.0
// How machines come in: by hand, with a key, and whether they may at all.
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Button, Card, Snippets, Stack } from '../../../ui/index.ts';
import { FleetHead } from '../FleetHead.tsx';
import { agentByHand, fromDesk, requestByHand } from './commands.ts';
import { Keys } from './Keys.tsx';
import { Lock, useLock } from './Lock.tsx';
import './enrol.css';

function ByHand() {
    const words = t.enrol.hand;
    const server = location.origin;
    return (
        <Card
            title={words.title}
            intro={words.intro}
            icon="lobby"
            actions={
                <Button href="/fleet/lobby" small>
                    {words.lobby}
                </Button>
            }
        >
            <ol class="how">
                {words.steps.map((step) => (
                    <li key={step}>{step}</li>
                ))}
            </ol>
            <Snippets
                label={words.snippets}
                items={[
                    { key: 'linux', label: words.linux, text: agentByHand(server) },
                    { key: 'desk', label: words.operator, text: fromDesk(server), hint: words.operatorHint },
                    { key: 'any', label: words.any, text: requestByHand(server), hint: words.anyHint },
                ]}
            />
        </Card>
    );
}

export default function Enrol() {
    const mayTurn = may('fleet:lock');
    const lock = useLock(mayTurn);
    // Whoever comes to bring machines in has to know first that none can.
    const locked = lock.data?.locked === true;
    return (
        <>
            <FleetHead
                part="enrol"
                intro={t.enrol.intro}
                actions={
                    <Button kind="link" icon="book" href="/docs/enrolling">
                        {t.enrol.docs}
                    </Button>
                }
            />
            <Stack>
                {mayTurn && locked && <Lock asked={lock} />}
                <ByHand />
                {may('enrollment-key:read') && <Keys />}
                {mayTurn && !locked && <Lock asked={lock} />}
            </Stack>
        </>
    );
}
