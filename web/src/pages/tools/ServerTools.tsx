// SPDX-License-Identifier: Apache-2.0
// The tools that a server has shown: what each may do, and which of them wait for somebody to look.
import { useMemo, useState } from 'preact/hooks';
import { readAll } from '../../api/all.ts';
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { plain } from '../../shell/fits.ts';
import {
    Badge,
    Button,
    DataTable,
    Empty,
    Filters,
    Note,
    Section,
    Status,
    Time,
    toast,
    useFilters,
    type Column,
    type FilterDef,
} from '../../ui/index.ts';
import { CLASS_TONES, fetchTools, toolPath, type ServerLine, type ToolLine } from './data.ts';

const STATES = ['active', 'quarantined', 'gone'] as const;
const TONES = { active: 'good', quarantined: 'warn', gone: 'off' } as const;

export function ToolState({ tool }: { tool: ToolLine }) {
    const state = (tool.state ?? 'active') as keyof typeof TONES;
    return (
        <Status tone={TONES[state]} title={t.tools.pinWhy[state]}>
            {t.tools.pins[state]}
        </Status>
    );
}

export function ToolClass({ tool }: { tool: ToolLine }) {
    const kind = (tool.class ?? 'WRITE') as keyof typeof t.tools.classes;
    const own = tool.class !== tool.class_of_annotations;
    return (
        <Badge
            tone={CLASS_TONES[kind] ?? 'off'}
            title={own ? t.tools.classOwn(tool.class_of_annotations ?? '') : t.tools.classHints[kind]}
        >
            {t.tools.classes[kind]}
            {own && ' *'}
        </Badge>
    );
}

const columns = (): Column<ToolLine>[] => [
    { key: 'name', head: t.tools.columns.tool, width: 'minmax(10rem, 2fr)', cell: (tool) => <code>{tool.name}</code> },
    { key: 'class', head: t.tools.columns.class, width: '8rem', cell: (tool) => <ToolClass tool={tool} /> },
    { key: 'state', head: t.tools.columns.pin, width: '10rem', cell: (tool) => <ToolState tool={tool} /> },
    {
        key: 'approval',
        head: t.tools.columns.approval,
        width: '10rem',
        hideBelow: 720,
        card: true,
        cell: (tool) =>
            tool.approval ? <Status tone="wait">{t.tools.asks}</Status> : <span class="muted">{t.kit.none}</span>,
    },
    {
        key: 'changed',
        head: t.tools.columns.changed,
        width: '9.5rem',
        hideBelow: 860,
        card: false,
        cell: (tool) => <Time at={tool.changed_at} />,
    },
];

export function ServerTools({ line: { server } }: { line: ServerLine }) {
    const [, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const [busy, setBusy] = useState(false);
    const defs = useMemo(
        (): FilterDef[] => [
            {
                key: 'state',
                label: t.tools.columns.pin,
                options: STATES.map((value) => ({ value, label: t.tools.pins[value] })),
            },
        ],
        [t.tools],
    );
    const filters = useFilters(defs);
    const shown = useMemo(columns, [t.tools]);
    const { search = '', state } = filters.values;
    const ask = async (): Promise<void> => {
        setBusy(true);
        try {
            await fetchTools();
            setTurn((n) => n + 1);
        } catch (thrown) {
            toast.bad(thrown);
        }
        setBusy(false);
    };
    const held = server.tools_quarantined ?? 0;
    const none = (server.tools ?? 0) === 0 && turn === 0;
    const load = async (signal: AbortSignal): Promise<ToolLine[]> => {
        const query = { ...(state && { state: state as (typeof STATES)[number] }) };
        const all = await readAll((page) =>
            call(
                api.GET('/api/v1/gateway/servers/{id}/tools', {
                    params: { path: { id: server.id ?? '' }, query: { ...page, ...query } },
                    signal,
                }),
            ),
        );
        return all
            .filter((tool) => plain(tool.name ?? '').includes(plain(search)))
            .sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
    };
    return (
        <Section
            title={t.tools.toolsTitle}
            actions={
                <Button
                    small
                    icon="reload"
                    busy={busy}
                    disabled={server.status === 'disabled'}
                    onClick={() => void ask()}
                >
                    {t.tools.fetch}
                </Button>
            }
        >
            {held > 0 && (
                <Note
                    tone="warn"
                    title={t.tools.held(held)}
                    actions={
                        state !== 'quarantined' && (
                            <Button small onClick={() => setQuery({ state: 'quarantined' })}>
                                {t.tools.showHeld}
                            </Button>
                        )
                    }
                >
                    {t.tools.heldWhy(held)}
                </Note>
            )}
            {!none && <Filters filters={filters} placeholder={t.tools.searchTools} />}
            <DataTable
                label={t.tools.toolsTitle}
                columns={shown}
                rowKey={(tool) => tool.id ?? ''}
                rowName={(tool) => tool.name ?? ''}
                identity={`${server.id} ${filters.identity}`}
                turn={turn}
                topics={['tools']}
                load={async (_, signal) => ({ items: await load(signal) })}
                href={(tool) => toolPath(server.name ?? '', tool.name ?? '')}
                count={t.tools.toolCount}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                empty={
                    <Empty
                        icon="tool"
                        title={t.tools.noTools}
                        action={
                            <Button kind="primary" icon="reload" busy={busy} onClick={() => void ask()}>
                                {t.tools.fetch}
                            </Button>
                        }
                    >
                        {t.tools.noToolsText}
                    </Empty>
                }
            />
        </Section>
    );
}
