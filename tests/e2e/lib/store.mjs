// SPDX-License-Identifier: Apache-2.0
// The store of a running server, looked at and changed behind its back: as if time had passed, mostly.
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** One statement; how many rows it changed. */
export function inStore(server, sql, ...params) {
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { timeout: 5000 });
    const { changes } = db.prepare(sql).run(...params);
    db.close();
    return changes;
}

/** What a query gives. */
export function fromStore(server, sql, ...params) {
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { readOnly: true, timeout: 5000 });
    const rows = db.prepare(sql).all(...params);
    db.close();
    return rows;
}
