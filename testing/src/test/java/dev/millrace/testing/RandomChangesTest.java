package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Random streams with changes of the pipeline, replays and discards between the events: whatever
 * the mode, they come to the rows, letters and ledger that they come to with a commit after every
 * record. {@code -Dmillrace.seed=N} runs one seed, {@code -Dmillrace.seeds=N} so many.
 */
class RandomChangesTest {
    private static final String FIRST = Shapes.STAGES.definition();

    private static final List<String> DEFINITIONS =
            List.of(
                    FIRST,
                    FIRST.replace("data.status < 400", "'!has(data.status) || data.status != 404'"),
                    FIRST.replace("n: count, sum: {sum: data.n}", "avg: {avg: data.n}"),
                    FIRST.replace("name: patient", "name: other"),
                    FIRST.replace("lateness: 0s", "lateness: 45s")
                            .replace("dedupe: 1d", "dedupe: 2d"),
                    FIRST.replace("by: [data.g]", "by: [source]"),
                    FIRST.replace("name: good", "name: fine")
                            .replace("outOfOrder: 1s", "outOfOrder: 9s"));

    private static final List<String> STAGES =
            List.of("good", "fine", "tag", "strict", "patient", "other");

    @Test
    void everyModeComesToTheSame() {
        Long one = Long.getLong("millrace.seed");
        LongStream seeds =
                one != null
                        ? LongStream.of(one)
                        : LongStream.range(0, Long.getLong("millrace.seeds", 150));
        seeds.forEach(RandomChangesTest::hold);
    }

    private static void hold(long seed) {
        Random random = new Random(seed);
        List<Step> steps = steps(random);
        Mode mode = Mode.random(random, true);
        Programs programs = new Programs(FIRST, 1 + random.nextInt(3));
        Feed feed = Scribe.write(programs, steps, mode.batched());
        String what =
                "-Dmillrace.seed=%d: %s, %d partitions"
                        .formatted(seed, mode, programs.partitions());
        Observed expected;
        Observed observed;
        try {
            expected = Run.of(feed, Mode.stepwise(mode.batched()));
            observed = Run.of(feed, mode);
        } catch (RuntimeException | AssertionError broken) {
            throw new AssertionError(what, broken);
        }
        assertThat(observed.rows()).as(what).containsExactlyInAnyOrderElementsOf(expected.rows());
        assertThat(observed.letters()).as(what).isEqualTo(expected.letters());
        assertThat(observed.ledger()).as(what).isEqualTo(expected.ledger());
        assertThat(observed.watermarkMs()).as(what).isEqualTo(expected.watermarkMs());
    }

    private static List<Step> steps(Random random) {
        List<Step> steps = new ArrayList<>();
        int events = 1;
        for (Step step : RandomStream.of(random)) {
            steps.add(step);
            events++;
            switch (random.nextInt(12)) {
                case 0 ->
                        steps.add(Step.change(DEFINITIONS.get(random.nextInt(DEFINITIONS.size()))));
                case 1, 2, 3 -> steps.add(Step.replay("r", letters(random, events)));
                case 4 -> steps.add(Step.discard("d", letters(random, events)));
                default -> {}
            }
        }
        return steps;
    }

    /** Of any event at any stage, so that many are gone or never were. */
    private static Step.LetterRef[] letters(Random random, int events) {
        Step.LetterRef[] letters = new Step.LetterRef[8];
        for (int i = 0; i < letters.length; i++) {
            letters[i] =
                    Step.letter(
                            "e" + random.nextInt(events),
                            STAGES.get(random.nextInt(STAGES.size())));
        }
        return letters;
    }
}
