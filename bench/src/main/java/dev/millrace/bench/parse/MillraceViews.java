package dev.millrace.bench.parse;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.event.ReadResult;

import java.util.List;

/** Our reader, which validates every byte and decodes what is asked for. */
final class MillraceViews implements ViewParser {
    private static final FieldPath PATH = FieldPath.parse("data.path");
    private static final FieldPath AGENT = FieldPath.parse("data.ua");

    private final Projection projection = Projection.of(List.of(PATH, AGENT, FieldPath.TYPE));
    private final Field path = projection.field(PATH);
    private final Field agent = projection.field(AGENT);
    private final Event event = new Event(projection);
    private final EventReader reader =
            new EventReader(projection, FieldPath.ID, 1, Long.MAX_VALUE, ReadLimits.DEFAULT, null);

    @Override
    public void parse(byte[] body, Views views) {
        ReadResult read =
                reader.read(body, body.length, BodyFormat.NDJSON, System.currentTimeMillis());
        EventBatch batch = ((ReadResult.Read) read).batch();
        for (int i = 0; i < batch.size(); i++) {
            event.moveTo(batch, i);
            if (event.type().equals("page_view")
                    && event.get(agent) instanceof String ua
                    && !ua.contains("bot")
                    && event.get(path) instanceof String page) {
                views.view(page, event.timestampMs());
            }
        }
    }
}
