package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** The sources of a batch, by number. */
class SourceNumbersTest {
    private static final EventReader READER =
            new EventReader(Projection.of(List.of()), FieldPath.ID, 2, 0, ReadLimits.DEFAULT, null);

    private static EventBatch read(List<String> sources) {
        String body =
                sources.stream()
                        .map(source ->
                                "{\"id\":\"1\",\"type\":\"t\",\"source\":\"%s\",\"timestamp\":0}"
                                        .formatted(source))
                        .collect(Collectors.joining("\n"));
        byte[] bytes = body.getBytes(UTF_8);
        return ((ReadResult.Read) READER.read(bytes, bytes.length, BodyFormat.NDJSON, 0)).batch();
    }

    private static List<String> sources(EventBatch batch) {
        List<String> sources = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            sources.add(batch.source(batch.sourceNumber(i)));
        }
        return sources;
    }

    @Test
    void oneSourceHasOneNumber() {
        EventBatch batch = read(List.of("shop", "shop", "shop"));
        assertThat(batch.sources()).isEqualTo(1);
        assertThat(sources(batch)).containsExactly("shop", "shop", "shop");
    }

    @Test
    void everyEventFindsItsSourceHoweverManyThereAre() {
        for (int distinct : new int[] {2, 3, 16, 17, 700}) {
            Random random = new Random(distinct);
            List<String> sources = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                sources.add("site-%d.example".formatted(random.nextInt(distinct)));
            }
            EventBatch batch = read(sources);
            assertThat(sources(batch)).isEqualTo(sources);
            assertThat(batch.sources()).isEqualTo((int) sources.stream().distinct().count());
            assertThat(sources(batch.history(true))).isEqualTo(sources);
        }
    }

    @Test
    void escapesAreResolved() {
        assertThat(sources(read(List.of("größe", "gr\\u00f6\\u00dfe", "a"))))
                .containsExactly("größe", "größe", "a");
    }

    @Test
    void eventsThatAreRejectedHaveNone() {
        EventBatch batch = read(List.of("a", "", "b", "a"));
        assertThat(sources(batch)).containsExactly("a", "b", "a");
        assertThat(batch.sources()).isEqualTo(2);
    }

    @Test
    void batchOfNothingHasNone() {
        assertThat(read(List.of("")).sources()).isZero();
    }
}
