package dev.millrace.engine;

import dev.millrace.core.port.PipelineStore;

import java.util.List;

/** What one running pipeline is made of. */
record PipelineParts(
        PipelineStore store,
        PipelineJournal journal,
        PipelineLedger ledger,
        List<PartitionRunner> runners,
        Committer committer,
        BackfillRunner backfills,
        QueueDepth depth,
        DrainRate drained,
        LatencyWindow latency,
        HandlerHost handlers,
        IdleClock idleClock,
        DiscardBook discards,
        ReplayBook replays,
        SourceBudgets budgets,
        Outboxes outboxes,
        PipelineSinks sinks,
        HostClock clock) {}
