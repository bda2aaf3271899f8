package dev.millrace.engine;

import dev.millrace.core.Bound;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.expression.ExpressionBounds;
import dev.millrace.core.ledger.LedgerBook;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.pipeline.DefinitionBounds;

import java.util.ArrayList;
import java.util.List;

/** The bounds of the engine, with those of the core, which has no other host here. */
final class EngineBounds {
    /** Each has a journal of its own in the storage. */
    static final int PIPELINES = 1_000;

    /** Each is compiled when the pipeline is opened. */
    static final int VERSIONS = 10_000;

    private EngineBounds() {}

    /**
     * @param reserveBytes of the storage
     */
    static List<Bound> of(EngineOptions options, long reserveBytes) {
        List<Bound> bounds = new ArrayList<>();
        bounds.add(bound("pipelines", PIPELINES, "pipelines", "pipelines of one server"));
        bounds.add(bound("versionsPerPipeline", VERSIONS, "versions", "versions of one pipeline"));
        bounds.add(
                bound(
                        "taskThreads",
                        options.taskThreads(),
                        "threads",
                        "threads that run partitions, and as many that make commits; a partition"
                                + " with handlers has one of its own"));
        bounds.add(
                bound(
                        "queueBytes",
                        options.queueBytes(),
                        "bytes",
                        "events waiting in one pipeline; past it a batch is refused with 429"));
        bounds.add(
                bound(
                        "uncommittedBytes",
                        options.uncommittedBytes(),
                        "bytes",
                        "what one pipeline has processed and not committed; past it its events"
                                + " wait for the commit"));
        bounds.add(
                bound(
                        "controlsWaiting",
                        PartitionRunner.CONTROLS,
                        "requests",
                        "replays, deletions and advances that wait in one pipeline; past it they"
                                + " are refused with 503"));
        bounds.add(
                bound(
                        "commitInterval",
                        options.commitInterval().toMillis(),
                        "ms",
                        "longest time from the begin of one commit of a busy pipeline to that"
                                + " of the next, while commits take less than half of it"));
        bounds.add(
                bound(
                        "drainTimeout",
                        options.drainTimeout().toMillis(),
                        "ms",
                        "how long a stopping server waits for its queues; what is left is taken up"
                                + " from the journal at the next start"));
        bounds.add(
                bound(
                        "journalQueueRequests",
                        JournalWriter.QUEUE_REQUESTS,
                        "requests",
                        "requests waiting for the journal; further ones wait to wait"));
        bounds.add(
                bound(
                        "journalGroupRequests",
                        JournalWriter.GROUP_REQUESTS,
                        "requests",
                        "requests that share a sync"));
        bounds.add(
                bound(
                        "journalGroupBytes",
                        JournalWriter.GROUP_BYTES,
                        "bytes",
                        "records that share a sync, the last one on top"));
        bounds.add(
                bound(
                        "journalReadAheadBytes",
                        JournalReadAhead.BYTES,
                        "bytes",
                        "records read ahead of the partitions when a pipeline is opened"));
        bounds.add(
                bound(
                        "backfillEventsPerCommit",
                        BackfillRunner.EVENTS_A_COMMIT,
                        "events",
                        "events of a backfill between two commits, but for the last record's"));
        bounds.add(
                bound(
                        "dedupeIds",
                        PipelineOpener.defaultDedupeIds(),
                        "ids",
                        "ids one pipeline remembers where its definition does not say; past it the"
                                + " oldest go"));
        bounds.add(
                bound(
                        "commitListeners",
                        CommitListeners.MAX,
                        "listeners",
                        "those who hear of one pipeline's commits"));
        bounds.add(
                bound(
                        "replaysRemembered",
                        ReplayBook.REPLAYS,
                        "replays",
                        "replays of one pipeline under way or remembered"));
        bounds.add(
                bound(
                        "replaysAtOnce",
                        Replays.AT_ONCE,
                        "replays",
                        "replays of one pipeline that run; further ones wait in line"));
        bounds.add(
                bound(
                        "replayOutstandingLetters",
                        ReplayRun.OUTSTANDING_LETTERS,
                        "letters",
                        "letters of one replay on their way to an outcome"));
        bounds.add(
                bound(
                        "replayOutstandingBytes",
                        ReplayRun.OUTSTANDING_BYTES,
                        "bytes",
                        "bytes of such letters; one slice may exceed it"));
        bounds.add(
                bound(
                        "patchBytes",
                        ReplayRequest.MAX_PATCH_BYTES,
                        "bytes",
                        "the patch of one replay"));
        bounds.add(
                bound(
                        "dryRunLetters",
                        DryRun.LETTERS,
                        "letters",
                        "letters that one dry run tries"));
        bounds.add(
                bound(
                        "idsPerReplay",
                        ReplayRequest.MAX_IDS,
                        "letters",
                        "letters that one replay names"));
        bounds.add(
                bound(
                        "outcomesPerReplay",
                        ReplayBook.OUTCOMES,
                        "outcomes",
                        "letters of one replay whose outcome is listed; the others are counted"));
        bounds.add(
                bound(
                        "lettersPerReplay",
                        ReplayRequest.MAX_LETTERS,
                        "letters",
                        "letters in one replay"));
        bounds.add(
                bound(
                        "deadLettersPerSource",
                        options.letterBudget().letters(),
                        "letters",
                        "dead letters of kinds invalid, future and late that may wait of one source"
                                + " before its events are refused"));
        bounds.add(
                bound(
                        "deadLetterBytesPerSource",
                        options.letterBudget().bytes(),
                        "bytes",
                        "the same, by the size of the letters"));
        bounds.add(
                bound(
                        "deadLettersPerSink",
                        options.letterBudget().letters(),
                        "letters",
                        "dead letters that may wait of one sink, those of one batch on top, before"
                                + " it stands still"));
        bounds.add(
                bound(
                        "sinkLettersUnderWay",
                        Outboxes.CLAIMS,
                        "letters",
                        "letters of one pipeline that replays have sent to sinks; further ones"
                                + " wait"));
        bounds.add(
                bound(
                        "sourceBatchMessages",
                        SourceRunner.MESSAGES_MAX,
                        "messages",
                        "messages that are read from a source at once"));
        bounds.add(
                bound(
                        "sourceBatchBytes",
                        SourceContext.BATCH_BYTES,
                        "bytes",
                        "the same, the last message on top"));
        bounds.add(
                bound(
                        "storageReserve",
                        reserveBytes,
                        "bytes",
                        "room on the disk that is kept for commits: below it no events are taken"));
        bounds.add(
                bound(
                        "attemptsPerLetter",
                        DeadLetter.MAX_ATTEMPTS,
                        "attempts",
                        "attempts after which a dead letter is parked"));
        bounds.add(
                bound(
                        "ledgerKeep",
                        LedgerBook.KEEP.toMillis(),
                        "ms",
                        "how long the ledger is kept by minute"));
        bounds.add(
                bound(
                        "ledgerSourcesPerMinute",
                        LedgerBook.SOURCES_PER_MINUTE,
                        "sources",
                        "sources that have a ledger of their own in a minute; the rest goes to "
                                + LedgerBook.OTHERS));
        bounds.add(
                bound(
                        "ledgerSources",
                        LedgerBook.SOURCES,
                        "sources",
                        "sources that have a ledger of their own; the rest goes to "
                                + LedgerBook.OTHERS));
        bounds.add(
                bound(
                        "ledgerMinutesPerPage",
                        LedgerQuery.MAX_LIMIT,
                        "minutes",
                        "minutes and sources in one answer"));
        bounds.add(bound("rowsPerPage", RowQuery.MAX_LIMIT, "rows", "rows in one answer"));
        bounds.add(bound("alertsPerPage", AlertReader.MAX_LIMIT, "alerts", "alerts in one answer"));
        bounds.addAll(ReadLimits.DEFAULT.bounds());
        bounds.addAll(DefinitionBounds.all());
        bounds.addAll(ExpressionBounds.all());
        return List.copyOf(bounds);
    }

    private static Bound bound(String name, long value, String unit, String meaning) {
        return new Bound(name, value, unit, meaning);
    }
}
