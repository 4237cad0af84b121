// SPDX-License-Identifier: Apache-2.0
// The log as it is written.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { EventTail, TailRow } from '../../ui/index.ts';
import { inOne, LevelMark, WholeLine, type LogLine } from './Line.tsx';
import { streamUrl, type LogQuery } from './query.ts';

export default function Tail({ query }: { query: LogQuery }) {
    const [opened, setOpened] = useState<LogLine>();
    return (
        <>
            <EventTail<LogLine>
                url={streamUrl(query)}
                event="line"
                lost="lines"
                label={t.logs.tail}
                row={(line) => (
                    <TailRow
                        at={line.at}
                        mark={<LevelMark level={line.level} />}
                        name={line.event}
                        onOpen={() => setOpened(line)}
                    >
                        <code>{inOne(line.fields)}</code>
                    </TailRow>
                )}
            />
            {opened && <WholeLine line={opened} close={() => setOpened(undefined)} />}
        </>
    );
}
