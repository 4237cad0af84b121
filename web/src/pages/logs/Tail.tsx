// SPDX-License-Identifier: Apache-2.0
// The log as it is written. What this page could not keep up with is counted, and lies in the list.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button, Note, StreamList, useTail } from '../../ui/index.ts';
import { TailLine, WholeLine, type LogLine } from './Line.tsx';
import { streamUrl, type LogQuery } from './query.ts';

interface Entry {
    key: number;
    line: LogLine;
}

export default function Tail({ query }: { query: LogQuery }) {
    const [lost, setLost] = useState(0);
    const [away, setAway] = useState(false);
    const [opened, setOpened] = useState<LogLine>();
    const url = streamUrl(query);
    const tail = useTail<Entry>((tell) => {
        const source = new EventSource(url);
        let key = 0;
        source.onopen = () => setAway(false);
        source.onerror = () => setAway(true);
        source.addEventListener('line', (event) => tell({ key: ++key, line: JSON.parse(event.data) as LogLine }));
        source.addEventListener('lost', (event) => setLost((n) => n + (JSON.parse(event.data) as { lines: number }).lines));
        return () => source.close();
    }, url);
    const tools = <Button small icon="remove" onClick={tail.clear} disabled={tail.entries.length === 0}>{t.logs.clear}</Button>;
    return (
        <>
            {away && <Note tone="warn">{t.logs.away}</Note>}
            {lost > 0 && <Note tone="warn">{t.logs.lost(lost)}</Note>}
            <StreamList tail={tail} label={t.logs.tail} keyOf={(one) => String(one.key)} tools={tools} row={({ line }) => <TailLine line={line} open={() => setOpened(line)} />} />
            {opened && <WholeLine line={opened} close={() => setOpened(undefined)} />}
        </>
    );
}
