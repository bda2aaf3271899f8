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
import dev.millrace.core.event.Utf8View;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Our reader, which validates every byte and decodes what is asked for: what is only compared is
 * compared where it stands in the body. An event of which that cannot be said does not pass.
 */
final class MillraceViews implements ViewParser {
    private static final FieldPath PATH = FieldPath.parse("data.path");
    private static final FieldPath AGENT = FieldPath.parse("data.ua");
    private static final byte[] PAGE_VIEW = "page_view".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BOT = "bot".getBytes(StandardCharsets.UTF_8);

    private final Projection projection = Projection.of(List.of(PATH, AGENT, FieldPath.TYPE));
    private final Field type = projection.field(FieldPath.TYPE);
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
            if (isOfAPerson() && event.get(path) instanceof String page) {
                views.view(page, event.timestampMs());
            }
        }
    }

    private boolean isOfAPerson() {
        Utf8View kind = event.verbatim(type);
        if (kind == null || !kind.isEqualTo(PAGE_VIEW)) {
            return false;
        }
        Utf8View name = event.verbatim(agent);
        return name != null && !name.contains(BOT);
    }
}
