package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.detect.Alert;
import dev.millrace.core.ledger.LedgerCounts;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.task.LetterOutcome;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Feeds a pipeline in every {@link Mode} (singly and in batches; with commits after every record,
 * at random places, and only at the end; with tasks that are thrown away and rebuilt from what was
 * committed; with partitions at their own pace) and expects the same of each.
 *
 * <pre>{@code
 * verify(pipeline)
 *         .feed(event("a", at("12:01")), tick(at("12:05")))
 *         .expectRows(row("views", at("12:00"), 1).fin());
 * }</pre>
 *
 * The first expectation runs the feed; modes are named where one is not met.
 */
public final class Verification {
    private final String definition;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Observed> observed = new LinkedHashMap<>();
    private final List<Observed> unrestored = new ArrayList<>();
    private final List<Observed> stepwise = new ArrayList<>();
    private int[] partitionCounts = {1};
    private StageServices services = StageServices.NONE;

    private Verification(String definition) {
        this.definition = definition;
    }

    /**
     * @param definition a pipeline as its file says it
     */
    public static Verification verify(String definition) {
        return new Verification(definition);
    }

    /** Runs it with each of these numbers of partitions instead of with one. */
    public Verification partitions(int... counts) {
        partitionCounts = counts.clone();
        return this;
    }

    /** What stages need of their host; asked anew in every mode. */
    public Verification with(StageServices given) {
        services = given;
        return this;
    }

    public Verification feed(Step... more) {
        return feed(List.of(more));
    }

    public Verification feed(List<? extends Step> more) {
        if (!observed.isEmpty()) {
            throw new IllegalStateException("feed before the first expectation");
        }
        steps.addAll(more);
        return this;
    }

    /** The rows that are stored in the end, in any order; with their ends if a row says one. */
    public Verification expectRows(RowState... rows) {
        return inEveryMode((mode, run) ->
                assertThat(told(run.rows(), rows))
                        .as("rows, %s", mode)
                        .containsExactlyInAnyOrder(rows));
    }

    private static List<RowState> told(List<RowState> observed, RowState... expected) {
        boolean withEnds = Arrays.stream(expected).anyMatch(row -> row.windowEndMs().isPresent());
        return withEnds ? observed : observed.stream().map(RowState::withoutEnd).toList();
    }

    /** The states of rows as commits show them, where every record has its commit. */
    public Verification expectInOrder(RowState... states) {
        run();
        stepwise.forEach(run ->
                assertThat(told(run.history(), states))
                        .as("states in order")
                        .containsExactly(states));
        return this;
    }

    /** Looks at the alerts that are stored in the end, those of the newest version's detectors. */
    public Verification expectAlerts(Consumer<List<Alert>> expectation) {
        return inEveryMode((mode, run) ->
                assertThat(run)
                        .as("alerts, %s", mode)
                        .satisfies(one -> expectation.accept(one.alerts())));
    }

    /** The letters that are stored in the end, in any order. */
    public Verification expectLetters(LetterState... letters) {
        return inEveryMode((mode, run) ->
                assertThat(run.letters())
                        .as("letters, %s", mode)
                        .map(LetterState::of)
                        .containsExactlyInAnyOrder(letters));
    }

    /** Looks at the one letter that there is. */
    public Verification expectLetter(Consumer<DeadLetter> expectation) {
        return inEveryMode((mode, run) ->
                assertThat(run.letters())
                        .as("letters, %s", mode)
                        .singleElement()
                        .satisfies(expectation));
    }

    /** What became of the events, besides that it balances, which is held at every commit. */
    public Verification expectLedger(LedgerState ledger) {
        return inEveryMode((mode, run) -> {
            LedgerCounts counts = run.ledger();
            assertThat(LedgerState.of(counts)).as("ledger, %s", mode).isEqualTo(ledger);
            assertThat(counts.settled()).as("settled, %s", mode).isEqualTo(run.accepted());
        });
    }

    /** What became of the events of one source that were received in the minute of that time. */
    public Verification expectLedger(long receivedAtMs, String source, LedgerState ledger) {
        return inEveryMode((mode, run) ->
                assertThat(run.cells().get(LedgerPlace.of(receivedAtMs, source)))
                        .as("%s's ledger, %s", source, mode)
                        .extracting(CellState::outcomes)
                        .isEqualTo(ledger));
    }

    /**
     * The outcomes of replays and discards, in order. Not of runs that crash: an outcome that was
     * written but not confirmed is told nobody.
     */
    public Verification expectOutcomes(LetterOutcome.Result... results) {
        run();
        unrestored.forEach(run ->
                assertThat(run.outcomes())
                        .as("outcomes")
                        .map(LetterOutcome::result)
                        .containsExactly(results));
        return this;
    }

    public Verification expectWatermark(long watermarkMs) {
        return inEveryMode((mode, run) ->
                assertThat(run.watermarkMs()).as("watermark, %s", mode).isEqualTo(watermarkMs));
    }

    private Verification inEveryMode(BiConsumer<String, Observed> expectation) {
        run();
        observed.forEach(expectation);
        return this;
    }

    private void run() {
        if (!observed.isEmpty()) {
            return;
        }
        for (int partitions : partitionCounts) {
            Map<Boolean, Feed> feeds = new TreeMap<>();
            for (Mode mode : Mode.all(partitions)) {
                Feed feed =
                        feeds.computeIfAbsent(
                                mode.batched(),
                                batched ->
                                        Scribe.write(
                                                new Programs(definition, partitions, services),
                                                steps,
                                                batched));
                Observed run = Run.of(feed, mode);
                observed.put("%d partitions, %s".formatted(partitions, mode), run);
                if (mode.restores() != Mode.Restores.AT_RANDOM) {
                    unrestored.add(run);
                }
                if (mode.equals(Mode.stepwise(false)) || mode.equals(Mode.stepwiseRestored())) {
                    stepwise.add(run);
                }
            }
        }
    }
}
