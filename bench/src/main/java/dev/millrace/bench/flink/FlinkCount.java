package dev.millrace.bench.flink;

import dev.millrace.bench.Input;
import dev.millrace.bench.Meter;
import dev.millrace.bench.Spec;
import dev.millrace.bench.parse.ViewParser;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

import java.time.Duration;

/**
 * A MiniCluster with the heap state backend, object reuse and no checkpoints. Each source subtask
 * hands on numbers of batches, and the flat map chained to it parses and filters, so that nothing
 * is serialized before the shuffle by path.
 */
public final class FlinkCount {
    private static final Meter METER = new Meter();
    private static final long BATCHES_PER_SECOND_MAX = 10_000;
    private static final long WHEN_FULL = -1;

    private FlinkCount() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(spec.threads(), configuration);
        environment.getConfig().enableObjectReuse();
        // A buffer goes when it is full: what the documentation advises for throughput.
        environment.setBufferTimeout(WHEN_FULL);
        OutputTag<Tuple2<String, Long>> late =
                new OutputTag<>("late", Types.TUPLE(Types.STRING, Types.LONG));
        SingleOutputStreamOperator<Long> counts =
                environment
                        .fromSource(
                                new NumberSequenceSource(0, batches(spec) - 1),
                                WatermarkStrategy.noWatermarks(),
                                "batches")
                        .flatMap(new Parse(args))
                        .returns(Types.TUPLE(Types.STRING, Types.LONG))
                        .assignTimestampsAndWatermarks(
                                WatermarkStrategy.<Tuple2<String, Long>>forBoundedOutOfOrderness(
                                                Duration.ofMillis(Spec.OUT_OF_ORDER_MS))
                                        .withTimestampAssigner((view, _) -> view.f1))
                        .keyBy(view -> view.f0, Types.STRING)
                        .window(windows(spec))
                        .sideOutputLateData(late)
                        .aggregate(new Count(), Types.LONG, Types.LONG);
        counts.map(
                        count -> {
                            METER.counted(count);
                            return count;
                        })
                .returns(Types.LONG)
                .sinkTo(new DiscardingSink<>());
        counts.getSideOutput(late)
                .map(view -> {
                    METER.late(1);
                    return view.f1;
                })
                .returns(Types.LONG)
                .sinkTo(new DiscardingSink<>());
        environment.execute("views");
        METER.finish(spec);
    }

    /** More than there is time for; what is left when it is over is passed by. */
    private static long batches(Spec spec) {
        return (long) (spec.warmUpSeconds() + spec.seconds()) * BATCHES_PER_SECOND_MAX;
    }

    private static WindowAssigner<Object, TimeWindow> windows(Spec spec) {
        Duration size = Duration.ofMillis(Spec.SIZE_MS);
        return spec.sliding()
                ? SlidingEventTimeWindows.of(size, Duration.ofMillis(Spec.SLIDE_MS))
                : TumblingEventTimeWindows.of(size);
    }

    /** From the number of a batch to its page views. */
    private static final class Parse extends RichFlatMapFunction<Long, Tuple2<String, Long>> {
        private static final long serialVersionUID = 1;

        private final String[] args;
        private transient Spec spec;
        private transient Input input;
        private transient ViewParser parser;
        private transient Tuple2<String, Long> view;

        @SuppressWarnings("NullAway.Init") // The rest is made where it is used: in open.
        Parse(String[] args) {
            this.args = args;
        }

        @Override
        public void open(OpenContext context) {
            spec = Spec.parse(args);
            input = new Input(spec);
            parser = ViewParser.of(spec);
            view = new Tuple2<>();
        }

        /*
         * A source subtask has one range of numbers after the other. Mapped so, the subtasks go
         * through event time side by side.
         */
        @Override
        public void flatMap(Long number, Collector<Tuple2<String, Long>> out) {
            long share = batches(spec) / spec.threads();
            long batch = number % share * spec.threads() + number / share;
            if (!METER.takes(input.people(batch), spec)) {
                return;
            }
            parser.parse(
                    input.batch(batch),
                    (path, timestampMs) -> {
                        view.f0 = path;
                        view.f1 = timestampMs;
                        out.collect(view);
                    });
        }
    }

    private static final class Count
            implements AggregateFunction<Tuple2<String, Long>, Long, Long> {
        private static final long serialVersionUID = 1;

        @Override
        public Long createAccumulator() {
            return 0L;
        }

        @Override
        public Long add(Tuple2<String, Long> view, Long count) {
            return count + 1;
        }

        @Override
        public Long getResult(Long count) {
            return count;
        }

        @Override
        public Long merge(Long one, Long other) {
            return one + other;
        }
    }
}
