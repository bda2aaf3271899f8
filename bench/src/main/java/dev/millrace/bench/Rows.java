package dev.millrace.bench;

import dev.millrace.bench.flink.FlinkCount;
import dev.millrace.bench.jet.JetCount;
import dev.millrace.bench.loop.HandWrittenLoop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** All rows, with their contestants and goals. */
final class Rows {
    private static final String OURS = "Millrace";
    private static final String OUR_PARSER = ", our parser";
    private static final String IN_PROCESS_OFF = "journal, sync, dedupe";

    private final long scale;

    /**
     * @param isFull whether runs are three times as long
     */
    Rows(boolean isFull) {
        this.scale = isFull ? 3 : 1;
    }

    List<Row> all() {
        List<Row> rows = new ArrayList<>(List.of(tumbling(), oneThread(), sliding()));
        rows.addAll(new PeerRows(scale).all());
        rows.addAll(new ServerRows(scale).all());
        rows.sort(Comparator.comparingInt(Row::number));
        return rows;
    }

    private Spec spec(String window, int threads, long warmUp, long batches) {
        return new Spec(window, "jackson", threads, scale * warmUp, scale * batches, 2_000, "");
    }

    private static Stream<Contestant> bothParsers(String name, Class<?> main, Spec spec) {
        return Stream.of(
                new Contestant(name, main, spec),
                new Contestant(name + OUR_PARSER, main, spec.withParser("millrace")));
    }

    private static List<Contestant> list(List<Stream<Contestant>> contestants) {
        return contestants.stream().flatMap(one -> one).toList();
    }

    private Row tumbling() {
        Spec spec = spec("tumbling", 2, 2_000, 5_000);
        return new Row(
                1,
                "In process, two threads: JSON, filter, count per page and 5 minutes",
                IN_PROCESS_OFF,
                List.of(),
                list(
                        List.of(
                                Stream.of(new Contestant(OURS, CoreCount.class, spec)),
                                bothParsers("Flink 2.3.0", FlinkCount.class, spec),
                                bothParsers("Jet 5.7.0", JetCount.class, spec))),
                List.of(
                        Goal.ratio(
                                "at least 2.5 × the best of Flink and Jet",
                                OURS,
                                List.of("Flink 2.3.0", "Jet 5.7.0"),
                                2.5)));
    }

    private Row oneThread() {
        Spec spec = spec("tumbling", 1, 1_000, 4_000);
        Spec parse = spec.withVariant("parse");
        return new Row(
                2,
                "The same, one thread",
                IN_PROCESS_OFF,
                List.of(),
                list(
                        List.of(
                                Stream.of(
                                        new Contestant(OURS, CoreCount.class, spec),
                                        new Contestant(
                                                OURS + ", dedupe on",
                                                CoreCount.class,
                                                spec.withVariant("dedupe"))),
                                bothParsers("Hand-written loop", HandWrittenLoop.class, spec),
                                bothParsers("Parse only", HandWrittenLoop.class, parse))),
                List.of(
                        Goal.ratio(
                                "at least 0.7 × the hand-written loop",
                                OURS,
                                List.of("Hand-written loop", "Hand-written loop" + OUR_PARSER),
                                0.7),
                        Goal.ratio(
                                "at least 0.6 × parse only",
                                OURS,
                                List.of("Parse only", "Parse only" + OUR_PARSER),
                                0.6)));
    }

    private Row sliding() {
        Spec spec = spec("sliding", 2, 1_000, 3_000);
        // Flink adds an event to 300 windows: a run as long as the others' would take minutes.
        Spec less = spec("sliding", 2, 20, 80);
        return new Row(
                3,
                "In process, two threads: count per page, 5 minutes every second, every row read",
                IN_PROCESS_OFF,
                List.of(),
                List.of(
                        new Contestant(OURS, CoreCount.class, spec),
                        new Contestant("Jet 5.7.0", JetCount.class, spec),
                        new Contestant("Flink 2.3.0", FlinkCount.class, less)),
                List.of(
                        Goal.ratio("at least 5 × Jet", OURS, List.of("Jet 5.7.0"), 5),
                        Goal.ratio("at least 150 × Flink", OURS, List.of("Flink 2.3.0"), 150)));
    }
}
