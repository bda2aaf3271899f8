package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.task.TaskRecord;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Input;
import dev.millrace.testing.OraclePipeline.Watermark;
import dev.millrace.testing.Shapes.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Random streams through random modes, held against the oracle. {@code -Dmillrace.seed=N} runs one
 * seed, {@code -Dmillrace.seeds=N} so many a shape.
 */
class RandomStreamsTest {
    private static final int MAX_PARTITIONS = 3;

    @SuppressWarnings("unused") // By its name.
    private static final List<Shape> SHAPES = Shapes.ALL;

    private static LongStream seeds() {
        Long one = Long.getLong("millrace.seed");
        return one != null
                ? LongStream.of(one)
                : LongStream.range(0, Long.getLong("millrace.seeds", 1_000));
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void rowsLettersAndLedgerAreTheOracles(Shape shape) {
        List<Programs> programs = new ArrayList<>();
        for (int partitions = 1; partitions <= MAX_PARTITIONS; partitions++) {
            programs.add(new Programs(shape.definition(), partitions));
        }
        seeds().forEach(seed -> hold(shape, programs, seed));
    }

    private static void hold(Shape shape, List<Programs> programs, long seed) {
        Random random = new Random(seed);
        List<Step> steps = RandomStream.of(random);
        Mode mode = Mode.random(random, shape.restorable());
        Feed feed =
                Scribe.write(programs.get(random.nextInt(MAX_PARTITIONS)), steps, mode.batched());
        String what =
                "%s with -Dmillrace.seed=%d: %s, %d partitions"
                        .formatted(shape, seed, mode, feed.programs().partitions());
        Observed observed;
        try {
            observed = Run.of(feed, mode);
        } catch (RuntimeException | AssertionError broken) {
            throw new AssertionError(what, broken);
        }
        Oracle.Verdict verdict =
                Oracle.judge(
                        shape.oracle().spreadOver(feed.programs().partitions()),
                        inputs(feed, steps));
        assertThat(observed.watermarkMs()).as(what).isEqualTo(verdict.watermarkMs());
        assertThat(observed.rows()).as(what).containsExactlyInAnyOrderElementsOf(verdict.rows());
        assertThat(observed.letters())
                .as(what)
                .map(LetterState::of)
                .containsExactlyInAnyOrderElementsOf(verdict.letters());
        assertThat(LedgerState.of(observed.ledger())).as(what).isEqualTo(verdict.ledger());
    }

    /** What each partition saw; the reader alone knows which event is whose. */
    private static List<List<Input>> inputs(Feed feed, List<Step> steps) {
        List<List<Input>> partitions = new ArrayList<>();
        for (int i = 0; i < feed.programs().partitions(); i++) {
            partitions.add(new ArrayList<>());
        }
        Iterator<Step.Sent> sent =
                steps.stream()
                        .filter(Step.Sent.class::isInstance)
                        .map(Step.Sent.class::cast)
                        .iterator();
        for (Feed.Entry entry : feed.entries()) {
            switch (entry.record()) {
                case TaskRecord.Events(EventBatch batch, long _, long _) -> {
                    for (int i = 0; i < batch.size(); i++) {
                        partitions.get(batch.partition(i)).add(event(sent.next()));
                    }
                }
                case TaskRecord.Tick(long toMs) ->
                        partitions.forEach(inputs -> inputs.add(new Watermark(toMs)));
                case TaskRecord.Advance(long toMs, long _) ->
                        partitions.forEach(inputs -> inputs.add(new Watermark(toMs)));
                case TaskRecord.Change _, TaskRecord.Replay _, TaskRecord.Discard _ ->
                        throw new IllegalStateException("a random stream has none: " + entry);
            }
        }
        return partitions;
    }

    private static Event event(Step.Sent sent) {
        return new Event(
                sent.id(), sent.source(), sent.timestampMs(), sent.receivedAtMs(), sent.data());
    }

    @Test
    void whereNothingIsLateOrderDoesNotMatterToTheOracleEither() {
        seeds().limit(200)
                .forEach(seed -> {
                    List<Input> inputs =
                            new ArrayList<>(
                                    RandomStream.of(new Random(seed)).stream()
                                            .filter(Step.Sent.class::isInstance)
                                            .map(step -> (Input) event((Step.Sent) step))
                                            .toList());
                    List<Event> events = inputs.stream().map(Event.class::cast).toList();
                    List<RowState> rows =
                            Oracle.judge(Shapes.UNHURRIED.oracle(), List.of(inputs)).rows().stream()
                                    .map(RowState::early)
                                    .toList();
                    assertThat(Oracle.rowsInAnyOrder(Shapes.UNHURRIED.oracle(), events))
                            .as("-Dmillrace.seed=%d", seed)
                            .containsExactlyInAnyOrderElementsOf(rows);
                });
    }
}
