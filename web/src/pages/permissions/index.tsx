// SPDX-License-Identifier: Apache-2.0
// Who may call which tool: one subject at a time, every tool, what is said of it and where the rest comes from.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import type { PageProps } from '../../pages.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import { plain } from '../../shell/fits.ts';
import {
    Button,
    Empty,
    Loaded,
    ManagedBy,
    Note,
    PageHead,
    SearchInput,
    Select,
    SubjectPicker,
    type SubjectKind,
} from '../../ui/index.ts';
import type { PermissionRow } from '../tools/who.ts';
import { subjectOf, useManaged, useName, useRows, useTools, useVerdicts, type ToolRow } from './data.ts';
import { Matrix } from './Matrix.tsx';
import { written } from './model.ts';
import './permissions.css';
import '../../style/kit/table.css';

const KINDS: readonly SubjectKind[] = ['user', 'group', 'service-account', 'device'];
/** Links of other pages name one by its kind; what is chosen here stands in `subject`. */
const NOBODY = Object.fromEntries(KINDS.map((kind) => [kind, undefined]));

/** Whose permissions: everybody, or one that is looked up. */
function Subject() {
    const [query, setQuery] = useQuery();
    const { kind, id } = subjectOf(query);
    const name = useName(kind, id);
    const [chosen, setChosen] = useState<SubjectKind | 'default'>(query['new'] && kind === 'default' ? 'user' : kind);
    const words = t.permissions;
    const pick = (next: string | undefined): void => setQuery({ ...NOBODY, subject: next, new: undefined }, 'push');
    return (
        <div class="subject-line">
            <div class="subject-choice" role="group" aria-label={words.whose}>
                <Button
                    small
                    kind={chosen === 'default' ? 'primary' : 'plain'}
                    aria-pressed={chosen === 'default'}
                    onClick={() => {
                        setChosen('default');
                        pick(undefined);
                    }}
                >
                    {words.everybody}
                </Button>
                <Button
                    small
                    kind={chosen === 'default' ? 'plain' : 'primary'}
                    aria-pressed={chosen !== 'default'}
                    onClick={() => chosen === 'default' && setChosen('user')}
                >
                    {words.one}
                </Button>
            </div>
            {chosen !== 'default' && (
                <SubjectPicker
                    label={words.whose}
                    kinds={KINDS}
                    kind={chosen}
                    onKind={setChosen}
                    value={kind !== 'default' && name.data !== undefined ? { kind, id, name: name.data } : undefined}
                    onPick={(one) => pick(`${one.kind}:${one.id}`)}
                />
            )}
        </div>
    );
}

const NO_FILES: ReadonlyMap<string, string> = new Map();

/** What files stand behind is shown and not changed here. */
function ManagedRows({ rows, managed }: { rows: readonly PermissionRow[]; managed: ReadonlyMap<string, string> }) {
    const theirs = rows.filter((row) => managed.has(row.id ?? ''));
    if (theirs.length === 0) return null;
    const since = theirs.map((row) => managed.get(row.id ?? '') ?? '').sort()[0];
    return <ManagedBy object={{ permissions: theirs.map(written) }} since={since ?? null} />;
}

function Shown({ tools }: { tools: readonly ToolRow[] }) {
    const [query, setQuery] = useQuery();
    const { kind, id } = subjectOf(query);
    const words = t.permissions;
    const rows = useRows(kind, id);
    const managed = useManaged();
    const verdicts = useVerdicts(kind, id, tools);
    const name = useName(kind, id);
    const servers = [...new Set(tools.map((one) => one.server))];
    const { server = '', search = '' } = query;
    const shown = tools.filter((one) => (!server || one.server === server) && plain(one.tool).includes(plain(search)));
    const reload = (): void => {
        rows.reload();
        verdicts.reload();
    };
    return (
        <>
            <div class="filter-bar" role="search" aria-label={t.kit.filters.label}>
                <SearchInput
                    label={words.search}
                    value={search}
                    onInput={(next) => setQuery({ search: next || undefined })}
                />
                <Select
                    aria-label={words.server}
                    value={server}
                    onInput={(next) => setQuery({ server: next || undefined })}
                    options={[
                        { value: '', label: words.allServers },
                        ...servers.map((value) => ({ value, label: value })),
                    ]}
                />
            </div>
            {verdicts.error && (
                <Note tone="warn" title={words.noVerdicts}>
                    {verdicts.error.detail}
                </Note>
            )}
            <Loaded of={rows}>
                {(own) => (
                    <>
                        <ManagedRows rows={own} managed={managed.data ?? NO_FILES} />
                        <Matrix
                            key={`${kind} ${id}`}
                            whose={{ kind, id, name: kind === 'default' ? words.everybody : (name.data ?? '') }}
                            rows={own}
                            managed={managed.data ?? NO_FILES}
                            tools={shown}
                            verdicts={verdicts.data}
                            done={reload}
                        />
                    </>
                )}
            </Loaded>
        </>
    );
}

export default function Permissions(_: PageProps) {
    const tools = useTools();
    const words = t.permissions;
    return (
        <>
            <PageHead title={t.shell.pages.permissions} intro={words.intro} />
            <Loaded of={tools}>
                {(all) => (
                    <>
                        <Subject />
                        {all.length === 0 ? (
                            <Empty
                                icon="permission"
                                title={words.noTools}
                                action={
                                    <Button kind="primary" href={may('server:write') ? '/tools?new=1' : '/tools'}>
                                        {words.toTools}
                                    </Button>
                                }
                            >
                                {words.noToolsText}
                            </Empty>
                        ) : (
                            <Shown tools={all} />
                        )}
                    </>
                )}
            </Loaded>
        </>
    );
}
