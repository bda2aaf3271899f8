package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.event.ReadResult;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

class IdsOfOnePartitionTest {
    @Test
    void allAreOfThePartitionThatReadersPutThemInto() {
        List<String> ids = IdsOfOnePartition.like("probe", 4, 300);

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.startsWith("probe-"));
        byte[] body =
                ids.stream()
                        .map(
                                "{\"id\":\"%s\",\"timestamp\":0,\"type\":\"t\",\"source\":\"s\"}\n"
                                        ::formatted)
                        .collect(Collectors.joining())
                        .getBytes(StandardCharsets.UTF_8);
        EventReader reader =
                new EventReader(
                        Projection.of(List.of()),
                        FieldPath.ID,
                        4,
                        Long.MAX_VALUE,
                        ReadLimits.DEFAULT,
                        null);
        ReadResult read = reader.read(body, body.length, BodyFormat.NDJSON, 0);
        EventBatch batch = ((ReadResult.Read) read).batch();
        assertThat(batch.eventsOf(0)).hasSize(300);
    }

    @Test
    void othersAreLeftOut() {
        String last = IdsOfOnePartition.like("probe", 4, 30).getLast();

        // A quarter or so is of a partition.
        assertThat(Integer.parseInt(last.substring("probe-".length()))).isBetween(60, 240);
        assertThat(IdsOfOnePartition.like("probe", 1, 30).getLast()).isEqualTo("probe-29");
    }
}
