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
    private static final String FLINK = "Flink 2.3.0";
    private static final String JET = "Jet 5.7.0";
    private static final String LOOP = "Hand-written loop";
    private static final String PARSE = "Parse only";
    private static final String OUR_PARSER = ", our parser";
    private static final String IN_PROCESS_OFF =
            "journal, sync, dedupe, checks of the ledger, queue limits";

    private final Form form;

    Rows(Form form) {
        this.form = form;
    }

    List<Row> all() {
        List<Row> rows = new ArrayList<>(List.of(tumbling(), oneThread(), sliding()));
        rows.addAll(new PeerRows(form).all());
        rows.addAll(new ServerRows(form).all());
        rows.sort(Comparator.comparingInt(Row::number));
        return rows;
    }

    private Spec spec(String window, int threads) {
        return new Spec(
                window, "jackson", threads, form.warmUpSeconds(), form.seconds(), 2_000, "");
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
        Spec spec = spec("tumbling", 2);
        return new Row(
                1,
                form.rounds(),
                "In process, two threads: JSON, filter, count per page and 5 minutes",
                IN_PROCESS_OFF,
                List.of(),
                list(
                        List.of(
                                Stream.of(new Contestant(OURS, CoreCount.class, spec)),
                                bothParsers(FLINK, FlinkCount.class, spec),
                                bothParsers(JET, JetCount.class, spec))),
                List.of(
                        Goal.ratio(
                                "at least 2.5 × the best of Flink and Jet",
                                OURS,
                                List.of(FLINK, JET),
                                2.5),
                        Goal.shown(
                                "beside it, to the best of them with our parser",
                                OURS,
                                List.of(FLINK + OUR_PARSER, JET + OUR_PARSER))));
    }

    private Row oneThread() {
        Spec spec = spec("tumbling", 1);
        Spec parse = spec.withVariant("parse");
        return new Row(
                2,
                form.manyRounds(),
                "The same, one thread, by processor time",
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
                                bothParsers(LOOP, HandWrittenLoop.class, spec),
                                bothParsers(PARSE, HandWrittenLoop.class, parse))),
                List.of(
                        Goal.ratioByCpu(
                                "at least 0.7 × the hand-written loop, events per CPU-second",
                                OURS,
                                List.of(LOOP, LOOP + OUR_PARSER),
                                0.7),
                        Goal.ratioByCpu(
                                "at least 0.6 × parse only, likewise",
                                OURS,
                                List.of(PARSE, PARSE + OUR_PARSER),
                                0.6)));
    }

    private Row sliding() {
        // What is still open at the end is a part of each run that is the same however long it is.
        Spec spec = spec("sliding", 2).withSeconds(form.warmUpSeconds(), 2 * form.seconds());
        return new Row(
                3,
                form.rounds(),
                "In process, two threads: count per page, 5 minutes every second, every row read",
                IN_PROCESS_OFF,
                List.of(),
                List.of(
                        new Contestant(OURS, CoreCount.class, spec),
                        new Contestant(JET, JetCount.class, spec),
                        new Contestant(FLINK, FlinkCount.class, spec)),
                List.of(
                        Goal.ratio("at least 5 × Jet", OURS, List.of(JET), 5),
                        Goal.ratio("at least 150 × Flink", OURS, List.of(FLINK), 150)));
    }
}
