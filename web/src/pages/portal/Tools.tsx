// SPDX-License-Identifier: Apache-2.0
// The tools that one may call, those that one may ask for, and the credentials that servers want of one.
import { useMemo, useState } from 'preact/hooks';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { Button, Card, Empty, Filters, Loaded, PageHead, Stack, useFilters, type FilterDef } from '../../ui/index.ts';
import { AskTool } from './AskTool.tsx';
import { Credentials } from './Credentials.tsx';
import { OneTool } from './OneTool.tsx';
import {
    allTools,
    byServer,
    ownRequests,
    requestFor,
    STANDINGS,
    toolsFound,
    type Group,
    type Request,
    type Tool,
} from './tools.ts';
import './portal.css';

export default function Tools() {
    const words = t.portal.tools;
    const tools = useData('portal/tools', allTools, { topics: ['permissions', 'tools'] });
    const asked = useData('portal/tool-requests', ownRequests, { topics: ['permissions'] });
    const [wanted, setWanted] = useState<Tool>();
    return (
        <>
            <PageHead
                title={t.shell.pages.portalTools}
                intro={words.intro}
                actions={
                    <Button icon="connect" href="/portal/connect">
                        {words.connect}
                    </Button>
                }
            />
            <Stack>
                <Credentials />
                <Loaded of={tools}>
                    {(found) =>
                        found.length === 0 ? (
                            <Empty
                                icon="tool"
                                title={words.none}
                                action={
                                    <Button kind="primary" href="/access">
                                        {t.portal.applications.how}
                                    </Button>
                                }
                            >
                                {words.noneText}
                            </Empty>
                        ) : (
                            <Servers tools={found} requests={asked.data ?? []} ask={setWanted} />
                        )
                    }
                </Loaded>
            </Stack>
            {wanted && <AskTool tool={wanted} close={() => setWanted(undefined)} sent={asked.reload} />}
        </>
    );
}

interface ListProps {
    requests: readonly Request[];
    ask(tool: Tool): void;
}

function Servers({ tools, ...rest }: ListProps & { tools: readonly Tool[] }) {
    const words = t.portal.tools;
    const defs = useMemo(
        (): FilterDef[] => [
            {
                key: 'may',
                label: words.may,
                options: STANDINGS.map((value) => ({ value, label: words.standing[value] })),
            },
        ],
        [words],
    );
    const filters = useFilters(defs);
    const groups = byServer(toolsFound(tools, filters.values['search'] ?? '', filters.values['may']));
    return (
        <>
            <Filters filters={filters} placeholder={words.find} />
            {groups.map((group) => (
                <Server key={`${group.server} ${filters.identity}`} group={group} {...rest} />
            ))}
            {groups.length === 0 && (
                <Empty
                    icon="search"
                    title={words.notFound}
                    action={<Button onClick={filters.clear}>{words.showAll}</Button>}
                />
            )}
        </>
    );
}

/** Of one with many tools these come first; the others by a button. */
const SHOWN_FIRST = 12;

function Server({ group, requests, ask }: ListProps & { group: Group }) {
    const words = t.portal.tools;
    const [all, setAll] = useState(false);
    const shown = all ? group.tools : group.tools.slice(0, SHOWN_FIRST);
    return (
        <Card title={group.title} icon="server">
            <ul class="portal-list own-tools">
                {shown.map((tool) => (
                    <OneTool key={tool.id} tool={tool} asked={requestFor(requests, tool)} ask={() => ask(tool)} />
                ))}
            </ul>
            {shown.length < group.tools.length && (
                <Button kind="link" onClick={() => setAll(true)}>
                    {words.more(group.tools.length)}
                </Button>
            )}
        </Card>
    );
}
