// SPDX-License-Identifier: Apache-2.0
// The commands of a guide, as people copy them: taken from the page, so that what a test runs is what stands there.
import { readFileSync } from 'node:fs';

/** The fenced blocks of commands, by the heading that they stand under. */
export function commandsOf(file) {
    const blocks = {};
    let heading = '';
    for (const [, title, kind, text] of readFileSync(file, 'utf8').matchAll(/^## (.*)$|^```(\w*)\n([^]*?)^```$/gm)) {
        if (title !== undefined) heading = title;
        else if (kind === 'sh' || /^(?:# .*\n)*(?:seneschal|curl) /.test(text)) (blocks[heading] ??= []).push(text);
    }
    return blocks;
}

/** The one block of that kind on a page. */
export function blockOf(file, kind) {
    const found = [...readFileSync(file, 'utf8').matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\`$`, 'gm'))];
    if (found.length !== 1) throw new Error(`${file}: ${found.length} blocks of ${kind}`);
    return found[0][1];
}
