// SPDX-License-Identifier: Apache-2.0
// Rows that no line above shows: of prompts and resources, and of tools that nobody has seen.
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Badge, Button, Card, confirm, toast } from '../../ui/index.ts';
import type { PermissionRow } from '../tools/who.ts';
import { dropRow } from './data.ts';
import { FLAGS } from './model.ts';

export function Others({
    rows,
    managed,
    known,
    done,
}: {
    rows: readonly PermissionRow[];
    managed: ReadonlyMap<string, string>;
    known: readonly string[];
    done: () => void;
}) {
    const words = t.permissions;
    const others = rows.filter((row) => !known.includes(row.tool ?? ''));
    if (others.length === 0) return null;
    const drop = async (row: PermissionRow): Promise<void> => {
        const yes = await confirm({
            title: words.dropAsk(row.tool ?? ''),
            text: words.dropText,
            yes: words.drop,
            danger: true,
            act: () => dropRow(row.id ?? ''),
        });
        if (!yes) return;
        toast.good(words.dropped(row.tool ?? ''));
        done();
    };
    return (
        <Card title={words.others} intro={words.othersText}>
            <ul class="perm-others">
                {others.map((row) => (
                    <li key={row.id}>
                        <code>{row.tool}</code>
                        <span class="muted">
                            {FLAGS.filter((flag) => typeof row[flag] === 'boolean')
                                .map((flag) => words.flagIs(words.flags[flag], row[flag] === true))
                                .join(', ')}
                        </span>
                        {managed.has(row.id ?? '') && <Badge title={words.managedRow}>{words.files}</Badge>}
                        {may('tool:write') && !managed.has(row.id ?? '') && (
                            <Button small onClick={() => void drop(row)}>
                                {words.drop}
                            </Button>
                        )}
                    </li>
                ))}
            </ul>
        </Card>
    );
}
