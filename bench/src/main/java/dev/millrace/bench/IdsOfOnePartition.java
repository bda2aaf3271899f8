package dev.millrace.bench;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.event.ReadResult;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ids that the server's reader puts into partition 0 of a pipeline without a key. */
final class IdsOfOnePartition {
    private final EventReader reader;

    private IdsOfOnePartition(int partitions) {
        this.reader =
                new EventReader(
                        Projection.of(List.of()),
                        FieldPath.ID,
                        partitions,
                        Long.MAX_VALUE,
                        ReadLimits.DEFAULT,
                        null);
    }

    /**
     * So many different ids.
     *
     * @param prefix of each
     */
    static List<String> like(String prefix, int partitions, int count) {
        IdsOfOnePartition ids = new IdsOfOnePartition(partitions);
        List<String> found = new ArrayList<>(count);
        for (int number = 0; found.size() < count; number++) {
            String id = String.format(Locale.ROOT, "%s-%d", prefix, number);
            if (ids.has(id)) {
                found.add(id);
            }
        }
        return found;
    }

    private boolean has(String id) {
        byte[] body =
                """
                {"id":"%s","timestamp":0,"type":"t","source":"s","data":{}}
                """
                        .formatted(id)
                        .getBytes(StandardCharsets.UTF_8);
        return reader.read(body, body.length, BodyFormat.NDJSON, 0) instanceof ReadResult.Read read
                && read.batch().eventsOf(0).length == 1;
    }
}
