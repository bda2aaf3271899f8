package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class EventReaderTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final Projection PROJECTION =
            Projection.of(List.of(FieldPath.parse("data.path"), FieldPath.parse("data.visitor")));
    private static final EventReader READER = reader(ReadLimits.DEFAULT);

    private static EventReader reader(ReadLimits limits) {
        return new EventReader(
                PROJECTION, FieldPath.parse("data.visitor"), 4, 300_000, limits, null);
    }

    private static String event(String id) {
        return """
        {"id":"%s","type":"t","source":"s","timestamp":1000,"data":{"path":"/"}}\
        """
                .formatted(id);
    }

    private static ReadResult read(String body, BodyFormat format) {
        byte[] bytes = body.getBytes(ISO_8859_1);
        return READER.read(bytes, bytes.length, format, NOW);
    }

    private static ReadResult.Read taken(String body, BodyFormat format) {
        ReadResult result = read(body, format);
        assertThat(result).isInstanceOf(ReadResult.Read.class);
        return (ReadResult.Read) result;
    }

    private static List<String> ids(EventBatch batch) {
        Event event = new Event(batch.projection());
        return IntStream.range(0, batch.size()).mapToObj(i -> event.moveTo(batch, i).id()).toList();
    }

    /** Reads a bad event between two good ones, in both formats, and returns its rejection. */
    private static Rejection rejected(String bad) {
        Rejection inLines = null;
        for (BodyFormat format : BodyFormat.values()) {
            boolean lines = format == BodyFormat.NDJSON;
            String between = lines ? "\n" : ",";
            String joined = String.join(between, event("before"), bad, event("after"));
            ReadResult.Read read = taken(lines ? joined : "[" + joined + "]", format);
            assertThat(ids(read.batch())).containsExactly("before", "after");
            assertThat(read.received()).isEqualTo(3);
            assertThat(read.rejections()).hasSize(1);
            inLines = read.rejections().getFirst();
            assertThat(inLines.index()).isEqualTo(1);
            assertThat(new String(inLines.raw(), ISO_8859_1)).isEqualTo(bad);
            assertThat(inLines.violations().getFirst().pointer()).isEqualTo(inLines.pointer());
        }
        return inLines;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"type":"t","source":"s","timestamp":1};                                   /id
                    {"id":"","type":"t","source":"s","timestamp":1};                           /id
                    {"id":7,"type":"t","source":"s","timestamp":1};                            /id
                    {"id":"a","id":null,"type":"t","source":"s","timestamp":1};                /id
                    {"id":"a","source":"s","timestamp":1};                                     /type
                    {"id":"a","type":{},"source":"s","timestamp":1};                           /type
                    {"id":"a","type":"t","timestamp":1};                                       /source
                    {"id":"a","type":"t","source":["s"],"timestamp":1};                        /source
                    {"id":"a","type":"t","source":"s"};                                        /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":null};                       /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":"yesterday"};                /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":"1700000000000"};            /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":true};                       /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":253402300800000};            /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":-62167219200001};            /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":-62167219200000.5};          /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":"0000-01-01T00:00:00+00:01"};/timestamp
                    {"id":"a","type":"t","source":"s","timestamp":99999999999999999999};       /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":null};              /data
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":[]};                /data
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":"x"};               /data
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":{},"data":1};       /data
                    [];                                                                        ``
                    [{"id":"a"}];                                                              ``
                    "event";                                                                   ``
                    12.5;                                                                      ``
                    null;                                                                      ``
                    """)
    void whatIsJsonButNoEventIsRejectedAndItsNeighboursAccepted(String bad, String pointer) {
        Rejection rejection = rejected(bad);

        assertThat(rejection.pointer()).isEqualTo(pointer);
        assertThat(rejection.code()).isEqualTo(Rejection.Code.INVALID);
        assertThat(rejection.json()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    {"id":"a","type":"t","source":"s","timestamp":1e999};                    /timestamp
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":{"x":-1e999}};    /data/x
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":{"x":[0,{"y/z":1e400}]}}; /data/x/1/y~1z
                    {"id":"\\ud800","type":"t","source":"s","timestamp":1};                  /id
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":{"a":"\\udc00x"}}; /data/a
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":{"a":"\\ud800\\ud800"}}; /data/a
                    {"id":"a","type":"t","source":"s","timestamp":1,"data":{"\\udfff":1}};   /data
                    """)
    void whatNoPlainValueCanHoldIsRejectedWhereItStands(String bad, String pointer) {
        Rejection rejection = rejected(bad);

        assertThat(rejection.pointer()).isEqualTo(pointer);
        assertThat(rejection.json()).isFalse();
    }

    @Test
    void detailsSayWhatWasFoundAndWhatIsAllowed() {
        assertThat(rejected("{\"id\":7,\"source\":\"s\"}").detail())
                .isEqualTo("id must be a string of 1 to 128 characters; found the number 7");
        assertThat(rejected("{\"id\":\"" + "x".repeat(129) + "\"}").detail())
                .isEqualTo(
                        "id must be a string of 1 to 128 characters; it has 129: the string \""
                                + "x".repeat(60)
                                + "…\"");
        assertThat(rejected("{\"id\":\"a\",\"type\":\"t\",\"source\":\"s\"}").detail())
                .endsWith("of the years 0000 to 9999; it is missing");
    }

    @Test
    void rejectionsCarryIdAndSourceWhereTheyCanBeRead() {
        Rejection rejection = rejected("{\"id\":\"a\",\"type\":1,\"source\":\"shop\"}");

        assertThat(rejection.id()).isEqualTo("a");
        assertThat(rejection.source()).isEqualTo("shop");
        assertThat(rejected("{\"id\":1}").id()).isNull();
    }

    @Test
    void timestampTooFarAheadIsFuture() {
        String ahead = event("ahead").replace("1000", String.valueOf(NOW + 300_001));

        Rejection rejection = rejected(ahead);

        assertThat(rejection.code()).isEqualTo(Rejection.Code.FUTURE);
        assertThat(rejection.pointer()).isEqualTo("/timestamp");
        assertThat(rejection.id()).isEqualTo("ahead");
        assertThat(rejection.detail())
                .contains("is 300001 ms ahead of the receipt; at most 300000 ms");
        String atTheBound = event("x").replace("1000", String.valueOf(NOW + 300_000));
        assertThat(taken(atTheBound, BodyFormat.JSON).rejections()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "x",
                "{",
                "[",
                "[{\"id\":\"a\"}",
                "[{\"id\":\"a\"},]",
                "[,]",
                "{\"id\":\"a\",}",
                "{\"id\" \"a\"}",
                "{id:1}",
                "{'id':1}",
                "[1 2]",
                "[01]",
                "[1.]",
                "[.5]",
                "[+1]",
                "[-]",
                "[1e]",
                "[1e+]",
                "[NaN]",
                "[Infinity]",
                "[tru]",
                "[truE]",
                "[nul",
                "[\"\\x\"]",
                "[\"\\u12g4\"]",
                "[\"\\u123",
                "[\"a\nb\"]",
                "[\"a\u0000b\"]",
                "[\"abc",
                "[\"abc\\\"",
                "{} {}",
                "[] x",
                "{}]",
                "\u00ef\u00bb\u00bf",
                "\u00ef\u00bb{}",
                "\u00a0{}",
                "[\"\u0080\"]",
                "[\"\u00c3\"]",
                "[\"\u00c0\u0080\"]",
                "[\"\u00ed\u00a0\u0080\"]",
                "[\"\u00f5\u0080\u0080\u0080\"]",
                "// no\n{}"
            })
    void whatIsNoJsonIsMalformed(String body) {
        assertThat(read(body, BodyFormat.JSON)).isInstanceOf(ReadResult.Malformed.class);
    }

    @Test
    void brokenJsonBehindGoodEventsIsMalformed() {
        assertThat(read("[" + event("a") + ",{\"id\":]", BodyFormat.JSON))
                .isEqualTo(
                        new ReadResult.Malformed(
                                "expected a value, found ']' at byte 79 of the body"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "x",
                "{\"id\":\"a",
                "{\"id\":\"\u00c0\u0080\"}",
                "{} {}",
                "{}{}",
                "{},",
                "{\"id\":",
                "\"\\",
                "{\"x\":NaN}"
            })
    void brokenLineIsRejectedAlone(String bad) {
        ReadResult.Read read =
                taken(String.join("\n", event("a"), bad, event("b")), BodyFormat.NDJSON);

        assertThat(ids(read.batch())).containsExactly("a", "b");
        assertThat(read.rejections()).hasSize(1);
        Rejection rejection = read.rejections().getFirst();
        assertThat(rejection.pointer()).isEmpty();
        assertThat(rejection.json()).isFalse();
        assertThat(rejection.detail()).contains("at its byte ");
        assertThat(new String(rejection.raw(), ISO_8859_1)).isEqualTo(bad);
    }

    @Test
    void blankLinesAreNeitherEventsNorCounted() {
        String body =
                String.join("\n", "", event("a"), "  \t", "\r", "x", event("b") + "\r", "{}", "\n");

        ReadResult.Read read = taken(body, BodyFormat.NDJSON);

        assertThat(ids(read.batch())).containsExactly("a", "b");
        assertThat(read.rejections()).extracting(Rejection::index).containsExactly(1, 3);
        assertThat(read.received()).isEqualTo(4);
        assertThat(taken("\n \r\n\n", BodyFormat.NDJSON).received()).isZero();
    }

    @Test
    void emptyBodyIsMalformedInBothFormats() {
        for (BodyFormat format : BodyFormat.values()) {
            assertThat(read("", format)).isInstanceOf(ReadResult.Malformed.class);
        }
    }

    @Test
    void emptyArrayHoldsNoEvents() {
        ReadResult.Read read = taken(" [ ] ", BodyFormat.JSON);

        assertThat(read.received()).isZero();
        assertThat(read.batch().payload()).isEmpty();
    }

    @Test
    void byteOrderMarkIsSkipped() {
        for (BodyFormat format : BodyFormat.values()) {
            ReadResult.Read read = taken("\u00ef\u00bb\u00bf" + event("a"), format);
            assertThat(ids(read.batch())).containsExactly("a");
        }
    }

    @Test
    void bytesBehindTheLengthDoNotCount() {
        byte[] body = (event("a") + "garbage").getBytes(UTF_8);

        ReadResult result = READER.read(body, event("a").length(), BodyFormat.JSON, NOW);

        assertThat(result).isInstanceOf(ReadResult.Read.class);
        assertThat(READER.read(body, event("a").length() - 1, BodyFormat.JSON, NOW))
                .isInstanceOf(ReadResult.Malformed.class);
    }

    @Test
    void nestingUpToTheLimitIsAcceptedAndDeeperIsTooLarge() {
        assertThat(taken(nested(64), BodyFormat.JSON).rejections()).isEmpty();
        for (BodyFormat format : BodyFormat.values()) {
            assertThat(read(nested(65), format)).isInstanceOf(ReadResult.TooLarge.class);
            assertThat(read("[".repeat(100_000), format)).isInstanceOf(ReadResult.TooLarge.class);
        }
        assertThat(taken("[" + nested(64) + "]", BodyFormat.JSON).rejections()).isEmpty();
    }

    private static String nested(int depth) {
        int inside = depth - 2;
        return event("a").replace("\"/\"", "[".repeat(inside) + "]".repeat(inside));
    }

    @Test
    void eventOverItsLimitMakesTheBodyTooLarge() {
        int size = event("a").length();
        byte[] body = (event("a") + "\n" + event("bc")).getBytes(UTF_8);

        assertThat(
                        reader(new ReadLimits(size, 64, 10))
                                .read(body, body.length, BodyFormat.NDJSON, NOW))
                .isEqualTo(
                        new ReadResult.TooLarge(
                                "event 1 takes %d bytes; at most %d are allowed at byte %d of the body"
                                        .formatted(size + 1, size, size + 1)));
        assertThat(
                        reader(new ReadLimits(size + 1, 64, 10))
                                .read(body, body.length, BodyFormat.NDJSON, NOW))
                .isInstanceOf(ReadResult.Read.class);
    }

    @Test
    void moreEventsThanAllowedMakeTheBodyTooLarge() {
        byte[] body = (event("a") + "\nx\n" + event("b")).getBytes(UTF_8);

        assertThat(
                        reader(ReadLimits.DEFAULT.withMaxEvents(2))
                                .read(body, body.length, BodyFormat.NDJSON, NOW))
                .isInstanceOf(ReadResult.TooLarge.class);
        assertThat(
                        reader(ReadLimits.DEFAULT.withMaxEvents(3))
                                .read(body, body.length, BodyFormat.NDJSON, NOW))
                .isInstanceOf(ReadResult.Read.class);
    }

    @Test
    void defaultLimitsAreThoseOfTheContract() {
        assertThat(ReadLimits.DEFAULT).isEqualTo(new ReadLimits(1_048_576, 64, 100_000));
    }

    @Test
    void charactersAreCountedAsCodePoints() {
        String face = "\\ud83d\\ude00";
        String longest = event(face.repeat(128));
        String bytes = new String(event("\ud83d\ude00".repeat(128)).getBytes(UTF_8), ISO_8859_1);

        assertThat(taken(longest, BodyFormat.JSON).rejections()).isEmpty();
        assertThat(taken(bytes, BodyFormat.JSON).rejections()).isEmpty();
        assertThat(taken(event(face.repeat(129)), BodyFormat.JSON).rejections()).hasSize(1);
    }

    @Test
    void timestampFractionIsFloored() {
        String body = event("a").replace("1000", "-1.5") + "\n" + event("b").replace("1000", "2e3");

        EventBatch batch = taken(body, BodyFormat.NDJSON).batch();

        assertThat(batch.timestampMs(0)).isEqualTo(-2);
        assertThat(batch.timestampMs(1)).isEqualTo(2000);
    }

    @Test
    void timestampMayBeWrittenWithEscapes() {
        String body = event("a").replace("1000", "\"1970-01-01\\u005400:00:01Z\"");

        assertThat(taken(body, BodyFormat.JSON).batch().timestampMs(0)).isEqualTo(1000);
    }

    @Test
    void partitionsNeverChange() {
        assertThat(partitions("\"v1\"", "\"v2\"", "\"v3\"", "\"visitor-0001\"", "7", "1.0", "true"))
                .containsExactly(PINNED);
    }

    private static final int[] PINNED = {1, 2, 3, 0, 2, 1, 1};

    private static int[] partitions(String... visitors) {
        String body =
                String.join(
                        "\n",
                        Stream.of(visitors)
                                .map(v -> event("a").replace("\"path\":\"/\"", "\"visitor\":" + v))
                                .toList());
        EventBatch batch = taken(body, BodyFormat.NDJSON).batch();
        return IntStream.range(0, batch.size()).map(batch::partition).toArray();
    }

    @Test
    void partitionIsThatOfTheUnescapedKeyOrOfTheId() {
        int[] partitions = partitions("\"v1\"", "\"\\u00761\"", "\"a\"", "null");

        assertThat(partitions[0]).isEqualTo(partitions[1]);
        assertThat(partitions[3]).isEqualTo(partitions[2]);
        EventBatch withoutKey = taken(event("a"), BodyFormat.JSON).batch();
        assertThat(withoutKey.partition(0)).isEqualTo(partitions[2]);
    }

    @Test
    void partitionDoesNotDependOnTheProjection() {
        Projection whole = Projection.of(List.of(FieldPath.DATA));
        EventReader reader =
                new EventReader(
                        whole, FieldPath.parse("data.visitor"), 4, 0, ReadLimits.DEFAULT, null);
        String[] visitors = {"\"v1\"", "\"v2\"", "17", "\"x\",\"visitor\":\"v3\"", "{\"a\":1}"};
        for (String visitor : visitors) {
            String body = event("a").replace("\"path\":\"/\"", "\"visitor\":" + visitor);
            byte[] bytes = body.getBytes(UTF_8);
            EventBatch batch =
                    ((ReadResult.Read) reader.read(bytes, bytes.length, BodyFormat.JSON, NOW))
                            .batch();
            assertThat(batch.partition(0)).isEqualTo(partitions(visitor)[0]);
        }
    }

    @Test
    void eventsOfAPartitionKeepTheirOrder() {
        String body =
                String.join("\n", IntStream.range(0, 200).mapToObj(i -> event("id-" + i)).toList());

        EventBatch batch = taken(body, BodyFormat.NDJSON).batch();

        int seen = 0;
        for (int p = 0; p < batch.partitions(); p++) {
            int partition = p;
            int[] events = batch.eventsOf(p);
            seen += events.length;
            assertThat(events).isSorted().isNotEmpty();
            assertThat(IntStream.of(events)).allMatch(i -> batch.partition(i) == partition);
        }
        assertThat(seen).isEqualTo(200);
    }

    @Test
    void payloadReadAgainGivesTheSameEvents() {
        String good = String.join(" ,\n ", event("a"), event("b"), event("c"));
        String some = String.join(" ,\n ", event("a"), "{}", event("b"), "[1]", event("c"));
        List<String> bodies = List.of("[" + good + "]", "[" + some + "]");
        for (String body : bodies) {
            checkReread(taken(body, BodyFormat.JSON).batch());
        }
        checkReread(taken(some.replace(" ,\n", "\r\n\n"), BodyFormat.NDJSON).batch());
        checkReread(taken(good.replace(" ,\n", "\r\n\n") + "\n", BodyFormat.NDJSON).batch());
    }

    private static void checkReread(EventBatch batch) {
        byte[] payload = batch.payload();
        byte[] stored = ("xx" + new String(payload, UTF_8) + "yy").getBytes(UTF_8);

        EventBatch again = READER.reread(stored, 2, payload.length, NOW + 1);

        assertThat(batch.payloadLength()).isEqualTo(payload.length);
        assertThat(ids(again)).isEqualTo(ids(batch)).containsExactly("a", "b", "c");
        for (int i = 0; i < batch.size(); i++) {
            assertThat(again.timestampMs(i)).isEqualTo(batch.timestampMs(i));
            assertThat(again.partition(i)).isEqualTo(batch.partition(i));
        }
        assertThat(again.receivedAtMs()).isEqualTo(NOW + 1);
        assertThat(again.payload()).isEqualTo(payload);
    }

    @Test
    void payloadOfNothingRejectedIsTheBodyItself() {
        String body = event("a") + "\r\n\n" + event("b");

        assertThat(taken(body + "\n", BodyFormat.NDJSON).batch().payload())
                .isEqualTo(body.getBytes(UTF_8));
    }

    @Test
    void storedEventsAreNotMeasuredAgain() {
        EventReader strict =
                new EventReader(PROJECTION, FieldPath.ID, 4, 0, new ReadLimits(1, 1, 1), null);
        byte[] payload = (event("a") + event("b")).getBytes(UTF_8);

        assertThat(ids(strict.reread(payload, 0, payload.length, 0))).containsExactly("a", "b");
    }

    @Test
    void brokenPayloadIsAnError() {
        byte[] broken = "{\"id\":".getBytes(UTF_8);
        byte[] invalid = "{}".getBytes(UTF_8);

        assertThatIllegalStateException()
                .isThrownBy(() -> READER.reread(broken, 0, broken.length, NOW));
        assertThatIllegalStateException()
                .isThrownBy(() -> READER.reread(invalid, 0, invalid.length, NOW));
        assertThatIllegalStateException()
                .isThrownBy(() -> READER.one((event("a") + event("b")).getBytes(UTF_8), NOW));
    }

    @Test
    void oneStoredEventMakesABatch() {
        assertThat(ids(READER.one(event("a").getBytes(UTF_8), NOW))).containsExactly("a");
    }
}
