// SPDX-License-Identifier: Apache-2.0
// From an empty server to a governed assistant. The list goes by itself only when somebody who has done all of it says so.
import { useState } from 'preact/hooks';
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, Steps, type Step } from '../../ui/index.ts';
import type { Stats } from './data.ts';
import { STEPS, stepsDone, WAYS } from './steps.ts';

const SEEN = 'seneschal.steps';

export function FirstSteps({
    stats,
    policies,
}: {
    stats: Stats | undefined;
    policies: readonly Shape<'Policy'>[] | undefined;
}) {
    const [seen, setSeen] = useState(() => localStorage.getItem(SEEN) === 'done');
    const mayDo = STEPS.some((name) => WAYS[name].may.length > 0 && may(...WAYS[name].may));
    if (seen || !mayDo || !stats || !policies) return null;
    const published = may('policy:read') ? policies.filter((one) => one.newest_number).length : undefined;
    const done = stepsDone({
        people: stats.people,
        devices: stats.devices?.enrolled,
        published,
        servers: stats.servers,
    });
    const shown = STEPS.filter(
        (name) => done[name] !== undefined && (WAYS[name].may.length === 0 || may(...WAYS[name].may)),
    );
    const next = shown.find((name) => !done[name]);
    const all = next === undefined;
    const words = t.dashboard.steps;
    const items = shown.map((name): Step => {
        const { href } = WAYS[name];
        const step = words.of[name];
        const isDone = done[name] === true;
        return {
            key: name,
            title: isDone || name === next ? step.title : <a href={href}>{step.title}</a>, // the next one has a button
            text: step.text,
            done: isDone,
            action: (
                <Button kind="primary" small href={href}>
                    {step.action}
                </Button>
            ),
        };
    });
    const dismiss = (): void => {
        localStorage.setItem(SEEN, 'done');
        setSeen(true);
    };
    return (
        <Card
            title={all ? words.allDone : words.title}
            icon={all ? 'good' : 'play'}
            {...(all && {
                actions: (
                    <Button small icon="close" onClick={dismiss}>
                        {words.dismiss}
                    </Button>
                ),
            })}
        >
            <Steps label={words.title} items={items} />
        </Card>
    );
}
