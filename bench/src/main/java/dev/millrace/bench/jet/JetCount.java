package dev.millrace.bench.jet;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.aggregate.AggregateOperations;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.core.metrics.Measurement;
import com.hazelcast.jet.datamodel.KeyedWindowResult;
import com.hazelcast.jet.pipeline.BatchSource;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.Sink;
import com.hazelcast.jet.pipeline.SinkBuilder;
import com.hazelcast.jet.pipeline.SourceBuilder;
import com.hazelcast.jet.pipeline.WindowDefinition;

import dev.millrace.bench.Input;
import dev.millrace.bench.Meter;
import dev.millrace.bench.Spec;
import dev.millrace.bench.parse.ViewParser;

import java.io.Serializable;

/**
 * One member with as many cooperative threads as the contest allows, order preserved (or Jet drops
 * events as late), no snapshots. The source parses and filters a batch a call, so that nothing is
 * handed on that is not counted.
 */
public final class JetCount {
    private static final Meter METER = new Meter();
    private static final String LATE_EVENTS = "lateEventsDropped";

    private JetCount() {}

    public static void main(String[] args) {
        Spec spec = Spec.parse(args);
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config(spec));
        try {
            Job job =
                    member.getJet()
                            .newJob(pipeline(spec, args), new JobConfig().setMetricsEnabled(true));
            job.join();
            METER.late(
                    job.getMetrics().get(LATE_EVENTS).stream().mapToLong(Measurement::value).sum());
            METER.finish(spec);
        } finally {
            member.shutdown();
        }
    }

    private static Config config(Spec spec) {
        Config config = new Config();
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "none");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().setPortAutoIncrement(true);
        config.getJetConfig().setEnabled(true).setCooperativeThreadCount(spec.threads());
        return config;
    }

    private static Pipeline pipeline(Spec spec, String[] args) {
        BatchSource<View> views =
                SourceBuilder.batch(
                                "views",
                                context -> new Reader(args, context.globalProcessorIndex()))
                        .<View>fillBufferFn(Reader::fill)
                        .distributed(spec.threads())
                        .build();
        Sink<KeyedWindowResult<String, Long>> sum =
                SinkBuilder.sinkBuilder("sum", _ -> METER)
                        .<KeyedWindowResult<String, Long>>receiveFn(
                                (meter, row) -> meter.counted(row.result()))
                        .build();
        Pipeline pipeline = Pipeline.create();
        pipeline.setPreserveOrder(true);
        pipeline.readFrom(views)
                .addTimestamps(View::timestampMs, Spec.OUT_OF_ORDER_MS)
                .groupingKey(View::path)
                .window(
                        spec.sliding()
                                ? WindowDefinition.sliding(Spec.SIZE_MS, Spec.SLIDE_MS)
                                : WindowDefinition.tumbling(Spec.SIZE_MS))
                .aggregate(AggregateOperations.counting())
                .writeTo(sum);
        return pipeline;
    }

    private record View(String path, long timestampMs) implements Serializable {}

    /** The batches of one source processor. */
    private static final class Reader {
        private final Spec spec;
        private final Input input;
        private final ViewParser parser;
        private long next;

        Reader(String[] args, int index) {
            this.spec = Spec.parse(args);
            this.input = new Input(spec);
            this.parser = ViewParser.of(spec);
            this.next = index;
        }

        void fill(SourceBuilder.SourceBuffer<View> buffer) {
            if (!METER.takes(input.people(next), spec)) {
                buffer.close();
                return;
            }
            parser.parse(
                    input.batch(next),
                    (path, timestampMs) -> buffer.add(new View(path, timestampMs)));
            next += spec.threads();
        }
    }
}
