package dev.millrace.bench.flink;

import dev.millrace.bench.LiveHeap;
import dev.millrace.bench.Meter;
import dev.millrace.bench.OpenGroups;
import dev.millrace.bench.Spec;

import org.apache.datasketches.hll.HllSketch;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A MiniCluster with heap state and object reuse: {@link OpenGroups} in a window of a day, a count
 * and an HLL sketch of 2^12 registers a group. The source waits behind its last event until the
 * heap was measured; then the window closes, and its counts are added up.
 */
public final class FlinkOpenGroups {
    private static final int LG_REGISTERS = 12;
    private static final LongAdder TAKEN = new LongAdder();
    private static final LongAdder COUNTED = new LongAdder();
    private static final LongAdder GROUPS = new LongAdder();
    private static final CountDownLatch MEASURED = new CountDownLatch(1);

    private FlinkOpenGroups() {}

    public static void main(String[] args) throws Exception {
        OpenGroups events = new OpenGroups(Spec.parse(args).groups());
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        environment.getConfig().enableObjectReuse();
        TypeInformation<Tuple2<Long, HllSketch>> state =
                Types.TUPLE(Types.LONG, Types.GENERIC(HllSketch.class));
        environment
                .fromSource(
                        new NumberSequenceSource(0, events.events()),
                        WatermarkStrategy.noWatermarks(),
                        "events")
                .map(new View(events))
                .returns(Types.TUPLE(Types.STRING, Types.STRING, Types.LONG))
                .filter(view -> !view.f0.isEmpty())
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<Tuple3<String, String, Long>>forMonotonousTimestamps()
                                .withTimestampAssigner((view, _) -> view.f2))
                .keyBy(view -> view.f0, Types.STRING)
                .window(TumblingEventTimeWindows.of(Duration.ofDays(1)))
                .aggregate(new Visitors(), state, Types.TUPLE(Types.LONG, Types.DOUBLE))
                .map(row -> {
                    COUNTED.add(row.f0);
                    GROUPS.increment();
                    return row.f0;
                })
                .returns(Types.LONG)
                .sinkTo(new DiscardingSink<>());
        Meter meter = new Meter();
        meter.start();
        JobClient job = environment.executeAsync("open groups");
        while (TAKEN.sum() < events.events() && !job.getJobStatus().get().isTerminalState()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        meter.stop(events.events());
        long heapBytes = LiveHeap.bytes(ProcessHandle.current().pid());
        MEASURED.countDown();
        JobExecutionResult _ = job.getJobExecutionResult().get();
        events.report(meter, heapBytes, COUNTED.sum(), GROUPS.sum());
        System.exit(0);
    }

    /** From the number of an event to its path, visitor and time; nothing behind the last. */
    private static final class View implements MapFunction<Long, Tuple3<String, String, Long>> {
        private static final long serialVersionUID = 1;

        private final OpenGroups events;

        View(OpenGroups events) {
            this.events = events;
        }

        @Override
        public Tuple3<String, String, Long> map(Long event) throws InterruptedException {
            if (event == events.events()) {
                MEASURED.await();
                return Tuple3.of("", "", 0L);
            }
            return Tuple3.of(
                    events.path(event), events.visitor(event), OpenGroups.timestampMs(event));
        }
    }

    private static final class Visitors
            implements AggregateFunction<
                    Tuple3<String, String, Long>, Tuple2<Long, HllSketch>, Tuple2<Long, Double>> {
        private static final long serialVersionUID = 1;

        @Override
        public Tuple2<Long, HllSketch> createAccumulator() {
            return Tuple2.of(0L, new HllSketch(LG_REGISTERS));
        }

        @Override
        public Tuple2<Long, HllSketch> add(
                Tuple3<String, String, Long> view, Tuple2<Long, HllSketch> state) {
            state.f0++;
            state.f1.update(view.f1);
            TAKEN.increment();
            return state;
        }

        @Override
        public Tuple2<Long, Double> getResult(Tuple2<Long, HllSketch> state) {
            return Tuple2.of(state.f0, state.f1.getEstimate());
        }

        @Override
        public Tuple2<Long, HllSketch> merge(
                Tuple2<Long, HllSketch> one, Tuple2<Long, HllSketch> other) {
            throw new UnsupportedOperationException("tumbling windows do not merge");
        }
    }
}
