package dev.millrace.engine;

import dev.millrace.core.handler.HandlerCall;
import dev.millrace.core.handler.HandlerFailure;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.lookup.Lookup;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.LetterOutcome;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.TaskRecord;
import dev.millrace.core.task.Wanted;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Says what a replay would come to, and changes nothing: tries each letter by itself in a partition
 * task of its own, made of what is committed, and throws away what comes of it. So the same code
 * decides. Handlers are not called, as they may have effects. One thread, used once.
 */
final class DryRun {
    /** Letters that one tries at most. */
    static final int LETTERS = 10_000;

    private static final String NAME = "dry-run";

    private final PipelineParts parts;
    private final ReplayRequest request;
    private final PipelineProgram program;
    private final Checkpoint committed;
    private final Map<Integer, PartitionTask> tasks = new HashMap<>();
    private final long nowMs;
    private final long untilNanos;
    private final List<ReplayReport.Outcome> outcomes = new ArrayList<>();
    private long replayed;
    private long failed;

    /**
     * @param patience after which it ends with what it has
     */
    DryRun(PipelineParts parts, ReplayRequest request, Duration patience) {
        this.parts = parts;
        this.request = request;
        PipelineProgram current = parts.journal().program();
        this.program =
                new PipelineProgram(
                        current.version(),
                        current.definition(),
                        current.partitions(),
                        PipelineOpener.defaultDedupeIds(),
                        new WithoutHandlers(parts.handlers()));
        this.committed = parts.committer().committed();
        this.nowMs = parts.clock().epochMs();
        this.untilNanos = System.nanoTime() + patience.toNanos();
    }

    /** Lookups that are asked as ever, and handlers that are not called. */
    private record WithoutHandlers(StageServices services) implements StageServices {
        @Override
        public Lookup lookup(String pipeline, Stage.Enrich stage) {
            return services.lookup(pipeline, stage);
        }

        @Override
        public HandlerCall handlerCall(String pipeline, Stage.Handle stage) {
            return _ -> {
                throw new HandlerFailure(
                        NAME,
                        "goes on to handler %s, which a dry run does not call"
                                .formatted(stage.name()));
            };
        }
    }

    ReplayReport run() {
        try {
            return tried();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted in a dry run", interrupted);
        }
    }

    private ReplayReport tried() throws InterruptedException {
        ReplayBounds bounds =
                ReplayBounds.of(committed, parts.ledger().admission().totals(), nowMs);
        ReplaySelection selection =
                new ReplaySelection(
                        parts.store(), ReplayAsked.of(request, nowMs, bounds), this::named);
        long total = selection.count();
        ReplaySent sent = ReplaySent.NOTHING;
        boolean goesOn = total > 0;
        while (goesOn) {
            int most = Math.min(ReplaySelection.SLICE_LETTERS, LETTERS - sent.taken());
            ReplaySelection.Slice slice = selection.next(sent, most);
            sent = sent.plus(slice, ReplaySettled.NOTHING);
            goesOn = tryAll(slice) && !slice.last() && sent.taken() < LETTERS;
        }
        long remaining = Math.max(0, total - replayed - failed);
        return new ReplayReport(
                NAME,
                nowMs,
                true,
                replayed,
                failed,
                remaining,
                false,
                Optional.empty(),
                true,
                outcomes);
    }

    private List<LetterId> named(int part) {
        int from = part * ReplayNotes.IDS;
        return request.ids().subList(from, Math.min(request.ids().size(), from + ReplayNotes.IDS));
    }

    /** False if there was no time for all. */
    private boolean tryAll(ReplaySelection.Slice slice) throws InterruptedException {
        slice.missing().forEach(id -> note(LetterOutcome.gone(NAME, id)));
        for (LetterId id : slice.refused()) {
            Optional<DeadLetter> letter = parts.store().letter(id);
            note(
                    letter.map(one -> Readmissions.attempt(program, one, request.patch(), nowMs))
                            .map(attempt -> attempt.outcome(NAME))
                            .orElse(LetterOutcome.gone(NAME, id)));
        }
        for (LetterId id : slice.putOut()) {
            note(
                    new LetterOutcome(
                            NAME,
                            id,
                            LetterOutcome.Result.REPLAYED,
                            "it would go to its sink, which says then whether it takes it"));
        }
        for (LetterRef letter : slice.tried()) {
            Optional<LetterOutcome> outcome = attempt(letter.id());
            if (outcome.isEmpty()) {
                return false;
            }
            note(outcome.get());
        }
        return true;
    }

    private void note(LetterOutcome outcome) {
        if (outcome.result() == LetterOutcome.Result.REPLAYED) {
            replayed++;
        } else {
            failed++;
        }
        if (outcomes.size() < ReplayBook.OUTCOMES) {
            outcomes.add(
                    new ReplayReport.Outcome(
                            outcome.letter().toString(),
                            ReplayNotes.result(outcome.result()),
                            outcome.message()));
        }
    }

    /** Empty if there was no time. */
    private Optional<LetterOutcome> attempt(LetterId id) throws InterruptedException {
        PartitionTask task = tasks.computeIfAbsent(id.partition(), this::task);
        var record = new TaskRecord.Replay(NAME, List.of(id), request.patch(), nowMs, 0);
        if (!provideAnswers(task, record)) {
            return Optional.empty();
        }
        task.process(record);
        Handover came = task.handOver();
        LetterOutcome outcome = came.outcomes().getFirst();
        return Optional.of(
                notCalled(came)
                        .map(message ->
                                new LetterOutcome(NAME, id, LetterOutcome.Result.REPLAYED, message))
                        .orElse(outcome));
    }

    private PartitionTask task(int partition) {
        return PartitionTask.trial(
                partition, program, committed.partitions().get(partition), parts.store());
    }

    /** What is said of a handler to which the event, or a part of it, came. */
    private static Optional<String> notCalled(Handover came) {
        return came.letters().stream()
                .filter(LetterChange.Put.class::isInstance)
                .map(change -> ((LetterChange.Put) change).letter())
                .filter(letter -> letter.code().equals(NAME))
                .map(DeadLetter::message)
                .findFirst();
    }

    /** False if there was no time. */
    private boolean provideAnswers(PartitionTask task, TaskRecord record)
            throws InterruptedException {
        List<Wanted> wanted = task.wanted(record);
        while (!wanted.isEmpty()) {
            AwaitedAnswers answers = new AwaitedAnswers(wanted);
            CompletableFuture<Void> there = new CompletableFuture<>();
            answers.whenThere(() -> there.complete(null));
            try {
                Void _ = there.get(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException noTime) {
                return false;
            } catch (ExecutionException impossible) {
                throw new IllegalStateException("answers do not fail", impossible);
            }
            answers.provideTo(task::provide);
            wanted = task.wanted(record);
        }
        return System.nanoTime() < untilNanos;
    }
}
