// SPDX-License-Identifier: Apache-2.0
// What a draft changes in the end, tool by tool. Where something closer speaks, it still decides: the server has the last word.
import type { Shape } from '../../api/client.ts';
import type { ToolRow, Whose } from './data.ts';
import { decide, FLAG_OF, type Level } from './model.ts';

export interface Gain {
    tool: string;
    /** `asks`: each call waits from now on; `free`: no longer. */
    what: 'gains' | 'loses' | 'asks' | 'free';
}

interface Levels {
    whose: Whose;
    saved: Level;
    drafted: Level;
    everybody: Level;
    /** What the server decides before the change. */
    verdicts?: ReadonlyMap<string, Shape<'PermissionVerdict'>> | undefined;
}

/** What the subject's own rows leave open: what it has from elsewhere, as far as that is known. */
function inherited(p: Levels, tool: ToolRow): boolean {
    const flag = FLAG_OF[tool.access];
    const own = decide([p.saved], tool.tool, flag);
    const verdict = p.verdicts?.get(tool.tool);
    if (verdict && own.at < 0) return verdict.allowed ?? false;
    return p.whose.kind === 'default' ? tool.access === 'READ' : decide([p.everybody], tool.tool, flag).value && decide([p.everybody], tool.tool, 'is_enabled').value;
}

function holds(p: Levels, level: Level, tool: ToolRow): { allowed: boolean; asks: boolean } {
    const on = decide([level], tool.tool, 'is_enabled');
    const access = decide([level], tool.tool, FLAG_OF[tool.access]);
    const approval = decide(p.whose.kind === 'default' ? [level] : [level, p.everybody], tool.tool, 'approval');
    return { allowed: (on.at < 0 || on.value) && (access.at < 0 ? inherited(p, tool) : access.value), asks: tool.asks || approval.value };
}

export function gainsOf(p: Levels, tools: readonly ToolRow[]): Gain[] {
    return tools.flatMap((tool): Gain[] => {
        const [before, after] = [holds(p, p.saved, tool), holds(p, p.drafted, tool)];
        if (before.allowed !== after.allowed) return [{ tool: tool.tool, what: after.allowed ? 'gains' : 'loses' }];
        if (after.allowed && before.asks !== after.asks) return [{ tool: tool.tool, what: after.asks ? 'asks' : 'free' }];
        return [];
    });
}
