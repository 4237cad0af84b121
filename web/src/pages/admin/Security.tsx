// SPDX-License-Identifier: Apache-2.0
// What was refused in thirty days: how much, when, from where and to whom.
import { useMemo } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button, Card, Chart, Empty, Loaded, Note, Stack, Stat, type Series } from '../../ui/index.ts';

type Stats = Shape<'SecurityStats'>;
type Party = Shape<'SecurityParty'>;

const KINDS = [
    ['failures', 'login_failures', 'warn'],
    ['locks', 'locks', 'bad'],
    ['denials', 'denials', 'accent'],
] as const;

function Parties({ title, intro, of }: { title: string; intro?: string; of: readonly Party[] }) {
    return (
        <Card title={title} {...(intro && { intro })}>
            {of.length === 0 ? (
                <p class="muted">{t.upkeep.security.nobody}</p>
            ) : (
                <ul class="rows">
                    {of.map((one) => (
                        <li key={one.name}>
                            <span class="rows-name">{one.name}</span>
                            <span>{number(one.count ?? 0)}</span>
                        </li>
                    ))}
                </ul>
            )}
        </Card>
    );
}

function Refusals({ stats }: { stats: Stats }) {
    const words = t.upkeep.security;
    const days = stats.days ?? [];
    const times = useMemo(() => days.map((day) => Date.parse(`${day.day}T00:00:00Z`) / 1000), [days]);
    const series = useMemo<Series[]>(
        () =>
            KINDS.map(([word, member, colour]) => ({
                label: words[word],
                values: days.map((day) => day[member] ?? 0),
                colour,
            })),
        [days, words],
    );
    const sum = (member: (typeof KINDS)[number][1]): number => days.reduce((n, day) => n + (day[member] ?? 0), 0);
    const isQuiet = KINDS.every(([, member]) => sum(member) === 0);
    return (
        <Stack>
            {stats.complete === false && <Note tone="info">{words.cut}</Note>}
            <Card
                title={words.title}
                intro={words.intro}
                icon="permission"
                actions={
                    <Button icon="audit" href="/audit?result=refused">
                        {words.record}
                    </Button>
                }
            >
                {isQuiet ? (
                    <Empty icon="check" title={words.none}>
                        {words.noneText}
                    </Empty>
                ) : (
                    <Stack>
                        <Stack as="stats">
                            {KINDS.map(([word, member]) => (
                                <Stat
                                    key={word}
                                    label={words[word]}
                                    value={number(sum(member))}
                                    note={words[`${word}Hint`]}
                                />
                            ))}
                        </Stack>
                        <Chart label={words.chart} times={times} series={series} kind="stacked" height={220} />
                    </Stack>
                )}
            </Card>
            {!isQuiet && (
                <Stack as="grid">
                    <Parties title={words.addresses} intro={words.addressesIntro} of={stats.addresses ?? []} />
                    <Parties title={words.names} of={stats.names ?? []} />
                </Stack>
            )}
        </Stack>
    );
}

export default function Security() {
    const asked = useData('admin/security', (signal) => call(api.GET('/api/v1/admin/security/stats', { signal })), {
        topics: ['audit'],
    });
    return <Loaded of={asked}>{(stats) => <Refusals stats={stats} />}</Loaded>;
}
