package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

class EventTest {
    private static final long NOW = 1_800_000_000_000L;

    private static Projection projection(String... paths) {
        return Projection.of(Stream.of(paths).map(FieldPath::parse).toList());
    }

    private static EventBatch batch(Projection projection, String json) {
        return new EventReader(projection, FieldPath.ID, 1, 0, ReadLimits.DEFAULT, null)
                .one(json.getBytes(UTF_8), NOW);
    }

    private static String event(String data) {
        return "{\"id\":\"e\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1000,\"data\":%s}"
                .formatted(data);
    }

    /** An event whose fields are named in the test as they are asked for. */
    private record Seen(Projection projection, Event event) {
        static Seen of(String data, String... paths) {
            return whole(EventTest.event(data), paths);
        }

        static Seen whole(String json, String... paths) {
            Projection projection = EventTest.projection(paths);
            return new Seen(projection, new Event(projection).moveTo(batch(projection, json), 0));
        }

        Field field(String path) {
            return projection.field(FieldPath.parse(path));
        }

        Object get(String path) {
            return event.get(field(path));
        }

        JsonKind kind(String path) {
            return event.kind(field(path));
        }

        byte[] key(String path) {
            return event.keyOf(field(path)).toByteArray();
        }

        Seen set(String path, Object value) {
            event.set(field(path), value);
            return this;
        }

        String json() {
            return new String(event.toJson(), UTF_8);
        }
    }

    @Test
    void envelopeIsRead() {
        Event event =
                Seen.whole(
                                """
                                {"timestamp":"1970-01-01T00:00:02Z","x":[1],"source":"\\u0073h\\u00f6p",
                                 "type":"t","id":"e"}\
                                """)
                        .event();

        assertThat(event.id()).isEqualTo("e");
        assertThat(event.type()).isEqualTo("t");
        assertThat(event.source()).isEqualTo("shöp");
        assertThat(event.timestampMs()).isEqualTo(2000);
    }

    @Test
    void timestampIsALongWhateverItsForm() {
        Seen seen = Seen.whole(event("{}").replace("1000", "\"1970-01-01T00:00:02.5Z\""), "data.x");

        assertThat(seen.get("timestamp")).isEqualTo(2500L);
        assertThat(seen.kind("timestamp")).isEqualTo(JsonKind.INTEGER);
        assertThat(seen.event().integer(seen.field("timestamp"))).isEqualTo(2500);
        assertThat(seen.event().number(seen.field("timestamp"))).isEqualTo(2500.0);
    }

    @Test
    void absentDataIsAnEmptyObject() {
        Seen seen = Seen.whole(event("{}").replace(",\"data\":{}", ""), "data.x");

        assertThat(seen.get("data")).isEqualTo(Map.of());
        assertThat(seen.kind("data")).isEqualTo(JsonKind.OBJECT);
        assertThat(seen.get("data.x")).isEqualTo(Event.MISSING);
        assertThat(seen.set("data.x", 1L).json())
                .endsWith("\"timestamp\":1000,\"data\":{\"x\":1}}");
    }

    @Test
    void valuesHaveTheirTypes() {
        Seen seen =
                Seen.of(
                        "{\"s\":\"x\",\"i\":-7,\"d\":7.0,\"big\":9223372036854775808,\"t\":true,"
                                + "\"n\":null,\"o\":{\"a\":[1]},\"l\":[]}",
                        "data.s",
                        "data.i",
                        "data.d",
                        "data.big",
                        "data.t",
                        "data.n",
                        "data.o",
                        "data.l",
                        "data.none");

        assertThat(seen.get("data.s")).isEqualTo("x");
        assertThat(seen.get("data.i")).isEqualTo(-7L);
        assertThat(seen.get("data.d")).isEqualTo(7.0);
        assertThat(seen.get("data.big")).isEqualTo(0x1p63);
        assertThat(seen.get("data.t")).isEqualTo(true);
        assertThat(seen.get("data.n")).isNull();
        assertThat(seen.get("data.o")).isEqualTo(Map.of("a", List.of(1L)));
        assertThat(seen.get("data.l")).isEqualTo(List.of());
        assertThat(seen.get("data.none")).isEqualTo(Event.MISSING);
        assertThat(seen.get("data.o.a")).isEqualTo(List.of(1L));
        assertThat(seen.get("data.o.b")).isEqualTo(Event.MISSING);
        assertThat(seen.get("data.s.b")).isEqualTo(Event.MISSING);
        assertThat(Stream.of("s", "i", "d", "big", "t", "n", "o", "l", "none", "o.a", "l.x"))
                .extracting(name -> seen.kind("data." + name))
                .containsExactly(
                        JsonKind.STRING,
                        JsonKind.INTEGER,
                        JsonKind.DECIMAL,
                        JsonKind.DECIMAL,
                        JsonKind.BOOLEAN,
                        JsonKind.NULL,
                        JsonKind.OBJECT,
                        JsonKind.ARRAY,
                        JsonKind.MISSING,
                        JsonKind.ARRAY,
                        JsonKind.MISSING);
    }

    @Test
    void numbersAreReadWithoutBoxingIfTheirKindFits() {
        Seen seen = Seen.of("{\"i\":5,\"d\":2.5,\"s\":\"5\"}", "data.i", "data.d", "data.s");

        assertThat(seen.event().integer(seen.field("data.i"))).isEqualTo(5);
        assertThat(seen.event().number(seen.field("data.i"))).isEqualTo(5.0);
        assertThat(seen.event().number(seen.field("data.d"))).isEqualTo(2.5);
        assertThatIllegalStateException()
                .isThrownBy(() -> seen.event().integer(seen.field("data.d")))
                .withMessage("data.d is a number, not an integer");
        assertThatIllegalStateException()
                .isThrownBy(() -> seen.event().number(seen.field("data.s")));
    }

    @Test
    void lastOfDuplicateNamesWinsOnEveryLevel() {
        String json =
                event("{\"a\":{\"b\":1,\"c\":2},\"a\":{\"b\":3,\"b\":4},\"w\":{\"x\":1,\"x\":2}}")
                        .replace("\"id\":\"e\"", "\"id\":\"first\",\"\\u0069d\":\"second\"");

        Seen seen = Seen.whole(json, "data.a.b", "data.a.c", "data.w");

        assertThat(seen.event().id()).isEqualTo("second");
        assertThat(seen.get("data.a.b")).isEqualTo(4L);
        assertThat(seen.get("data.a.c")).isEqualTo(Event.MISSING);
        assertThat(seen.get("data.w.x")).isEqualTo(2L);
        assertThat(Seen.of("{\"a\":{\"b\":1},\"a\":7}", "data.a.b").get("data.a.b"))
                .isEqualTo(Event.MISSING);
    }

    @Test
    void lastDataWinsWhole() {
        Seen seen = Seen.of("{\"a\":1},\"data\":{\"b\":2}", "data.a", "data.b");

        assertThat(seen.get("data.a")).isEqualTo(Event.MISSING);
        assertThat(seen.get("data.b")).isEqualTo(2L);
    }

    @Test
    void innerNodesTellWhatTheyAre() {
        assertThat(Seen.of("{\"a\":{}}", "data.a.b").kind("data.a")).isEqualTo(JsonKind.OBJECT);
        assertThat(Seen.of("{\"a\":\"x\"}", "data.a.b").get("data.a")).isEqualTo("x");
        assertThat(Seen.of("{}", "data.a.b").kind("data.a")).isEqualTo(JsonKind.MISSING);
    }

    @Test
    void repeatedTypesAndSourcesAreTheSameString() {
        Projection projection = projection();
        Event event = new Event(projection);

        String type = event.moveTo(batch(projection, event("{}")), 0).type();
        String source = event.source();
        event.moveTo(batch(projection, event("{ }")), 0);

        assertThat(event.type()).isSameAs(type);
        assertThat(event.source()).isSameAs(source);
    }

    @Test
    void identityIsPinned() {
        assertThat(identity(event("{}").replace("\"e\"", "\"\\u0061\"")))
                .containsExactly(-6081037556133000006L, -6504030968157838840L);
        assertThat(
                        identity(
                                event("{}")
                                        .replace("\"e\"", "\"id-0001\"")
                                        .replace("\"s\"", "\"site-01.example.org\"")))
                .containsExactly(2058228792955487678L, -5700964058834430209L);
    }

    @Test
    void identityHoldsTheLongestIdsAndSources() {
        String json =
                event("{}")
                        .replace("\"e\"", '"' + "\ud83d\ude00".repeat(128) + '"')
                        .replace("\"s\"", '"' + "\ud83d\ude00".repeat(256) + '"');

        assertThat(identity(json)).doesNotContain(0);
    }

    @Test
    void batchesTellIdentitiesOnlyIfTheyWereAskedFor() {
        EventBatch batch = batch(projection(), event("{}"));

        assertThatIllegalStateException()
                .isThrownBy(() -> batch.identity(0, new long[2], 0))
                .withMessageContaining("not identified");
    }

    /** Of the second of two events, so that it is the right one's. */
    private static long[] identity(String json) {
        byte[] events = (event("{}") + json).getBytes(UTF_8);
        long[] identity = new long[2];
        new EventReader(projection(), FieldPath.ID, 1, 0, ReadLimits.DEFAULT, null)
                .identifying()
                .reread(events, 0, events.length, 0)
                .identity(1, identity, 0);
        return identity;
    }

    @Test
    void keysComeFromTheBytes() {
        String[] paths = {
            "data.s",
            "data.e",
            "data.i",
            "data.d",
            "data.t",
            "data.n",
            "data.none",
            "timestamp",
            "data.z"
        };
        Seen seen =
                Seen.of(
                        "{\"s\":\"é\",\"e\":\"\\u00e9\",\"i\":5,\"d\":5.0,\"t\":true,\"n\":null,"
                                + "\"z\":\"a\\u0000b\",\"o\":{},\"l\":[]}",
                        Stream.concat(Stream.of(paths), Stream.of("data.o", "data.l"))
                                .toArray(String[]::new));
        KeyBuffer key = new KeyBuffer();
        for (String path : paths) {
            assertThat(seen.event().appendKey(seen.field(path), key)).isTrue();
        }

        assertThat(key.toByteArray())
                .isEqualTo(
                        KeyCodec.encode(
                                Arrays.asList(
                                        "é", "é", 5L, 5L, true, null, null, 1000L, "a\u0000b")));
        key.clear();
        for (String path : List.of("data.o", "data.l", "data")) {
            assertThat(seen.event().appendKey(seen.field(path), key)).isFalse();
        }
        assertThat(key.length()).isZero();
        seen.set("data.s", "changed").event().appendKey(seen.field("data.s"), key);
        assertThat(KeyCodec.decode(key.toByteArray())).containsExactly("changed");
    }

    @Test
    void rawJsonIsByteForByte() {
        String json = event("{ \"a\" : 1.50 , \"a\":\"\\u0061\" }");

        assertThat(Seen.whole(" \n" + json + "\n", "data.a").event().rawJson())
                .isEqualTo(json.getBytes(UTF_8));
    }

    @Test
    void changedFieldsKeepTheirPlaceAndOthersTheirBytes() {
        Seen seen =
                Seen.of("{\"x\":1.50,\"a\": 1,\"y\":[ ],\"b\":2}", "data.a", "data.b", "data.c");

        seen.set("data.c", "new").set("data.a", List.of(1L)).set("data.b", Event.MISSING);

        assertThat(seen.event().changed()).isTrue();
        assertThat(seen.json()).isEqualTo(event("{\"x\":1.50,\"a\":[1],\"y\":[ ],\"c\":\"new\"}"));
        assertThat(seen.get("data.a")).isEqualTo(List.of(1L));
        assertThat(seen.get("data.b")).isEqualTo(Event.MISSING);
        assertThat(seen.kind("data.c")).isEqualTo(JsonKind.STRING);
        assertThat(seen.get("data"))
                .isEqualTo(Map.of("x", 1.5, "a", List.of(1L), "y", List.of(), "c", "new"));
    }

    @Test
    void movingForgetsChanges() {
        Projection projection = projection("data.a");
        EventBatch batch = batch(projection, event("{\"a\":1}"));
        Event event = new Event(projection).moveTo(batch, 0);
        Field a = projection.field(FieldPath.parse("data.a"));

        event.set(a, 2L);
        event.moveTo(batch, 0);

        assertThat(event.changed()).isFalse();
        assertThat(event.get(a)).isEqualTo(1L);
    }

    @Test
    void envelopeCanBeChangedWithinItsRules() {
        Seen seen = Seen.of("{}").set("type", "other").set("timestamp", 5L).set("data", Map.of());

        assertThat(seen.event().type()).isEqualTo("other");
        assertThat(seen.event().timestampMs()).isEqualTo(5);
        assertThat(seen.json()).contains("\"type\":\"other\"", "\"timestamp\":5");
        assertThatIllegalArgumentException().isThrownBy(() -> seen.set("id", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> seen.set("source", Event.MISSING));
        assertThatIllegalArgumentException().isThrownBy(() -> seen.set("timestamp", "now"));
        assertThatIllegalArgumentException().isThrownBy(() -> seen.set("data", null));
        assertThat(seen.set("data", Event.MISSING).json()).doesNotContain("data");
    }

    @Test
    void valuesThatJsonCannotHoldAreRefused() {
        Seen seen = Seen.of("{\"a\":1}", "data.a");

        for (Object value : List.of(Double.NaN, 1, List.of(Double.POSITIVE_INFINITY), 'c')) {
            assertThatIllegalArgumentException().isThrownBy(() -> seen.set("data.a", value));
        }
        assertThat(seen.event().changed()).isFalse();
    }

    @Test
    void batchOfAnotherProjectionIsRefused() {
        EventBatch batch = batch(projection("data.a"), event("{}"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Event(projection("data.b")).moveTo(batch, 0));
        assertThat(new Event(projection("data.a")).moveTo(batch, 0).id()).isEqualTo("e");
    }

    private static final String[] RANDOM_PATHS = {
        "data",
        "data.a",
        "data.b",
        "data.a.b",
        "data.ab.a",
        "data.ab.path.b",
        "data.path",
        "data.visitor.a",
        "data.visitor.a.b",
        "data.sevenxx",
        "data.eightxxx",
        "data.eightxxy.a",
        "data.é",
        "data.é.eightxxy",
        "data.a b"
    };

    /** Reads, changes and writes random events, with a tree of plain values as the model. */
    @Test
    void agreesWithATreeUnderRandomProjectionsAndChanges() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        RandomJson texts = new RandomJson(random);
        for (int round = 0; round < 6_000; round++) {
            String[] paths =
                    random.ints(1 + random.nextInt(4), round % 5 == 0 ? 0 : 1, RANDOM_PATHS.length)
                            .mapToObj(i -> RANDOM_PATHS[i])
                            .toArray(String[]::new);
            Seen seen = Seen.of(texts.object(4), paths);
            Object model = Json.decode(seen.event().rawJson());
            for (int change = 0; change < 5; change++) {
                for (String path : paths) {
                    String as = "seed %d round %d: %s".formatted(seed, round, path);
                    Object expected = PlainValues.inside(model, FieldPath.parse(path).names());
                    assertThat(seen.get(path)).as(as).isEqualTo(expected);
                    assertThat(seen.kind(path)).as(as).isEqualTo(PlainValues.kind(expected));
                }
                assertThat(Json.decode(seen.event().toJson())).as("seed %d", seed).isEqualTo(model);
                String path = paths[random.nextInt(paths.length)];
                Object value =
                        random.nextInt(3) == 0
                                ? Event.MISSING
                                : Json.decode(texts.value(3).getBytes(UTF_8));
                if (path.equals("data") && !(value instanceof Map)) {
                    value = Map.of();
                }
                seen.set(path, value);
                model = changed(model, FieldPath.parse(path).names(), value);
            }
        }
    }

    private static Object changed(Object base, List<String> names, Object value) {
        if (names.isEmpty()) {
            return value;
        }
        boolean removes = Event.MISSING.equals(value);
        if (removes && Event.MISSING.equals(PlainValues.inside(base, names))) {
            return base;
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        if (base instanceof Map<?, ?> map) {
            map.forEach((name, member) -> copy.put((String) name, member));
        }
        List<String> rest = new ArrayList<>(names);
        String name = rest.removeFirst();
        if (removes && rest.isEmpty()) {
            copy.remove(name);
        } else {
            copy.put(name, changed(copy.get(name), rest, value));
        }
        return copy;
    }

    @Test
    void resetGoesBackToAMarkAsOftenAsAsked() {
        Seen seen = Seen.of("{\"a\":1,\"b\":{\"c\":2}}", "data.a", "data.b.c", "data.d");
        Seen _ = seen.set("data.a", 5L);
        Event.Mark mark = seen.event().mark();
        for (int i = 0; i < 2; i++) {
            Seen _ = seen.set("data.a", 6L).set("data.b.c", Event.MISSING).set("data.d", "new");
            assertThat(seen.get("data.d")).isEqualTo("new");
            seen.event().reset(mark);
            assertThat(seen.get("data.a")).isEqualTo(5L);
            assertThat(seen.get("data.b.c")).isEqualTo(2L);
            assertThat(seen.event().toJson())
                    .asString(UTF_8)
                    .isEqualTo(event("{\"a\":5,\"b\":{\"c\":2}}"));
        }
    }

    @Test
    void markOfAnEventThatIsPastIsRefused() {
        Projection projection = projection("data.a");
        EventBatch batch = batch(projection, event("{}"));
        Event event = new Event(projection).moveTo(batch, 0);
        Event.Mark mark = event.mark();
        Event _ = event.moveTo(batch, 0);
        assertThatIllegalStateException().isThrownBy(() -> event.reset(mark));
    }

    @Test
    void keyOfAFieldIsThatOfItsValueAndEmptyForNone() {
        Seen seen =
                Seen.of(
                        "{\"s\":\"\\u0061\",\"n\":5.0,\"null\":null,\"o\":{},\"a\":[1]}",
                        "data.s",
                        "data.n",
                        "data.null",
                        "data.o",
                        "data.a",
                        "data.missing",
                        "timestamp");
        assertThat(seen.key("data.s")).isEqualTo(KeyCodec.encode(List.of("a")));
        assertThat(seen.key("data.n")).isEqualTo(KeyCodec.encode(List.of(5L)));
        assertThat(seen.key("timestamp")).isEqualTo(KeyCodec.encode(List.of(1_000L)));
        for (String none : List.of("data.null", "data.o", "data.a", "data.missing")) {
            assertThat(seen.key(none)).as(none).isEmpty();
        }
        assertThat(seen.set("data.s", true).key("data.s"))
                .isEqualTo(KeyCodec.encode(List.of(true)));
        assertThat(seen.set("data.s", null).key("data.s")).isEmpty();
    }
}
