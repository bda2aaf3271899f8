package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A reader that has seen many events reads the next one as a new reader does. */
class MemberOrderTest {
    private static final List<FieldPath> PATHS =
            List.of(
                    FieldPath.parse("data.a"),
                    FieldPath.parse("data.ab"),
                    FieldPath.parse("data.path.b"),
                    FieldPath.parse("data.visitor"),
                    FieldPath.parse("data.eightxxx"),
                    FieldPath.parse("data.é"));

    private final Random random = new Random(20_261_124);
    private final RandomJson texts = new RandomJson(random);

    @Test
    void manyEventsAreReadAsEachAlone() {
        EventReader used = reader();
        for (int round = 0; round < 300; round++) {
            List<String> events = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                events.add(event(texts.object(3)));
            }
            EventBatch together = batch(used, "[" + String.join(",", events) + "]");

            for (int i = 0; i < events.size(); i++) {
                assertThat(values(together, i))
                        .as(events.get(i))
                        .isEqualTo(values(batch(reader(), events.get(i)), 0));
            }
        }
    }

    @Test
    void brokenEventsAreRefusedAsByANewReader() {
        EventReader used = reader();
        for (int round = 0; round < 5_000; round++) {
            byte[] body = event(texts.object(2)).getBytes(UTF_8);
            byte[] broken = texts.mutated(body);

            assertThat(answer(used, body)).isEqualTo(answer(reader(), body));
            assertThat(answer(used, broken))
                    .as(new String(broken, UTF_8))
                    .isEqualTo(answer(reader(), broken));
        }
    }

    @Test
    void expectsWhatItHasSeenAndFindsItWhereOthersAreLeftOut() {
        byte[] members = "\"a\":1,\"status\":2,\"thirteenxxxxx\":3             ".getBytes(UTF_8);
        int status = 6;
        int thirteen = 17;
        MemberOrder order = new MemberOrder();
        for (int i = 0; i < 100; i++) {
            order.surprise(0, members, 0, 4, null);
            order.surprise(1, members, status, 9, null);
            order.surprise(2, members, thirteen, 16, null);
        }

        assertThat(order.find(0, members, 0)).extracting(m -> m.place()).isEqualTo(0);
        assertThat(order.find(0, members, thirteen)).extracting(m -> m.length()).isEqualTo(16);
        assertThat(order.find(1, members, status)).extracting(m -> m.place()).isEqualTo(1);
        assertThat(order.find(2, members, status)).isNull();
        assertThat(order.find(0, members, status + 1)).isNull();
        assertThat(MemberOrder.after(63)).isEqualTo(64);
        assertThat(order.find(MemberOrder.after(64), members, 0)).isNull();
    }

    private static String event(String data) {
        return """
        {"id":"e","type":"t","source":"s","timestamp":5,"data":%s}\
        """
                .formatted(data);
    }

    private static EventReader reader() {
        return new EventReader(Projection.of(PATHS), FieldPath.ID, 4, 0, ReadLimits.DEFAULT, null);
    }

    private static EventBatch batch(EventReader reader, String body) {
        return ((ReadResult.Read) read(reader, body.getBytes(UTF_8))).batch();
    }

    private static ReadResult read(EventReader reader, byte[] body) {
        return reader.read(body, body.length, BodyFormat.JSON, 10);
    }

    /** What a body came to, in words. */
    private static String answer(EventReader reader, byte[] body) {
        return switch (read(reader, body)) {
            case ReadResult.Read read -> {
                StringBuilder answer = new StringBuilder();
                for (Rejection rejection : read.rejections()) {
                    answer.append(rejection.code()).append(rejection.pointer());
                    answer.append(rejection.detail());
                }
                for (int i = 0; i < read.batch().size(); i++) {
                    answer.append(values(read.batch(), i));
                }
                yield answer.toString();
            }
            case ReadResult.Malformed malformed -> malformed.toString();
            case ReadResult.TooLarge large -> large.toString();
        };
    }

    private static List<@Nullable Object> values(EventBatch batch, int index) {
        Event event = new Event(batch.projection()).moveTo(batch, index);
        List<@Nullable Object> values = new ArrayList<>();
        for (FieldPath path : PATHS) {
            values.add(event.get(batch.projection().field(path)));
        }
        return values;
    }
}
