// SPDX-License-Identifier: Apache-2.0
// clients/js as a single ES module, for an extension or a page that takes one file: the parts in the
// order of their imports, without the imports and exports between them.
//   node tools/one-module.mjs FILE
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const PARTS = ['rules.js', 'wire.js', 'trust.js', 'lease.js', 'guard.js', 'asker.js', 'force.js', 'stores.js', 'seneschal.js'];
const IMPORT = /^import \{[^}]*\} from '\.\/[a-z]+\.js';\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|const|class) )/gm;
const PASSED_ON = /^(export \{[^}]*\}) from '\.\/[a-z]+\.js';$/gm;
const LICENCE = '// SPDX-License-Identifier: Apache-2.0\n';

/** The text of one part; only the last one's exports are those of the whole. */
function partOf(name, last) {
    const text = readFileSync(path.join('clients/js', name), 'utf8').replace(LICENCE, '').replace(IMPORT, '');
    return last ? text.replace(PASSED_ON, '$1;') : text.replace(EXPORT, '');
}

const whole = LICENCE + PARTS.map((name, at) => partOf(name, at === PARTS.length - 1)).join('\n');
if (/^import /m.test(whole)) throw new Error('clients/js imports something that tools/one-module.mjs does not join');
const out = process.argv[2];
mkdirSync(path.dirname(out), { recursive: true });
writeFileSync(out, whole);
