package dev.millrace.core.expression;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;

/** Events as the reader hands them over. */
final class Events {
    private Events() {}

    /** The page view with this {@code data}, seen through a projection. */
    static Event withData(String data, Projection projection) {
        String json =
                """
                {"id":"e1","type":"page_view","source":"shop","timestamp":1700000000000,"data":%s}\
                """
                        .formatted(data);
        EventReader reader =
                new EventReader(projection, FieldPath.ID, 1, 0, ReadLimits.DEFAULT, null);
        return new Event(projection)
                .moveTo(reader.one(json.getBytes(UTF_8), 1_700_000_000_000L), 0);
    }
}
